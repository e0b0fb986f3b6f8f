"""Running a sweep: a few people in hand at once, hosts in peace, and nothing lost if this process dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from data import School
from scanner.errors import StoreError
from scanner.gathering import Looked
from scanner.pipeline import Acquire, Detect
from scanner.store import Unwritable
from scanner.sweeps.book import Book, is_open, new_id
from scanner.sweeps.hosts import Hosts
from scanner.sweeps.hours import quiet_until
from scanner.sweeps.keeping import Kept, memory_folder
from scanner.sweeps.looking import claim, look, stumbled
from scanner.sweeps.model import WAITING, Job, Sweep
from scanner.sweeps.queue import Queue, Turn, due, load
from scanner.sweeps.results import Pack, conclude, consent_of, seal

WATCH = 2.0
"""Seconds between two looks at who left, what was paused, and whose turn can begin."""
NETWORK_GONE = 3
"""Profiles in a row that did not answer, none read between: then it is not the profiles."""
NETWORK_WAIT = timedelta(minutes=10)
DISK_WAIT = 30.0
MOST_DISK_WAITS = 20
"""Tries to write a finished report, half a minute apart, before the sweep stops."""
JUMP = 300.0
"""Seconds by which the clock may differ from the time that went by before it is said to have jumped."""
STUMBLES = "A profile made our program stumble; the sweep goes on with the others."

Post = Callable[[Book, Sweep], Awaitable[None]]


async def no_post(_book: Book, _sweep: Sweep) -> None:
    """Send no notes: no mail server is named."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a sweep is carried out with.

    `acquire_for` gives what opens one person's pages, `detection` the detectors for one school; `deadline`
    are seconds for one profile altogether; `say` hears what went wrong, in words that name nobody; in
    `memory` lies what was read and is not sealed.
    """

    acquire_for: Callable[[str], Acquire]
    detection: Callable[[School], AbstractAsyncContextManager[Detect]]
    school: Callable[[str], School]
    pack: Pack
    post: Post = no_post
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    say: Callable[[str], None] = lambda _: None
    at_once: int = 4
    deadline: float = 3000.0
    watch: float = WATCH
    disk_wait: float = DISK_WAIT
    memory: Path | None = field(default_factory=memory_folder)


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a run ended: "done", "waiting" (until when), "paused", "stopped" or "over"."""

    why: str
    until: datetime | None = None


async def run(book: Book, parts: Parts, *, stop: asyncio.Event | None = None) -> Ended:
    """Work on the open sweep until nothing can be done now.

    Raises:
        UsageError: no sweep is open.
        PartMissing: there is no browser.
        StoreError: reports could not be written for a long time.
    """
    return await _Run(book, book.wanted(), parts, stop or asyncio.Event()).until_nothing_is_due()


@dataclass(slots=True)
class _Run:
    book: Book
    sweep: Sweep
    parts: Parts
    stop: asyncio.Event
    id: str = field(default_factory=new_id)
    silent: list[tuple[Turn, str]] = field(default_factory=list)
    gone_until: datetime | None = None
    hosts: Hosts = field(init=False)
    kept: Kept = field(init=False)
    queue: Queue = field(init=False)
    hands: dict[asyncio.Task[None], tuple[Turn, set[str]]] = field(default_factory=dict)

    async def until_nothing_is_due(self) -> Ended:
        self.hosts = Hosts(self.book)
        self.kept = Kept(self.book, self.parts.memory)
        self.queue = await load(self.book, self.sweep, kept=self.kept, run=self.id, at=self.parts.now())
        clock = _Clock(self.parts.now)
        try:
            while True:
                if clock.jumped():
                    self.parts.say("The computer's clock has jumped; the sweep goes on by the new time.")
                await self.parts.post(self.book, self.sweep)
                await self._drop_who_left()
                if ended := self._ended():
                    return ended
                for school in self.queue.schools():
                    await self._school(school)
        finally:
            await self._let_go()

    async def _school(self, stem: str) -> None:
        """Everything that can be begun now for the people of one school, with its detectors."""
        if self._next(stem) is None:
            return
        async with self.parts.detection(self.parts.school(stem)) as detect:
            while True:
                while (
                    not self._held()
                    and len(self.hands) < self.parts.at_once
                    and (turn := self._next(stem, take=True))
                ):
                    task = asyncio.create_task(self._turn(turn, detect))
                    self.hands[task] = (turn, {job.host for job in turn.open_jobs})
                if not self.hands:
                    return
                await asyncio.wait(self.hands, timeout=self.parts.watch, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in self.hands if task.done()]:
                    turn, hosts = self.hands.pop(task)
                    self.queue.put_back(turn, hosts)
                    task.result()
                await self._watch()

    def _next(self, stem: str, *, take: bool = False) -> Turn | None:
        at, limit = self.parts.now(), self.sweep.per_host
        turn = self.queue.take(stem, at=at, hosts=self.hosts, per_host=limit)
        if turn is not None and not take:
            self.queue.put_back(turn, {job.host for job in turn.open_jobs})
        return turn

    def _held(self) -> bool:
        """Whether nothing new may be begun now."""
        at = self.parts.now()
        return bool(
            self.stop.is_set()
            or not is_open(self.sweep)
            or at >= self.sweep.ends_at
            or quiet_until(self.sweep.quiet, at)
            or (self.gone_until and at < self.gone_until)
        )

    def _ended(self) -> Ended | None:  # noqa: PLR0911 - one for each reason
        at = self.parts.now()
        self._reread()
        if self.stop.is_set():
            return Ended("stopped")
        if not is_open(self.sweep):
            return Ended("paused")
        if not len(self.queue):
            return Ended("done")
        if at >= self.sweep.ends_at:
            return Ended("over")
        if until := quiet_until(self.sweep.quiet, at):
            return Ended("waiting", until)
        if self.gone_until and at < self.gone_until:
            return Ended("waiting", self.gone_until)
        free = self.queue.next_at(at=at, hosts=self.hosts, per_host=self.sweep.per_host)
        return Ended("waiting", free) if free and free > at else None

    def _reread(self) -> None:
        current = next((one for one in self.book.sweeps() if one.id == self.sweep.id), None)
        self.sweep = current or self.sweep

    async def _drop_who_left(self) -> None:
        """Take out of the queue whoever left, skipped, or cannot be told in time yet."""
        for turn in self.queue.turns():
            why = self.book.may(turn.person, self.sweep, at=self.parts.now())
            if why == "left":
                self.book.leave(turn.person, self.sweep.id)
            if why:
                self._finish(turn)
            await asyncio.sleep(0)  # the pages of the same process are served meanwhile

    async def _watch(self) -> None:
        """Let go at once of people who left while they were in hand."""
        self._reread()
        for task, (turn, _hosts) in list(self.hands.items()):
            why = self.book.may(turn.person, self.sweep, at=self.parts.now())
            if why and not task.done() and why != "done":
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                if why == "left":
                    self.book.leave(turn.person, self.sweep.id)
                self._finish(turn)
        for task in [task for task in self.hands if task.cancelled()]:
            turn, hosts = self.hands.pop(task)
            self.queue.put_back(turn, hosts)

    async def _turn(self, turn: Turn, detect: Detect) -> None:
        """Look at what can be looked at of one person, and seal the report when all of it has an answer."""
        for job in due(turn, at=self.parts.now(), hosts=self.hosts, per_host=self.sweep.per_host):
            at = self.parts.now()
            if why := self.book.may(turn.person, self.sweep, at=at):
                if why == "left":
                    self.book.leave(turn.person, self.sweep.id)
                self._finish(turn)
                return
            if self._held():
                return
            await self._written(partial(self._claim, turn, job.row, at))
            answer = await look(
                turn.jobs[job.row],
                acquire=self.parts.acquire_for(turn.person),
                detect=detect,
                hosts=self.hosts,
                at=self.parts.now(),
                deadline=self.parts.deadline,
            )
            turn.jobs[job.row] = answer.job
            if answer.looked is not None:
                turn.looked[job.row] = answer.looked
                self._keep(answer.job, answer.looked)
            else:
                await self._written(partial(self.book.put_job, answer.job))
            await self._heard(answer.kind, turn, job.row)
        if not turn.open_jobs:
            await self._seal(turn, detect)

    def _keep(self, job: Job, looked: Looked) -> None:
        with suppress(StoreError):  # erased meanwhile
            self.kept.put(job, looked)

    def _finish(self, turn: Turn) -> None:
        self.queue.finish(turn)
        self.kept.drop(turn.jobs.values())

    def _claim(self, turn: Turn, row: str, at: datetime) -> None:
        turn.jobs[row] = claim(self.book, self.hosts, turn.jobs[row], run=self.id, at=at)

    async def _seal(self, turn: Turn, detect: Detect) -> None:
        try:
            await self._sealed(turn, detect)
        except _Stuck:
            raise
        except StoreError as error:
            self.parts.say(f"{error}. One turn was left out for that; the sweep goes on.")
        self._finish(turn)

    async def _sealed(self, turn: Turn, detect: Detect) -> None:
        at = self.parts.now()
        if self.book.may(turn.person, self.sweep, at=at):
            return  # withdrawn or erased meanwhile: there is nobody to tell
        jobs = [turn.jobs[row] for row in sorted(turn.jobs)]
        told = partial(
            conclude,
            jobs=jobs,
            consent=consent_of(self.book, turn.person, at=at),
            at=at,
            school=self.parts.school(turn.school),
            detect=detect,
        )
        try:
            report = await told([turn.looked[job.row] for job in jobs])
        except Exception:  # noqa: BLE001 - one report that trips us up must not end the sweep for the others
            self.parts.say(STUMBLES)
            report = await told([stumbled(job) for job in jobs])
        await self._written(
            lambda: seal(self.book, self.sweep, jobs, report, pack=self.parts.pack, at=self.parts.now())
        )

    async def _written(self, write: Callable[[], object]) -> None:
        """Write, and where the disk is full try again for a while: what was read is kept in memory."""
        for _ in range(MOST_DISK_WAITS):
            try:
                write()
            except Unwritable as error:
                self.parts.say(f"{error} Trying again; nothing is lost so far.")
                await asyncio.sleep(self.parts.disk_wait)
            else:
                return
        raise _Stuck("reports could not be written for a long time; the sweep stopped, nothing was lost")

    async def _heard(self, kind: str, turn: Turn, row: str) -> None:
        """Say what went wrong; where nothing answers at all, blame no profile for it and wait."""
        if kind != "unanswered":
            self.silent.clear()
            self.gone_until = None
            if kind == "broken":
                self.parts.say(STUMBLES)
            if kind == "refused":
                self.parts.say("A site refused; it is left in peace for a while, for everybody.")
            return
        self.silent.append((turn, row))
        if len(self.silent) < NETWORK_GONE:
            return
        self.gone_until = self.parts.now() + NETWORK_WAIT
        self.parts.say("Nothing answers; the network or its name service seems to be gone. We wait.")
        for blamed, profile in self.silent:
            job = blamed.jobs[profile]
            if profile not in blamed.looked and job.attempts and blamed in self.queue:
                blamed.jobs[profile] = replace(job, attempts=job.attempts - 1, next_at=self.gone_until)
                with suppress(StoreError):  # left meanwhile
                    self.book.put_job(blamed.jobs[profile])
        self.silent.clear()

    async def _let_go(self) -> None:
        """Put back what is in hand: a stop is no crash."""
        for task in self.hands:
            task.cancel()
        await asyncio.gather(*self.hands, return_exceptions=True)
        for turn in self.queue.turns():
            for job in turn.jobs.values():
                if job.run == self.id and job.state != WAITING:
                    with suppress(StoreError):
                        self.book.put_job(replace(job, state=WAITING, run="", lease_until=None))
        self.hands.clear()


class _Stuck(StoreError):
    """The disk stays full."""


class _Clock:
    """Notices when the wall clock goes another way than time does."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._time = now, asyncio.get_running_loop().time
        self._began = (now(), self._time())

    def jumped(self) -> bool:
        wall, time = self._now(), self._time()
        was_wall, was_time = self._began
        self._began = (wall, time)
        return abs((wall - was_wall).total_seconds() - (time - was_time)) > JUMP
