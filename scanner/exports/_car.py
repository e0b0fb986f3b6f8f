"""A small reader of Bluesky's repositories: a CAR file's blocks, and the records that still stand.

After the specifications of CARv1 (ipld.io/specs/transport/car/carv1) and of AT Protocol's repository
(atproto.com/specs/repository). Blocks that the tree does not reach were deleted or are not this
account's, and are never decoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.exports._cbor import Broken, Link, decode
from scanner.exports._tree import walk

MAX_BLOCKS = 2_000_000
MAX_BLOCK = 4_000_000
MAX_HEADER = 65_536

_CID: Final = 36
"""Bytes of a link: version, codec, hash, length, and 32 of SHA-256."""


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

    def raw(link: Link) -> bytes:
        """One block; b"" where it is missing, or is not what its name says."""
        place = blocks.get(link)
        block = body[place[0] : place[1]] if place else b""
        return block if block and hashlib.sha256(block).digest() == link[4:] else b""

    def load(link: Link) -> Any:
        """One block decoded; None where it is missing or damaged."""
        try:
            return decode(block) if (block := raw(link)) else None
        except Broken:
            return None

    for root in roots:
        commit = load(root)
        if isinstance(commit, dict) and isinstance(commit.get("did"), str):
            top = commit.get("data")
            if isinstance(top, Link):
                records, lost = walk(top, raw)
                held = {path: link for path, link in records.items() if link in blocks}
                return Repository(commit["did"], held, lost + len(records) - len(held), load)
    raise Broken("no repository")


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
