"""What a check runs on: a browser session and a worker pool, opened for one check or shared by many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, Self

from data import School
from scanner.acquire import Session, open_session
from scanner.cli.running import Settings
from scanner.detection import Detection
from scanner.turns import Turns

AT_ONCE = 2
"""Profiles a school's server reads at the same time, whoever they belong to."""


class Engine(Protocol):
    """Where a check gets its parts. `hosted`: only what is shown to be one's own is checked in full."""

    @property
    def hosted(self) -> bool: ...

    @asynccontextmanager
    def session(self) -> AsyncIterator[Session]: ...

    @asynccontextmanager
    def detection(self, school: School, *, workers: int | None = None) -> AsyncIterator[Detection]: ...

    @asynccontextmanager
    def turn(self, person: str) -> AsyncIterator[None]: ...


@dataclass(frozen=True, slots=True)
class Alone:
    """For one person: everything is opened for a check, and gone after it."""

    settings: Settings
    hosted: bool = False

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session of its own."""
        async with _session(self.settings) as session:
            yield session

    @asynccontextmanager
    async def detection(self, school: School, *, workers: int | None = None) -> AsyncIterator[Detection]:
        """Workers of its own."""
        async with Detection(school, workers=workers) as detect:
            yield detect

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:  # noqa: ARG002 - there is nobody else
        """At once."""
        yield


class Shared:
    """For many: one browser, one set of manners for all sites, one pool of workers, and fair turns.

    An async context manager. A changed school gets a pool of its own, and the old one ends with the last
    check that uses it.
    """

    hosted = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns = Turns(AT_ONCE)
        self._ends = AsyncExitStack()
        self._session: Session | None = None
        self._pools: dict[str, tuple[Detection, int]] = {}
        self._current = ""
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._session = await self._ends.enter_async_context(_session(self._settings))
        return self

    async def __aexit__(self, *_: object) -> None:
        for pool, _users in self._pools.values():
            await pool.__aexit__(None, None, None)
        self._pools.clear()
        await self._ends.aclose()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """The one session."""
        assert self._session is not None
        yield self._session

    @asynccontextmanager
    async def detection(self, school: School, *, workers: int | None = None) -> AsyncIterator[Detection]:  # noqa: ARG002 - the pool is there
        """The pool for this school."""
        name = school.fingerprint
        async with self._opening:
            self._current = name
            if name not in self._pools:
                pool = Detection(school, workers=AT_ONCE, yielding=True)  # pages come first
                await pool.__aenter__()
                self._pools[name] = (pool, 0)
            pool, users = self._pools[name]
            self._pools[name] = (pool, users + 1)
        try:
            yield pool
        finally:
            _, users = self._pools.get(name, (pool, 1))
            self._pools[name] = (pool, users - 1)
            for old in [n for n, (_, left) in self._pools.items() if left <= 0 and n != self._current]:
                ended, _ = self._pools.pop(old)
                await ended.__aexit__(None, None, None)

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """When it is this person's turn."""
        async with self._turns.turn(person):
            yield


@asynccontextmanager
async def _session(settings: Settings) -> AsyncIterator[Session]:
    async with open_session(
        settings.manners,
        allow=settings.allow,
        upstream=settings.upstream,
        ca=settings.ca,
        look_once=settings.look_once,
    ) as session:
        yield session
