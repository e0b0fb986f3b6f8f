"""What is only said to be one's own gets no more than anyone may have, whatever it holds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from data import read_toml, school_in
from detectors import Outcome, Snapshot
from scanner.model import Report
from scanner.pipeline import scan
from scanner.platforms import Account
from tests import builders

OTHER = "https://other.example/blog"
ALLOWED = {"weak-privacy", "search-listing", "employer-mention"}
FOUND = (
    "employer-mention",
    "personal-contact",
    "location",
    "pupil-information",
    "school-logo",
    "weak-privacy",
)


class Everything:
    """Finds one of each in whatever it is shown, and remembers what it was asked to join."""

    def __init__(self) -> None:
        self.joined: list[str] = []

    async def read(self, snapshot: Snapshot) -> Outcome:
        from data import rules

        known = {rule.check: name for name, rule in rules().items()}
        return Outcome(
            findings=tuple(
                builders.finding(
                    check,
                    rule=known[check],
                    score=1.0,
                    location=builders.location("bio", item=snapshot.id, span=(0, 4)),
                )
                for check in FOUND
                if check in known
            )
        )

    async def look(self, *_: Any) -> Outcome:
        return Outcome()

    async def join(self, snapshots: Any) -> Outcome:
        self.joined = [one.id for one in snapshots]
        return Outcome()

    async def crop(self, *_: Any, **__: Any) -> None:
        return None


def checked(detect: Everything, *, strict: bool, bio: str = "I like rain.", **owned: Any) -> Report:
    async def acquire(account: Account, **_: Any) -> Snapshot:
        here = bio if account.url == builders.URL else "Nothing to see."
        return builders.snapshot(builders.text(here, "bio"), id=account.url, url=account.url)

    given = [
        (Account("mastodon", "robin", builders.URL), builders.submission(**owned)),
        (Account("site", "", OTHER), builders.submission(OTHER)),
    ]
    return asyncio.run(
        scan(
            given,
            at=builders.AT,
            school=school_in("practice/school"),
            acquire=acquire,
            detect=detect,  # type: ignore[arg-type]
            strict=strict,
        )
    )


def test_a_declared_page_gets_three_checks_and_is_joined_with_nothing() -> None:
    detect = Everything()
    report = checked(detect, strict=True)
    assert {found.check for found in report.findings} <= ALLOWED
    assert {found.check for found in report.findings} & {"employer-mention", "weak-privacy"}
    assert detect.joined == []
    for profile in report.profiles:
        closed = {name for name, one in profile.verdicts.items() if one.verdict == "could-not-check"}
        assert closed >= profile.verdicts.keys() - ALLOWED
        assert "put a code into its bio" in profile.verdicts["personal-contact"].reason
    assert all(found.crop is None for found in report.findings)


@pytest.mark.parametrize(
    ("owned", "bio"),
    [({"ownership": "export"}, "I like rain."), ({"code": "bado12"}, "I like rain. bado12")],
)
def test_a_page_that_is_shown_to_be_ones_own_is_checked_in_full(owned: dict[str, Any], bio: str) -> None:
    detect = Everything()
    report = checked(detect, strict=True, bio=bio, **owned)
    mine = {found.check for found in report.findings if found.profile == builders.URL}
    assert mine - ALLOWED
    assert {found.check for found in report.findings if found.profile == OTHER} <= ALLOWED
    assert detect.joined == [builders.URL]


def test_a_code_that_is_not_in_the_bio_opens_nothing() -> None:
    report = checked(Everything(), strict=True, code="bado12")
    assert {found.check for found in report.findings} <= ALLOWED


def test_on_ones_own_computer_all_is_checked() -> None:
    report = checked(Everything(), strict=False)
    assert {found.check for found in report.findings} - ALLOWED


def test_the_three_are_those_of_the_contract() -> None:
    assert set(read_toml("ownership.toml")["declared"]) == ALLOWED
