"""One profile from several kinds of evidence: each thing once, as a stranger sees it, with where else it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

import detectors
from data import Pack, School
from detectors import Coverage, Location, Outcome
from scanner.audience import shown
from scanner.gathering import Looked
from scanner.pipeline import compose
from scanner.together import from_one, sources, together
from tests.builders import AT, image, snapshot, submission, text

LONG = "A long walk along the river with the dog, and then bread and tea at home"


def test_a_visit_alone_stays_as_it_is() -> None:
    seen = snapshot(text())
    assert together([("visit", seen)]) is seen


def test_the_same_post_is_one_and_knows_its_twin() -> None:
    visit = snapshot(text("Lovely rain", "p1", date="2024-01-01"), text("Bread", "p2"))
    export = snapshot(text("lovely  rain", "post-9", kind="caption", audience="friends"), text("Old", "p2"))
    whole = together([("export", export), ("visit", visit)])
    assert [(t.where, t.value) for t in whole.texts] == [
        ("p1", "Lovely rain"),
        ("p2", "Bread"),
        ("download-p2", "Old"),
    ]
    assert whole.origins["p1"] == (("visit", "p1"), ("export", "post-9"))
    assert whole.origins["download-p2"] == (("export", "p2"),)
    assert sources(whole.origins, "p1") == ("visit", "export")
    assert whole.coverage.posts_seen == 3


def test_a_post_said_twice_has_two_twins() -> None:
    visit = snapshot(
        text("Happy birthday", "a", date="2023-05-01"), text("Happy birthday", "b", date="2024-05-01")
    )
    export = snapshot(
        text("Happy birthday", "x", date="2024-05-01T08:00:00Z"),
        text("Happy birthday", "y", date="2023-05-01"),
    )
    whole = together([("visit", visit), ("export", export)])
    assert len(whole.texts) == 2
    assert whole.origins["b"][1] == ("export", "x")
    assert whole.origins["a"][1] == ("export", "y")


def test_a_text_that_the_page_cut_off_is_the_same() -> None:
    visit = snapshot(text(f"{LONG[:60]}…", "p1"))
    whole = together([("visit", visit), ("export", snapshot(text(LONG, "post-1")))])
    assert [t.where for t in whole.texts] == ["p1"]


def test_a_comment_is_no_twin_of_a_post() -> None:
    visit = snapshot(text("Well said", "p1"))
    whole = together([("visit", visit), ("export", snapshot(text("Well said", "c1", kind="comment")))])
    assert len(whole.texts) == 2


def test_the_bio_stands_once_unless_it_differs() -> None:
    visit = snapshot(text("I like rain.", "bio"))
    assert len(together([("visit", visit), ("export", snapshot(text("I like  RAIN.", "bio")))]).texts) == 1
    assert len(together([("visit", visit), ("export", snapshot(text("I teach.", "bio")))]).texts) == 2


def test_of_a_picture_the_copy_that_visitors_see_is_kept() -> None:
    visit = snapshot(
        text("Sea", "p1"),
        images=(image(b"small", "p1", "https://cdn.example/1"), image(b"me", "avatar", "u")),
    )
    export = snapshot(
        text("Sea", "x"),
        images=(
            image(b"large", "x", "sea.jpg"),
            image(b"me, larger", "avatar", "me.jpg"),
            image(b"new", "z", "z.jpg"),
        ),
    )
    whole = together([("visit", visit), ("export", export)])
    assert [i.data for i in whole.images] == [b"small", b"me", b"new"]


def test_what_was_seen_today_goes_before_what_the_download_said() -> None:
    visit = snapshot(flags={"private": False})
    export = snapshot(flags={"private": True, "comments_open": True}, counts={"posts": 4})
    whole = together([("export", export), ("visit", visit)])
    assert whole.flags == {"private": False, "comments_open": True}
    assert whole.origins["flags"] == (("visit", "flags"), ("export", "flags"))


def test_a_wall_beside_a_download_is_said_and_not_the_end() -> None:
    wall = replace(snapshot(), result="login_wall", coverage=Coverage(not_seen=("It asked for a log-in.",)))
    whole = together([("visit", wall), ("export", snapshot(text("Mine", "p1")))])
    assert whole.result == "ok_partial"
    assert "It asked for a log-in." in whole.coverage.not_seen
    assert [t.value for t in whole.texts] == ["Mine"]
    assert together([("visit", wall)]) is wall


@pytest.mark.parametrize(
    ("audience", "private", "where", "said"),
    [
        ("public", True, "p1", "now"),
        ("friends", False, "p1", "if-opened"),
        ("only-me", None, "p1", "if-opened"),
        ("", True, "p1", "if-opened"),
        ("", False, "p1", "now"),
        ("", None, "p1", "unknown"),
        ("", True, "bio", "now"),  # even a private account shows its bio
        ("", None, "bio", "now"),
        ("", True, "link-1", "now"),
    ],
)
def test_open_now_or_only_if_opened(audience: str, private: bool | None, where: str, said: str) -> None:
    flags = {} if private is None else {"private": private}
    export = from_one(snapshot(text("x", where, audience=audience), flags=flags), "export")
    assert shown(Location(export.id, where), export) == said


@pytest.mark.parametrize(("private", "said"), [(True, "unknown"), (False, "now")])
def test_a_private_accounts_comment_may_stand_on_an_open_page(private: bool, said: str) -> None:
    told = text("x", "c1", kind="comment")
    export = from_one(snapshot(told, flags={"private": private}), "export")
    assert shown(Location(export.id, "c1"), export) == said


def test_what_a_visit_showed_is_open_whatever_the_download_says() -> None:
    visit, export = (
        snapshot(text("x", "p1")),
        snapshot(text("x", "e1", audience="friends"), flags={"private": True}),
    )
    whole = together([("visit", visit), ("export", export)])
    assert shown(Location(whole.id, "p1"), whole) == "now"
    assert shown(Location(visit.id, "p1"), visit) == ""  # nobody asked


def test_a_pictures_own_audience_counts() -> None:
    export = from_one(
        snapshot(images=(image(b"1", "p1", "a.jpg", audience="only-me"),), flags={"private": False}), "export"
    )
    assert shown(Location(export.id, "p1", image="a.jpg"), export) == "if-opened"


def test_a_thing_in_a_visit_and_a_download_is_one_finding_with_both_as_evidence() -> None:
    visit = snapshot(text("Ring me on 01632 960983", "p1"))
    export = snapshot(
        text("Ring me on 01632 960983", "x7", kind="caption"),
        text("Old: 01632 960984", "x8", audience="friends"),
    )
    whole = together([("visit", visit), ("export", export)])
    school = School(Pack(name="Harfield Green School"))
    found = detectors.read(whole, school).findings
    report = compose(
        [Looked(whole, found)], Outcome(), at=AT, school=school, submissions=[submission()], status="complete"
    )
    phones = {one.location.where: one for one in report.findings if one.check == "personal-contact"}
    assert set(phones) == {"p1", "x8"}
    assert (phones["p1"].sources, phones["p1"].shown) == (("visit", "export"), "now")
    assert phones["p1"].evidence == (Location(whole.id, "export: x7"),)
    assert (phones["x8"].sources, phones["x8"].shown) == (("export",), "if-opened")


def test_words_loose_on_a_page_and_in_a_post_of_the_download_are_one_finding() -> None:
    page = snapshot(
        text("Robin Vale Ring me on 01632 960983 Likes", "page", kind="bio"),
        text("Ring me on 01632 960985", "page"),
    )
    export = snapshot(text("Ring me on 01632 960983", "x7", date="2024-01-01T10:00:00Z", audience="friends"))
    whole = together([("page", page), ("export", export)])
    school = School(Pack(name="Harfield Green School"))
    found = detectors.read(whole, school).findings
    report = compose(
        [Looked(whole, found)], Outcome(), at=AT, school=school, submissions=[submission()], status="complete"
    )
    told = {one.excerpt[-2:]: one for one in report.findings if one.check == "personal-contact"}
    assert (told["83"].location.where, told["83"].shown) == ("x7", "if-opened")
    assert told["83"].sources == ("page", "export")
    assert told["83"].evidence == (Location(whole.id, "page: page"),)
    assert (told["85"].location.where, told["85"].sources) == ("page", ("page",))
    assert len([one for one in report.findings if one.check == "personal-contact"]) == 2


def test_a_post_of_the_download_keeps_its_own_place_beside_a_screenshot() -> None:
    page = snapshot(text(LONG, "page"))
    whole = together([("page", page), ("export", snapshot(text(LONG, "x7", audience="public")))])
    assert [(t.where, t.audience) for t in whole.texts] == [("page", ""), ("x7", "public")]
