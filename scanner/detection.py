"""The pool that runs detectors: worker processes with warm models, which may die without harm."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import detectors
from data import School
from detectors import Image, Outcome, Snapshot

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

T = TypeVar("T")

PICTURE_DEADLINE = 15.0
"""Seconds one picture may take, waiting included once it is its turn; then it is unreadable."""
VIDEO_DEADLINE = 60.0
"""Seconds one video may take; an ordinary one takes two."""
TEXT_DEADLINE = 120.0
"""Seconds one profile's texts may take, besides those for each of them."""
EACH_TEXT = 0.1
"""Seconds for each text; one takes a few thousandths, and a data download has up to ten thousand."""
START_DEADLINE = 180.0
"""Seconds more for a job that starts a worker, which loads its models on a machine that may be busy."""
MEMORY_BYTES = 4 * 2**30
"""Address space one worker may use; a picture that wants more is unreadable."""
NICE = 5
PARENT_DIED = 1
"""prctl's number for "send me this signal when my parent dies"."""

CRASHED = "reading it made the reader crash"
TOO_SLOW = "it took too long to read"


def default_workers() -> int:
    """One worker per core, and no more than four: each holds about 250 MB."""
    return max(1, min(4, os.cpu_count() or 1))


class Detection:
    """Detectors behind an executor; use as an async context manager.

    Pictures of profiles are decoded only in the workers: a hostile file can take down a worker, never
    the scan. The school's own photos are fingerprinted once, before the workers start. `yielding` workers
    let whatever else this computer does go first.
    """

    def __init__(
        self,
        school: School,
        *,
        workers: int | None = None,
        hooks: tuple[str, ...] = ("read", "look"),
        yielding: bool = False,
    ) -> None:
        self.school = school
        self._nice = NICE if yielding else 0
        self.hooks = hooks
        self._workers = workers or default_workers()
        self._executor: Executor | None = None
        self._slots = asyncio.Semaphore(self._workers)  # a job's time must not run out behind another's
        self._cold = 0

    async def __aenter__(self) -> Self:
        if "look" in self.hooks:
            self.school = await asyncio.to_thread(detectors.prepared, self.school)
        self._shared()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            _end(executor)

    async def look(self, image: Image, item: str) -> Outcome:
        """Judge one picture or video; an unreadable one says why."""
        deadline = VIDEO_DEADLINE if detectors.is_video(image.data) else PICTURE_DEADLINE
        try:
            return await self._run(deadline, _look, image, item)
        except BrokenProcessPool:
            return Outcome(unreadable=CRASHED)
        except TimeoutError:
            return Outcome(unreadable=TOO_SLOW)

    async def read(self, snapshot: Snapshot) -> Outcome:
        """Judge one profile's texts and settings; its pictures stay here."""
        more = EACH_TEXT * len(snapshot.texts)
        return await self._texts(_read, replace(snapshot, images=()), more)

    async def join(self, snapshots: Sequence[Snapshot]) -> Outcome:
        """Judge what only all profiles of one person together show."""
        more = EACH_TEXT * sum(len(snapshot.texts) for snapshot in snapshots)
        return await self._texts(_join, tuple(replace(snapshot, images=()) for snapshot in snapshots), more)

    async def crop(
        self, image: Image, box: tuple[int, int, int, int] | None, *, thing: bool = False
    ) -> bytes | None:
        """A small JPEG of the place with every face blurred, or None where that cannot be made sure.

        `thing` as for `detectors.crop`.
        """
        try:
            return await self._run(PICTURE_DEADLINE, partial(detectors.crop, image, box, thing=thing))
        except (BrokenProcessPool, TimeoutError):
            return None

    async def ready(self) -> None:
        """Wait until the workers have loaded their models: no picture's time is then spent on it."""
        await asyncio.gather(*(self._run(TEXT_DEADLINE, time.sleep, 0.2) for _ in range(self._workers)))

    def processes(self) -> tuple[int, ...]:
        """The workers' process ids, for a benchmark."""
        pool = self._executor
        return tuple(pool._processes) if isinstance(pool, ProcessPoolExecutor) else ()  # noqa: SLF001

    async def _texts(self, job: Callable[..., Outcome], material: object, more: float) -> Outcome:
        try:
            return await self._run(TEXT_DEADLINE + more, job, material)
        except BrokenProcessPool:
            return Outcome(not_run=dict.fromkeys(detectors.built(), CRASHED))
        except TimeoutError:
            return Outcome(not_run=dict.fromkeys(detectors.built(), TOO_SLOW))

    async def _run(self, deadline: float, job: Callable[..., T], *args: Any) -> T:
        async with self._slots:
            try:
                return await self._once(self._shared(), deadline, job, *args)
            except BrokenProcessPool:
                # whose fault it was cannot be told, so each job gets one more try, alone
                return await self._alone(deadline, job, *args)

    async def _once(self, executor: Executor, deadline: float, job: Callable[..., T], *args: Any) -> T:
        starts = executor is not self._executor or self._cold > 0
        self._cold -= starts and executor is self._executor
        try:
            future = asyncio.get_running_loop().run_in_executor(executor, job, *args)
            return await asyncio.wait_for(future, deadline + START_DEADLINE * starts)
        except (BrokenProcessPool, TimeoutError):
            self._forget(executor)
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # a neighbour's pool was stopped before this job was begun
            raise BrokenProcessPool(CRASHED) from None

    async def _alone(self, deadline: float, job: Callable[..., T], *args: Any) -> T:
        executor = self._fresh(1)
        try:
            return await self._once(executor, deadline, job, *args)
        finally:
            _end(executor)

    def _shared(self) -> Executor:
        if self._executor is None:
            self._executor, self._cold = self._fresh(self._workers), self._workers
        return self._executor

    def _fresh(self, workers: int) -> Executor:
        # one thread of linear algebra per worker; spawned workers inherit the setting
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self.school, self.hooks, os.getpid(), self._nice),
        )

    def _forget(self, executor: Executor) -> None:
        """Stop a pool with a dead or hanging worker; whoever comes next starts a fresh one."""
        if self._executor is executor:
            self._executor = None
            _end(executor)


def _end(executor: Executor) -> None:
    if isinstance(executor, ProcessPoolExecutor):
        # a hanging native call ends only with its process
        for process in list((executor._processes or {}).values()):  # noqa: SLF001
            process.kill()
    executor.shutdown(wait=False, cancel_futures=True)


_school: School


def _start(school: School, hooks: tuple[str, ...], parent: int, nice: int) -> None:
    global _school  # noqa: PLW0603 - one school per worker process, sent once instead of with every job
    _bound(parent)
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    _school = school
    detectors.warm(school, hooks)


def _bound(parent: int) -> None:
    """End with the scan, even a killed one, and never take the machine's memory along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the scan's to answer
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _look(image: Image, item: str) -> Outcome:
    return detectors.look(image, item, _school)


def _read(snapshot: Snapshot) -> Outcome:
    return detectors.read(snapshot, _school)


def _join(snapshots: tuple[Snapshot, ...]) -> Outcome:
    return detectors.join(snapshots, _school)
