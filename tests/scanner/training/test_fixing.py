"""Every planted thing can be put right, and only that is changed."""

from __future__ import annotations

import pytest

from scanner.training import cast
from scanner.training.fixing import changes, fixed

MEMBERS = cast(4).members


@pytest.mark.parametrize("member", MEMBERS, ids=lambda one: one.key)
def test_without_choices_nothing_changes(member):
    assert fixed(member, {}) == member.profiles
    assert fixed(member, {change.id: "keep" for change in changes(member)}) == member.profiles


@pytest.mark.parametrize("member", [m for m in MEMBERS if not m.clean], ids=lambda one: one.key)
def test_taking_everything_away_leaves_nothing_planted(member):
    chosen = {c.id: "drop" if "drop" in c.choices else "safe" for c in changes(member)}
    after = {person.name: person for person in fixed(member, chosen)}
    for plant in member.plants:
        person = after[plant.profile]
        assert plant.where not in {post.id for post in person.posts}
        if plant.where == "bio":
            assert person.bio == ""
        if plant.lesson == "settings":
            assert plant.shows not in person.open
            assert person.robots == "noindex, nofollow" or plant.shows != "listed"
        if plant.where.startswith("link-"):
            assert plant.shows.replace(" ", "") not in "".join(link.href for link in person.links)
        if "edits" in person.extra and plant.lesson == "wiki-edit":
            assert plant.shows not in person.extra["edits"]


@pytest.mark.parametrize("member", [m for m in MEMBERS if not m.clean], ids=lambda one: one.key)
def test_posts_that_teach_nothing_stay(member):
    chosen = {c.id: "drop" if "drop" in c.choices else "safe" for c in changes(member)}
    planted = {(plant.profile, plant.where) for plant in member.plants}
    for before, after in zip(member.profiles, fixed(member, chosen), strict=True):
        kept = [post for post in before.posts if (before.name, post.id) not in planted]
        assert list(after.posts) == kept


def test_a_photo_keeps_its_view_and_loses_what_hid_in_its_file():
    member = cast(4).by_key["infants"]
    change = next(c for c in changes(member) if c.plant.lesson == "hidden-place")
    person = next(p for p in fixed(member, {change.id: "safe"}) if p.name == change.plant.profile)
    post = next(one for one in person.posts if one.id == change.plant.where)
    assert post.pictures
    assert not any(picture.gps or picture.owner for picture in post.pictures)


def test_a_joined_account_gets_another_name_and_face():
    member = cast(4).by_key["trainee"]
    change = next(c for c in changes(member) if c.plant.lesson == "joined")
    before = next(p for p in member.profiles if p.name == change.plant.profile)
    after = next(p for p in fixed(member, {change.id: "safe"}) if p.name == change.plant.profile)
    assert after.handle != before.handle
    assert after.avatar != before.avatar
    assert after.posts == before.posts


def test_a_choice_that_is_not_offered_is_no_choice():
    member = cast(4).by_key["infants"]
    assert fixed(member, {change.id: "burn" for change in changes(member)}) == member.profiles


def test_own_words_stand_in_place_of_a_post_or_a_bio():
    member = cast(4).by_key["sport"]
    change = next(c for c in changes(member) if c.plant.lesson == "contact-phone")
    people = fixed(member, {change.id: "own:Short of a goalkeeper: <b>shout</b>"})
    person = next(p for p in people if p.name == change.plant.profile)
    post = next(one for one in person.posts if one.id == change.plant.where)
    assert post.text == "Short of a goalkeeper: <b>shout</b>"
    long = fixed(member, {change.id: "own:" + "x" * 9000})
    person = next(p for p in long if p.name == change.plant.profile)
    assert len(next(one for one in person.posts if one.id == change.plant.where).text) == 500


def test_a_picture_cannot_be_talked_away():
    member = cast(4).by_key["sport"]
    change = next(c for c in changes(member) if c.plant.lesson == "logo-jumper")
    assert "own" not in change.choices
    assert fixed(member, {change.id: "own:nothing to see"}) == member.profiles
