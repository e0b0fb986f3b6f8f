"""The video files that a page's owner shows, and which of them are worth a visit of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from scanner.platforms import _dom
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Page, Visit

MOST = 3
"""Videos fetched for one profile that no page loaded by itself; each is a visit, with its pause."""

FILES = (".mp4", ".m4v", ".mov", ".webm")
KINDS = ("video/mp4", "video/webm", "video/quicktime", "video/x-m4v")


def shown(scope: Tag, base: str) -> Iterator[tuple[Tag, Picture]]:
    """Every video file an element shows, with the element; streams cut into pieces are none."""
    for element in (scope, *_dom.elements(scope)):
        if element.name != "video":
            continue
        holders = (element, *element.find_all("source"))
        found = [_dom.absolute(str(holder["src"]), base) for holder in holders if _is_file(holder)]
        kept = tuple(dict.fromkeys(address for address in found if address.startswith("http")))
        if kept:
            yield element, Picture(kept, str(element.get("aria-label") or ""))


def visits(person: Person, posts: Sequence[Post], pages: Sequence[Page]) -> Iterator[Visit]:
    """One visit for each of the owner's videos that no page has loaded by itself."""
    came = {address for page in pages if not page.name.startswith("video ") for address in page.pictures}
    clips = [clip for _, clip in person.clips]
    clips += [clip for post in posts if post.author == "self" for clip in post.clips]
    wanted = [clip.addresses[0] for clip in dict.fromkeys(clips) if came.isdisjoint(clip.addresses)]
    for number, address in enumerate(wanted[:MOST], start=1):
        name = unquote(urlsplit(address).path.rpartition("/")[2])
        yield Visit(f"video {number}: {name}"[:100], address, via="video", optional=True)


def _is_file(holder: Tag) -> bool:
    address = str(holder.get("src") or "")
    kind = str(holder.get("type") or "").partition(";")[0].strip().lower()
    if kind:
        return bool(address) and kind in KINDS
    try:
        path = urlsplit(address).path.lower()
    except ValueError:
        return False
    # a name without an ending may be any kind of file; what comes is told by its content
    return bool(address) and (path.endswith(FILES) or "." not in path.rpartition("/")[2])
