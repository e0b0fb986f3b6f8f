"""Texts as the pieces our sentence model reads, each with its place in the folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from tokenizers import Tokenizer

from detectors import _weights
from detectors._language import Doc

TOKENIZER = "minilm-tokenizer"
KINDS = (
    "bio",
    "post",
    "comment",
    "caption",
    "display_name",
    "headline",
    "link",
    "hashtags",
    "alt_text",
    "location",
    "handle",
)
AUTHORS = ("self", "other")
# spare words of the vocabulary that training gave a meaning
SCHOOL, PERHAPS_SCHOOL, STAFF, PERHAPS_STAFF, FIRST_KIND, FIRST_AUTHOR = 1, 2, 3, 4, 10, 30
MARKS = (SCHOOL, PERHAPS_SCHOOL, STAFF, PERHAPS_STAFF)
OPENING, CLOSING = 101, 102
LONGEST_WINDOW = 124
MOST_WINDOWS = 192
MOST_CHARACTERS = 120_000
EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
EMOJI_NOISE = re.compile(r" sign\b|\bface with | face\b|\bface ")
EMOJI_WORDS = 3
NO_PLACE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text: vocabulary numbers, and the folded span of each (-1, -1 for none)."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A place in the folded text where the school is named, or one of its staff.

    `sure` is False for a doubtful name.
    """

    start: int
    end: int
    sure: bool
    person: bool = False


def windows(doc: Doc, named: Sequence[Named], *, kind: str, author: str) -> list[Window]:
    """A text in windows that end with a sentence where they can; a school's name is one masked piece.

    Before the name of one of its staff stands a mark.

    At most `MOST_WINDOWS` windows of the first `MOST_CHARACTERS` characters.

    Raises:
        Unavailable: the vocabulary is missing or is not the one we pinned.
    """
    written, places = plain(doc, named)
    return cut(written, places, kind=kind, author=author)


def plain(doc: Doc, named: Sequence[Named]) -> tuple[str, list[int]]:
    """The text with school names masked and emoji named, and each character's place in the folded text."""
    text = doc.text[:MOST_CHARACTERS]
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for start, end, words in sorted([*_masks(named), *_emoji(text)]):
        if start < last or start >= len(text):
            continue
        pieces.append(text[last:start])
        places.extend(range(last, start))
        pieces.append(words)
        places.extend([start] * len(words))
        last = end
    pieces.append(text[last:])
    places.extend(range(last, len(text)))
    return "".join(pieces), places


def cut(written: str, places: Sequence[int], *, kind: str, author: str) -> list[Window]:
    """Windows of a text that `plain` has prepared."""
    if not written.strip():
        return []
    tokenizer = _tokenizer()
    encoded = tokenizer.encode(written, add_special_tokens=False)
    head = (
        OPENING,
        _spare(FIRST_KIND + KINDS.index(kind if kind in KINDS else "post")),
        _spare(FIRST_AUTHOR + AUTHORS.index("self" if author == "self" else "other")),
    )
    spans = [
        (places[start], places[end - 1] + 1) if end > start else NO_PLACE for start, end in encoded.offsets
    ]
    return [
        Window((*head, *encoded.ids[first:last], CLOSING), (*[NO_PLACE] * 3, *spans[first:last], NO_PLACE))
        for first, last in islice(_cuts(written, encoded.offsets), MOST_WINDOWS)
    ]


def _masks(named: Sequence[Named]) -> Iterator[tuple[int, int, str]]:
    for one in named:
        if one.person:
            yield one.start, one.start, f" [unused{STAFF if one.sure else PERHAPS_STAFF}] "
        else:
            yield one.start, one.end, f" [unused{SCHOOL if one.sure else PERHAPS_SCHOOL}] "


def _emoji(text: str) -> Iterator[tuple[int, int, str]]:
    """Emoji as words; of a run of the same one only the first counts."""
    before, name = -1, ""
    for match in EMOJI.finditer(text):
        same = match.start() == before and match[0] == name
        before, name = match.end(), match[0]
        yield (*match.span(), "" if same else f" {_emoji_words(match[0])} ")


@lru_cache(maxsize=2048)
def _emoji_words(char: str) -> str:
    name = unicodedata.name(char, "").lower()
    if name.startswith(("emoji modifier", "variation", "regional")):
        return ""
    return " ".join(EMOJI_NOISE.sub("", name).split()[:EMOJI_WORDS])


def _cuts(written: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where windows begin and end among the tokens: at the last sentence end in the later half."""
    first = 0
    while first < len(offsets):
        last = min(first + LONGEST_WINDOW, len(offsets))
        if last < len(offsets):
            ends = (
                place
                for place in range(last, first + LONGEST_WINDOW // 2, -1)
                if _sentence_end(written, offsets, place)
            )
            last = next(ends, last)
        yield first, last
        first = last


def _sentence_end(written: str, offsets: Sequence[tuple[int, int]], place: int) -> bool:
    before, after = offsets[place - 1], offsets[place]
    return written[before[0] : before[1]] in {".", "!", "?"} or "\n" in written[before[1] : after[0]]


def _spare(number: int) -> int:
    """The vocabulary number of a spare word."""
    return number + 1


def everyday(word: str) -> bool:
    """Whether a word in small letters is common enough to be one piece of the vocabulary."""
    return _tokenizer().token_to_id(word) is not None


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_weights.verify(TOKENIZER)))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.add_special_tokens([f"[unused{number}]" for number in MARKS])
    return tokenizer
