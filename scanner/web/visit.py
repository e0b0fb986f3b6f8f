"""One person's stay: what they agreed to, what they gave, and the check that runs; in memory alone."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from detectors import Snapshot
from scanner.errors import ScannerError, SubmissionError
from scanner.intake import submissions
from scanner.model import Consent
from scanner.platforms import Account
from scanner.web.desk import Look, Result
from scanner.web.telling import describe

CONSENT_LASTS = timedelta(days=1)
STAGES = ("pages", "pictures", "detectors")


@dataclass(slots=True)
class Profile:
    """One profile a person gave. `saved` is what a file told, which needs no visit."""

    account: Account
    saved: Snapshot | None = field(default=None, repr=False)


@dataclass(slots=True)
class Job:
    """One check while it runs and after. `steps` counts what was done, by profile and stage."""

    urls: tuple[str, ...] = field(repr=False)
    steps: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    result: Result | None = field(default=None, repr=False)
    failed: str = field(default="", repr=False)
    watchers: int = 0

    @property
    def running(self) -> bool:
        return not (self.result or self.failed)

    def on_step(self, profile: str, kind: str, done: int) -> None:
        """Note how far one profile is, and wake whoever watches."""
        self.steps.setdefault(profile, {})[kind] = done
        self.changed.set()


@dataclass(slots=True)
class Visit:
    """Everything the pages know. `purposes` are those ticked, under `notice`."""

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    purposes: frozenset[str] = frozenset()
    notice: str = ""
    agreed_at: datetime | None = None
    profiles: dict[str, Profile] = field(default_factory=dict, repr=False)
    job: Job | None = None
    locked_pdf: bytes = field(default=b"", repr=False)

    def owns(self, token: str) -> bool:
        """Whether a form came from a page of this stay."""
        return compare_digest(token.encode(), self.csrf.encode())

    def agree(self, purposes: frozenset[str], notice: str) -> None:
        """Keep what was ticked; an empty set takes consent back, and ends a check that runs."""
        self.purposes, self.notice = purposes, notice
        self.agreed_at = datetime.now(UTC) if purposes else None
        if not purposes and self.job:
            self.job.stop.set()

    def add(self, found: Sequence[tuple[Account, Snapshot | None]]) -> None:
        """Add profiles; one that is there already is replaced when a file tells more.

        Raises:
            SubmissionError: together they are more than one person's.
        """
        submissions([*self.profiles, *(account.url for account, _ in found)])
        for account, saved in found:
            if saved is not None or account.url not in self.profiles:
                self.profiles[account.url] = Profile(account, saved)

    def begin(self, look: Look, urls: Sequence[str]) -> None:
        """Start the check of these profiles, unless one runs.

        Raises:
            SubmissionError: nothing was agreed to, or there is nothing to look at.
        """
        if self.job and self.job.running:
            return
        if self.agreed_at is None or not urls:
            raise SubmissionError("there is nothing to look at yet")
        self.locked_pdf = b""
        consent = Consent("self-check", self.notice, self.agreed_at, self.agreed_at + CONSENT_LASTS)
        self.job = job = Job(tuple(urls))
        chosen = [self.profiles[url] for url in urls]
        job.task = asyncio.create_task(_run(job, look, chosen, consent))

    async def forget(self) -> None:
        """Drop everything that was given, seen and agreed; a check that runs is ended."""
        job, self.job = self.job, None
        self.purposes, self.notice, self.agreed_at = frozenset(), "", None
        self.profiles, self.locked_pdf = {}, b""
        if job and job.task and not job.task.done():
            job.stop.set()
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)


async def _run(job: Job, look: Look, profiles: Sequence[Profile], consent: Consent) -> None:
    try:
        job.result = await look(
            [profile.account for profile in profiles],
            saved={p.account.url: p.saved for p in profiles if p.saved is not None},
            consent=consent,
            on_step=job.on_step,
            stop=job.stop,
        )
    except ScannerError as error:
        job.failed = str(error)
    except asyncio.CancelledError:
        job.failed = "stopped"
        raise
    except Exception as error:  # noqa: BLE001 - its message may hold what was given, so nobody else may say it
        print(f"check.failed {describe(error)}", file=sys.stderr)  # noqa: T201
        job.failed = "broken"
    finally:
        job.changed.set()
