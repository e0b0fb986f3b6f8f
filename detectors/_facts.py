"""What a text tells about the one school of a pack without naming it: its unique facts and its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from data import School
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._normal import fold

WORD = re.compile(r"[^\W_]+")
ONLY = re.compile(r"(?:the )?only (.{2,60}?) in (?!the )")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
ENDINGS = ("ings", "ing", "ies", "ers", "es", "ed", "er", "s", "y", "e")
SHORTEST_STEM = 3
LONG_NUMBER = 3
YEAR = re.compile(r"(?:19|20)\d\d")
AREA_WORDS = frozenset(
    {
        "council",
        "county",
        "borough",
        "metropolitan",
        "education",
        "board",
        "and",
        "city",
        "district",
        "the",
        "of",
    }
)
MOST_SPAN = 160


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing told: its kind (a key of the lexicon's worth), what, and where."""

    kind: str
    value: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Unique:
    """A fact that the pack calls unique, as weighted word stems."""

    text: str
    stems: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Known:
    unique: tuple[_Unique, ...]
    places: tuple[tuple[str, re.Pattern[str]], ...]
    only: bool


def unique_told(doc: Doc, school: School) -> Iterator[Fact]:
    """The unique facts of which enough words meet in one text, and those touched by one telling word."""
    words = [(_stem(m[0]), *m.span()) for m in WORD.finditer(doc.text)]
    here: dict[str, tuple[int, int]] = {}
    for stem, start, end in words:
        here.setdefault(stem, (start, end))
    known = lexicon("inferable")["matching"]
    used: set[str] = set()
    for fact in _known(school).unique:
        met = [stem for stem in fact.stems if stem in here]
        weight = sum(fact.stems[stem] for stem in met)
        needed = min(known["words"], sum(fact.stems.values()))
        if len(met) > 1 and weight >= needed > 1 and not used.issuperset(met):
            used.update(met)
            start = min(here[stem][0] for stem in met)
            end = max(here[stem][1] for stem in met)
            if end - start > MOST_SPAN:
                start, end = here[max(met, key=lambda s: fact.stems[s])]
            yield Fact("unique", fact.text, doc.folded.original(start, end))
        elif telling := [stem for stem in met if fact.stems[stem] >= known["plain"]]:
            best = max(telling, key=lambda stem: fact.stems[stem])
            kind = "named" if fact.stems[best] >= known["proper"] else "touched"
            yield Fact(kind, fact.text, doc.folded.original(*here[best]))


def places_told(doc: Doc, school: School) -> Iterator[Fact]:
    """Town, area, street, trust, "the only school here", and the kind of school the talk is of."""
    if _known(school).only and (match := phrases("inferable", "only").search(doc.text)):
        yield Fact("only", "", doc.folded.original(*match.span()))
    for kind, pattern in _known(school).places:
        if match := pattern.search(doc.text):
            yield Fact(kind, "", doc.folded.original(*match.span()))
    if school.pack.phase and (match := phrases("inferable_kinds", school.pack.phase).search(doc.text)):
        yield Fact("kind", "", doc.folded.original(*match.span()))


def alone_told(docs: Sequence[Doc], school: School) -> bool:
    """Whether the texts have every word of a fact like "only secondary in X" but the place."""
    kinds = [_stems(match[1]) for u in school.pack.uniqueness if (match := ONLY.match(fold(u).text))]
    if not kinds:
        return False
    told = {_stem(m[0]) for doc in docs for m in WORD.finditer(doc.text)}
    return any(kind and kind <= told for kind in kinds)


def _stems(text: str) -> frozenset[str]:
    empty = lexicon("inferable")["matching"]["empty"]
    return frozenset(_stem(word) for word in WORD.findall(text) if word not in empty)


@lru_cache(maxsize=32)
def _known(school: School) -> _Known:
    pack = school.pack
    area = " ".join(w for w in fold(pack.local_authority).text.split() if w not in AREA_WORDS)
    trust = next((w for w in WORD.findall(fold(pack.trust).text) if w not in AREA_WORDS), "")
    named = (
        ("town", fold(pack.address.town).text),
        ("area", area),
        ("street", fold(pack.address.street).text.lstrip("0123456789 ")),
        ("trust", trust),
    )
    towns = frozenset(WORD.findall(fold(f"{pack.address.town} {pack.address.street}").text))
    return _Known(
        unique=tuple(_unique(text, towns) for text in pack.uniqueness),
        only=any(re.match(r"(?:the |this )?(?:only|last|one)(?!\w)", fold(u).text) for u in pack.uniqueness),
        places=tuple(
            (kind, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
            for kind, name in named
            if len(name) > SHORTEST_STEM
        ),
    )


def _unique(text: str, towns: frozenset[str]) -> _Unique:
    """Names and long numbers weigh more than words, words that any school uses less; places are apart."""
    known = lexicon("inferable")["matching"]
    stems: dict[str, float] = {}
    for place, match in enumerate(WORD.finditer(THOUSANDS.sub("", text))):
        word = fold(match[0]).text
        if word in known["empty"] or word in towns or (len(word) < SHORTEST_STEM and not word.isdigit()):
            continue
        number = len(word) if word.isdigit() else 0
        proper = place > 0 and (match[0][0].isupper() or number >= LONG_NUMBER)
        loose = word in known["loose_words"] or 0 < number < LONG_NUMBER or YEAR.fullmatch(word)
        stems[_stem(word)] = known["loose" if loose else "proper" if proper else "plain"]
    return _Unique(text, stems)


def _stem(word: str) -> str:
    """A word without its ending, so that "bells" meets "bell"; ordinals lose theirs too."""
    if word[:1].isdigit():
        return word.rstrip("stndrh")
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word
