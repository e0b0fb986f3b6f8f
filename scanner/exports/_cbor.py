"""DAG-CBOR, the form of Bluesky's records and of the tree they hang in.

After the specification (ipld.io/specs/codecs/dag-cbor): fixed lengths only, links under tag 42.
"""

from __future__ import annotations

import struct
from base64 import b32encode
from collections.abc import Callable, Mapping
from typing import Any, Final

MAX_DEPTH = 32
"""Lists and maps within one another in a record."""

_NEGATIVE, _TEXT, _MAP, _TAG, _OTHER = 1, 3, 5, 6, 7
"""Kinds of CBOR values."""
_LINK_TAG: Final = 42
_LONG: Final = 24
"""Smaller numbers stand in the first byte, this says that the number is the next one."""
_SHORT_TEXT: Final = 0x60


class Broken(ValueError):
    """These bytes are not what the specification says."""


class Link(bytes):
    """The name of a block, by its content."""

    __slots__ = ()

    def __str__(self) -> str:
        """As it is written in addresses."""
        return "b" + b32encode(self).decode().rstrip("=").lower()


def decode(block: bytes) -> Any:
    """The value of one DAG-CBOR block: maps as dicts, links as `Link`.

    Raises:
        Broken: it is not well formed, or nested too deeply.
    """
    try:
        value, end = _value(block, 0, MAX_DEPTH)
    except IndexError:
        raise Broken("cut short") from None
    if end != len(block):
        raise Broken("bytes after the value")
    return value


def _value(block: bytes, at: int, depth: int) -> tuple[Any, int]:
    """One value and where it ends. Texts and maps, of which records are made, are read right here."""
    sign = block[at]
    kind, number = sign >> 5, sign & 0x1F
    if kind == _OTHER:
        return _simple(block, at, number)
    at += 1
    if number == _LONG:
        number, at = block[at], at + 1
    elif number > _LONG:
        number, at = _number(block, at, number)
    if kind <= _NEGATIVE:
        return (number if kind == 0 else -1 - number), at
    if number > len(block) - at and kind != _TAG:
        raise Broken("more is claimed than there is")
    if kind == _TEXT:
        end = at + number
        return str(block[at:end], "utf-8", "replace"), end
    if depth == 0:
        raise Broken("too deep")
    if kind == _MAP:
        found: dict[str, Any] = {}
        for _ in range(number):
            key, at = _key(block, at)
            found[key], at = _value(block, at, depth - 1)
        return found, at
    return _KINDS[kind](block, at, number, depth)


def _key(block: bytes, at: int) -> tuple[str, int]:
    """A map's key, nearly always a short text."""
    size = block[at] - _SHORT_TEXT
    if 0 <= size < _LONG:
        end = at + 1 + size
        return str(block[at + 1 : end], "utf-8", "replace"), end
    key, at = _value(block, at, 1)
    if not isinstance(key, str):
        raise Broken("a key that is no text")
    return key, at


def _bytes(block: bytes, at: int, number: int, _: int) -> tuple[bytes, int]:
    return block[at : at + number], at + number


def _link(block: bytes, at: int, number: int, depth: int) -> tuple[Link, int]:
    value, at = _value(block, at, depth - 1)
    if number != _LINK_TAG or not isinstance(value, bytes) or value[:1] != b"\x00":
        raise Broken("an unknown tag")
    return Link(value[1:]), at


def _list(block: bytes, at: int, number: int, depth: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(number):
        item, at = _value(block, at, depth - 1)
        items.append(item)
    return items, at


_KINDS: Final[Mapping[int, Callable[[bytes, int, int, int], tuple[Any, int]]]] = {
    2: _bytes,
    4: _list,
    _TAG: _link,
}


def _number(block: bytes, at: int, small: int) -> tuple[int, int]:
    size = {25: 2, 26: 4, 27: 8}.get(small)
    if size is None or at + size > len(block):
        raise Broken("no number of a fixed length")
    return int.from_bytes(block[at : at + size], "big"), at + size


def _simple(block: bytes, at: int, small: int) -> tuple[Any, int]:
    known = {20: False, 21: True, 22: None}
    if small in known:
        return known[small], at + 1
    if small == 27 and at + 9 <= len(block):  # noqa: PLR2004 - a number of 64 bits
        return struct.unpack(">d", block[at + 1 : at + 9])[0], at + 9
    raise Broken("an unknown simple value")
