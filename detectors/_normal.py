"""Text folded for matching: plain lower-case letters whatever disguise they came in, mapped back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from data import read_toml

PLAIN = re.compile(r"[\t\n\r\x20-\x7e]*\Z")
# letters in filled circles and squares have no decomposition; each block is A to Z in order
FILLED_BLOCKS = (0x1F150, 0x1F170)


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, and for each of its characters the place in the original it came from.

    `places` is None when nothing moved, as in plain ASCII text; `ends` are the places after.
    """

    text: str
    places: tuple[int, ...] | None = None
    ends: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """A non-empty span of the folded text as code points of the original."""
        if self.places is None:
            return start, end
        return self.places[start], self.ends[end - 1]


def fold(value: str) -> Folded:
    """Fold case, look-alike letters, ornamental letters, accents, odd spaces and invisible characters.

    Lone surrogates become spaces, control and format characters vanish; the work is linear.
    """
    if PLAIN.match(value):
        return Folded(value.lower())
    letters: list[str] = []
    places: list[int] = []
    ends: list[int] = []
    for place, char in enumerate(value):
        plain = _plain(char)
        letters.append(plain)
        places.extend([place] * len(plain))
        ends.extend([place + 1] * len(plain))
        if not plain and ends and ends[-1] == place and unicodedata.category(char) in {"Mn", "Me"}:
            ends[-1] = place + 1  # a mark belongs to the letter before it
    return Folded("".join(letters), tuple(places), tuple(ends))


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    if char in "\t\n\r":
        return char
    if char in "\v\f\u0085\u2028\u2029":
        return "\n"
    if known := _lookalikes().get(char):
        return known.lower()
    for block in FILLED_BLOCKS:
        if 0 <= ord(char) - block < 26:  # noqa: PLR2004 - the alphabet
            return chr(ord("a") + ord(char) - block)
    return "".join(_visible(part) for part in unicodedata.normalize("NFKD", char)).lower()


def _visible(part: str) -> str:
    category = unicodedata.category(part)
    if category in {"Mn", "Me", "Cc", "Cf"}:
        return ""
    if category in {"Zs", "Zl", "Zp", "Cs"}:
        return " "
    return _lookalikes().get(part, part)


@lru_cache(maxsize=1)
def _lookalikes() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in read_toml("lexicons/lookalikes.toml").values():
        table.update(zip(group["from"], group["to"], strict=True))
    return table
