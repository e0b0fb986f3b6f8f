"""One life of a sweep in a process of its own, to be killed: python life.py STORE VISITS TAKES LANES"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.keeping import memory_folder
from scanner.sweeps.running import run
from tests.scanner.sweeps.people import Clock, Site, parts


def main(store: str, visits: str, takes: float, lanes: int) -> None:
    log = os.open(visits, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    site = Site(on_visit=lambda url: os.write(log, f"{url}\n".encode()))

    async def acquire(account, **rest):
        site.takes = 2 * takes * os.urandom(1)[0] / 255
        return await site(account, **rest)

    with Store(Path(store)) as kept:
        os.write(log, b"begun\n")
        ended = asyncio.run(run(Book(kept), parts(acquire, Clock(), at_once=lanes, memory=memory_folder())))
        sys.stdout.write(f"{ended.why}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
