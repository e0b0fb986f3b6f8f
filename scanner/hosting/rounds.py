"""The school's rounds as one person meets them, and the numbers that were released of all together."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import data
from scanner.errors import StoreError
from scanner.report.words import day
from scanner.sweeps.book import Book
from scanner.sweeps.closing import releases
from scanner.sweeps.tasks import words
from scanner.web.house import Count, Round


def announced(book: Book, person: str, *, at: datetime) -> Round | None:
    """The round that is open, for somebody who was asked to it; from now on they count as told."""
    sweep = book.current()
    invited = book.invitation(person, sweep.id) if sweep else None
    if sweep is None or invited is None:
        return None
    book.seen(person, at=at)
    return Round(
        sweep.notice.strip(),
        sweep.starts_at,
        sweep.ends_at,
        skipped=invited.skipped_at is not None,
        done=bool(invited.scan),
    )


def skip(book: Book, person: str, *, at: datetime) -> None:
    """Leave the open round out."""
    if sweep := book.current():
        book.skip(book.shelf.token(person, sweep.id), at=at)


def leave(book: Book, person: str) -> None:
    """Take somebody out of the open round at once: a visit under way ends, and their rows in it go."""
    if sweep := book.current():
        book.leave(person, sweep.id)


def news(book: Book, person: str) -> list[str]:
    """What is to be told once, and is forgotten with it."""
    said = []
    with suppress(StoreError):  # a disk that is full: it is told again
        for row, kind in book.notes(person).items():
            said.append(str(words()["notes"][kind]))
            book.told(person, row)
    return said


def counts(book: Book) -> list[Count]:
    """What was released, newest first, in words."""
    told = []
    for release in reversed(releases(book)):
        on = day(datetime.fromisoformat(release["closed_at"]).astimezone())
        for one in release["schools"].values():
            told += [Count(on, _line(cell, one)) for cell in one["cells"]] or [Count(on, "")]
    return told


def _line(cell: dict[str, Any], release: dict[str, Any]) -> str:
    check = data.checks().get(cell["check"])
    title = check.title if check else cell["check"]
    return f"{title}: about {cell['about']}, plus or minus {release['plus_minus']}"
