"""At the door: the platform is told by content, whose download it is, what stays shut, which pictures are seen."""

from __future__ import annotations

import json
import os
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from data import school_in
from scanner.errors import SubmissionError, UsageError
from scanner.exports import find, names, open_archive, read
from scanner.platforms import Account
from tests.exports import make_folder, make_zip, picture, read_zip

CANARY = "canary-7713"
DAY = 1704100000
POSTS = "your_instagram_activity/media/posts_1.json"
PROFILE = "personal_information/personal_information/personal_information.json"
MINE = Account("instagram", "robin.vale", "https://www.instagram.com/robin.vale")


def who(handle: str = "robin.vale", **more: str) -> dict[str, Any]:
    labels = {"Username": handle, **more}
    return {
        "profile_user": [{"string_map_data": {label: {"value": value} for label, value in labels.items()}}]
    }


def post(text: str, name: str = "a.png", stamp: int = DAY) -> dict[str, Any]:
    return {"media": [{"uri": f"media/posts/{name}", "creation_timestamp": stamp, "title": text}]}


FACEBOOK = {
    "posts/your_posts_1.json": [{"timestamp": DAY, "data": [{"post": "x"}]}],
    "comments.json": {"comments_v2": []},
}
INSTAGRAM = {POSTS: [post("x")], "connections/followers_1.json": []}
LOOKALIKES = [
    (FACEBOOK, ["facebook"]),
    (INSTAGRAM, ["instagram"]),
    ({"your_facebook_activity/activity/messages.json": [], **FACEBOOK}, ["facebook"]),
    (
        {
            "data/following.json": {"relationships_following": [{"string_list_data": [{"value": "sam"}]}]},
            **INSTAGRAM,
        },
        ["instagram"],
    ),
    ({"instagram/facebook/tiktok/readme.json": {"hello": 1}}, []),
    ({"posts_1.json": [], "following.json": {}}, []),
]


@pytest.mark.parametrize(("members", "platforms"), LOOKALIKES)
@pytest.mark.parametrize("name", ["download.zip", "x", "tiktok-linkedin-twitter.zip"])
def test_the_platform_is_told_by_what_is_inside(
    tmp_path: Path, members: dict[str, Any], platforms: list[str], name: str
) -> None:
    with open_archive(make_zip(tmp_path / name, members)) as archive:
        assert [reader.NAME for reader in find(archive)] == platforms


def test_an_unknown_archive_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(make_zip(tmp_path / "a.zip", {"holiday.txt": "hello", "inner.zip": "PK"}))
    assert "no data download that we know" in str(caught.value)
    assert "Instagram" in str(caught.value)
    assert "unpack it first" in str(caught.value)


def test_a_folder_and_a_wrapped_archive_read_the_same(tmp_path: Path) -> None:
    members = {PROFILE: who(), POSTS: [post("x")], "media/posts/a.png": picture()}
    wrapped = {f"instagram-robin-2024/{name}": body for name, body in members.items()}
    plain = read_zip(tmp_path, members)
    (folder,) = read(make_folder(tmp_path / "unpacked", members))
    (deep,) = read(make_zip(tmp_path / "deep.zip", wrapped))
    assert plain.snapshot.texts == folder.snapshot.texts == deep.snapshot.texts
    assert len(plain.snapshot.images) == len(folder.snapshot.images) == len(deep.snapshot.images) == 1


def test_it_proves_the_profile_it_names(tmp_path: Path) -> None:
    export = read_zip(tmp_path, {PROFILE: who("Robin.Vale"), POSTS: [post("x")]}, submitted=[MINE])
    assert (export.account, export.ownership) == (MINE, "export")
    assert export.snapshot.id == MINE.url


def test_the_download_of_another_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        read_zip(tmp_path, {PROFILE: who("somebody.else"), POSTS: [post("x")]}, submitted=[MINE])
    assert "another account than https://www.instagram.com/robin.vale" in str(caught.value)
    assert "somebody.else" not in str(caught.value)


def test_a_part_that_names_nobody_proves_nothing(tmp_path: Path) -> None:
    export = read_zip(tmp_path, INSTAGRAM, submitted=[MINE])
    assert (export.account, export.ownership) == (MINE, "declared")


def test_a_profile_on_another_platform_does_not_stand_in_the_way(tmp_path: Path) -> None:
    other = Account("mastodon", "robin", "https://social.example/@robin")
    export = read_zip(tmp_path, {PROFILE: who(), POSTS: [post("x")]}, submitted=[other])
    assert export.account == MINE


def test_nothing_found_is_not_a_pass(tmp_path: Path) -> None:
    export = read_zip(tmp_path, {"x/stories.json": {"ig_stories": []}})
    assert export.snapshot.result == "unreadable"
    assert "none of the files we know" in export.snapshot.coverage.not_seen[0]
    assert export.ownership == "declared"


PRIVATE = {
    "your_instagram_activity/messages/inbox/sam_1/message_1.json": "messages",
    "your_instagram_activity/messages/inbox/sam_1/photos/p.jpg": "messages",
    "messages/inbox/jo/message_1.html": "messages",
    "connections/contacts/synced_contacts.json": "contacts",
    "logged_information/recent_searches/account_searches.json": "searches",
    "ads_information/ads_and_topics/posts_viewed.json": "adverts",
    "security_and_login_information/login_and_profile_creation/login_activity.json": "log-ins and devices",
    "security_and_login_information/login_and_profile_creation/last_known_location.json": "places you have been",
    "your_instagram_activity/shopping/recently_viewed_items.json": "payments and shopping",
    "personal_information/device_information/devices.json": "log-ins and devices",
    "preferences/your_topics/your_topics.json": "adverts",
    "location_history.json": "places you have been",
    "posts/messages/posts_9.json": "messages",  # on the allow-list by name, but lies among messages
    "your_activity/something_new.json": "other files",
}


def test_private_parts_are_never_opened_and_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def spying(self: zipfile.ZipFile, name: Any, *args: Any, **more: Any) -> Any:
        opened.append(name if isinstance(name, str) else name.filename)
        return real(self, name, *args, **more)

    mine = {
        PROFILE: who(),
        POSTS: [post("x"), post("lured", f"../{next(iter(PRIVATE))}")],
        "media/posts/a.png": picture(),
    }
    hidden = {name: [post(CANARY)] if name.endswith("json") else CANARY for name in PRIVATE}
    path = make_zip(tmp_path / "a.zip", {**hidden, **mine})
    monkeypatch.setattr(zipfile.ZipFile, "open", spying)
    held = open_files()
    (export,) = read(path)
    assert set(opened) == set(mine)
    assert open_files() == held  # no handle is left behind either
    assert CANARY not in repr(export) + "".join(t.value for t in export.snapshot.texts)
    counted: dict[str, int] = {}
    for kind in PRIVATE.values():
        counted[kind] = counted.get(kind, 0) + 1
    assert export.left_alone == counted
    assert export.read == {"personal_information.json": 1, "posts_1.json": 2}


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def test_a_file_that_was_not_safe_to_open_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(POSTS, json.dumps([post("x")]))
        with archive.open(POSTS.replace("_1", "_2"), "w") as file:
            for _ in range(80):
                file.write(b" " * 1_000_000)
    (export,) = read(path)
    assert export.trouble == ("The file posts_2.json was left out: it is packed far too tightly.",)
    assert export.snapshot.result == "ok_partial"
    assert export.left_alone == {"files that are not safe to open": 1}


def test_remote_addresses_in_a_download_are_left_alone(tmp_path: Path) -> None:
    item = post("x")
    item["media"][0] |= {"uri": "https://cdn.example/a.jpg", "backup_uri": "https://cdn.example/b.jpg"}
    export = read_zip(tmp_path, {POSTS: [item]})
    assert export.snapshot.images == ()
    assert "cdn.example" not in repr(export.snapshot)


def test_pictures_are_sampled_by_rule_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"pictures": 6, "bytes": 10**9, "profile": 2, "telling": 2, "words": ["assembly"]}
    rule |= {"videos": 0, "video_bytes": 0}
    monkeypatch.setattr(
        "scanner.exports._rules._common",
        lambda: {"sampling": rule, "never": {}, "names": {"rest": "r", "media": "m", "refused": "u"}},
    )
    posts = [post(f"walk {n}", f"{n}.png", DAY + n) for n in range(20)]
    posts[0] = post("Assembly today", "0.png", DAY)
    posts[1] = post("With Oakfield friends", "1.png", DAY)
    faces = {"ig_profile_picture": [{"uri": "media/other/me.png", "creation_timestamp": DAY}]}
    members = {POSTS: posts, "x/profile_photos.json": faces, "media/other/me.png": picture(99)}
    members |= {f"media/posts/{n}.png": picture(n) for n in range(20)}
    export = read_zip(tmp_path, members, school=school_in("schools/oakfield.toml"))
    shown = [image.name.rpartition("/")[2] for image in export.snapshot.images]
    assert shown[0] == "me.png"
    assert "0.png" in shown[1:3]
    assert shown[3:] == ["19.png", "18.png", "17.png"] or shown[2:] == [
        "19.png",
        "18.png",
        "17.png",
        "16.png",
    ]
    assert "Your download holds 21 pictures. We looked at 6" in export.sampled
    assert export.sampled in export.snapshot.coverage.not_seen


def test_some_videos_are_looked_at_and_the_others_are_said(tmp_path: Path) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40
    posts = [post(f"walk {n}", f"{n}.mp4", DAY + n) for n in range(20)]
    posts[0] = post("Assembly today", "0.mp4", DAY)
    members = {POSTS: posts, **{f"media/posts/{n}.mp4": film + bytes([n]) for n in range(20)}}
    members["media/posts/19.mp4"] = b"not a video at all"
    export = read_zip(tmp_path, members)
    shown = [image.name.rpartition("/")[2] for image in export.snapshot.images]
    assert shown == ["0.mp4", *(f"{n}.mp4" for n in range(18, 8, -1))]
    assert export.items["videos"] == 20
    assert "9 more videos in your download were not played." in export.snapshot.coverage.not_seen


def test_only_the_newest_posts_are_judged_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.exports._gather.MAX_POSTS", 5)
    export = read_zip(tmp_path, {POSTS: [post(f"n{n}", "none.png", DAY + n) for n in range(50)]})
    assert [t.value for t in export.snapshot.texts] == ["n49", "n48", "n47", "n46", "n45"]
    assert export.items["caption"] == 50
    seen = export.snapshot.coverage
    assert (seen.posts_seen, seen.posts_claimed, seen.complete) == (5, 50, "capped")
    assert "Your download holds 50 posts and comments. We read the newest 5." in seen.not_seen


def test_the_schools_address_to_sign_in_with_is_kept(tmp_path: Path) -> None:
    school = school_in("schools/oakfield.toml")
    (domain, *_) = school.pack.domains
    members = {PROFILE: who(Email=f"robin@{domain}"), POSTS: [post("x")]}
    export = read_zip(tmp_path, members, school=school)
    assert export.snapshot.sign_in == (f"robin@{domain}",)
    assert not any(domain in text.value for text in export.snapshot.texts)


@pytest.mark.parametrize("pictures", [3000])
def test_an_archive_of_many_pictures_stays_small_in_memory(tmp_path: Path, pictures: int) -> None:
    """No more is held than the pictures that were chosen: 300, or 150 MB."""
    body = b"\xff\xd8\xff\xe0" + os.urandom(60_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(POSTS, json.dumps([post(f"n{n}", f"{n}.jpg", DAY + n) for n in range(pictures)]))
        for n in range(pictures):
            archive.writestr(f"media/posts/{n}.jpg", body + n.to_bytes(4, "big"))
    tracemalloc.start()
    (export,) = read(tmp_path / "a.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(export.snapshot.images) == 300
    assert peak < 300 * 60_000 + 30_000_000


def test_every_reader_has_its_facts() -> None:
    for name in names():
        assert data_of(name)["read"], name


def data_of(name: str) -> Any:
    from scanner.exports import _rules

    return _rules.of(name)
