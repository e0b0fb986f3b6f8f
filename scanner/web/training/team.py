"""The pages of a team's phone: join, vote, see the answer, and put a made-up person's pages right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scanner.errors import UsageError
from scanner.model import Report
from scanner.report.cards import BANDS, Card, cards
from scanner.training.fixing import Change, changes
from scanner.training.game import BANDS as SOON
from scanner.training.pack import words as pack_words
from scanner.web.forms import Forged, Owner, read_form
from scanner.web.training.room import Mending, Room, Seat, page, room, sorry, words

TOLD = BANDS[:-1]


class _Anyone:
    """Whoever joins has no seat yet; the code on the screen stands in for a form's token."""

    def owns(self, _token: str, /) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One profile on the fix-it page: what can be switched, and what can be changed."""

    site: str
    switches: tuple[Change, ...]
    others: tuple[Change, ...]


async def join(request: Request) -> Response:
    """Ask for the code on the big screen."""
    here = room(request)
    if seat := here.seat(request):
        return RedirectResponse("/lead" if seat.team < 0 else "/team", 303)
    return page(request, "join", wrong="")


async def enter(request: Request) -> Response:
    """Take the code and give a team."""
    here = room(request)
    anyone: Owner = _Anyone()
    given = await read_form(request, anyone)
    if not compare_digest(given.one("code").strip().encode(), here.game.code.encode()):
        return page(request, "join", status=403, wrong=words()["sorry"]["code"])
    try:
        team = here.game.join(words()["teams"])
    except UsageError:
        return sorry(request, words()["sorry"]["full"])
    answer = RedirectResponse("/team", 303)
    answer.set_cookie(here.cookie, here.let_in(team), path="/", httponly=True, samesite="strict")
    return answer


async def team(request: Request) -> Response:
    """What is on now: a wait, a round, a question, or the answer."""
    here, seat = room(request), _seat(request)
    task = here.game.now
    bands = here.bands()
    quiz = pack_words()["quiz"][int(task.key) - 1] if task and task.kind == "quiz" else None
    return page(
        request,
        "team",
        name=here.game.teams[seat.team],
        task=task,
        question=quiz,
        member=here.trainer.cast.by_key.get(task.key) if task else None,
        vote=task.votes.get(seat.team) if task else None,
        left=here.game.left(),
        soon=SOON,
        band=bands.get(task.key, "") if task else "",
        got=task.points(seat.team, bands.get(task.key, "")) if task else 0,
        points=here.game.score(seat.team, bands),
        fixing=here.trainer.cast.by_key.get(here.game.fixing),
    )


async def vote(request: Request) -> Response:
    """Take the team's ticks."""
    here, seat = room(request), _seat(request)
    given = await read_form(request, seat)
    try:
        here.game.vote(seat.team, given.all("tick"), given.one("rating"))
    except UsageError:
        return sorry(request, words()["sorry"]["none"], status=409)
    return RedirectResponse("/team", 303)


async def fix(request: Request) -> Response:
    """The pages that are put right just now, and what the scanner last said."""
    here, seat = room(request), _seat(request)
    member = here.trainer.cast.by_key.get(here.game.fixing)
    if member is None:
        return RedirectResponse("/team", 303)
    work = here.mending(seat.team, member.key)
    first = here.outcomes.get(member.key)
    found = changes(member)
    return page(
        request,
        "fix",
        member=member,
        sheets=[
            (person, sheet)
            for person in member.profiles
            if (sheet := _sheet(person.name, person.platform.capitalize(), found)).switches or sheet.others
        ],
        work=work,
        waiting=max(0, here.queue() - 1),
        before=_told(first.report) if first else None,
        history=[len(_told(report)) for report in work.reports],
        left_now=_left(here, work, member.key),
    )


async def mend(request: Request) -> Response:
    """Take the choices and let the scanner look again."""
    here, seat = room(request), _seat(request)
    given = await read_form(request, seat)
    key = here.game.fixing
    if not key:
        return RedirectResponse("/team", 303)
    chosen = {}
    for change in changes(here.trainer.cast.by_key[key]):
        if change.plant.lesson == "settings":
            chosen[change.id] = "keep" if given.one(change.id) == "on" else "drop"
        else:
            choice = given.one(change.id)
            chosen[change.id] = f"own:{given.one(f'{change.id}-words')}" if choice == "own" else choice
    try:
        here.scan(seat.team, key, chosen)
    except UsageError:
        return sorry(request, words()["sorry"]["busy"], status=409)
    return RedirectResponse("/fix", 303)


def _sheet(profile: str, site: str, found: Sequence[Change]) -> Sheet:
    mine = [change for change in found if change.plant.profile == profile]
    return Sheet(
        site,
        tuple(change for change in mine if change.plant.lesson == "settings"),
        tuple(change for change in mine if change.plant.lesson != "settings"),
    )


def _left(here: Room, work: Mending, key: str) -> list[Card] | None:
    """What shows by the newest report: after a change of theirs, else as it was built."""
    if work.reports:
        return _told(work.reports[-1])
    first = here.outcomes.get(key)
    return _told(first.report) if first else None


def _told(report: Report) -> list[Card]:
    bands: Any = cards(report, practice=True)
    return [card for band in TOLD for card in bands[band]]


def _seat(request: Request) -> Seat:
    seat = room(request).seat(request)
    if seat is None or seat.team < 0:
        raise Forged("this page is for a team")
    return seat
