"""The buttons under each finding: what the person decides, where it is folded away, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from scanner.decisions import CHOICES, Choice, Decision, Split, split
from scanner.model import Assessment, Report
from scanner.report.cards import BANDS, Card, cards, first
from scanner.report.words import day
from scanner.web.forms import Given, read_form
from scanner.web.render import go, room, words


@dataclass(frozen=True, slots=True)
class Dealt:
    """One problem that was dealt with: its card, its band, and what was said when, in words."""

    card: Card
    band: str
    said: str


async def decide(request: Request) -> Response:
    """Keep a decision about one problem, and lead on to the next one."""
    visit = room(request).visit
    given = await read_form(request, visit)
    result = visit.result
    choice = next((one for one in CHOICES if one == given.one("choice")), None)
    chosen = _problem(result.report, given.one("finding")) if result else ()
    if result is None or choice is None or not chosen:
        return go("/report")
    at = _after(result.report, given, split(result.report, visit.decisions))
    visit.decisions = visit.decisions.decide(chosen, choice, at=datetime.now(UTC))
    return go(_report(given, said=choice, at=at, anchor="said"))


async def take_back(request: Request) -> Response:
    """Forget what was decided about one problem, so that it stands in the report again."""
    visit = room(request).visit
    given = await read_form(request, visit)
    result = visit.result
    if result is None:
        return go("/report")
    visit.decisions = visit.decisions.take_back(_problem(result.report, given.one("finding")))
    number = next((c.number for _, c in _every(cards(result.report)) if given.one("finding") in c.ids), 0)
    return go(f"/report#item-{number}" if number else "/report")


def parted(bands: Mapping[str, Sequence[Card]], found: Split) -> dict[str, Any]:
    """What the report page is filled with: what waits in each band, what is dealt with, what came back."""
    waiting = {band: tuple(c for c in told if not _done(c, found)) for band, told in bands.items()}
    dealt = tuple(Dealt(c, band, _said(c, found.decided)) for band, c in _every(bands) if _done(c, found))
    back = {
        card.number: (said.choice, _said(card, found.again))
        for _, card in _every(waiting)
        if (said := _first(card, found.again))
    }
    return {
        "bands": waiting,
        "first": first(waiting),
        "minutes": {band: sum(card.minutes for card in told) for band, told in waiting.items()},
        "dealt": dealt,
        "emptied": {one.band for one in dealt if not waiting[one.band]},
        "back": back,
        "done": {one.card.number for one in dealt},
        "choices_known": [(one, words()["deal"][one]) for one in CHOICES],
    }


def _done(card: Card, found: Split) -> bool:
    """Whether every finding a card tells of was decided about."""
    return all(one in found.decided for one in card.ids)


def _every(bands: Mapping[str, Sequence[Card]]) -> list[tuple[str, Card]]:
    return [(band, card) for band in BANDS for card in bands[band]]


def _first(card: Card, decisions: Mapping[str, Decision]) -> Decision | None:
    return next((decisions[one] for one in card.ids if one in decisions), None)


def _said(card: Card, decisions: Mapping[str, Decision]) -> str:
    said = _first(card, decisions)
    if said is None:
        return ""
    at = said.at.astimezone()
    return str(words()["deal"]["when"]).format(choice=words()["deal"][said.choice], day=day(at))


def _problem(report: Report, finding: str) -> tuple[Assessment, ...]:
    """All findings that are told together with this one."""
    ids = next((set(card.ids) for _, card in _every(cards(report)) if finding in card.ids), set())
    return tuple(one for one in report.findings if one.id in ids)


def _after(report: Report, given: Given, found: Split) -> int:
    """The number of the next problem that waits on the page as it is filtered, or 0 after the last."""
    band, number = given.one("band"), given.one("profile")
    known = {str(n): one.url for n, one in enumerate(report.profiles, 1)}
    every = _every(cards(report, profile=known.get(number, "")))
    shown = {band} if band in BANDS else set(BANDS[:-1])
    order = [card for where, card in every if where in shown and not _done(card, found)]
    places = [place for place, card in enumerate(order) if given.one("finding") in card.ids]
    rest = order[places[0] + 1 :] if places else []
    return rest[0].number if rest else 0


def _report(given: Given, *, said: Choice, at: int, anchor: str) -> str:
    kept = {name: given.one(name) for name in ("band", "profile") if given.one(name)}
    return f"/report?{urlencode({**kept, 'said': said, 'at': at})}#{anchor}"
