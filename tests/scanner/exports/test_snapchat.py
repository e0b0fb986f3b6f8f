"""Snapchat's download: name, public profile, public stories; chats, memories and places stay shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.exports import read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

ACCOUNT = {
    "Basic Information": {
        "Username": "jo_lee",
        "Name": "Jo Lee",
        "Creation Date": "2015-01-01 10:00:00 UTC",
        "Registration IP": "192.0.2.1",
    },
    "Device Information": {"Make": CANARY},
    "Login History": [{"IP": CANARY, "Country": "gb"}],
}
PROFILE = {
    "App Profile": {"Username": "jo_lee", "Country": "gb"},
    "Demographics": {"Cohort Age": CANARY},
    "Interest Categories": [CANARY],
    "Engagement": [{"Event": "Snap Score", "Occurrences": 3}],
}
STORIES = {
    "Shared Story": [
        {
            "Story Id": "s1",
            "Story URL": "https://story.example/1",
            "Content": "Sports day",
            "Created": "2024-05-01 10:00:00 UTC",
        }
    ],
    "Spotlight History": [{"Story Date": "2024-05-02 10:00:00 UTC", "Story URL": "https://story.example/2"}],
    "Spotlight Replies": [{"Story Date": "2024-05-03 10:00:00 UTC", "Reply": "Ha"}],
}
FRIENDS = {
    "Friends": [{"Username": "sam1", "Display Name": "Sam Okoro", "Creation Timestamp": "x"}],
    "Friend Requests Sent": [{"Username": "kim"}],
    "Blocked Users": [{"Username": "rude"}],
}
PUBLIC = {
    "Public Users": {
        "Profile": {
            "Profile Title": "Jo teaches",
            "Profile Description": "Year 4 at Oakfield",
            "Website URL": "https://jo.example",
            "Email": "jo@private.example",
        }
    }
}


def members(**more: Any) -> dict[str, Any]:
    return {
        "json/account.json": ACCOUNT,
        "json/user_profile.json": PROFILE,
        "json/shared_story.json": STORIES,
        **more,
    }


def test_the_account_and_what_was_shown_to_everyone_are_read(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members(), name="mydata~1.zip")
    assert (found.account.platform, found.account.url, found.snapshot.handle) == (
        "snapchat",
        "https://www.snapchat.com/add/jo_lee",
        "jo_lee",
    )
    assert found.snapshot.display_name == "Jo Lee"
    assert {
        (t.kind, t.value, t.audience) for t in found.snapshot.texts if t.kind in ("caption", "comment")
    } == {("caption", "Sports day", "public"), ("comment", "Ha", "public")}
    assert (found.items["caption"], found.items["comment"]) == (2, 1)


def test_the_public_profile_is_read(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members(**{"json/public_profile.json": PUBLIC}))
    assert {(t.kind, t.value) for t in found.snapshot.texts} >= {
        ("bio", "Year 4 at Oakfield"),
        ("link", "https://jo.example"),
        ("link", "jo@private.example"),
    }


def test_friends_are_for_the_owners_eyes_only(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members(**{"json/friends.json": FRIENDS}))
    assert found.people == {"friends": ("Sam Okoro",)}
    assert "Okoro" not in repr(found)


def test_what_it_cannot_say_is_said(tmp_path: Path) -> None:
    assert any(
        "who can contact you" in sentence
        for sentence in read_zip(tmp_path, members()).snapshot.coverage.not_seen
    )


def test_chats_memories_places_and_log_ins_stay_shut(tmp_path: Path) -> None:
    names = (
        "chat_history",
        "snap_history",
        "talk_history",
        "location_history",
        "memories_history",
        "search_history",
        "account_history",
        "purchase_history",
        "snap_ads",
        "contacts",
        "story_history",
        "my_ai",
        "connected_apps",
        "in_app_surveys",
    )
    shut: dict[str, Any] = {f"json/{name}.json": {"x": [CANARY]} for name in names}
    opened, told = opened_and_told(tmp_path, members(**{"json/friends.json": FRIENDS}), shut)
    assert not opened & set(shut)
    assert "Sports day" in told
    assert CANARY not in told  # the log-ins stand in the account's own file
    assert "192.0.2.1" not in told


@pytest.mark.parametrize("value", [None, [], {}, "", [None], [7], {"": []}])
def test_odd_values_do_no_harm(tmp_path: Path, value: Any) -> None:
    found = read_zip(
        tmp_path,
        members(
            **{"json/shared_story.json": {"Shared Story": value}, "json/friends.json": {"Friends": value}}
        ),
    )
    assert found.snapshot.handle == "jo_lee"
