"""Where a picture may hold lettering, told cheaply, so that words are looked for only there.

Within a window of lettering, pixels fall into two groups (ink and ground) that explain nearly all of
the spread, and the tone changes often. Leaves, grass and cloth change as often, but in many tones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from data import read_toml

FIRST_SIDE = 640
SHARES = (1.0, 0.5, 0.25)
"""Of the first side; the window stays, so that each looks for lettering twice as large."""
WINDOW = 15
USUAL_CHANGES = 0.14
"""Share of neighbours along a row on opposite sides of the local mean, in lettering."""
LEAST_SPREAD = 13.0
"""Standard deviation in the window, of 255; fainter lettering cannot be read anyway."""
TWO_TONES = 0.7
"""Share of the spread that two tones explain: 1 for ink on paper, 0.64 for any even noise."""
CHANGES = (0.05, 0.45)
LEAST_AREA = 100
MIDDLING = 0.35
MARGIN = 12
ZOOM = 1.6
"""The finder is at its best with letters of about 20 pixels, the window here with about 12."""
MOST_AREAS = 8
SAME = 0.7
TWICE = 4.0
"""How many times as large as one inside it an area must be to say something of its own."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the picture in working pixels, and the scale at which to look for lines in it."""

    left: int
    top: int
    width: int
    height: int
    scale: float
    promise: float

    def coarser(self, share: float) -> Area:
        """The same area with that share of the pixels."""
        return replace(self, scale=self.scale * share**0.5)


def areas(gray: np.ndarray) -> list[Area]:
    """Areas that may hold lettering, the most promising first; few or none for most scenes."""
    height, width = gray.shape
    first = min(1.0, FIRST_SIDE / max(height, width))
    found: list[Area] = []
    for share in SHARES:
        scale = first * share
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if min(size) < 2 * WINDOW:
            break
        small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA) if scale < 1 else gray
        found += _at(small.astype(np.float32), scale, (width, height))
    return _apart(found)[:MOST_AREAS]


def _at(small: np.ndarray, scale: float, size: tuple[int, int]) -> Iterator[Area]:
    mask, maps = _maps(small)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for label in range(1, count):
        left, top, wide, high, filled = (int(v) for v in stats[label])
        if filled < LEAST_AREA:
            continue
        cut = slice(top, top + high), slice(left, left + wide)
        inside = labels[cut] == label
        promise = _promise([float(part[cut][inside].mean()) for part in maps], wide, high, filled)
        if promise < _weighing()[2]:
            continue
        x0, y0 = max(0, round((left - MARGIN) / scale)), max(0, round((top - MARGIN) / scale))
        x1 = min(size[0], round((left + wide + MARGIN) / scale))
        y1 = min(size[1], round((top + high + MARGIN) / scale))
        yield Area(x0, y0, x1 - x0, y1 - y0, min(1.5, scale * ZOOM), promise)


def _maps(small: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Where windows look like lettering at all, and what each says of itself."""
    window = (WINDOW, WINDOW)
    mean = cv2.boxFilter(small, -1, window)
    variance = np.maximum(cv2.boxFilter(small * small, -1, window) - mean * mean, 0)
    spread = np.sqrt(variance)
    above = (small > mean).astype(np.float32)
    share = cv2.boxFilter(above, -1, window)
    split = cv2.boxFilter(small * above, -1, window) - share * mean
    two = split * split / (np.maximum(share * (1 - share), 1e-3) * np.maximum(variance, 1))
    along, down = np.zeros_like(small), np.zeros_like(small)
    along[:, 1:] = above[:, 1:] != above[:, :-1]
    down[1:] = above[1:] != above[:-1]
    along, down = cv2.boxFilter(along, -1, window), cv2.boxFilter(down, -1, window)
    middling = cv2.boxFilter((np.abs(small - mean) < MIDDLING * spread).astype(np.float32), -1, window)
    like = (spread > LEAST_SPREAD) & (two > TWO_TONES) & (along > CHANGES[0]) & (along < CHANGES[1])
    mask = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 11), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((4, 7), np.uint8))
    return mask, [two, along, down, spread / 64, middling]


def _promise(means: list[float], wide: int, high: int, filled: int) -> float:
    """The log odds that an area holds lettering."""
    two, along, down, spread, middling = means
    signs = np.array(
        [
            two, along, down, np.log(along / max(down, 1e-3)), spread, middling,
            np.log(filled**0.5 / 20), np.log(max(wide, high) / min(wide, high)),
            filled / (wide * high), np.log(min(wide, high) / 20), abs(along - USUAL_CHANGES),
        ]
    )  # fmt: skip
    weights, bias, _ = _weighing()
    return float(signs @ weights) + bias


@lru_cache(maxsize=1)
def _weighing() -> tuple[np.ndarray, float, float]:
    known = read_toml("calibration/lettering.toml")
    return np.array(known["weights"]), known["bias"], known["least"]


def _apart(found: list[Area]) -> list[Area]:
    """The most promising of areas that lie in each other, the most promising first."""
    kept: list[Area] = []
    for area in sorted(found, key=lambda a: -a.promise):
        if not any(_same(area, other) for other in kept):
            kept.append(area)
    return kept


def _same(area: Area, other: Area) -> bool:
    """Whether one lies in the other and would be looked at no more closely by itself."""
    small, large = sorted((area, other), key=lambda one: one.width * one.height)
    inside = overlap(small, large) > SAME * small.width * small.height
    alike = large.width * large.height < TWICE * small.width * small.height
    return inside and (alike or small.scale <= large.scale)


def overlap(area: Area, other: Area) -> int:
    """Pixels that two areas share."""
    width = min(area.left + area.width, other.left + other.width) - max(area.left, other.left)
    height = min(area.top + area.height, other.top + other.height) - max(area.top, other.top)
    return max(0, width) * max(0, height)
