"""How large a picture says it is, from its first bytes alone: nothing is decoded here.

Pictures of strangers are opened by the detection workers only. PNG (W3C, section 11.2.2), GIF89a
(section 18), WebP (RFC 9649) and JPEG (ITU-T T.81, annex B) state their size near the start.
"""

from __future__ import annotations

from typing import Literal

MAX_SEGMENTS = 2_000
"""Parts of a JPEG passed over in search of its size; a camera writes some dozens."""

MAX_FILL = 64
"""Filling bytes allowed before a marker; hardly any program writes some."""

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_VP8_START = b"\x9d\x01\x2a"
_VP8L_SIGNATURE = 0x2F
_SIDE = 0x3FFF  # the low 14 bits; the two above them ask for scaling
# start-of-frame markers C0 to CF, less the tables among them (huffman, extension, arithmetic)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers with no length after them
_FILL = 0xFF
_ENDS = frozenset({0xD9, 0xDA, _FILL})  # from here on there is no header


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None for other formats and for bytes that do not say."""
    if data.startswith(_PNG):
        found = _pair(data[16:24], 4, "big")
    elif data.startswith((b"GIF87a", b"GIF89a")):
        found = _pair(data[6:10], 2, "little")
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = _webp(data)
    elif data.startswith(b"\xff\xd8"):
        found = _jpeg(data)
    else:
        found = None
    return found if found and min(found) > 0 else None


def _pair(raw: bytes, width: int, order: Literal["big", "little"]) -> tuple[int, int] | None:
    """Two numbers of `width` bytes each."""
    if len(raw) < 2 * width:
        return None
    return int.from_bytes(raw[:width], order), int.from_bytes(raw[width : 2 * width], order)


def _webp(data: bytes) -> tuple[int, int] | None:
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X" and (found := _pair(body[4:10], 3, "little")):
        return found[0] + 1, found[1] + 1
    if kind == b"VP8 " and body[3:6] == _VP8_START and (found := _pair(body[6:10], 2, "little")):
        return found[0] & _SIDE, found[1] & _SIDE
    if kind == b"VP8L" and len(body) >= 5 and body[0] == _VP8L_SIGNATURE:  # noqa: PLR2004 - one mark, 28 bits
        bits = int.from_bytes(body[1:5], "little")
        return (bits & _SIDE) + 1, (bits >> 14 & _SIDE) + 1
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(MAX_SEGMENTS):
        if data[at : at + 1] != b"\xff":
            return None
        filled = at
        while data[at : at + 1] == b"\xff" and at < filled + MAX_FILL:
            at += 1
        marker = data[at] if at < len(data) else _FILL
        at += 1
        if marker in _ENDS:
            return None
        if marker in _BARE:
            continue
        if marker in _FRAMES:
            found = _pair(data[at + 3 : at + 7], 2, "big")
            return (found[1], found[0]) if found else None
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2:  # noqa: PLR2004 - the length counts itself
            return None
        at += length
    return None
