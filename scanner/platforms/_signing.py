"""Telling a page that is nothing but a sign-in form, whatever its title, from a profile that has one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from data import read_toml
from scanner.platforms import _dom, _refused
from scanner.platforms._seam import Page


def sign_in_only(page: Page, soup: BeautifulSoup, mine: BeautifulSoup) -> bool:
    """Whether the page asks for a password and tells of no person.

    Where many people's profiles stand side by side, the title or the handle must name somebody: what
    else the page says is the site's advertising. Anywhere else, any words of its own are enough.
    """
    table = _table()
    if not soup.select_one(table["field"]) or soup.select_one(table["somebody"]):
        return False
    body = mine.body or mine
    text = _dom.text_of(body)
    if len(text) > table["max_text"]:
        return False
    if _refused.shared(page.url):
        return not any(_names(title, page) for title in _titles(soup)) and not _signed(page.url, text)
    if len(body.find_all(["img", "video"])) > table["max_pictures"]:
        return False
    known = {_bare(name) for name in (*_titles(soup), *_sites(page.url, soup))}
    lines = _dom.text_of(body, skip=body.find_all("a")).split("\n")
    return not any(_says(line) and _bare(line) not in known for line in lines)


def is_the_sites(name: str, page: Page) -> bool:
    """Whether a name begins with that of a site of many people's profiles, and so is nobody's there."""
    sites = filter(None, map(_bare, _sites(page.url, _dom.whole(page))))
    return _refused.shared(page.url) and any(f"{_bare(name)} ".startswith(f"{site} ") for site in sites)


def _names(title: str, page: Page) -> bool:
    """Whether a title names somebody beside the site."""
    sites = filter(None, map(_bare, _sites(page.url, _dom.whole(page))))
    rest = re.sub("|".join(rf"\b{re.escape(site)}\b" for site in sites), " ", _bare(title))
    return _says(rest) and not is_the_sites(title, page)


def _signed(url: str, text: str) -> bool:
    """Whether the page shows the handle in its address as a line of its own, or with its @."""
    handle = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].lstrip("@")
    line = rf"^@?{re.escape(handle)}$|(?<!\w)@{re.escape(handle)}(?![\w.-])"
    return bool(handle and re.search(line, text, re.IGNORECASE | re.MULTILINE))


def _says(line: str) -> bool:
    """Whether a line says anything that a sign-in page does not."""
    return bool(re.search(r"\w", re.sub(_table()["words"], " ", line, flags=re.IGNORECASE)))


def _titles(soup: BeautifulSoup) -> Iterator[str]:
    if soup.title:
        yield soup.title.get_text(" ", strip=True)
    yield from _contents(soup, "meta[property='og:title'], meta[name='twitter:title']")


def _sites(url: str, soup: BeautifulSoup) -> Iterator[str]:
    """What the site calls itself."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    yield from filter(None, (_refused.called(url), host, host.rpartition(".")[0]))
    yield from _contents(soup, "meta[property='og:site_name'], meta[name=application-name]")


def _contents(soup: BeautifulSoup, selector: str) -> Iterator[str]:
    found: list[Tag] = soup.select(selector)
    yield from (said for part in found if (said := str(part.get("content") or "").strip()))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = read_toml("web/walls.toml")["sign_in"]
    return table
