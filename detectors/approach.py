"""Public talk with pupils or parents, and invitations to them, on a personal account."""

from __future__ import annotations

from collections.abc import Iterator

from data import School
from detectors import _meaning
from detectors._language import Doc
from detectors._model import Finding, Snapshot, Text
from detectors._saying import said

CHECKS = ("pupil-contact",)

warm = _meaning.warm


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Telling words to a pupil or a parent, or from one to the person."""
    if "official_account" not in snapshot.exemptions:
        yield from said("pupil-contact", "pupil-approach", text, doc, snapshot, school)
