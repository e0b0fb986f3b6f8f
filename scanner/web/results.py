"""The report as a page with filters, and as files to take away."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from scanner.decisions import CHOICES, split
from scanner.report import lock_pdf, parts, passphrase, report_card, to_json
from scanner.report.words import shown_url, texts, tidy
from scanner.web.again import REFUSED
from scanner.web.changed import changed
from scanner.web.deciding import parted
from scanner.web.desk import Result
from scanner.web.forms import read_form
from scanner.web.proving import outcome
from scanner.web.reminders import reminder_of
from scanner.web.render import go, page, room, sorry, words

BANDS = ("today", "this-week", "worth-a-look", "fine")
REMIND_DAYS = (7, 30, 90)


async def report(request: Request) -> Response:
    """The whole report, or the part that was asked for by band and by profile's place in the list."""
    here = room(request)
    result = _result(request)
    if result is None:
        return go("/progress")
    profiles = result.report.profiles
    asked = request.query_params.get("profile", "")
    chosen = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0  # noqa: PLR2004
    chosen = chosen if 0 < chosen <= len(profiles) else 0
    said = request.query_params.get("said", "")
    band = request.query_params.get("band", "")
    band = band if band in BANDS else ""
    filled: dict[str, Any] = parts(
        result.report,
        pack=here.desk.school.pack,
        hosted=here.house is not None,
        card=report_card(),
        version=here.desk.version,
        profile=profiles[chosen - 1].url if chosen else "",
    )
    filled["changed"] = changed(here.visit, filled["bands"])
    filled |= parted(filled["bands"], split(result.report, here.visit.decisions))
    if filled["emptied"]:
        filled["t"] = _emptied(filled["t"], filled["emptied"])
    if band:
        filled["told"] = tuple(one for one in filled["told"] if one == band)
    if band or chosen:
        filled["home"] = "/report"
    return page(
        request,
        "result",
        **filled,
        band_chosen=band,
        profile_chosen=chosen,
        choices=[(n, _name(one.display_name, one.url)) for n, one in enumerate(profiles, 1)],
        bands_known=[(one, texts()["bands"][one]["title"]) for one in BANDS],
        has_pdf=result.pdf is not None or result.swept,
        remind_days=REMIND_DAYS,
        rows_at=[chosen] if chosen else list(range(1, len(profiles) + 1)),
        refused={n for n, one in enumerate(profiles, 1) if one.result == REFUSED},
        said=said if said in CHOICES and filled["dealt"] else "",
        said_at=request.query_params.get("at", ""),
        kept_filters={"band": band, "profile": str(chosen or "")},
        code_said=outcome(here.visit.job, result.report),
        failed=here.visit.job is not None and bool(here.visit.job.failed),
    )


async def make_pdf(request: Request) -> Response:
    """Lock the PDF with fresh words and show them, this once."""
    visit = room(request).visit
    await read_form(request, visit)
    result = _result(request)
    if result is None:
        return go("/progress")
    plain = result.pdf or await room(request).desk.print(result.report)
    if plain is None:
        return sorry(request, words()["report"]["pdf_none"], back="result", status=409)
    secret = passphrase()
    visit.locked_pdf = await run_in_threadpool(lock_pdf, plain, secret)
    return page(request, "pdf", secret_words=secret)


async def pdf(request: Request) -> Response:
    """The locked PDF; there is no other."""
    locked = room(request).visit.locked_pdf
    return _file(locked, "report.pdf", "application/pdf") if locked else _not_found()


async def as_json(request: Request) -> Response:
    """The report for programs."""
    result = _result(request)
    if result is None:
        return _not_found()
    record = json.dumps(to_json(result.report, card=report_card()), indent=2) + "\n"
    return _file(record.encode(), "report.json", "application/json")


async def reminder(request: Request) -> Response:
    """A calendar entry that tells nobody what it is about."""
    asked = request.query_params.get("days", "")
    days = next((n for n in REMIND_DAYS if asked == str(n)), None)
    if days is None or _result(request) is None:
        return _not_found()
    now = datetime.now(UTC)
    on = (now.astimezone() + timedelta(days=days)).date()
    return _file(
        reminder_of(on, now=now, summary=words()["calendar"]["summary"]), "reminder.ics", "text/calendar"
    )


def _result(request: Request) -> Result | None:
    return room(request).visit.result


def _emptied(known: Mapping[str, Any], bands: Collection[str]) -> dict[str, Any]:
    """The report's words, which for a band that was emptied by decisions say just that."""
    empty = {"empty": words()["deal"]["emptied"]}
    told = {band: {**said, **empty} if band in bands else said for band, said in known["bands"].items()}
    return {**known, "bands": told}


def _name(display_name: str, url: str) -> str:
    shown = shown_url(url)
    return f"{tidy(display_name, 40)} ({shown})" if display_name else shown


def _file(body: bytes, name: str, kind: str) -> Response:
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _not_found() -> Response:
    return PlainTextResponse("not found", 404)
