"""X: the account's own fields in the page's state, its JSON-LD, and the marks of the rendered page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from detectors import Snapshot, Text
from scanner.platforms import _dom, _head, _owned, _state, _tweets
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "x"
EXAMPLE = "https://x.com/jo_lee_runs"
ANSWERS = True

_PATH = re.compile(r"/@?(?P<user>\w{1,15})/?", re.ASCII)
_HANDLE = re.compile(r"@(?P<handle>\w{1,15})\b", re.ASCII)
_STATUS = re.compile(r"/(?P<user>\w{1,15})/status/(?P<id>\d{1,25})", re.ASCII)
_NOBODY = re.compile(r"^Profile / (?:X|Twitter)$")
_LOG_IN = "[data-testid=login], [data-testid=loginButton], [data-testid=google_sign_in_container]"


def claim(url: str) -> Account | None:
    """A profile by its name."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["user"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """State, then JSON-LD, then what the page shows; a name without any of them is no profile."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    user = _tweets.owner(account, page)
    card = _card(page)
    handle = _tweets.handle(user) or _state.words(card.get("additionalName"))
    if not user and not handle:
        return None
    if handle and not _owned.same(account, page, handle):
        return _owned.another(account)
    whole = _dom.whole(page)
    person = _joined(_tweets.person(user), _person_of_card(card), _person_on(whole))
    posts = _tweets.posts(account, page) or list(_posts_on(whole, account, page))
    flags = _seen_flags(whole) | _tweets.flags(user)
    return _owned.finish(
        account,
        page,
        person,
        posts,
        flags=flags,
        counts=_counts_of_card(card) | _tweets.counts(user),
        partly=not posts,
    )


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    whole = _dom.whole(page)
    person = _person_on(whole)
    if not person.handle:
        return _nothing(account, page, whole)
    if not _owned.same(account, page, person.handle):
        return _owned.another(account)
    posts = list(_posts_on(whole, account, page))
    return _owned.finish(account, page, person, posts, flags=_seen_flags(whole), counts={}, partly=True)


def _nothing(account: Account, page: Page, whole: BeautifulSoup) -> Snapshot | None:
    said = _owned.lines(whole.select_one("[data-testid=emptyState], [data-testid=primaryColumn]"))
    if any(re.match(_signs()["gone"], line, re.IGNORECASE) for line in said.split("\n")) or _NOBODY.match(
        _owned.summary(page).head.title
    ):
        return _owned.unread(account, "not_found_or_hidden")
    if whole.select_one(_LOG_IN):
        return _owned.unread(account, "login_wall")
    return None


def _joined(*people: Person) -> Person:
    """One person out of several accounts, the first that says a thing before the others."""

    def pick(name: str) -> Any:
        return next((found for one in people if (found := getattr(one, name))), getattr(people[0], name))

    return Person(
        pick("display_name"),
        pick("handle"),
        bio=pick("bio"),
        location=pick("location"),
        sections=pick("sections"),
        links=pick("links"),
        avatar=pick("avatar"),
        banner=pick("banner"),
    )


def _card(page: Page) -> Mapping[str, Any]:
    """The subject of the page's JSON-LD profile block; a page without one is of nobody."""
    owner = _owned.summary(page).head.owner
    return owner if owner.get("additionalName") else {}


def _person_of_card(card: Mapping[str, Any]) -> Person:
    links = [link for link in card.get("sameAs") or () if isinstance(link, str)]
    return Person(
        _state.words(card.get("name")),
        _state.words(card.get("additionalName")),
        bio=_state.words(card.get("description")),
        location=_state.words(_head.text(card.get("homeLocation"))),
        links=tuple(("", link) for link in links),
        avatar=_owned.picture(_state.first(card, ("image", "contentUrl"), ("image",))),
    )


def _counts_of_card(card: Mapping[str, Any]) -> dict[str, int]:
    told = {
        str(row.get("name")): row.get("userInteractionCount")
        for row in _state.rows(card.get("interactionStatistic"))
    }
    return _owned.counted(
        posts=told.get("Tweets"), followers=told.get("Follows"), following=told.get("Friends")
    )


def _person_on(whole: BeautifulSoup) -> Person:
    """What the rendered header shows, by its marks."""
    names = [line for line in _owned.lines(_marked(whole, "UserName")).split("\n") if line]
    found = next((m for line in names[1:] or names if (m := _HANDLE.search(line))), None)
    link = _marked(whole, "UserUrl")
    face = whole.select_one("[data-testid^='UserAvatar-Container'] img[src]")
    banner = whole.select_one("a[href$='/header_photo'] img[src]")
    born = _owned.lines(_marked(whole, "UserBirthdate"))
    label = _owned.lines(link)
    return Person(
        names[0] if found else "",
        found["handle"] if found else "",
        bio=_described(_marked(whole, "UserDescription")),
        location=_owned.lines(_marked(whole, "UserLocation")),
        sections=(("birthday", born),) if born else (),
        links=((label, str(link.get("href") or "")),) if link is not None else (),
        avatar=_owned.picture(face["src"]) if face else None,
        banner=_owned.picture(banner["src"]) if banner else None,
    )


def _described(part: Tag | None) -> str:
    """A text with names and links inside it on one line, as it is shown."""
    if part is None:
        return ""
    text = "".join(
        str(piece) if not isinstance(piece, Tag) else str(piece.get("alt") or "")
        for piece in part.descendants
        if not isinstance(piece, Tag) or piece.name == "img"
    )
    return _state.words(re.sub(r"[ \t]*\n\s*", "\n", text))


def _seen_flags(whole: BeautifulSoup) -> dict[str, bool]:
    seen = {
        "private": bool(whole.select_one("[data-testid=UserName] [data-testid=icon-lock]")),
        "messages_open": _marked(whole, "sendDMFromProfile") is not None,
        "birthday_visible": _marked(whole, "UserBirthdate") is not None,
    }
    return {name: True for name, shown in seen.items() if shown}


def _posts_on(whole: BeautifulSoup, account: Account, page: Page) -> Iterator[Post]:
    for number, part in enumerate(whole.select("article[data-testid=tweet]"), start=1):
        times = part.select("a[href*='/status/']:has(time)")
        match = _STATUS.search(str(times[0]["href"])) if times else None
        heads = part.select("[data-testid=User-Name]")
        texts = part.select("[data-testid=tweetText]")
        writer = match or (_HANDLE.search(heads[0].get_text(" ")) if heads else None)
        name = (match["user"] if match else writer["handle"]) if writer else ""
        context = part.select_one("[data-testid=socialContext]")
        again = context is not None and bool(
            re.search(_signs()["reposted"], context.get_text(" "), re.IGNORECASE)
        )
        mine = not again and (not name or _owned.same(account, page, name))
        ident = match["id"] if match else f"post-{number}"
        quoted = len(heads) > 1
        own = [
            text
            for text in texts
            if not quoted or text.find_previous(attrs={"data-testid": "User-Name"}) is heads[0]
        ]
        inner = [text for text in texts if text not in own]
        time = part.find("time")
        yield Post(
            ident,
            "\n".join(filter(None, map(_described, own))),
            author="self" if mine else "other",
            date=str(time.get("datetime") or "") if time else "",
            url=f"https://x.com/{name}/status/{ident}" if match else "",
            pictures=tuple(
                picture
                for face in part.select("[data-testid=tweetPhoto] img[src]")
                if not quoted or face.find_previous(attrs={"data-testid": "User-Name"}) is heads[0]
                for picture in _owned.pictures([face["src"]], _alt(face))
            ),
            videos=len(part.select("[data-testid=videoPlayer]")),
            extras=tuple(
                Text(ident, "post", words, "other") for text in inner if (words := _described(text))
            ),
        )


def _alt(face: Tag) -> str:
    """What somebody wrote for those who cannot see the picture; the platform's stand-in is nothing."""
    alt = str(face.get("alt") or "").strip()
    return "" if alt in _signs()["undescribed"] else alt


def _marked(whole: BeautifulSoup, name: str) -> Tag | None:
    return whole.select_one(f"[data-testid={name}]")


def _signs() -> Mapping[str, Any]:
    signs: Mapping[str, Any] = _owned.signs()["x"]
    return signs
