"""Copies of the school's own photos: turned, mirrored, cropped, written on, or in another picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from data import School, read_toml
from detectors import _copies
from detectors._copies import Likeness
from detectors._model import Finding, Location, Unavailable
from detectors._pictures import Box, Picture

CHECKS = ("known-photo",)
RULE = "known-photo"

LEAST_SIDE = 32
LEAST_CELLS = 2
"""With fewer cells to compare, a shared detail cannot be told from a copy."""
WORTH_SAYING = 0.02
SAME_PLACE = 0.3
"""Overlap above which two references explain one place, and the likelier one stands."""
PART = 0.85
"""A copy that covers less of the picture than this is boxed."""
MOST = 4


def look(picture: Picture, school: School) -> Iterator[Finding]:
    """One finding for each place that shows a reference photo. A picture with too little detail has none."""
    if not school.photos or min(picture.width, picture.height) < LEAST_SIDE:
        return
    library = _copies.school_library(school)
    if not library.prints.names:
        raise Unavailable("none of the school's reference photos can be fingerprinted")
    scored = [(score(one), one) for one in _copies.likenesses(library, picture)]
    places: list[Box] = []
    for value, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].suspect.photo)):
        place = _place(picture, one)
        if value < WORTH_SAYING or len(places) == MOST:
            return
        if any(_overlap(place, other) > SAME_PLACE for other in places):
            continue
        places.append(place)
        name = library.prints.names[one.suspect.photo]
        part = place[2] * place[3] < PART * picture.width * picture.height
        yield Finding(
            check="known-photo",
            rule=RULE,
            score=round(value, 4),
            location=Location("", box=place if part else None),
            ref=name,
            reasons=(f"{'a part of it' if part else 'it'} looks like the school's photo '{name}'",),
        )


def warm(school: School) -> None:
    """Fingerprint the school's photos and make them ready."""
    _copies.school_library(school)


def score(likeness: Likeness) -> float:
    """How likely a suspect is a copy, by the weights in `data/calibration/known_photo.toml`."""
    if likeness.seen < LEAST_CELLS:
        return 0.0
    weights, bias = _weights()
    return 1 / (1 + math.exp(-float(weights @ likeness.values() + bias)))


@lru_cache(maxsize=1)
def _weights() -> tuple[np.ndarray, float]:
    table = read_toml("calibration/known_photo.toml")["score"]
    return np.array(table["weights"]), float(table["bias"])


def _place(picture: Picture, likeness: Likeness) -> Box:
    """The box of the copy in source pixels, as far as it lies in the picture."""
    corners = likeness.suspect.matrix @ np.array([(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)], float).T
    low, high = corners[:2].min(axis=1), corners[:2].max(axis=1)
    low, high = np.maximum(low, 0), np.minimum(high, picture.gray.shape[::-1])
    return picture.source_box(float(low[0]), float(low[1]), *(float(v) for v in np.maximum(high - low, 1)))


def _overlap(one: Box, other: Box) -> float:
    """Shared area as a share of the smaller box."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height) / min(one[2] * one[3], other[2] * other[3])
