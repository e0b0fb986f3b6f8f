"""Reddit: a profile page in its present and its older form, posts and comments of its owner only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from detectors import Snapshot, Text
from scanner.platforms import _answers, _dom, _head, _layout, _pictures, _reading, _state, _walls
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "reddit"
EXAMPLE = "https://www.reddit.com/user/jo_lee_example"

_PATH = re.compile(r"/(?:u|user)/(?P<name>[\w-]{3,20})(?:/[a-z]*)?/?", re.ASCII)
_NEW = "shreddit-post[author], shreddit-profile-comment, shreddit-comment[author]"
_OLD = "div.thing[data-author]"
_ABOUT = (
    "[data-testid=profile-description], #profile-description, .profile-description, .titlebox .usertext-body"
)
_NAME = "[data-testid=profile-display-name], h1"
_HIDDEN = re.compile(
    r"(?:keeps?|likes to keep|has (?:chosen|decided) to (?:keep|hide)) (?:their|his|her|all their) "
    r"(?:posts?|comments?|activity|history)[^.]{0,40}|posts? and comments? (?:are|is) hidden",
    re.IGNORECASE,
)
_DONE = re.compile(r"(?P<n>\d[\d.,]{0,9})\s?(?P<unit>[kKmM]?)\s{0,4}contributions?\b", re.IGNORECASE)
_STATE = ("___r", "__r")


def claim(url: str) -> Account | None:
    """A user's page, whichever of its tabs."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["name"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The page; the answers in JSON have been closed to visitors since May 2026."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's posts and comments by the name on them.

    A history its owner has hidden looks like an empty one: it is never called clear.
    """
    page = _answers.named(pages, "profile")
    if page is None:
        return _layout.unread(account, "unreachable", "No page came back.")
    if found := _walls.wall(page):
        return _layout.unread(account, found, _walls.in_words(found))
    whole = _dom.whole(page)
    state = _node(account, page)
    parts = whole.select(f"{_NEW}, {_OLD}")
    head = _head.read_head(whole, page, _dom.base_of(whole, page.url))
    posts = list(_posts(account, page, parts))
    person = _person(account, page, state)
    named = re.search(rf"(?<![\w-]){re.escape(account.handle)}(?![\w-])", whole.get_text(" "), re.IGNORECASE)
    if not (parts or person.bio or state or named):
        return _reading.read(account, pages[:1])
    hidden = not posts and _HIDDEN.search(whole.get_text(" ", strip=True))
    notes = []
    if hidden:
        notes.append("The owner of this page hides its posts, so they could not be looked at.")
    elif not posts:
        notes.append("No post could be read. Posts may be hidden, so this does not mean that there are none.")
    counts = _counts(whole)
    mine = sum(post.author == "self" for post in posts)
    cut = page.complete == "capped" or mine < counts.get("posts", mine) or not mine
    flags = {
        "signed_out_visible": True,
        "indexable": not (head.noindex or state.get("hideFromRobots") is True),
    }
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=page.pictures,
        flags=flags,
        counts=counts,
        complete="unsure" if cut and page.complete == "complete" else page.complete,
        result="ok_partial" if cut else "ok",
        not_seen=notes,
    )


def _node(account: Account, page: Page) -> Mapping[str, Any]:
    """The owner's node in the older page's data."""
    data = _state.block(page, *_STATE)
    path = f"/user/{account.handle}/".casefold()
    for node in _state.walk(data):
        mine = _answers.word(node.get("url")).casefold().rstrip("/") == path.rstrip("/")
        if mine and ("hideFromRobots" in node or "publicDescription" in node):
            return node
    return {}


def _person(account: Account, page: Page, state: Mapping[str, Any]) -> Person:
    whole = _dom.whole(page)
    about = whole.select_one(_ABOUT)
    shown = next((part for part in whole.select(_NAME) if part.get_text(strip=True)), None)
    name = _answers.word(state.get("title")) or (shown.get_text(" ", strip=True) if shown else "")
    links = [str(link["href"]) for link in whole.select("[data-testid=social-link][href], a[rel~=me][href]")]
    face = whole.select_one("img[data-testid=profile-icon], img[alt*=avatar i]")
    avatar = _pictures.of_img(face, page.url) if face else None
    plain = re.sub(r"^u/", "", " ".join(name.split()))
    return Person(
        display_name=plain or account.handle,
        handle=account.handle,
        bio=_answers.word(state.get("publicDescription")) or (_dom.text_of(about) if about else ""),
        links=tuple(("", link) for link in dict.fromkeys(links) if link.startswith(("http", "mailto:"))),
        avatar=avatar,
    )


def _posts(account: Account, page: Page, parts: Sequence[Tag]) -> Iterator[Post]:
    seen: set[str] = set()
    base = _dom.base_of(_dom.whole(page), page.url)
    for number, part in enumerate(parts, start=1):
        if any(parent in parts for parent in part.parents):
            continue
        address = _dom.absolute(_attribute(part, "permalink", "data-permalink", "href"), base)
        ident = _attribute(part, "id", "comment-id", "thingid", "data-fullname") or f"post-{number}"
        signed = _attribute(part, "author", "data-author", "comment-author")
        # a comment on one's own page is one's own, unless it is signed by somebody else
        owned = (
            signed.casefold() == account.handle.casefold()
            if signed
            else part.name == "shreddit-profile-comment"
        )
        comment = "comment" in part.name or "comment" in _dom.tokens(part)
        body = part.select_one(
            "[slot=text-body], [id$=-post-rtjson-content], [id*=comment-rtjson-content], .md"
        )
        title = "" if comment else _attribute(part, "post-title") or _title(part)
        text = "\n".join(filter(None, (title, _dom.text_of(body) if body else "")))
        if ident in seen or not text:
            continue
        seen.add(ident)
        author = "self" if owned else "other"
        leads = _attribute(part, "content-href", "data-url")
        pictures = [picture for _, picture in _pictures.shown(part, base)] if owned and not comment else []
        away = leads.startswith("http") and not re.search(r"(?:reddit\.com|redd\.it)/", leads)
        yield Post(
            ident,
            text,
            kind="comment" if comment else "post",
            author=author,
            date=_attribute(part, "created-timestamp", "created", "data-timestamp") or _time(part),
            url=address,
            pictures=tuple(dict.fromkeys(pictures)),
            videos=len(part.select("video, shreddit-player, shreddit-player-2")),
            extras=(Text(ident, "link", leads, author),) if away else (),
        )


def _title(part: Tag) -> str:
    link = part.select_one("a.title, [slot=title]")
    return link.get_text(" ", strip=True) if link else ""


def _time(part: Tag) -> str:
    time = part.select_one("time[datetime]")
    return str(time["datetime"]) if time else ""


def _attribute(part: Tag, *names: str) -> str:
    return next((str(part[name]).strip() for name in names if part.get(name)), "")


def _counts(whole: Tag) -> dict[str, int]:
    match = _DONE.search(whole.get_text(" ", strip=True))
    if not match:
        return {}
    scale = {"": 1, "k": 1_000, "m": 1_000_000}[match["unit"].lower()]
    digits = match["n"].rstrip(".,")
    plain = digits.replace(",", "") if scale == 1 else digits.replace(",", ".")
    try:
        return {"posts": int(float(plain) * scale)}
    except ValueError:
        return {}
