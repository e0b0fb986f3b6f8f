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
from scanner.web.house import House, Member, Office
from scanner.web.visit import Visit

LOCK_S = 10 * 60
"""Seconds without a request after which a stay on a school's server locks itself."""

BACK = {
    "start": "/",
    "consent": "/consent",
    "addresses": "/addresses",
    "mine": "/mine",
    "progress": "/progress",
    "result": "/report",
    "draft": "/draft",
    "rights": "/rights",
    "opened": "/opened",
    "office": "/office",
    "pdf": "/report",
    "about": "/about",
    "prove": "/prove",
    "questions": "/questions",
    "again": "/report",
}
"""Where "show it again" leads, by the page that was hidden."""


@dataclass(slots=True)
class Room:
    """What stands behind the pages of one person. `leaving` is set once they left for good.

    `gate` is the door of somebody alone on their own computer. On a school's server `role` is nobody,
    joining, person or admin, and `house` is there; `member` or `office` is, once they have come in.
    """

    desk: Desk
    gate: Gate | None
    cookie: str
    visit: Visit = field(default_factory=Visit)
    leaving: bool = False
    role: str = "alone"
    house: House | None = None
    member: Member | None = None
    office: Office | None = None
    warnings: tuple[str, ...] = ()
    interrupted: bool = False

    async def forget(self) -> None:
        """Drop all there is; forms of old pages no longer work."""
        old, self.visit = self.visit, Visit()
        await old.forget()


@lru_cache(maxsize=2)
def words(*, hosted: bool = False) -> Mapping[str, Any]:
    """Every word of the pages, from `data/texts/web.toml`; a school's server says some things otherwise."""
    own = data.read_toml("texts/web.toml")
    return _over(own, data.read_toml("texts/school.toml")) if hosted else own


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: value for name, value in above.items() if isinstance(value, dict) and name in below}
    return {**below, **above, **{name: _over(below[name], value) for name, value in both.items()}}


def room(request: Request) -> Room:
    """The room that this request came into; whoever stands before the pages put it there."""
    found = request.scope["room"]
    assert isinstance(found, Room)
    return found


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template of that name, filled."""
    here = room(request)
    filled = {
        "w": words(hosted=here.house is not None),
        "here": name,
        "csrf": here.visit.csrf,
        "job": here.visit.job,
        "school": here.desk.school.pack.name,
        "role": here.role,
        "lock_s": LOCK_S,
        **values,
    }
    return HTMLResponse(environment("scanner.web").get_template(f"{name}.html").render(filled), status)


def sorry(request: Request, says: str, *, back: str = "start", status: int = 400) -> HTMLResponse:
    """One kind sentence about what did not work, and a way back."""
    return page(request, "sorry", status=status, says=says, back=BACK.get(back, "/"))


def go(path: str) -> RedirectResponse:
    """On to another page, so that a reload sends no form twice."""
    return RedirectResponse(path, 303)
