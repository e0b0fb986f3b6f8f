"""The school's logo or crest in a picture: on clothes, walls and paper, or as the picture itself.

Two ways to a suspect place: keypoints that recur in one arrangement, and the picture as a whole
(an avatar or banner that is the logo). Either way the logo is then laid exactly on the place and
compared there; the score comes from that comparison, weighed as `data/rules/logo.toml` says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from data import PackError, School, read_toml
from detectors import _crests, _keypoints, _likeness
from detectors._crests import Crest
from detectors._keypoints import Pose
from detectors._likeness import Likeness
from detectors._model import Finding, Location, Unavailable
from detectors._pictures import Picture

CHECKS = ("school-logo",)
RULE = "logo-in-picture"

LEAST_SIDE = 24
LEAST_SUPPORT = 2
MOST_POSES = 8
MOST_FITS = 3
WORTH_A_FIT = 0.25
WORTH_SAYING = 0.02
SAME_PLACE = 0.3
MOST_PER_LOGO = 3
FILLS = (1.0, 0.86, 0.72, 0.58)
"""Shares of an avatar's shorter side that a centred logo may take."""
WIDEST_AVATAR = 1.35


def look(picture: Picture, school: School) -> Iterator[Finding]:
    """One finding per place and logo, the likeliest logo only where two compete."""
    if not school.logos or min(picture.width, picture.height) < LEAST_SIDE:
        return
    found: list[tuple[float, Crest, Likeness]] = []
    for crest in _ready(school):
        found += ((score(seen), crest, seen) for seen in _places(picture, crest))
    kept: list[tuple[float, float, float, float]] = []
    for value, crest, seen in sorted(found, key=lambda entry: (-entry[0], entry[1].name)):
        box = _box(seen.quad)
        if value < WORTH_SAYING or any(_overlap(box, other) > SAME_PLACE for other in kept):
            continue
        kept.append(box)
        yield Finding(
            check="school-logo",
            rule=RULE,
            score=round(value, 4),
            location=Location("", box=picture.source_box(*box)),
            ref=crest.name,
            reasons=(f"it looks like the logo '{crest.name}'",),
        )


def warm(school: School) -> None:
    """Prepare the school's logos."""
    _ready(school)


def score(seen: Likeness) -> float:
    """How likely it is that the logo is there, 0 to 1."""
    weights = _weights()
    total = sum(weight * value for weight, value in zip(weights["weights"], seen.values(), strict=True))
    return 1 / (1 + math.exp(-(total + weights["bias"])))


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    return read_toml("calibration/logo.toml")


def _ready(school: School) -> tuple[Crest, ...]:
    cv2.setNumThreads(1)  # the workers are the threads
    try:
        return _crests.crests(school)
    except PackError as error:
        raise Unavailable(str(error)) from None


def _places(picture: Picture, crest: Crest) -> Iterator[Likeness]:
    poses = _keypoints.poses(
        crest.features, picture.keypoints, side=max(crest.size), least=LEAST_SUPPORT, most=MOST_POSES
    )
    seen = [_likeness.glance(picture, crest, pose) for pose in (*poses, *_whole(picture, crest))]
    worth = [place for place in seen if place and place.tone > WORTH_A_FIT]
    worth.sort(key=lambda place: -(place.tone + 0.1 * math.log1p(place.pose.support)))
    for place in worth[:MOST_FITS]:
        fitted = _likeness.likeness(picture, crest, place)
        if fitted:
            yield fitted


def _whole(picture: Picture, crest: Crest) -> Iterator[Pose]:
    """The logo as the picture itself: filling what stands out from the ground, or centred in it."""
    height, width = picture.gray.shape
    content = _content(picture)
    if content:
        yield _filling(content, crest)
    if max(width, height) <= WIDEST_AVATAR * min(width, height):
        for share in FILLS:
            scale = share * min(width / crest.size[0], height / crest.size[1])
            wide, high = crest.size[0] * scale, crest.size[1] * scale
            yield _filling(((width - wide) / 2, (height - high) / 2, wide, high), crest)


def _filling(box: tuple[float, float, float, float], crest: Crest) -> Pose:
    x, y, width, height = box
    return Pose(np.array([[width / crest.size[0], 0, x], [0, height / crest.size[1], y]]), 0, 0.0)


def _content(picture: Picture) -> tuple[float, float, float, float] | None:
    """The box of all that differs from the ground, if the corners share one colour."""
    rgb = picture.rgb
    corners = rgb[[0, 0, -1, -1], [0, -1, 0, -1]].astype(np.int16)
    if int(np.ptp(corners, axis=0).max()) > _crests.GROUND_SLACK:
        return None
    far = (
        np.abs(rgb.astype(np.int16) - corners.mean(axis=0).astype(np.int16)).max(axis=2)
        > _crests.GROUND_SLACK
    )
    rows, columns = np.flatnonzero(far.any(axis=1)), np.flatnonzero(far.any(axis=0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(np.ptp(columns) + 1), float(np.ptp(rows) + 1)


def _box(quad: np.ndarray) -> tuple[float, float, float, float]:
    low, high = quad.min(axis=0), quad.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(one[2] * one[3], other[2] * other[3])
