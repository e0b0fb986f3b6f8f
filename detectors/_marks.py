"""Marks: the few keypoints by which a reference photo is known when only a part of it is seen.

A descriptor of 128 numbers is kept as the 24 that tell most: low waves over its grid of cells and
over its directions, chosen and weighted on drawn pictures (`data/calibration/known_photo.toml`).
In that form a mirrored picture has the same numbers, some of them negated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data import read_toml
from detectors import _keypoints

MOST = 96
FRAME = 4096.0
"""Places are kept on a frame of this many steps along the photo's longest side."""
TURNS = 65536
CODES = 24
UNIT = 90.0
"""Code numbers are kept as whole numbers of 1/90; the largest seen are 1.4."""
HALF = 0.5
LASTS_PLACE = 2.0
LASTS_SIZE = 0.25
LASTS_TURN = 0.3
LASTS_LIKENESS = 0.85
BLOCKS = 4
ROOM = 0.35
"""How far beyond a face box marks are left out, as a share of it: hair, ears and neck."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Marks:
    """`frames` (n x 4): x, y, size on the frame and turn in steps of 1/65536; `codes` n x 24."""

    frames: np.ndarray
    codes: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)


def chosen(gray: np.ndarray, *, without: Sequence[Box]) -> Marks:
    """The marks of a reference photo: spread over it, and found at half its size as well.

    Keypoints inside the boxes `without` are left out.
    """
    every = _keypoints.features(gray, side=_keypoints.PICTURE_SIDE, limit=_keypoints.PICTURE_LIMIT)
    height, width = gray.shape
    free = _outside(every.points, without)
    side = max(height, width)
    lasting = _lasting(every, gray)
    # those that last come first, the strongest of them first; keypoints come in no such order
    order = np.lexsort((-every.sizes, ~lasting))
    order = order[free[order]]
    block = (np.minimum(BLOCKS - 1, every.points / (width, height) * BLOCKS)).astype(int) @ (1, BLOCKS)
    kept = _spread(order, block, lasting)
    steps = FRAME / side
    frames = np.column_stack(
        [
            every.points[kept] * steps,
            every.sizes[kept] * steps,
            np.mod(every.turns[kept], 2 * np.pi) / (2 * np.pi) * TURNS,
        ]
    )
    whole = np.clip(np.round(codes(every.descriptors[kept]) * UNIT), -127, 127).astype(np.int8)
    return Marks(np.clip(np.round(frames), 0, TURNS - 1).astype(np.uint16), whole)


def codes(descriptors: np.ndarray) -> np.ndarray:
    """Descriptors (n x 128) as n x 24 numbers."""
    basis, middle, _ = _code()
    return np.asarray(descriptors @ basis - middle, np.float32)


def mirrored(values: np.ndarray) -> np.ndarray:
    """The codes as they would be had the picture been mirrored."""
    return np.asarray(values * _code()[2])


@lru_cache(maxsize=1)
def _code() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Basis (128 x 24), what to take away, and which numbers a mirror negates."""
    table = read_toml("calibration/known_photo.toml")["codes"]
    across = _cosines(4)
    turns = np.arange(8) * 2 * np.pi / 8
    around = np.array(
        [np.full(8, 8**-0.5)]
        + [wave(k * turns) / 2 for k in (1, 2, 3) for wave in (np.cos, np.sin)]
        + [np.cos(4 * turns) * 8**-0.5]
    )
    full = np.einsum("ai,bj,ck->abcijk", across, across, around).reshape(128, 128)
    which = np.array(table["waves"])
    weight = 1 / np.sqrt(np.array(table["spread"]))
    basis = (full[which] * weight[:, None]).T
    odd = (which // 32 + np.isin(which % 8, (2, 4, 6))) % 2
    return (
        basis.astype(np.float32),
        np.array(table["middle"]) * weight,
        np.where(odd, -1, 1).astype(np.float32),
    )


def _cosines(count: int) -> np.ndarray:
    rows, places = np.arange(count)[:, None], np.arange(count)[None, :]
    waves = np.sqrt(2 / count) * np.cos(np.pi * rows * (2 * places + 1) / (2 * count))
    waves[0] /= np.sqrt(2)
    return np.asarray(waves)


def _outside(points: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    free = np.ones(len(points), bool)
    for x, y, width, height in boxes:
        low = np.array([x - ROOM * width, y - ROOM * height])
        high = np.array([x + (1 + ROOM) * width, y + (1 + ROOM) * height])
        free &= ~((points >= low) & (points <= high)).all(axis=1)
    return free


def _lasting(every: _keypoints.Features, gray: np.ndarray) -> np.ndarray:
    """Which keypoints are also found once the photo is half as large."""
    small = cv2.resize(gray, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA)
    half = _keypoints.features(small, side=_keypoints.PICTURE_SIDE // 2, limit=_keypoints.PICTURE_LIMIT // 2)
    if not len(every) or not len(half):
        return np.zeros(len(every), bool)
    reach = LASTS_PLACE * max(1.0, max(gray.shape) / _keypoints.PICTURE_SIDE)
    ours, theirs = every.points.astype(np.float32), (half.points / HALF).astype(np.float32)
    near = np.abs(ours[:, None, 0] - theirs[None, :, 0]) < reach
    near &= np.abs(ours[:, None, 1] - theirs[None, :, 1]) < reach
    one, other = np.nonzero(near)
    same = np.abs(np.log(every.sizes[one] * HALF / half.sizes[other])) < LASTS_SIZE
    same &= np.abs(np.angle(np.exp(1j * (every.turns[one] - half.turns[other])))) < LASTS_TURN
    same &= (every.descriptors[one] * half.descriptors[other]).sum(axis=1) > LASTS_LIKENESS
    lasting = np.zeros(len(every), bool)
    lasting[one[same]] = True
    return lasting


def _spread(order: np.ndarray, block: np.ndarray, lasting: np.ndarray) -> np.ndarray:
    """The best of each part of the photo in turn, until there are enough; lasting ones before the rest."""
    rank = np.zeros(len(order), int)
    count = np.zeros(BLOCKS * BLOCKS, int)
    for place, one in enumerate(order):
        rank[place] = count[block[one]]
        count[block[one]] += 1
    return np.asarray(order[np.lexsort((rank, ~lasting[order]))][:MOST])
