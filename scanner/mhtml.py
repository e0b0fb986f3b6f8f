"""A page that a browser saved as one file (MHTML): its HTML, its pictures, and where it came from."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser

MAX_PARTS = 5000
MAX_HEAD = 16_384
"""Bytes of one part's header."""
_HEAD = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_GAP = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Saved:
    """The main document of a saved page. `pictures` go by the address the page uses for each."""

    html: bytes = field(repr=False)
    charset: str
    url: str
    pictures: dict[str, bytes] = field(repr=False)


def is_mhtml(body: bytes) -> bool:
    """Whether a file is a saved page of this kind, by its first lines."""
    head = body[:MAX_HEAD]
    return bool(_HEAD.match(head)) and b"multipart/related" in head.lower() and b"boundary" in head.lower()


def read_mhtml(body: bytes) -> Saved | None:
    """The saved page; None where the file holds no main document, or is damaged."""
    head, rest = _parted(body)
    if not (boundary := head.get_boundary()):
        return None
    start = str(head.get_param("start") or "").strip("<> ")
    main: tuple[Message, bytes] | None = None
    pictures: dict[str, bytes] = {}
    for one, packed in _parts(rest, boundary.encode("latin-1", "replace")):
        kind = one.get_content_type()
        ident = str(one.get("Content-ID") or "").strip("<> ")
        if kind in ("text/html", "application/xhtml+xml") and (main is None or (start and ident == start)):
            main = one, packed
        elif kind.startswith("image/") and (picture := _unpacked(one, packed)):
            for address in (str(one.get("Content-Location") or "").strip(), f"cid:{ident}" if ident else ""):
                if address:
                    pictures.setdefault(address, picture)
    if main is None:
        return None
    own, packed = main
    address = head.get("Snapshot-Content-Location") or own.get("Content-Location") or ""
    return Saved(_unpacked(own, packed), own.get_content_charset() or "", str(address).strip(), pictures)


def _parted(body: bytes) -> tuple[Message, bytes]:
    """A header, and what comes after the empty line."""
    gap = _GAP.search(body, 0, MAX_HEAD)
    head, rest = (body[: gap.start()], body[gap.end() :]) if gap else (b"", b"")
    return HeaderParser().parsestr(head.decode("utf-8", "replace"), headersonly=True), rest


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Message, bytes]]:
    mark = b"\n--" + boundary
    at = 0 if body.startswith(mark[1:]) else body.find(mark) + 1
    if at == 0 and not body.startswith(mark[1:]):
        return
    for _ in range(MAX_PARTS):
        begin = body.find(b"\n", at) + 1
        if not begin or body.startswith(b"--", at + len(mark) - 1):
            return
        end = body.find(mark, begin - 1)
        yield _parted(body[begin:end] if end >= 0 else body[begin:])
        if end < 0:
            return
        at = end + 1


def _unpacked(part: Message, packed: bytes) -> bytes:
    """A part's own bytes; b"" where its packing is broken."""
    coding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    try:
        if coding == "base64":
            return binascii.a2b_base64(packed)
        return binascii.a2b_qp(packed) if coding == "quoted-printable" else packed
    except (binascii.Error, ValueError):
        return b""
