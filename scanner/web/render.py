"""Pages from templates, with what every page needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

import data
from scanner.report import environment
from scanner.web.desk import Desk
from scanner.web.gate import Gate
from scanner.web.visit import Visit

BACK = {
    "start": "/",
    "consent": "/consent",
    "addresses": "/addresses",
    "mine": "/mine",
    "progress": "/progress",
    "result": "/report",
    "draft": "/draft",
    "pdf": "/report",
    "about": "/about",
    "prove": "/prove",
    "questions": "/questions",
    "again": "/report",
}
"""Where "show it again" leads, by the page that was hidden."""


@dataclass(slots=True)
class Room:
    """What stands behind the pages of one person. `leaving` is set once they left for good."""

    desk: Desk
    gate: Gate
    cookie: str
    visit: Visit = field(default_factory=Visit)
    leaving: bool = False

    async def forget(self) -> None:
        """Drop all there is; forms of old pages no longer work."""
        old, self.visit = self.visit, Visit()
        await old.forget()


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Every word of the pages, from `data/texts/web.toml`."""
    return data.read_toml("texts/web.toml")


def room(request: Request) -> Room:
    """The room that this request came into."""
    found = request.app.state.room
    assert isinstance(found, Room)
    return found


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template of that name, filled."""
    here = room(request)
    filled = {
        "w": words(),
        "here": name,
        "csrf": here.visit.csrf,
        "job": here.visit.job,
        "school": here.desk.school.pack.name,
        **values,
    }
    return HTMLResponse(environment("scanner.web").get_template(f"{name}.html").render(filled), status)


def sorry(request: Request, says: str, *, back: str = "start", status: int = 400) -> HTMLResponse:
    """One kind sentence about what did not work, and a way back."""
    return page(request, "sorry", status=status, says=says, back=BACK.get(back, "/"))


def go(path: str) -> RedirectResponse:
    """On to another page, so that a reload sends no form twice."""
    return RedirectResponse(path, 303)
