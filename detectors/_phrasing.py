"""What a text says by its letters and words alone: a fast second opinion to the sentence model."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors import _weights
from detectors._language import Doc
from detectors._model import Unavailable
from detectors._tokens import Named, plain

MODEL = "phrasing"
RUNS = (2, 3, 4, 5)
"""Lengths of the runs of letters, taken word by word with a blank on either side."""
MOST_CHARACTERS = 4_000
LONGEST_WORD = 40
KNOWN_WORDS = 20_000
LETTERS, WORDS = "l", "w"
"""First character of a feature: which of the two kinds it is."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """Features with their rarity, and per check a weight in whole steps."""

    places: dict[str, int]
    rarity: Floats
    weights: NDArray[np.int8]
    steps: Floats
    shift: Floats


def leanings(doc: Doc, named: Sequence[Named], *, kind: str, author: str) -> Floats:
    """For each check of the sentence model, the log-odds that the text is a case.

    Only the first `MOST_CHARACTERS` characters are looked at.

    Raises:
        Unavailable: the model file is missing or is not the one we pinned.
    """
    table = _table()
    answer = table.shift.copy()
    for group in _counted(written_as(doc, named, kind=kind, author=author)):
        if group:
            places = np.fromiter(group, np.int64)
            often = np.fromiter(group.values(), np.float32)
            values = (1 + np.log(often)) * table.rarity[places]
            values /= math.sqrt(float(values @ values))
            answer += (values @ table.weights[places].astype(np.float32)) * table.steps
    return answer


def written_as(doc: Doc, named: Sequence[Named], *, kind: str, author: str) -> list[str]:
    """A text as words, the first two saying what kind of text it is and who wrote it."""
    words = plain(doc, named)[0][:MOST_CHARACTERS].split()
    return [f"kind_{kind}", f"author_{author}", *(word[:LONGEST_WORD] for word in words)]


def runs(word: str) -> Iterator[str]:
    """The features that the letters of a word give."""
    padded = f" {word} "
    for length in RUNS:
        for start in range(max(1, len(padded) - length + 1)):
            yield LETTERS + padded[start : start + length]


def _counted(words: Sequence[str]) -> Iterator[Counter[int]]:
    """How often each known feature stands in a text: runs of letters first, then words and pairs."""
    letters: Counter[int] = Counter()
    for word in words:
        letters.update(_of_word(word))
    yield letters
    places = _table().places
    pairs = (f"{left} {right}" for left, right in pairwise(words))
    yield Counter(places[WORDS + one] for one in (*words, *pairs) if WORDS + one in places)


@lru_cache(maxsize=KNOWN_WORDS)
def _of_word(word: str) -> tuple[int, ...]:
    places = _table().places
    return tuple(places[run] for run in runs(word) if run in places)


@lru_cache(maxsize=1)
def _table() -> Table:
    place = _weights.verify(MODEL)
    try:
        stored = np.load(io.BytesIO(place.read_bytes()), allow_pickle=False)
        features = stored["features"].tobytes().decode().split("\n")
    except (OSError, ValueError, KeyError) as error:
        raise Unavailable(f"the wording model cannot be read: {type(error).__name__}") from error
    return Table(
        {feature: number for number, feature in enumerate(features)},
        stored["rarity"].astype(np.float32),
        stored["weights"],
        stored["steps"],
        stored["shift"],
    )
