"""Invented people who opted in, and fakes of what a sweep is carried out with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from data import school_in
from detectors import Coverage, Outcome, Snapshot
from scanner.model import Consent, Submission
from scanner.report import to_json
from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.model import Sweep
from scanner.sweeps.opening import open_sweep
from scanner.sweeps.running import Parts

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = "three plain words"


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def on(self, **time: float) -> None:
        self.at += timedelta(**time)


def join(
    store: Store,
    *urls: str,
    purposes: tuple[str, ...] = ("sweeps",),
    ownership: str = "code",
    lasts: timedelta = timedelta(days=100),
    at: datetime = NOW - timedelta(days=1),
) -> str:
    person, _ = store.sign_up(WORDS)
    for purpose in purposes:
        store.add_consent(person, Consent(purpose, "1", at, at + lasts))
    consent = Consent("self-check", "1", at, at + lasts)
    for url in urls:
        store.add_submission(person, Submission(url, "site", consent, ownership=ownership))
    return person


def opened(book: Book, *, told: bool = True, **changes: Any) -> Sweep:
    window = {"starts_at": NOW, "ends_at": NOW + timedelta(days=30), "notice": "A round."}
    sweep = open_sweep(book, at=NOW, **{**window, **changes})
    if told:
        for person in book.people():
            book.seen(person, at=NOW)
    return sweep


@dataclass
class Site:
    """Answers for addresses: a result, or something that is raised."""

    answers: dict[str, list[str | Exception]] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    on_visit: Callable[[str], None] = lambda _: None
    takes: float = 0.0

    async def __call__(self, account, *, on_picture, on_step, stop=None) -> Snapshot:
        self.visits.append(account.url)
        self.on_visit(account.url)
        await asyncio.sleep(self.takes)
        queue = self.answers.get(account.url, ["ok"])
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            raise answer
        return Snapshot(
            account.url, account.platform, account.url, result=answer, coverage=Coverage(complete="complete")
        )


class Nothing:
    """Detectors that find nothing."""

    async def look(self, image, item):
        return Outcome()

    async def read(self, snapshot):
        return Outcome()

    async def join(self, snapshots):
        return Outcome()

    async def crop(self, image, box, *, thing=False):
        return None


def parts(site: Site, clock: Clock, **changes: Any) -> Parts:
    @asynccontextmanager
    async def detection(_school):
        yield Nothing()

    known = {
        "acquire_for": lambda _person: site,
        "detection": detection,
        "school": lambda _stem: school_in("practice/school"),
        "pack": to_json,
        "now": clock,
        "watch": 0.02,
        "disk_wait": 0.01,
        "memory": None,
    }
    return Parts(**{**known, **changes})
