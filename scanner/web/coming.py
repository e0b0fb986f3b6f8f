"""Coming in and going out of a school's server: words, first time, recovery code, lock, office door."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from scanner.decisions import Decisions
from scanner.errors import ScannerError, UsageError
from scanner.web.buckets import Bucket, Buckets
from scanner.web.doors import School
from scanner.web.forms import read_form
from scanner.web.house import House, Member
from scanner.web.render import Room, go, page, room, words
from scanner.web.stays import Stays
from scanner.web.visit import Visit

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2
"""Words that are stretched at the same time; each takes half a second of a core and 256 MB."""
MOST_WAITING = 80
WAIT_S = 90.0
WRONG = (60.0, 0.1)
"""Wrong words from one address: a burst, and tries a second after it. A school may be one address."""
WRONG_ALL = (300.0, 1.0)
MOST_SECRET = 200


class Full(UsageError):
    """Too many people want to come in at the same moment."""


@dataclass(slots=True)
class Porter:
    """What the doors of one server share."""

    house: House
    stays: Stays
    doors: School
    secure: bool
    clock: Callable[[], float] = time.monotonic
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    waiting: int = 0
    wrong: Buckets = field(init=False)
    wrong_all: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self.wrong, self.wrong_all = Buckets(*WRONG, self.clock), Bucket(*WRONG_ALL, self.clock)

    async def slowly(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what stretches words, a few at a time.

        Raises:
            Full: too many wait for it already.
        """
        if self.waiting >= MOST_WAITING:
            raise Full(words(hosted=True)["door"]["full"])
        self.waiting += 1
        try:
            async with asyncio.timeout(WAIT_S), self.slots:
                return await run_in_threadpool(job, *args, **kwargs)
        except TimeoutError:
            raise Full(words(hosted=True)["door"]["full"]) from None
        finally:
            self.waiting -= 1

    def may_try(self, request: Request) -> bool:
        """Whether this address was not wrong too often."""
        return self.wrong.of(_address(request)).has() and self.wrong_all.has()

    def was_wrong(self, request: Request) -> None:
        """Count one wrong try."""
        self.wrong.of(_address(request)).take()
        self.wrong_all.take()


def porter(request: Request) -> Porter:
    """The one of this server."""
    found = request.app.state.porter
    assert isinstance(found, Porter)
    return found


async def come_in(request: Request) -> Response:
    """The form for the words; whoever is in goes on."""
    return before(request, "come_in") if room(request).role == "nobody" else go("/")


async def away(request: Request) -> Response:
    """The same form, for whoever was away too long."""
    return before(request, "come_in", away=True) if room(request).role == "nobody" else go("/")


async def open_door(request: Request) -> Response:
    """Let in whoever has the words."""
    given = await read_form(request, room(request).visit)
    here = porter(request)
    secret = given.one("words").strip()
    if wrong := _unlikely(request, secret):
        return before(request, "come_in", status=wrong[0], wrong=wrong[1])
    try:
        member = await here.slowly(here.house.come_in, secret)
    except Full as error:
        return before(request, "come_in", status=503, wrong=str(error))
    except ScannerError as error:
        return before(request, "come_in", status=409, warned=_sentence(error))
    if member is None:
        here.was_wrong(request)
        return before(request, "come_in", status=403, wrong=words(hosted=True)["door"]["wrong"])
    inside = await run_in_threadpool(_room_of, member, here)
    return _let_in(request, go("/"), here.stays.begin(inside))


async def first_time(request: Request) -> Response:
    """The form for the code that all staff share."""
    return before(request, "join") if room(request).role == "nobody" else go("/")


async def invited(request: Request) -> Response:
    """Offer words to whoever has the code."""
    given = await read_form(request, room(request).visit)
    here = porter(request)
    code = given.one("code").strip()
    if wrong := _unlikely(request, code):
        return before(request, "join", status=wrong[0], wrong=wrong[1])
    if not await run_in_threadpool(here.house.invited, code[:MOST_SECRET]):
        here.was_wrong(request)
        return before(request, "join", status=403, wrong=words(hosted=True)["join"]["wrong"])
    joining = Room(here.house.desk(), None, here.stays.cookie, role="joining", house=here.house)
    cookie = here.stays.begin(joining, words=here.house.new_words())
    return _let_in(request, go("/join/words"), cookie)


async def offered(request: Request) -> Response:
    """The words on offer."""
    return _offered(request)


async def take(request: Request) -> Response:
    """Make other words, or make a person of these; then show the recovery code, this once."""
    old = room(request)
    given = await read_form(request, old.visit)
    here, says = porter(request), words(hosted=True)["words"]
    stay = here.stays.of(old)
    if stay is None:
        return go("/join")
    if given.one("again"):
        stay.words = here.house.new_words()
        return go("/join/words")
    if not compare_digest(_plain(given.one("words")), _plain(stay.words)):
        return _offered(request, status=422, wrong=says["wrong"])
    if not given.one("know"):
        return _offered(request, status=422, wrong=says["tick"], typed=given.one("words"))
    taken, stay.words = stay.words, here.house.new_words()  # twice the same words would be two people
    joined = await here.slowly(here.house.join, taken)
    inside = await run_in_threadpool(_room_of, joined.member, here)
    here.stays.end(old)
    answer = page(request, "recovery", recovery=joined.recovery)
    return _let_in(request, answer, here.stays.begin(inside))


async def leave(request: Request) -> Response:
    """Quick exit: forget what is open, show an empty page. A check that runs goes on and is sealed."""
    old = room(request)
    await read_form(request, old.visit)
    answer = page(request, "left")
    porter(request).stays.end(old)
    return let_out(request, answer)


def let_out(request: Request, answer: HTMLResponse) -> Response:
    """Take the cookie back, and what the browser kept."""
    here = porter(request)
    answer.headers["clear-site-data"] = '"cache"'
    answer.delete_cookie(here.stays.cookie, path="/", httponly=True, samesite="strict", secure=here.secure)
    return answer


async def office_door(request: Request) -> Response:
    """The form for the office's words."""
    return before(request, "office_door") if room(request).role == "nobody" else go("/")


async def open_office(request: Request) -> Response:
    """Let in whoever runs the server."""
    given = await read_form(request, room(request).visit)
    here = porter(request)
    secret = given.one("words").strip()
    if wrong := _unlikely(request, secret):
        return before(request, "office_door", status=wrong[0], wrong=wrong[1])
    try:
        office = await here.slowly(here.house.office, secret)
    except Full as error:
        return before(request, "office_door", status=503, wrong=str(error))
    if office is None:
        here.was_wrong(request)
        return before(request, "office_door", status=403, wrong=words(hosted=True)["door"]["wrong"])
    inside = Room(here.house.desk(), None, here.stays.cookie, role="admin", house=here.house, office=office)
    return _let_in(request, go("/office"), here.stays.begin(inside))


def _room_of(member: Member, here: Porter) -> Room:
    """A person's room, with what was kept for them."""
    agreed = member.consents()
    first = agreed.get("self-check")
    visit = Visit(
        purposes=frozenset(agreed) if first else frozenset(),
        notice=first.notice if first else "",
        agreed_at=first.given_at if first else None,
        profiles=dict(member.profiles()),
        began=member.began,
    )
    if first:
        visit.lasts = first.expires_at - first.given_at
    if running := member.job():
        visit.job = running
    elif latest := member.latest():
        visit.show(latest)
        visit.before = member.before()
    if kept := member.decisions():
        with suppress(UsageError):  # of a version that wrote them otherwise
            visit.decisions = Decisions.from_json(kept)
    inside = Room(member.desk, None, here.stays.cookie, visit=visit, role="person", house=here.house)
    inside.member, inside.warnings = member, member.warnings
    inside.interrupted = member.interrupted()
    return inside


def _unlikely(request: Request, secret: str) -> tuple[int, str] | None:
    """Why these words are not even tried."""
    says = words(hosted=True)["door"]
    if not porter(request).may_try(request):
        return 429, says["often"]
    if not _plain(secret) or len(secret) > MOST_SECRET:
        return 422, says["wrong"]
    return None


def before(request: Request, name: str, *, status: int = 200, **values: object) -> Response:
    """A page before the door, with a cookie that ties its form to this browser."""
    here, inside = porter(request), room(request)
    latch = request.cookies.get(here.doors.latch, "")
    fresh = "" if latch else secrets.token_urlsafe(24)
    if fresh:
        inside.visit.csrf = here.doors.token(fresh)
    answer = page(request, name, status=status, **{"wrong": "", "warned": "", "away": False, **values})
    if fresh:
        answer.set_cookie(
            here.doors.latch, fresh, path="/", httponly=True, samesite="strict", secure=here.secure
        )
    return answer


def _offered(request: Request, *, status: int = 200, wrong: str = "", typed: str = "") -> Response:
    stay = porter(request).stays.of(room(request))
    if stay is None:
        return go("/join")
    return page(request, "words", status=status, offered=stay.words, wrong=wrong, typed=typed[:MOST_SECRET])


def _let_in(request: Request, answer: Response, cookie: str) -> Response:
    here = porter(request)
    answer.set_cookie(
        here.stays.cookie, cookie, path="/", httponly=True, samesite="strict", secure=here.secure
    )
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _plain(secret: str) -> bytes:
    return "".join(char for char in secret.lower() if char.isalnum()).encode()


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
