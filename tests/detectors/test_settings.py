"""Open settings and listings: what each flag says, and what an absent one does not."""

from __future__ import annotations

import pytest

import data
from data import Pack, School
from detectors import settings
from tests.builders import URL, snapshot

SCHOOL = School(Pack(name="Harfield Green School"))

FLAGS = (
    "discoverable indexable followers_visible following_visible friends_visible comments_open messages_open "
    "tagging_open downloads_open duets_open location_on contact_button birthday_visible email_visible "
    "phone_visible professional_account likes_visible"
)
ALL_OPEN = dict.fromkeys(FLAGS.split(), True) | {"private": False}
ALL_CLOSED = {flag: not value for flag, value in ALL_OPEN.items()}


def seen(flags, platform="instagram", **changes):
    return list(settings.weigh(snapshot(platform=platform, flags=flags, **changes), SCHOOL))


def levels(flags, platform="instagram", **changes):
    return {f.rule: data.rules()[f.rule].level(f.score) for f in seen(flags, platform, **changes)}


@pytest.mark.parametrize(
    ("flags", "platform", "expected"),
    [
        ({"private": False}, "instagram", {"flag-private": "finding"}),
        ({"private": False}, "mastodon", {"flag-private": "finding"}),
        ({"private": True}, "instagram", {}),
        ({"private": False}, "bluesky", {}),  # there is no private mode to turn on
        ({"private": False}, "blog", {}),  # a blog is public on purpose
        ({"private": False}, "linkedin", {}),  # and so is a professional page
        ({"followers_visible": True}, "mastodon", {"flag-followers-visible": "finding"}),
        ({"messages_open": True}, "linkedin", {"flag-messages-open": "finding"}),
        (
            {"professional_account": True},
            "instagram",
            {"flag-professional-account": "question"},
        ),  # often unknowing
        ({"professional_account": True}, "site", {}),
        (
            {"signed_out_visible": True},
            "bluesky",
            {"flag-signed-out-visible": "note"},
        ),  # a switch, but no lock
        ({"signed_out_visible": True}, "instagram", {}),  # no switch that we know of
        ({"signed_out_visible": False}, "bluesky", {}),
        ({"indexable": True}, "instagram", {"flag-indexable": "finding"}),
        (
            {"indexable": True, "discoverable": True},
            "mastodon",
            {"flag-discoverable": "finding", "flag-indexable": "finding"},
        ),
        ({"indexable": True}, "site", {"site-indexable": "note"}),
        ({"indexable": True}, "linkedin", {"site-indexable": "note"}),
        ({"indexable": False}, "instagram", {}),
        ({"private": True, "comments_open": True}, "instagram", {}),  # only followers can comment then
        ({"private": True, "messages_open": True}, "instagram", {"flag-messages-open": "finding"}),
        (
            {"private": True, "indexable": True},
            "instagram",
            {"flag-indexable": "finding"},
        ),  # name and bio still are
        ({"no_such_flag": True}, "instagram", {}),
        ({}, "instagram", {}),
    ],
)
def test_each_open_flag_is_reported_as_sure_as_it_is_worth(flags, platform, expected):
    assert levels(flags, platform) == expected


def test_every_flag_has_a_rule_when_open_and_none_when_closed():
    assert len(levels(ALL_OPEN)) == len(ALL_OPEN)
    assert levels(ALL_CLOSED) == {}


def test_findings_stand_at_the_flags_and_name_their_check():
    for found in seen(ALL_OPEN):
        assert (found.location.item, found.location.where, found.location.span) == (URL, "flags", None)
        assert found.check == data.rules()[found.rule].check
        assert found.check in settings.CHECKS
        assert found.reasons


def test_the_order_of_flags_changes_nothing():
    assert seen(ALL_OPEN) == seen(dict(reversed(ALL_OPEN.items())))


def test_every_rule_of_the_file_can_be_reached():
    reached = {*levels(ALL_OPEN), *levels(ALL_OPEN, "site"), *levels({"signed_out_visible": True}, "bluesky")}
    assert reached == set(data.read_toml("rules/settings.toml"))


@pytest.mark.parametrize(
    ("platform", "url", "purpose"),
    [
        ("LinkedIn", "", True),  # as people write it
        ("site", "https://uk.linkedin.com/in/robin", True),
        ("instagram", "https://linkedin.com.chirper.example/", False),  # another host
        ("", "", True),  # no platform named: taken for a website, where being public is on purpose
    ],
)
def test_where_a_page_is_public_on_purpose_being_open_is_no_finding(platform, url, purpose):
    found = levels({"private": False, "indexable": True}, platform, url=url)
    assert found == (
        {"site-indexable": "note"} if purpose else {"flag-private": "finding", "flag-indexable": "finding"}
    )
