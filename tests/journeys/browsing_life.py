"""One life of a sweep in a real browser, without detectors, in a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from data import school_in
from scanner.acquire import open_session
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.report import to_json
from scanner.store import Store
from scanner.sweeps.attending import attend_once
from scanner.sweeps.book import Book
from scanner.sweeps.running import Ended, Parts
from tests.scanner.sweeps.people import Nothing


def live(folder: Path, address: str, lanes: int, temporary: Path) -> None:
    """Go on with a sweep; the file `temporary`/ended then says how it ended, where nobody killed it."""
    tempfile.tempdir = str(temporary)
    with Store(folder) as store:
        ended = asyncio.run(_run(Book(store), folder, address, lanes))
    (temporary / "ended").write_text(ended.why)


async def _run(book: Book, folder: Path, address: str, lanes: int) -> Ended:
    async with open_session(Manners(pause=0), allow=frozenset({parse_allow(address)})) as session:
        parts = Parts(
            acquire_for=lambda _person: session.read,
            detection=_nothing,
            school=lambda _: school_in("practice/school"),
            pack=to_json,
            now=lambda: datetime.now(UTC),
            at_once=lanes,
        )
        return await attend_once(book, parts, folder, stop=asyncio.Event())


@asynccontextmanager
async def _nothing(_school):
    yield Nothing()
