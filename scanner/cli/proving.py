"""`scanner check --prove`: hands out the code for the bio, waits for it, and says what came of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from data import Pack
from scanner import ownership
from scanner.cli.common import STDERR
from scanner.model import Report
from scanner.ownership import Code

ASK = """\
To show that a profile is yours, put this code into its bio now:

    {code}

It says nothing about you or your school. Save the profile, and see that the code shows.
The code is good until {until} ({zone}). Take it out again once the check is done.
"""
AGAIN = "Then give the same command once more. Nothing was opened yet."
READY = "Press Enter when the code is in your bio"
FOUND = "The code was there: {urls}. You can take it out now."
MISSING = (
    'The code was not there: {urls}. The report calls these "declared". '
    "Sites can show an old bio for some minutes; the same command tries once more until {until}."
)
SAVED = "A page you saved cannot show that a profile is yours, so no code was looked for there."


def code_for(urls: Sequence[str], *, pack: Pack, home: Path, at: datetime) -> Code | None:
    """The code to look for; None when it was only now handed out and there is nobody to wait for."""
    if waiting := ownership.recall(home, urls, at=at):
        return waiting
    code = ownership.new_code(urls, pack=pack, at=at)
    ownership.remember(home, code)
    until = code.expires_at.astimezone()
    _say(ASK.format(code=code.text, until=f"{until:%H:%M}", zone=until.tzname()))
    if not sys.stdin.isatty():
        _say(AGAIN)
        return None
    click.prompt(READY, default="", show_default=False, err=True)
    return code if datetime.now(UTC) < code.expires_at else None


def say_what_came(report: Report, code: Code, *, home: Path, saved: Sequence[str]) -> None:
    """Tell which profiles carried the code, and forget it when all of them did."""
    proven = [profile.url for profile in report.profiles if profile.ownership == "code"]
    missing = [p.url for p in report.profiles if p.url not in proven and p.url not in saved]
    if proven:
        _say(FOUND.format(urls=", ".join(proven)))
    if saved:
        _say(SAVED)
    if missing:
        _say(MISSING.format(urls=", ".join(missing), until=f"{code.expires_at.astimezone():%H:%M}"))
    else:
        ownership.forget(home)


def _say(words: str) -> None:
    STDERR.print(words, markup=False, highlight=False, soft_wrap=True)
