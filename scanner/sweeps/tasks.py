"""Two minutes of one's own for a profile that a sweep cannot visit: download, screenshot, checklist."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import data
from detectors import Coverage, Snapshot
from scanner.gathering import Looked
from scanner.model import was_read
from scanner.platforms import Account, unread

NO_TASK = frozenset({"not_found_or_hidden"})
"""Where there is nothing to take a picture of."""


def unvisited(account: Account) -> Looked:
    """A profile that was not opened, because the platform asks programs to stay away."""
    facts = data.facts(account.platform)
    said = words()["tasks"]["not_visited"].format(reason=facts.stance_reason)
    return Looked(_unread(account, "skipped_by_terms", said))


def never_reached(account: Account) -> Looked:
    """A profile whose turn did not come before the sweep ended."""
    return Looked(_unread(account, "timeout", words()["tasks"]["over"]))


def broken(account: Account, said: str, result: str) -> Looked:
    """A profile that could not be looked at at all."""
    return Looked(_unread(account, result, said))


def with_task(looked: Looked) -> Looked:
    """The same, and what the person can do in two minutes where nothing could be read."""
    snapshot = looked.snapshot
    if was_read(snapshot.result) or snapshot.result in NO_TASK:
        return looked
    facts, tasks = data.facts(snapshot.platform), words()["tasks"]
    known = {"name": facts.name, "url": snapshot.url}
    ways = [tasks["lead"], *([tasks["export"]] if facts.export else []), tasks["page"], tasks["checklist"]]
    said = " ".join(way.format(**known) for way in ways)
    coverage = replace(snapshot.coverage, not_seen=(*snapshot.coverage.not_seen, said))
    return replace(looked, snapshot=replace(snapshot, coverage=coverage))


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of sweeps."""
    return data.read_toml("texts/sweeps.toml")


def _unread(account: Account, result: str, said: str) -> Snapshot:
    known = unread(account)
    return Snapshot(
        id=known.url,
        platform=known.platform,
        url=known.url,
        handle=known.handle,
        coverage=Coverage(not_seen=(said,)),
        result=result,
    )
