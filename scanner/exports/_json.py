"""JSON of any size, element by element, so that a list of a million posts never lies in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_ELEMENT = 16_000_000
"""Characters of one element of a list, or one value; more is taken for a trick."""
MAX_DEPTH = 24
"""Objects within objects that are walked through; what lies deeper comes whole."""

Path = tuple[str, ...]
Item = tuple[Path, Any]

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_REST = 3
"""Characters that may follow the whole part of a number before the next digit."""
_CLOSE = 64
"""Characters before the end of what has come in which a fault may only mean that more is to come."""


class Broken(Exception):
    """The text is not JSON from here on; what came before stands."""


def items(chunks: Iterator[str], *, skip: str = "") -> Iterator[Item]:
    """Each element of each list with the keys that lead to it, and every other value as it stands.

    `skip`: begin after the first such character, as in `window.YTD.tweets.part0 = [...]`.

    Raises:
        Broken: the text ends early or is not JSON.
    """
    text = _Text(chunks)
    if skip:
        text.past(skip)
    yield from _value(text, ())


class _Text:
    """A window on a text that comes in chunks."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.buffer = ""
        self.at = 0
        self.ended = False
        self._chunks = chunks

    def more(self) -> bool:
        """Bring in at least as much again as lies ahead, so that long elements are not read over and over."""
        ahead = self.buffer[self.at :]
        parts, size = [ahead], 0
        while size <= len(ahead):
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
                break
            parts.append(chunk)
            size += len(chunk)
        self.buffer, self.at = "".join(parts), 0
        return size > 0

    def peek(self) -> str:
        """The next character that is no space, without taking it; "" at the end."""
        while True:
            match = _SPACE.match(self.buffer, self.at)
            assert match is not None
            self.at = match.end()
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def take(self, wanted: str) -> str:
        """The next character, which must be one of those."""
        found = self.peek()
        if not found or found not in wanted:
            raise Broken("it ends too early" if not found else "a sign stands where none should")
        self.at += 1
        return found

    def past(self, sign: str) -> None:
        """Go on after the first such sign."""
        while (place := self.buffer.find(sign, self.at)) < 0:
            self.at = len(self.buffer)
            if not self.more():
                raise Broken("it does not begin as it should")
        self.at = place + 1

    def decode(self) -> Any:
        """The whole value that begins here."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                ahead = len(self.buffer) - self.at
                final = error.pos < len(self.buffer) - _CLOSE and not error.msg.startswith("Unterminated")
                if final or ahead > MAX_ELEMENT or not self.more():
                    raise Broken("it is damaged or ends too early") from None
                continue
            except (ValueError, RecursionError):  # a number of thousands of digits; lists within lists
                raise Broken("it holds a value that no reader can take") from None
            length = end - self.at
            if end > len(self.buffer) - _REST and type(value) in (int, float) and self.more():
                continue  # it may go on, as in "1.5e-3"
            self.at += length
            return value


def _value(text: _Text, path: Path) -> Iterator[Item]:
    opening = text.peek()
    if opening == "[":
        yield from _list(text, path)
    elif opening == "{" and len(path) < MAX_DEPTH:
        yield from _object(text, path)
    else:
        yield path, text.decode()


def _list(text: _Text, path: Path) -> Iterator[Item]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        yield path, text.decode()
        if text.take(",]") == "]":
            return


def _object(text: _Text, path: Path) -> Iterator[Item]:
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    while True:
        if text.peek() != '"':
            raise Broken("a key is missing")
        key = str(text.decode())
        text.take(":")
        yield from _value(text, (*path, key))
        if text.take(",}") == "}":
            return
