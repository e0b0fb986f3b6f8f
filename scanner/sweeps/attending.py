"""Attending to sweeps: what the owner of the store starts, once for `sweep run`, for good inside `serve`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.errors import ScannerError
from scanner.sweeps.book import Book, is_open
from scanner.sweeps.running import Ended, Parts, run
from scanner.sweeps.socket import doorway
from scanner.sweeps.verbs import carry_out

POLL = 60.0
"""Seconds between two looks whether there is anything to do."""
RUN = "run"


async def attend_once(book: Book, parts: Parts, folder: Path, *, stop: asyncio.Event) -> Ended:
    """Work on the open sweep until nothing can be done now; other processes may ask meanwhile."""
    async with doorway(folder, _Owner(book, parts).carry):
        return await run(book, parts, stop=stop)


async def attend(book: Book, parts: Parts, folder: Path, *, stop: asyncio.Event) -> None:
    """Carry sweeps out as they are opened, and what other processes ask for, until `stop` is set.

    A sweep that cannot go on (no browser, a full disk) is said and tried again later; it never ends the
    process that serves the pages.
    """
    owner = _Owner(book, parts)
    async with doorway(folder, owner.carry):
        while not stop.is_set():
            sweep = book.current()
            if sweep and is_open(sweep):
                try:
                    await run(book, parts, stop=stop)
                except ScannerError as error:
                    parts.say(f"The sweep waits: {error}.")
            await _first(POLL, stop, owner.woken)
            owner.woken.clear()


class _Owner:
    def __init__(self, book: Book, parts: Parts) -> None:
        self._book, self._parts = book, parts
        self.woken = asyncio.Event()

    async def carry(self, verb: str, words: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out what another process asks."""
        if verb == RUN:
            self._book.wanted()
            self.woken.set()
            return {"says": "The process that owns the store carries the sweep out."}
        answer = await asyncio.to_thread(carry_out, self._book, verb, words, at=self._parts.now())
        self.woken.set()
        return answer


async def _first(seconds: float, *events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
