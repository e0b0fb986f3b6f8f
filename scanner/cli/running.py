"""Running one scan from the command line: session, worker pool, Ctrl-C, and the report's files."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import School
from detectors import Snapshot
from scanner import __version__
from scanner import report as reports
from scanner.acquire import open_session
from scanner.acquire.addresses import HostPort
from scanner.acquire.manners import Manners
from scanner.detection import Detection
from scanner.errors import PartMissing
from scanner.model import Consent, Report, Submission
from scanner.pipeline import OnStep, scan
from scanner.platforms import Account

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


def run(
    accounts: Sequence[Account],
    *,
    school: School,
    settings: Settings,
    on_step: OnStep,
    saved: Mapping[str, Snapshot] | None = None,
    keep: Callable[[Report], None],
    folder: Path,
    encrypt: bool = False,
) -> tuple[Report, reports.Written]:
    """Scan, write the report's files, and return both. Ctrl-C ends the scan, not the report."""
    return asyncio.run(
        _run(
            accounts,
            school=school,
            settings=settings,
            on_step=on_step,
            saved=saved or {},
            keep=keep,
            folder=folder,
            encrypt=encrypt,
        )
    )


async def _run(
    accounts: Sequence[Account],
    *,
    school: School,
    settings: Settings,
    on_step: OnStep,
    saved: Mapping[str, Snapshot],
    keep: Callable[[Report], None],
    folder: Path,
    encrypt: bool,
) -> tuple[Report, reports.Written]:
    at = datetime.now(UTC)
    consent = Consent("self-check", NOTICE, at, at + timedelta(days=1))
    submissions = [(account, Submission(account.url, account.platform, consent)) for account in accounts]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has no signal handlers on its loops
        loop.add_signal_handler(signal.SIGINT, stop.set)

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
        ) -> Snapshot:
            if account.url in saved:
                return saved[account.url]
            return await session.read(account, on_picture=on_picture, on_step=on_step)

        report = await scan(
            submissions, at=at, school=school, acquire=acquire, detect=detect, on_step=on_step, stop=stop
        )
        keep(report)
        try:
            pdf = await session.pdf(reports.to_html(report, pack=school.pack, version=__version__))
        except PartMissing:
            pdf = None
    written = reports.write(report, folder, pdf=pdf, encrypt=encrypt, pack=school.pack, version=__version__)
    return report, written
