"""What a WordPress site answers about posts, pages and media, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from bs4 import BeautifulSoup

from data import read_toml
from detectors import Text
from scanner.platforms import _answers, _beside, _dom, _originals, _pictures, _state
from scanner.platforms._parts import Picture, Post
from scanner.platforms._seam import Page
from scanner.platforms._sheet import folded


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose posts count: by number and log-in name, as far as known. `several`: nobody can tell."""

    number: int | None = None
    slug: str = ""
    told: Mapping[str, Any] | None = None
    several: bool = False
    name: str = ""

    def wrote(self, row: Mapping[str, Any]) -> bool:
        """Whether an answer's row is signed with the writer's number."""
        return self.number is not None and row.get("author") == self.number


def posts(pages: Sequence[Page], writer: Writer) -> Iterator[Post]:
    media = {_state.number(row.get("id")): row for row in _state.rows(_answers.told(pages, "media"))}
    for number, row in enumerate(_state.rows(_answers.told(pages, "posts")), start=1):
        if sample(row) and not writer.wrote(row):
            continue
        content = _answers.as_map(row.get("content"))
        address = _answers.word(row.get("link"))
        soup = _dom.tree(_answers.word(content.get("rendered")))
        title = _dom.plain(_answers.word(_answers.as_map(row.get("title")).get("rendered")))
        text = _dom.text_of(soup)
        pictures = [picture for _, picture in _pictures.shown(soup, address)]
        if featured := media.get(row.get("featureduploads")):
            pictures.insert(0, _picture(featured))
        ident = _answers.word(row.get("slug")) or f"post-{number}"
        author = "self" if writer.wrote(row) else "other"
        yield Post(
            ident,
            "\n".join(filter(None, (title if title not in text else "", text))),
            author=author,
            date=_answers.word(row.get("date_gmt") or row.get("date")),
            url=address,
            pictures=tuple(dict.fromkeys(pictures)),
            videos=len(soup.find_all("video")),
            extras=tuple(Text(ident, "link", link, author) for link in _leads(soup, address, text)),
        )


def pages_of(pages: Sequence[Page], writer: Writer) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(_state.rows(_answers.told(pages, "pages")), start=1):
        if not writer.wrote(row) or sample(row):
            continue
        soup = _dom.tree(_answers.word(_answers.as_map(row.get("content")).get("rendered")))
        text = _dom.text_of(soup)
        leads = "\n".join(_leads(soup, _answers.word(row.get("link")), text))
        title = _dom.plain(_answers.word(_answers.as_map(row.get("title")).get("rendered")))
        if said := "\n".join(filter(None, (title, text, leads))):
            yield f"page-{number}", said


def _leads(soup: BeautifulSoup, base: str, text: str) -> Iterator[str]:
    seen: set[str] = set()
    for link in soup.find_all("a", href=True):
        address = _dom.absolute(str(link["href"]), base)
        bare = re.sub(r"^(?:mailto:|tel:|https?://(?:www\.)?)", "", address).rstrip("/")
        if _beside.leads_away(address, base) and bare not in text and address not in seen:
            seen.add(address)
            yield address


def joined(here: Sequence[Post], told: Sequence[Post], *, sure: bool, archive: bool) -> list[Post]:
    """The posts a page shows and those the site told, each once, with the pictures of both.

    `sure`: what was told is signed by number, so a post that is only on the page is somebody else's,
    but not on the author's own `archive`.
    """
    known = {_address(post.url): number for number, post in enumerate(told) if post.url}
    posts = list(told)
    for post in here:
        number = known.get(_address(post.url)) if post.url else None
        if number is None:
            posts.append(replace(post, author="other") if sure and not archive else post)
            continue
        both = posts[number]
        posts[number] = replace(
            both,
            text=both.text if len(both.text) >= len(post.text) or both.text else post.text,
            pictures=_each_once([*post.pictures, *both.pictures]),
            videos=max(both.videos, post.videos),
        )
    return [post for post in posts if not is_sample(post.text.partition("\n")[0])]


def _each_once(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """Copies of one upload are one picture, with all their addresses."""
    found: dict[str, Picture] = {}
    for picture in pictures:
        whole = _originals.original(picture.addresses[0])
        known = found.get(whole)
        addresses = (*(known.addresses if known else ()), *picture.addresses)
        found[whole] = Picture(tuple(dict.fromkeys(addresses)), (known.alt if known else "") or picture.alt)
    return tuple(found.values())


def _address(url: str) -> str:
    parts = _dom.parts(url)
    return f"{parts.netloc}{parts.path.rstrip('/')}?{parts.query}"


def uploads(pages: Sequence[Page], writer: Writer) -> Iterator[str]:
    """Uploads of the author that the site lists, as they were uploaded."""
    for row in _state.rows(_answers.told(pages, "media")):
        if writer.wrote(row) and (picture := _picture(row)).addresses:
            yield picture.addresses[0]


def _picture(row: Mapping[str, Any]) -> Picture:
    address = _answers.word(row.get("source_url"))
    return Picture((_originals.original(address),), _answers.word(row.get("alt_text")))


def sample(row: Mapping[str, Any]) -> bool:
    return row.get("slug") in table()["samples"]["slugs"]


def is_sample(text: str) -> bool:
    return folded(text).rstrip(".") in {sample.rstrip(".") for sample in table()["samples"]["texts"]}


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The marks and the sample words of the software."""
    return read_toml("web/wordpress.toml")
