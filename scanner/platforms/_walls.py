"""Telling a page that stands in front of a profile from a profile."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from data import read_toml
from scanner.platforms import _dom, _refused, _signing
from scanner.platforms._seam import Page

MAX_TEXT = 20_000
MAX_SOURCE = 6_000_000
_NOT_A_PAGE = re.compile(
    r"^(?:image|video|audio|font)/|^application/(?!xhtml|xml|json|[\w.+-]*(?:\+xml|\+json))", re.IGNORECASE
)
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|div|p|a|h1|main|article|section|title|meta|span|img|ul|table)\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"^\s*(?:[{\[]|<\?xml|<rss|<feed)", re.IGNORECASE)
_SUMMARY = (
    "meta[property='og:description'][content], meta[name=description][content], "
    "[itemtype*='schema.org/Person'], .h-card, .vcard"
)


def wall(page: Page) -> str | None:
    """The result state of a page that is no profile, or None where it may be one.

    Marks in the page decide before the status does: walls often come with 200, and a filter's or
    a challenge's page with 403. Anything unsure is None; the reader then says what it could read.
    """
    found = front(page)
    # a page may hold its owner's data behind a log-in prompt or in scripts; its reader then tells
    return None if found in ("login_wall", "unreadable") and _told(page) else found


def front(page: Page) -> str | None:
    """The same by what shows alone, whatever data the page carries for programs."""
    return page.once("wall", _wall)


def in_words(state: str, what: str = "page") -> str:
    """One sentence that says why `what` could not be read."""
    sentences = _sentences()
    return str(sentences.get(state, sentences["other"])).format(page=what, state=state.replace("_", " "))


def prompted(page: Page) -> bool:
    """Whether the page, having shown something, asked for a log-in to show more."""
    return bool(re.search(_table()["prompt"]["text"], _visible(page), re.IGNORECASE))


def _wall(page: Page) -> str | None:
    if page.pictures and not page.html:  # a picture file that was asked for
        return None
    if _binary(page):
        return "unreadable" if page.status < HTTPStatus.BAD_REQUEST else _by_status(page.status)
    if _DATA.match(page.html):
        # an API that wants a log-in for one answer does not turn the visitor away
        return "login_wall" if page.status == HTTPStatus.UNAUTHORIZED else _by_status(page.status)
    soup, mine = _dom.whole(page), _dom.mine(page)
    if found := _marked(page, soup, mine) or _by_status(page.status):
        return found
    return "login_wall" if _signing.sign_in_only(page, soup, mine) else _unreadable(page, soup, mine)


def _told(page: Page) -> bool:
    """Whether the page's scripts hold a profile of one of the platforms that keep it there."""
    if page.status >= HTTPStatus.BAD_REQUEST or _refused.owner(page.url) in (None, "site"):
        return False
    marks = re.compile(_table()["shell"]["told"])
    return any(marks.search(html[:MAX_SOURCE]) for html in (page.html, page.source))


def _by_status(status: int) -> str | None:
    known = _table()["status"].get(str(status))
    if known:
        return str(known)
    return "unreachable" if status >= HTTPStatus.BAD_REQUEST else None


def _binary(page: Page) -> bool:
    kind = next((value for name, value in page.headers.items() if name.lower() == "content-type"), "")
    if _NOT_A_PAGE.match(kind.strip()):
        return True
    start = page.html[:4000]
    odd = sum(1 for char in start if char == "\ufffd" or (char < " " and char not in "\t\r\n\f"))
    return odd > 0.05 * len(start) > 0


def _marked(page: Page, soup: BeautifulSoup, mine: BeautifulSoup) -> str | None:
    parts = urlsplit(page.url)
    seen = {
        "url": f"{parts.hostname or ''}{parts.path}",
        "title": soup.title.get_text(" ", strip=True) if soup.title else "",
        "text": _visible(page),
        "source": page.source or page.html,
        "headers": "\n".join(f"{name.lower()}: {value}" for name, value in page.headers.items()),
        "heading": "\n".join(h.get_text(" ", strip=True) for h in mine.find_all(["h1", "h2"])),
    }
    size = len(_dom.text_of(mine.body or mine))
    for rule in _table()["wall"]:
        if size <= rule.get("max_text", size) and _holds(rule, seen) and _stands(rule, soup, mine):
            return str(rule["result"])
    return None


def _holds(rule: dict[str, Any], seen: dict[str, str]) -> bool:
    flags = re.IGNORECASE | re.MULTILINE
    return all(re.search(rule[name], value[:MAX_TEXT], flags) for name, value in seen.items() if name in rule)


def _stands(rule: dict[str, Any], soup: BeautifulSoup, mine: BeautifulSoup) -> bool:
    if "selector" in rule and not soup.select_one(rule["selector"]):
        return False
    return not ("lacks" in rule and mine.select_one(rule["lacks"]))


def _unreadable(page: Page, soup: BeautifulSoup, mine: BeautifulSoup) -> str | None:
    """An empty shell, a page of script only, or bare text that is no web page."""
    if not _MARKUP.search(page.html):
        return "unreadable"
    body = mine.body
    if body and [child.name for child in body.find_all(recursive=False)] == ["pre"]:
        return "unreadable"
    if len(_dom.text_of(mine.body or mine)) >= _table()["shell"]["min_text"] or mine.select_one(
        "img[alt], img[src], video"
    ):
        return None
    return None if _summary(soup) else "unreadable"


def _summary(soup: BeautifulSoup) -> bool:
    scripts = soup.find_all("script", type="application/ld+json")
    return bool(soup.select_one(_SUMMARY)) or any("Person" in script.get_text() for script in scripts)


def _visible(page: Page) -> str:
    return page.once("visible", lambda page: _shown(_dom.whole(page)))


def _shown(soup: BeautifulSoup) -> str:
    hidden = soup.find_all(["script", "style", "template", "svg", "head"])
    return re.sub(r"\s+", " ", _dom.text_of(soup, skip=hidden))[:MAX_TEXT]


@lru_cache(maxsize=1)
def _sentences() -> dict[str, Any]:
    states: dict[str, Any] = read_toml("texts/results.toml")["states"]
    return states


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/walls.toml")
