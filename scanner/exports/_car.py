"""A small reader of Bluesky's repositories: CAR files, DAG-CBOR blocks, and the tree of what still stands.

After the specifications of CARv1 (ipld.io/specs/transport/car/carv1), of DAG-CBOR
(ipld.io/specs/codecs/dag-cbor) and of AT Protocol's repository (atproto.com/specs/repository).
Blocks that the tree does not reach were deleted or are not this account's, and are never decoded.
"""

from __future__ import annotations

import hashlib
import struct
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_BLOCKS = 2_000_000
MAX_BLOCK = 4_000_000
MAX_NODES = 500_000
MAX_DEPTH = 32
"""Lists and maps within one another in a record."""
MAX_HEADER = 65_536

_LINK_TAG, _CBOR, _SHA256 = 42, 0x71, 0x12
_CID: Final = 36
"""Bytes of a link: version, codec, hash, length, and 32 of SHA-256."""


class Broken(ValueError):
    """These bytes are not what the specification says."""


class Link(bytes):
    """The name of a block, by its content."""

    __slots__ = ()

    def __str__(self) -> str:
        """As it is written in addresses."""
        return "b" + b32encode(self).decode().rstrip("=").lower()


@dataclass(frozen=True, slots=True)
class Repository:
    """Whose repository it is, and its records by path, such as `app.bsky.feed.post/3kabc`.

    `missing` counts records that the tree names and the file does not hold whole.
    """

    did: str
    records: Mapping[str, Link] = field(repr=False)
    missing: int
    load: Callable[[Link], Any] = field(repr=False)


def open_repository(body: bytes) -> Repository:
    """Find out what a CAR file holds; the records are decoded when they are loaded.

    Raises:
        Broken: it is no CAR file, or holds no repository.
    """
    roots, start = _header(body)
    blocks = _index(body, start)

    def load(link: Link) -> Any:
        """One block decoded; None where it is missing or damaged."""
        place = blocks.get(link)
        block = body[place[0] : place[1]] if place else b""
        if not block or hashlib.sha256(block).digest() != link[4:]:
            return None
        try:
            return decode(block)
        except Broken:
            return None

    for root in roots:
        commit = load(root)
        if isinstance(commit, dict) and isinstance(commit.get("did"), str):
            top = commit.get("data")
            if isinstance(top, Link):
                records, lost = _walk(top, load)
                held = {path: link for path, link in records.items() if link in blocks}
                return Repository(commit["did"], held, lost + len(records) - len(held), load)
    raise Broken("no repository")


def decode(block: bytes) -> Any:
    """The value of one DAG-CBOR block: maps as dicts, links as `Link`.

    Raises:
        Broken: it is not well formed, or nested too deeply.
    """
    value, end = _value(block, 0, MAX_DEPTH)
    if end != len(block):
        raise Broken("bytes after the value")
    return value


def _header(body: bytes) -> tuple[list[Link], int]:
    size, at = _varint(body, 0)
    if not 0 < size <= MAX_HEADER:
        raise Broken("no CAR file")
    header = decode(body[at : at + size])
    roots = header.get("roots") if isinstance(header, dict) else None
    if not isinstance(roots, list) or header.get("version") != 1:
        raise Broken("no CAR file of version 1")
    return [root for root in roots if isinstance(root, Link)], at + size


def _index(body: bytes, at: int) -> dict[Link, tuple[int, int]]:
    """Where each block lies. A file that was cut short gives those before the cut."""
    found: dict[Link, tuple[int, int]] = {}
    while at < len(body) and len(found) < MAX_BLOCKS:
        try:
            size, begin = _varint(body, at)
        except Broken:
            break
        at = begin + size
        if at > len(body):
            break
        prefix = body[begin : begin + 4]
        known = prefix[:1] == b"\x01" and prefix[1:2] in (b"\x71", b"\x55") and prefix[2:] == b"\x12\x20"
        if known and _CID < size <= MAX_BLOCK:
            found[Link(body[begin : begin + _CID])] = (begin + _CID, at)
    return found


def _walk(top: Link, load: Callable[[Link], Any]) -> tuple[dict[str, Link], int]:
    """Every path in the tree with its record, and how many nodes were missing."""
    records: dict[str, Link] = {}
    waiting, seen, lost = [top], {top}, 0
    while waiting:
        node = load(waiting.pop())
        if not isinstance(node, dict) or not isinstance(node.get("e"), list):
            lost += 1
            continue
        path = b""
        below = [node.get("l")]
        for entry in node["e"]:
            shared, rest, link = _entry(entry)
            if link is None or shared > len(path):
                lost += 1
                continue
            path = path[:shared] + rest
            records[path.decode("utf-8", "replace")] = link
            below.append(entry.get("t"))
        for child in below:
            if isinstance(child, Link) and child not in seen and len(seen) < MAX_NODES:
                seen.add(child)
                waiting.append(child)
    return records, lost


def _entry(entry: Any) -> tuple[int, bytes, Link | None]:
    if not isinstance(entry, dict):
        return 0, b"", None
    shared, rest, link = entry.get("p"), entry.get("k"), entry.get("v")
    if not isinstance(shared, int) or not isinstance(rest, bytes) or not isinstance(link, Link) or shared < 0:
        return 0, b"", None
    return shared, rest, link


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 63, 7):
        if at >= len(body):
            break
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the top bit says that more follows
            return value, at
    raise Broken("a number does not end")


def _value(block: bytes, at: int, depth: int) -> tuple[Any, int]:
    if at >= len(block) or depth == 0:
        raise Broken("cut short, or too deep")
    major, small = block[at] >> 5, block[at] & 0x1F
    if major == 7:  # noqa: PLR2004 - the eight kinds of CBOR
        return _simple(block, at, small)
    number, at = _number(block, at + 1, small)
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    return _KINDS[major](block, at, number, depth)


def _bytes(block: bytes, at: int, number: int, _: int) -> tuple[bytes, int]:
    if at + number > len(block):
        raise Broken("cut short")
    return block[at : at + number], at + number


def _text(block: bytes, at: int, number: int, depth: int) -> tuple[str, int]:
    part, at = _bytes(block, at, number, depth)
    return part.decode("utf-8", "replace"), at


def _link(block: bytes, at: int, number: int, depth: int) -> tuple[Link, int]:
    value, at = _value(block, at, depth - 1)
    if number != _LINK_TAG or not isinstance(value, bytes) or value[:1] != b"\x00":
        raise Broken("an unknown tag")
    return Link(value[1:]), at


def _list(block: bytes, at: int, number: int, depth: int) -> tuple[list[Any], int]:
    items = []
    for _ in _steps(number, block, at):
        item, at = _value(block, at, depth - 1)
        items.append(item)
    return items, at


def _map(block: bytes, at: int, number: int, depth: int) -> tuple[dict[str, Any], int]:
    found = {}
    for _ in _steps(number, block, at):
        key, at = _value(block, at, depth - 1)
        value, at = _value(block, at, depth - 1)
        if not isinstance(key, str):
            raise Broken("a key that is no text")
        found[key] = value
    return found, at


_KINDS: Final[Mapping[int, Callable[[bytes, int, int, int], tuple[Any, int]]]] = {
    2: _bytes,
    3: _text,
    4: _list,
    5: _map,
    6: _link,
}


def _steps(number: int, block: bytes, at: int) -> Iterator[int]:
    """As many steps as are claimed, unless the bytes could not hold so many."""
    if number > len(block) - at:
        raise Broken("more items than bytes")
    return iter(range(number))


def _number(block: bytes, at: int, small: int) -> tuple[int, int]:
    if small < 24:  # noqa: PLR2004 - smaller numbers stand in the first byte
        return small, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(small)
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
