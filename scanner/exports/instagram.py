"""Instagram: JSON and HTML of the Accounts Centre since 2021, and the flat files of 2019 and 2020."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from detectors import Text
from scanner.exports import _markup, _meta
from scanner.exports._archive import Archive
from scanner.exports._meta import said
from scanner.exports._pieces import Flag, Media, Note, Person, Piece, Post, SignIn, Who
from scanner.exports._values import dig, listed, when, words

NAME = "instagram"

MEDIA = (
    "posts*.json", "stories*.json", "reels.json", "reels_*.json", "profile_photos.json",
    "archived_posts*.json", "igtv_videos*.json",
)  # fmt: skip
COMMENTS = ("post_comments*.json", "reels_comments*.json")
LISTS = (
    "followers.json", "followers_*.json", "following.json", "following_*.json", "close_friends.json",
    "pending_follow_requests.json", "follow_requests_you've_received.json",
)  # fmt: skip
STORIES = (
    "Stories go after a day, unless you keep them as highlights. Your download does not say which you kept."
)

_SIGNS = re.compile(
    r'"profile_user"|"ig_(?:stories|reels_media|profile_picture|archived_post_media|igtv_media)"'
    r'|"comments_media_comments"'
    r'|"comments_reels_comments"'
    r'|"relationships_(?:followers|following)"|"href"\s*:\s*"https:\\?/\\?/www\.instagram\.com'
    r'|"uri"\s*:\s*"(?:[^"]*/)?media\\?/(?:posts|stories|reels|profile)\\?/'
)
_POST = re.compile(r'^\s*\[\s*\{\s*"media"\s*:\s*\[\s*\{\s*"uri"')
_OLD = re.compile(r'"private_account"|"biography"[^}]*"username"|"date_joined"')
_OLD_MEDIA = re.compile(r'^\s*\{\s*"(?:photos|stories|profile|videos|direct)"\s*:\s*\[')
_PAGES = re.compile(r"instagram\.com|Instagram")


def tell(archive: Archive) -> float:
    """By the keys of its own lists, or the flat files of old."""
    for name in archive.named(*MEDIA, *COMMENTS, *LISTS, "personal_information.json")[:12]:
        start = archive.peek(name)
        if _SIGNS.search(start) or _POST.match(start):
            return 1.0
    for name in archive.named("profile.json", "media.json")[:4]:
        start = archive.peek(name)
        if _OLD.search(start) or _OLD_MEDIA.search(start):
            return 0.9
    if archive.single:
        return 0.0
    pages = archive.named("posts_*.html", "followers_*.html", "personal_information.html")
    return 0.8 if any(_PAGES.search(archive.peek(name)) for name in pages[:4]) else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """Profile and settings first, then posts, comments and the owner's lists."""
    yield from _profile(archive)
    stories = False
    for name in archive.named(*MEDIA):
        for path, item in archive.items(name):
            stories = stories or path[:1] == ("ig_stories",)
            yield from _media(archive, path, item)
    if stories:
        yield Note(STORIES)
    for name in archive.named(*COMMENTS):
        for _, item in archive.items(name):
            yield from _comment(item)
    for name in archive.named(*LISTS):
        for path, item in archive.items(name):
            yield from _people(path, item, name)
    yield from _flat(archive)
    yield from _pages(archive)


def _profile(archive: Archive) -> Iterator[Piece]:
    for name in archive.named("personal_information.json"):
        user = dig(archive.json(name), "profile_user", 0)
        facts = dig(user, "string_map_data") or dig(user, "label_values")
        yield from _facts(facts)
        photo = _meta.labelled(dig(user, "media_map_data"), "photo")
        if found := _meta.media(archive, photo):
            yield Media(found.member, "avatar", date=found.date)
    for name in archive.named("comments_allowed_from.json"):
        for _, item in archive.items(name):
            facts = dig(item, "string_map_data")
            value = _meta.value_of(facts, "comments_from") or said(
                dig(list((facts or {}).values()), 0, "value")
            )
            if value:
                yield Flag("comments_open", _meta.everyone(value))


def _facts(facts: Any) -> Iterator[Piece]:
    yield Who(_meta.value_of(facts, "username"), _meta.value_of(facts, "name"))
    if bio := _meta.value_of(facts, "bio"):
        yield Text("bio", "bio", bio)
    if site := _meta.value_of(facts, "website"):
        yield Text("link-1", "link", site, url=site)
    if email := _meta.value_of(facts, "email"):
        yield SignIn(email)
    if (private := _meta.switch(_meta.value_of(facts, "private"))) is not None:
        yield Flag("private", private)


def _media(archive: Archive, path: tuple[str, ...], item: Any) -> Iterator[Piece]:
    if not isinstance(item, dict):
        return
    key = path[0] if path else ""
    if key == "ig_profile_picture":
        if found := _meta.media(archive, item):
            yield Media(found.member, "avatar", date=found.date)
        return
    labels = item.get("label_values")
    audience = "only-me" if "archived" in key else _meta.audience(_meta.labelled(labels, "audience"))
    parts = listed(item.get("media")) or ([item] if item.get("uri") else [])
    files = tuple(m for one in parts if (m := _meta.media(archive, one, audience=audience)))
    text = said(item.get("title")) or _meta.value_of(labels, "caption")
    if not text and files and files[0].caption and len({m.caption for m in files if m.caption}) == 1:
        text = files[0].caption
    date = when(item.get("creation_timestamp")) or next((m.date for m in files if m.date), "")
    ident = files[0].member.rpartition("/")[2] if files else ""
    yield Post(ident, text, "caption", date, audience, media=files)


def _comment(item: Any) -> Iterator[Piece]:
    facts = dig(item, "string_map_data")
    old = dig(item, "string_list_data", 0)
    text = _meta.value_of(facts, "comment") or said(dig(old, "value"))
    date = _meta.stamp_of(facts) or when(dig(old, "timestamp"))
    if text:
        yield Post("", text, "comment", date)


def _people(path: tuple[str, ...], item: Any, name: str) -> Iterator[Piece]:
    relation = (
        _meta.listing(path, NAME)
        if path
        else ("followers" if "followers" in name.casefold() else "following")
    )
    entry = dig(item, "string_list_data", 0)
    person = said(dig(entry, "value")) or said(dig(item, "title"))
    if relation and person and dig(item, "string_list_data") is not None:
        yield Person(relation, person)


def _flat(archive: Archive) -> Iterator[Piece]:
    """The layout of 2019 and 2020: one file each, times as text, comments as rows."""
    for name in archive.named("profile.json"):
        yield from _old_profile(archive.json(name))
    for name in archive.named("settings.json"):
        if allowed := words(dig(archive.json(name), "allow_comments_from")):
            yield Flag("comments_open", _meta.everyone(allowed))
    for name in archive.named("media.json", "comments.json", "connections.json"):
        for path, item in archive.items(name):
            yield from _old_item(archive, path, item)


def _old_profile(profile: Any) -> Iterator[Piece]:
    yield Who(words(dig(profile, "username")), said(dig(profile, "name")))
    if bio := said(dig(profile, "biography")):
        yield Text("bio", "bio", bio)
    if site := words(dig(profile, "website")):
        yield Text("link-1", "link", site, url=site)
    if email := words(dig(profile, "email")):
        yield SignIn(email)
    if isinstance(private := dig(profile, "private_account"), bool):
        yield Flag("private", private)


def _old_item(archive: Archive, path: tuple[str, ...], item: Any) -> Iterator[Piece]:
    key = path[0] if path else ""
    if key in ("photos", "videos", "stories", "profile"):  # not "direct": pictures out of messages
        yield from _old_media(archive, key, item)
    elif key.endswith("_comments") and isinstance(item, list):
        if text := said(dig(item, 1)):
            yield Post("", text, "comment", when(dig(item, 0)))
    elif key in ("followers", "following", "close_friends") and len(path) == 2:  # noqa: PLR2004
        yield Person(key.replace("_", " "), path[1])


def _old_media(archive: Archive, key: str, item: Any) -> Iterator[Piece]:
    found = _meta.media(archive, item)
    if not found:
        return
    if key == "profile":
        yield Media(found.member, "avatar", date=found.date)
        return
    extras = tuple(_meta.place(dig(item, "location")))
    ident = found.member.rpartition("/")[2]
    yield Post(ident, found.caption, "caption", found.date, extras=extras, media=(found,))


def _pages(archive: Archive) -> Iterator[Piece]:
    """The HTML form. Its clock is eight hours behind, and it says less than the JSON."""
    for name in archive.named("personal_information.html"):
        for block in _markup.blocks(archive, name):
            yield from _facts(block.pairs)
    for name in archive.named("posts*.html", "stories*.html", "reels.html", "profile_photos.html"):
        for block in _markup.blocks(archive, name):
            yield from _markup.post(archive, block, kind="avatar" if "profile_photos" in name else "caption")
    for name in archive.named("post_comments*.html", "reels_comments*.html"):
        for block in _markup.blocks(archive, name):
            yield Post("", _markup.labelled(block, "comment"), "comment", block.date)
    for name in archive.named("followers_*.html", "following.html"):
        relation = "followers" if "followers" in name.rpartition("/")[2] else "following"
        for block in _markup.blocks(archive, name):
            yield Person(relation, block.title or next((text for text, _ in block.links if text), ""))
