"""The report as JSON, in the published format `data/schema/report-1.schema.json`.

The models below are the format, and the schema file is made from them; a test keeps the two equal:
`python -c "from scanner.report.record import schema_text as s; print(s(), end='')"` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

import data
from detectors import Location
from scanner.model import Assessment, Imported, Path, ProfileReport, Report
from scanner.paths import path_of

SCHEMA_VERSION = 1
SCHEMA_ID = "urn:exposure-scanner:report:1"


def _whole(value: str) -> str:
    """Half a surrogate pair, as cut-off pages hold, is no text that JSON can carry; length is kept."""
    return value.encode("utf-8", "replace").decode("utf-8")


Words = Annotated[str, BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Span = Annotated[list[Count], Field(min_length=2, max_length=2)]
Box = Annotated[list[int], Field(min_length=4, max_length=4)]


class _Part(BaseModel):
    """Every key is always present; readers tolerate unknown values and keys."""

    model_config = ConfigDict(frozen=True)


class PolicyPart(_Part):
    """The policy the report was weighed against."""

    title: Words
    version: Words
    review_due: Words = Field(description="the month, as YYYY-MM")
    overdue: bool


class CoveragePart(_Part):
    """How much of a profile was looked at."""

    posts_seen: Count
    posts_claimed: Count | None
    images_seen: Count
    pictures_unreadable: Count
    videos_seen: Count
    complete: Words = Field(description="complete, capped or unsure")
    not_seen: list[Words]


class VerdictPart(_Part):
    """The answer to one check."""

    verdict: Words = Field(
        description="exposed, please-look, shown-safe, nothing-seen, could-not-check or asked"
    )
    reason: Words


class StrengthPart(_Part):
    """Something positively shown to be well."""

    text: Words
    why: Words


class ImportedPart(_Part):
    """What was read of the person's own download of a profile, and what was left alone, unread."""

    read: dict[str, Count] = Field(description="what each file gave")
    items: dict[str, Count] = Field(description="posts, comments and the like by kind")
    left_alone: dict[str, Count] = Field(description="files of each kind that were not opened")
    sampled: Words = Field(description="how pictures were chosen where there were too many")


class ProfilePart(_Part):
    """What was seen of one profile."""

    url: Words
    platform: Words
    result: Words = Field(description="ok, ok_partial, login_wall, ...; treat unknown values as not read")
    display_name: Words
    bio: Words
    coverage: CoveragePart
    flags: dict[Words, bool]
    verdicts: dict[str, VerdictPart]
    strengths: list[StrengthPart]
    ownership: Words = Field(description="declared, code or export")
    export: ImportedPart | None


class EvidencePart(_Part):
    """One of several places that only together show something."""

    item: Words
    where: Words
    span: Span | None
    box: Box | None


class AdvicePart(_Part):
    """What to do about it."""

    summary: Words
    why: Words
    steps: list[Words]
    minutes: Count
    link: Words
    help: Words


class FindingPart(_Part):
    """One finding, question or note; `item` is its place in the profile: bio, avatar, a post's id."""

    id: Words
    check: Words
    rule: Words
    level: Words = Field(description="finding, question or note")
    band: Words = Field(description="today, this-week, worth-a-look or fine")
    score: Share
    profile: Words
    item: Words
    span: Span | None
    box: Box | None
    ref: Words | None
    evidence: list[EvidencePart]
    excerpt: Words = Field(description="the telling words, masked; empty for pictures")
    reasons: list[Words]
    clauses: list[Words]
    advice: AdvicePart
    shown: Words = Field(description="now, if-opened or unknown to strangers; empty for a visit alone")
    sources: list[Words] = Field(
        description="where it was seen: visit, page, export; empty for a visit alone"
    )


class StepPart(_Part):
    """One hop from a profile to what it gives away."""

    profile: Words
    by: Words
    shows: Words


class PathPart(_Part):
    """How one profile leads to another."""

    steps: list[StepPart]


class NotRunPart(_Part):
    """A check that could not run, and why."""

    check: Words
    profile: Words
    reason: Words


class CardFigure(_Part):
    """How often a check is right, on the labelled cases."""

    precision: Share | None
    recall: Share | None
    measured_on: Words


class ReportFile(_Part):
    """A private advice report of the Exposure Scanner, format 1."""

    schema_version: Literal[1]
    status: Literal["complete", "interrupted"]
    created_at: datetime
    school: Words
    policy: PolicyPart
    ownership: Words = Field(description="declared, code or export")
    profiles: list[ProfilePart]
    findings: list[FindingPart]
    paths: list[PathPart]
    not_run: list[NotRunPart]
    report_card: dict[str, CardFigure]


def report_card() -> dict[str, CardFigure]:
    """The shipped figures per check, as `scanner evaluate text --card` measured them."""
    return {
        check: CardFigure(**{"precision": None, "recall": None, **figures})
        for check, figures in data.read_toml("report-card.toml").items()
    }


def to_json(report: Report, *, card: Mapping[str, CardFigure] | None = None) -> dict[str, Any]:
    """The report in the published format: plain values only, every key present, no picture bytes."""
    policy = data.policy(report.policy)
    return ReportFile(
        schema_version=SCHEMA_VERSION,
        status="interrupted" if report.status == "interrupted" else "complete",
        created_at=report.created_at,
        school=report.school,
        policy=PolicyPart(
            title=policy.title,
            version=policy.version,
            review_due=policy.review_due,
            overdue=policy.overdue(report.created_at.date()),
        ),
        ownership=report.ownership,
        profiles=[_profile(profile) for profile in report.profiles],
        findings=[_finding(found) for found in report.findings if found.level != "candidate"],
        paths=[_path(path) for f in report.findings if f.level != "candidate" and (path := path_of(f))],
        not_run=[NotRunPart(check=n.check, profile=n.profile, reason=n.reason) for n in report.not_run],
        report_card=dict(card or {}),
    ).model_dump(mode="json")


def schema() -> dict[str, Any]:
    """The format as a JSON Schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **ReportFile.model_json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """The schema as its published file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def _profile(profile: ProfileReport) -> ProfilePart:
    seen = profile.coverage
    return ProfilePart(
        url=profile.url,
        platform=profile.platform,
        result=profile.result,
        display_name=profile.display_name,
        bio=profile.bio,
        coverage=CoveragePart(
            posts_seen=seen.posts_seen,
            posts_claimed=None if seen.posts_claimed is None else max(0, seen.posts_claimed),
            images_seen=seen.images_seen,
            pictures_unreadable=seen.pictures_unreadable,
            videos_seen=seen.videos_seen,
            complete=seen.complete,
            not_seen=list(seen.not_seen),
        ),
        flags=dict(profile.flags),
        verdicts={
            check: VerdictPart(verdict=answer.verdict, reason=answer.reason)
            for check, answer in profile.verdicts.items()
        },
        strengths=[StrengthPart(text=s.text, why=s.why) for s in profile.strengths],
        ownership=profile.ownership,
        export=_imported(profile.imported),
    )


def _imported(imported: Imported | None) -> ImportedPart | None:
    if imported is None:
        return None
    return ImportedPart(
        read=dict(imported.read),
        items=dict(imported.items),
        left_alone=dict(imported.left_alone),
        sampled=imported.sampled,
    )


def _finding(found: Assessment) -> FindingPart:
    place = found.location
    return FindingPart(
        id=found.id,
        check=found.check,
        rule=found.rule,
        level=found.level,
        band=found.band,
        score=found.score,
        profile=found.profile,
        item=place.where or place.item,
        span=_list(place.span),
        box=_list(place.box),
        ref=found.ref,
        evidence=[_evidence(other) for other in found.evidence],
        excerpt=found.excerpt,
        reasons=list(found.reasons),
        clauses=list(found.clauses),
        shown=found.shown,
        sources=list(found.sources),
        advice=AdvicePart(
            summary=found.advice.summary,
            why=found.advice.why,
            steps=list(found.advice.steps),
            minutes=found.advice.minutes,
            link=found.advice.link,
            help=found.advice.help,
        ),
    )


def _path(path: Path) -> PathPart:
    return PathPart(
        steps=[StepPart(profile=step.profile, by=step.by, shows=step.shows) for step in path.steps]
    )


def _evidence(place: Location) -> EvidencePart:
    return EvidencePart(item=place.item, where=place.where, span=_list(place.span), box=_list(place.box))


def _list(numbers: tuple[int, ...] | None) -> list[int] | None:
    return None if numbers is None else list(numbers)
