"""The sweeps' book: sweeps, invitations and jobs in the store, and who may be looked at right now."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from scanner.errors import StoreError, UsageError
from scanner.store import Shelf, Store
from scanner.sweeps.model import BY_LOG_IN, CLOSED, OPEN, OPENING, PAUSED, Invitation, Job, Sweep

PURPOSE, COUNTS = "sweeps", "counts"
"""The two purposes a person may consent to."""
MOST_CONSENT = timedelta(days=366)
"""A consent that is older covers nothing here, whatever it says."""
NOTICE = timedelta(days=7)
"""How long before their first visit somebody is told by e-mail."""
PROVEN = ("code", "export")
"""What shows that a profile is a person's own. Weakest first."""


class Book:
    """What the store holds of sweeps. One per process, as one process owns the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.shelf: Shelf = store.shelf

    def transaction(self) -> AbstractContextManager[None]:
        """All writes of the block, or none of them."""
        return self.shelf.transaction()

    def people(self) -> tuple[str, ...]:
        """Random ids of the people here; never shown."""
        return self.shelf.people()

    def sweeps(self) -> tuple[Sweep, ...]:
        """All sweeps, oldest first."""
        kept = [Sweep.of(body) for body in self.shelf.facts("sweeps").values()]
        return tuple(sorted(kept, key=lambda one: one.opened_at))

    def current(self) -> Sweep | None:
        """The sweep that is not closed yet; there is one at most."""
        return next((one for one in self.sweeps() if one.state != CLOSED), None)

    def wanted(self) -> Sweep:
        """The sweep that is not closed yet.

        Raises:
            UsageError: there is none.
        """
        sweep = self.current()
        if sweep is None:
            raise UsageError("no sweep is open; scanner sweep open begins one")
        return sweep

    def put_sweep(self, sweep: Sweep) -> None:
        """Write a sweep."""
        self.shelf.put_fact("sweeps", sweep.id, sweep.body())

    def change(self, sweep: Sweep, state: str) -> Sweep:
        """Write a sweep's new state."""
        changed = replace(sweep, state=state)
        self.put_sweep(changed)
        return changed

    def school(self, person: str) -> str:
        """The stem of a person's school pack; empty where the installation has one pack."""
        rows = self.shelf.rows("memberships", person).values()
        return next((str(row["school"]) for row in rows), "")

    def set_school(self, person: str, school: str) -> None:
        """Record which school's pack is a person's."""
        old = next(iter(self.shelf.rows("memberships", person)), None)
        self.shelf.put("memberships", person, {"school": school}, row=old)

    def email(self, person: str) -> str:
        """The private address that a person gave for notes, or nothing."""
        rows = self.shelf.rows("addresses", person).values()
        return next((str(row["email"]) for row in rows), "")

    def invitation(self, person: str, sweep: str) -> Invitation | None:
        """A person's invitation to a sweep."""
        for row, body in self.shelf.rows("invitations", person).items():
            if body["sweep"] == sweep:
                return Invitation.of(body, row=row, person=person)
        return None

    def put_invitation(self, one: Invitation) -> None:
        """Write an invitation."""
        self.shelf.put("invitations", one.person, one.body(), row=one.row or None)

    def jobs(self, person: str, sweep: str) -> tuple[Job, ...]:
        """A person's jobs in a sweep, in a fixed order."""
        rows = self.shelf.rows("jobs", person)
        found = [Job.of(b, row=row, person=person) for row, b in rows.items() if b["sweep"] == sweep]
        return tuple(sorted(found, key=lambda job: job.row))

    def put_job(self, job: Job) -> None:
        """Write a job."""
        self.shelf.put("jobs", job.person, job.body(), row=job.row or None)

    def all_jobs(self, sweep: str) -> Iterator[Job]:
        """The jobs of everybody in a sweep; whoever is erased meanwhile is left out."""
        for person in self.people():
            with suppress(StoreError):
                yield from self.jobs(person, sweep)

    def consents_to(self, person: str, purpose: str, *, at: datetime) -> bool:
        """Whether an unexpired, not withdrawn consent of at most twelve months covers that moment."""
        given = self.store.consents(person).values()
        return any(
            one.purpose == purpose and one.covers(at) and at - one.given_at < MOST_CONSENT for one in given
        )

    def may(self, person: str, sweep: Sweep, *, at: datetime) -> str:
        """Why a person may not be looked at now: "left", "skipped", "done", "not-told", or "" if they may.

        "left" is for good: no consent covers it, or the person is not known any more.
        """
        try:
            agreed = self.consents_to(person, PURPOSE, at=at)
            invited = self.invitation(person, sweep.id)
        except StoreError:
            return "left"
        if not agreed or invited is None:
            return "left"
        if invited.skipped_at:
            return "skipped"
        if invited.scan:
            return "done"
        if invited.told_at is None or at < sweep.starts_at:
            return "not-told"
        by_mail = invited.told_by != BY_LOG_IN
        return "not-told" if by_mail and at < invited.told_at + NOTICE else ""

    def leave(self, person: str, sweep: str) -> None:
        """Remove a person from a sweep at once: jobs, invitation, and what they would add to the counts."""
        with suppress(StoreError), self.transaction():
            for table in ("jobs", "invitations", "tallies"):
                for row, body in self.shelf.rows(table, person).items():
                    if body["sweep"] == sweep:
                        self.shelf.drop(table, row)

    def note(self, person: str, kind: str, *, at: datetime) -> None:
        """Leave something to tell a person at their next log-in; the same is not left twice."""
        if all(row["kind"] != kind for row in self.shelf.rows("notes", person).values()):
            self.shelf.put("notes", person, {"kind": kind, "at": at.isoformat()})

    def notes(self, person: str) -> dict[str, str]:
        """What to tell a person, by row: kinds that `data/texts/sweeps.toml` has words for."""
        return {row: str(body["kind"]) for row, body in self.shelf.rows("notes", person).items()}

    def told(self, person: str, row: str) -> None:
        """Forget a note that was shown."""
        if row in self.shelf.rows("notes", person):
            self.shelf.drop("notes", row)

    def seen(self, person: str, *, at: datetime) -> None:
        """Record that a person logged in and was shown the announcement of the sweep that is open."""
        sweep = self.current()
        one = self.invitation(person, sweep.id) if sweep else None
        if one and one.told_by != BY_LOG_IN:
            self.put_invitation(replace(one, told_at=at, told_by=BY_LOG_IN))

    def skip(self, token: str, *, at: datetime) -> None:
        """Leave one sweep out, by the link of its notice.

        Raises:
            StoreError: the link is not one of ours.
        """
        person, sweep = self.shelf.read_token(token)
        one = self.invitation(person, sweep)
        if one and not one.skipped_at:
            self.put_invitation(replace(one, skipped_at=at))


def is_open(sweep: Sweep) -> bool:
    """Whether profiles may be looked at in it, as far as its state goes."""
    return sweep.state == OPEN


def can_pause(sweep: Sweep) -> bool:
    """Whether pausing or resuming says anything about it."""
    return sweep.state in {OPEN, PAUSED, OPENING}


def new_id() -> str:
    """A random id in hexadecimal."""
    return uuid.uuid4().hex
