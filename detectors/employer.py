"""The school named as the person's employer, told apart from a child's school, a match or a namesake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data import School
from detectors import _language, _meaning
from detectors._details import emails, host
from detectors._language import Doc
from detectors._lexicon import lexicon
from detectors._model import Finding, Location, Snapshot, Text
from detectors._names import Hit, compile_names, hits
from detectors._naming import PROFILE_KINDS, homes, own_kinds, signs, surname
from detectors._statements import (
    Setting,
    Situation,
    addressed,
    in_profile,
    namesake,
    other_place,
    setting,
    situation,
)
from detectors._weighing import chance

CHECKS = ("employer-mention",)

# kind of answer: the rule that gives it
RULES = {
    "profile_line": "employer-profile",
    "own_words": "employer-stated",
    "work_words": "employer-work-talk",
    "link": "employer-link",
    "bare": "employer-named",
    "typo": "employer-slip",
    "doubtful": "employer-doubtful",
    "other_author": "employer-by-others",
    "past": "employer-past",
    "governor": "employer-governor",
    "mail": "employer-mailbox",
    "nothing": "employer-named",
}
FOR_INFORMATION: frozenset[Situation] = frozenset({"past", "governor"})
# readings that nothing else in the words can outweigh
SETTLED: dict[str, frozenset[Situation]] = {
    "profile": frozenset({"negated", "governor", "past", "parent", "alumni"}),
    "post": frozenset({"negated", "governor"}),
}
OWN_MAILBOX = re.compile(r"[a-z]{1,20}[._-][a-z'-]{2,30}\d{0,4}@")


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: str
    score: float


def warm(school: School) -> None:
    """Compile the school's names and load the pipeline."""
    compile_names(school)
    _language.warm()
    _meaning.warm()


def fitted_on(text: Text, doc: Doc, school: School) -> Iterator[tuple[tuple[int, int], Iterator[str]]]:
    """Each naming in a text and the signs around it, as the weights are fitted on them."""
    found = _namings(doc, school)
    for hit in found:
        scene = setting(doc, hit, found)
        reading = in_profile(scene) if text.kind in PROFILE_KINDS else situation(scene)
        yield doc.folded.original(hit.start, hit.end), signs(text, doc, hit, found, scene, reading, school)


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Where a text names the school, and how surely as the person's employer.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    found = _namings(doc, school)
    answers = [(hit, _answer(text, doc, hit, found, school)) for hit in found]
    surest = max((answer.score for _, answer in answers if answer.kind not in FOR_INFORMATION), default=0.0)
    for hit, answer in answers:
        said_better = answer.kind in {"bare", "nothing", "mail"} and answer.score < surest
        if not said_better:
            yield _finding(text, doc, hit, answer, snapshot)


def _namings(doc: Doc, school: School) -> list[Hit]:
    """Every naming of the school, those in e-mail addresses at its domains as one each."""
    mail = list(emails(doc))
    worded = [h for h in hits(doc, school) if not any(m.start <= h.start and h.end <= m.end for m in mail)]
    domains = [d.lower().removeprefix("www.") for d in school.pack.domains]
    mailed = [
        Hit(m.start, m.end, "mail", sure=bool(OWN_MAILBOX.match(m.value)))
        for m in mail
        if any(host(m.value) == d or host(m.value).endswith(f".{d}") for d in domains)
    ]
    return sorted((*worded, *mailed), key=lambda hit: hit.start)


def _answer(text: Text, doc: Doc, hit: Hit, found: Sequence[Hit], school: School) -> _Answer:
    scene = setting(doc, hit, found)
    profile = text.kind in PROFILE_KINDS
    reading = in_profile(scene) if profile else situation(scene)
    if text.author != "self":
        return _by_others(text, doc, hit, found, scene, reading, school)
    settled = reading in SETTLED["profile" if profile else "post"] or _another(doc, hit, school)
    said = chance(signs(text, doc, hit, found, scene, reading, school), "naming")
    score = _meaning.beside(said, CHECKS[0], text, doc, school, hit.start, hit.end)
    if reading in FOR_INFORMATION and score < _score("outweighed"):
        return _Answer(reading, _score(reading))
    if reading == "negated" or surname(text, doc, hit) or (settled and score < _score("outweighed")):
        return _Answer("nothing", _score("nothing"))
    kind = _kind(doc, hit, reading, score, school, profile=profile)
    return _Answer(kind, _score(kind) if kind == "doubtful" else score)


def _another(doc: Doc, hit: Hit, school: School) -> bool:
    return hit.form in {"name", "risky", "typo", "acronym"} and namesake(doc, hit, own_kinds(school))


def _kind(doc: Doc, hit: Hit, reading: Situation, score: float, school: School, *, profile: bool) -> str:
    """Which rule says it; what is probably no job of the writer's is kept as a mere naming."""
    elsewhere = other_place(doc, hit, homes(school))
    if elsewhere and reading in {"own", "job"}:
        return "doubtful"
    if score < _score("asked"):
        return "nothing"
    if elsewhere:
        return "doubtful"
    if hit.form in {"typo", "link", "mail"}:
        return hit.form
    if reading in {"own", "job"}:
        return "own_words"
    posted = "work_words" if score >= _score("said") else "bare"
    return "profile_line" if profile else posted


def _by_others(
    text: Text,
    doc: Doc,
    hit: Hit,
    found: Sequence[Hit],
    scene: Setting,
    reading: Situation,
    school: School,
) -> _Answer:
    """Somebody else's words count only when they are said to the person."""
    sure = chance(signs(text, doc, hit, found, scene, reading, school), "naming") >= _score("others")
    if addressed(scene) and (sure or reading in {"own", "job", "work"}):
        return _Answer("other_author", _score("other_author"))
    return _Answer("nothing", _score("nothing"))


def _score(name: str) -> float:
    scores: dict[str, float] = lexicon("employer")["scores"]
    return scores[name]


def _finding(text: Text, doc: Doc, hit: Hit, answer: _Answer, snapshot: Snapshot) -> Finding:
    words = lexicon("employer")
    span = (0, len(doc.value)) if text.kind == "handle" else doc.folded.original(hit.start, hit.end)
    reasons = [words["reasons"][answer.kind]]
    if hit.form in {"tag", "handle", "joined"}:
        reasons.append(words["reasons"]["tag"])
    elif not hit.sure and answer.kind != "nothing":
        reasons.append(words["reasons"]["risky"])
    if not doc.value[slice(*span)].isascii():
        reasons.append(words["reasons"]["disguised"])
    return Finding(
        check=CHECKS[0],
        rule=RULES[answer.kind],
        score=answer.score,
        location=Location(snapshot.id, text.where, span),
        excerpt=doc.value[slice(*span)],
        reasons=tuple(reasons),
    )
