"""Showing with a code in the bio that a page is one's own; the code lives in this stay alone."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from scanner.model import Report
from scanner.ownership import new_code
from scanner.report.words import shown_url
from scanner.web.forms import read_form
from scanner.web.render import go, page, room, words
from scanner.web.visit import Job, Visit


async def prove(request: Request) -> Response:
    """The code, how long it is good, and for which pages it can count."""
    here = room(request)
    visit = here.visit
    if not visit.purposes or not visit.profiles:
        return go("/addresses")
    urls = _open(visit)
    at = datetime.now(UTC)
    if urls and (visit.code is None or not visit.code.is_for(urls, at=at)):
        visit.code = new_code(urls, pack=here.desk.school.pack, at=at)
    until = visit.code.expires_at.astimezone() if visit.code else at
    return page(
        request,
        "prove",
        code=visit.code.text if urls and visit.code else "",
        until=f"{until:%H:%M}",
        urls=[shown_url(url) for url in urls],
    )


async def drop(request: Request) -> Response:
    """Do without the code after all."""
    visit = room(request).visit
    await read_form(request, visit)
    visit.code = None
    return go("/mine")


def outcome(job: Job | None, report: Report) -> tuple[str, ...]:
    """What came of the code that a check looked for, in words; nothing where it looked for none."""
    if job is None or not job.wanted:
        return ()
    looked = [profile for profile in report.profiles if profile.url in job.urls]
    found = [shown_url(profile.url) for profile in looked if profile.ownership == "code"]
    missing = [shown_url(profile.url) for profile in looked if profile.ownership == "declared"]
    said = words()["prove"]
    return (
        *((said["found"].format(urls=", ".join(found)),) if found else ()),
        *((said["missing"].format(urls=", ".join(missing)),) if missing else ()),
    )


def _open(visit: Visit) -> list[str]:
    """Pages that are opened on the internet: anyone can write a code into a saved one."""
    return [url for url, one in visit.profiles.items() if one.visited and "visit" in visit.purposes]
