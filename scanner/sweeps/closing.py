"""Closing a sweep: one release of counts for good, and everything else about it forgotten."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from scanner.errors import StoreError
from scanner.sweeps.book import PURPOSE, Book
from scanner.sweeps.counts import Noise, close_counts
from scanner.sweeps.keeping import Kept, memory_folder
from scanner.sweeps.model import CLOSED, Sweep

GONE = ("jobs", "invitations", "tallies")
"""What is known of people's part in a sweep ends with it; sealed reports stay with their owners."""


def close(book: Book, *, at: datetime, noise: Noise) -> dict[str, Any]:
    """End the sweep that is open, and release its counts; all of it at once, or nothing.

    Raises:
        UsageError: no sweep is open.
    """
    sweep = book.wanted()
    with book.transaction():
        released = close_counts(book, sweep.id, sweep.schools, at=at, noise=noise)
        body = {"closed_at": at.isoformat(), "schools": released}
        book.shelf.put_fact("releases", sweep.id, body, once=True)
        for person in book.people():
            with suppress(StoreError):  # erased meanwhile
                _forget(book, person, sweep, at=at)
        book.change(sweep, CLOSED)
    Kept(book, memory_folder()).tidy()
    book.shelf.rewrite()
    return body


def releases(book: Book) -> list[dict[str, Any]]:
    """All releases, oldest first."""
    return sorted(book.shelf.facts("releases").values(), key=lambda body: str(body["closed_at"]))


def _forget(book: Book, person: str, sweep: Sweep, *, at: datetime) -> None:
    invited = book.invitation(person, sweep.id)
    if invited and not invited.scan and not invited.skipped_at and book.consents_to(person, PURPOSE, at=at):
        book.note(person, "missed" if invited.told_at else "untold", at=at)
    for table in GONE:
        for row, body in book.shelf.rows(table, person).items():
            if body["sweep"] == sweep.id:
                book.shelf.drop(table, row)
