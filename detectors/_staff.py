"""Where a text names someone of the staff whom the pack lists: by full name, surname or first name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from data import School
from detectors._language import WORD, Doc, Word
from detectors._normal import fold

TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "rev", "cllr", "fr", "father", "canon", "sir", "prof"})
SHORTEST = 3
PARTS = ("@", "_", "-", ".", "/")
"""Beside a name in an e-mail address, a handle or a link; a full stop may also end a sentence."""
NEAR = 3
"""Characters at most between a title or first name and the surname."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the folded text; `sure` where it is more than a first name that many bear."""

    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Staff:
    first: frozenset[str]
    last: dict[str, frozenset[str]]
    """Each surname, and the first names it goes with."""


def named_staff(doc: Doc, school: School) -> Iterator[Person]:
    """Listed colleagues, each naming once; small letters count only in a text that begins with them."""
    staff = _staff(school)
    hasty = doc.value[:1].islower()
    before: Word | None = None
    kept: Person | None = None
    for word in doc.words:
        plain = word.text.removesuffix("'s")
        near = before if before and word.start - before.end <= NEAR else None
        if plain in staff.last and near and (near.text in TITLES or near.text in staff.last[plain]):
            start = kept.start if kept and kept.end == near.end else word.start
            kept = Person(start, word.end, sure=True)
        else:
            if kept:
                yield kept
            listed = plain in staff.first or plain in staff.last
            known = listed and (hasty or _capital(doc, word)) and not _in_address(doc, word)
            titled = near is not None and near.text in TITLES
            sure = plain in staff.last and plain not in staff.first
            kept = Person(word.start, word.end, sure=sure) if known and not titled else None
        before = word
    if kept:
        yield kept


def _in_address(doc: Doc, word: Word) -> bool:
    return (
        doc.text[max(0, word.start - 1) : word.start] in PARTS
        or doc.text[word.end : word.end + 1] in PARTS[:3]
    )


def _capital(doc: Doc, word: Word) -> bool:
    start, _ = doc.folded.original(word.start, word.end)
    return doc.value[start : start + 1].isupper()


@lru_cache(maxsize=32)
def _staff(school: School) -> _Staff:
    pack = school.pack
    first: set[str] = set()
    last: dict[str, frozenset[str]] = {}
    for name in {*pack.colleagues, pack.head}:
        words = [m[0] for m in WORD.finditer(fold(name).text) if m[0] not in TITLES]
        words = [word for word in words if len(word) >= SHORTEST]
        first |= set(words[:1])
        last |= {word: last.get(word, frozenset()) | set(words[:1]) for word in words[1:]}
    return _Staff(frozenset(first), last)
