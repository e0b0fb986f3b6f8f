"""How fast a school's pages are while many people read and two checks run."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import re
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from nacl.pwhash import argon2id

from data import school_in
from scanner.acquire.addresses import HostPort, parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.engine import Engine, Shared
from scanner.cli.running import Settings
from scanner.cli.serving import desk_of
from scanner.hosting import Hosted, Installation
from scanner.hosting.sealed import packed
from scanner.intake import submissions
from scanner.measuring import cpu_seconds, pss_mb, tree
from scanner.model import Consent, Submission
from scanner.practice import serve_practice
from scanner.store import Store, sealing
from scanner.web import front, serve_school
from scanner.web.house import Basis

PAGES = ("/report", "/report", "/report?band=today", "/", "/rights", "/report.json", "/addresses")
"""What people open, each followed by what belongs to a page."""
BESIDE = ("/report.css", "/web.css", "/web.js")
CHECKS = 2
SAMPLE_S = 1.0
PORT = 18_481
READY_S = 300.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it. Times are milliseconds of one page, without what belongs to it.

    `processor_ms` is the server's own processor time for each page with all that belongs to it, crawling for
    the checks included.
    """

    people: int
    pages: int
    requests: int
    refused: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    processor_ms: float
    checks_done: int
    memory_mb: float


@dataclass(slots=True)
class _Seen:
    taken: list[float] = field(default_factory=list)
    requests: int = 0
    refused: int = 0
    checks: int = 0
    memory: float = 0.0
    processor: float = 0.0


def read_by(people: int, *, seconds: float, every: float) -> Figures:
    """Have so many people read their own reports, a page each about `every` seconds, while checks run.

    Argon2id is at its least here, so that making the accounts does not take the afternoon; it is not part
    of reading.
    """
    with serve_practice(draw_first=["bench"]) as site, tempfile.TemporaryDirectory() as folder:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        server = context.Process(
            target=_server,
            args=(theirs, Path(folder), people + CHECKS, site.bench, parse_allow(site.address)),
        )
        server.start()
        try:
            if not ours.poll(READY_S):
                raise TimeoutError("the server was not ready in time")
            words = ours.recv()
            seen = asyncio.run(
                _read(words, site.bench, people=people, seconds=seconds, every=every, server=server.pid or 0)
            )
        finally:
            server.terminate()
            server.join(60)
    taken = sorted(seen.taken)
    return Figures(
        people=people,
        pages=len(taken),
        requests=seen.requests,
        refused=seen.refused,
        median_ms=round(1000 * taken[len(taken) // 2], 1),
        p95_ms=round(1000 * taken[int(len(taken) * 0.95)], 1),
        worst_ms=round(1000 * taken[-1], 1),
        processor_ms=round(1000 * seen.processor / len(taken), 1),
        checks_done=seen.checks,
        memory_mb=round(seen.memory),
    )


async def _read(
    words: list[str], bench: str, *, people: int, seconds: float, every: float, server: int
) -> _Seen:
    seen, end = _Seen(), asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60, limits=limits) as http:
        inside = [await _come_in(http, one) for one in words]
        used = cpu_seconds(server)
        jobs = [asyncio.create_task(_reader(http, one, every, seen, end)) for one in inside[:people]]
        jobs += [asyncio.create_task(_checker(http, one, bench, seen, end)) for one in inside[people:]]
        jobs.append(asyncio.create_task(_watch(seen, end)))
        await asyncio.sleep(seconds)
        end.set()
        await asyncio.gather(*jobs)
        seen.processor = cpu_seconds(server) - used
    return seen


async def _come_in(http: httpx.AsyncClient, words: str) -> Mapping[str, str]:
    door = await http.get("/in")
    kept = _cookies(door)
    got = await http.post("/in", data={"csrf": _token(door.text), "words": words}, headers=_as(kept))
    assert got.status_code == 303, got.text  # noqa: PLR2004
    http.cookies.clear()
    return _cookies(got)


async def _reader(
    http: httpx.AsyncClient, kept: Mapping[str, str], every: float, seen: _Seen, end: asyncio.Event
) -> None:
    chance = random.Random()  # noqa: S311 - when people turn a page
    await _pause(chance.uniform(0, every), end)
    while not end.is_set():
        began = time.perf_counter()
        got = await http.get(chance.choice(PAGES), headers=_as(kept))
        seen.taken.append(time.perf_counter() - began)
        seen.requests += 1
        seen.refused += got.status_code != 200  # noqa: PLR2004
        for path in BESIDE:
            seen.requests += 1
            seen.refused += (await http.get(path, headers=_as(kept))).status_code != 200  # noqa: PLR2004
        await _pause(chance.uniform(0.5, 1.5) * every, end)


async def _checker(
    http: httpx.AsyncClient, kept: Mapping[str, str], bench: str, seen: _Seen, end: asyncio.Event
) -> None:
    while not end.is_set():
        token = _token((await http.get("/rights", headers=_as(kept))).text)
        await http.post("/mine", data={"csrf": token, "own": bench}, headers=_as(kept))
        while not end.is_set():
            await _pause(1.0, end)
            got = await http.get("/progress", headers=_as(kept))
            if got.headers.get("location") == "/report":
                seen.checks += 1
                break


async def _watch(seen: _Seen, end: asyncio.Event) -> None:
    while not end.is_set():
        used = await asyncio.to_thread(lambda: sum(pss_mb(pid) for pid in tree() if pid != os.getpid()))
        seen.memory = max(seen.memory, used)
        await _pause(SAMPLE_S, end)


async def _pause(seconds: float, end: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(end.wait(), seconds)


def _as(kept: Mapping[str, str]) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}


def _cookies(got: httpx.Response) -> dict[str, str]:
    return dict(got.cookies.items())


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found
    return found[1]


class _Trusting:
    """An engine that checks everything, as if the page had been shown to be the person's own."""

    hosted = False

    def __init__(self, engine: Engine) -> None:
        self.session, self.detection, self.turn = engine.session, engine.detection, engine.turn


def _server(ready: Connection, folder: Path, people: int, bench: str, address: HostPort) -> None:
    sealing.OPSLIMIT, sealing.MEMLIMIT = argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN
    asyncio.run(_serve(ready, folder, people, bench, address))


async def _serve(ready: Connection, folder: Path, people: int, bench: str, address: HostPort) -> None:
    settings = Settings(manners=Manners(pause=0), allow=frozenset({address}))
    school, now = school_in("practice/school"), datetime.now(UTC)
    consent = Consent("self-check", "bench", now, now + timedelta(days=1))
    accounts = submissions([bench])
    with Store(folder) as store:
        installation = Installation(folder)
        installation.make_office(on=now.date())
        async with Shared(settings) as engine:
            one = await desk_of(school, _Trusting(engine), allow=settings.allow).look(
                accounts, saved={}, consent=consent, on_step=lambda *_: None, stop=asyncio.Event()
            )
            house = Hosted(
                store,
                installation,
                basis=Basis("bench", "consent", now.date(), ("bench",), age_hint=False),
                school=school,
                make_desk=lambda pack, person: desk_of(pack, engine, allow=settings.allow, person=person),
            )
            words = [house.new_words() for _ in range(people)]
            report, given = packed(one), Submission(accounts[0].url, accounts[0].platform, consent)
            with house.book.transaction():  # one for all, as each waits for the disk
                for member in (house.join(secret).member for secret in words):
                    member.agree({"self-check": timedelta(days=1), "visit": timedelta(days=1)}, "bench")
                    store.add_report(member.id, report)
                    store.add_submission(member.id, given)
            try:
                await serve_school(house, front(port=PORT), ready=lambda: ready.send(words))
            finally:
                await house.close()
