"""Hashes of pictures and of a grid of cells that stay alike under re-posting, and what to hash.

A picture is asked about as a whole, inside its frame, on its page and in quarters.

A hash of 256 bits in the manner of PDQ (Facebook, 2019), written here anew: the signs of the
sixteen lowest frequencies each way of a 64 x 64 gray copy, against their median. Turning or
mirroring a picture only swaps those frequencies or their signs, so all eight ways come from one
transform. The parts are a grid of cells with 35 such signs each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

SIDE = 64
WAVES = 16
BITS = WAVES * WAVES
LEAST_DETAIL = 50.0
"""PDQ's own measure and bar (49 and below is no usable hash): fewer edges, and anything matches."""
LEAST_ASKED = 15.0
"""For a picture compared with such references; a copy may have lost contrast."""
GRID = 7
CELL = 16
CANVAS = GRID * CELL
CELL_WAVES = 6
CELL_BITS = CELL_WAVES * CELL_WAVES - 1
PARTS_SIDE = 320
"""Parts are found and hashed on a copy of at most this size."""
FRAME_SLACK = 6
PAGE_SLACK = 9
SOLID = 0.6
"""Share of its box that a picture fills; lettering fills less."""
LEAST_LEFT = 0.08
LEAST_PART = 24
QUARTERS = ((0, 0), (1, 0), (0, 1), (1, 1))
GUTTER = 0.012
LEAST_TONES = 3.0
"""Spread of tones, of 255, below which a cell has nothing that would survive compression."""
FINER = 2
EDGE = 0.015
"""How far a cell may reach over the picture's edge, as a share of the reference, and still count as seen."""

WAYS = tuple(
    (over, across, down) for over in (False, True) for across in (False, True) for down in (False, True)
)
"""What was done to a picture for each of its eight hashes: swapped over the diagonal, then mirrored."""


@dataclass(frozen=True, eq=False)
class Region:
    """A part in gray; `matrix` (3 x 3) takes its unit square to the picture's pixels; `whole`: it is all."""

    gray: np.ndarray
    matrix: np.ndarray
    whole: bool


def regions(gray: np.ndarray) -> Iterator[Region]:
    """The picture, what is inside its frame, what stands on its page, and the quarters of the innermost."""
    scale = min(1.0, PARTS_SIDE / max(gray.shape))
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
    height, width = small.shape
    across, down = gray.shape[1] / width, gray.shape[0] / height
    whole = (0, 0, width, height)
    boxes = [whole]
    inner = _unframed(small, whole)
    if inner:
        boxes.append(inner)
    block = _block(small)
    if block and block not in boxes:
        boxes.append(block)
    left, top, right, foot = boxes[-1]
    gap_x, gap_y = round((right - left) * GUTTER), round((foot - top) * GUTTER)
    mid_x, mid_y = (left + right) // 2, (top + foot) // 2
    for x, y in QUARTERS:
        boxes.append(
            (
                mid_x + gap_x if x else left,
                mid_y + gap_y if y else top,
                right if x else mid_x - gap_x,
                foot if y else mid_y - gap_y,
            )
        )
    for one in boxes:
        if min(one[2] - one[0], one[3] - one[1]) >= LEAST_PART:
            yield Region(
                small[one[1] : one[3], one[0] : one[2]],
                np.array(
                    [
                        [(one[2] - one[0]) * across, 0, one[0] * across],
                        [0, (one[3] - one[1]) * down, one[1] * down],
                        [0, 0, 1],
                    ]
                ),
                whole=one == whole,
            )


def eight_ways(gray: np.ndarray) -> tuple[np.ndarray, float]:
    """The hashes (8 x 4 of 64 bits) of a gray picture turned and mirrored, as given first; and its detail."""
    small = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    waves = _basis(SIDE, WAVES)[1:] @ small @ _basis(SIDE, WAVES)[1:].T
    flip = np.where(np.arange(1, WAVES + 1) % 2, -1.0, 1.0)
    turned = np.stack(
        [
            (waves.T if over else waves)
            * (flip[None, :] if across else 1.0)
            * (flip[:, None] if down else 1.0)
            for over, across, down in WAYS
        ]
    ).reshape(len(WAYS), -1)
    signs = turned > np.median(turned, axis=1, keepdims=True)
    return np.packbits(signs, axis=1).view("<u8").astype(np.uint64), _detail(small)


def way_to(way: int) -> np.ndarray:
    """The matrix (3 x 3) from the unit square of a turned picture back to that of the picture as given."""
    over, across, down = WAYS[way]
    back = np.array([[-1.0 if across else 1.0, 0, across], [0, -1.0 if down else 1.0, down], [0, 0, 1]])
    return np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]) @ back if over else back


def cells(gray: np.ndarray) -> np.ndarray:
    """A reference's cells, row by row; 0 for one without detail."""
    signs, tones = _signs(_square(gray))
    return np.where(tones >= LEAST_TONES, _packed(signs), np.uint64(0))


def eight_cells(gray: np.ndarray) -> np.ndarray:
    """The cells (8 x 49) of a gray picture turned and mirrored, in the order of `WAYS`."""
    signs = _signs(_square(gray))[0].reshape(GRID, GRID, CELL_WAVES, CELL_WAVES)
    odd = np.arange(CELL_WAVES) % 2 == 1
    turned = []
    for over, across, down in WAYS:
        one = signs.transpose(1, 0, 3, 2) if over else signs
        one = one[:, ::-1] ^ odd[None, :] if across else one
        one = one[::-1] ^ odd[:, None] if down else one
        turned.append(one.reshape(GRID**2, CELL_WAVES**2))
    return _packed(np.concatenate(turned)).reshape(len(WAYS), GRID**2)


def seen_cells(gray: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells of what lies at a place of a picture, and which of them lie inside the picture.

    `matrix` (3 x 3) takes the reference's unit square to the pixels of `gray`.
    """
    lines = np.linspace(0, 1, GRID + 1)
    grid = np.stack([*np.meshgrid(lines, lines), np.ones((GRID + 1, GRID + 1))])
    places = np.tensordot(matrix, grid, 1)[:2]
    height, width = gray.shape
    slack = EDGE * np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    inside = (places >= -slack).all(axis=0)
    inside &= (places[0] <= width + slack) & (places[1] <= height + slack)
    seen = inside[:-1, :-1] & inside[1:, :-1] & inside[:-1, 1:] & inside[1:, 1:]
    side = CANVAS * FINER
    coarse = np.sqrt(abs(np.linalg.det(matrix[:2, :2]))) / side
    if coarse > 1:
        size = (max(1, round(width / coarse)), max(1, round(height / coarse)))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        matrix = np.diag([size[0] / width, size[1] / height, 1.0]) @ matrix
    # pixel centres stand half a pixel in, on both sides
    middle = np.array([[1.0, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    onto = middle @ matrix @ np.diag([1 / side, 1 / side, 1]) @ np.linalg.inv(middle)
    laid = cv2.warpAffine(
        gray,
        onto[:2],
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _packed(_signs(_square(laid))[0]), seen.reshape(-1)


def _unframed(gray: np.ndarray, whole: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """The box without plain bars at the edges; None if there are none."""
    top, foot = _ends(np.ptp(gray, axis=1).astype(int) > FRAME_SLACK)
    if foot <= top:
        return None
    left, right = _ends(np.ptp(gray[top:foot], axis=0).astype(int) > FRAME_SLACK)
    box = (left, top, right, foot)
    return None if box == whole or not _large(box, gray) else box


def _block(gray: np.ndarray) -> tuple[int, int, int, int] | None:
    """The largest solid thing that differs from the page around it, as an application shows a picture."""
    edge = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    page = int(np.bincount(edge, minlength=256).argmax())
    other = cv2.absdiff(gray, np.full_like(gray, page)) > PAGE_SLACK
    _, _, found, _ = cv2.connectedComponentsWithStats(other.astype(np.uint8), connectivity=4)
    boxes = [
        (int(left), int(top), int(left + width), int(top + height))
        for left, top, width, height, filled in found[1:]
        if filled >= SOLID * width * height
    ]
    best = max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)
    return best if best and _large(best, gray) else None


def _large(box: tuple[int, int, int, int], gray: np.ndarray) -> bool:
    return (box[2] - box[0]) * (box[3] - box[1]) >= LEAST_LEFT * gray.size


def _ends(busy: np.ndarray) -> tuple[int, int]:
    """First and last (one beyond) of what is busy."""
    where = np.flatnonzero(busy)
    return (int(where[0]), int(where[-1]) + 1) if len(where) else (0, 0)


def _square(gray: np.ndarray) -> np.ndarray:
    return cv2.resize(gray, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA).astype(np.float32)


def _signs(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The signs of each cell's waves, and its spread of tones."""
    parts = square.reshape(GRID, CELL, GRID, CELL).swapaxes(1, 2).reshape(-1, CELL, CELL)
    basis = _basis(CELL, CELL_WAVES - 1).astype(np.float32)
    return np.matmul(np.matmul(basis, parts), basis.T) > 0, parts.std(axis=(1, 2))


def _packed(signs: np.ndarray) -> np.ndarray:
    wide = np.zeros((len(signs), 64), bool)
    wide[:, : CELL_WAVES**2] = signs.reshape(len(signs), -1)
    wide[:, 0] = True  # mere brightness says nothing; and no cell is 0
    return np.packbits(wide, axis=1).view("<u8").reshape(-1).astype(np.uint64)


@lru_cache(maxsize=4)
def _basis(side: int, most: int) -> np.ndarray:
    """Rows 0 to `most` of the cosine transform; row 0 is mere brightness."""
    waves, places = np.arange(most + 1)[:, None], np.arange(side)[None, :]
    return np.asarray(np.sqrt(2 / side) * np.cos(np.pi / 2 / side * waves * (2 * places + 1)))


def _detail(small: np.ndarray) -> float:
    steps = sum(float((np.abs(np.diff(small, axis=axis)) * 100 / 255).astype(int).sum()) for axis in (0, 1))
    return min(100.0, steps / 90)
