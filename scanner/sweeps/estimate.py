"""How long a sweep still takes, from what is left on each host; said in hours, never in people."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime

from scanner.intake import submissions
from scanner.sweeps.book import Book
from scanner.sweeps.hosts import Hosts
from scanner.sweeps.hours import open_share
from scanner.sweeps.model import DONE, Sweep
from scanner.sweeps.opening import may_visit


def hours_left(book: Book, sweep: Sweep, *, at: datetime) -> int:
    """Hours until the last profile is read, rounded up; hosts are read side by side."""
    hosts = Hosts(book)
    waiting = Counter(
        job.host
        for job in book.all_jobs(sweep.id)
        if job.state != DONE and may_visit(submissions([job.url])[0].platform)
    )
    slowest = 0.0
    for host, count in waiting.items():
        rest = (hosts.free_at(host, at=at, per_host=sweep.per_host) - at).total_seconds()
        slowest = max(slowest, rest + seconds_for(count, hosts.of(host).seconds, per_day=sweep.per_host))
    return math.ceil(slowest / open_share(sweep.quiet) / 3600)


def seconds_for(profiles: int, each: float, *, per_day: int) -> float:
    """Seconds that so many profiles of one host take, one after the other, within its daily budget."""
    a_day = min(per_day, int(86_400 / each)) or 1
    days, rest = divmod(profiles, a_day)
    if days and not rest:
        days, rest = days - 1, a_day
    return days * 86_400 + rest * each


def in_words(hours: int) -> str:
    """The estimate as it is told."""
    return "less than an hour left" if hours <= 1 else f"about {hours} hours left"
