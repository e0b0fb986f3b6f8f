"""Wikipedia, and any wiki that runs MediaWiki: a user's page, what they edited, what they uploaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from bs4 import Tag

from data import read_toml
from detectors import Snapshot, Text
from scanner.platforms import (
    _answers,
    _beside,
    _dom,
    _head,
    _layout,
    _originals,
    _pictures,
    _reading,
    _state,
    _walls,
)
from scanner.platforms._parts import Person, Picture
from scanner.platforms._seam import Account, Page, Visit

NAME = "wikipedia"
EXAMPLE = "https://en.wikipedia.org/wiki/User:Jo_Lee_Example"
ANYWHERE = True
HOST = "wikipedia.org"
ASKED = 500
"""Edits and uploads asked for at once: the most a wiki gives to people who are not signed in."""

MOST_EDITS = 200

_NONE = re.compile(r"no changes were found|no contributions", re.IGNORECASE)


def claim(url: str) -> Account | None:
    """A user's page or list of edits, by its title in the path or the query."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    title = parse_qs(parts.query).get("title", [""])[0] if path.endswith("index.php") else ""
    if not title:
        place, _, title = path.partition("/wiki/" if "/wiki/" in path else "/index.php/")
        if "/" in place.strip("/"):
            return None
    user = _user(title)
    return Account(NAME, user, url) if user else None


def visits(account: Account) -> Iterator[Visit]:
    """The user's page."""
    yield Visit("profile", account.url)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The edits, from the wiki's public answer or else its page of them, and the user's own uploads.

    Neither asks for times: when somebody edits is none of our business (R-16).
    """
    page = _answers.named(pages, "profile")
    api = _api(page) if page else ""
    if page is None or _walls.wall(page) or not api:
        return
    user = quote(account.handle, safe="")
    yield Visit(
        "edits",
        f"{api}?action=query&format=json&list=users%7Cusercontribs%7Callimages&ususers={user}&usprop=editcount"
        f"&ucuser={user}&ucprop=title&uclimit={ASKED}"
        f"&aiuser={user}&aisort=timestamp&aidir=descending&aiprop=url&ailimit=50",
        via="http",
        optional=True,
    )
    if not _told(pages) and not _lists_edits(page):
        script = f"{api.removesuffix('api.php')}index.php"
        yield Visit(
            "contributions", f"{script}?title=Special:Contributions/{user}&limit={ASKED}", optional=True
        )
    yield from _originals.visits(_uploads(page, pages), pages)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """What the person wrote on their page, and which pages they edited.

    A page that such a wiki did not make is read as any other site's.
    """
    page = _answers.named(pages, "profile")
    ours = (urlsplit(account.url).hostname or "").endswith(HOST)
    if page is None or _walls.wall(page) or not (ours or _api(page)):
        name = NAME if ours else "site"
        return _reading.read(Account(name, account.handle if ours else "", account.url), pages[:1])
    if not _api(page) and _dom.whole(page).select_one(_table()["marks"]["content"]) is None:
        return _layout.unread(account, "layout_changed", _walls.in_words("layout_changed"))
    account = replace(account, platform=NAME if ours else "mediawiki")
    titles = _titles(pages, account.handle)
    person = _with_uploads(_person(account, page, titles), pages)
    loaded = _originals.loaded(pages)
    mine, _, copies = _originals.preferred(person, [], loaded)
    notes = [_originals.note(copies)]
    if titles is None:
        notes.append("The list of your edits could not be read, so nothing is known about them.")
    elif len(titles) >= MOST_EDITS:
        notes.append(f"Only the newest {MOST_EDITS} pages you edited were looked at.")
    if _lists_edits(page):
        notes.append("Only the list of your edits was read, not your user page.")
    if _dom.whole(page).select_one(_table()["marks"]["missing"]):
        notes.append("There is no user page of this name; only the edits were looked at.")
    return _layout.lay_out(
        account,
        mine,
        [],
        loaded=loaded,
        flags=_flags(page),
        counts={} if titles is None else {"edits": len(titles)},
        complete="unsure" if titles is None or _lists_edits(page) else "complete",
        result="ok_partial" if titles is None or _lists_edits(page) else "ok",
        not_seen=[note for note in notes if note],
    )


def _flags(page: Page) -> dict[str, bool]:
    flags = {"signed_out_visible": True}
    if not _lists_edits(page):  # search engines never list that one
        whole = _dom.whole(page)
        flags["indexable"] = not _head.read_head(whole, page, _dom.base_of(whole, page.url)).noindex
    return flags


def _user(title: str) -> str:
    """The user a title stands for, without subpages; "" for pages of other kinds."""
    names = _table()["users"]
    title = title.replace("_", " ").strip()
    if title.lower().startswith(f"{names['contributions'].lower()}/"):
        return title.partition("/")[2].partition("/")[0].strip()
    space, colon, rest = title.partition(":")
    known = colon and space.strip().casefold() in {name.casefold() for name in names["names"]}
    return rest.partition("/")[0].strip()[:85] if known else ""


def _api(page: Page) -> str:
    """Where the wiki answers in JSON, on the page's own host; "" where no such wiki made the page."""
    whole = _dom.whole(page)
    if not whole.select_one(_table()["marks"]["selector"]):
        return ""
    link = whole.select_one("link[rel=EditURI][href*='api.php']")
    address = _dom.absolute(str(link["href"]).partition("?")[0], page.url) if link else ""
    same = _dom.parts(address).netloc == urlsplit(page.url).netloc
    return address if same else _dom.absolute("/w/api.php", page.url)


def _told(pages: Sequence[Page]) -> bool:
    return isinstance(_query(pages).get("usercontribs"), list)


def _query(pages: Sequence[Page]) -> dict[str, Any]:
    return dict(_answers.as_map(_answers.as_map(_answers.told(pages, "edits")).get("query")))


def _lists_edits(page: Page) -> bool:
    return _dom.whole(page).select_one(_table()["marks"]["contributions"]) is not None


def _titles(pages: Sequence[Page], user: str) -> list[str] | None:
    """The pages the user edited, newest first, each once; None where no list of them came.

    Their own page and its subpages are left out; rows of another name are not theirs.
    """
    if _told(pages):
        found = [
            _answers.word(row.get("title"))
            for row in _state.rows(_query(pages)["usercontribs"], ASKED)
            if _same(_answers.word(row.get("user")) or user, user)
        ]
    else:
        lists = [page for page in pages if page.status == HTTPStatus.OK and _lists_edits(page)]
        if not lists:
            return None
        links = [link for page in lists for link in _dom.whole(page).select("a.mw-contributions-title")]
        found = [str(link.get("title") or link.get_text(" ", strip=True)) for link in links]
        if not found and not any(_NONE.search(_dom.whole(page).get_text(" ")) for page in lists):
            return None
    kept = [title.strip() for title in found if title.strip() and not _same(_user(title), user)]
    return list(dict.fromkeys(kept))[:MOST_EDITS]


def _same(one: str, other: str) -> bool:
    return one.replace("_", " ").casefold() == other.replace("_", " ").casefold()


def _person(account: Account, page: Page, titles: Sequence[str] | None) -> Person:
    whole = _dom.whole(page)
    marks = _table()["marks"]
    base = _dom.base_of(whole, page.url)
    bare = _lists_edits(page) or whole.select_one(marks["missing"])
    content = None if bare else whole.select_one(marks["content"])
    skip: list[Tag] = content.select(marks["drop"]) if content else []
    groups = [link.get_text(" ", strip=True) for link in whole.select("#mw-normal-catlinks li a")]
    return Person(
        display_name=account.handle,
        handle=account.handle,
        bio=_beside.cleaned(_dom.text_of(content, skip)) if content else "",
        sections=(("categories", ", ".join(groups)),) if groups else (),
        links=tuple(_links(content, base)) if content else (),
        pictures=tuple(("bio", shown) for _, shown in _pictures.shown(content, base)) if content else (),
        comments=tuple(
            Text(f"edit-{number}", "link", title, url=_article(account, title))
            for number, title in enumerate(titles or (), start=1)
        ),
    )


def _article(account: Account, title: str) -> str:
    """Where an edited page is on Wikipedia; other wikis have paths of their own."""
    host = urlsplit(account.url).hostname or ""
    return f"https://{host}/wiki/{quote(title.replace(' ', '_'), safe='/:()')}" if host.endswith(HOST) else ""


def _with_uploads(person: Person, pages: Sequence[Page]) -> Person:
    """The person with the uploads that were opened although their page does not show them."""
    shown = {_originals.original(address) for _, picture in person.pictures for address in picture.addresses}
    opened = [address for page in pages if not page.html for address in page.pictures if address not in shown]
    return replace(person, pictures=(*person.pictures, *(("uploads", Picture((each,))) for each in opened)))


def _links(content: Tag, base: str) -> Iterator[tuple[str, str]]:
    text = content.get_text(" ")
    for link in content.select("a.external[href]"):
        address = _dom.absolute(str(link["href"]), base)
        if _beside.leads_away(address, base) and re.sub(r"^(?:mailto:|https?://)", "", address) not in text:
            yield link.get_text(" ", strip=True), address


def _uploads(page: Page, pages: Sequence[Page]) -> Iterator[str]:
    """The user's own uploads; where the wiki does not tell, those of the wiki that their page shows."""
    if _told(pages):
        for row in _state.rows(_query(pages).get("allimages")):
            yield _dom.absolute(_answers.word(row.get("url")), page.url)
        return
    person = _person(Account(NAME, "", page.url), page, ())
    yield from (
        address
        for address in _originals.uploads(person, [])
        if _dom.parts(address).netloc == urlsplit(page.url).netloc
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/wiki.toml")
