"""Fair turns: of all people who wait, each gets one turn before anybody gets a second."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """So many at once; those who wait are served round-robin by person."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """Wait for this person's turn, and keep it until the block ends."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(person)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, person: str) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # it came just now; the next one takes it
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            person, line = self._waiting.popitem(last=False)
            following = line.popleft()
            if line:
                self._waiting[person] = line  # at the end: everybody else comes first
            if not following.done():
                following.set_result(None)
                return
        self._free += 1
