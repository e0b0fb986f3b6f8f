"""The way through the house, with fakes at its two doors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

import data
import detectors
from data import Pack, School
from detectors import Coverage, Finding, Image, Location, Mark, Outcome, Snapshot, Text
from scanner import pipeline
from scanner.errors import ConsentError
from scanner.model import Report
from scanner.pipeline import scan
from scanner.platforms import Account
from tests.builders import AT, consent, snapshot, submission

SCHOOL = School(Pack(name="Harfield Green School"))
ME = Account("site", "me", "https://me.example/")
TWO = Account("site", "two", "https://two.example/")
THREE = Account("site", "three", "https://three.example/")


class Detect:
    """Says what it is told to say, and remembers what it was shown."""

    def __init__(self, *, text: Outcome | None = None, picture: Outcome | None = None) -> None:
        self.text, self.picture = text or Outcome(), picture or Outcome()
        self.looked: list[str] = []

    async def look(self, image: Image, item: str) -> Outcome:
        self.looked.append(image.name)
        return self.picture

    async def read(self, snapshot: Snapshot) -> Outcome:
        return self.text

    async def join(self, snapshots: Sequence[Snapshot]) -> Outcome:
        return Outcome()

    async def crop(self, image: Image, box: object, *, thing: bool) -> bytes | None:
        return b"jpeg"


def page(account: Account, *images: Image, **changes: object) -> Snapshot:
    return replace(
        snapshot(Text("bio", "bio", "hello"), images=images), id=account.url, url=account.url, **changes
    )


def run(*accounts: Account, acquire=None, detect=None, stop=None, given=None) -> Report:
    async def read(account: Account, **_: object) -> Snapshot:
        return page(account)

    pairs = [(one, submission(one.url, consent=given or consent())) for one in accounts]
    return asyncio.run(
        _scan(pairs, acquire or read, detect or Detect(), stop or asyncio.Event),
    )


async def _scan(pairs, acquire, detect, stop) -> Report:
    return await scan(pairs, at=AT, school=SCHOOL, acquire=acquire, detect=detect, stop=stop())


def test_without_consent_nothing_is_opened() -> None:
    opened = []

    async def read(account: Account, **_: object) -> Snapshot:
        opened.append(account)
        return page(account)

    with pytest.raises(ConsentError, match=r"https://me\.example/"):
        run(ME, acquire=read, given=consent(expires_at=AT - timedelta(seconds=1)))
    assert opened == []


def test_pictures_are_judged_while_the_page_is_still_being_read() -> None:
    detect = Detect()

    async def read(account: Account, *, on_picture, **_: object) -> Snapshot:
        on_picture("a.jpg", b"1")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert detect.looked == ["a.jpg"]
        return page(account, Image("p1", "a.jpg", b"1"), Image("avatar", "a.jpg", b"1"))

    run(ME, acquire=read, detect=detect)
    assert detect.looked == ["a.jpg"]  # once, though it stands in two places


def test_a_picture_finding_carries_the_hash_its_copy_is_known_by() -> None:
    found = Finding("photo-metadata", "photo-gps", 0.99, Location(""))
    mark = Mark("", "a.jpg", b"\x01" * 64, 2, b"", 0, 0.1)
    words = Finding(
        "personal-contact", "contact-phone", 0.99, Location(ME.url, "bio", span=(0, 5)), excerpt="hello"
    )
    detect = Detect(picture=Outcome((found,), mark=mark), text=Outcome((words,)))

    async def read(account: Account, **_: object) -> Snapshot:
        return page(account, Image("p1", "a.jpg", b"1"))

    report = run(ME, acquire=read, detect=detect)
    assert {one.check: one.print for one in report.findings} == {
        "photo-metadata": "01" * 32,
        "personal-contact": "",
    }


def test_a_picture_finding_is_told_at_every_place_it_stands_in() -> None:
    found = Finding("photo-metadata", "photo-gps", 0.99, Location(""))
    detect = Detect(picture=Outcome((found,)))

    async def read(account: Account, **_: object) -> Snapshot:
        return page(account, Image("p1", "a.jpg", b"1"), Image("avatar", "a.jpg", b"1"))

    report = run(ME, acquire=read, detect=detect)
    places = {one.location.where for one in report.findings} | {
        place.where for one in report.findings for place in one.evidence
    }
    assert {"p1", "avatar"} <= places
    assert {one.location.item for one in report.findings} == {ME.url}


def test_an_unreadable_picture_is_counted_and_never_silent() -> None:
    detect = Detect(picture=Outcome(unreadable="it is broken"))

    async def read(account: Account, **_: object) -> Snapshot:
        return page(account, Image("p1", "a.jpg", b"1"))

    profile = run(ME, acquire=read, detect=detect).profiles[0]
    assert (profile.coverage.images_seen, profile.coverage.pictures_unreadable) == (0, 1)
    assert profile.verdicts["school-logo"].verdict == "could-not-check"


def test_a_check_that_could_not_run_is_not_run_and_could_not_be_checked() -> None:
    detect = Detect(text=Outcome(not_run={"employer-mention": "the weight is missing"}))
    report = run(ME, detect=detect)
    assert ("employer-mention", ME.url) in {(n.check, n.profile) for n in report.not_run}
    verdict = report.profiles[0].verdicts["employer-mention"]
    assert verdict.verdict == "could-not-check"
    assert "weight is missing" in verdict.reason


def test_every_public_check_has_a_verdict_on_every_profile() -> None:
    report = run(ME, TWO)
    for profile in report.profiles:
        assert set(profile.verdicts) == set(data.checks())


def test_a_wall_is_never_good_news() -> None:
    async def read(account: Account, **_: object) -> Snapshot:
        return Snapshot(account.url, account.platform, account.url, result="login_wall", coverage=Coverage())

    profile = run(ME, acquire=read).profiles[0]
    assert {one.verdict for one in profile.verdicts.values()} == {"could-not-check"}
    assert profile.strengths == ()


def test_a_stopped_scan_keeps_what_was_read_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "GRACE", 0.2)
    halted = asyncio.Event()

    async def read(account: Account, *, stop: asyncio.Event, **_: object) -> Snapshot:
        if account is TWO:
            stop.set()
            await asyncio.sleep(0.01)
            return page(account, result="ok_partial")
        if account is THREE:
            await asyncio.sleep(60)  # does not hear that it should stop
        return page(account)

    report = run(ME, TWO, THREE, acquire=read, stop=lambda: halted)
    assert report.status == "interrupted"
    assert report.profiles[0].result == "ok"
    assert report.profiles[2].result == "timeout"
    assert "stopped the scan" in report.profiles[2].coverage.not_seen[0]


def test_a_bug_while_reading_is_not_swallowed() -> None:
    async def read(account: Account, **_: object) -> Snapshot:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(ME, acquire=read)


def test_the_door_knows_which_checks_are_built() -> None:
    assert {"employer-mention", "school-logo", "weak-privacy"} <= detectors.built()
