"""Invented people and things with sensible defaults; a test names only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from detectors import Coverage, Finding, Image, Location, Snapshot, Text
from scanner.model import (
    Advice,
    Assessment,
    Consent,
    NotRun,
    ProfileReport,
    Report,
    Strength,
    Submission,
    Verdict,
)

AT = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
URL = "https://chirper.example/@robin_vale"


def consent(**changes: Any) -> Consent:
    given = Consent("self-check", "1", AT - timedelta(days=1), AT + timedelta(days=13))
    return replace(given, **changes)


def submission(url: str = URL, **changes: Any) -> Submission:
    return replace(Submission(url, "mastodon", consent()), **changes)


def text(value: str = "I like rain.", where: str = "p1", **changes: Any) -> Text:
    kind = where if where in ("bio", "display_name", "handle", "headline", "location") else "post"
    return replace(Text(where, kind, value), **changes)


def image(data: bytes = b"", where: str = "p1", name: str = "a.png", **changes: Any) -> Image:
    return replace(Image(where, name, data), **changes)


def snapshot(*texts: Text, **changes: Any) -> Snapshot:
    read = Snapshot(
        id=URL,
        platform="mastodon",
        url=URL,
        handle="robin_vale",
        display_name="Robin Vale",
        texts=texts,
        coverage=Coverage(posts_seen=len(texts), posts_claimed=len(texts), complete="complete"),
        captured_at=AT,
    )
    return replace(read, **changes)


def location(where: str = "bio", **changes: Any) -> Location:
    return replace(Location(URL, where), **changes)


def finding(check: str = "personal-contact", **changes: Any) -> Finding:
    found = Finding(check, "phone", 0.95, location(span=(9, 21)), excerpt="01632 960983")
    return replace(found, **changes)


def advice(**changes: Any) -> Advice:
    given = Advice(
        summary="Your phone number is in your bio.",
        why="Parents or pupils could ring you.",
        steps=("Open Settings.", "Choose Profile.", "Delete the number.", "Save."),
        minutes=2,
        link="https://chirper.example/settings/profile",
        help="Ask your union rep.",
    )
    return replace(given, **changes)


def assessment(check: str = "personal-contact", **changes: Any) -> Assessment:
    weighed = Assessment(
        id="a1",
        check=check,
        rule="phone",
        level="finding",
        band="this-week",
        score=0.95,
        profile=URL,
        location=location(span=(9, 21)),
        advice=advice(),
        excerpt="Ring me on 0•••• •••983",
        reasons=("11 digits", "the word 'ring' before it"),
    )
    return replace(weighed, **changes)


def profile(
    url: str = URL, *, verdicts: Mapping[str, Verdict] | None = None, **changes: Any
) -> ProfileReport:
    seen = ProfileReport(
        url=url,
        platform="mastodon",
        result="ok",
        display_name="Robin Vale",
        bio="Rain, bread and bicycles.",
        coverage=Coverage(posts_seen=12, posts_claimed=12, images_seen=8, complete="complete"),
        flags={"indexable": False},
        verdicts=verdicts
        or {
            "personal-contact": Verdict("exposed", ""),
            "location": Verdict("nothing-seen", "looked at 12 posts and 8 pictures"),
        },
        strengths=(Strength("Search engines are asked to stay away.", "Fewer strangers will find you."),),
    )
    return replace(seen, **changes)


def not_run(check: str = "id-badge", **changes: Any) -> NotRun:
    return replace(NotRun(check, URL, "this check is not built yet"), **changes)


def report(*findings: Assessment, **changes: Any) -> Report:
    told = Report(
        status="complete",
        created_at=AT,
        school="Harfield Green School",
        policy="altus-2023",
        ownership="declared",
        profiles=(profile(),),
        findings=findings,
    )
    return replace(told, **changes)
