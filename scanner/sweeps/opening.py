"""Opening a sweep: everyone with a fresh opt-in and a profile shown to be theirs is invited, nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import data
from scanner.errors import ScannerError, UsageError
from scanner.intake import submissions
from scanner.sweeps.book import NOTICE, PROVEN, PURPOSE, Book, new_id
from scanner.sweeps.hours import check_quiet
from scanner.sweeps.model import DUE, OPEN, OPENING, Invitation, Job, Mail, Sweep

MOST_WINDOW = timedelta(days=120)


def open_sweep(
    book: Book,
    *,
    at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    notice: str,
    quiet: str = "",
    per_host: int = 1000,
    site: str = "",
    schools: Sequence[str] = ("",),
) -> Sweep:
    """Begin a sweep, or go on with an opening that was cut short.

    Raises:
        UsageError: another sweep is not closed yet, or the window makes no sense.
    """
    sweep = book.current()
    if sweep is not None and sweep.state != OPENING:
        raise UsageError("a sweep is open already; scanner sweep close ends it")
    if sweep is None:
        _check_window(at, starts_at, ends_at)
        if per_host < 1:
            raise UsageError("at least one profile a day must be allowed on each host")
        sweep = Sweep(
            new_id(),
            OPENING,
            at,
            starts_at,
            ends_at,
            notice,
            quiet=check_quiet(quiet),
            per_host=per_host,
            site=site.rstrip("/"),
            schools=tuple(schools),
        )
        book.put_sweep(sweep)
    for person in book.people():
        with suppress(ScannerError):  # erased meanwhile
            _invite(book, person, sweep, at=at)
    return book.change(sweep, OPEN)


def proven(book: Book, person: str) -> dict[str, str]:
    """A person's profiles that were shown to be theirs, with how; each address once."""
    found: dict[str, str] = {}
    for row in book.shelf.rows("submissions", person).values():
        if row["ownership"] in PROVEN:
            with suppress(ScannerError):  # an address that is not opened any more
                for account in submissions([row["url"]]):
                    best = max(found.get(account.url, PROVEN[0]), row["ownership"], key=PROVEN.index)
                    found[account.url] = best
    return found


def _check_window(at: datetime, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at or ends_at <= at:
        raise UsageError("the sweep must end after it starts, and in the future")
    if ends_at - starts_at > MOST_WINDOW:
        raise UsageError(f"the window is longer than {MOST_WINDOW.days} days; a sweep belongs to one term")
    if ends_at < at + NOTICE:
        raise UsageError(
            f"people are told by e-mail {NOTICE.days} days before; let the sweep end later than that"
        )


def _invite(book: Book, person: str, sweep: Sweep, *, at: datetime) -> None:
    if book.invitation(person, sweep.id) or not book.consents_to(person, PURPOSE, at=at):
        return
    profiles = proven(book, person)
    if not profiles:
        return
    mail = Mail(DUE) if sweep.site and book.email(person) else Mail()
    with book.transaction():
        book.put_invitation(Invitation("", person, sweep.id, school=book.school(person), notice=mail))
        for job in _jobs(person, sweep, profiles):
            book.put_job(job)


def _jobs(person: str, sweep: Sweep, profiles: dict[str, str]) -> Iterator[Job]:
    for url, ownership in profiles.items():
        yield Job("", person, sweep.id, url, ownership)


def may_visit(platform: str) -> bool:
    """Whether a platform is visited in sweeps: not where the download comes first, or it is switched off."""
    return data.facts(platform).stance not in {"export-first", "off"}
