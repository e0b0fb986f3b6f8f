"""Facebook: the little a signed-out visitor gets of a profile, from payload, head and page.

Most visits end at a log-in wall, which says nothing about how private an account is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bs4 import Tag

from detectors import Snapshot
from scanner.platforms import _dom, _head, _owned, _signing, _state
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "facebook"
EXAMPLE = "https://www.facebook.com/jo.lee.runs"
MAX_POSTS = 200

_PATH = re.compile(
    r"/(?:people/[^/]+/(?P<id>\d{5,20}|pfbid\w+)|pages/[^/]+/(?P<page>\d{5,20})|(?P<user>[\w.]{3,50}))/?"
)
_APP = re.compile(r"fb://(?:profile|page|group)/(?:\?id=)?(?P<id>\d{5,20})")
_FOLLOWERS = re.compile(r"(?P<n>\d[\d.,]*\s?[KM]?)\s(?:followers|people follow this)\b", re.IGNORECASE)


def claim(url: str) -> Account | None:
    """A profile by its name or number."""
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("id", [""])[0]
    if re.fullmatch(r"/profile\.php/?", parts.path):
        return Account(NAME, number, url) if number.isdigit() else None
    match = _PATH.fullmatch(unquote(parts.path))
    return Account(NAME, match["id"] or match["page"] or match["user"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's node of the payload; else head and page. A page that is only a log-in tells of nobody."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    user = _owner(account, page)
    return _snapshot(account, page, user) if user else None


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    about = _owned.summary(page)
    name = _name(about.title)
    address = about.head.meta.get("og:url", "")
    match = _PATH.fullmatch(unquote(_dom.parts(address).path)) if address else None
    meta = about.head.meta
    if not (meta.keys() & {"og:title", "al:android:url", "description"}):  # a title alone may be anything
        return None
    if not name or _signing.is_the_sites(name, page) or re.search(r"/login", _dom.parts(address).path):
        return None
    known = {account.handle.casefold(), *_numbers(page)}
    if match and match["user"] and not known & {match["user"].casefold()} and not account.handle.isdigit():
        return None if match["user"] in ("login", "checkpoint") else _owned.another(account)
    return _snapshot(account, page, {})


def _snapshot(account: Account, page: Page, user: Mapping[str, Any]) -> Snapshot:
    about = _owned.summary(page)
    body = _body(page)
    name = _state.words(user.get("name")) or _name(about.title)
    cards = list(_cards(user, page))
    intro = [words for _, words in cards]
    bio = _state.words(
        _state.first(
            user, ("profile_intro_card", "bio", "text"), ("bio", "text"), ("best_description", "text")
        )
    )
    handle = _handle(user.get("url")) or ("" if account.handle.isdigit() else account.handle)
    posts = list(_stories(user, page)) if user else []
    posts = posts or list(_articles(body))
    flags = _flags(cards) | ({"private": True} if not posts and _locked(body) else {})
    followers = _FOLLOWERS.search(f"{about.description}\n{_owned.lines(body)}")
    summary = _described(about.description)
    card = about.head.owner if "Person" in _head.types(about.head.owner) else {}
    intro += [words for key in ("jobTitle", "worksFor", "address") if (words := _head.text(card.get(key)))]
    lead = "" if intro or posts else _lead(body, {name, summary})
    return _owned.finish(
        account,
        page,
        Person(
            display_name=name,
            handle=handle,
            bio=bio or summary,
            sections=tuple(
                (where, words) for where, words in (("intro", "\n".join(intro)), ("page", lead)) if words
            ),
            links=tuple(("", address) for address in _links(body)),
            avatar=next(iter(_owned.pictures(_faces(user))), None) or _owned.picture(about.picture),
            banner=_owned.picture(_state.dig(user, "cover_photo", "photo", "image", "uri")),
        ),
        posts,
        flags=flags,
        counts=_owned.counted(followers=followers["n"]) if followers else {},
        partly=True,
    )


def _name(title: str) -> str:
    return _state.words(re.sub(_signs()["tail"], "", title))


def _numbers(page: Page) -> set[str]:
    """The account's number as the page's links into the app give it."""
    meta = _owned.summary(page).head.meta
    found = (_APP.search(meta.get(key, "")) for key in ("al:android:url", "al:ios:url"))
    return {match["id"] for match in found if match}


def _handle(address: Any) -> str:
    match = _PATH.fullmatch(unquote(_dom.parts(_state.words(address)).path))
    return (match["user"] or "") if match else ""


def _owner(account: Account, page: Page) -> dict[str, Any]:
    """The node of the payload that is the account's, by number or address; its parts joined."""
    numbers = {*_numbers(page), *([account.handle] if account.handle.isdigit() else [])}
    found: dict[str, Any] = {}
    for whole in _state.blocks(page):
        for node in _state.walk(whole):
            if not isinstance(node.get("name"), str):
                continue
            mine = str(node.get("id") or "") in numbers or _owned.same(
                account, page, _handle(node.get("url"))
            )
            if mine and ("id" in node or "url" in node):
                for key, value in node.items():
                    if found.get(key) in (None, "", [], {}):
                        found[key] = value
    return found


def _cards(user: Mapping[str, Any], page: Page) -> Iterator[tuple[str, str]]:
    """Lines such as "Works at" that stand under the owner's name, with the kind of each."""
    seen: set[str] = set()
    for whole in _state.blocks(page) if user else ():
        for node in _state.walk(whole):
            item = _state.dig(node, "context_item")
            words = _state.words(_state.first(item, ("title", "text"), ("plaintext_title", "text")))
            if words and words not in seen:
                seen.add(words)
                kind = str(_state.first(node, ("item_type",), ("timeline_context_list_item_type",)) or "")
                yield kind or str(_state.first(item, ("timeline_context_list_item_type",)) or ""), words


def _flags(cards: Sequence[tuple[str, str]]) -> dict[str, bool]:
    kinds = " ".join(kind for kind, _ in cards).upper()
    shown = {"email_visible": "EMAIL", "phone_visible": "PHONE", "birthday_visible": "BIRTHDAY"}
    return {flag: True for flag, word in shown.items() if word in kinds}


def _stories(user: Mapping[str, Any], page: Page) -> Iterator[Post]:
    """Posts of the payload that the owner signs."""
    seen: set[str] = set()
    for whole in _state.blocks(page):
        for node in _state.walk(whole):
            text = _state.words(_state.dig(node, "message", "text"))
            actors = {str(row.get("id")) for row in _state.rows(node.get("actors"))}
            if (
                not text
                or text in seen
                or not user.get("id")
                or str(user["id"]) not in actors
                or len(seen) >= MAX_POSTS
            ):
                continue
            seen.add(text)
            faces = [
                _state.dig(inner, "photo_image", "uri") for inner in _state.walk(node.get("attachments"))
            ]
            yield Post(
                _state.words(_state.first(node, ("post_id",), ("id",))) or f"post-{len(seen)}",
                text,
                date=_state.when(_state.first(node, ("creation_time",), ("created_time",))),
                url=_state.words(_state.first(node, ("wwwURL",), ("url",))),
                pictures=tuple(p for face in faces for p in _owned.pictures([face])),
            )


def _faces(user: Mapping[str, Any]) -> list[Any]:
    keys = ("profilePicLarge", "profilePic160", "profilePicMedium", "profile_picture", "profilePicture")
    return [_state.dig(user, key, "uri") for key in keys]


def _body(page: Page) -> Tag | None:
    """The page's own part, without forms, menus and footers; a tree of its own, as parts are taken away."""
    whole = _dom.tree(page.html)
    for part in whole.select(_signs()["furniture"]):
        if not part.decomposed:
            part.decompose()
    return whole.select_one(_signs()["content"]) or whole.body


def _articles(body: Tag | None) -> Iterator[Post]:
    for number, part in enumerate(
        body.select("[role=article], .userContentWrapper") if body else (), start=1
    ):
        words = part.select_one("[data-ad-preview=message], .userContent, [data-testid=post_message]")
        if (text := _owned.lines(words)) and not part.find_parent(attrs={"role": "article"}):
            time = part.select_one("abbr[data-utime]")
            yield Post(f"post-{number}", text, date=_state.when(time.get("data-utime")) if time else "")


def _locked(body: Tag | None) -> bool:
    """Whether the page says in a line of its own that the profile is locked."""
    lines = _owned.lines(body).split("\n")
    return any(re.search(_signs()["locked"], line) for line in lines if len(line) < _owned.ENOUGH)


def _described(description: str) -> str:
    """The owner's words in the summary, after the name and the counts; the site's invitation is none."""
    rest = re.sub(_signs()["counted"], "", description, flags=re.IGNORECASE)
    nothing = rest == description and re.fullmatch(r"[^.]{1,120}\.?", rest)
    return "" if nothing or re.search(_signs()["invites"], rest, re.IGNORECASE) else _state.words(rest)


def _lead(body: Tag | None, known: set[str]) -> str:
    """What else the page shows, line by line, without headings that invite to sign up."""
    lines = _owned.lines(body).split("\n") if body else []
    return "\n".join(
        line for line in lines if line not in known and line[:1] != "<" and "Facebook" not in line
    )


def _links(body: Tag | None) -> Iterator[str]:
    """Where the page leads away to."""
    found = [_owned.unwrapped(str(link["href"])) for link in body.select("a[href]")] if body else []
    for address in dict.fromkeys(found):
        host = _dom.host(address)
        if address.startswith("http") and not re.search(
            r"(?:^|\.)(?:facebook|fb|instagram|meta|messenger)\.com$", host
        ):
            yield _head.text(address)


def _signs() -> Mapping[str, Any]:
    signs: Mapping[str, Any] = _owned.signs()["facebook"]
    return signs
