"""One job of a sweep: claimed, looked at under a deadline, and what its answer means for the next try."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from scanner.errors import PartMissing, SubmissionError
from scanner.gathering import Looked
from scanner.intake import submissions
from scanner.pipeline import Acquire, Detect, look_at
from scanner.platforms import Account
from scanner.sweeps.book import Book
from scanner.sweeps.hosts import Hosts
from scanner.sweeps.model import RUNNING, WAITING, Job
from scanner.sweeps.opening import may_visit
from scanner.sweeps.queue import BACK_OFF, GIVE_UP, LEASE
from scanner.sweeps.tasks import broken, unvisited, with_task

UNANSWERED = frozenset({"timeout", "unreachable"})
"""Results that another try later may better."""
REFUSED = frozenset({"blocked", "captcha"})
"""Results after which the whole host rests, for everybody; tried once more after that."""
MOST_REFUSED = 2
STUMBLED = "Something went wrong on our side while this profile was read, so it was left out."
CRASHED = "Reading this profile made the program stop more than once, so it was left out."
HUNG = "Reading this profile took far too long, so it was left out."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one look. `looked` is None where there will be another try."""

    kind: Literal["read", "settled", "unanswered", "refused", "broken"]
    job: Job
    looked: Looked | None = None


def claim(book: Book, hosts: Hosts, job: Job, *, run: str, at: datetime) -> Job:
    """Write down that a job is in hand, before anything is opened."""
    taken = replace(job, state=RUNNING, run=run, lease_until=at + LEASE)
    with book.transaction():
        book.put_job(taken)
        hosts.use(job.host, at=at)
    return taken


async def look(  # noqa: PLR0911 - one for each kind of answer
    job: Job, *, acquire: Acquire, detect: Detect, hosts: Hosts, at: datetime, deadline: float
) -> Answer:
    """Look at one profile, come what may.

    Raises:
        PartMissing: there is no browser; nothing can be looked at.
    """
    account = _account(job)
    if job.crashes >= GIVE_UP:
        return _settled(job, broken(account, CRASHED, "unreadable"))
    if not may_visit(account.platform):
        return _settled(job, unvisited(account))
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(deadline):
            looked = await look_at(account, acquire=acquire, detect=detect)
    except TimeoutError:
        return _again(job, broken(account, HUNG, "timeout"), at=at, kind="unanswered")
    except PartMissing:
        raise
    except SubmissionError as error:
        return _settled(job, broken(account, f"{error}.", "unreadable"))
    except Exception:  # noqa: BLE001 - one profile that trips us up must not end the sweep for the others
        return _again(job, broken(account, STUMBLED, "unreadable"), at=at, kind="broken")
    result = looked.snapshot.result
    if result in REFUSED:
        return _refused(job, looked, until=hosts.refused(job.host, at=at))
    if result in UNANSWERED:
        return _again(job, looked, at=at, kind="unanswered")
    hosts.read(job.host, clock() - began)
    return Answer("read", replace(job, result=result), _slim(with_task(looked)))


def stumbled(job: Job) -> Looked:
    """A profile that our own program could not deal with, as its owner is told."""
    return with_task(broken(_account(job), STUMBLED, "unreadable"))


def _account(job: Job) -> Account:
    try:
        return submissions([job.url])[0]
    except SubmissionError:
        return Account("site", "", job.url)


def _settled(job: Job, looked: Looked) -> Answer:
    return Answer("settled", replace(job, result=looked.snapshot.result), with_task(looked))


def _again(job: Job, looked: Looked, *, at: datetime, kind: Literal["unanswered", "broken"]) -> Answer:
    if job.attempts >= len(BACK_OFF) - 1:
        return replace(_settled(job, looked), kind=kind)
    later = replace(
        job,
        state=WAITING,
        run="",
        lease_until=None,
        attempts=job.attempts + 1,
        next_at=at + BACK_OFF[job.attempts],
    )
    return Answer(kind, later)


def _refused(job: Job, looked: Looked, *, until: datetime) -> Answer:
    if job.attempts + 1 >= MOST_REFUSED:
        return replace(_settled(job, looked), kind="refused")
    later = replace(
        job,
        state=WAITING,
        run="",
        lease_until=None,
        attempts=job.attempts + 1,
        next_at=until + timedelta(seconds=1),
    )
    return Answer("refused", later)


def _slim(looked: Looked) -> Looked:
    """Without the bytes of the pictures: their findings and cut-out places are there already."""
    images = tuple(replace(image, data=b"") for image in looked.snapshot.images)
    return replace(looked, snapshot=replace(looked.snapshot, images=images))
