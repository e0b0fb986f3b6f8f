"""Telling words as findings: one per sentence and check, with reasons a colleague would give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from data import School, rules
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._meaning import Telling, telling
from detectors._model import Finding, Location, Snapshot, Text

WORDS = "meaning"
UNHEARD = frozenset({"handle", "link"})
"""Kinds of text too short for the model to make sense of."""
EDGES = " \t\r\n.,;:!?…()[]\"'“”‘’-–—|•*"  # noqa: RUF001 - as people write
SAID = 0.5
BELOW = 0.01
FAINTER = 1.5
"""Words that speak so much less clearly than the clearest of their text (in log-odds) are left out."""
MOST = 60

Chooser = Callable[[str], str]


def said(
    check: str, rule: Chooser | str, text: Text, doc: Doc, snapshot: Snapshot, school: School
) -> Iterator[Finding]:
    """What a text says for one check; `rule` is a rule's id, or picks one by the folded sentence.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    if text.kind in UNHEARD or not doc.text.strip():
        return
    for one, sentence in strongest(check, text, doc, school):
        chosen = rule if isinstance(rule, str) else rule(sentence)
        yield _finding(one, chosen, sentence, text, doc, snapshot)


def strongest(check: str, text: Text, doc: Doc, school: School) -> Iterator[tuple[Telling, str]]:
    """The surest telling words of each sentence, with the folded sentence they stand in."""
    found = [one for one in telling(text, doc, school) if one.check == check]
    clearest = max((one.signs[0] for one in found), default=0.0)
    best: dict[tuple[int, int], Telling] = {}
    for one in found:
        if one.signs[0] > clearest - FAINTER:
            sentence = doc.sentence(*doc.fold_span(one.start, one.end))
            if sentence not in best or best[sentence].score < one.score:
                best[sentence] = one
    chosen = sorted(best.items())[:MOST]
    return ((one, doc.text[slice(*sentence)]) for sentence, one in chosen)


def _finding(one: Telling, rule: str, sentence: str, text: Text, doc: Doc, snapshot: Snapshot) -> Finding:
    known = rules()[rule]
    sure = one.score if one.said >= SAID else min(one.score, known.finding_at - BELOW)
    span = _trimmed(doc.value, one.start, one.end)
    return Finding(
        check=one.check,
        rule=rule,
        score=round(sure, 3),
        location=Location(snapshot.id, text.where, span),
        excerpt=doc.value[slice(*span)],
        reasons=tuple(_reasons(one.check, rule, sentence, text.author)),
    )


def _reasons(check: str, rule: str, sentence: str, author: str) -> Iterator[str]:
    words = lexicon(WORDS)
    reasons: Mapping[str, str] = words["reasons"]
    yield reasons.get(rule, reasons[check])
    for cue in words["cues_of"].get(check, ()):
        if phrases(WORDS, cue).search(sentence):
            yield reasons[cue]
    if author != "self":
        yield reasons["by_others"]


def _trimmed(value: str, start: int, end: int) -> tuple[int, int]:
    """Whole words, without the marks around them."""
    while start > 0 and value[start - 1].isalnum() and value[start].isalnum():
        start -= 1
    while end < len(value) and value[end].isalnum() and value[end - 1].isalnum():
        end += 1
    first, last = start, end
    while first < last - 1 and value[first] in EDGES:
        first += 1
    while last > first + 1 and value[last - 1] in EDGES:
        last -= 1
    return first, last
