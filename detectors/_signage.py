"""Where the lines read in a picture name the school, although letters are misread and lines broken."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from data import School
from detectors._lexicon import lexicon, phrases
from detectors._names import compile_names, name_words
from detectors._normal import fold
from detectors._ocr import Line

Form = Literal["sure", "domain", "introduced", "risky", "acronym"]

MISREAD = str.maketrans("015i|", "olsll")
"""Signs that readers mix up count as one; both sides are mapped."""
MOST_ROWS = 3
LEAST_CORE = 5
LETTERS_PER_SLIP, LETTERS_PER_BLUR = 7, 3
"""Of a name as a whole, and of its common words, for each misread one."""
BOUNDED = 14
"""Names shorter than this must begin and end where words do."""
NEAR_ROWS = 1.7
LEVEL = math.radians(14)


@dataclass(frozen=True)
class Named:
    """One naming: its form, the number of misread letters, and the lines it stands on."""

    form: Form
    slips: int
    lines: tuple[Line, ...]
    words: str


@dataclass(frozen=True)
class Run:
    """Lines that belong together, as one text; `compact` has letters and digits only."""

    lines: tuple[Line, ...]
    text: str
    compact: str
    starts: frozenset[int]


def runs(lines: Sequence[Line]) -> list[Run]:
    """Every line, and every two or three rows below each other, the single ones first."""
    rows = _rows(lines)
    chains: list[tuple[tuple[Line, ...], ...]] = [(row,) for row in rows]
    found = list(chains)
    for _ in range(MOST_ROWS - 1):
        chains = [(*chain, row) for chain in chains for row in rows if _follows(chain[-1], row)]
        found += chains[:200]
    return [_run([line for row in chain for line in row]) for chain in found]


def namings(lines: Sequence[Line], school: School) -> list[Named]:
    """Every place where the school is named, the surest first; a line counts once."""
    found: list[Named] = []
    for run in runs(lines):
        found += _in_run(run, school)
    order = ("sure", "domain", "introduced", "risky", "acronym")
    found.sort(key=lambda n: (order.index(n.form), n.slips, len(n.lines)))
    kept: list[Named] = []
    for named in found:
        if not any(set(map(id, named.lines)) & set(map(id, other.lines)) for other in kept):
            kept.append(named)
    return kept


def named_in(run: Run, names: Iterable[str]) -> bool:
    """Whether a run holds one of these names of organisations."""
    return any(_find_name(run, name_words(name)) is not None for name in names if name)


def another_school(run: Run) -> bool:
    """Whether a run names some school or college, whichever."""
    words = re.findall(r"[^\W_]+", fold(run.text).text)
    telling = {"school", "academy", "college", "primary", "infants", "juniors", "ysgol"}
    return len(words) > 1 and not telling.isdisjoint(words)


@dataclass(frozen=True)
class Wanted:
    """What is looked for; names as words."""

    sure: tuple[tuple[str, ...], ...]
    risky: tuple[tuple[str, ...], ...]
    acronyms: frozenset[str]
    domains: tuple[str, ...]


@lru_cache(maxsize=32)
def wanted(school: School) -> Wanted:
    """The school's names in the order they are looked for."""
    names = compile_names(school)
    longest = sorted(names.sure, key=lambda words: (-len("".join(words)), words))
    risky = sorted(
        (w for w in names.risky if len("".join(w)) >= LEAST_CORE), key=lambda w: (-len("".join(w)), w)
    )
    domains = tuple(d.lower().removeprefix("www.") for d in school.pack.domains)
    return Wanted(tuple(longest), tuple(risky), names.acronyms, domains)


def _in_run(run: Run, school: School) -> Iterator[Named]:
    names = wanted(school)
    for words in names.sure:
        if (slips := _find_name(run, words)) is not None:
            yield Named("sure", slips, run.lines, run.text)
            return
    flat = fold(run.text).text.replace(" ", "")
    if any(domain in flat for domain in names.domains):
        yield Named("domain", 0, run.lines, run.text)
        return
    for words in names.risky:
        if (slips := _find_name(run, words)) is None:
            continue
        introduced = phrases("reading", "school_words").search(_without(run, words))
        if introduced and (len(run.lines) == 1 or len(words) > 1):
            yield Named("introduced", slips, run.lines, run.text)
            return
        if len(words) > 1 and len(run.lines) == 1:
            yield Named("risky", slips, run.lines, run.text)
            return
    tokens = re.findall(r"[^\W_]+", run.text)
    if any(t.isupper() and t.lower() in names.acronyms for t in tokens):
        rest = " ".join(t for t in tokens if t.lower() not in names.acronyms)
        if phrases("reading", "school_words").search(rest.lower()):
            yield Named("acronym", 0, run.lines, run.text)


def _without(run: Run, words: tuple[str, ...]) -> str:
    """The run's words that are not the name's own."""
    return " ".join(w for w in re.findall(r"[^\W_]+", fold(run.text).text) if w not in words)


def _find_name(run: Run, words: tuple[str, ...]) -> int | None:
    """How many letters of the name were misread where it stands in the run; None if it is not there.

    The telling words of a name must be read nearly right; "primary" and "school" may be blurred.
    """
    needle = squeeze("".join(words))
    core = squeeze("".join(_core(words)))
    if not core or len(needle) > len(run.compact) + len(needle) // LETTERS_PER_SLIP:
        return None
    pairs = sum(core[i : i + 2] in run.compact for i in range(len(core) - 1))
    if pairs < len(core) - 1 - 2 * _allowed(len(core)):
        return None  # a wrong letter spoils two pairs at most
    slips, start, end = nearest(needle, run.compact)
    if slips > len(needle) // LETTERS_PER_SLIP:
        return None
    if len(needle) < BOUNDED and not (_edge(run, start) and _edge(run, end)):
        return None
    place = run.compact[max(0, start - 1) : end + 1]
    telling = [squeeze(word) for word in _core(words)]
    wrong = [nearest(word, place)[0] for word in telling]
    if any(slip > _allowed(len(word)) for slip, word in zip(wrong, telling, strict=True)):
        return None
    blurred = slips - sum(wrong)
    return slips if blurred * LETTERS_PER_BLUR <= max(LETTERS_PER_BLUR, len(needle) - len(core)) else None


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    types = frozenset(lexicon("school")["types"])
    return tuple(w for w in words if w not in types) or words


def _allowed(letters: int) -> int:
    return 0 if letters < LEAST_CORE else 1 if letters < 2 * LEAST_CORE else 2


def _edge(run: Run, place: int) -> bool:
    return place in run.starts or place == len(run.compact)


def squeeze(text: str) -> str:
    """Letters and digits only, with those alike that readers mix up."""
    return "".join(c for c in fold(text).text if c.isalnum()).translate(MISREAD)


def nearest(needle: str, hay: str) -> tuple[int, int, int]:
    """The fewest edits that turn a part of `hay` into `needle`, and where that part lies (Sellers 1980)."""
    above = [(0, column) for column in range(len(hay) + 1)]
    for row, letter in enumerate(needle, 1):
        line = [(row, 0)]
        for column, other in enumerate(hay, 1):
            diagonal, start = above[column - 1]
            line.append(
                min(
                    (diagonal + (letter != other), start),
                    (above[column][0] + 1, above[column][1]),
                    (line[-1][0] + 1, line[-1][1]),
                )
            )
        above = line
    end = min(range(len(above)), key=lambda column: (above[column][0], -column))
    return above[end][0], above[end][1], end


def _run(lines: Sequence[Line]) -> Run:
    compact, starts = "", set()
    for line in lines:
        for word in line.text.split():
            starts.add(len(compact))
            compact += squeeze(word)
    return Run(tuple(lines), " ".join(line.text for line in lines), compact, frozenset(starts))


def _rows(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Lines side by side, as one row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: float(one.centre[0])):
        for row in rows:
            if _beside(row[-1], line):
                row.append(line)
                break
        else:
            rows.append([line])
    return [tuple(row) for row in rows]


def _beside(left: Line, right: Line) -> bool:
    shift = _seen_from(left, right)
    tall = max(left.height, right.height)
    gap = shift[0] - (left.width + right.width) / 2
    alike = min(left.height, right.height) > 0.5 * tall
    level = abs(float(shift[1])) < 0.4 * tall
    return alike and level and _parallel(left, right) and -0.5 * tall < float(gap) < 1.6 * tall


def _follows(upper: tuple[Line, ...], lower: tuple[Line, ...]) -> bool:
    """Whether a row is the next one down."""
    above, below = max(upper, key=lambda one: one.width), max(lower, key=lambda one: one.width)
    if above is below or not _parallel(above, below):
        return False
    shift = _seen_from(above, below)
    tall = max(above.height, below.height)
    along, down = (float(v) for v in shift)
    return 0.3 * tall < down < NEAR_ROWS * tall and abs(along) < 0.6 * max(above.width, below.width)


def _parallel(one: Line, other: Line) -> bool:
    turn = _angle(one) - _angle(other)
    return abs((turn + math.pi) % (2 * math.pi) - math.pi) < LEVEL


def _angle(line: Line) -> float:
    along = line.quad[1] - line.quad[0]
    return math.atan2(float(along[1]), float(along[0]))


def _seen_from(one: Line, other: Line) -> np.ndarray:
    """The way from one line's middle to another's, along and across the first."""
    angle = _angle(one)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    return np.asarray(turn @ (other.centre - one.centre))
