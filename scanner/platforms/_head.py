"""What a page says of itself to machines: OpenGraph, JSON-LD, robots, rel=me, feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup

from scanner.platforms import _dom
from scanner.platforms._seam import Page

MAX_NODES = 5000
MAX_NESTING = 8
_OPENING = re.compile(r"^(?:<!--|(?://\s{0,9})?<!\[CDATA\[)")
_PEOPLE = frozenset({"Person"})
_SITES = frozenset({"Blog", "WebSite"})
_ENTRIES = frozenset(
    {
        "BlogPosting",
        "SocialMediaPosting",
        "Article",
        "NewsArticle",
        "ImageObject",
        "Photograph",
        "DiscussionForumPosting",
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """A page's own summary. `noindex` is None where nothing could be said about search engines."""

    title: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    owner: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Mapping[str, Any], ...] = ()
    me: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    noindex: bool = False


def read_head(soup: BeautifulSoup, page: Page, base: str) -> Head:
    """Read what is there; broken blocks are passed over, the rest still counts."""
    meta: dict[str, str] = {}
    robots: list[str] = [value for name, value in page.headers.items() if name.lower() == "x-robots-tag"]
    for element in soup.find_all("meta"):
        name = str(element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = " ".join(str(element.get("content") or "").split())
        if name and content:
            meta.setdefault(name, content)
        if name in ("robots", "googlebot"):
            robots.append(content)
    nodes = list(_nodes(soup))
    return Head(
        title=soup.title.get_text(" ", strip=True) if soup.title else "",
        meta=meta,
        owner=_owner(nodes),
        entries=tuple(node for node in nodes if types(node) & _ENTRIES),
        me=tuple(_links(soup, base, "me")),
        feeds=tuple(_links(soup, base, "alternate", feed=True)),
        noindex=any(_noindex(value) for value in robots),
    )


def types(node: Mapping[str, Any]) -> frozenset[str]:
    """The schema.org types of a JSON-LD node, without the site in front."""
    found = node.get("@type")
    return frozenset(
        str(name).rpartition("/")[2] for name in (found if isinstance(found, list) else [found]) if name
    )


def text(value: Any, depth: int = 0) -> str:
    """A JSON-LD value as plain text: a string, the name of a node, or the first of a list."""
    if depth > MAX_NESTING:
        return ""
    deeper = depth + 1
    if isinstance(value, list):
        return text(value[0], deeper) if value else ""
    if isinstance(value, dict):
        parts = [value.get(key) for key in ("addressLocality", "addressRegion", "addressCountry")]
        place = ", ".join(text(part, deeper) for part in parts if part)
        return (
            text(value.get("name") or value.get("@value") or value.get("url"), deeper)
            or place
            or text(value.get("address", ""), deeper)
        )
    return (
        _dom.plain(value).strip()
        if isinstance(value, str) and "<" in value
        else " ".join(str(value or "").split())
    )


def _noindex(value: str) -> bool:
    """`noindex` and `none` keep a page out; a rule for another crawler ("otherbot: noindex") does not."""
    agent, colon, rules = value.lower().partition(":")
    if (
        colon
        and re.fullmatch(r"\s*[\w-]+\s*", agent)
        and agent.strip() not in ("googlebot", "bingbot", "unavailable_after")
    ):
        return False
    words = re.split(r"[\s,;]+", rules if colon else value.lower())
    return "noindex" in words or "none" in words


def _nodes(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    count = 0
    for script in soup.find_all("script", type=re.compile(r"^application/ld\+json", re.IGNORECASE)):
        raw = _OPENING.sub("", script.get_text().strip())
        for tail in (";", "-->", "]]>"):
            raw = raw.removesuffix(tail).rstrip()
        try:
            block = json.loads(raw.removesuffix("//").rstrip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [block]
        while waiting and count < MAX_NODES:
            node = waiting.pop(0)
            count += 1
            if isinstance(node, list):
                waiting[:0] = node[:MAX_NODES]
            elif isinstance(node, dict):
                yield node
                inner = (
                    "@graph",
                    "mainEntity",
                    "mainEntityOfPage",
                    "hasPart",
                    "blogPost",
                    "itemListElement",
                    "item",
                )
                waiting += [node[key] for key in inner if isinstance(node.get(key), list | dict)]


def _owner(nodes: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The one person a page is about: a profile's subject, a blog's author, or the only person named."""
    for node in nodes:
        if "ProfilePage" in types(node):
            subject = node.get("mainEntity") or node.get("about")
            subject = subject[0] if isinstance(subject, list) and subject else subject
            if isinstance(subject, dict):
                return subject
    for node in nodes:
        author = node.get("author")
        if types(node) & _SITES and isinstance(author, dict) and types(author) & _PEOPLE:
            return author
    people = [node for node in nodes if types(node) & _PEOPLE]
    return people[0] if len({text(node.get("name")) for node in people}) == 1 else {}


def _links(soup: BeautifulSoup, base: str, rel: str, *, feed: bool = False) -> Iterator[str]:
    for element in soup.find_all(["a", "link"], href=True):
        rels = element.get("rel")
        names = rels if isinstance(rels, list) else str(rels or "").split()
        if rel not in {str(name).lower() for name in names}:
            continue
        if feed and not re.search(r"rss|atom|feed\+json", str(element.get("type") or "")):
            continue
        if address := _dom.absolute(str(element["href"]), base):
            yield address
