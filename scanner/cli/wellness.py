"""What the office sees of its server's health; nothing of it is about a person."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import data
from data import School
from scanner.acquire.browser import find
from scanner.errors import PartMissing
from scanner.web.house import Basis, Line

ROOM = 2_000_000_000
"""Bytes that should be free for uploads and for rewriting the database."""
OLD_DAYS = 365


def lines(folder: Path, basis: Basis, school: Callable[[], School]) -> Sequence[Line]:
    """Browser, disk, policy, pack and lawful basis, each in a sentence."""
    today = datetime.now(UTC).date()
    pack = school().pack
    policy = data.policy(pack.policy)
    free = shutil.disk_usage(folder).free
    doubts = pack.doubts()
    overdue = policy.overdue(today)
    age = (today - basis.on).days
    return (
        _browser(),
        Line("Disk", free > ROOM, f"{free / 1e9:.0f} GB free"),
        Line(
            "Policy",
            not overdue,
            f"{policy.title}; its review was due in {policy.review_due}" if overdue else policy.title,
        ),
        Line("School pack", not doubts, "; ".join(doubts) or "complete"),
        Line("Lawful basis", age < OLD_DAYS, f"written down on {basis.on:%d %B %Y}"),
    )


def _browser() -> Line:
    try:
        return Line("Browser", True, find().version)  # noqa: FBT003 - the field is called well
    except PartMissing as error:
        return Line("Browser", False, str(error))  # noqa: FBT003
