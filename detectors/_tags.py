"""Hidden tags of a picture file (EXIF and XMP), read without trusting a single one of them."""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from detectors import _exif
from detectors._pictures import Picture

LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
MOST_TEXT = 1_000_000
MOST_CHUNKS = 4000
BYTE = 255
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Tags:
    """`main`, `camera` and `place` are the three EXIF directories by tag number; `xmp` is raw XML.

    `unread` is the reason why EXIF that is there was not read, "" where it was.
    """

    main: Mapping[int, Any] = field(default_factory=dict)
    camera: Mapping[int, Any] = field(default_factory=dict)
    place: Mapping[int, Any] = field(default_factory=dict)
    xmp: str = ""
    unread: str = ""


def read_tags(picture: Picture) -> Tags:
    """Whatever tags can be read; broken ones are left out."""
    exif, xmp = picture.exif, _text(picture.xmp)
    if picture.image.data.startswith(PNG_HEAD):
        chunks = list(_png_chunks(picture.image.data))
        exif = exif or next((body for kind, body in chunks if kind == b"eXIf"), b"")
        xmp = xmp or next((_png_xmp(body) for kind, body in chunks if kind == b"iTXt"), "")
    try:
        found = _exif.read_exif(exif)
    except _exif.TooMuch as reason:
        return Tags(xmp=xmp, unread=str(reason))
    return Tags(found.main, found.camera, found.place, xmp)


def position(tags: Tags) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None when absent or nonsense."""
    place = tags.place
    latitude = _degrees(place.get(LATITUDE), place.get(LATITUDE_REF), "NS")
    longitude = _degrees(place.get(LONGITUDE), place.get(LONGITUDE_REF), "EW")
    if latitude is None or longitude is None:
        latitude = _xmp_degrees(xmp_value(tags.xmp, "GPSLatitude"), "NS")
        longitude = _xmp_degrees(xmp_value(tags.xmp, "GPSLongitude"), "EW")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004
        return None
    if latitude == longitude == 0:  # cameras without a fix write zeros
        return None
    return latitude, longitude


def words(value: object) -> str:
    """A tag's text, cleaned; "" for what is no text. UTF-16 as Windows writes it is understood."""
    if isinstance(value, tuple) and all(isinstance(part, int) and 0 <= part <= BYTE for part in value):
        value = bytes(value)
    if isinstance(value, bytes):
        wide = len(value) > 1 and value[1::2].count(0) > len(value) // 4
        value = value.decode("utf-16-le" if wide else "utf-8", errors="replace")
    if not isinstance(value, str):
        return ""
    return " ".join(
        "".join(c if c.isprintable() else " " for c in value[:200]).replace("\ufffd", " ").split()
    )


def xmp_value(xmp: str, name: str) -> str:
    """The first value of an XMP property, written as attribute or element, whatever its prefix."""
    found = re.search(rf'\b[\w-]+:{name}\s*=\s*["\']([^"\'<]{{1,200}})["\']', xmp)
    if not found:
        found = re.search(
            rf"<[\w-]+:{name}\b[^>]{{0,200}}>(?:\s*<[^>]{{1,80}}>){{0,3}}\s*([^<]{{1,200}})", xmp
        )
    return words(found[1]) if found else ""


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_HEAD)
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind in {b"eXIf", b"iTXt"} and length <= MOST_TEXT:
            yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _png_xmp(body: bytes) -> str:
    key, _, rest = body.partition(b"\0")
    if key != b"XML:com.adobe.xmp" or len(rest) < 2:  # noqa: PLR2004  two flags
        return ""
    packed = rest[0] == 1
    text = rest[2:].split(b"\0", 2)[-1]
    if packed:
        try:
            text = zlib.decompressobj().decompress(text, MOST_TEXT)
        except zlib.error:
            return ""
    return _text(text)


def _text(value: object) -> str:
    return value[:MOST_TEXT].decode("utf-8", errors="replace") if isinstance(value, bytes) else ""


def _degrees(value: object, ref: object, letters: str) -> float | None:
    side = words(ref).upper()[:1]
    if not isinstance(value, tuple) or not 1 <= len(value) <= 3 or side not in letters or not side:  # noqa: PLR2004
        return None
    try:
        parts = [float(part) for part in value] + [0.0, 0.0]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return _signed(parts, side)


def _xmp_degrees(value: str, letters: str) -> float | None:
    found = re.fullmatch(
        rf"(\d{{1,3}}),(\d{{1,2}}(?:\.\d{{1,12}})?)(?:,(\d{{1,2}}(?:\.\d{{1,12}})?))?([{letters}])", value
    )
    return _signed([float(found[1]), float(found[2]), float(found[3] or 0)], found[4]) if found else None


def _signed(parts: list[float], side: str) -> float | None:
    if not all(math.isfinite(part) and part >= 0 for part in parts) or max(parts[1:3]) >= 60.001:  # noqa: PLR2004
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -degrees if side in "SW" else degrees
