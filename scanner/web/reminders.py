"""A calendar entry for one day, as any calendar program reads it (RFC 5545)."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta


def reminder_of(on: date, *, now: datetime, summary: str) -> bytes:
    """An all-day entry with a bell at nine; `now` is in UTC. It blocks no time and names nobody."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reminder//EN",
        "BEGIN:VEVENT",
        f"UID:{secrets.token_hex(16)}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(summary)}",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
