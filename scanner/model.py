"""The scanner's own nouns; the detectors' nouns (Snapshot, Finding, Location) come from their door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data import Level
from detectors import Coverage, Location

READ_RESULTS = frozenset(("ok", "ok_partial", "private_confirmed"))


def was_read(result: str) -> bool:
    """Whether a result means that something of the profile was seen; a wall never is."""
    return result in READ_RESULTS


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's consent to one purpose, under one version of the notice."""

    purpose: str
    notice: str
    given_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it holds at that moment."""
        return self.given_at <= at < self.expires_at and (self.withdrawn_at is None or at < self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read of a person's own downloads of one profile, and what was left alone.

    `read` counts what each file gave, `items` what there was of each kind, `left_alone` the files of each
    kind that were not opened. `sampled` says how pictures were chosen where there were too many.
    """

    read: Mapping[str, int]
    items: Mapping[str, int]
    left_alone: Mapping[str, int]
    sampled: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A profile its owner asked us to look at. `ownership` is declared, code or export.

    `imported` tells of the person's own download of it. `code` is what its bio should hold for it to count
    as shown by code; empty when nobody asked for that.
    """

    url: str
    platform: str
    consent: Consent
    ownership: str = "declared"
    code: str = field(default="", repr=False)
    imported: Imported | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one finding: steps first, kind words, no blame."""

    summary: str
    why: str
    steps: tuple[str, ...]
    minutes: int
    link: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A finding weighed against the school's policy. `excerpt` is masked; `crop` has faces blurred.

    `id` stays the same between scans of the same thing, so that "still there" can be told.
    `level` is finding, question, note or candidate; `band` today, this-week, worth-a-look or fine.
    `date` and `url` are those of the post it stands in, as the page gave them, so that its owner can find it.
    `shown` is now, if-opened or unknown where a download tells who sees it, else ""; `sources` are the kinds
    of evidence that show it: visit, page, export. `print` is the perceptual hash of the picture it stands in,
    in hex, by which a copy put up again is known; no report file holds it.
    """

    id: str
    check: str
    rule: str
    level: Level
    band: str
    score: float
    profile: str
    location: Location
    advice: Advice
    clauses: tuple[str, ...] = ()
    ref: str | None = None
    evidence: tuple[Location, ...] = ()
    excerpt: str = field(default="", repr=False)
    reasons: tuple[str, ...] = ()
    crop: bytes | None = field(default=None, repr=False)
    date: str = ""
    url: str = ""
    shown: str = ""
    sources: tuple[str, ...] = ()
    print: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one check on one profile.

    `verdict` is exposed, please-look, shown-safe, nothing-seen, could-not-check or asked; `reason`
    says at how much was looked, or why it could not be.
    """

    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Strength:
    """Something positively shown to be well."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ProfileReport:
    """What was seen of one profile. `looked_at` is when, if not when the report was made."""

    url: str
    platform: str
    result: str
    display_name: str
    bio: str
    coverage: Coverage
    flags: Mapping[str, bool]
    verdicts: Mapping[str, Verdict]
    strengths: tuple[Strength, ...] = ()
    ownership: str = "declared"
    imported: Imported | None = None
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotRun:
    """A check that could not run on a profile, and why."""

    check: str
    profile: str
    reason: str


@dataclass(frozen=True, slots=True)
class PathStep:
    """One profile on a walk: `by` says how the one before leads here, `shows` what it gives away."""

    profile: str
    by: str
    shows: str


@dataclass(frozen=True, slots=True)
class Path:
    """How a stranger could walk from one profile of a person to another."""

    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one person is told. Opened by its owner alone."""

    status: str
    created_at: datetime
    school: str
    policy: str
    ownership: str
    profiles: tuple[ProfileReport, ...]
    findings: tuple[Assessment, ...]
    not_run: tuple[NotRun, ...] = ()
    notes: tuple[str, ...] = ()
