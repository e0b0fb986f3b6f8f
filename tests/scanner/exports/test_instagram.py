"""Instagram's downloads of six years: profile, settings, posts, comments and lists, whatever the layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.exports import Export
from tests.exports import mojibake, picture, read_zip

DAY = 1704100000


def labelled(**labels: str) -> dict[str, Any]:
    return {
        "profile_user": [
            {"string_map_data": {key.replace("_", " "): {"value": v} for key, v in labels.items()}}
        ]
    }


PROFILE = "personal_information/personal_information/personal_information.json"
POSTS = "your_instagram_activity/media/posts_1.json"


def post(text: str = "", *names: str, outer: str = "", stamp: int = DAY) -> dict[str, Any]:
    media = [
        {"uri": f"media/posts/{name}", "creation_timestamp": stamp, "title": text}
        for name in names or ("a.png",)
    ]
    return {"media": media, **({"title": outer, "creation_timestamp": stamp} if outer else {})}


def captions(export: Export) -> list[str]:
    return [text.value for text in export.snapshot.texts if text.kind == "caption"]


@pytest.mark.parametrize(
    ("label", "value", "private"),
    [
        ("Private Account", "True", True),
        ("Private Account", "False", False),
        ("Privates Konto", "True", True),
        ("Privates Konto", "Ja", True),
        (mojibake("Compte privé"), "False", False),  # labels are garbled like texts
        ("Cuenta privada", "True", True),
        ("Private Account", "perhaps", None),
        ("A label nobody knows", "True", None),
    ],
)
def test_the_private_switch_is_read_in_the_languages_of_accounts(
    tmp_path: Path, label: str, value: str, private: bool | None
) -> None:
    export = read_zip(tmp_path, {PROFILE: labelled(**{label: value, "Username": "robin.vale"})})
    assert export.snapshot.flags.get("private") is private


def test_the_profile_is_read(tmp_path: Path) -> None:
    facts = labelled(
        Benutzername="robin.vale", Name=mojibake("Röbin"), Bio="I like rain.", Website="https://robin.example"
    )
    facts["profile_user"][0]["media_map_data"] = {
        "Profilbild": {"uri": "media/other/me.png", "creation_timestamp": DAY}
    }
    export = read_zip(tmp_path, {PROFILE: facts, "media/other/me.png": picture()})
    snapshot = export.snapshot
    assert export.account.url == "https://www.instagram.com/robin.vale"
    assert export.ownership == "export"
    assert (snapshot.handle, snapshot.display_name) == ("robin.vale", "Röbin")
    assert {(t.where, t.value) for t in snapshot.texts} >= {
        ("bio", "I like rain."),
        ("link-1", "https://robin.example"),
    }
    assert [image.where for image in snapshot.images] == ["avatar"]


def test_a_private_address_to_sign_in_with_is_nobodys_business(tmp_path: Path) -> None:
    export = read_zip(
        tmp_path,
        {PROFILE: labelled(Username="robin", Email="robin@mail.example", Phone_Number="07700 900123")},
    )
    assert "mail.example" not in repr(export)
    assert "900123" not in repr(export)


def test_posts_are_read_with_their_words_repaired(tmp_path: Path) -> None:
    members = {
        POSTS: [
            post(mojibake("Café 😢"), "a.png"),
            post("", "b.png", "c.png", outer="A carousel"),
            post("already right: é", "d.png"),
            post("a film", "e.mp4"),
        ],
        "your_instagram_activity/media/posts_2.json": [post("second file", "f.png")],
        **{f"media/posts/{name}.png": picture(ord(name)) for name in "abcd"},
    }
    export = read_zip(tmp_path, members)
    assert sorted(captions(export)) == sorted(
        ["Café 😢", "A carousel", "already right: é", "a film", "second file"]
    )
    assert export.items == {"caption": 5, "pictures": 5, "videos": 1}
    assert export.snapshot.coverage.posts_seen == 5
    assert len(export.snapshot.images) == 4
    assert {t.date for t in export.snapshot.texts} >= {"2024-01-01T09:06:40Z"}
    assert any(
        "1 picture that your download names did not come" in line
        for line in export.snapshot.coverage.not_seen
    )


def test_archived_posts_are_for_their_owner_alone(tmp_path: Path) -> None:
    archived = {"ig_archived_post_media": [post("old news", "a.png")]}
    export = read_zip(
        tmp_path,
        {POSTS: [post("new", "b.png")], "x/archived_posts.json": archived, "media/posts/a.png": picture(1)},
    )
    audiences = {t.value: t.audience for t in export.snapshot.texts if t.kind == "caption"}
    assert audiences == {"old news": "only-me", "new": ""}
    assert [image.audience for image in export.snapshot.images] == ["only-me"]


@pytest.mark.parametrize(
    "comments",
    [
        {
            "comments_media_comments": [
                {"string_map_data": {"Comment": {"value": "Nice"}, "Time": {"timestamp": DAY}}}
            ]
        },
        [{"string_map_data": {"Kommentar": {"value": "Nice"}, "Zeit": {"timestamp": DAY}}}],
        {
            "comments_media_comments": [
                {"title": "sam", "string_list_data": [{"value": "Nice", "timestamp": DAY}]}
            ]
        },
    ],
)
def test_comments_of_all_shapes(tmp_path: Path, comments: Any) -> None:
    export = read_zip(tmp_path, {POSTS: [post("x")], "c/post_comments_1.json": comments})
    (comment,) = [t for t in export.snapshot.texts if t.kind == "comment"]
    assert (comment.value, comment.author, comment.date) == ("Nice", "self", "2024-01-01T09:06:40Z")


def test_lists_of_people_never_enter_the_snapshot(tmp_path: Path) -> None:
    entry = {
        "title": "",
        "string_list_data": [{"href": "https://www.instagram.com/sam.pupil", "value": "sam.pupil"}],
    }
    members = {
        "c/followers_1.json": [entry],
        "c/followers_2.json": [entry],
        "c/following.json": {
            "relationships_following": [{"title": "alex", "string_list_data": [{"timestamp": 1}]}]
        },
        "c/close_friends.json": {"relationships_close_friends": [entry]},
    }
    export = read_zip(tmp_path, members)
    assert export.people == {
        "followers": ("sam.pupil",),
        "following": ("alex",),
        "close friends": ("sam.pupil",),
    }
    assert "sam.pupil" not in repr(export.snapshot)
    assert "sam.pupil" not in repr(export)


def test_the_flat_layout_of_2020(tmp_path: Path) -> None:
    members = {
        "profile.json": {
            "biography": "Rain.",
            "username": "robin",
            "name": "Robin Vale",
            "private_account": False,
            "date_joined": "x",
        },
        "settings.json": {"allow_comments_from": "Everyone"},
        "media.json": {
            "photos": [
                {
                    "caption": "A walk",
                    "taken_at": "2019-05-06T07:08:09",
                    "location": "Kirk Lane",
                    "path": "photos/1/a.png",
                }
            ],
            "profile": [{"is_active_profile": True, "path": "profile/1/me.png"}],
            "direct": [{"path": "direct/1/secret.png"}],
        },
        "comments.json": {"media_comments": [["2019-05-06T07:08:09", "So true", "sam"]]},
        "connections.json": {"followers": {"sam": "2019-01-01T00:00:00"}, "following": {}},
        "messages.json": "[broken",
        "saved.json": "{",
        "photos/1/a.png": picture(1),
        "profile/1/me.png": picture(2),
        "direct/1/secret.png": picture(3),
    }
    export = read_zip(tmp_path, members)
    snapshot = export.snapshot
    assert snapshot.flags == {"private": False, "comments_open": True}
    assert export.items == {"caption": 1, "comment": 1, "pictures": 2, "videos": 0}
    assert {image.name for image in snapshot.images} == {"photos/1/a.png", "profile/1/me.png"}
    assert [t.value for t in snapshot.texts if t.kind == "location"] == ["Kirk Lane"]
    assert export.people == {"followers": ("sam",)}
    assert export.left_alone["messages"] == 1


HTML = """<html><head><title>Posts</title></head><body><div class="_a705"><div class="_a706" role="main">
<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _2pim _a6-h _a6-i">Rain &amp; bread</div>
<div class="_3-95 _a6-p"><div><a href="media/posts/a.png"><img src="media/posts/a.png" class="_a6_o"/></a></div></div>
<div class="_3-94 _a6-o">Jan 05, 2024 3:04 pm</div></div>
<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _2pim _a6-h _a6-i">Zweiter</div>
<div class="_3-95 _a6-p"></div><div class="_3-94 _a6-o">6 Mär 2023, 15:04</div></div></div></div></body></html>"""
ROWS = """<html><head><title>Personal Information of instagram.com</title></head><body>
<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _a6-p"><table>
<tr><td class="_2pin _a6_q">Username</td><td class="_2piu _a6_r">robin.vale</td></tr>
<tr><td colspan="2" class="_2pin _a6_q">Bio<div><div>Rain.</div></div></td></tr>
<tr><td class="_2pin _a6_q">Private Account</td><td class="_2piu _a6_r">True</td></tr></table></div></div></body></html>"""


def test_the_html_form(tmp_path: Path) -> None:
    members = {
        "personal_information/personal_information/personal_information.html": ROWS,
        "your_instagram_activity/media/posts_1.html": HTML,
        "media/posts/a.png": picture(1),
    }
    export = read_zip(tmp_path, members)
    assert export.account.handle == "robin.vale"
    assert export.snapshot.flags == {"private": True}
    assert {(t.value, t.date[:16]) for t in export.snapshot.texts if t.kind == "caption"} == {
        ("Rain & bread", "2024-01-05T15:04"),
        ("Zweiter", "2023-03-06T15:04"),
    }
    assert "Rain." in {t.value for t in export.snapshot.texts}
    assert len(export.snapshot.images) == 1


def test_two_broken_files_among_good_ones_are_said(tmp_path: Path) -> None:
    members = {POSTS: [post("x")], "a/stories.json": '{"ig_stories": [', "a/reels.json": "nonsense"}
    export = read_zip(tmp_path, members)
    assert captions(export) == ["x"]
    assert export.snapshot.result == "ok_partial"
    assert [line.split()[2] for line in export.trouble] == ["reels.json", "stories.json"]
