"""Facebook's downloads: profile, posts with places and audiences, albums, comments, groups and lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detectors import Location
from scanner.report.places import kind_of
from tests.exports import mojibake, picture, read_zip

DAY = 1704100000
ACTIVITY = "your_facebook_activity"
PROFILE = {
    "profile_v2": {
        "name": {"full_name": mojibake("Röbin Vale")},
        "profile_uri": "https://www.facebook.com/robin.vale.35",
        "emails": {"emails": ["robin@mail.example"]},
        "intro_bio": {"text": "Rain, mostly."},
        "current_city": {"name": "Harfield"},
        "work_experiences": [
            {"employer": "Harfield Green School", "title": "Teacher"},
            {"employer": "Oak Bakery", "end_timestamp": DAY},
            {"employer": ""},
        ],
        "family_members": [{"name": "Emily Vale", "relation": "Niece"}],
        "phone_numbers": [{"phone_number": "07700 900123"}] * 2,
        "relationship": {"status": "Married", "partner": "Jo"},
        "websites": [{"address": "https://robin.example"}],
    }
}


def post(text: str, stamp: int = DAY, **more: Any) -> dict[str, Any]:
    return {
        "timestamp": stamp,
        "data": [{}, {"post": text}, {"update_timestamp": stamp}],
        "title": "Robin",
        **more,
    }


def test_the_profile_is_read_and_nothing_of_other_people(tmp_path: Path) -> None:
    export = read_zip(
        tmp_path, {"personal_information/profile_information/profile_information.json": PROFILE}
    )
    assert export.account.url == "https://www.facebook.com/robin.vale.35"
    assert export.ownership == "export"
    texts = {(t.where, t.value) for t in export.snapshot.texts}
    assert texts >= {
        ("display_name", "Röbin Vale"),
        ("bio", "Rain, mostly."),
        ("current-city", "Harfield"),
        ("work-1", "Teacher at Harfield Green School"),
        ("work-2", "Formerly worked at Oak Bakery"),
        ("link-1", "https://robin.example"),
    }
    assert "post" not in {kind_of(Location("", t.where)) for t in export.snapshot.texts}  # there is none
    assert not any(word in repr(export) for word in ("Emily", "900123", "Married", "mail.example"))


@pytest.mark.parametrize(
    "name",
    [
        f"{ACTIVITY}/posts/your_posts__check_ins__photos_and_videos_1.json",
        "your_activity_across_facebook/posts/your_posts_1.json",
        "posts/your_posts_1.json",
        "your_posts.json",
    ],
)
def test_posts_of_all_layouts(tmp_path: Path, name: str) -> None:
    attached = [
        {
            "data": [
                {
                    "media": {
                        "uri": "posts/media/a.png",
                        "creation_timestamp": DAY,
                        "description": "With the dog",
                    }
                }
            ]
        },
        {
            "data": [
                {"place": {"name": "Kirk Lane", "coordinate": {"latitude": 1.5}, "address": "2 Kirk Lane"}}
            ]
        },
        {"data": [{"external_context": {"url": "https://news.example/1"}}]},
    ]
    members = {
        name: [
            post(mojibake("Häkan 😢"), attachments=attached),
            post("late", DAY * 1_000_000),
            {"timestamp": DAY, "title": "x"},
        ],
        "posts/media/a.png": picture(1),
    }
    export = read_zip(tmp_path, members)
    found = {(t.kind, t.value) for t in export.snapshot.texts}
    assert found >= {
        ("post", "Häkan 😢\nWith the dog"),
        ("post", "late"),
        ("location", "Kirk Lane, 2 Kirk Lane"),
        ("link", "https://news.example/1"),
    }
    assert export.items == {"post": 2, "pictures": 1, "videos": 0}
    assert {t.date for t in export.snapshot.texts if t.kind == "post"} == {"2024-01-01T09:06:40Z"}
    assert "1.5" not in repr(export.snapshot)  # no position on the map


@pytest.mark.parametrize(
    ("stated", "audience"),
    [
        ({"privacy": "Public"}, "public"),
        ({"audience": {"name": "Friends"}}, "friends"),
        ({"label_values": [{"label": "Audience", "value": "Nur ich"}]}, "only-me"),
        ({"privacy": {"description": "Friends of friends"}}, "friends-of-friends"),
        ({"privacy": "Aunts and uncles"}, "custom"),
        ({}, ""),
    ],
)
def test_the_audience_of_a_post_is_kept_where_it_stands(tmp_path: Path, stated: Any, audience: str) -> None:
    export = read_zip(tmp_path, {"posts/your_posts_1.json": [post("x", **stated)]})
    (text,) = [t for t in export.snapshot.texts if t.kind == "post"]
    assert text.audience == audience
    silent = any("View as" in line for line in export.snapshot.coverage.not_seen)
    assert silent is (audience in ("", "custom"))


def test_albums_tell_profile_pictures_from_others(tmp_path: Path) -> None:
    def album(name: str, uri: str) -> dict[str, Any]:
        return {
            "name": name,
            "photos": [{"uri": uri, "creation_timestamp": DAY, "description": "d"}],
            "cover_photo": {"uri": uri},
        }

    members = {
        "posts/album/0.json": album("Profile pictures", "posts/media/me.png"),
        "posts/album/1.json": album("Holiday", "posts/media/sea.png"),
        "posts/your_posts_1.json": [post("x")],
        "posts/media/me.png": picture(1),
        "posts/media/sea.png": picture(2),
    }
    export = read_zip(tmp_path, members)
    assert {(image.where, image.name) for image in export.snapshot.images} == {
        ("avatar", "posts/media/me.png"),
        ("sea.png", "posts/media/sea.png"),
    }


@pytest.mark.parametrize("key", ["comments_v2", "comments", None])
def test_comments_are_the_persons_own(tmp_path: Path, key: str | None) -> None:
    rows = [
        {
            "timestamp": DAY,
            "data": [{"comment": {"timestamp": DAY, "comment": mojibake("schön"), "author": "Robin"}}],
            "title": "t",
        }
    ]
    export = read_zip(
        tmp_path, {f"{ACTIVITY}/comments_and_reactions/comments.json": {key: rows} if key else rows}
    )
    assert [(t.kind, t.value) for t in export.snapshot.texts] == [("comment", "schön")]
    assert export.items["comment"] == 1


def test_what_stands_in_a_group_is_not_for_everyone(tmp_path: Path) -> None:
    members = {f"{ACTIVITY}/groups/group_posts_and_comments.json": {"group_posts_v2": [post("Hello group")]}}
    export = read_zip(tmp_path, members)
    assert [(t.value, t.audience) for t in export.snapshot.texts] == [("Hello group", "custom")]


def test_friends_are_for_the_owners_eyes(tmp_path: Path) -> None:
    members = {
        "connections/friends/your_friends.json": {
            "friends_v2": [{"name": mojibake("Zoë"), "timestamp": DAY}]
        },
        "connections/friends/received_friend_requests.json": {
            "received_requests_v2": [{"name": "Sam", "timestamp": DAY}]
        },
    }
    export = read_zip(tmp_path, members)
    assert export.people == {"friends": ("Zoë",), "friend requests you got": ("Sam",)}
    assert "Zoë" not in repr(export)


ROW = """<html><head><title>Your posts</title></head><body><div class="_a706" role="main">
<div class="_3-95 _a6-g"><div class="_2pin _a6-h">Robin Vale</div><div class="_2pin _a6-p"><div>Read <a href="https://news.example/1">this</a></div>
<a href="https://www.facebook.com/robin">me</a><table><tr><td class="_2pin _a6_q">Zielgruppe</td><td>Freunde</td></tr></table></div>
<div class="_3-94 _a6-o">Mar 05, 2021 3:04:00 pm</div></div></div></body></html>"""


def test_a_page_keeps_the_audience_and_the_links_of_a_post(tmp_path: Path) -> None:
    export = read_zip(tmp_path, {"posts/your_posts_1.html": ROW})
    assert {(t.kind, t.audience) for t in export.snapshot.texts} == {("post", "friends"), ("link", "friends")}
    assert [t.value for t in export.snapshot.texts if t.kind == "link"] == ["https://news.example/1"]
    assert not any("View as" in line for line in export.snapshot.coverage.not_seen)


HTML = """<html><head><title>Your posts</title></head><body><div class="_a706" role="main">
<div class="_3-95 _a6-g"><div class="_2pin _a6-h">Robin Vale updated his status.</div><div class="_2pin _a6-p"><div>
<div>Wet again.</div></div></div><div class="_3-94 _a6-o"><a href="https://www.facebook.com/x">Mar 05, 2021 3:04:00 pm</a></div></div>
<div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"><div class="_3-96 _2pio _2lek _2lel">Robin Vale</div>
<div class="_3-96 _2let"><div>Old layout</div></div><div class="_3-94 _2lem">12 March 2019, 15:04</div></div></div></body></html>"""


def test_the_html_form_of_both_ages(tmp_path: Path) -> None:
    export = read_zip(tmp_path, {"posts/your_posts_1.html": HTML})
    assert {(t.value, t.date[:16]) for t in export.snapshot.texts if t.kind == "post"} == {
        ("Wet again.", "2021-03-05T15:04"),
        ("Old layout", "2019-03-12T15:04"),
    }
