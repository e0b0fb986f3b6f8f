"""The school's rounds on the pages: what is announced, what came of it, and leaving one out."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scanner.model import Report, was_read
from scanner.report.words import day
from scanner.web.coming import before, porter
from scanner.web.forms import read_form
from scanner.web.render import Room, go, page, room


def meeting(here: Room) -> dict[str, Any]:
    """What the first page tells a person of rounds; it waits for the disk."""
    if here.member is None:
        return {}
    met, result = here.member.round(), here.visit.result
    swept = result.report if result and result.swept else None
    return {
        "news": here.member.news(),
        "round": met,
        "round_starts": day(met.starts.astimezone()) if met else "",
        "round_ends": day(met.ends.astimezone()) if met else "",
        "swept": day(swept.created_at.astimezone()) if swept else "",
        "tasks": _tasks(swept) if swept else 0,
    }


async def ask(request: Request) -> Response:
    """Whether to leave a round out, for whoever has the link of a note. Opening it changes nothing."""
    if room(request).role == "nobody":
        return before(request, "skip", done=False)
    return page(request, "skip", done=False)


async def skip(request: Request) -> Response:
    """Leave it out."""
    await read_form(request, room(request).visit)
    await run_in_threadpool(porter(request).house.skip, request.path_params["token"])
    return page(request, "skip", done=True)


async def skip_mine(request: Request) -> Response:
    """Leave the open round out, for whoever came in."""
    here = room(request)
    await read_form(request, here.visit)
    assert here.member is not None
    await run_in_threadpool(here.member.skip_round)
    return go("/#round")


def _tasks(report: Report) -> int:
    """Pages that could not be read, each of which comes with a task of two minutes."""
    return sum(not was_read(profile.result) for profile in report.profiles)
