"""Heads of HTTP/1 messages, read from parties that may be hostile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_LINE = 8_192
MAX_HEAD = 65_536
MAX_FIELDS = 200

Field = tuple[str, str]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_REQUEST = re.compile(r"(?P<method>[A-Z]{3,20}) (?P<target>[\x21-\x7e]+) HTTP/1\.[01]")
_STATUS = re.compile(r"HTTP/1\.[01] (?P<code>[1-9][0-9]{2})(?: (?P<phrase>[\t\x20-\x7e\x80-\xff]*))?")
# meant for the next hop only (RFC 9110 section 7.6.1), or for a proxy
_HOPS = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect"})


class BadHeadError(Exception):
    """A head that is too large or breaks the grammar; `status` is what a server answers to it."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """First line and header fields, in order; names in lower case."""

    line: str
    fields: tuple[Field, ...]

    def values(self, name: str) -> list[str]:
        """All values of one field."""
        return [value for key, value in self.fields if key == name]

    def length(self) -> int | None:
        """The one Content-Length.

        Raises:
            BadHeadError: several, or not a number, which is how requests are smuggled.
        """
        values = self.values("content-length")
        if not values:
            return None
        if len(values) > 1 or not re.fullmatch(r"[0-9]{1,15}", values[0]):
            raise BadHeadError("a length that cannot be read")
        return int(values[0])


async def read_head(reader: asyncio.StreamReader, *, max_line: int = MAX_LINE) -> Head:
    """The next head. The reader's own limit bounds it as a whole; the caller bounds the time.

    Raises:
        BadHeadError: too large, or against the grammar.
        EOFError: the other side closed first.
    """
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise BadHeadError("headers too large", status=431) from None
    lines = raw[:-4].decode("latin-1").split("\r\n")
    if max(map(len, lines)) > max_line or len(lines) > MAX_FIELDS:
        raise BadHeadError("a header line too long, or too many of them", status=431)
    return Head(lines[0], tuple(_field(line) for line in lines[1:]))


def request_line(line: str) -> tuple[str, str]:
    """Method and target.

    Raises:
        BadHeadError: not a request of HTTP/1.
    """
    match = _REQUEST.fullmatch(line)
    if match is None:
        raise BadHeadError("a request line that cannot be read")
    return match["method"], match["target"]


def status_line(line: str) -> tuple[int, str]:
    """Status code and phrase.

    Raises:
        BadHeadError: not a response of HTTP/1.
    """
    match = _STATUS.fullmatch(line)
    if match is None:
        raise BadHeadError("an answer that is not HTTP")
    return int(match["code"]), match["phrase"] or ""


def without_hops(head: Head) -> list[Field]:
    """The fields that travel on: none for one hop only, none of a proxy's."""
    named = {name.strip().lower() for value in head.values("connection") for name in value.split(",")}
    # what frames the body must not be taken away by the other side's wish
    dropped = _HOPS | (named - {"content-length", "host"})
    return [(name, value) for name, value in head.fields if name not in dropped and name[:6] != "proxy-"]


def render(line: str, fields: Iterable[Field]) -> bytes:
    """A head as bytes."""
    return "".join([line, "\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n"]).encode(
        "latin-1"
    )


def _field(line: str) -> Field:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise BadHeadError("a header that cannot be read")
    return name.lower(), value.strip()
