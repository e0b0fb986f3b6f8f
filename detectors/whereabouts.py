"""Where the person lives, is now or regularly goes, and when the home stands empty."""

from __future__ import annotations

from collections.abc import Iterator

from data import School
from detectors import _meaning
from detectors._language import Doc
from detectors._model import Finding, Snapshot, Text
from detectors._saying import said

CHECKS = ("location",)

warm = _meaning.warm


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Telling words about places and times; what others write is theirs."""
    if text.author == "self":
        yield from said("location", "whereabouts", text, doc, snapshot, school)
