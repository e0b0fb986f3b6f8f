"""The order of a sweep's work: whose turn is next, which hosts rest, what was in hand when a process died."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scanner.errors import StoreError
from scanner.gathering import Looked
from scanner.sweeps.book import Book
from scanner.sweeps.hosts import Hosts
from scanner.sweeps.keeping import Kept
from scanner.sweeps.model import DONE, RUNNING, WAITING, Job, Sweep

ON_ONE_HOST = 3
"""Profiles of one host in hand at once: one is read, one waits its turn, one is being judged."""
LEASE = timedelta(hours=1)
"""How long a job in hand is believed to be; one that takes longer is given up before."""
ALONE = 3
"""Crashes of the whole process after which a job is looked at with nothing else in hand."""
GIVE_UP = 6
"""Crashes after which a profile counts as one that cannot be read."""
BACK_OFF = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4))
"""Waits after a page that did not answer; after the last one that is what the report says."""
MOST_HELD = 200
"""People of whom a part is read and kept in memory until the rest can be."""


@dataclass(slots=True)
class Turn:
    """One person's profiles. `looked` lives in memory only, until the report is sealed."""

    person: str
    school: str
    jobs: dict[str, Job]
    looked: dict[str, Looked] = field(default_factory=dict, repr=False)

    @property
    def open_jobs(self) -> list[Job]:
        """Profiles that have no answer yet."""
        return [job for row, job in self.jobs.items() if row not in self.looked]

    @property
    def crashes(self) -> int:
        """How often the process died over one of them."""
        return max((job.crashes for job in self.jobs.values()), default=0)


class Queue:
    """The turns that are left. In memory; the store is written before and after each job."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = {turn.person: turn for turn in turns}
        self._in_hand: dict[str, Turn] = {}
        self._busy: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._turns)

    def __contains__(self, turn: Turn) -> bool:
        return turn.person in self._turns

    def turns(self) -> Iterator[Turn]:
        """All turns that are left."""
        return iter(tuple(self._turns.values()))

    def schools(self) -> list[str]:
        """The schools with turns left, each once."""
        return list(dict.fromkeys(turn.school for turn in self._turns.values()))

    def take(self, school: str, *, at: datetime, hosts: Hosts, per_host: int) -> Turn | None:
        """The next turn that can be begun now, and mark it as in hand."""
        if any(turn.crashes >= ALONE for turn in self._in_hand.values()):
            return None
        for turn in sorted(self._turns.values(), key=lambda one: one.crashes):
            if turn.school != school or turn.person in self._in_hand:
                continue
            if turn.crashes >= ALONE and self._in_hand:
                return None
            wanted = {job.host for job in due(turn, at=at, hosts=hosts, per_host=per_host)}
            if not wanted and turn.open_jobs:
                continue
            if all(self._busy.get(host, 0) < ON_ONE_HOST for host in wanted):
                self._in_hand[turn.person] = turn
                for host in {job.host for job in turn.open_jobs}:
                    self._busy[host] = self._busy.get(host, 0) + 1
                return turn
        return None

    def put_back(self, turn: Turn, hosts: set[str]) -> None:
        """A turn is out of hand; `hosts` are those it was taken for. It stays for later."""
        self._in_hand.pop(turn.person, None)
        for host in hosts:
            self._busy[host] -= 1
        held = [one for one in self._turns.values() if one.looked and one.person not in self._in_hand]
        for one in held[:-MOST_HELD]:
            one.looked.clear()

    def finish(self, turn: Turn) -> None:
        """There is nothing more to do for a person."""
        self._turns.pop(turn.person, None)

    def next_at(self, *, at: datetime, hosts: Hosts, per_host: int) -> datetime | None:
        """When the next turn can be begun; None when there is none left."""
        times = [
            max(_ready(job, at), hosts.free_at(job.host, at=at, per_host=per_host))
            for turn in self._turns.values()
            for job in turn.open_jobs
        ]
        return min(times, default=None)


def due(turn: Turn, *, at: datetime, hosts: Hosts, per_host: int) -> list[Job]:
    """The profiles of a turn that may be opened now."""
    return [
        job
        for job in turn.open_jobs
        if _ready(job, at) <= at and hosts.free_at(job.host, at=at, per_host=per_host) <= at
    ]


async def load(book: Book, sweep: Sweep, *, kept: Kept, run: str, at: datetime) -> Queue:
    """What is left of a sweep, in an order that says nothing; jobs of a dead process are waiting again.

    Whatever another run has in hand is in nobody's: this process owns the store.
    """
    turns = []
    for person in book.people():
        await asyncio.sleep(0)  # the pages of the same process are served meanwhile
        with suppress(StoreError):  # erased meanwhile
            turn = _turn(book, person, sweep, kept=kept, run=run, at=at)
            if turn.jobs:
                turns.append(turn)
    kept.tidy([job for turn in turns for job in turn.jobs.values()])
    random.SystemRandom().shuffle(turns)
    return Queue(turns)


def _turn(book: Book, person: str, sweep: Sweep, *, kept: Kept, run: str, at: datetime) -> Turn:
    jobs = {job.row: job for job in book.jobs(person, sweep.id) if job.state != DONE}
    looked = {row: one for row, job in jobs.items() if (one := kept.get(job))}
    died = [job for job in jobs.values() if job.state == RUNNING and (job.run != run or _expired(job, at))]
    blamed = [job for job in died if job.row not in looked] or died  # all read: it died over the report
    for job in died:
        crashes = job.crashes + (job in blamed)
        jobs[job.row] = replace(job, state=WAITING, run="", lease_until=None, crashes=crashes)
        book.put_job(jobs[job.row])
    for row, one in list(looked.items()):
        if jobs[row].crashes >= GIVE_UP:
            del looked[row]
        else:
            jobs[row] = replace(jobs[row], result=one.snapshot.result)
    return Turn(person, book.school(person), jobs, looked)


def _ready(job: Job, at: datetime) -> datetime:
    """When a job may be tried; a time too far away was written before the clock was set back."""
    if job.next_at is None or job.next_at - at > timedelta(days=2):
        return at
    return max(job.next_at, at)


def _expired(job: Job, at: datetime) -> bool:
    return job.lease_until is None or job.lease_until <= at
