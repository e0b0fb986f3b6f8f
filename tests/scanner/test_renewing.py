"""A profile looked at again takes its part of the report, and nothing is lost or called gone in passing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from detectors import Coverage, Location
from scanner.model import Verdict
from scanner.renewing import renewed, what_changed
from scanner.report import to_json
from tests import builders
from tests.builders import AT, URL

OTHER = "https://other.example/blog"
LATER = AT + timedelta(hours=1)


def at_other(id_: str, **changes):
    return builders.assessment(id=id_, profile=OTHER, location=Location(OTHER, "p1"), **changes)


def walk(id_: str):
    """A finding about the first profile that only the other one beside it shows."""
    return builders.assessment("account-linkage", id=id_, evidence=(Location(OTHER, "bio"),))


def two(*findings):
    return builders.report(*findings, profiles=(builders.profile(), builders.profile(OTHER)))


def again(*findings, **changes):
    seen = builders.profile(looked_at=LATER, display_name="Robin V", **changes)
    return builders.report(*findings, profiles=(seen,), created_at=LATER)


def ids(findings) -> str:
    return "".join(sorted(one.id for one in findings))


def test_the_new_part_stands_where_the_old_one_stood() -> None:
    before = two(builders.assessment(id="a"), at_other("b"))
    got = renewed(before, again(builders.assessment(id="c", band="today")))
    assert ids(got.report.findings) == "bc"
    assert got.report.findings[0].id == "c"  # the most urgent first
    assert [p.display_name for p in got.report.profiles] == ["Robin V", "Robin Vale"]
    assert got.report.created_at == LATER
    assert got.unseen == frozenset()


def test_what_needs_both_profiles_stays_and_is_said_to_be_unchecked() -> None:
    before = two(walk("w"), builders.assessment(id="a"))
    got = renewed(before, again())
    assert ids(got.report.findings) == "w"
    assert got.unseen == {"w"}
    assert ("account-linkage", URL) in {(n.check, n.profile) for n in got.report.not_run}


def test_a_kept_finding_keeps_its_verdict() -> None:
    old = builders.profile(verdicts={"account-linkage": Verdict("exposed", "")})
    before = builders.report(walk("w"), profiles=(old, builders.profile(OTHER)))
    silent = again(verdicts={"account-linkage": Verdict("nothing-seen", "")})
    assert renewed(before, silent).report.profiles[0].verdicts["account-linkage"].verdict == "exposed"


@pytest.mark.parametrize("result", ["login_wall", "timeout", "robots_disallowed"])
def test_a_page_that_could_not_be_read_again_loses_nothing(result: str) -> None:
    before = two(builders.assessment(id="a"), at_other("b"))
    got = renewed(before, again(result=result))
    assert ids(got.report.findings) == "ab"
    assert got.report.profiles[0].result == "ok"
    assert any(URL in note for note in got.report.notes)
    changed = compare(before, got)
    assert (changed.gone, changed.still) == ((), ())
    assert len(changed.unsure) == 1


def test_a_page_that_never_could_be_read_says_how_it_ended_now() -> None:
    before = builders.report(profiles=(builders.profile(result="login_wall"),))
    assert renewed(before, again(result="timeout")).report.profiles[0].result == "timeout"


def compare(before, got, looked=(URL,)):
    return what_changed(to_json(before), to_json(got.report), looked=looked, unseen=got.unseen)


def summary(text: str):
    return builders.advice(summary=text)


CAPPED = Coverage(posts_seen=5, posts_claimed=50, complete="capped")
PICTURE = Location(URL, "p1", image="a.png")
GONE = [
    # (the old finding's place, how the page was read again, gone)
    (builders.location("bio"), {}, True),
    (PICTURE, {}, True),
    (builders.location("bio"), {"coverage": CAPPED}, True),  # a bio is read wherever the page is
    (PICTURE, {"coverage": CAPPED}, False),
    (builders.location("bio"), {"result": "ok_partial"}, False),
]


@pytest.mark.parametrize(("place", "read", "gone"), GONE)
def test_gone_is_said_only_where_its_place_was_read_again(place, read, gone: bool) -> None:
    before = two(builders.assessment(id="a", location=place, advice=summary("Old thing.")))
    changed = compare(before, renewed(before, again(**read)))
    assert (changed.gone, changed.unsure) == ((("Old thing.",), ()) if gone else ((), ("Old thing.",)))


def test_new_still_and_gone_are_told_of_the_page_looked_at_alone() -> None:
    before = two(
        builders.assessment(id="a", advice=summary("A.")), builders.assessment(id="b"), at_other("x")
    )
    got = renewed(before, again(builders.assessment(id="b"), builders.assessment(id="c")))
    changed = compare(before, got)
    assert (changed.new, changed.still, changed.gone, changed.unsure) == (("c",), ("b",), ("A.",), ())


def test_a_profile_left_out_of_a_new_check_is_not_called_gone() -> None:
    before = two(at_other("x", advice=summary("X.")))
    after = replace(before, profiles=before.profiles[:1], findings=())
    changed = what_changed(to_json(before), to_json(after), looked=(URL, OTHER))
    assert (changed.gone, changed.unsure) == ((), ("X.",))
