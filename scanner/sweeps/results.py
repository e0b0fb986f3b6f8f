"""The end of one person's turn: one report, sealed with its job states in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from data import School
from detectors import Outcome
from scanner.gathering import Looked
from scanner.model import Consent, Report, Submission, was_read
from scanner.pipeline import Detect, compose, link
from scanner.sweeps.book import COUNTS, PURPOSE, Book
from scanner.sweeps.counts import tally_of
from scanner.sweeps.model import DONE, DUE, Job, Mail, Sweep

Pack = Callable[[Report], Mapping[str, Any]]
"""The form in which a finished report is sealed."""


async def conclude(
    looked: Sequence[Looked],
    jobs: Sequence[Job],
    *,
    consent: Consent,
    at: datetime,
    school: School,
    detect: Detect,
) -> Report:
    """Look at all of a person's profiles together, and weigh what was found."""
    given = [
        Submission(one.snapshot.url, one.snapshot.platform, consent, ownership=job.ownership)
        for one, job in zip(looked, jobs, strict=True)
    ]
    seen = [one for one in looked if was_read(one.snapshot.result)]
    joined = await detect.join([one.snapshot for one in seen]) if seen else Outcome()
    return compose(
        looked, link(seen, joined, school), at=at, school=school, submissions=given, status="complete"
    )


def seal(book: Book, sweep: Sweep, jobs: Sequence[Job], report: Report, *, pack: Pack, at: datetime) -> bool:
    """Seal a report to its person; False, and nothing kept, where they left or have one already.

    The sealed report, the job states, what the person adds to the counts and the note to send are written
    together: whatever happens to this process, there is either all of it or nothing.

    Raises:
        StoreError: it could not be written; nothing was.
    """
    person = jobs[0].person
    body = pack(report)
    with book.transaction():
        if book.may(person, sweep, at=at):
            return False
        invited = book.invitation(person, sweep.id)
        assert invited is not None
        scan = book.store.add_report(person, body)
        for job in jobs:
            book.put_job(replace(job, state=DONE, run="", lease_until=None))
        if book.consents_to(person, COUNTS, at=at):
            cells = tally_of(report)
            tally = {"sweep": sweep.id, "school": invited.school, "cells": [list(cell) for cell in cells]}
            book.shelf.put("tallies", person, tally)
        ready = Mail(DUE) if sweep.site and book.email(person) else Mail()
        book.put_invitation(replace(invited, scan=scan, ready=ready))
    return True


def consent_of(book: Book, person: str, *, at: datetime) -> Consent:
    """The consent that a sweep stands on."""
    given = [one for one in book.store.consents(person).values() if one.purpose == PURPOSE and one.covers(at)]
    return max(given, key=lambda one: one.expires_at)
