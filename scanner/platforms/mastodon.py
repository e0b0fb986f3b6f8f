"""Mastodon and servers that speak its API: a page, the public account answer and its posts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from data import read_toml
from detectors import Snapshot, Text
from scanner.platforms import _dom, _feeds, _head, _layout, _originals, _reading, _videos, _walls
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "mastodon"
PAGE_SIZE = 40
MAX_FIELDS = 40
MAX_MEDIA = 40
MOVING = ("video", "gifv")
EXAMPLE = "https://social.example/@jo_lee"

_PATH = re.compile(
    r"/(?:web/)?(?:@|users/)(?P<user>\w+(?:[\w.-]*\w)?)(?:@(?P<remote>[\w-]+(?:\.[\w-]+)+))?/?", re.ASCII
)


def claim(url: str) -> Account | None:
    """An `@name` address, moved to the account's own server where it names another one.

    Many kinds of sites write addresses this way; whether this is one of ours, the answers tell.
    """
    parts = urlsplit(url)
    match = _PATH.fullmatch(parts.path)
    if not match or not parts.hostname:
        return None
    server = (match["remote"] or parts.netloc).lower()
    if match["remote"] or "/web/" in parts.path:
        url = f"{parts.scheme}://{server}/@{match['user']}"
    return Account(NAME, f"{match['user']}@{server}", url)


def visits(account: Account) -> Iterator[Visit]:
    """The page; what else there is to ask for shows there."""
    yield Visit("profile", account.url, scroll=True)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The account as the server's public API tells it, then its posts by its number.

    Servers that refuse the account are asked for its feed. A page that shows no sign of such a
    server is all there is.
    """
    page = _named(pages, "profile")
    if page is None or not (_signs(account, page, "hint") or _signs(account, page, "server")):
        return
    yield Visit(
        "account",
        f"{_root(account)}/api/v1/accounts/lookup?acct={quote(_user(account))}",
        via="http",
        optional=True,
    )
    if number := _number(account, pages):
        yield Visit(
            "statuses",
            f"{_root(account)}/api/v1/accounts/{number}/statuses?limit={PAGE_SIZE}",
            via="http",
            optional=True,
        )
    elif _signs(account, page, "server"):
        yield Visit("feed", f"{_root(account)}/@{_user(account)}.rss", via="http", optional=True)
    told = _answer(pages, "account")
    yield from _videos.visits(Person(), _told(_list(pages, "statuses"), told), pages)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """Read the API's answers where they came; else the page and its feed.

    Where neither shows such a server, the page is read as any other site's.
    """
    told = _answer(pages, "account")
    page = _named(pages, "profile")
    if not _number(account, pages):
        if page is not None and _signs(account, page, "server"):
            return _from_page(account, pages)
        return _reading.read(Account("site", "", account.url), [page] if page else [])
    statuses = _list(pages, "statuses")[:PAGE_SIZE]
    posts = _told(statuses, told)
    person = _person(told)
    notes = [] if _came(pages, "statuses") else ["The server did not give the posts of this account."]
    if len(statuses) >= PAGE_SIZE:
        notes.append(f"Only the newest {PAGE_SIZE} posts were read.")
    closed = (
        told.get("locked") is True
        and bool(told.get("statuses_count"))
        and _came(pages, "statuses")
        and not posts
    )
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=_originals.loaded(pages),
        flags=_flags(told, page, closed=closed),
        counts=_counts(told),
        complete="capped"
        if len(statuses) >= PAGE_SIZE
        else ("complete" if _came(pages, "statuses") else "unsure"),
        result="private_confirmed" if closed else ("ok" if _came(pages, "statuses") else "ok_partial"),
        not_seen=notes,
    )


def _from_page(account: Account, pages: Sequence[Page]) -> Snapshot:
    snapshot = _reading.read(account, [page for page in pages if page.name == "profile"])
    feed = _named(pages, "feed")
    said = {text.value for text in snapshot.texts}
    extra = (
        []
        if feed is None or _walls.wall(feed)
        else [post for post in _feeds.read_feed(feed.html) if post.text not in said]
    )
    if not extra or any(text.kind == "post" for text in snapshot.texts):
        return snapshot
    person = Person(
        snapshot.display_name,
        snapshot.handle,
        bio=next((t.value for t in snapshot.texts if t.where == "bio"), ""),
    )
    page = _named(pages, "profile")
    return _layout.lay_out(
        account,
        person,
        extra,
        loaded=page.pictures if page else {},
        flags=snapshot.flags,
        counts={name: number for name, number in snapshot.counts.items() if name != "images"},
        complete="unsure",
        result="ok_partial",
        not_seen=["The posts come from the account's feed, which holds only the newest."],
    )


def _person(told: Mapping[str, Any]) -> Person:
    fields = [row for row in _rows(told.get("fields"), MAX_FIELDS) if isinstance(row, dict)]
    links = [address for row in fields for address in _addresses(str(row.get("value") or ""))]
    return Person(
        display_name=str(told.get("display_name") or told.get("username") or ""),
        handle=str(told.get("acct") or told.get("username") or ""),
        bio=_dom.plain(str(told.get("note") or "")),
        sections=tuple(
            (
                f"field-{number}",
                f"{_dom.plain(str(row.get('name') or ''))}: {_dom.plain(str(row.get('value') or ''))}",
            )
            for number, row in enumerate(fields, start=1)
        ),
        links=tuple(("", address) for address in dict.fromkeys(links)),
        avatar=_own_picture(told, "avatar"),
        banner=_own_picture(told, "header"),
    )


def _own_picture(told: Mapping[str, Any], key: str) -> Picture | None:
    found = [str(told.get(name) or "") for name in (key, f"{key}_static")]
    kept = tuple(address for address in found if address and not address.endswith("/missing.png"))
    return Picture(kept, str(told.get(f"{key}_description") or "")) if kept else None


def _addresses(html: str) -> Iterator[str]:
    for link in _dom.tree(html).find_all("a", href=True):
        if not {"mention", "hashtag"} & set(_dom.tokens(link)):
            yield str(link["href"])


def _told(statuses: Sequence[Any], told: Mapping[str, Any]) -> list[Post]:
    found = (_post(status, told, number) for number, status in enumerate(statuses[:PAGE_SIZE], start=1))
    return [post for post in found if post]


def _post(status: Any, told: Mapping[str, Any], number: int) -> Post | None:
    if not isinstance(status, dict):
        return None
    boosted = status.get("reblog")
    shown = boosted if isinstance(boosted, dict) else status
    writer = shown.get("account") or {}
    other = isinstance(boosted, dict) or (
        isinstance(writer, dict) and writer.get("id") not in (None, told.get("id"))
    )
    ident, author = str(status.get("id") or f"post-{number}"), "other" if other else "self"
    media = [part for part in _rows(shown.get("media_attachments"), MAX_MEDIA) if isinstance(part, dict)]
    text = "\n".join(
        filter(None, (_dom.plain(str(shown.get(key) or "")) for key in ("spoiler_text", "content")))
    )
    links = [
        address
        for address in _addresses(str(shown.get("content") or ""))
        if re.sub(r"^https?://", "", address).rstrip("/") not in text
    ]
    return Post(
        ident,
        text,
        author=author,
        date=str(status.get("created_at") or ""),
        url=str(shown.get("url") or ""),
        pictures=tuple(picture for part in media if (picture := _picture(part)).addresses),
        videos=sum(1 for part in media if part.get("type") in MOVING),
        clips=tuple(
            Picture((str(part["url"]),), str(part.get("description") or ""))
            for part in media
            if part.get("type") in MOVING and str(part.get("url") or "").startswith("http")
        ),
        extras=tuple(Text(ident, "link", address, author) for address in dict.fromkeys(links)),
    )


def _picture(part: Mapping[str, Any]) -> Picture:
    """A picture, or the still one that stands for a video."""
    keys = {"image": ("url", "preview_url"), **dict.fromkeys(MOVING, ("preview_url",))}
    addresses = tuple(str(part[key]) for key in keys.get(str(part.get("type")), ()) if part.get(key))
    return Picture(addresses, str(part.get("description") or ""))


def _flags(told: Mapping[str, Any], page: Page | None, *, closed: bool) -> dict[str, bool]:
    flags = {"signed_out_visible": not closed}
    if closed:
        flags["private"] = True
    elif told.get("locked") is False:
        flags["private"] = False
    if isinstance(told.get("discoverable"), bool):
        flags["discoverable"] = told["discoverable"]
    # `noindex` speaks of search engines, `indexable` of searching posts; either lets strangers search
    stated = [not told["noindex"]] if isinstance(told.get("noindex"), bool) else []
    stated += [told["indexable"]] if isinstance(told.get("indexable"), bool) else []
    if page and not _walls.wall(page) and not isinstance(told.get("noindex"), bool):
        whole = _dom.whole(page)
        stated.append(not _head.read_head(whole, page, _dom.base_of(whole, page.url)).noindex)
    if stated:
        flags["indexable"] = any(stated)
    if isinstance(told.get("hide_collections"), bool):
        flags["followers_visible"] = flags["following_visible"] = not told["hide_collections"]
    return flags


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    names = {"posts": "statuses_count", "followers": "followers_count", "following": "following_count"}
    return {
        name: told[key] for name, key in names.items() if isinstance(told.get(key), int) and told[key] >= 0
    }


def _signs(account: Account, page: Page, kind: str) -> bool:
    """Whether a page's markup, headers or title show a server that speaks this API.

    `kind` is "server" for marks only such servers have, "hint" for what their relatives share.
    """
    table = _marks()[kind]
    headers = "\n".join(f"{name.lower()}: {value}" for name, value in page.headers.items())
    if any(re.search(pattern, headers, re.IGNORECASE | re.MULTILINE) for pattern in table["headers"]):
        return True
    whole = _dom.whole(page)
    if whole.select_one(table["selector"]):
        return True
    user, host = re.escape(_user(account)), re.escape(urlsplit(account.url).hostname or "")
    titles = [whole.title.get_text() if whole.title else ""]
    titles += [str(element.get("content") or "") for element in whole.select("meta[property='og:title']")]
    pattern = table["title"].replace("{user}", user).replace("{host}", host)
    return any(re.search(pattern, title, re.IGNORECASE) for title in titles)


@lru_cache(maxsize=1)
def _marks() -> Mapping[str, Any]:
    return read_toml("web/mastodon.toml")


def _number(account: Account, pages: Sequence[Page]) -> str:
    """The account's number where the server told of this account, else ""."""
    told = _answer(pages, "account")
    name = str(told.get("acct") or told.get("username") or "").partition("@")[0]
    number = str(told.get("id") or "")
    ours = name.lower() == _user(account).lower() and re.fullmatch(r"[\w-]{1,40}", number)
    return number if ours else ""


def _root(account: Account) -> str:
    parts = urlsplit(account.url)
    return f"{parts.scheme}://{parts.netloc}"


def _user(account: Account) -> str:
    return account.handle.partition("@")[0]


def _named(pages: Sequence[Page], name: str) -> Page | None:
    return next((page for page in pages if page.name == name), None)


def _json(pages: Sequence[Page], name: str) -> Any:
    page = _named(pages, name)
    if page is None or page.status != HTTPStatus.OK:
        return None
    try:
        return json.loads(page.html)
    except (ValueError, RecursionError):
        return None


def _answer(pages: Sequence[Page], name: str) -> Mapping[str, Any]:
    found = _json(pages, name)
    return found if isinstance(found, dict) else {}


def _list(pages: Sequence[Page], name: str) -> list[Any]:
    found = _json(pages, name)
    return found if isinstance(found, list) else []


def _rows(found: Any, most: int) -> list[Any]:
    return found[:most] if isinstance(found, list) else []


def _came(pages: Sequence[Page], name: str) -> bool:
    return isinstance(_json(pages, name), list)
