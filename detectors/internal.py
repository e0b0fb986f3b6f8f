"""What belongs inside the school: plans and allegations not yet public, codes and log-ins, open links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from data import School, rules
from detectors import _meaning
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot, Text
from detectors._saying import said

CHECKS = ("confidential-work",)
LINK = re.compile(
    r"(?:https?://)?(?:(?:docs|drive|forms|classroom)\.google\.[a-z]{2,12}/|forms\.gle/|padlet\.[a-z]{2,12}/"
    r"|1drv\.ms/|[\w-]{1,40}\.sharepoint\.[a-z]{2,12}/|(?:www\.)?dropbox\.[a-z]{2,12}/s)[^\s<>\"')]{2,200}"
)
ASKED = 0.6
MOST = 20

warm = _meaning.warm


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Telling words about the school's inner life; codes in plain sight; links that open its documents."""
    at_school = phrases("meaning", "school_work").search(doc.text) is not None
    heard = said("confidential-work", _rule, text, doc, snapshot, school)
    found = [f for f in heard if at_school or f.rule != "open-link"]
    yield from found
    taken = [f.location.span for f in found if rules()[f.rule].level(f.score) != "candidate"]
    for rule, start, end in _plain_sight(doc, at_school=at_school):
        span = doc.folded.original(start, end)
        if not any(other and other[0] < span[1] and span[0] < other[1] for other in taken):
            taken.append(span)
            yield _asked(rule, span, text, snapshot)


def _plain_sight(doc: Doc, *, at_school: bool) -> Iterator[tuple[str, int, int]]:
    """Codes, log-ins and links by their shape: rule, and span of the folded text."""
    for key in ("lock", "secret"):
        for match in islice(phrases("meaning", key).finditer(doc.text), MOST):
            sentence = doc.sentence(*match.span())
            if not phrases("meaning", "elsewhere").search(doc.text[slice(*sentence)]):
                yield "code", *match.span()
    if at_school:
        for match in islice(LINK.finditer(doc.text), MOST):
            yield "open-link", *match.span()


def _rule(sentence: str) -> str:
    if LINK.search(sentence):
        return "open-link"
    return "code" if phrases("meaning", "code").search(sentence) else "internal-matter"


def _asked(rule: str, span: tuple[int, int], text: Text, snapshot: Snapshot) -> Finding:
    return Finding(
        check=CHECKS[0],
        rule=rule,
        score=ASKED,
        location=Location(snapshot.id, text.where, span),
        excerpt=text.value[slice(*span)],
        reasons=(lexicon("meaning")["reasons"][rule],),
    )
