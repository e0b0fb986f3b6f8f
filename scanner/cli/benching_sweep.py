"""`scanner bench sweep`: a sweep over practice profiles beside a crawl, and the plan for thousands."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from data import School, school_in
from detectors import Snapshot
from scanner import report as reports
from scanner.acquire import Session, open_session
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.detection import Detection
from scanner.intake import submissions
from scanner.measuring import cpu_seconds
from scanner.model import Consent, Report, Submission
from scanner.platforms import Account
from scanner.practice import serve_practice
from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.opening import open_sweep
from scanner.sweeps.running import Parts, run
from scanner.sweeps.simulation import Plan, breaks_first, five_years, plan

LATENCY = 0.02
"""Seconds each answer of the site waits, as a near server would."""


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep over practice profiles, and the same pages crawled with nothing else done, in turns.

    `ratios` are those of the single rounds; `ratio` is that of all seconds together.
    """

    profiles: int
    pause: float
    crawl_alone: float
    sweep: float
    ratio: float
    ratios: tuple[float, ...]
    detection_cpu: float
    report_kb: float


def practice_sweep(
    profiles: int, *, pause: float, rounds: int = 1
) -> tuple[Swept, dict[str, Any], list[str]]:
    """Sweep so many practice profiles, two of each person, and crawl the same ones alone.

    Both take turns in `rounds` of the profiles, so that whatever else the machine does meets both alike.
    Gives the figures, and one of the sealed reports with its addresses.
    """
    with serve_practice(latency=LATENCY) as site:
        allow = frozenset({parse_allow(site.address)})
        everyone = submissions(site.profiles.values())
        accounts = [everyone[at % len(everyone)] for at in range(profiles)]
        with tempfile.TemporaryDirectory(prefix="sweep-bench-") as place:
            return asyncio.run(_both(accounts, allow, pause, Path(place), rounds))


def plans(
    people: int, profiles: float, swept: Swept, report: dict[str, Any], urls: list[str], *, each: float
) -> tuple[list[Plan], list[str]]:
    """The plan by host budget and for more and more people; and what breaks first in each."""
    row_bytes, pass_s = five_years(report, urls[: max(1, round(profiles))])
    known: dict[str, Any] = {
        "each": each,
        "detection": swept.detection_cpu,
        "row_bytes": row_bytes,
        "pass_s": pass_s,
    }
    rows = [plan(people, profiles, per_host=budget, **known) for budget in (250, 500, 1000, 100_000)]
    rows += [plan(many, profiles, per_host=1000, **known) for many in (people * 4, 100_000)]
    return rows, [breaks_first(row) for row in rows]


async def _both(
    accounts: list[Account], allow: frozenset[tuple[str, int]], pause: float, place: Path, rounds: int
) -> tuple[Swept, dict[str, Any], list[str]]:
    school = school_in("practice/school")
    kept: list[dict[str, Any]] = []
    times: list[tuple[float, float]] = []

    def packed(report: Report) -> dict[str, Any]:
        kept.append(reports.to_json(report, card=reports.report_card()))
        return kept[-1]

    async with open_session(Manners(pause=pause), allow=allow) as session, Detection(school) as detect:
        await detect.ready()
        await session.read(accounts[0])
        before = sum(map(cpu_seconds, detect.processes()))
        size = -(-len(accounts) // rounds)
        for first in range(0, len(accounts), size):
            some = accounts[first : first + size]
            with Store(place / f"store-{first}") as store:
                book = Book(store)
                _people(book, some)
                crawl = partial(_crawl, session, some)
                sweep = partial(_sweep, book, session, some, detect, packed)
                order = (crawl, sweep) if len(times) % 2 == 0 else (sweep, crawl)
                took = {work: await _timed(work) for work in order}
                times.append((took[crawl], took[sweep]))
        used = sum(map(cpu_seconds, detect.processes())) - before
    kept.sort(key=lambda one: len(json.dumps(one)))
    usual = kept[len(kept) // 2]
    alone, swept = (sum(column) for column in zip(*times, strict=True))
    figures = Swept(
        profiles=len(accounts),
        pause=pause,
        crawl_alone=round(alone, 2),
        sweep=round(swept, 2),
        ratio=round(swept / alone, 3),
        ratios=tuple(round(two / one, 3) for one, two in times),
        detection_cpu=round(used / len(accounts), 2),
        report_kb=round(len(json.dumps(usual)) / 1000, 1),
    )
    return figures, usual, [account.url for account in accounts]


async def _sweep(
    book: Book,
    session: Session,
    accounts: list[Account],
    detect: Detection,
    packed: Callable[[Report], dict[str, Any]],
) -> None:
    @asynccontextmanager
    async def detection(_school: School) -> Any:
        yield detect

    told_apart = _told_apart(session, accounts)
    parts = Parts(
        acquire_for=lambda _person: told_apart,
        detection=detection,
        school=lambda _: detect.school,
        pack=packed,
    )
    await run(book, parts)


async def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _crawl(session: Session, accounts: list[Account]) -> None:
    """The same profiles, as fast as the manners allow, with nothing done to them."""
    slots = asyncio.Semaphore(4)

    async def one(account: Account) -> None:
        async with slots:
            await session.read(account)

    await asyncio.gather(*(one(account) for account in accounts))


def _people(book: Book, accounts: list[Account]) -> None:
    """Made-up people with two profiles each. The same page may be several people's: it is marked apart."""
    now = datetime.now(UTC)
    given = now - timedelta(minutes=1)
    for first in range(0, len(accounts), 2):
        person, _ = book.store.sign_up("three plain words")
        consent = Consent("sweeps", "bench", given, now + timedelta(days=30))
        book.store.add_consent(person, consent)
        for number, account in enumerate(accounts[first : first + 2], first):
            url = f"{account.url}?of={number}"
            book.store.add_submission(person, Submission(url, account.platform, consent, ownership="code"))
    open_sweep(book, at=now, starts_at=now, ends_at=now + timedelta(days=20), notice="")
    for person in book.people():
        book.seen(person, at=now)


def _told_apart(session: Session, accounts: list[Account]) -> Any:
    async def acquire(account: Account, **rest: Any) -> Snapshot:
        number = int(account.url.rpartition("=")[2])
        return await session.read(accounts[number], **rest)

    return acquire
