"""Posts from an RSS or Atom feed."""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import BeautifulSoup, Tag

from scanner.platforms import _dom, _pictures
from scanner.platforms._parts import Picture, Post

MAX_ITEMS = 200
MAX_CHARACTERS = 5_000_000

IsOwner = Callable[[str, str], bool | None]
"""Tells the owner's name in a byline, with its address, from another's; None where it cannot."""


def read_feed(
    body: str,
    is_owner: IsOwner = lambda _name, _url: None,
    *,
    content: Callable[[BeautifulSoup], bool] = lambda _soup: False,
) -> list[Post]:
    """The entries of a feed, newest as given; what is no feed, or defines entities, gives none.

    An entry that another person signs than the owner is that person's, and so is one whose `content`
    is found to be.
    """
    text = body[:MAX_CHARACTERS]
    if not re.match(r"\s*<", text) or re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        return []
    items = BeautifulSoup(text, "xml").find_all(["item", "entry"])[:MAX_ITEMS]
    posts = (_post(item, number, is_owner, content) for number, item in enumerate(items, start=1))
    return [post for post in posts if post.text or post.pictures]


def signers(body: str) -> list[tuple[str, str]]:
    """The title and the signature of each entry of a feed."""
    text = body[:MAX_CHARACTERS]
    if not re.match(r"\s*<", text) or re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        return []
    items = BeautifulSoup(text, "xml").find_all(["item", "entry"])[:MAX_ITEMS]
    return [(_first(item, "title"), _first(item, "creator", "author", "name")) for item in items]


def _post(item: Tag, number: int, is_owner: IsOwner, content: Callable[[BeautifulSoup], bool]) -> Post:
    html = _first(item, "encoded", "content", "description", "summary")
    title, text = _dom.plain(_first(item, "title")), _dom.plain(html)
    away = next((str(link["href"]) for link in item.find_all("link", href=True)), "")
    link = _first(item, "link") or away
    ident = re.split(r"[/=#]", (link or _first(item, "guid", "id")).rstrip("/"))[-1][:80]
    soup = _dom.tree(html)
    pictures = [picture for _, picture in _pictures.shown(soup, link)]
    media = [part for part in item.find_all("content", url=True) if _is_image(part)]
    pictures += [Picture((str(part["url"]),), _first(part, "description")) for part in media]
    signed = _first(item, "creator", "author", "name")
    return Post(
        ident or f"post-{number}",
        "\n".join(filter(None, (title if title not in text else "", text))),
        author="other" if (signed and is_owner(signed, "") is False) or content(soup) else "self",
        date=_first(item, "pubDate", "published", "updated"),
        url=link,
        pictures=tuple(pictures),
    )


def _is_image(part: Tag) -> bool:
    return str(part.get("medium") or part.get("type") or "").startswith("image")


def _first(item: Tag, *names: str) -> str:
    """The text of the first of these children that has any."""
    for name in names:
        for child in item.find_all(name):
            if text := child.get_text().strip():
                return text
    return ""
