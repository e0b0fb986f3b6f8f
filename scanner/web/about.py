"""What makes a difference to the rules, as the person says: a child at the school, a union office."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

import data
from scanner.web.forms import read_form
from scanner.web.render import go, page, room, words


async def about(request: Request) -> Response:
    """One box for each thing that the school's policy makes allowance for."""
    here = room(request)
    if not here.visit.purposes:
        return go("/consent")
    return page(request, "about", rows=_rows(request), told=here.visit.exemptions)


async def tell(request: Request) -> Response:
    """Keep what was ticked, for this stay."""
    visit = room(request).visit
    given = await read_form(request, visit)
    visit.exemptions = frozenset(given.all("told")) & {name for name, _ in _rows(request)}
    return go("/mine")


def _rows(request: Request) -> list[tuple[str, str]]:
    """Exemptions of the policy that a person can say of themselves, in our own words."""
    known = data.policy(room(request).desk.school.pack.policy).exemptions
    return [(name, says) for name, says in words()["about"]["things"].items() if name in known]
