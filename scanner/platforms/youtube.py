"""YouTube: the channel's own data in the page, its feed, and the page's head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from detectors import Snapshot
from scanner.platforms import _channel, _dom, _feeds, _owned, _state, _walls
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "youtube"
EXAMPLE = "https://www.youtube.com/@JoLeeRuns"
FEED = "https://www.youtube.com/feeds/videos.xml?channel_id="
TABS = ("playlists", "posts", "community")
"""Parts of a channel besides its first page that show a person's own words."""

_PATH = re.compile(
    r"/(?:@(?P<handle>[\w.\-·]{1,60})|channel/(?P<id>UC[\w-]{22})|(?:c|user)/(?P<name>[^/]{1,100}))(?:/[a-z]+)?/?"
)


def claim(url: str) -> Account | None:
    """A channel by its handle, its number or an older name."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["handle"] or match["id"] or match["name"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The channel's first page."""
    yield Visit("profile", account.url, scroll=True)


def more(_: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The channel's feed, and those of its parts that the page says are there."""
    if not pages or _walls.wall(pages[0]):
        return
    data = _data(pages[0])
    about = _about(data)
    if number := _state.words(about.get("externalId")):
        yield Visit("feed", FEED + number, via="http", optional=True)
        for name in _channel.tabs(data):
            if name in TABS:
                yield Visit(name, f"https://www.youtube.com/channel/{number}/{name}", optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The page's data and the feed; else the head."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, pages: Sequence[Page]) -> Snapshot | None:
    data = _data(page)
    about = _about(data)
    number = _state.words(about.get("externalId"))
    if not number:
        gone = _state.rows(_state.dig(data, "alerts"))
        errors = [row for row in gone if _state.dig(row, "alertRenderer", "type") == "ERROR"]
        return _owned.unread(account, "not_found_or_hidden") if errors else None
    handle = _channel.handle(about)
    if not _is_the_accounts(account, page, number, handle):
        return _owned.another(account)
    person, counts, flags = _channel.person(data, about, handle), _channel.counts(data), _channel.flags(data)
    posts = {post.id: post for one in (data, *_parts(pages)) for post in _channel.posts(one, number)}
    for post in _fed(pages, number, person.display_name):
        posts[post.id] = _with_feed(posts[post.id], post) if post.id in posts else post
    return _owned.finish(account, page, person, list(posts.values()), flags=flags, counts=counts)


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    about, whole = _owned.summary(page), _dom.whole(page)
    canonical = next((str(link.get("href")) for link in whole.select("link[rel=canonical]")), "")
    address = about.head.meta.get("og:url", "") or canonical
    match = _PATH.fullmatch(unquote(_dom.parts(address).path))
    kind = about.head.meta.get("og:type", "profile")
    if not match or not about.title or kind not in ("profile", "yt-fb-app:channel"):
        return None
    number, handle = match["id"] or "", match["handle"] or ""
    if not _is_the_accounts(account, page, number, handle):
        return _owned.another(account)
    description = _state.words(about.description)
    note = "Only the page's summary for search engines could be read."
    return _owned.finish(
        account,
        page,
        Person(
            re.sub(r"\s+-\s+YouTube$", "", about.title),
            handle,
            bio=description,
            avatar=_owned.picture(about.picture),
        ),
        [],
        flags={},
        counts={},
        notes=[note],
        partly=True,
    )


def _data(page: Page) -> Any:
    return _state.block(page, "ytInitialData")


def _about(data: Any) -> Mapping[str, Any]:
    return _state.dig(data, "metadata", "channelMetadataRenderer") or {}


def _is_the_accounts(account: Account, page: Page, number: str, handle: str) -> bool:
    """Whether a channel is the one asked for; an older name cannot be compared with anything."""
    older = re.match(r"/(?:c|user)/", urlsplit(account.url).path) is not None
    return older or _owned.same(account, page, number) or _owned.same(account, page, handle)


def _parts(pages: Sequence[Page]) -> Iterator[Any]:
    for page in pages[1:]:
        if page.name in TABS and not _walls.wall(page):
            yield _data(page)


def _fed(pages: Sequence[Page], number: str, name: str) -> Iterator[Post]:
    """The feed's entries, where it is this channel's."""
    page = next((page for page in pages if page.name == "feed"), None)
    asked = parse_qs(urlsplit(page.url).query).get("channel_id", [""])[0] if page else ""
    if page is not None and asked in ("", number) and not _walls.wall(page):
        for post in _feeds.read_feed(page.html, lambda signed, _: signed.casefold() == name.casefold()):
            yield replace(post, text=_state.words(post.text), videos=1)


def _with_feed(shown: Post, fed: Post) -> Post:
    """What the page shows of a video, with the date and the description that only the feed has."""
    text = fed.text if shown.text in fed.text else "\n".join(filter(None, (shown.text, fed.text)))
    return replace(shown, text=text, date=fed.date or shown.date)
