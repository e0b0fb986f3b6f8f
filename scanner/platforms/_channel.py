"""A YouTube channel as the page's data tells it, in the layouts since 2021."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from scanner.platforms import _dom, _owned, _state
from scanner.platforms._parts import Person, Picture, Post

MAX_POSTS = 400
_VIDEOS = ("videoRenderer", "gridVideoRenderer", "channelVideoPlayerRenderer", "compactVideoRenderer")
_SHORTS = ("reelItemRenderer", "shortsLockupViewModel")
_LISTS = ("playlistRenderer", "gridPlaylistRenderer")
_WRITTEN = ("backstagePostRenderer", "sharedPostRenderer")
_BYLINES = ("shortBylineText", "longBylineText", "ownerText")


def handle(about: Mapping[str, Any]) -> str:
    """The name after the @ in the channel's own address."""
    address = _state.words(about.get("vanityChannelUrl")) or _state.words(_state.dig(about, "ownerUrls", 0))
    path = unquote(_dom.parts(address).path)
    return path.removeprefix("/@") if path.startswith("/@") else ""


def person(data: Any, about: Mapping[str, Any], name: str) -> Person:
    """Who the channel's own fields say it is."""
    told = _panel(data)
    links = dict.fromkeys((*_links(told), *_header_links(data)))
    joined = _text(_state.first(told, ("joinedDateText", "content"), ("joinedDateText",)))
    header = _state.dig(data, "header", "c4TabbedHeaderRenderer") or {}
    banner = _state.first(
        _state.dig(data, "header"),
        ("c4TabbedHeaderRenderer", "banner", "thumbnails"),
        (
            "pageHeaderRenderer",
            "content",
            "pageHeaderViewModel",
            "banner",
            "imageBannerViewModel",
            "image",
            "sources",
        ),
    )
    faces = _state.rows(_state.dig(about, "avatar", "thumbnails")) or _state.rows(
        _state.dig(header, "avatar", "thumbnails")
    )
    return Person(
        display_name=_state.words(about.get("title")),
        handle=name,
        bio=_state.words(about.get("description")) or _state.words(told.get("description")),
        location=_state.words(told.get("country")),
        sections=tuple((where, words) for where, words in (("joined", joined),) if words),
        links=tuple(("", address) for address in links),
        avatar=_sized(faces),
        banner=_sized(_state.rows(banner)),
    )


def flags(data: Any) -> dict[str, bool]:
    """Whether search engines may list the channel, whether it gives a contact, whose lists are open."""
    found: dict[str, bool] = {}
    hidden = [
        _state.dig(data, "microformat", "microformatDataRenderer", key) for key in ("noindex", "unlisted")
    ]
    if any(isinstance(value, bool) for value in hidden):
        found["indexable"] = not any(value is True for value in hidden)
    told = _panel(data)
    if any(key in told for key in ("businessEmailRevealButton", "signInForBusinessEmail", "businessEmail")):
        found["contact_button"] = True
    if any(
        "gridChannelRenderer" in node and _is_subscriptions(data) for node in _state.walk(_selected(data))
    ):
        found["following_visible"] = True
    return found


def counts(data: Any) -> dict[str, int]:
    """Videos and subscribers as the header shows them."""
    header = _state.dig(data, "header", "c4TabbedHeaderRenderer") or {}
    told = _panel(data)
    rows = _state.rows(
        _state.dig(
            data, "header", "pageHeaderRenderer", "content", "pageHeaderViewModel",
            "metadata", "contentMetadataViewModel", "metadataRows",
        )
    )  # fmt: skip
    parts = [_text(part.get("text")) for row in rows for part in _state.rows(row.get("metadataParts"))]
    numbers = [part for part in parts if re.match(r"\s*\d", part)]
    videos = _text(header.get("videosCountText")) or _text(told.get("videoCountText"))
    followers = _text(header.get("subscriberCountText")) or _text(told.get("subscriberCountText"))
    # the new header says subscribers first, then videos, in the visitor's language
    return _owned.counted(
        posts=videos or (numbers[1] if len(numbers) > 1 else ""),
        followers=followers or (numbers[0] if len(numbers) > 1 else ""),
    )


def tabs(data: Any) -> list[str]:
    """The parts of the channel, by the last word of each one's address."""
    found = []
    for row in _state.rows(_state.dig(data, "contents", "twoColumnBrowseResultsRenderer", "tabs")):
        tab = row.get("tabRenderer") or {}
        path = _state.words(_state.dig(tab, "endpoint", "commandMetadata", "webCommandMetadata", "url"))
        found.append(path.rstrip("/").rpartition("/")[2])
    return found


def posts(data: Any, number: str) -> Iterator[Post]:
    """Videos, playlists and written posts on the part of the channel that is open, each with its writer."""
    seen: set[str] = set()
    for node in _state.walk(_selected(data)):
        for key, inner in node.items():
            post = _post(key, inner, number) if isinstance(inner, dict) else None
            if post is not None and post.id not in seen and len(seen) < MAX_POSTS:
                seen.add(post.id)
                yield post


def _post(kind: str, node: Mapping[str, Any], number: str) -> Post | None:
    owned = _is_owners(node, number)
    if kind in _WRITTEN:
        return _written(node, number)
    if kind in _LISTS:
        return _list(_state.words(node.get("playlistId")), _text(node.get("title")), node, owned=owned)
    if kind == "lockupViewModel":
        ident = _state.words(node.get("contentId"))
        title = _text(_state.dig(node, "metadata", "lockupMetadataViewModel", "title"))
        make = _list if "PLAYLIST" in str(node.get("contentType")) else _video
        return make(ident, title, node, owned=owned)
    if kind in _VIDEOS:
        parts = [_text(node.get(key)) for key in ("title", "descriptionSnippet", "description")]
        return _video(_state.words(node.get("videoId")), "\n".join(filter(None, parts)), node, owned=owned)
    if kind in _SHORTS:
        opens = ("onTap", "innertubeCommand", "reelWatchEndpoint", "videoId")
        title = _text(_state.first(node, ("headline",), ("overlayMetadata", "primaryText")))
        return _video(_state.words(_state.first(node, ("videoId",), opens)), title, node, owned=owned)
    return None


def _video(ident: str, text: str, node: Mapping[str, Any], *, owned: bool | None) -> Post | None:
    if not ident or not text:
        return None
    address = f"https://www.youtube.com/watch?v={ident}"
    return Post(ident, text, author=_who(owned), url=address, pictures=_thumbnails(node), videos=1)


def _list(ident: str, title: str, node: Mapping[str, Any], *, owned: bool | None) -> Post | None:
    if not ident or not title:
        return None
    address = f"https://www.youtube.com/playlist?list={ident}"
    return Post(ident, title, author=_who(owned), url=address, pictures=_thumbnails(node))


def _written(node: Mapping[str, Any], number: str) -> Post | None:
    ident, text = _state.words(node.get("postId")), _text(_state.first(node, ("contentText",), ("content",)))
    writer = _state.dig(node, "authorEndpoint", "browseEndpoint", "browseId")
    shared = "originalPost" in node
    attached = _state.dig(node, "backstageAttachment", "backstageImageRenderer", "image", "thumbnails")
    if not ident or not (text or attached):
        return None
    owned = writer == number if writer else None
    face = _sized(_state.rows(attached))
    address = f"https://www.youtube.com/post/{ident}"
    pictures = (face,) if face and not shared else ()
    return Post(ident, text, author=_who(owned), url=address, pictures=pictures)


def _is_owners(node: Mapping[str, Any], number: str) -> bool | None:
    """Whether the byline leads to the channel; None where there is none, as beside the owner's own videos."""
    lines = [node.get(key) for key in _BYLINES] + [
        _state.dig(node, "metadata", "lockupMetadataViewModel", "metadata")
    ]
    ids = {
        found
        for line in lines
        for inner in _state.walk(line)
        if isinstance(found := inner.get("browseId"), str) and found.startswith("UC")
    }
    return number in ids if ids else None


def _who(owned: bool | None) -> str:  # noqa: FBT001
    return "other" if owned is False else "self"


def _selected(data: Any) -> Any:
    """The part that is open; menus, suggestions and other parts of the page are not the owner's."""
    found = [
        _state.dig(tab, "content")
        for row in _state.rows(_state.dig(data, "contents", "twoColumnBrowseResultsRenderer", "tabs"))
        if isinstance(tab := row.get("tabRenderer") or row.get("expandableTabRenderer"), dict)
    ]
    return [part for part in found if part]


def _is_subscriptions(data: Any) -> bool:
    for row in _state.rows(_state.dig(data, "contents", "twoColumnBrowseResultsRenderer", "tabs")):
        tab = row.get("tabRenderer") or {}
        path = _state.words(_state.dig(tab, "endpoint", "commandMetadata", "webCommandMetadata", "url"))
        if tab.get("selected") is True and path.endswith("/channels"):
            return any(
                "subscriptions" in str(node.get("url", "")) for node in _state.walk(tab.get("content"))
            )
    return False


def _panel(data: Any) -> Mapping[str, Any]:
    """The channel's "about" fields, wherever this layout keeps them."""
    for node in _state.walk(data):
        for key in ("aboutChannelViewModel", "channelAboutFullMetadataRenderer"):
            if isinstance(found := node.get(key), dict):
                return found
    return {}


def _links(told: Mapping[str, Any]) -> Iterator[str]:
    for row in _state.rows(told.get("links")):
        text = _text(_state.dig(row, "channelExternalLinkViewModel", "link"))
        if text:
            yield text if text.startswith("http") else f"https://{text}"
    for row in _state.rows(told.get("primaryLinks")):
        address = _state.words(_state.dig(row, "navigationEndpoint", "urlEndpoint", "url"))
        if address:
            yield _owned.unwrapped(address)


def _header_links(data: Any) -> Iterator[str]:
    paths = (
        ("c4TabbedHeaderRenderer", "headerLinks", "channelHeaderLinksViewModel", "firstLink"),
        (
            "pageHeaderRenderer",
            "content",
            "pageHeaderViewModel",
            "attribution",
            "attributionViewModel",
            "text",
        ),
    )
    for path in paths:
        text = _text(_state.dig(data, "header", *path))
        if re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", text):
            yield text if text.startswith("http") else f"https://{text}"


def _thumbnails(node: Mapping[str, Any]) -> tuple[Picture, ...]:
    found = _state.first(
        node,
        ("thumbnail", "thumbnails"),
        ("thumbnail", "sources"),
        ("contentImage", "thumbnailViewModel", "image", "sources"),
        ("thumbnailViewModel", "thumbnailViewModel", "image", "sources"),
    )
    picture = _sized(_state.rows(found))
    return (picture,) if picture else ()


def _sized(found: list[Mapping[str, Any]]) -> Picture | None:
    """One picture in several sizes."""
    addresses = [
        f"https:{url}" if str(url).startswith("//") else url for row in found if (url := row.get("url"))
    ]
    return next(iter(_owned.pictures(addresses)), None)


def _text(value: Any) -> str:
    """A text in any of the forms this data writes it."""
    if isinstance(value, dict):
        if isinstance(value.get("runs"), list):
            return _state.words("".join(str(row.get("text") or "") for row in _state.rows(value["runs"])))
        return _state.words(_state.first(value, ("simpleText",), ("content",)))
    return _state.words(value)
