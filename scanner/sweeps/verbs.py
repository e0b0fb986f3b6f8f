"""What can be asked of sweeps, carried out by the process that owns the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.errors import UsageError
from scanner.sweeps.book import Book
from scanner.sweeps.closing import close, releases
from scanner.sweeps.counts import Noise, opendp_noise
from scanner.sweeps.estimate import hours_left, in_words
from scanner.sweeps.hours import quiet_until
from scanner.sweeps.model import CLOSED, OPEN, OPENING, PAUSED
from scanner.sweeps.opening import open_sweep

Answer = dict[str, Any]


def carry_out(
    book: Book,
    verb: str,
    words: Mapping[str, Any],
    *,
    at: datetime,
    noise: Callable[[], Noise] = opendp_noise,
) -> Answer:
    """Do what a verb says; the answer is JSON, and never holds a number of people.

    Raises:
        UsageError: there is no such verb, or it makes no sense now.
    """
    verbs: dict[str, Callable[[], Answer]] = {
        "open": lambda: _open(book, words, at=at),
        "status": lambda: _status(book, at=at),
        "pause": lambda: _pause(book),
        "resume": lambda: _resume(book),
        "close": lambda: _close(book, at=at, noise=noise),
        "stats": lambda: {"releases": releases(book)},
        "skip": lambda: _skip(book, str(words.get("token", "")), at=at),
    }
    if verb not in verbs:
        raise UsageError(f"there is no '{verb}' of sweeps")
    return verbs[verb]()


def _open(book: Book, words: Mapping[str, Any], *, at: datetime) -> Answer:
    starts = datetime.fromisoformat(words["starts"]) if words.get("starts") else at + timedelta(days=7)
    ends = datetime.fromisoformat(words["ends"]) if words.get("ends") else starts + timedelta(days=21)
    sweep = open_sweep(
        book,
        at=at,
        starts_at=starts,
        ends_at=ends,
        notice=str(words.get("notice") or ""),
        quiet=str(words.get("quiet") or ""),
        per_host=int(words.get("per_host", 1000)),
        site=str(words.get("site") or ""),
        schools=tuple(words.get("schools") or ("",)),
    )
    says = (
        f"The sweep is open: visits from {sweep.starts_at.astimezone():%d %B %Y} "
        f"to {sweep.ends_at.astimezone():%d %B %Y}. Announce it to all staff now."
    )
    if not sweep.site:
        says += " Without --site no notice can be mailed, so only people who log in after today take part."
    return {"state": sweep.state, "says": says}


def _status(book: Book, *, at: datetime) -> Answer:
    sweep = book.current()
    if sweep is None:
        return {"state": CLOSED, "says": "No sweep is open."}
    answer: Answer = {
        "state": sweep.state,
        "starts": sweep.starts_at.isoformat(),
        "ends": sweep.ends_at.isoformat(),
    }
    if sweep.state == PAUSED:
        return {**answer, "says": "Paused; scanner sweep resume goes on."}
    if sweep.state == OPENING:
        return {**answer, "says": "The opening was cut short; scanner sweep open goes on with it."}
    if at < sweep.starts_at:
        return {**answer, "says": f"Announced; visits begin on {sweep.starts_at.astimezone():%d %B %Y}."}
    if at >= sweep.ends_at:
        return {**answer, "says": "The window is over; scanner sweep close releases the counts."}
    hours = hours_left(book, sweep, at=at)
    left = in_words(hours)
    says = f"Running, {left}."
    if until := quiet_until(sweep.quiet, at):
        says = f"Quiet until {until:%H:%M}; {left}."
    return {**answer, "hours_left": hours, "says": says}


def _pause(book: Book) -> Answer:
    sweep = book.wanted()
    if sweep.state != OPEN:
        raise UsageError(f"the sweep is not running, it is {sweep.state}")
    return {"state": book.change(sweep, PAUSED).state, "says": "Paused. Visits under way end first."}


def _resume(book: Book) -> Answer:
    sweep = book.wanted()
    if sweep.state != PAUSED:
        raise UsageError(f"the sweep is not paused, it is {sweep.state}")
    return {"state": book.change(sweep, OPEN).state, "says": "Going on."}


def _close(book: Book, *, at: datetime, noise: Callable[[], Noise]) -> Answer:
    sweep = book.wanted()
    if at < sweep.starts_at:
        says = "Closed before it began."
    else:
        says = "Closed. scanner stats shows what was released."
    released = close(book, at=at, noise=noise())
    return {"state": CLOSED, "says": says, "release": released}


def _skip(book: Book, token: str, *, at: datetime) -> Answer:
    book.skip(token, at=at)
    return {"says": "Done. This round leaves you out. The next one will ask again."}
