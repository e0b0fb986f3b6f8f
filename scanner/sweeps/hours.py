"""Quiet hours: the times of day at which no page is opened."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from scanner.errors import UsageError

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def check_quiet(text: str) -> str:
    """The text as it is, if it is a span of hours or empty.

    Raises:
        UsageError: it is neither, or there would be no hour left.
    """
    if text:
        begin, end = _span(text)
        if begin == end:
            raise UsageError("quiet hours from a time to the same time would leave none for the sweep")
    return text


def quiet_until(text: str, at: datetime) -> datetime | None:
    """When the quiet hours end that `at` lies in; None outside of them. Hours are local time."""
    if not text:
        return None
    begin, end = _span(text)
    now = at.astimezone()
    clock = now.time().replace(tzinfo=None)
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not inside:
        return None
    ends = now.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends if ends > now else ends + timedelta(days=1)


def open_share(text: str) -> float:
    """The part of a day that is not quiet."""
    if not text:
        return 1.0
    begin, end = _span(text)
    minutes = ((end.hour - begin.hour) * 60 + end.minute - begin.minute) % (24 * 60)
    return 1 - minutes / (24 * 60)


def _span(text: str) -> tuple[time, time]:
    found = _QUIET.fullmatch(text)
    if not found:
        raise UsageError(f"quiet hours look like 22:00-06:00, not '{text}'")
    hours = [int(part) for part in found.groups()]
    return time(hours[0], hours[1]), time(hours[2], hours[3])
