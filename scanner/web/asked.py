"""The checklist while a check waits for its answers; what is given lives no longer than the check."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from detectors import Snapshot
from scanner.checklist import Answer, Answers, Sheet, sheets

WAIT_S = 20 * 60.0
"""Seconds a check waits for answers; then it goes on without those that are missing."""


class Asked:
    """The questions of one check. `sheets` holds them while somebody is waiting for answers."""

    def __init__(self) -> None:
        self.sheets: tuple[Sheet, ...] = ()
        self._answers: dict[str, dict[str, Answer]] = {}
        self._done = asyncio.Event()

    async def ask(
        self, changed: asyncio.Event, stop: asyncio.Event, snapshots: Sequence[Snapshot], /
    ) -> Answers:
        """Show the questions that are open, and wait until they are answered, left out, or it is late."""
        self.sheets = sheets(snapshots)
        changed.set()
        ends = [asyncio.ensure_future(event.wait()) for event in (self._done, stop)]
        try:
            if self.sheets:
                await asyncio.wait(ends, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            self.sheets = ()
            changed.set()
        return self._answers

    def hear(self, profile: str, answers: dict[str, Answer]) -> None:
        """Keep what was answered about one profile."""
        self._answers[profile] = answers

    def end(self) -> None:
        """Leave the rest out."""
        self._done.set()
