"""What stands behind the session's pages: who sits where, the game, and what the scanner has said so far."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse

import data
from data import Pack
from scanner.errors import ScannerError, UsageError
from scanner.model import Report
from scanner.practice.people import Person
from scanner.report import environment
from scanner.training import Cast, Member
from scanner.training.fixing import fixed
from scanner.training.game import BANDS, Game
from scanner.training.pack import ROUNDS
from scanner.training.trial import Outcome
from scanner.web.shield import cookies_of
from scanner.web.telling import describe

MOST_SCANS = 20
"""Scans of one team that are remembered."""


class Trainer(Protocol):
    """Who does the work: the scanner on the made-up people, as built and as changed, and printing."""

    cast: Cast
    site: str

    async def look(self, member: Member, /) -> Outcome: ...

    async def again(self, member: Member, changed: Sequence[Person], /) -> Report: ...

    async def pdf(self, html: str, /) -> bytes: ...


@dataclass(slots=True)
class Seat:
    """Somebody who came in: the lead (team -1) or a team. Forms carry their `csrf`."""

    team: int
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def owns(self, token: str, /) -> bool:
        """Whether a form came from this seat's own page."""
        return compare_digest(token.encode(), self.csrf.encode())


@dataclass(slots=True)
class Mending:
    """One team's work on one member: what they chose, and what the scanner said after each scan."""

    chosen: dict[str, str] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    failed: str = ""

    @property
    def running(self) -> bool:
        """Whether a scan of theirs waits or runs."""
        return self.task is not None and not self.task.done()


@dataclass
class Room:
    """Everything of one session; gone when the program ends. `addresses` is how phones get here."""

    trainer: Trainer
    game: Game
    pack: Pack
    cookie: str
    addresses: tuple[str, ...] = ()
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    leaving: bool = False
    printed: bytes = field(default=b"", repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _seats: dict[bytes, Seat] = field(default_factory=dict, repr=False)
    _mending: dict[tuple[int, str], Mending] = field(default_factory=dict, repr=False)

    def knows(self, cookie: str, /) -> bool:
        """Whether somebody with that cookie sits here."""
        return bool(cookie) and _hash(cookie) in self._seats

    def seat(self, request: Request) -> Seat | None:
        """Whose request this is."""
        return self._seats.get(_hash(cookies_of(request.headers).get(self.cookie, "")))

    def let_in(self, team: int) -> str:
        """A new seat's cookie."""
        cookie = secrets.token_urlsafe(32)
        self._seats[_hash(cookie)] = Seat(team)
        return cookie

    def open(self, token: str) -> str:
        """The lead's cookie, for whoever comes first with the token."""
        if not self.token or not compare_digest(token.encode(), self.token.encode()):
            return ""
        self.token = ""
        return self.let_in(-1)

    async def watch(self) -> None:
        """Let the scanner look at everyone once, those of the rounds first."""
        everyone = self.trainer.cast.by_key
        for key in (*ROUNDS, *(key for key in everyone if key not in ROUNDS)):
            try:
                self.outcomes[key] = await self.trainer.look(everyone[key])
            except (ScannerError, TimeoutError) as error:
                self.troubles[key] = str(error) or "it took too long"

    def bands(self) -> Mapping[str, str]:
        """How soon the scanner would put each member's pages right, as far as it has looked."""
        return {key: worst(outcome.report) for key, outcome in self.outcomes.items()}

    def mending(self, team: int, key: str) -> Mending:
        """A team's work on one member."""
        return self._mending.setdefault((team, key), Mending())

    def queue(self) -> int:
        """Scans that wait or run."""
        return sum(one.running for one in self._mending.values())

    def scan(self, team: int, key: str, chosen: Mapping[str, str]) -> None:
        """Begin a scan of a member's pages as this team has changed them.

        Raises:
            UsageError: the team's last scan still runs.
        """
        work = self.mending(team, key)
        if work.running:
            raise UsageError("the last scan still runs")
        work.chosen, work.failed = dict(chosen), ""
        member = self.trainer.cast.by_key[key]
        work.task = asyncio.create_task(self._scan(work, member))

    async def _scan(self, work: Mending, member: Member) -> None:
        try:
            report = await self.trainer.again(member, fixed(member, work.chosen))
            work.reports = [*work.reports, report][-MOST_SCANS:]
        except (ScannerError, TimeoutError) as error:
            work.failed = str(error) or "it took too long"
        except Exception as error:  # noqa: BLE001 - said on the page, and its kind here
            print(f"scan.failed {describe(error)}", file=sys.stderr)  # noqa: T201
            work.failed = "something broke"

    async def end(self) -> None:
        """Stop what still runs."""
        running = [one.task for one in self._mending.values() if one.task and not one.task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def worst(report: Report) -> str:
    """The most pressing band of a report; "fine" where there is nothing."""
    said = {finding.band for finding in report.findings if finding.level in ("finding", "question")}
    return next((band for band in BANDS if band in said), "fine")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Every word of these pages, from `data/training/pages.toml`."""
    return data.read_toml("training/pages.toml")


def room(request: Request) -> Room:
    """The room that this request came into."""
    found = request.app.state.room
    assert isinstance(found, Room)
    return found


def page(request: Request, template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template of that name, filled."""
    here = room(request)
    seat = here.seat(request)
    filled = {
        "w": words(),
        "csrf": seat.csrf if seat else "",
        "game": here.game,
        "stage": here.game.stage,
        "lead": seat is not None and seat.team < 0,
        "school": here.trainer.cast.school.pack.name,
        "site_of": lambda person: site_of(request, person),
        **values,
    }
    html = environment("scanner.web.training").get_template(f"{template}.html").render(filled)
    return HTMLResponse(html, status)


def site_of(request: Request, person: Person) -> str:
    """Where a profile stands on the practice site, as this visitor reaches it."""
    port = room(request).trainer.site.rpartition(":")[2]
    return f"http://{request.url.hostname}:{port}{person.path}"


def sorry(request: Request, says: str, *, status: int = 400) -> HTMLResponse:
    """One kind sentence about what did not work, and a way back."""
    return page(request, "sorry", status=status, says=says)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
