"""One person's stay: what they agreed to, what they gave, and the check that runs; in memory alone."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hmac import compare_digest
from typing import Any

from data import facts
from detectors import Snapshot
from scanner.decisions import Decisions
from scanner.errors import ScannerError, SubmissionError
from scanner.exports import Export
from scanner.intake import submissions
from scanner.model import Consent
from scanner.ownership import Code
from scanner.platforms import Account
from scanner.web.asked import Asked
from scanner.web.desk import Look, Result, Wishes
from scanner.web.telling import describe

CONSENT_LASTS = timedelta(days=1)
STAGES = ("pages", "pictures", "detectors")
MAX_EXPORTS = 40


@dataclass(slots=True)
class Profile:
    """One profile a person gave.

    `saved` is what a file told, which needs no visit. `exports` are the person's own downloads of it; a
    profile that only they name was not `given`, and needs none either.
    """

    account: Account
    saved: Snapshot | None = field(default=None, repr=False)
    exports: tuple[Export, ...] = field(default=(), repr=False)
    given: bool = True

    @property
    def visited(self) -> bool:
        """Whether it is opened at all: not where a file tells of it, and nobody asked for more."""
        if self.saved is not None:
            return False
        stance = facts(self.account.platform).stance
        return self.given and not (self.exports and stance in ("export-first", "off"))


@dataclass(slots=True)
class Job:
    """One check while it runs and after. `steps` counts what was done, by profile and stage.

    `earlier` is what the check before it found; `part`: only some of that was looked at again.
    """

    urls: tuple[str, ...] = field(repr=False)
    earlier: Result | None = field(default=None, repr=False)
    part: bool = False
    asked: Asked = field(default_factory=Asked, repr=False)
    wanted: str = field(default="", repr=False)
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
    """Everything the pages know. `purposes` are those ticked, under `notice`.

    `decisions` are what they said of findings; `before` is an earlier report in the published format that
    did not come from this stay. `ticked` are profiles they called their own, `exemptions` what they said
    of themselves, `asking` whether they want the questions, `code` what a bio should hold.
    """

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    purposes: frozenset[str] = frozenset()
    notice: str = ""
    agreed_at: datetime | None = None
    profiles: dict[str, Profile] = field(default_factory=dict, repr=False)
    job: Job | None = None
    locked_pdf: bytes = field(default=b"", repr=False)
    decisions: Decisions = field(default_factory=Decisions, repr=False)
    before: Mapping[str, Any] | None = field(default=None, repr=False)
    ticked: frozenset[str] = field(default=frozenset(), repr=False)
    exemptions: frozenset[str] = frozenset()
    asking: bool = False
    code: Code | None = field(default=None, repr=False)
    lasts: timedelta = CONSENT_LASTS
    began: Callable[[Job], None] | None = None
    """Told of a check that starts, where it may outlive this stay."""

    @property
    def result(self) -> Result | None:
        """The newest report there is: a check that failed leaves the one before it."""
        if self.job is None or self.job.running:
            return None
        return self.job.result or self.job.earlier

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
        self._of_one_person(account.url for account, _ in found)
        for account, saved in found:
            known = self.profiles.get(account.url) or Profile(account)
            self.profiles[account.url] = replace(known, saved=saved or known.saved, given=True)

    def take(self, exports: Sequence[Export]) -> None:
        """Put downloads to their profiles.

        Raises:
            SubmissionError: together they are more than one person's, or more than can be held.
        """
        held = sum(len(profile.exports) for profile in self.profiles.values())
        if held + len(exports) > MAX_EXPORTS:
            raise SubmissionError(f"{MAX_EXPORTS} parts of downloads are the most for one check")
        self._of_one_person(one.account.url for one in exports)
        for one in exports:
            known = self.profiles.get(one.account.url) or Profile(one.account, given=False)
            self.profiles[one.account.url] = replace(known, exports=(*known.exports, one))

    def begin(self, look: Look, urls: Sequence[str], *, part: bool = False, once: bool = False) -> None:
        """Start the check of these profiles, unless one runs. `part`: it brings the last report up to date.

        Raises:
            SubmissionError: nothing was agreed to, or there is nothing to look at.
        """
        if self.job and self.job.running:
            return
        if self.agreed_at is None or not urls:
            raise SubmissionError("there is nothing to look at yet")
        self.locked_pdf = b""
        consent = Consent("self-check", self.notice, self.agreed_at, self.agreed_at + self.lasts)
        earlier, code = self.result, self.code
        self.job = job = Job(tuple(urls), earlier, part and earlier is not None)
        job.wanted = code.text if code and datetime.now(UTC) < code.expires_at else ""
        chosen = [self.profiles[url] for url in urls]
        wishes = Wishes(
            exports={p.account.url: p.exports for p in chosen if p.exports},
            closed=frozenset(p.account.url for p in chosen if not p.visited or "visit" not in self.purposes),
            exemptions=self.exemptions,
            code=job.wanted,
            once=once,
            ask=partial(job.asked.ask, job.changed, job.stop) if self.asking else None,
            renews=earlier.report if earlier and part else None,
        )
        job.task = asyncio.create_task(_run(job, look, chosen, consent, wishes))
        if self.began:
            self.began(job)

    def show(self, result: Result) -> None:
        """Have a report that was made before."""
        self.job = Job(tuple(profile.url for profile in result.report.profiles), result=result)

    def _of_one_person(self, more: Iterable[str]) -> None:
        """Raise where there are too many; a download that names nobody has no address."""
        every = [url for url in (*self.profiles, *more) if url.startswith("http")]
        if every:
            submissions(every)

    def release(self) -> None:
        """Drop everything but a check that runs, which goes on without anybody watching."""
        self.job = None
        self.purposes, self.notice, self.agreed_at = frozenset(), "", None
        self.profiles, self.locked_pdf, self.decisions = {}, b"", Decisions()
        self.before, self.ticked, self.exemptions = None, frozenset(), frozenset()
        self.asking, self.code = False, None

    async def forget(self) -> None:
        """Drop everything that was given, seen and agreed; a check that runs is ended."""
        job = self.job
        self.release()
        if job and job.task and not job.task.done():
            job.stop.set()
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)


async def _run(job: Job, look: Look, profiles: Sequence[Profile], consent: Consent, wishes: Wishes) -> None:
    try:
        job.result = await look(
            [profile.account for profile in profiles],
            saved={p.account.url: p.saved for p in profiles if p.saved is not None},
            consent=consent,
            on_step=job.on_step,
            stop=job.stop,
            wishes=wishes,
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
