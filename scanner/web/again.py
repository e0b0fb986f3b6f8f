"""One page looked at again: what that means, better ways where the site said no, and the start."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from data import facts
from scanner.intake import submissions
from scanner.model import ProfileReport
from scanner.report.words import shown_url, texts, tidy
from scanner.web.forms import read_form
from scanner.web.render import go, page, room, words
from scanner.web.visit import Profile

REFUSED = "robots_disallowed"
"""The result of a page whose site asks programs to stay away: the person may look once all the same."""


async def again(request: Request) -> Response:
    """What looking again does for this page."""
    number, found = _found(request, request.query_params.get("profile", ""))
    if found is None:
        return go("/report")
    return _again(request, number, found)


async def begin(request: Request) -> Response:
    """Look at this page again, and keep the rest of the report as it is."""
    here = room(request)
    visit = here.visit
    given = await read_form(request, visit)
    number, found = _found(request, given.one("profile"))
    if found is None:
        return go("/report")
    if not visit.purposes:
        return go("/consent")
    known = visit.profiles.get(found.url)
    if known is None:  # taken off the list meanwhile
        here.desk.allowed(found.url)
        visit.add([(account, None) for account in submissions([found.url])])
        known = visit.profiles.get(found.url)
    once = bool(given.one("once"))
    if known is None or (known.visited and "visit" not in visit.purposes):
        return _again(request, number, found, said=words()["again"]["no_visit"])
    if found.result == REFUSED and known.visited and not once:
        return _again(request, number, found, said=words()["again"]["not_ticked"])
    visit.begin(here.desk.look, [found.url], part=True, once=once)
    return go("/progress")


def _again(request: Request, number: int, found: ProfileReport, *, said: str = "") -> Response:
    known = room(request).visit.profiles.get(found.url) or Profile(submissions([found.url])[0])
    export = facts(found.platform).export
    return page(
        request,
        "again",
        status=422 if said else 200,
        said=said,
        number=number,
        shown=shown_url(found.url),
        who=tidy(found.display_name, 60),
        from_file=not known.visited,
        refused=found.result == REFUSED and known.visited,
        result=texts()["results"].get(found.result, texts()["results"]["other"])["title"],
        export=" ".join(export.steps) if export else "",
    )


def _found(request: Request, asked: str) -> tuple[int, ProfileReport | None]:
    result = room(request).visit.result
    if result is None or not (asked.isascii() and asked.isdigit() and len(asked) < 4):  # noqa: PLR2004
        return 0, None
    number, profiles = int(asked), result.report.profiles
    if not 0 < number <= len(profiles) or not profiles[number - 1].url.startswith("http"):
        return 0, None
    return number, profiles[number - 1]
