"""The few EXIF tags that are asked for, read from raw bytes; nothing else in them is ever decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_BYTES = 65_536
MAX_ENTRIES = 500
"""Entries of one directory; cameras write fewer than 100."""
MOST_NUMBERS = 8
MOST_TEXT = 512

ORIENTATION, CAMERA_IFD, PLACE_IFD = 0x0112, 0x8769, 0x8825
MAIN = frozenset({ORIENTATION, 0x010F, 0x013B, 0x9C9D, 0xA431, 0xC62F, 0xA435, CAMERA_IFD, PLACE_IFD})
CAMERA = frozenset({0xA430, 0xA431, 0xA435, 0xC62F})
PLACE = frozenset({1, 2, 3, 4})

ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
ASCII, RATIONAL, SIGNED_RATIONAL = 2, 5, 10
RAW = frozenset({1, 7})
NUMBERS = {3: "H", 4: "I", 5: "I", 6: "b", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value, by the type numbers of TIFF 6.0; 13 is a directory's place."""

_SEGMENT = re.compile(rb"(?<=\xff\xe1..)Exif\0\0|(?<=\xff\xe2..)MPF\0", re.DOTALL)

Value = bytes | str | tuple[float, ...]


class TooMuch(Exception):
    """More tags than a camera writes; the message is a plain reason."""


@dataclass(frozen=True, slots=True)
class Directories:
    """The asked-for tags by number: of the picture, of the camera, of the place."""

    main: Mapping[int, Value] = field(default_factory=dict)
    camera: Mapping[int, Value] = field(default_factory=dict)
    place: Mapping[int, Value] = field(default_factory=dict)


def read_exif(block: bytes) -> Directories:
    """Whatever can be read; broken tags are left out. Text and raw values are cut at 512 bytes.

    Raises:
        TooMuch: over 64 kB, or a directory of over 500 entries.
    """
    while block[:6] == b"Exif\0\0":
        block = block[6:]
    if len(block) > MAX_BYTES:
        raise TooMuch("it holds more than 64 kB of hidden tags, which are not read")
    order = ORDERS.get(block[:4])
    if order is None or len(block) < 8:  # noqa: PLR2004  the head
        return Directories()
    main = _directory(block, order, struct.unpack(order + "I", block[4:8])[0], MAIN)
    camera, place = (
        _directory(block, order, int(pointer[0]), wanted) if isinstance(pointer, tuple) and pointer else {}
        for pointer, wanted in ((main.get(CAMERA_IFD), CAMERA), (main.get(PLACE_IFD), PLACE))
    )
    return Directories(main, camera, place)


def orientation(tags: Directories) -> int:
    """1 to 8; 1, upright, where none is given."""
    value = tags.main.get(ORIENTATION)
    turn = int(value[0]) if isinstance(value, tuple) and len(value) == 1 else 1
    return turn if 1 <= turn <= 8 else 1  # noqa: PLR2004


def jpeg_exif(data: bytes) -> bytes:
    """The EXIF segments in a JPEG's head, joined; at most a little over the allowed size."""
    found, at = b"", 2
    while data[at : at + 1] == b"\xff" and len(found) <= MAX_BYTES:
        kind = data[at + 1 : at + 2]
        if kind == b"\xff":
            at += 1
            continue
        if kind in {b"\xda", b"\xd9", b""}:
            break
        length = int.from_bytes(data[at + 2 : at + 4])
        body = data[at + 4 : at + 2 + length]
        if kind == b"\xe1" and body[:6] == b"Exif\0\0":
            found += body if not found else body[6:]
        at += 2 + max(2, length)
    return found


def without_exif(data: bytes) -> bytes:
    """A JPEG whose EXIF and multi-picture segments no longer look like such, the rest in its place.

    Pillow decodes both whole while it opens a JPEG: a few kilobytes can cost minutes and gigabytes.
    """
    return _SEGMENT.sub(lambda found: bytes(len(found[0])), data)


def _directory(block: bytes, order: str, at: int, wanted: frozenset[int]) -> dict[int, Value]:
    if at + 2 > len(block):
        return {}
    (count,) = struct.unpack_from(order + "H", block, at)
    if count > MAX_ENTRIES:
        raise TooMuch(f"it holds {count} hidden tags, more than any camera writes; they are not read")
    return dict(_entries(block, order, at + 2, count, wanted))


def _entries(
    block: bytes, order: str, start: int, entries: int, wanted: frozenset[int]
) -> Iterator[tuple[int, Value]]:
    for at in range(start, min(start + 12 * entries, len(block) - 11), 12):
        tag, kind, count = struct.unpack_from(order + "HHI", block, at)
        size = SIZES.get(kind, 0) * count
        if tag not in wanted or not size:
            continue
        where = at + 8 if size <= 4 else struct.unpack_from(order + "I", block, at + 8)[0]  # noqa: PLR2004
        if where + size <= len(block):
            yield tag, _value(block, order, where, kind, count)


def _value(block: bytes, order: str, at: int, kind: int, count: int) -> Value:
    if kind in RAW:
        return block[at : at + min(count, MOST_TEXT)]
    if kind == ASCII:
        text = block[at : at + min(count, MOST_TEXT)].rstrip(b"\0")
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            return text.decode("latin-1")
    count = min(count, MOST_NUMBERS)
    if kind not in {RATIONAL, SIGNED_RATIONAL}:
        return struct.unpack_from(f"{order}{count}{NUMBERS[kind]}", block, at)
    parts = struct.unpack_from(f"{order}{2 * count}{NUMBERS[kind]}", block, at)
    return tuple(
        top / bottom if bottom else float("nan") for top, bottom in zip(parts[::2], parts[1::2], strict=True)
    )
