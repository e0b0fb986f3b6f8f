"""Two simple ways to do the same job, to be compared with: keywords, and named entities with a word list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from detectors._cases import Case, school
from detectors._language import Doc, parse
from detectors._lexicon import lexicon
from detectors._model import Finding, Location

MAIL_OR_PHONE = r"[\w.+-]+@[\w-]+\.[\w.]+|\b0\d[\d ]{8,11}\d\b"
NOTHING = r"(?!)"
PEOPLE, PLACES = frozenset({"PERSON"}), frozenset({"GPE", "LOC", "FAC"})


def keywords(case: Case) -> Iterator[Finding]:
    """Every literal name is the employer, every number a contact, every listed word its check."""
    for check, pattern in _patterns(case.school).items():
        for match in re.finditer(pattern, case.text.value, re.IGNORECASE):
            yield _finding(case, check, match.span())


def entities(case: Case) -> Iterator[Finding]:
    """As keywords, but talk of people and places needs a name that spaCy finds in the text."""
    doc = parse([case.text.value])[0]
    found = {label for label, _, _ in _names(doc)}
    needs = {"pupil-information": PEOPLE, "colleague-information": PEOPLE, "location": PLACES}
    for finding in keywords(case):
        if finding.check not in needs or found & needs[finding.check]:
            yield finding


def _names(doc: Doc) -> Iterable[tuple[str, int, int]]:
    return doc.names(0, len(doc.value)) if doc.value.strip() else ()


@lru_cache(maxsize=64)
def _patterns(stem: str) -> dict[str, str]:
    pack = school(stem).pack
    names = [
        pack.name,
        *pack.aliases,
        *pack.risky_names,
        *pack.acronyms,
        *pack.handles,
        *pack.hashtags,
        *pack.domains,
    ]
    listed: dict[str, list[str]] = lexicon("baseline")["words"]
    return {
        "employer-mention": _any(names),
        "official-contact": _any([*pack.domains, *pack.phones, pack.address.postcode]),
        "personal-contact": MAIL_OR_PHONE,
        **{check: rf"\b{_any(words)}\b" for check, words in listed.items()},
    }


def _any(words: Iterable[str]) -> str:
    longest = sorted({re.escape(word) for word in words if word}, key=len, reverse=True)
    return f"(?:{'|'.join(longest) or NOTHING})"


def _finding(case: Case, check: str, span: tuple[int, int]) -> Finding:
    return Finding(check, "baseline", 1.0, Location(case.snapshot.id, case.text.where, span))
