"""Facts over all of a person's texts that together point to the school though nothing names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data import School, rules
from detectors import _language, _meaning, employer
from detectors._facts import Fact, alone_told, places_told, unique_told
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot, Text
from detectors._weighing import chance

CHECKS = ("employer-inferable",)

RULE = "employer-inferable-together"
TABLE = "inferable"
POINTING = frozenset({"unique", "named", "touched", "only"})
"""Kinds of facts without one of which nothing points to a single school."""
ORDER = ("role", "kind", "town", "area", "street", "trust", "only", "unique", "named", "touched")
MOST_ALIKE = 3
PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "location"})
MOST_TEXTS = 2000
LONGEST_TEXT = 5000
MOST_EVIDENCE = 12
MOST_READ = 30_000
"""Characters that the sentence model reads of one person, texts that tell a fact first."""
COUNTED = 3
"""So many of the texts that point most are added up."""
POINTS = 0.5
"""A text that the model holds for pointing from here on is evidence, also where no known fact is met."""
FEW_WORDS = frozenset({"location", "handle"})
"""Kinds of text whose facts say all there is to say."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One own text and the facts it tells.

    `elsewhere`: another's or an old school. `points`: how surely the sentence model finds that it points
    to the writer's school; 0 where it was not asked.
    """

    snapshot: Snapshot
    text: Text
    doc: Doc
    facts: tuple[Fact, ...]
    role: tuple[int, int] | None
    elsewhere: bool
    points: float = 0.0


def join(snapshots: Sequence[Snapshot], school: School) -> Iterator[Finding]:
    """One finding, at the strongest place, with every place it was put together from.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    told = _gathered(snapshots, school)
    if _open(told, school):
        told = _pointing(told, school)
        yield _finding(told, _meaning.weighed(CHECKS[0], _weighed(told, school)))


def tried_on(snapshot: Snapshot, school: School) -> tuple[float, ...]:
    """What is weighed in the end for one profile; nothing where nothing is to be inferred."""
    told = _gathered([snapshot], school)
    return _weighed(_pointing(told, school), school) if _open(told, school) else ()


def fitted_on(snapshot: Snapshot, school: School) -> frozenset[str]:
    """The signs of one profile, as the weights are fitted on them; none where nothing is to be inferred."""
    told = _gathered([snapshot], school)
    return frozenset(_signs(told, school)) if _open(told, school) else frozenset()


def _open(told: Sequence[_Told], school: School) -> bool:
    """Whether something points to one school that no text names as the employer."""
    pointing = any(fact.kind in POINTING for one in told for fact in one.facts)
    return pointing and not any(_named(one, school) for one in told)


def _pointing(told: Sequence[_Told], school: School) -> list[_Told]:
    """The texts with what the sentence model makes of them."""
    points: dict[int, float] = {}
    left = MOST_READ
    for one in sorted(told, key=lambda one: not one.facts):
        if one.text.kind not in FEW_WORDS and len(one.doc.text) <= left:
            left -= len(one.doc.text)
            points[id(one)] = _meaning.pointing(one.text, one.doc, school)
    return [replace(one, points=points.get(id(one), 0.0)) for one in told]


def _weighed(told: Sequence[_Told], school: School) -> tuple[float, ...]:
    most = sorted((one.points for one in told), reverse=True)[:COUNTED]
    return sum(most), _meaning.odds(chance(_signs(told, school), TABLE))


def _gathered(snapshots: Sequence[Snapshot], school: School) -> list[_Told]:
    """The person's own texts with the facts they tell."""
    mine = [(one, text) for one in snapshots for text in one.texts if text.author == "self" and text.value]
    mine = mine[:MOST_TEXTS]
    docs = _language.parse([text.value[:LONGEST_TEXT] for _, text in mine])
    return [_told(one, text, doc, school) for (one, text), doc in zip(mine, docs, strict=True)]


def _told(one: Snapshot, text: Text, doc: Doc, school: School) -> _Told:
    elsewhere = bool(phrases("inferable", "not_work").search(doc.text))
    facts = () if elsewhere else (*unique_told(doc, school), *places_told(doc, school))
    role = None
    if text.kind in PROFILE_KINDS and not phrases("inferable", "other_life").search(doc.text):
        match = phrases("inferable", "role").search(doc.text)
        role = doc.folded.original(*match.span()) if match else None
    return _Told(one, text, doc, facts, role, elsewhere)


def _signs(told: Sequence[_Told], school: School) -> Iterator[str]:
    """The names of all signs for and against: what is told, and whether the person works in a school."""
    kinds = Counter(kind for kind, _ in {(f.kind, f.value) for one in told for f in one.facts})
    yield from (f"{kind} {n}" for kind, count in kinds.items() for n in range(1, min(count, MOST_ALIKE) + 1))
    here = [one for one in told if not one.elsewhere]
    heard = {
        "role": any(one.role for one in told),
        "job": any(phrases("inferable", "job").search(one.doc.text) for one in here),
        "work": any(
            phrases("inferable", "work").search(one.doc.text)
            for one in here
            if any(fact.kind in {"unique", "named", "touched"} for fact in one.facts)
        ),
        "role in a post": any(
            phrases("inferable", "role").search(one.doc.text) for one in here if one.text.kind == "post"
        ),
        "other life": any(
            phrases("inferable", "other_life").search(one.doc.text)
            for one in told
            if one.text.kind in PROFILE_KINDS
        ),
        "elsewhere": any(one.elsewhere for one in told),
        "mostly elsewhere": sum(one.elsewhere for one in told) > len(told) / 4,
    }
    yield from (name for name, true in heard.items() if true)
    works = heard["role"] or heard["job"] or heard["work"] or heard["role in a post"]
    if works:
        yield "works"
        yield from (f"works, {kind}" for kind in kinds)
    if heard["role"] and kinds["town"]:
        yield "role and town"
        if alone_told([one.doc for one in told], school):
            yield "lone"


def _named(one: _Told, school: School) -> bool:
    """Whether the text names the school as the employer in so many words: then nothing is inferred."""
    found = employer.read(one.text, one.doc, one.snapshot, school)
    return any(rules()[f.rule].level(f.score) == "finding" for f in found)


def _places(told: Sequence[_Told]) -> list[tuple[float, Location, str]]:
    """In each text the strongest mark: its worth, where, and its words."""
    worth: dict[str, float] = lexicon("inferable")["worth"]
    places = []
    for one in told:
        marks = [(worth[fact.kind], fact.span) for fact in one.facts]
        marks += [(worth["role"], one.role)] if one.role else []
        marks += [(worth["pointing"], (0, len(one.text.value)))] if one.points >= POINTS and not marks else []
        if marks:
            weight, span = max(marks, key=lambda mark: mark[0])
            place = Location(one.snapshot.id, one.text.where, span)
            places.append((weight, place, one.text.value[slice(*span)]))
    return places


def _finding(told: Sequence[_Told], score: float) -> Finding:
    places = _places(told)
    strongest = sorted(places, key=lambda p: -p[0])[:MOST_EVIDENCE]
    _, place, excerpt = strongest[0]
    kept = {id(p[1]) for p in strongest}
    said = {(fact.kind, fact.value) for one in told for fact in one.facts}
    said |= {("role", "")} if any(one.role for one in told) else set()
    return Finding(
        check=CHECKS[0],
        rule=RULE,
        score=score,
        location=place,
        excerpt=excerpt,
        evidence=tuple(p[1] for p in places if id(p[1]) in kept),
        reasons=(_reason(said),),
    )


def _reason(said: set[tuple[str, str]]) -> str:
    words = lexicon("inferable")["reasons"]
    parts = [
        words[kind].format(fact=value) for wanted in ORDER for kind, value in sorted(said) if kind == wanted
    ]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return str(words["lead"]).format(list=listed)
