"""A desk without a browser or detectors, and a client that is or is not the person."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from data import school_in
from scanner.errors import SubmissionError
from scanner.model import Assessment, Consent, Report
from scanner.platforms import Account
from scanner.web.app import just_me
from scanner.web.desk import Desk, Drafted, Result
from scanner.web.gate import Gate
from scanner.web.render import Room
from tests import builders

PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"
MINE = "https://chirper.example/@robin_vale"
PDF = b"%PDF-1.4 plain"


@dataclass
class Work:
    """What the pages asked for; `hold` keeps a check running until it is set or stopped."""

    report: Report = field(default_factory=builders.report)
    pdf: bytes | None = None
    hold: bool = False
    asked: list[str] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    told: tuple[Assessment, ...] = ()
    error: Exception | None = None

    async def look(
        self,
        accounts: Sequence[Account],
        *,
        saved: Any,
        consent: Consent,
        on_step: Any,
        stop: Any,
        wishes: Any,
        on_open: Any = lambda *_: None,
    ) -> Result:
        self.asked += [account.url for account in accounts]
        self.consents.append(consent)
        for account in accounts:
            on_open(account.url, "browser")
            on_step(account.url, "pages", 3)
            on_step(account.url, "pictures", 12)
            on_step(account.url, "detectors", 7)
        if self.error:
            raise self.error
        if self.hold:
            await asyncio.wait_for(stop.wait(), 20)
            return Result(replace(self.report, status="interrupted"), self.pdf)
        return Result(self.report, self.pdf)

    async def draft(self, text: str, picture: bytes) -> Drafted:
        return Drafted(self.told)


def desk(work: Work, hand_over: Callable[..., Any] | None = None) -> Desk:
    def allowed(url: str) -> None:
        if "10.0.0.1" in url:
            raise SubmissionError("that address is on a private network")

    def nothing(address: str, name: str, body: bytes) -> list[Any]:
        raise SubmissionError(f"{name} cannot be read")

    return Desk(school_in("practice/school"), work.look, work.draft, hand_over or nothing, allowed, "1.2.3")


@dataclass
class Person:
    """Somebody in front of the pages."""

    http: httpx.AsyncClient
    room: Room
    gate: Gate

    async def come_in(self) -> httpx.Response:
        return await self.http.get(f"/open/{self.gate.token}")

    async def post(self, path: str, **kwargs: Any) -> httpx.Response:
        values = {"csrf": self.room.visit.csrf, **kwargs.pop("data", {})}
        return await self.http.post(path, data=values, **kwargs)

    async def agree(self) -> None:
        await self.post("/consent", data={"purpose": ["self-check", "visit"]})

    async def check(self, *urls: str) -> None:
        await self.agree()
        await self.post("/addresses", data={"addresses": "\n".join(urls or (MINE,))})
        await self.post("/mine", data={"own": list(self.room.visit.profiles)})
        assert self.room.visit.job
        assert self.room.visit.job.task
        if not self.room.visit.job.stop.is_set():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def pages(work: Work | None = None, *, inside: bool = True, **options: Any):
    timed = {"clock": options.pop("clock")} if "clock" in options else {}
    gate = Gate(**timed)
    app, room = just_me(desk(work or Work(), **options), port=PORT, gate=gate, **timed)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        person = Person(http, room, gate)
        if inside:
            assert (await person.come_in()).status_code == 200
        yield person
        await room.forget()


def said(html: str) -> str:
    """A page's words without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
