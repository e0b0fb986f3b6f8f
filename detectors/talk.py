"""Talk that identifies, discusses or attacks: pupils, colleagues, others, and the person themselves."""

from __future__ import annotations

from collections.abc import Iterator

from data import School
from detectors import _meaning
from detectors._language import Doc
from detectors._model import Finding, Snapshot, Text
from detectors._saying import said

# check: the rule that says it
RULES = {
    "pupil-information": "pupil-talk",
    "colleague-information": "colleague-talk",
    "disparagement": "harsh-words",
    "offensive-content": "offensive-words",
    "targeted-abuse": "abuse-of-you",
}
CHECKS = tuple(RULES)
OF_OTHERS = "targeted-abuse"

warm = _meaning.warm


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Telling words about people, by the person or by somebody else."""
    for check, rule in RULES.items():
        if check != OF_OTHERS or text.author != "self":
            yield from said(check, rule, text, doc, snapshot, school)
