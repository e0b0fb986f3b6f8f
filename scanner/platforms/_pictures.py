"""The pictures a page shows, and the bytes it loaded for them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, unquote_to_bytes, urldefrag, urlsplit

from bs4 import Tag

from scanner.platforms import _dom
from scanner.platforms._parts import Picture
from scanner.platforms._sizes import size_of

MIN_SIDE = 32
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-full-url")
_BACKGROUND = re.compile(
    r"background(?:-image)?\s{0,9}:[^;]{0,300}?url\(\s{0,9}['\"]?([^'\")]{1,200000})",
    re.IGNORECASE,
)
_DATA_URL = re.compile(
    r"data:image/[\w.+-]+(?P<coding>;base64)?(?:;[^,]*)?,(?P<body>.*)", re.DOTALL | re.IGNORECASE
)


def shown(scope: Tag, base: str) -> Iterator[tuple[Tag, Picture]]:
    """Every picture an element shows, with the element that shows it: img, background, poster."""
    for element in (scope, *_dom.elements(scope)):
        if element.name == "img":
            if picture := of_img(element, base):
                yield element, picture
        elif element.name == "video" and element.get("poster"):
            yield (
                element,
                Picture((_dom.absolute(str(element["poster"]), base),), str(element.get("aria-label") or "")),
            )
        elif found := _BACKGROUND.search(str(element.get("style") or "")):
            alt = str(element.get("aria-label") or element.get("title") or "")
            yield element, Picture((_dom.absolute(found[1], base),), alt)


def of_img(element: Tag, base: str) -> Picture | None:
    """The picture of an img element; None for icons, spacers and emoji, which show nobody."""
    if _icon(element):
        return None
    found = [str(element.get(name) or "") for name in _SOURCES]
    sets = [
        element,
        *(element.parent.find_all("source") if element.parent and element.parent.name == "picture" else ()),
    ]
    for holder in sets:
        for name in ("srcset", "data-srcset"):
            found += [
                part.split()[0] for part in re.split(r",\s+", str(holder.get(name) or "")) if part.split()
            ]
    addresses = [_dom.absolute(address, base) for address in found if address.strip()]
    kept = tuple(dict.fromkeys(address for address in addresses if address))
    return Picture(kept, str(element.get("alt") or "").strip()) if kept else None


def _icon(element: Tag) -> bool:
    sides = [str(element.get(name) or "").removesuffix("px") for name in ("width", "height")]
    if any(side.isdigit() and int(side) < MIN_SIDE for side in sides):
        return True
    return any("emoji" in token or token in ("icon", "favicon") for token in _dom.tokens(element))


def bytes_of(picture: Picture, loaded: Mapping[str, bytes]) -> tuple[str, bytes] | None:
    """The address and bytes the page loaded for a picture, the largest where there are several."""
    found = [(address, data) for address in picture.addresses if (data := _loaded(address, loaded))]
    return max(found, key=lambda pair: len(pair[1])) if found else None


def small(data: bytes) -> bool:
    """Whether these bytes say they are an icon or spacer; what does not say its size is not small."""
    size = size_of(data)
    return size is not None and min(size) < MIN_SIDE


def _loaded(address: str, loaded: Mapping[str, bytes]) -> bytes | None:
    if address.startswith("data:"):
        return _inline(address)
    for form in (address, urldefrag(address)[0], unquote(address)):
        if form in loaded:
            return loaded[form]
    plain = _plain(address)
    same = [data for known, data in loaded.items() if unquote(known) == unquote(address)]
    same = same or [data for known, data in loaded.items() if _plain(known) == plain]
    return same[0] if len(same) == 1 else None


def _plain(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return f"{parts.netloc}{unquote(parts.path)}"


def _inline(address: str) -> bytes | None:
    match = _DATA_URL.match(address)
    if not match or address[:20].lower().startswith("data:image/svg"):
        return None
    try:
        if match["coding"]:
            return base64.b64decode(unquote(match["body"]), validate=False) or None
        return unquote_to_bytes(match["body"]) or None
    except (binascii.Error, ValueError):
        return None
