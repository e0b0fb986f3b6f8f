"""A page as a tree, and what of it is somebody's own words rather than the page's furniture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString, PreformattedString

from data import read_toml
from scanner.platforms import _bounds
from scanner.platforms._seam import Page

MAX_DEPTH = 400
LONGEST_FORM = 1000

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|caption|d[dlt]|details|div|fig(?:caption|ure)|foot(?:er)?|form"
    r"|h[1-6r]|header|li|main|[ou]l|p|pre|section|summary|table|t(?:body|[dhr]|foot|head)"
)
_ANY = re.compile("")
_PREFIX = re.compile(r"^(?:[\w-]+__|(?!is-|no-|dt-)[a-z]{2}-(?=[a-z]+$))")
_XML_START = re.compile(r"<\?xml[^<>]{0,400}>")
_TAG_TOKEN = re.compile(r"^(?:tag|category|type|format|post_tag)-")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The class names and selectors that tell a page's parts apart."""
    return read_toml("web/chrome.toml")


def whole(page: Page) -> BeautifulSoup:
    """The tree of a page, shared by all who read it: it must not be changed."""
    return page.once("whole", lambda page: tree(page.html))


def mine(page: Page) -> BeautifulSoup:
    """The page without furniture (see `own`), shared like `whole`."""
    return page.once("mine", lambda page: own(page.html))


def tree(html: str) -> BeautifulSoup:
    """The page as parsed, whole; anything at all parses."""
    text = _XML_START.sub("", _bounds.bounded(html.replace("\x00", "")))
    if "<" not in text:
        text = f"<p>{text}</p>"
    try:
        return BeautifulSoup(text, "lxml")
    except (ValueError, RecursionError, AssertionError):
        return BeautifulSoup("", "lxml")


def own(html: str) -> BeautifulSoup:
    """The page without furniture: scripts, menus, site footer, banners, dialogs, hidden parts.

    Parts hidden by an attribute or their own style are left out; what only a style sheet hides by
    class stays, as the style sheets are not read.
    """
    soup = tree(html)
    for element in soup.find_all(string=lambda text: isinstance(text, Comment)):
        element.extract()
    _drop(
        element
        for element in soup.find_all(["div", "section", "aside", "form", "p"])
        if _cookie_banner(element)
    )
    _drop(soup.select(words()["drop"]))
    _drop(element for element in soup.find_all(style=True) if hidden(element))
    _drop(
        element
        for element in soup.find_all("footer")
        if not element.find_parent(["article", "section", "figure", "blockquote", "li"])
    )
    _drop(element for element in soup.select(words()["aside"]) if _outside(element))
    _drop(element for element in soup.find_all("form") if _entry_form(element))
    _keep_landmarks(soup)
    return soup


def _keep_landmarks(soup: BeautifulSoup) -> None:
    """Where a page marks its main part, what stands beside it is the site's unless it tells of a person."""
    main = soup.select_one("main, [role=main]")
    if main is None or not (main.get_text(strip=True) or main.find("img")):
        return
    wanted = {
        name for key in ("bio", "headline", "handle", "avatar", "banner") for name in words()["person"][key]
    } | {
        "h-card",
        "vcard",
    }
    node: Tag | None = main
    while node is not None and node.name != "body":
        for beside in [*node.find_previous_siblings(_ANY), *node.find_next_siblings(_ANY)]:
            tells = (
                beside.name == "header"
                or beside.find(["h1", "article", "header"])
                or beside.name in ("article", "h1", "main")
            )
            if not tells and not any(wanted & set(tokens(part)) for part in (beside, *elements(beside))):
                beside.decompose()
        node = node.parent


def _drop(elements: Iterable[Tag]) -> None:
    for element in list(elements):
        if not element.decomposed and element.name not in ("html", "body", "main"):
            element.decompose()


def hidden(element: Tag) -> bool:
    """Whether an element's own style hides it."""
    return bool(re.search(words()["hidden_style"], str(element.get("style", "")), re.IGNORECASE))


def _cookie_banner(element: Tag) -> bool:
    pattern = re.compile(words()["banner_token"])
    if not any(pattern.match(token) and not _TAG_TOKEN.match(token) for token in tokens(element)):
        return False
    if element.find(["article", "main", "h1"]) or element.find_parent("article"):
        return False
    text = element.get_text(" ", strip=True)
    return len(text) <= words()["banner_max"] and bool(
        re.search(words()["banner_text"], text, re.IGNORECASE) or not text
    )


def _entry_form(element: Tag) -> bool:
    """A form to fill in, not a page that some site builders wrap in one."""
    wraps = element.find(["article", "h1", "main"]) is not None
    return not wraps and len(element.get_text(" ", strip=True)) < LONGEST_FORM


def _outside(element: Tag) -> bool:
    """A side column of the site, unless it tells about the person."""
    if element.find_parent(["main", "article"]):
        return False
    wanted = {*words()["person"]["bio"], "h-card", "vcard"}
    return not any(wanted & set(tokens(part)) for part in (element, *elements(element)))


def elements(scope: Tag) -> list[Tag]:
    """Every element inside, in page order."""
    return scope.find_all(True)  # noqa: FBT003 BeautifulSoup's word for "any name"


def tokens(element: Tag) -> tuple[str, ...]:
    """Class names and id of an element in lower case, with and without a house prefix.

    Many sites write `card__bio` or `xy-bio` for a bio; the last part counts too.
    """
    classes = element.get("class")
    names = [str(name) for name in classes] if isinstance(classes, list) else str(classes or "").split()
    plain = [name.lower() for name in (*names, str(element.get("id") or "")) if name]
    return (*plain, *(_PREFIX.sub("", name) for name in plain if _PREFIX.match(name)))


def has(element: Tag, names: Iterable[str]) -> bool:
    """Whether a class name or the id is one of these."""
    return not set(names).isdisjoint(tokens(element))


def first(scope: Tag, names: Iterable[str]) -> Tag | None:
    """The first element inside whose class name or id is one of these."""
    return next(every(scope, names), None)


def every(scope: Tag, names: Iterable[str]) -> Iterator[Tag]:
    """All elements inside whose class name or id is one of these, in page order."""
    wanted = frozenset(names)
    return (element for element in elements(scope) if not wanted.isdisjoint(tokens(element)))


def text_of(element: Tag, skip: Iterable[Tag] = ()) -> str:
    """What a reader sees, one line per block; `skip` leaves parts out."""
    left_out = frozenset(map(id, skip))
    pieces: list[str] = []
    _gather(element, left_out, pieces, 0)
    lines = (re.sub(r"[ \t\r\n\f\v\u00a0]+", " ", line).strip() for line in "".join(pieces).split("\x1e"))
    return "\n".join(line for line in lines if line)


def _gather(element: Tag, left_out: frozenset[int], pieces: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        return
    for child in element.children:
        if isinstance(child, Tag):
            if id(child) in left_out:
                pieces.append("\x1e")
                continue
            block = _BLOCKS.fullmatch(child.name) is not None
            if block:
                pieces.append("\x1e")
            if child.name == "img" and "emoji" in " ".join(tokens(child)):
                pieces.append(str(child.get("alt") or ""))
            _gather(child, left_out, pieces, depth + 1)
            if block:
                pieces.append("\x1e")
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            pieces.append("\x1e".join(str(child).splitlines()) if element.name == "pre" else str(child))


def plain(html: str) -> str:
    """The text of a piece of HTML, such as a note an API sends."""
    return text_of(tree(html))


def base_of(soup: BeautifulSoup, url: str) -> str:
    """What relative addresses on the page are relative to."""
    element = soup.find("base", href=True)
    return absolute(str(element["href"]), url) or url if element else url


def absolute(address: str, base: str) -> str:
    """The full address of a link, or "" if it is not one."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def parts(address: str) -> SplitResult:
    """The pieces of an address that stands on a page; all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def host(url: str) -> str:
    """The host of an address without "www.", or ""."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
