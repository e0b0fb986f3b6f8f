"""Tumblr: a blog by its page's data or its theme, and its feed; reblogs are other people's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from data import read_toml
from detectors import Snapshot, Text
from scanner.platforms import (
    _answers,
    _dom,
    _feeds,
    _layout,
    _originals,
    _pictures,
    _reading,
    _state,
    _walls,
    _who,
)
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "tumblr"
EXAMPLE = "https://jo-lee-example.tumblr.com/"
HOST = "tumblr.com"

_STATE = "___INITIAL_STATE___"


def claim(url: str) -> Account | None:
    """A blog by its subdomain or by the name in its path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    blog = host.removesuffix(f".{HOST}") if host != HOST else ""
    if not blog:
        path = [part for part in parts.path.split("/") if part and part not in ("blog", "view")]
        blog = path[0].lstrip("@") if path else ""
    return Account(NAME, blog, url) if re.fullmatch(r"[\w-]{1,32}", blog) else None


def visits(account: Account) -> Iterator[Visit]:
    """The blog's page."""
    yield Visit("profile", account.url, scroll=True)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The feed, where the page does not bring its posts as data."""
    page = _answers.named(pages, "profile")
    if page and not _walls.wall(page) and not _data(page):
        yield Visit("feed", f"https://{account.handle}.{HOST}/rss", via="http", optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The blog's own node of the data; else the theme, with the feed for what it leaves out."""
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page):
        return _reading.read(account, pages[:1])
    state = _data(page)
    blog = _blog(account, state)
    if blog:
        return _from_state(account, page, state, blog)
    return _from_theme(account, page, pages)


def _from_theme(account: Account, page: Page, pages: Sequence[Page]) -> Snapshot:
    """A theme can be any page at all: what names a post's address is a post, the rest is the owner's."""
    soup = _dom.tree(page.html)
    for part in soup.select(_table()["notes"]):
        part.decompose()
    parts = _parts(account, soup)
    here = [_theme_post(account, part, ident, page.url) for ident, part in parts]
    bare = Page(page.name, page.url, page.status, str(_without(soup, parts)), headers=page.headers)
    sheet = _reading.take_apart(account, bare)
    person = _who.read_person(sheet)
    links = tuple(pair for pair in person.links if not re.search(_table()["theirs"], pair[1]))
    person = replace(person, handle=account.handle, links=links)
    posts = _joined(here, list(_feed_posts(pages)))
    flags = _reading.flags_of(sheet, person, [bare])
    if _dom.whole(page).select_one(_table()["ask"]):
        flags["messages_open"] = True
    if not (posts or person.bio or person.links or person.avatar):
        return _reading.read(account, [page])
    fed = _answers.named(pages, "feed")
    notes = [] if posts else ["The posts of this blog could not be read."]
    if fed is None:
        notes.append("Only what this one page shows could be read, not the older posts.")
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=_originals.loaded(pages),
        flags=flags,
        counts={},
        complete="capped" if page.complete == "capped" else "unsure",
        result="ok" if posts else "ok_partial",
        not_seen=notes,
    )


def _parts(account: Account, soup: BeautifulSoup) -> list[tuple[str, Tag]]:
    """The elements that each hold one post of this blog, with its number, outermost only."""
    here = re.compile(
        rf"(?://{re.escape(account.handle)}\.{HOST}|//www\.{HOST}/{re.escape(account.handle)}|^)/(?:post/)?(?P<id>\d{{6,20}})\b",
        re.IGNORECASE,
    )
    found: list[tuple[str, Tag]] = []
    for part in soup.select(_table()["post"]):
        if any(parent is known for parent in part.parents for _, known in found):
            continue
        numbers = {
            match["id"] for link in part.select("a[href]") if (match := here.search(str(link["href"])))
        }
        if len(numbers) == 1:
            found.append((numbers.pop(), part))
    return found


def _without(soup: BeautifulSoup, parts: Sequence[tuple[str, Tag]]) -> BeautifulSoup:
    for _, part in parts:
        part.extract()
    return soup


def _theme_post(account: Account, part: Tag, ident: str, base: str) -> Post:
    table = _table()
    date = part.select_one(table["date"])
    drop = [*part.select(table["beside"]), *([date] if date else [])]
    asked = [one for one in part.select(table["asked"]) if not one.select(table["asked"])]
    drop += asked
    other = part.select_one(table["reblog"]) is not None
    pictures = [picture for _, picture in _pictures.shown(part, base)]
    tags = [link.get_text(" ", strip=True) for link in part.select("a[href*='/tagged/']")]
    words = " ".join(tag if tag.startswith("#") else f"#{tag}" for tag in tags if tag)
    return Post(
        ident,
        _dom.text_of(part, [*drop, *part.select("a[href*='/tagged/']")]),
        author="other" if other else "self",
        date=str(date.get("datetime") or date.get_text(" ", strip=True)) if date else "",
        url=f"https://{account.handle}.{HOST}/post/{ident}",
        pictures=tuple(dict.fromkeys(pictures)),
        videos=len(part.find_all("video")),
        extras=(
            *((Text(ident, "hashtags", words, "other" if other else "self"),) if words else ()),
            *(Text(ident, "comment", said, "other") for one in asked if (said := _dom.text_of(one))),
        ),
    )


def _feed_posts(pages: Sequence[Page]) -> Iterator[Post]:
    """A feed's posts by their number; what was reblogged is quoted in them under the other blog's name."""
    feed = _answers.named(pages, "feed")
    if feed is None or _walls.wall(feed):
        return
    for post in _feeds.read_feed(feed.html, content=_is_reblog):
        number = re.search(r"/(?:post/)?(\d{6,20})\b", post.url)
        yield replace(post, id=number[1] if number else post.id)


def _is_reblog(soup: BeautifulSoup) -> bool:
    return soup.select_one(_table()["reblog"]) is not None


def _joined(here: Sequence[Post], fed: Sequence[Post]) -> list[Post]:
    """Each post once: as the page shows it, with the feed's words where the theme shows none."""
    known = {post.id: post for post in fed}
    joined = []
    for post in here:
        told = known.pop(post.id, None)
        author = "other" if told and told.author == "other" else post.author
        text = post.text if post.text or told is None else told.text
        joined.append(replace(post, text=text, author=author))
    return [*joined, *known.values()]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/tumblr.toml")


def _data(page: Page) -> Mapping[str, Any]:
    return _answers.as_map(_state.block(page, _STATE))


def _blog(account: Account, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fullest node about the blog of that name."""
    name = account.handle.casefold()
    found = [
        node
        for node in _state.walk(state)
        if _answers.word(node.get("name")).casefold() == name and ("description" in node or "avatar" in node)
    ]
    return max(found, key=len, default={})


def _from_state(account: Account, page: Page, state: Mapping[str, Any], blog: Mapping[str, Any]) -> Snapshot:
    sheet = _reading.take_apart(account, page)
    posts = list(_posts(account, state))
    flags = {"signed_out_visible": True, "indexable": not sheet.head.noindex}
    for flag, keys in (
        ("likes_visible", ("shareLikes", "share_likes")),
        ("following_visible", ("shareFollowing", "share_following")),
        ("messages_open", ("ask",)),
    ):
        told = next((blog[key] for key in keys if isinstance(blog.get(key), bool)), None)
        if told is not None:
            flags[flag] = told
    count = _state.number(blog.get("posts"))
    avatars = [_answers.word(row.get("url")) for row in _state.rows(blog.get("avatar"))]
    header = _answers.word(_answers.as_map(blog.get("theme")).get("headerImage"))
    person = Person(
        display_name=_dom.plain(_answers.word(blog.get("title"))) or account.handle,
        handle=account.handle,
        bio=_dom.plain(_answers.word(blog.get("description"))),
        avatar=Picture(tuple(filter(None, avatars))) if any(avatars) else None,
        banner=Picture((header,)) if header.startswith("http") else None,
    )
    whole = bool(posts) and (count is None or len(posts) >= count)
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=page.pictures,
        flags=flags,
        counts={} if count is None else {"posts": count},
        complete="complete" if whole and count is not None else "unsure",
        result="ok" if posts or count == 0 else "ok_partial",
        not_seen=[] if posts or count == 0 else ["The posts of this blog could not be read."],
    )


def _posts(account: Account, state: Mapping[str, Any]) -> Iterator[Post]:
    """The blog's posts. What is in a trail was written by the blog named there."""
    seen: set[str] = set()
    for node in _state.walk(state):
        ident = _answers.word(node.get("id") or node.get("idString"))
        blog = _answers.word(node.get("blogName") or _answers.as_map(node.get("blog")).get("name"))
        listed = isinstance(node.get("content"), list) and node.get("objectType", "post") == "post"
        if not listed or ident in seen or not ident or blog.casefold() != account.handle.casefold():
            continue
        if not (node.get("postUrl") or node.get("post_url")):  # one part of another post's trail
            continue
        seen.add(ident)
        yield _post(account, node, ident)


def _post(account: Account, node: Mapping[str, Any], ident: str) -> Post:
    blocks = _state.rows(node.get("content"))
    asked = _asked(node)
    told = [(_answers.word(block.get("text")), number in asked) for number, block in enumerate(blocks)]
    words = [text for text, question in told if not question]
    pictures = []
    for block in blocks:
        media = [_answers.word(row.get("url")) for row in _state.rows(block.get("media"))]
        if block.get("type") == "image" and any(media):
            alt = _answers.word(block.get("altText") or block.get("alt_text"))
            pictures.append(Picture(tuple(filter(None, media)), alt))
    tags = node["tags"] if isinstance(node.get("tags"), list) else []
    tags = [f"#{tag}" for tag in tags if isinstance(tag, str)]
    links = [_answers.word(block.get("url")) for block in blocks if block.get("type") == "link"]
    extras = [Text(ident, "link", link) for link in links if link]
    if tags:
        extras.append(Text(ident, "hashtags", " ".join(tags)))
    extras += [Text(ident, "comment", text, "other") for text, question in told if text and question]
    for part in _state.rows(node.get("trail")):
        writer = _answers.word(_answers.as_map(part.get("blog")).get("name"))
        said = "\n".join(
            filter(None, (_answers.word(b.get("text")) for b in _state.rows(part.get("content"))))
        )
        if said:
            own = writer.casefold() == account.handle.casefold()
            extras.append(Text(ident, "post", said, "self" if own else "other"))
    return Post(
        ident,
        "\n".join(filter(None, words)),
        date=_answers.word(node.get("date")),
        url=_answers.word(node.get("postUrl") or node.get("post_url")),
        pictures=tuple(pictures),
        videos=sum(block.get("type") == "video" for block in blocks),
        extras=tuple(extras),
    )


def _asked(node: Mapping[str, Any]) -> frozenset[int]:
    """Which of a post's blocks are the question of somebody else that it answers."""
    asks = [row for row in _state.rows(node.get("layout")) if row.get("type") == "ask"]
    numbers = [row["blocks"] for row in asks if isinstance(row.get("blocks"), list)]
    return frozenset(number for listed in numbers for number in listed if isinstance(number, int))
