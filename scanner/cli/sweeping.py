"""What `scanner sweep` works with: the store or whoever owns it, the packs, the browser, the mail server."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from data import School, school_in
from scanner import report as reports
from scanner.acquire import open_session
from scanner.cli.running import Settings
from scanner.delivery import Mailer, mailer_of
from scanner.detection import Detection
from scanner.errors import StoreError, UsageError
from scanner.model import Report
from scanner.packs import open_school
from scanner.store import Busy, Store
from scanner.sweeps.attending import RUN, attend_once
from scanner.sweeps.book import Book
from scanner.sweeps.cluster import Cluster, cluster_detection
from scanner.sweeps.post import Post
from scanner.sweeps.running import Ended, Parts, no_post
from scanner.sweeps.socket import ask
from scanner.sweeps.verbs import carry_out

PACK = "school.toml"
TRIES, BETWEEN = 40, 0.25
"""How long a process is waited for that has the store open and no socket: most verbs end in a second."""


@dataclass(frozen=True, slots=True)
class Packs:
    """One school for all, or a folder with a pack for each school; a person's row names the stem."""

    one: School | None = None
    folder: Path | None = None

    def stems(self) -> tuple[str, ...]:
        """All schools there are; one without a name where there is one pack."""
        if self.folder is None:
            return ("",)
        found = {file.parent.name for file in self.folder.glob(f"*/{PACK}")}
        found |= {file.stem for file in self.folder.glob("*.toml")}
        if not found:
            raise UsageError(f"there is no school's pack in {self.folder}")
        return tuple(sorted(found))

    def school(self, stem: str) -> School:
        """The pack of a school.

        Raises:
            UsageError: the folder has none of that name.
        """
        if self.folder is None:
            return self.one or school_in("schools/altus.toml")
        if stem not in self.stems():
            raise UsageError(f"there is no pack '{stem}' in {self.folder}, which people belong to")
        pack = self.folder / stem
        return open_school(pack if pack.is_dir() else self.folder / f"{stem}.toml")


def carried(folder: Path, verb: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a verb here, or have the process do it that owns the store."""
    store = _owned(folder, verb, words)
    if isinstance(store, dict):
        return store
    with store:
        return carry_out(Book(store), verb, words, at=datetime.now(UTC))


def _owned(folder: Path, verb: str, words: Mapping[str, Any]) -> Store | dict[str, Any]:
    """The store, or its owner's answer; an owner that is only passing by is waited for."""
    for again in range(TRIES, -1, -1):
        try:
            return Store(folder)
        except Busy:
            try:
                return ask(folder, verb, words)
            except StoreError:
                if not again:
                    raise
                time.sleep(BETWEEN)
    raise AssertionError("the last try returns or raises")


@dataclass(frozen=True, slots=True)
class Going:
    """How a sweep goes out."""

    settings: Settings
    packs: Packs
    cluster: Cluster | None = None
    workers: int | None = None
    at_once: int = 4
    say: Callable[[str], None] = field(default=lambda _: None)


def run_here(folder: Path, going: Going) -> Ended | dict[str, Any] | None:
    """Go on with the sweep in this process, or wake the owner; None where no sweep is open.

    Ctrl-C puts back what is in hand and ends.
    """
    store = _owned(folder, RUN, {})
    if isinstance(store, dict):
        return store
    with store:
        book = Book(store)
        return asyncio.run(_run(book, folder, going)) if book.current() else None


async def _run(book: Book, folder: Path, going: Going) -> Ended:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has no signal handlers on its loops
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
    settings = going.settings
    async with AsyncExitStack() as ends:
        session = await ends.enter_async_context(
            open_session(settings.manners, allow=settings.allow, upstream=settings.upstream, ca=settings.ca)
        )
        school = lru_cache(maxsize=4)(going.packs.school)

        def detection(one: School) -> Any:
            if going.cluster:
                return cluster_detection(one, going.cluster)
            return Detection(one, workers=going.workers)

        parts = Parts(
            acquire_for=lambda person: partial(session.read, on_open=noting(book, person)),
            detection=detection,
            school=school,
            pack=packed,
            say=going.say,
            at_once=going.at_once,
            post=post_of(going.packs, say=going.say) or no_post,
        )
        return await attend_once(book, parts, folder, stop=stop)


def noting(book: Book, person: str) -> Callable[[str, str], None]:
    """What writes down, sealed to a person, each page right before it is opened for them."""

    def note(url: str, via: str) -> None:
        with suppress(StoreError):  # erased meanwhile, or a disk that the next write waits for
            book.store.note_opened(person, url, via, at=datetime.now(UTC))

    return note


def packed(report: Report) -> dict[str, Any]:
    """The report as it is sealed: the published form."""
    return reports.to_json(report, card=reports.report_card())


def post_of(packs: Packs, *, say: Callable[[str], None]) -> Post | None:
    """The mail server of this installation, from SCANNER_SMTP and SCANNER_MAIL_FROM; None without one."""
    mailer = known_mailer()
    return Post(mailer, domains=lambda stem: packs.school(stem).pack.domains, say=say) if mailer else None


def known_mailer() -> Mailer | None:
    """The mail server that SCANNER_SMTP names."""
    url = os.environ.get("SCANNER_SMTP")
    if not url:
        return None
    ca = Path(found) if (found := os.environ.get("SCANNER_SMTP_CA")) else None
    return mailer_of(url, sender=os.environ.get("SCANNER_MAIL_FROM", ""), ca=ca)
