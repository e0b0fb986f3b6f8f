"""The tree in which a Bluesky repository keeps its records by path (atproto.com/specs/repository).

Nodes are nearly always written in one way, to the byte, which is read without making values of them;
any other way goes through the decoder and comes to the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from scanner.exports._cbor import Broken, Link, decode

MAX_NODES = 500_000

Entry = tuple[int, bytes, Link, Link | None]
"""How much of the path before it stays, what comes after, its record, the node between it and the next."""

_LINK: Final = rb"\xd8\x2aX\x25\x00(.{36})"
_NODE = re.compile(rb"\xa2ae(?:[\x80-\x97]|\x98.)(?P<entries>.*)al(?:\xf6|" + _LINK + rb")\Z", re.DOTALL)
_ENTRY = re.compile(
    rb"\xa4ak(?:([\x40-\x57])|X(.))(.{0,255}?)ap(?:([\x00-\x17])|\x18(.))at(?:\xf6|"
    + _LINK
    + rb")av"
    + _LINK,
    re.DOTALL,
)


def walk(top: Link, load: Callable[[Link], bytes]) -> tuple[dict[str, Link], int]:
    """Every path in the tree with its record, and how many nodes or entries were missing or damaged."""
    records: dict[str, Link] = {}
    waiting, seen, lost = [top], {top}, 0
    while waiting:
        block = load(waiting.pop())
        left, entries, bad = _quickly(block) or _slowly(block)
        lost += bad
        path = b""
        below = [left]
        for shared, rest, link, between in entries:
            if shared > len(path):
                lost += 1
                continue
            path = path[:shared] + rest
            records[str(path, "utf-8", "replace")] = link
            below.append(between)
        for child in below:
            if child is not None and child not in seen and len(seen) < MAX_NODES:
                seen.add(child)
                waiting.append(child)
    return records, lost


def _quickly(block: bytes) -> tuple[Link | None, list[Entry], int] | None:
    """A node in the usual form; None for any other, whose lengths or numbers do not fit to the byte."""
    node = _NODE.match(block)
    if not node:
        return None
    at, end = node.span("entries")
    found: list[Entry] = []
    for match in _ENTRY.finditer(block, at, end):
        short, long, rest, shared, more, between, link = match.groups()
        if match.start() != at or len(rest) != (long or short)[0] - (0 if long else 0x40):
            return None
        at = match.end()
        found.append(((more or shared)[0], rest, Link(link), Link(between) if between else None))
    count = block[4] if block[3] == 0x98 else block[3] - 0x80  # noqa: PLR2004 - a long or a short list
    if at != end or len(found) != count:
        return None
    return Link(left) if (left := node[2]) else None, found, 0


def _slowly(block: bytes) -> tuple[Link | None, list[Entry], int]:
    """A node in any form, and how much of it is missing or damaged."""
    try:
        node = decode(block) if block else None
    except Broken:
        node = None
    if not isinstance(node, dict) or not isinstance(node.get("e"), list):
        return None, [], 1
    found = [entry for entry in map(_entry, node["e"]) if entry]
    left = node.get("l")
    return left if isinstance(left, Link) else None, found, len(node["e"]) - len(found)


def _entry(entry: Any) -> Entry | None:
    if not isinstance(entry, dict):
        return None
    shared, rest, link, between = (entry.get(key) for key in ("p", "k", "v", "t"))
    if not isinstance(shared, int) or not isinstance(rest, bytes) or not isinstance(link, Link) or shared < 0:
        return None
    return shared, rest, link, between if isinstance(between, Link) else None
