"""Facts over all of a person's texts that together point to the school though nothing names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data import School, rules
from detectors import _language, employer
from detectors._facts import Fact, alone_told, places_told, unique_told
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot, Text

CHECKS = ("employer-inferable",)

RULE = "employer-inferable-together"
PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "location"})
MOST_TEXTS = 2000
LONGEST_TEXT = 5000
MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class _Told:
    """One own text, and the facts it tells."""

    snapshot: Snapshot
    text: Text
    doc: Doc
    facts: tuple[Fact, ...]
    role: tuple[int, int] | None
    own_work: bool


def join(snapshots: Sequence[Snapshot], school: School) -> Iterator[Finding]:
    """One finding, at the strongest place, with every place it was put together from."""
    mine = [(one, text) for one in snapshots for text in one.texts if text.author == "self" and text.value]
    mine = mine[:MOST_TEXTS]
    docs = _language.parse([text.value[:LONGEST_TEXT] for _, text in mine])
    told = [_told(one, text, doc, school) for (one, text), doc in zip(mine, docs, strict=True)]
    if not _employed(told):
        return
    weights = _weights(told, school)
    total = sum(weights.values())
    if total < _score("enough") or not any(kind in {"unique", "only", "lone"} for kind, _ in weights):
        return
    if any(_named(one, school) for one in told):
        return
    yield _finding(told, weights, total)


def _told(one: Snapshot, text: Text, doc: Doc, school: School) -> _Told:
    facts: tuple[Fact, ...] = ()
    own_work = not phrases("inferable", "not_work").search(doc.text)
    if own_work:
        facts = (*unique_told(doc, school), *places_told(doc, school))
    role = None
    if text.kind in PROFILE_KINDS and not phrases("inferable", "other_life").search(doc.text):
        match = phrases("inferable", "role").search(doc.text)
        role = doc.folded.original(*match.span()) if match else None
    return _Told(one, text, doc, facts, role, own_work)


def _employed(told: Sequence[_Told]) -> bool:
    """Whether the person works in some school: said in the profile, or in posts that tell a fact."""
    if any(one.role for one in told):
        return True
    if any(phrases("inferable", "job").search(one.doc.text) for one in told if one.own_work):
        return True
    unique = (one for one in told if any(f.kind == "unique" for f in one.facts))
    return any(phrases("inferable", "work").search(one.doc.text) for one in unique)


def _weights(told: Sequence[_Told], school: School) -> dict[tuple[str, str], float]:
    """What each different fact adds; a second unique fact adds a little less."""
    seen: dict[tuple[str, str], float] = {}
    for one in told:
        for fact in one.facts:
            key = fact.kind, fact.value
            strong = fact.strength * _score("unique" if fact.kind == "unique" else fact.kind)
            seen[key] = max(seen.get(key, 0.0), strong)
    if any(one.role for one in told):
        seen["role", ""] = _score("role")
    if {"role", "town"} <= {kind for kind, _ in seen} and alone_told([one.doc for one in told], school):
        seen["lone", ""] = _score("lone")
    return seen


def _named(one: _Told, school: School) -> bool:
    """Whether the text names the school as the employer in so many words: then nothing is inferred."""
    found = employer.read(one.text, one.doc, one.snapshot, school)
    return any(rules()[f.rule].level(f.score) == "finding" for f in found)


def _finding(told: Sequence[_Told], weights: dict[tuple[str, str], float], total: float) -> Finding:
    places: list[tuple[float, Location, str]] = []
    for one in told:
        marks = [(weights[f.kind, f.value], f.span) for f in one.facts]
        if one.role:
            marks.append((_score("role"), one.role))
        if marks:
            weight, span = max(marks, key=lambda m: m[0])
            place = Location(one.snapshot.id, one.text.where, span)
            places.append((weight, place, one.text.value[slice(*span)]))
    strongest = sorted(places, key=lambda p: -p[0])[:MOST_EVIDENCE]
    _, place, excerpt = strongest[0]
    kept = {id(p[1]) for p in strongest}
    return Finding(
        check=CHECKS[0],
        rule=RULE,
        score=_score("finding") if total >= _score("sure") else _score("question"),
        location=place,
        excerpt=excerpt,
        evidence=tuple(p[1] for p in places if id(p[1]) in kept),
        reasons=(_reason(weights),),
    )


def _reason(weights: dict[tuple[str, str], float]) -> str:
    words = lexicon("inferable")["reasons"]
    order = ("role", "kind", "town", "area", "street", "trust", "only", "unique")
    parts = [words[kind].format(fact=value) for wanted in order for kind, value in weights if kind == wanted]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return str(words["lead"]).format(list=listed)


def _score(name: str) -> float:
    scores: dict[str, float] = lexicon("inferable")["scores"]
    return scores[name]
