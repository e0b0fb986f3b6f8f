"""Consent on a school's server: each purpose for itself, with an end, taken back with one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scanner.model import Consent
from scanner.report.words import day
from scanner.web.forms import read_form
from scanner.web.house import House, Member
from scanner.web.render import Room, go, page, room, words

TERM = timedelta(days=120)
YEAR = timedelta(days=365)
"""The longest that DESIGN allows: twelve months."""
CHECK = "self-check"
LONG = frozenset({"sweeps", "counts"})
"""Purposes that a person may give for a year; all others are for a term."""


async def consent(request: Request) -> Response:
    """What one may agree to; nothing is ticked."""
    return await _consent(request)


async def agree(request: Request) -> Response:
    """Record what was ticked, or take back what was asked for."""
    here = room(request)
    given = await read_form(request, here.visit)
    member, says = _member(here), words(hosted=True)["consent"]
    if back := given.all("withdraw"):
        every = await run_in_threadpool(member.consents)
        await run_in_threadpool(member.withdraw, tuple(every) if CHECK in back else back)
        _apply(here, await run_in_threadpool(member.consents))
        return await _consent(request, said=says["withdrawn"] if CHECK in back else says["withdrawn_one"])
    offered = {one["id"] for one in _purposes(here)}
    ticked = offered.intersection(given.all("purpose"))
    lasts = {one: YEAR if one in LONG and given.one(f"{one}-lasts") == "year" else TERM for one in ticked}
    agreed = await run_in_threadpool(member.consents)
    if CHECK not in ticked and CHECK not in agreed:
        return await _consent(request, said=says["none"])
    await run_in_threadpool(member.agree, lasts, says["version"])
    _apply(here, await run_in_threadpool(member.consents))
    return go("/addresses")


def _apply(here: Room, agreed: Mapping[str, Consent]) -> None:
    """Tell the stay; without the one purpose that is needed a running check stops."""
    visit, first = here.visit, agreed.get(CHECK)
    visit.agree(frozenset(agreed) if first else frozenset(), first.notice if first else "")
    if first:
        visit.agreed_at, visit.lasts = first.given_at, first.expires_at - first.given_at


async def _consent(request: Request, *, said: str = "") -> Response:
    here = room(request)
    agreed = await run_in_threadpool(_member(here).consents)
    house = _house(here)
    basis, says = house.basis, words(hosted=True)["consent"]
    filled = {
        "days": here.desk.school.pack.retention.report,
        "dpo": basis.dpo,
        "basis": says["grounds"][basis.basis],
        "on": day(_noon(basis.on.isoformat())),
    }
    return page(
        request,
        "agree",
        said=said,
        agreed=[_line(one, agreed[one["id"]]) for one in _purposes(here) if one["id"] in agreed],
        offered=[one for one in _purposes(here) if one["id"] not in agreed],
        lasting=LONG,
        more=[line.format(**filled) for line in says["more"]],
        on=CHECK in agreed,
    )


def _purposes(here: Room) -> Sequence[Mapping[str, Any]]:
    every: Sequence[Mapping[str, Any]] = words(hosted=True)["consent"]["purposes"]
    return [one for one in every if one["id"] != "age-hint" or _house(here).basis.age_hint]


def _line(purpose: Mapping[str, Any], given: Consent) -> dict[str, str]:
    says = words(hosted=True)["consent"]["given_until"]
    when = says.format(on=day(given.given_at.astimezone()), until=day(given.expires_at.astimezone()))
    return {"id": purpose["id"], "title": purpose["title"], "when": when, "notice": given.notice}


def _noon(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00+00:00")


def _member(here: Room) -> Member:
    assert here.member is not None
    return here.member


def _house(here: Room) -> House:
    assert here.house is not None
    return here.house
