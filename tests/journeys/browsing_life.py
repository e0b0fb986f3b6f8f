"""One life of a sweep in a real browser, without detectors, to be killed: python browsing_life.py STORE ADDRESS LANES"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

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


@asynccontextmanager
async def nothing(_school):
    yield Nothing()


async def main(book: Book, folder: Path, address: str, lanes: int) -> Ended:
    async with open_session(Manners(pause=0), allow=frozenset({parse_allow(address)})) as session:
        parts = Parts(
            acquire=session.read,
            detection=nothing,
            school=lambda _: school_in("practice/school"),
            pack=to_json,
            now=lambda: datetime.now(UTC),
            at_once=lanes,
        )
        return await attend_once(book, parts, folder, stop=asyncio.Event())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with Store(folder) as store:
        ended = asyncio.run(main(Book(store), folder, sys.argv[2], int(sys.argv[3])))
    sys.stdout.write(f"{ended.why}\n")
