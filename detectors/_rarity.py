"""How rare a name or handle is, in bits of surprise: whoever meets a rare one twice has met one person."""

from __future__ import annotations

import re
from functools import lru_cache

from data import read_bytes
from detectors._lexicon import lexicon
from detectors._normal import fold

PIECE = re.compile(r"[^\W\d_]+|\d+")
YEAR = re.compile(r"19[4-9]\d|20[0-2]\d|[5-9]\d")
LONGEST = 60
LEAST_PART = 6
LEAST_SHARE = 0.6


def pieces(value: str) -> tuple[str, ...]:
    """The words and numbers of a name or handle, in small letters without accents or ornaments."""
    return tuple(PIECE.findall(fold(value[:LONGEST]).text))


def bits(parts: tuple[str, ...]) -> float:
    """How surprising it is that somebody else is called so as well."""
    return min(float(sum(map(_piece_bits, parts))), _figure("most"))


def shared(one: str, other: str) -> float:
    """The bits of what two handles share: all of it, or all but a beginning or an end."""
    a, b = pieces(one), pieces(other)
    short, long = sorted(("".join(a), "".join(b)), key=len)
    if not short:
        return 0.0
    if short == long:
        return min(bits(a), bits(b))
    if len(short) < LEAST_PART or len(short) < LEAST_SHARE * len(long) or short not in long:
        return 0.0
    return max(0.0, bits(a if "".join(a) == short else b) - _figure("part"))


@lru_cache(maxsize=4096)
def _piece_bits(piece: str) -> float:
    return _digits(piece) if piece.isdigit() else _letters(piece)


def _digits(piece: str) -> float:
    if piece in lexicon("linkage")["names"]["usual_digits"]:
        return _figure("usual")
    if YEAR.fullmatch(piece):
        return _figure("year")
    return _figure("digit") * len(piece)


def _letters(piece: str) -> float:
    """The cheapest way to put the word together from names, known words and single letters."""
    known, letter = _known(), _figure("letter")
    best = [0.0]
    for end in range(1, len(piece) + 1):
        cost = best[end - 1] + letter
        for start in range(max(0, end - _longest()), end):
            word = known.get(piece[start:end])
            if word is not None:
                cost = min(cost, best[start] + word)
        best.append(cost)
    return best[-1]


@lru_cache(maxsize=1)
def _known() -> dict[str, float]:
    names = lexicon("linkage")["names"]
    plain = {word: _figure("known") for word in read_bytes("texts/words.txt").decode("ascii").split()}
    named = {word: _figure(kind) for kind in ("common", "family", "given", "generic") for word in names[kind]}
    return {**plain, **named}


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _known()))


def _figure(name: str) -> float:
    return float(lexicon("linkage")["bits"][name])
