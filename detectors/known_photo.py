"""Copies of the school's own photos, also turned, mirrored or cropped a little, by their fingerprints."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from data import School
from detectors import _fingerprints
from detectors._fingerprints import LEAST_DETAIL
from detectors._model import Finding, Location, Unavailable
from detectors._pictures import Picture

CHECKS = ("known-photo",)
RULE = "known-photo"

LEAST_SIDE = 32
EVEN = 62.0
"""Differing bits, of 256, at which a copy and a stranger are equally likely."""
SLOPE = 5.0
WORTH_SAYING = 0.02
FRAME_SLACK = 6
LEAST_LEFT = 0.3


def look(picture: Picture, school: School) -> Iterator[Finding]:
    """At most one finding: the nearest reference photo. A picture with too little detail has none."""
    if not school.photos or min(picture.width, picture.height) < LEAST_SIDE:
        return
    references = _fingerprints.school_fingerprints(school)
    if not references.names:
        raise Unavailable("none of the school's reference photos can be fingerprinted")
    ways = _ways(picture.gray)
    if not len(ways):
        return
    bits = _distances(references.hashes, ways)
    nearest = int(bits.argmin())
    score = 1 / (1 + math.exp((float(bits[nearest]) - EVEN) / SLOPE))
    if score < WORTH_SAYING:
        return
    name = references.names[int(references.owner[nearest])]
    yield Finding(
        check="known-photo",
        rule=RULE,
        score=round(score, 4),
        location=Location(""),
        ref=name,
        reasons=(f"it looks like the school's photo '{name}'",),
    )


def warm(school: School) -> None:
    """Fingerprint the school's photos."""
    _fingerprints.school_fingerprints(school)


def _distances(hashes: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Differing bits of each reference hash from the nearest of the picture's."""
    best = np.full(len(hashes), _fingerprints.BITS, np.uint16)
    for way in ways:  # one at a time keeps the work in the processor's cache
        bits = np.bitwise_count(hashes ^ way).sum(axis=1, dtype=np.uint16)
        np.minimum(best, bits, out=best)
    return best


def _ways(gray: np.ndarray) -> np.ndarray:
    """All hashes worth comparing: the picture and, if it has a plain frame, what is inside it."""
    found = [np.zeros((0, 4), np.uint64)]
    for part in (gray, _unframed(gray)):
        if part is not None:
            ways, detail = _fingerprints.eight_ways(part)
            if detail >= LEAST_DETAIL:
                found.append(ways)
    return np.concatenate(found)


def _unframed(gray: np.ndarray) -> np.ndarray | None:
    """The picture without plain bars at its edges; None if there are none."""
    top, bottom = _bars(gray)
    left, right = _bars(cv2.transpose(gray[top:bottom])) if bottom > top else (0, 0)
    height, width = gray.shape
    inner = (bottom - top) * (right - left)
    if inner == height * width or inner < LEAST_LEFT * height * width:
        return None
    return gray[top:bottom, left:right]


def _bars(gray: np.ndarray) -> tuple[int, int]:
    """First and last row that are not one plain tone."""
    busy = np.flatnonzero(np.ptp(gray, axis=1).astype(int) > FRAME_SLACK)
    return (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, 0)
