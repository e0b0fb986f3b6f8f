"""The picture files as they were uploaded, behind the smaller copies that pages show.

Copies are made without the data that a camera wrote into the file; the upload keeps it, with the
place where the picture was taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit, urlunsplit

from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Page, Visit

MOST = 8
"""Uploads opened for one profile; each is a visit of its own, with its pause."""

_PHOTO = re.compile(r"\.(?:jpe?g|heic|heif|tiff?|webp|avif|png)$", re.IGNORECASE)
_SIZED = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled)(?=\.\w{3,5}$)")
_THUMB = re.compile(r"/thumb/(?P<file>(?:[0-9a-f]/[0-9a-f]{2}/)?[^/]+\.\w{3,5})/[^/]+$")
_RESIZING = re.compile(r"(?:^|&)(?:w|h|resize|fit|crop|quality|ssl|strip)=", re.IGNORECASE)


def original(address: str) -> str:
    """The address of the upload behind a smaller copy; the address itself where it is none.

    Knows `name-300x225.jpg`, `name-scaled.jpg` and `name.jpg?w=300` of WordPress (wp_get_attachment_image
    and the image editor's naming), and `thumb/a/ab/Name.jpg/300px-Name.jpg` of MediaWiki.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if thumb := _THUMB.search(parts.path):
        path = f"{parts.path[: thumb.start()]}/{thumb['file']}"
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    if "/uploads/" in parts.path or ".files.wordpress." in parts.netloc:
        query = "" if _RESIZING.search(parts.query) else parts.query
        return urlunsplit((parts.scheme, parts.netloc, _SIZED.sub("", parts.path), query, ""))
    return address


def uploads(person: Person, posts: Sequence[Post]) -> Iterator[str]:
    """The uploads behind the owner's pictures, in page order, photographs first."""
    pictures = [picture for _, picture in person.pictures]
    pictures += [picture for post in posts if post.author == "self" for picture in post.pictures]
    found = dict.fromkeys(original(picture.addresses[0]) for picture in pictures)
    kept = [
        address for address in found if address.startswith("http") and _PHOTO.search(urlsplit(address).path)
    ]
    yield from sorted(kept, key=lambda address: urlsplit(address).path.lower().endswith(("png", "webp")))


def visits(addresses: Iterable[str], pages: Sequence[Page]) -> Iterator[Visit]:
    """One visit for each upload that no page has loaded by itself."""
    shown = {address for page in pages if not page.name.startswith("upload ") for address in page.pictures}
    wanted = [address for address in dict.fromkeys(addresses) if address not in shown][:MOST]
    for number, address in enumerate(wanted, start=1):
        name = unquote(urlsplit(address).path.rpartition("/")[2])
        yield Visit(f"upload {number}: {name}"[:100], address, via="picture", optional=True)


def loaded(pages: Sequence[Page]) -> dict[str, bytes]:
    """All pictures that came, by address."""
    return {address: data for page in pages for address, data in page.pictures.items()}


def preferred(
    person: Person, posts: Sequence[Post], came: Mapping[str, bytes]
) -> tuple[Person, list[Post], int]:
    """The same with each picture's upload in place of its copies where it came, and how many did not."""
    copies = 0

    def choose(picture: Picture) -> Picture:
        nonlocal copies
        whole = original(picture.addresses[0])
        if whole in came:
            return replace(picture, addresses=(whole,))
        copies += whole != picture.addresses[0] and any(address in came for address in picture.addresses)
        return picture

    mine = replace(person, pictures=tuple((where, choose(picture)) for where, picture in person.pictures))
    kept = [
        replace(post, pictures=tuple(dict.fromkeys(map(choose, post.pictures))))
        if post.author == "self"
        else post
        for post in posts
    ]
    return mine, kept, copies


def note(copies: int) -> str:
    """The sentence for pictures of which only a smaller copy was looked at; "" for none."""
    if not copies:
        return ""
    what = "picture was" if copies == 1 else "pictures were"
    return (
        f"{copies} {what} looked at as a smaller copy only; the uploaded file may hold more, such as a place."
    )
