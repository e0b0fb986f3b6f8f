"""Holds what the scanner says of the made-up staff beside what was planted on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from scanner.checklist import Answers
from scanner.intake import submissions
from scanner.model import Assessment, Consent, Report, Submission
from scanner.pipeline import Acquire, Detect, scan
from scanner.practice.pages import Paint, site_of
from scanner.practice.people import Person
from scanner.practice.site import serve_answers
from scanner.training.cast import Cast, Member, Plant

ANYWHERE = "any"
"""The place of a plant that a report may put wherever it likes on the profile."""
NOTICE = "training-1"
_STRENGTH = {"candidate": 0, "note": 1, "question": 2, "finding": 3}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the scanner made of one member. `false_alarms` are what it said of a clean one."""

    member: Member
    report: Report
    found: tuple[Plant, ...]
    missed: tuple[Plant, ...]
    false_alarms: tuple[Assessment, ...]


@contextmanager
def standing(
    people: Sequence[Person], paint: Paint, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """The profiles as pages on this computer until the block ends; gives host:port."""
    listed = [person for person in people if person.state != "wall"]
    with serve_answers(site_of(people, paint, listed=listed), host=host, port=port) as address:
        yield address


async def scan_people(
    member: Member, *, address: str, cast: Cast, acquire: Acquire, detect: Detect
) -> Report:
    """The scanner's own report about one member, read from the pages at that address."""
    at = datetime.now(UTC)
    consent = Consent("self-check", NOTICE, at, at + timedelta(days=1))
    accounts = submissions([f"http://{address}{person.path}" for person in member.profiles])
    given = [(one, Submission(one.url, one.platform, consent, ownership="code")) for one in accounts]

    async def ask(snapshots: Sequence[object], /) -> Answers:
        del snapshots
        return {account.url: member.answers for account in accounts}

    return await scan(
        given,
        at=at,
        school=cast.school,
        acquire=acquire,
        detect=detect,
        ask=ask if member.answers else None,
    )


def compare(member: Member, report: Report) -> Outcome:
    """Which plants the report names in the right place and at least as sure; what it says of the clean."""
    found = tuple(
        plant for plant in member.plants if any(names(one, plant, member) for one in report.findings)
    )
    return Outcome(
        member,
        report,
        found,
        tuple(plant for plant in member.plants if plant not in found),
        tuple(one for one in report.findings if _STRENGTH[one.level] >= _STRENGTH["question"])
        if member.clean
        else (),
    )


def names(finding: Assessment, plant: Plant, member: Member) -> bool:
    """Whether a finding is about this plant."""
    paths = {person.name: person.path for person in member.profiles}
    return (
        finding.check == plant.check
        and _STRENGTH[finding.level] >= _STRENGTH[plant.level]
        and urlsplit(finding.profile).path.rstrip("/") == paths[plant.profile]
        and (plant.where == ANYWHERE or _place(finding.location.where) in {plant.where, *plant.also})
    )


def _place(where: str) -> str:
    """A post's id, also where a reader gives the post's whole address."""
    return where.rstrip("/").rpartition("/")[2].rpartition("#")[2]
