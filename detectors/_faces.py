"""Face boxes, for blurring and counting; nothing else about a face is kept.

YuNet (2023 March) through OpenCV. Five landmarks come with each box and are dropped at once.
It misses some small, turned or covered faces, so a count of zero is no proof that nobody is there.
"""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np

from detectors import _weights

WEIGHT = "yunet"
FIRST_SIDE = 640
"""Nine of nine group photos were counted right at this size, at a tenth of the full-size cost."""
SECOND_SIDE = 1280
"""The second look, for wide pictures, where the faces of a group are small."""
SURE = 0.6
WARY = 0.35
"""For blurring: a few boxes too many harm nobody."""
PLAIN = 0.75
"""For asking who it is: a drawn plate of biscuits scores 0.74."""
SMALLEST = 32
"""Pixels of width, of a 1280-pixel picture, below which a face hardly tells who it is."""
SHARP = 0.012
"""Share of a face's contrast in its finest detail: 0.06 and more plain, under 0.01 blurred on purpose."""
SAME_FACE = 0.3
WIDE = 2000

Box = tuple[int, int, int, int]

_local = threading.local()


def find_faces(rgb: np.ndarray, *, source_width: int, wary: bool = False) -> tuple[Box, ...]:
    """Boxes (x, y, width, height) in the pixels of `rgb`.

    `wary` looks twice and lowers the bar, so that blurring errs on the side of too much.

    Raises:
        Unavailable: the weight is missing or its hash is wrong.
    """
    detector = _detector()
    sides = [FIRST_SIDE]
    if wary or source_width > WIDE:
        sides.append(SECOND_SIDE)
    found: list[tuple[float, Box]] = []
    for side in sides:
        found += _look(detector, rgb, side=side, score=WARY if wary else SURE)
    return _distinct(found)


def clear_faces(rgb: np.ndarray, *, source_width: int) -> tuple[Box, ...]:
    """Faces large and sharp enough to recognise somebody by, as boxes in the pixels of `rgb`.

    Left out are doubtful ones, small ones and blurred ones; covered ones, and those in fewer than
    about ten squares across, are not found at all.

    Raises:
        Unavailable: as for `find_faces`.
    """
    detector = _detector()
    sides = [FIRST_SIDE, SECOND_SIDE] if source_width > WIDE else [FIRST_SIDE]
    found = [entry for side in sides for entry in _look(detector, rgb, side=side, score=PLAIN)]
    return tuple(box for box in _distinct(found) if box[2] >= SMALLEST and _sharp(rgb, box))


def warm() -> None:
    """Load the model of this thread."""
    _detector()


def _detector() -> Any:
    """One per thread: a YuNet object holds its input size."""
    if not hasattr(_local, "detector"):
        path = _weights.verify(WEIGHT)
        _local.detector = cv2.FaceDetectorYN.create(str(path), "", (FIRST_SIDE, FIRST_SIDE))
    return _local.detector


def _look(detector: Any, rgb: np.ndarray, *, side: int, score: float) -> list[tuple[float, Box]]:
    height, width = rgb.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    detector.setInputSize(size)
    detector.setScoreThreshold(score)
    _, rows = detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if rows is None:
        return []
    boxes = rows[np.isfinite(rows).all(axis=1)]  # of a picture of a few pixels YuNet can answer infinities
    return [(float(row[14]), _clip(row[:4] / scale, width, height)) for row in boxes]


def _sharp(rgb: np.ndarray, box: Box) -> bool:
    """Whether fine detail is there, at a size that forgives an ordinary soft picture."""
    x, y, width, height = box
    gray = cv2.cvtColor(np.ascontiguousarray(rgb[y : y + height, x : x + width]), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    fine = small - cv2.GaussianBlur(small, (0, 0), 2.0)
    return float(fine.var()) > SHARP * max(float(small.var()), 1.0)


def _clip(row: np.ndarray, width: int, height: int) -> Box:
    left, top = max(0, int(row[0])), max(0, int(row[1]))
    right, bottom = min(width, int(row[0] + row[2]) + 1), min(height, int(row[1] + row[3]) + 1)
    return left, top, max(0, right - left), max(0, bottom - top)


def _distinct(found: list[tuple[float, Box]]) -> tuple[Box, ...]:
    """Drop boxes that both looks found; the surer one stays."""
    kept: list[Box] = []
    for _, box in sorted(found, key=lambda pair: (-pair[0], pair[1])):
        if box[2] and box[3] and all(_overlap(box, other) < SAME_FACE for other in kept):
            kept.append(box)
    return tuple(kept)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (one[2] * one[3] + other[2] * other[3] - both)
