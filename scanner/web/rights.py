"""A person's rights: see what is kept, take, correct or delete it, complain, and what was opened for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scanner.errors import UsageError
from scanner.report.words import day, shown_url
from scanner.web.coming import let_out, porter
from scanner.web.forms import read_form
from scanner.web.house import Member
from scanner.web.render import Room, go, page, room, words


async def rights(request: Request) -> Response:
    """What is kept, in words."""
    return await _rights(request)


async def everything(request: Request) -> Response:
    """All of it, as one file."""
    held = await run_in_threadpool(_member(room(request)).held)
    body = json.dumps(held, indent=2, default=str) + "\n"
    there = {"content-disposition": 'attachment; filename="everything.json"'}
    return Response(body.encode(), media_type="application/json", headers=there)


async def remove(request: Request) -> Response:
    """Take one address out."""
    here = room(request)
    given = await read_form(request, here.visit)
    await run_in_threadpool(_member(here).remove, given.one("url"))
    here.visit.profiles.pop(given.one("url"), None)
    return go("/rights#correct")


async def set_email(request: Request) -> Response:
    """Keep a private address for notes, or none."""
    here = room(request)
    given = await read_form(request, here.visit)
    address = given.one("email").strip()[:300]
    if here.house is None or not here.house.notes:
        return go("/rights")
    try:
        await run_in_threadpool(_member(here).set_email, address)
    except UsageError as error:
        return await _rights(request, status=422, wrong=_sentence(error), typed=address)
    return await _rights(request, said=words(hosted=True)["rights"]["email_saved"])


async def delete(request: Request) -> Response:
    """Erase, look whether it is so, say so, and end every stay of this person's."""
    here = room(request)
    given = await read_form(request, here.visit)
    member = _member(here)
    if given.one("sure") != "yes":
        return await _rights(request, status=422, unsure=words(hosted=True)["rights"]["delete_tick"])
    gone = await member.erase()
    porter(request).stays.end_person(member.id)
    here.role = "nobody"
    return let_out(request, page(request, "erased", gone=gone))


async def opened(request: Request) -> Response:
    """Every page that was opened in this person's name."""
    found = await run_in_threadpool(_member(room(request)).opened)
    ways = words(hosted=True)["opened"]["ways"]
    rows = [
        (f"{day(one.at.astimezone())}, {one.at.astimezone():%H:%M}", one.url, ways.get(one.via, one.via))
        for one in found
    ]
    return page(request, "opened", rows=rows)


async def _rights(
    request: Request, *, status: int = 200, said: str = "", wrong: str = "", typed: str = "", unsure: str = ""
) -> Response:
    here = room(request)
    member = _member(here)
    assert here.house is not None
    held: Mapping[str, Any] = await run_in_threadpool(member.held)
    says, kept = words(hosted=True)["rights"], here.desk.school.pack.retention
    titles = {one["id"]: one["title"] for one in words(hosted=True)["consent"]["purposes"]}
    return page(
        request,
        "rights",
        status=status,
        said=said,
        wrong=wrong,
        unsure=unsure,
        agreed=[_agreed(one, titles) for one in held["consents"]],
        given=[(one["url"], shown_url(one["url"])) for one in held["submissions"]],
        checks=[
            says["check_made"].format(on=_day(one["created_at"]), how=says["how"].get(one["status"], ""))
            for one in sorted(held["scans"], key=lambda one: str(one["created_at"]), reverse=True)
        ],
        reports=len(held["reports"]),
        report_days=kept.report,
        memory_days=kept.owner_memory,
        email=typed or held["email"],
        notes=here.house.notes,
        dpo=here.house.basis.dpo,
        contacts=here.house.basis.contacts,
    )


def _agreed(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    says = words(hosted=True)["rights"]
    line = says["agreed_back"] if row["withdrawn_at"] else says["agreed_to"]
    until = row["withdrawn_at"] or row["expires_at"]
    what = titles.get(row["purpose"], row["purpose"])
    return str(line).format(what=what, on=_day(row["given_at"]), until=_day(until))


def _day(text: str) -> str:
    return day(datetime.fromisoformat(text).astimezone())


def _member(here: Room) -> Member:
    assert here.member is not None
    return here.member


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
