"""Sweeps inside a school's server: same browser, workers, turns and switches as the checks people start."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from data import School
from detectors import Snapshot
from scanner.cli.engine import Engine
from scanner.cli.sweeping import noting
from scanner.delivery import Mailer
from scanner.errors import ScannerError, SubmissionError
from scanner.hosting import Hosted
from scanner.hosting.sealed import packed
from scanner.model import Report
from scanner.pipeline import Acquire
from scanner.platforms import Account
from scanner.sweeps.attending import attend
from scanner.sweeps.post import Post
from scanner.sweeps.running import Parts, no_post
from scanner.web.desk import Result

TURN = "sweep"
"""Whose turn a sweep takes: one among all people who wait, however many it looks at."""
AT_ONCE = 2
END_S = 10.0
"""Seconds that a sweep has to put back what is in hand when the server ends."""


@asynccontextmanager
async def touring(house: Hosted, engine: Engine, mailer: Mailer | None) -> AsyncIterator[None]:
    """Carry sweeps out while the block runs."""
    stop = asyncio.Event()
    parts = parts_of(house, engine, mailer)
    task = asyncio.create_task(attend(house.book, parts, house.installation.folder, stop=stop))
    task.add_done_callback(_ended)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=END_S)
        task.cancel()
        with suppress(asyncio.CancelledError, ScannerError):
            await task


def parts_of(house: Hosted, engine: Engine, mailer: Mailer | None) -> Parts:
    """What sweeps are carried out with here."""

    def school(_stem: str) -> School:
        return house.desktop.school()

    def acquire_for(person: str) -> Acquire:
        note = noting(house.book, person)

        async def acquire(
            account: Account,
            *,
            on_picture: Callable[[str, bytes], None],
            on_step: Callable[[str, int], None],
            stop: asyncio.Event | None = None,
        ) -> Snapshot:
            if account.platform in house.installation.settings().off:
                raise SubmissionError("your school has switched this site off for the server")
            async with engine.turn(TURN), engine.session() as session:
                return await session.read(
                    account, on_picture=on_picture, on_step=on_step, on_open=note, stop=stop
                )

        return acquire

    return Parts(
        acquire_for=acquire_for,
        detection=engine.detection,
        school=school,
        pack=_packed,
        post=Post(mailer, domains=lambda stem: school(stem).pack.domains, say=_say) if mailer else no_post,
        now=lambda: datetime.now(UTC),
        say=_say,
        at_once=AT_ONCE,
    )


def _packed(report: Report) -> dict[str, object]:
    return packed(Result(report, swept=True))


def _ended(task: asyncio.Task[None]) -> None:
    """Say why there are no sweeps any more; the pages go on."""
    if not task.cancelled() and (error := task.exception()):
        why = str(error) if isinstance(error, ScannerError) else type(error).__name__
        _say(f"Sweeps ended: {why}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201
