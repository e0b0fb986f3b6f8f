"""The facilitator's page, made for the big screen: rounds, clock, reveal, score, the scanner's figures."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from scanner.errors import UsageError
from scanner.model import Assessment
from scanner.training.game import Option, Task
from scanner.training.pack import ROUNDS, lines, pack_html
from scanner.training.pack import words as pack_words
from scanner.training.trial import names
from scanner.web.forms import Forged, Given, read_form
from scanner.web.training.room import Room, page, room

MINUTES = {"spot": 4, "quiz": 1}


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a revealed round: how many teams ticked it, and what the scanner has to say."""

    option: Option
    ticked: int
    evidence: tuple[tuple[Assessment, str], ...]
    line: tuple[tuple[str, str], ...]


async def door(request: Request) -> Response:
    """Let in whoever comes first with the token; a page and no redirect, as for the self-check."""
    here = room(request)
    cookie = here.open(request.path_params["token"])
    if not cookie:
        return PlainTextResponse("not found", 404)
    answer = page(request, "door")
    answer.set_cookie(here.cookie, cookie, path="/", httponly=True, samesite="strict")
    return answer


async def lead(request: Request) -> Response:
    """The list of rounds, or the round that is on."""
    here = room(request)
    _only_lead(request)
    task, game = here.game.now, here.game
    bands = here.bands()
    member = here.trainer.cast.by_key.get(task.key if task else "")
    return page(
        request,
        "lead",
        addresses=here.addresses,
        rounds=[here.trainer.cast.by_key[key] for key in ROUNDS],
        quiz=pack_words()["quiz"],
        task=task,
        member=member,
        question=_question(task),
        answers=list(_answers(here, task)) if task and task.revealed else [],
        band=bands.get(task.key, "") if task else "",
        minutes=MINUTES,
        left=game.left(),
        fixing=here.trainer.cast.by_key.get(game.fixing),
        score=[(name, game.score(n, bands)) for n, name in enumerate(game.teams)],
        trial=_trial(here),
    )


async def steer(request: Request) -> Response:
    """A button of the facilitator: start, reveal, stop, fix or leave."""
    here = room(request)
    given = await _given(request)
    wish, _, what = given.one("do").partition(":")
    game = here.game
    if wish == "start":
        kind, _, key = what.partition(":")
        wanted = given.one("minutes")
        game.start(kind, key, int(wanted) if wanted.isdecimal() and len(wanted) < 3 else MINUTES.get(kind, 1))  # noqa: PLR2004
    elif wish == "reveal":
        game.reveal()
    elif wish == "stop":
        game.stop()
    elif wish == "fix":
        game.fix(what)
    elif wish == "leave":
        here.leaving = True
        return page(request, "left")
    else:
        raise UsageError("there is no such button")
    return RedirectResponse("/lead", 303)


async def pack_as_html(request: Request) -> Response:
    """The pack for this school, as a file to read."""
    here = room(request)
    _only_lead(request)
    return _file(_pack(here).encode(), "pack.html", "text/html; charset=utf-8")


async def pack_as_pdf(request: Request) -> Response:
    """The pack for this school, to print; made when it is first asked for."""
    here = room(request)
    _only_lead(request)
    here.printed = here.printed or await here.trainer.pdf(_pack(here))
    return _file(here.printed, "pack.pdf", "application/pdf")


async def state(request: Request) -> Response:
    """What the pages ask for every few seconds."""
    here = room(request)
    seat = here.seat(request)
    game = here.game
    team = seat.team if seat else -1
    work = here.mending(team, game.fixing) if game.fixing and team >= 0 else None
    return JSONResponse(
        {
            "stage": game.stage,
            "left": game.left(),
            "votes": len(game.now.votes) if game.now else 0,
            "teams": len(game.teams),
            "looked": len(here.outcomes) + len(here.troubles),
            "busy": bool(work and work.running),
        }
    )


def _question(task: Task | None) -> Any:
    return pack_words()["quiz"][int(task.key) - 1] if task and task.kind == "quiz" else None


def _answers(here: Room, task: Task) -> Iterator[Answer]:
    outcome = here.outcomes.get(task.key) if task.kind == "spot" else None
    for option in task.options:
        found: tuple[tuple[Assessment, str], ...] = ()
        if outcome and option.plant:
            told = [one for one in outcome.report.findings if names(one, option.plant, outcome.member)]
            found = tuple((one, _shown(one)) for one in told[:2])
        question = _question(task)
        check = option.plant.check if option.plant else question["check"] if question else ""
        ticked = sum(option.id in vote.ticked for vote in task.votes.values())
        yield Answer(option, ticked, found, lines(check, here.pack)[:1] if check and option.right else ())


def _shown(finding: Assessment) -> str:
    """The place that was cut out of the picture, with faces blurred; empty where there is none."""
    if not finding.crop:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(finding.crop).decode()


def _trial(here: Room) -> dict[str, Any]:
    done = list(here.outcomes.values())
    return {
        "n": len(done) + len(here.troubles),
        "all": len(here.trainer.cast.members),
        "found": sum(len(one.found) for one in done),
        "planted": sum(len(one.member.plants) for one in done),
        "alarms": sum(len(one.false_alarms) for one in done),
        "clean": sum(one.member.clean for one in done),
        "missed": [(one.member, plant) for one in done for plant in one.missed],
        "troubles": [(here.trainer.cast.by_key[key].name, why) for key, why in here.troubles.items()],
    }


def _pack(here: Room) -> str:
    return pack_html(here.trainer.cast, pack=here.pack, on=datetime.now(UTC).date())


def _file(body: bytes, name: str, kind: str) -> Response:
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _only_lead(request: Request) -> None:
    seat = room(request).seat(request)
    if seat is None or seat.team >= 0:
        raise Forged("this page is for the big screen")


async def _given(request: Request) -> Given:
    _only_lead(request)
    seat = room(request).seat(request)
    assert seat is not None
    return await read_form(request, seat)
