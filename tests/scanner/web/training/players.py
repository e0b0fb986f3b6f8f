"""A trainer without browser or detectors, and a session whose pages can be asked for things."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from data import school_in
from scanner.model import Report
from scanner.training import cast
from scanner.training.game import Game
from scanner.training.trial import compare
from scanner.web.training.app import training_app
from scanner.web.training.room import Room
from tests import builders

PORT = 8124
BASE = f"http://127.0.0.1:{PORT}"


def report_on(member, people, *, findings=()):
    profiles = tuple(builders.profile(url=f"http://127.0.0.1:9{person.path}") for person in people)
    return builders.report(*findings, profiles=profiles, created_at=datetime(2026, 6, 1, tzinfo=UTC))


@dataclass
class Trainer:
    """`said` are findings that every look gives; `hold` keeps scans waiting; `error` is raised instead."""

    cast: object = field(default_factory=lambda: cast(1))
    site: str = "127.0.0.1:9"
    said: tuple = ()
    hold: asyncio.Event | None = None
    error: Exception | None = None
    changed: list = field(default_factory=list)

    async def look(self, member, /):
        return compare(member, report_on(member, member.profiles, findings=self.said))

    async def again(self, member, changed, /) -> Report:
        self.changed.append(tuple(changed))
        if self.hold:
            await self.hold.wait()
        if self.error:
            raise self.error
        return report_on(member, changed)

    async def pdf(self, html, /):
        return b"%PDF-1.7 " + html[:20].encode()


def session(trainer=None, **more):
    trainer = trainer or Trainer()
    game = Game(trainer.cast, lambda: 100.0, "123456")
    room = Room(trainer, game, school_in("practice/school").pack, f"training-{PORT}", **more)
    return room, training_app(room, hosts={f"127.0.0.1:{PORT}"})


def visitor(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)


@asynccontextmanager
async def as_lead(room, app):
    async with visitor(app) as client:
        await client.get(f"/open/{room.token}")
        yield client


@asynccontextmanager
async def as_team(app, code="123456"):
    async with visitor(app) as client:
        await client.post("/join", data={"code": code})
        yield client


def csrf(answer):
    return re.search(r'name="csrf" value="([^"]+)"', answer.text)[1]
