"""What a sweep knows of each host, for everybody: its pause after a refusal, today's budget, its pace."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from scanner.sweeps.book import Book

FIRST_PAUSE = timedelta(hours=1)
MOST_PAUSE = timedelta(hours=24)
"""A host that refuses (429, a challenge) rests this long at first, then twice as long, up to a day."""
USUAL_SECONDS = 30.0
"""What one profile takes on a host of which nothing is known yet."""
WEIGHT = 0.2
"""How much the latest profile counts in the average."""


@dataclass(frozen=True, slots=True)
class Host:
    """One host: refusals in a row, rest until, the day and what was used of it, seconds a profile."""

    strikes: int = 0
    paused_until: str = ""
    day: str = ""
    used: int = 0
    seconds: float = USUAL_SECONDS


class Hosts:
    """All hosts of a sweep, kept under a keyed hash: a host can be a person's own."""

    def __init__(self, book: Book) -> None:
        self._shelf = book.shelf
        self._known = {name: Host(**body) for name, body in self._shelf.facts("hosts").items()}

    def of(self, host: str) -> Host:
        """What is known of a host."""
        return self._known.get(self._shelf.blind(host), Host())

    def free_at(self, host: str, *, at: datetime, per_host: int) -> datetime:
        """From when on a profile there may be opened; `at` itself when it may be now."""
        known = self.of(host)
        free = at
        if known.paused_until:
            until = datetime.fromisoformat(known.paused_until)
            if until - at <= MOST_PAUSE:  # else the clock was set back
                free = max(free, until)
        if known.day == _day(at) and known.used >= per_host:
            free = max(free, _midnight(at))
        return free

    def use(self, host: str, *, at: datetime) -> None:
        """Take one profile out of today's budget."""
        known = self.of(host)
        used = known.used + 1 if known.day == _day(at) else 1
        self._keep(host, replace(known, day=_day(at), used=used))

    def refused(self, host: str, *, at: datetime) -> datetime:
        """Pause a host for everybody; gives until when. Refusals while it rests already count once."""
        known = self.of(host)
        resting = datetime.fromisoformat(known.paused_until) if known.paused_until else at
        if at < resting <= at + MOST_PAUSE:
            return resting
        until: datetime = at + min(FIRST_PAUSE * 2 ** min(known.strikes, 9), MOST_PAUSE)
        self._keep(host, replace(known, strikes=known.strikes + 1, paused_until=until.isoformat()))
        return until

    def read(self, host: str, seconds: float) -> None:
        """Note that a host answered, and how long a profile took there."""
        known = self.of(host)
        average = (1 - WEIGHT) * known.seconds + WEIGHT * seconds
        self._keep(host, replace(known, strikes=0, seconds=average))

    def _keep(self, host: str, known: Host) -> None:
        name = self._shelf.blind(host)
        self._shelf.put_fact("hosts", name, asdict(known))
        self._known[name] = known


def _day(at: datetime) -> str:
    return at.astimezone().date().isoformat()


def _midnight(at: datetime) -> datetime:
    return (at.astimezone() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
