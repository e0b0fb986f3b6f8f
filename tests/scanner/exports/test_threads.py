"""Threads comes inside the Instagram download, and is a profile of its own."""

from __future__ import annotations

from pathlib import Path

from scanner.exports import read
from tests.exports import make_zip, mojibake

THREADS = "your_instagram_activity/threads"
MEMBERS = {
    "personal_information/personal_information/personal_information.json": {
        "profile_user": [
            {"string_map_data": {"Username": {"value": "robin.vale"}, "Private Account": {"value": "True"}}}
        ]
    },
    f"{THREADS}/threads_and_replies.json": {
        "text_post_app_text_posts": [
            {"media": [{"uri": "", "creation_timestamp": 1704100000, "title": mojibake("Grüße")}]},
            {
                "title": "Outer",
                "creation_timestamp": 1704100000,
                "media": [{"uri": "media/x.png", "title": ""}],
            },
        ]
    },
    f"{THREADS}/followers.json": {
        "text_post_app_text_post_app_followers": [{"string_list_data": [{"value": "sam"}]}]
    },
}


def test_both_profiles_are_read_each_with_its_own(tmp_path: Path) -> None:
    found = {export.account.platform: export for export in read(make_zip(tmp_path / "a.zip", MEMBERS))}
    assert set(found) == {"instagram", "threads"}
    threads = found["threads"]
    assert threads.account.url == "https://www.threads.com/@robin.vale"
    assert [t.value for t in threads.snapshot.texts if t.kind == "post"] == ["Grüße", "Outer"]
    assert threads.people == {"followers": ("sam",)}
    assert threads.snapshot.flags == {}  # the switch is Instagram's
    assert found["instagram"].snapshot.flags == {"private": True}
    assert found["instagram"].items.get("post") is None
