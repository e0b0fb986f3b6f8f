"""Threads: its posts and replies come in a folder of the Instagram download."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.exports import _markup, _meta
from scanner.exports._archive import Archive
from scanner.exports._meta import said
from scanner.exports._pieces import Person, Piece, Post, Who
from scanner.exports._values import dig, listed, when

NAME = "threads"
POSTS = ("threads_and_replies*.json",)
LISTS = ("followers*.json", "following*.json", "pending_threads_follow_requests.json")
PAGES = ("threads_and_replies*.html",)


def tell(archive: Archive) -> float:
    """By the key of its posts."""
    if any('"text_post_app_text_posts"' in archive.peek(name) for name in archive.named(*POSTS)[:4]):
        return 1.0
    return 0.7 if not archive.single and archive.named(*PAGES) else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The name it shares with Instagram, its posts, and the owner's lists."""
    yield from _who(archive)
    for name in archive.named(*POSTS):
        for path, item in archive.items(name):
            if path[:1] == ("text_post_app_text_posts",):
                yield from _post(archive, item)
    for name in archive.named(*PAGES):
        for block in _markup.blocks(archive, name):
            yield from _markup.post(archive, block, kind="post")
    for name in archive.named(*LISTS):
        for path, item in archive.items(name):
            person = said(dig(item, "string_list_data", 0, "value")) or said(dig(item, "title"))
            if (relation := _meta.listing(path, NAME)) and person:
                yield Person(relation, person)


def _who(archive: Archive) -> Iterator[Piece]:
    for name in archive.named("personal_information.json"):
        user = dig(archive.json(name), "profile_user", 0)
        facts = dig(user, "string_map_data") or dig(user, "label_values")
        yield Who(_meta.value_of(facts, "username"), _meta.value_of(facts, "name"))
    for name in archive.named("personal_information.html"):
        for block in _markup.blocks(archive, name):
            yield Who(_markup.labelled(block, "username"), _markup.labelled(block, "name"))


def _post(archive: Archive, item: Any) -> Iterator[Piece]:
    parts = listed(dig(item, "media"))
    files = tuple(m for part in parts if (m := _meta.media(archive, part)))
    titles = [said(dig(item, "title")), *(said(dig(part, "title")) for part in parts)]
    text = next((title for title in titles if title), "")
    date = when(dig(item, "creation_timestamp") or dig(parts, 0, "creation_timestamp"))
    if text or files:
        yield Post("", text, "post", date, media=files)
