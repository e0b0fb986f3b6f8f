"""One answer per check: silence must mean clear, and only what was shown counts as good."""

from __future__ import annotations

from dataclasses import replace

import pytest

import data
from data import Pack, Reference, School
from detectors import Coverage, Text
from scanner.policy import ILLEGAL
from scanner.verdicts import strengths, verdicts
from tests.builders import assessment, location, snapshot

PLAIN = School(Pack(name="Harfield Green School"))
FULL = School(PLAIN.pack, logos=(Reference("crest", b"x"),), photos=(Reference("hall", b"x"),))
BUILT = frozenset(data.checks()) - {"wikipedia-editing"}
SEEN = Coverage(posts_seen=40, posts_claimed=40, images_seen=30, complete="complete")
WALLS = sorted(set(data.read_toml("texts/verdicts.toml")["results"]) - {"other"})


def page(**changes):
    return snapshot(Text("bio", "bio", "I like rain."), **{"coverage": SEEN, **changes})


def answer(check, read=None, *, mine=(), not_run=None, built=BUILT, school=FULL, asked=None):
    answers = verdicts(read or page(), mine, not_run=not_run or {}, built=built, school=school, asked=asked)
    return answers[check]


def said(check, level):
    return assessment(check, level=level, location=location("bio"))


def test_every_check_gets_exactly_one_answer():
    answers = verdicts(page(), (), not_run={}, built=BUILT, school=FULL)
    assert list(answers) == list(data.checks())
    assert all(one.reason for one in answers.values())


@pytest.mark.parametrize(
    ("levels", "verdict", "reason"),
    [
        (["finding"], "exposed", "We saw this in 1 place."),
        (["finding", "finding", "question"], "exposed", "We saw this in 2 places."),
        (["question"], "please-look", "1 question for you."),
        (["note"], "nothing-seen", "We looked at 40 posts and 30 pictures. 1 thing for your information."),
        (["candidate"], "nothing-seen", "We looked at 40 posts and 30 pictures."),
        ([], "nothing-seen", "We looked at 40 posts and 30 pictures."),
    ],
)
def test_the_surest_finding_decides(levels, verdict, reason):
    mine = [said("employer-mention", level) for level in levels]
    one = answer("employer-mention", mine=mine)
    assert (one.verdict, one.reason) == (verdict, reason)


def test_a_finding_on_another_profile_does_not_count_here():
    other = assessment("employer-mention", level="finding", location=replace(location(), item="elsewhere"))
    assert answer("employer-mention", mine=[other]).verdict == "nothing-seen"


@pytest.mark.parametrize("result", [*WALLS, "a state of a later version"])
@pytest.mark.parametrize("check", ["employer-mention", "school-logo", "weak-privacy", "search-listing"])
def test_a_page_that_was_not_read_is_never_good_news(result, check):
    one = answer(check, page(result=result, flags={"private": True, "indexable": False}))
    assert one.verdict == "could-not-check"


def test_a_login_wall_says_that_it_is_not_privacy():
    assert "does not mean the page is private" in answer("weak-privacy", page(result="login_wall")).reason


@pytest.mark.parametrize(
    ("check", "changes", "options", "reason"),
    [
        ("wikipedia-editing", {}, {}, "This check is not built yet."),
        ("location", {}, {"not_run": {"location": "a weight is missing"}}, "A weight is missing."),
        ("school-logo", {}, {"school": PLAIN}, "Your school has not given us its logo."),
        ("known-photo", {}, {"school": PLAIN}, "Your school has not given us its photos."),
        (
            "pupil-image",
            {"coverage": Coverage(40, 40, 0, 30, complete="complete")},
            {},
            "We could not read any of the pictures.",
        ),
        (
            "pupil-image",
            {"coverage": Coverage(40, 40, 0, complete="complete"), "counts": {"images": 12}},
            {},
            "We did not get to see any of the pictures.",
        ),
        (
            "employer-mention",
            {"coverage": Coverage(0, 120, 0, complete="capped")},  # the list was cut before it began
            {},
            "We did not get to see any of the posts.",
        ),
        ("employer-mention", {"texts": ()}, {}, "We could not find any words to read on this page."),
        (
            "weak-privacy",
            {"platform": "site"},
            {},
            "This page does not show its settings. Only you can look.",
        ),
        (
            "search-listing",
            {},
            {},
            "This page does not say if search engines may list it. Only you can look.",
        ),
    ],
)
def test_what_could_not_be_looked_at_says_why(check, changes, options, reason):
    one = answer(check, page(**changes), **options)
    assert one.verdict == "could-not-check"
    assert one.reason.startswith(reason)


@pytest.mark.parametrize(
    ("check", "changes", "must"),
    [
        ("employer-mention", {"coverage": Coverage(40, 120, 3, complete="capped")}, "120 posts"),
        ("employer-mention", {"coverage": Coverage(40, 120, 3, complete="capped")}, "This is not all"),
        ("employer-mention", {"coverage": Coverage(40, None, 3)}, "cannot be sure that this is all"),
        ("employer-mention", {"result": "ok_partial"}, "stopped us part of the way"),
        (
            "pupil-image",
            {"coverage": Coverage(4, 4, 30, 2, complete="complete")},
            "2 pictures could not be read",
        ),
        ("pupil-image", {"coverage": Coverage(4, 4, 1, 0, 1, "complete")}, "1 picture and 1 video"),
        ("photo-metadata", {}, "as the site sends them"),  # an original may hold what a thumbnail does not
        ("employer-mention", {"flags": {"private": True}}, "only what strangers can see"),
        ("employer-mention", {"platform": "linkedin"}, "lets this site name your school"),
        ("school-logo", {"exemptions": frozenset({"official_account"})}, "an official school account"),
    ],
)
def test_nothing_seen_says_at_how_much_we_looked(check, changes, must):
    one = answer(check, page(**changes))
    assert one.verdict == "nothing-seen"
    assert must in one.reason


DOWNLOAD = {"origins": {"bio": (("export", "bio"),)}}
BOTH = {"origins": {"bio": (("visit", "bio"), ("export", "bio"))}}


@pytest.mark.parametrize(
    ("check", "changes", "must", "never"),
    [
        ("employer-mention", {"flags": {"private": True}, **DOWNLOAD}, "more than strangers", "only what"),
        ("employer-mention", {"flags": {"private": True}, **BOTH}, "more than strangers", "only what"),
        ("employer-mention", {"result": "ok_partial", **DOWNLOAD}, "all of your download", "The site"),
        ("employer-mention", {"result": "ok_partial", **BOTH}, "The site stopped us", "download"),
        ("photo-metadata", DOWNLOAD, "as they lie in your download", "the site"),
        ("search-listing", DOWNLOAD, "Your download does not say", "This page"),
        ("weak-privacy", DOWNLOAD, "Your download does not hold these settings", "This page"),
    ],
)
def test_what_a_download_told_is_not_said_of_a_visit(check, changes, must, never):
    reason = answer(check, page(**changes)).reason
    assert must in reason
    assert never not in reason


def test_a_page_with_no_pictures_at_all_says_so():
    one = answer("school-logo", page(coverage=Coverage(4, 4, 0, complete="complete")))
    assert (one.verdict, one.reason) == ("nothing-seen", "We looked at 0 pictures.")


def test_a_finding_of_a_check_that_ran_only_in_part_says_so():
    one = answer(
        "employer-mention", mine=[said("employer-mention", "finding")], not_run={"employer-mention": "x"}
    )
    assert one.verdict == "exposed"
    assert one.reason.endswith("Part of this check could not run.")


@pytest.mark.parametrize(
    ("check", "flags", "verdict"),
    [
        ("weak-privacy", {"private": True}, "shown-safe"),
        ("weak-privacy", {"followers_visible": False}, "nothing-seen"),  # one closed list is not privacy
        ("weak-privacy", {"indexable": False}, "could-not-check"),  # says nothing about privacy
        ("search-listing", {"indexable": False}, "shown-safe"),
        ("search-listing", {"indexable": False, "discoverable": True}, "nothing-seen"),
        ("search-listing", {"private": True}, "could-not-check"),
    ],
)
def test_only_a_sign_that_was_read_is_shown_as_safe(check, flags, verdict):
    assert answer(check, page(flags=flags)).verdict == verdict


def test_an_open_setting_outweighs_a_private_flag():
    one = answer("weak-privacy", page(flags={"private": True}), mine=[said("weak-privacy", "finding")])
    assert one.verdict == "exposed"


def test_a_private_account_is_not_told_that_its_site_is_there_for_anyone():
    one = answer("weak-privacy", page(platform="site", flags={"private": True}))
    assert one.verdict == "shown-safe"
    assert "anyone" not in one.reason


def test_a_platform_without_a_private_mode_is_said_to_have_none():
    one = answer("weak-privacy", page(platform="bluesky"))
    assert "Bluesky has no private mode" in one.reason


def test_a_checklist_answer_stands_only_where_we_could_not_look():
    asked = {
        "weak-privacy": "You told us that it is closed.",
        "employer-mention": "You told us it is not named.",
    }
    assert answer("weak-privacy", asked=asked).verdict == "asked"
    assert answer("employer-mention", asked=asked).verdict == "nothing-seen"


def test_after_the_scripted_stop_nothing_else_is_said_of_the_page():
    mine = [assessment("pupil-image", rule=ILLEGAL, level="finding", location=location("p1"))]
    answers = verdicts(page(), mine, not_run={}, built=BUILT, school=FULL)
    assert {one.verdict for one in answers.values()} == {"could-not-check"}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"flags": {"private": True}}, ["You approve who follows you."]),
        ({"flags": {"private": False, "followers_visible": True}}, []),
        ({"flags": {"indexable": False}}, ["You ask search to leave your posts out."]),
        ({"flags": {}}, []),  # nothing read is no strength
        ({"flags": {"private": True}, "result": "login_wall"}, []),
        ({"flags": {"private": True}, "result": "private_confirmed"}, ["You approve who follows you."]),
        ({"flags": {"signed_out_visible": False}, "platform": "bluesky"}, []),  # a request, not a lock
    ],
)
def test_strengths_are_only_what_was_positively_shown(changes, shown):
    assert [one.text for one in strengths(page(**changes))] == shown
