"""Mastodon's archive: what was written for others to see; messages to named people are left alone."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import SubmissionError
from scanner.exports import read
from scanner.exports.mastodon import plain
from scanner.platforms import find
from tests.exports import body, picture, read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

ME = "https://chirper.example/users/robin_vale"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
FOLLOWERS = f"{ME}/followers"
ACTOR: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    "id": ME,
    "type": "Person",
    "preferredUsername": "robin_vale",
    "name": "Robin Vale",
    "url": "https://chirper.example/@robin_vale",
    "followers": FOLLOWERS,
    "summary": "<p>Rain &amp; bread.<br>Year 4 at <a href='https://x.example'>Harfield</a></p>",
    "manuallyApprovesFollowers": False,
    "discoverable": True,
    "indexable": False,
    "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"},
    "image": {"type": "Image", "url": "header.png"},
    "attachment": [
        {"type": "PropertyValue", "name": "Blog", "value": '<a href="https://me.example/">me.example</a>'}
    ],
}


def note(
    ident: int, content: str = "Hello", to: Any = (PUBLIC,), cc: Any = (FOLLOWERS,), **more: Any
) -> dict[str, Any]:
    inner = {
        "id": f"{ME}/statuses/{ident}",
        "type": "Note",
        "content": f"<p>{content}</p>",
        "published": "2024-05-01T10:00:00Z",
        "url": f"https://chirper.example/@robin_vale/{ident}",
        "to": to,
        "cc": cc,
        **more,
    }
    return {
        "id": f"{ME}/statuses/{ident}/activity",
        "type": "Create",
        "actor": ME,
        "to": to,
        "cc": cc,
        "object": inner,
    }


NOTES = [
    note(
        1,
        "Wet walk",
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": "/media_attachments/files/1/original/walk.png",
                "name": "A wet walk",
            }
        ],
    ),
    note(2, "For friends", to=[FOLLOWERS], cc=[]),
    note(3, "Unlisted", to=[FOLLOWERS], cc=[PUBLIC]),
    note(4, CANARY, to=["https://other.example/users/kim"], cc=[]),
    note(5, "Yes!", inReplyTo="https://other.example/users/kim/statuses/9"),
    note(6, "And then", inReplyTo=f"{ME}/statuses/1", summary="School"),
    {"type": "Announce", "object": "https://other.example/users/kim/statuses/9", "to": [PUBLIC]},
]


def outbox(notes: list[Any]) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "outbox.json",
        "type": "OrderedCollection",
        "totalItems": len(notes),
        "orderedItems": notes,
    }


def members(**more: Any) -> dict[str, Any]:
    return {
        "actor.json": ACTOR,
        "outbox.json": outbox(NOTES),
        "avatar.png": picture(1),
        "header.png": picture(2),
        "media_attachments/files/1/original/walk.png": picture(3),
        **more,
    }


def texts(export: Any) -> dict[str, Any]:
    return {t.where: t for t in export.snapshot.texts if t.kind in ("post", "comment", "bio")}


def test_the_account_its_posts_and_pictures_are_read(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert (found.account.platform, found.account.url) == ("mastodon", "https://chirper.example/@robin_vale")
    assert (found.items["post"], found.items["comment"], found.items["pictures"]) == (4, 1, 3)
    assert {i.where for i in found.snapshot.images} == {"avatar", "banner", "1"}
    said = texts(found)
    assert said["bio"].value == "Rain & bread.\nYear 4 at Harfield"
    assert said["1"].value == "Wet walk"
    assert said["6"].value == "School\nAnd then"
    assert said["5"].kind == "comment"
    assert ("link-1", "Blog me.example", "https://me.example/") in {
        (t.where, t.value, t.url) for t in found.snapshot.texts
    }
    assert "A wet walk" in {t.value for t in found.snapshot.texts if t.kind == "alt_text"}


def test_who_can_see_each_post_is_kept(tmp_path: Path) -> None:
    said = texts(read_zip(tmp_path, members()))
    assert {key: said[key].audience for key in ("1", "2", "3")} == {
        "1": "public",
        "2": "followers",
        "3": "public",
    }


def test_a_message_to_named_people_is_left_alone_and_counted(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert CANARY not in repr(found)
    assert any(
        "1 post was written to named people alone" in line for line in found.snapshot.coverage.not_seen
    )


def test_settings_become_flags_only_where_the_word_settles_it(tmp_path: Path) -> None:
    assert read_zip(tmp_path, members()).snapshot.flags == {"private": False, "discoverable": True}
    locked = {**ACTOR, "manuallyApprovesFollowers": True, "indexable": True}
    assert read_zip(tmp_path, members(**{"actor.json": locked}), name="b.zip").snapshot.flags == {
        "discoverable": True,
        "indexable": True,
    }


def test_it_proves_the_account_it_names_and_no_other(tmp_path: Path) -> None:
    assert (
        read_zip(tmp_path, members(), submitted=[find("https://chirper.example/@Robin_Vale")]).ownership
        == "export"
    )
    with pytest.raises(SubmissionError, match="another account"):
        read_zip(tmp_path, members(), submitted=[find("https://chirper.example/@kim")])


def test_the_same_handle_on_another_server_is_another_account(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="another account"):
        read_zip(tmp_path, members(), submitted=[find("https://warbler.example/@robin_vale")])


def test_a_packed_tar_reads_like_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "archive-20240501.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, value in members().items():
            info = tarfile.TarInfo(name)
            info.size = len(body(value))
            tar.addfile(info, io.BytesIO(body(value)))
    (found,) = read(path)
    assert (found.items["post"], found.items["pictures"]) == (4, 3)


@pytest.mark.parametrize(("value", "posts"), [(outbox(NOTES), 4), (ACTOR, 0)])
def test_one_file_alone_is_told_by_its_shape(tmp_path: Path, value: Any, posts: int) -> None:
    file = tmp_path / "file.json"
    file.write_text(json.dumps(value))
    (found,) = read(file)
    assert (found.account.platform, found.items.get("post", 0)) == ("mastodon", posts)


def test_following_is_for_the_owners_eyes_only(tmp_path: Path) -> None:
    table = "Account address,Show boosts\nkim@other.example,true\n"
    found = read_zip(tmp_path, members(**{"following_accounts.csv": table}))
    assert found.people == {"following": ("kim@other.example",)}
    assert "kim@other" not in repr(found)


def test_likes_bookmarks_and_blocks_stay_shut(tmp_path: Path) -> None:
    shut = {
        "likes.json": {"orderedItems": [CANARY]},
        "bookmarks.json": {"orderedItems": [CANARY]},
        "blocked_accounts.csv": CANARY,
        "lists.csv": CANARY,
    }
    opened, told = opened_and_told(tmp_path, members(), shut)
    assert not opened & set(shut)
    assert CANARY not in told


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "",
        7,
        [None],
        [[]],
        {"type": "Create"},
        {"type": "Create", "actor": ME, "to": PUBLIC, "object": "https://x.example"},
    ],
)
def test_odd_entries_do_no_harm(tmp_path: Path, value: Any) -> None:
    found = read_zip(tmp_path, members(**{"outbox.json": outbox([value, *NOTES])}))
    assert found.items["post"] == 4


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<p>One</p><p>Two<br />three &amp; <b>four</b></p>", "One\nTwo\nthree & four"),
        (
            '<p>See <a href="https://x.example/?a=1&amp;b" rel="me"><span class="h">x</span></a>!</p>',
            "See x!",
        ),
        ("<p>2 &lt; 3 &lt;script&gt; is a word</p>", "2 < 3 <script> is a word"),
        # all below go to the parser, as they hold other signs than servers write
        ("<p>a<script>canary()</script>b</p>", "ab"),
        ('<p title="1 > 2">c</p>', "c"),
        ("<h2>Big</h2><p>d</p>", "Bigd"),
        ("<!-- canary --><p>e</p>", "e"),
        ("<p>unfinished <b", "unfinished"),
    ],
)
def test_the_words_of_a_piece_of_html(written: str, said: str) -> None:
    assert plain(written) == said
