"""Running one scan from the command line: session, worker pool, Ctrl-C, and the report's files."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import School
from detectors import Snapshot
from scanner import __version__
from scanner import report as reports
from scanner.acquire import open_session
from scanner.acquire.addresses import HostPort
from scanner.acquire.manners import Manners
from scanner.checklist import Answers
from scanner.cli.common import STDERR
from scanner.cli.exporting import Taken
from scanner.cli.wishing import at_hand, put_together, submitted
from scanner.detection import Detection
from scanner.errors import PartMissing, ScannerError, StoreError
from scanner.model import Consent, Report
from scanner.pipeline import OnStep, scan
from scanner.platforms import Account
from scanner.web.desk import Wishes

NOTICE = "self-check-1"
"""Version of the words a person agrees to at the command line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scan goes out: manners, the loopback addresses allowed, a school's upstream proxy."""

    manners: Manners = field(default_factory=Manners)
    allow: frozenset[HostPort] = frozenset()
    upstream: str | None = None
    ca: Path | None = None
    look_once: bool = False
    practice: bool = False


def run(
    accounts: Sequence[Account],
    *,
    school: School,
    settings: Settings,
    on_step: OnStep,
    saved: Mapping[str, Snapshot] | None = None,
    taken: Taken | None = None,
    code: str = "",
    ask: Callable[[Sequence[Snapshot]], Answers] | None = None,
    keep: Callable[[Report], None],
    folder: Path,
    encrypt: bool = False,
) -> tuple[Report, reports.Written]:
    """Scan, write the report's files, and return both. Ctrl-C ends the scan, not the report.

    `ask` puts the checklist to the person at the end of the scan; Ctrl-C meanwhile reaches it as usual.
    """
    job = _run(
        accounts,
        school=school,
        settings=settings,
        on_step=on_step,
        saved=saved or {},
        taken=taken or Taken(tuple(accounts), frozenset(a.url for a in accounts), {}),
        code=code,
        ask=ask,
        keep=keep,
        folder=folder,
        encrypt=encrypt,
    )
    try:
        return asyncio.run(job)
    except ScannerError:
        with suppress(OSError):  # an empty folder that was made for the report
            folder.rmdir()
        raise


async def _run(
    accounts: Sequence[Account],
    *,
    school: School,
    settings: Settings,
    on_step: OnStep,
    saved: Mapping[str, Snapshot],
    taken: Taken,
    code: str,
    ask: Callable[[Sequence[Snapshot]], Answers] | None,
    keep: Callable[[Report], None],
    folder: Path,
    encrypt: bool,
) -> tuple[Report, reports.Written]:
    at, card = datetime.now(UTC), reports.report_card()
    consent = Consent("self-check", NOTICE, at, at + timedelta(days=1))
    closed = frozenset(account.url for account in accounts if account.url not in taken.visited)
    wishes = Wishes(taken.exports, closed, code=code)
    submissions = submitted(accounts, consent=consent, saved=saved, wishes=wishes)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has no signal handlers on its loops
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)

    async with (
        open_session(
            settings.manners,
            allow=settings.allow,
            upstream=settings.upstream,
            ca=settings.ca,
            look_once=settings.look_once,
        ) as session,
        Detection(school) as detect,
    ):

        async def acquire(
            account: Account,
            *,
            on_picture: Callable[[str, bytes], None],
            on_step: Callable[[str, int], None],
            stop: asyncio.Event | None = None,
        ) -> Snapshot:
            parts = at_hand(account, saved=saved, wishes=wishes)
            if account.url not in saved and account.url not in closed:
                seen = await session.read(account, on_picture=on_picture, on_step=on_step, stop=stop)
                parts.append(("visit", seen))
            return put_together(parts, wishes=wishes)

        async def asked(snapshots: Sequence[Snapshot], /) -> Answers:
            with _own_interrupt(loop, stop):
                return ask(snapshots) if ask else {}

        report = await scan(
            submissions,
            at=at,
            school=school,
            acquire=acquire,
            detect=detect,
            on_step=on_step,
            stop=stop,
            ask=asked if ask else None,
        )
        try:
            pdf = await session.pdf(
                reports.to_html(
                    report, pack=school.pack, card=card, version=__version__, practice=settings.practice
                )
            )
        except PartMissing as error:
            pdf, notes = None, (f"The PDF could not be printed: {error}",)
            report = replace(report, notes=(*report.notes, *notes))
    written = reports.write(
        report,
        folder,
        pdf=pdf,
        encrypt=encrypt,
        pack=school.pack,
        card=card,
        version=__version__,
        practice=settings.practice,
    )
    for note in report.notes:
        STDERR.print(note, markup=False, highlight=False)
    try:
        keep(report)
    except StoreError as error:
        raise StoreError(f"the report is safe in {written.folder}, but it was not kept: {error}") from None
    return report, written


@contextmanager
def _own_interrupt(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C reaches a prompt only while the loop, which then stands still, does not catch it."""
    with suppress(NotImplementedError):
        loop.remove_signal_handler(signal.SIGINT)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, stop.set)
