"""A school's e-mail address with which a person's own account is run, as only a download tells."""

from __future__ import annotations

from collections.abc import Iterator

from data import School
from detectors._model import Finding, Location, Snapshot

CHECKS = ("official-contact",)

WHERE = "sign-in"
"""The place of such findings: it is no text, and nobody but the owner sees it."""
KNOWN = 0.95
"""The score of an address that the download names. Not 1: it may have been changed since."""


def weigh(snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """One finding, however many addresses of the school the account has."""
    if any(school.has_address(address) for address in snapshot.sign_in):
        reason = "your download says that you sign in with a school email"
        yield Finding(CHECKS[0], "sign-in-email", KNOWN, Location(snapshot.id, WHERE), reasons=(reason,))
