"""The office's one page: invitation, pack, retention, sites, counts and health; no way to any person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from data import PackError
from scanner.errors import ScannerError, UsageError
from scanner.report.words import day, tidy
from scanner.web.forms import Given, read_form
from scanner.web.house import Office
from scanner.web.render import Room, go, page, room, words

PACK_BYTES = 100_000_000


async def bureau(request: Request) -> Response:
    """Everything the office can see."""
    return await _bureau(request)


async def invite(request: Request) -> Response:
    """Make a new code."""
    await _given(request)
    return await _done(request, "invitation", _office(room(request)).renew_invitation)


async def take_pack(request: Request) -> Response:
    """Check and use an uploaded pack."""
    given = await _given(request)
    here, says = room(request), words(hosted=True)["office"]
    name, body = given.files[0] if given.files else ("", b"")
    try:
        doubts = await run_in_threadpool(_office(here).take_pack, tidy(name, 80), body)
    except (ScannerError, PackError) as error:
        return await _bureau(request, status=422, at="pack", wrong=_sentence(error))
    return await _bureau(request, at="pack", said=says["pack_taken"], doubts=tuple(map(_sentence, doubts)))


async def shorten(request: Request) -> Response:
    """Keep things for fewer days."""
    given = await _given(request)
    office, says = _office(room(request)), words(hosted=True)["office"]
    asked = {name: given.one(name).strip() for name in office.retention()}
    if not all(text.isascii() and text.isdigit() and len(text) < 5 for text in asked.values()):  # noqa: PLR2004
        return await _bureau(request, status=422, at="retention", wrong=says["retention_wrong"])
    return await _done(
        request, "retention", office.shorten, {name: int(text) for name, text in asked.items()}
    )


async def switch(request: Request) -> Response:
    """Say which sites may be opened."""
    given = await _given(request)
    return await _done(request, "switches", _office(room(request)).switch, given.all("on"))


async def _done(request: Request, at: str, job: Any, *values: Any) -> Response:
    try:
        await run_in_threadpool(job, *values)
    except UsageError as error:
        return await _bureau(request, status=422, at=at, wrong=_sentence(error))
    return go(f"/office?saved={at}#{at}")


async def _bureau(
    request: Request,
    *,
    status: int = 200,
    at: str = "",
    said: str = "",
    wrong: str = "",
    doubts: tuple[str, ...] = (),
) -> Response:
    office = _office(room(request))
    says = words(hosted=True)["office"]
    code, free = await run_in_threadpool(office.invitation)
    saved = request.query_params.get("saved", "")
    if saved in ("invitation", "retention", "switches") and not at:
        at, said = saved, says["saved"]
    return page(
        request,
        "office",
        status=status,
        at=at,
        said=said,
        wrong=wrong,
        doubts=doubts,
        code=code,
        free=day(datetime.fromisoformat(f"{free.isoformat()}T12:00:00+00:00")) if free else "",
        pack_name=office.school().pack.name,
        retention=office.retention(),
        platforms=office.platforms(),
        counts=await run_in_threadpool(office.counts),
        health=await run_in_threadpool(office.health),
    )


async def _given(request: Request) -> Given:
    return await read_form(request, room(request).visit)


def _office(here: Room) -> Office:
    assert here.office is not None
    return here.office


def _sentence(error: object) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
