"""Work on hostile input beside the event loop, for as long as it may take and no longer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives, done in a thread of its own.

    A thread cannot be stopped; one that is late is left behind, and does not keep the program from
    ending.

    Raises:
        TimeoutError: it took longer than `seconds`.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(given: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(given)  # type: ignore[arg-type]  # what `work` gave, which may be None

    def run() -> None:
        given: T | None = None
        failed: BaseException | None = None
        try:
            given = work()
        except BaseException as error:  # noqa: BLE001 handed on to who waits
            failed = error
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(tell, given, failed)

    threading.Thread(target=run, name="aside", daemon=True).start()
    async with asyncio.timeout(seconds):
        return await done
