"""A finding as one JSON row, as other programs read it."""

from __future__ import annotations

from typing import Any

from detectors import Location
from scanner.model import Assessment

Row = dict[str, Any]


def row_of(item: str | int, assessment: Assessment) -> Row:
    """The columns of `inspect --json`."""
    place = assessment.location
    return {
        "item": item,
        "check": assessment.check,
        "level": assessment.level,
        "score": round(assessment.score, 4),
        "span": list(place.span) if place.span else None,
        "box": list(place.box) if place.box else None,
        "image": place.image,
        "ref": assessment.ref,
        "rule": assessment.rule,
        "clauses": list(assessment.clauses),
        "where": _where(place),
        "evidence": [_evidence(one) for one in assessment.evidence],
        "reasons": list(assessment.reasons),
    }


def _evidence(place: Location) -> Row:
    return {
        "item": place.item,
        "where": _where(place),
        "span": list(place.span) if place.span else None,
        "box": list(place.box) if place.box else None,
    }


def _where(place: Location) -> str | None:
    """The place in the profile; in a loose video, the second."""
    return place.where or (None if place.second is None else str(int(place.second)))
