"""Which verdicts the made-up profiles are there to show, so that all six can be talked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.model import Report
from scanner.training.cast import Member

CERTAIN = {"finding": "exposed", "question": "please-look", "note": "nothing-seen"}
QUIET = "disparagement"
"""Nobody clean says a harsh word, so that this check shows what silence looks like."""
SETTING = "weak-privacy"
SURER = {
    "please-look": frozenset({"please-look", "exposed"}),
    "nothing-seen": frozenset({"nothing-seen", "exposed"}),
}
"""What else will do: a check may have two plants on one profile, and be surer than it must."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The verdict one check should have on one profile."""

    profile: str
    check: str
    verdict: str


def expected(member: Member) -> Iterator[Expected]:
    """What each plant, each closed door and each clean page should come to."""
    for plant in member.plants:
        yield Expected(plant.profile, plant.check, CERTAIN[plant.level])
    for person in member.profiles:
        if person.state == "wall":
            yield Expected(person.name, QUIET, "could-not-check")
            if member.answers:
                yield Expected(person.name, SETTING, "asked")
        elif person.state == "private":
            yield Expected(person.name, SETTING, "shown-safe")
        elif member.clean:
            yield Expected(person.name, QUIET, "nothing-seen")


def unlike(member: Member, report: Report) -> tuple[tuple[Expected, str], ...]:
    """What came out otherwise, and how."""
    said = _said(member, report)
    return tuple(
        (one, verdict)
        for one in expected(member)
        if (verdict := said.get((one.profile, one.check), "")) not in SURER.get(one.verdict, {one.verdict})
    )


def _said(member: Member, report: Report) -> Mapping[tuple[str, str], str]:
    named = {person.path: person.name for person in member.profiles}
    return {
        (named[path], check): verdict.verdict
        for profile in report.profiles
        if (path := urlsplit(profile.url).path.rstrip("/")) in named
        for check, verdict in profile.verdicts.items()
    }
