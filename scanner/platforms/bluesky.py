"""Bluesky: the public API's profile and feed, and the page that loads the pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from detectors import Snapshot, Text
from scanner.platforms import _layout, _pictures, _refused, _saved_bluesky, _walls
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "bluesky"
EXAMPLE = "https://bsky.app/profile/jo-lee.bsky.example"
ANYWHERE = True
PUBLIC_API = "https://public.api.bsky.app"
PAGE_SIZE = 100

_PATH = re.compile(r"/profile/(?P<actor>did:[a-z]+:[\w.:%-]+|[\w-]+(?:\.[\w-]+)+)/?", re.ASCII)
_HIDDEN = "!no-unauthenticated"


def claim(url: str) -> Account | None:
    """A profile by handle or by DID; elsewhere only where a port tells of a network under test.

    Many sites have addresses like /profile/jo.lee, so a look alone is not enough on the open web.
    """
    parts = urlsplit(url)
    match = _PATH.fullmatch(unquote(parts.path))
    if not match or not (_refused.owner(url) == NAME or _port(url)):
        return None
    return Account(NAME, match["actor"], f"{parts.scheme}://{parts.netloc}/profile/{match['actor']}")


def visits(account: Account) -> Iterator[Visit]:
    """The profile as the public API gives it to anyone, signed out."""
    yield Visit(
        "profile", f"{_api(account)}/xrpc/app.bsky.actor.getProfile?actor={quote(account.handle)}", via="http"
    )


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The posts and the page, unless the person asked not to be shown to people who are signed out."""
    told = _answer(pages, "profile")
    if not told or _hidden(told):
        return
    query = f"actor={quote(account.handle)}&limit={PAGE_SIZE}"
    yield Visit(
        "feed", f"{_api(account)}/xrpc/app.bsky.feed.getAuthorFeed?{query}", via="http", optional=True
    )
    yield Visit("page", account.url, scroll=True, optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """Profile and posts from the API, pictures from what the page loaded. A saved page is read as it is."""
    told = _answer(pages, "profile")
    if pages and _saved_bluesky.is_saved(pages[0]):
        return _saved_bluesky.read(account, pages[0])
    if not told.get("did"):
        return _absent(account, pages)
    if _hidden(told):
        sentence = (
            "This account asks apps not to show it to people who are signed out, so its posts were not read. "
            "The request is only a label: everything posted is public, and other apps may show it."
        )
        return _layout.unread(account, "skipped_by_terms", sentence, {"signed_out_visible": False})
    came = isinstance(_answer(pages, "feed").get("feed"), list)
    feed = _rows(_answer(pages, "feed").get("feed"))
    posts = [
        post for number, row in enumerate(feed, start=1) if (post := _post(row, str(told["did"]), number))
    ]
    cut = bool(_answer(pages, "feed").get("cursor")) and len(feed) >= PAGE_SIZE
    notes = [] if came else ["The posts of this account could not be read."]
    if cut:
        notes.append(f"Only the newest {PAGE_SIZE} posts were read.")
    page = next((page for page in pages if page.name == "page"), None)
    person = _person(told)
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=_by_content(page.pictures, person, posts) if page else {},
        flags={"signed_out_visible": True},
        counts=_counts(told),
        complete="capped" if cut else ("complete" if came else "unsure"),
        result="ok" if came else "ok_partial",
        not_seen=notes,
    )


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _absent(account: Account, pages: Sequence[Page]) -> Snapshot:
    first = pages[0] if pages else None
    if first is None:
        return _layout.unread(account, "unreachable", "No answer came back.")
    if first.status == HTTPStatus.BAD_REQUEST and re.search(
        r"profile not found|unable to resolve|invalid", first.html, re.IGNORECASE
    ):
        return _layout.unread(account, "not_found_or_hidden", "There is no such account, or it is hidden.")
    if first.status == HTTPStatus.BAD_REQUEST and re.search(
        r"suspended|takendown|deactivated", first.html, re.IGNORECASE
    ):
        return _layout.unread(account, "not_found_or_hidden", "The account is switched off.")
    return _layout.unread(
        account, _walls.wall(first) or "layout_changed", "The answer could not be read as a profile."
    )


def _person(told: Mapping[str, Any]) -> Person:
    website = str(told.get("website") or "")
    return Person(
        display_name=str(told.get("displayName") or told.get("handle") or ""),
        handle=str(told.get("handle") or ""),
        bio=str(told.get("description") or ""),
        links=(("", website),) if website else (),
        avatar=Picture((str(told["avatar"]),)) if told.get("avatar") else None,
        banner=Picture((str(told["banner"]),)) if told.get("banner") else None,
    )


def _post(row: Any, did: str, number: int) -> Post | None:
    post = row.get("post") if isinstance(row, dict) else None
    if not isinstance(post, dict):
        return None
    writer, record = _map(post.get("author")), _map(post.get("record"))
    author = "self" if writer.get("did") == did else "other"  # a repost of one's own is still one's own
    ident = str(post.get("uri") or "").rpartition("/")[2] or f"post-{number}"
    embed = _map(post.get("embed"))
    media = _map(embed.get("media")) if "media" in embed else embed
    pictures = [
        Picture(
            tuple(str(part[key]) for key in ("fullsize", "thumb") if part.get(key)),
            str(part.get("alt") or ""),
        )
        for part in map(_map, _rows(media.get("images")))
        if part.get("fullsize") or part.get("thumb")
    ]
    video = "video" in str(media.get("$type") or "")
    if video and media.get("thumbnail"):
        pictures.append(Picture((str(media["thumbnail"]),), str(media.get("alt") or "")))
    return Post(
        ident,
        str(record.get("text") or ""),
        author=author,
        date=str(record.get("createdAt") or ""),
        url=f"https://bsky.app/profile/{writer.get('handle') or did}/post/{ident}",
        pictures=tuple(pictures),
        videos=int(video),
        extras=tuple(_extras(record, embed, media, ident, author)),
    )


def _extras(
    record: Mapping[str, Any], embed: Mapping[str, Any], media: Mapping[str, Any], ident: str, author: str
) -> Iterator[Text]:
    text = str(record.get("text") or "")
    addresses = [str(_map(media.get("external")).get("uri") or "")]
    for facet in map(_map, _rows(record.get("facets"))):
        addresses += [str(feature.get("uri") or "") for feature in map(_map, _rows(facet.get("features")))]
    for address in dict.fromkeys(filter(None, addresses)):
        if re.sub(r"^https?://", "", address).rstrip("/") not in text:
            yield Text(ident, "link", address, author)
    if tags := [str(tag) for tag in _rows(record.get("tags")) if isinstance(tag, str)]:
        yield Text(ident, "hashtags", " ".join(f"#{tag}" for tag in tags), author)
    quoted = _map(_map(embed.get("record")).get("record") or embed.get("record"))
    if words := str(_map(quoted.get("value")).get("text") or ""):
        yield Text(ident, "post", words, "other")


def _by_content(loaded: Mapping[str, bytes], person: Person, posts: Sequence[Post]) -> dict[str, bytes]:
    """The pictures the page loaded, also under the API's address for the same file."""
    found = dict(loaded)
    ids = {
        _content_id(address): data
        for address, data in sorted(loaded.items(), key=lambda pair: len(pair[1]))
        if _content_id(address)
    }
    wanted = [picture for post in posts for picture in post.pictures] + [
        p for p in (person.avatar, person.banner) if p
    ]
    for picture in wanted:
        if _pictures.bytes_of(picture, loaded) is None and (
            data := ids.get(_content_id(picture.addresses[0]))
        ):
            found[picture.addresses[0]] = data
    return found


def _content_id(address: str) -> str:
    match = re.search(r"/(baf[a-z2-7]{20,})", address)
    return match[1] if match else ""


def _hidden(told: Mapping[str, Any]) -> bool:
    return any(_map(label).get("val") == _HIDDEN for label in _rows(told.get("labels")))


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    names = {"posts": "postsCount", "followers": "followersCount", "following": "followsCount"}
    return {
        name: told[key] for name, key in names.items() if isinstance(told.get(key), int) and told[key] >= 0
    }


def _api(account: Account) -> str:
    parts = urlsplit(account.url)
    return PUBLIC_API if parts.hostname == "bsky.app" else f"{parts.scheme}://{parts.netloc}"


def _answer(pages: Sequence[Page], name: str) -> Mapping[str, Any]:
    page = next((page for page in pages if page.name == name), None)
    if page is None or page.status != HTTPStatus.OK:
        return {}
    try:
        return _map(json.loads(page.html))
    except (ValueError, RecursionError):
        return {}


def _rows(value: Any) -> list[Any]:
    return value[:PAGE_SIZE] if isinstance(value, list) else []


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
