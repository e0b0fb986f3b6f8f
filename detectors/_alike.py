"""Whether two pictures are one, though cropped, mirrored, filtered or shrunk.

First hashes in the manner of PDQ (Facebook, 2019): the signs of the lowest frequencies of a small gray copy,
against their median, for the whole and for parts of it. Where they come near, a small gray copy without its
broad light and shade is laid on the other at many sizes and places, and the best correlation decides.
Nothing is known of who or what is in the picture, only of light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import cv2
import numpy as np

from detectors._model import Mark
from detectors._pictures import Picture

SIDE = 64
WAVES = 16
BYTES = WAVES * WAVES // 8
NEAR = 96
"""Differing bits, of 256, above which two pictures are not laid on each other; strangers are near 110."""
CLOSE = 72
"""The same where a picture is held against many, of which some come near by chance."""
HALVED = 320
"""Differing bits per unit: 22 bits are as good as a correlation of 0.93, 45 as one of 0.86."""
ENOUGH = 0.95
SUPPORT = 0.75
"""Correlation without which hashes that come near are chance: two portraits have their light alike."""
LAID_SIDE = 96
BROAD = 7.0
"""Blur, in pixels of the small copy, that is taken for light and shade."""
INNER = 0.8
"""Share of the smaller picture that is laid on the other: its edge may be a frame."""
SIZES = tuple(0.965**step for step in range(16))
LEAST_LAID = 20
LEAST_STEPS = 0.6
UNSURE = 0.85
"""The most that a correlation counts for where steps across or steps down do not agree."""
LEAST_SIDE = 40
EVEN = 4
"""Steps of gray, of 255, between neighbours that count as no step."""
MOST_FLAT = 0.9
"""Above this a picture is an initial, a silhouette or a plain tone, such as sites give to everyone."""
OBLONG = 1.15
SHRUNK = 256
ZOOMS = (0.93, 0.86, 0.8, 0.74, 0.68)
SHIFTS = (0.0, 0.5, 1.0)
IN_CIRCLE = 0.7
"""The middle of a picture that lies within a round frame."""


def mark(picture: Picture) -> Mark | None:
    """What a picture is known by; None for one too small or too plain to be told from others."""
    gray = picture.gray
    if min(gray.shape) < LEAST_SIDE:
        return None
    flat = _flat(_small(gray))
    if flat > MOST_FLAT:
        return None
    wholes = list(_wholes(_shrunk(gray)))
    parts = [part for whole in wholes for part in _parts(whole)]
    wholes.append(_zoomed(wholes[-1] if len(wholes) == 1 else wholes[2], IN_CIRCLE, 0.5, 0.5))
    mirrored = [np.ascontiguousarray(whole[:, ::-1]) for whole in wholes]
    hashes = b"".join(_hash(one) for one in (*wholes, *mirrored, *parts))
    scale = LAID_SIDE / max(gray.shape)
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    where, name = picture.image.where, picture.image.name
    return Mark(where, name, hashes, 2 * len(wholes), small.tobytes(), size[1], flat)


def alike(one: Mark, other: Mark, *, near: int = NEAR) -> float:
    """How sure it is that they are one, 0 to 1; 0 where they are too different to try."""
    bits = _distance(one, other)
    return _likeness(one, other, bits) if bits <= near else 0.0


def alike_whole(some: Sequence[Mark], others: Sequence[Mark]) -> Iterator[tuple[float, Mark, Mark]]:
    """The pairs of many that are alike as wholes, squares and mirror images, but not in other parts."""
    if not some or not others:
        return
    a, b = ([_rows(mark)[: mark.wholes] for mark in marks] for marks in (some, others))
    starts = np.cumsum([0, *map(len, b[:-1])])
    every = np.concatenate(b)
    for one, rows in zip(some, a, strict=True):
        bits = np.bitwise_count(rows[:, None] ^ every[None, :]).sum(axis=2, dtype=np.uint16).min(axis=0)
        for place, nearest in enumerate(np.minimum.reduceat(bits, starts)):
            if nearest <= CLOSE:
                yield _likeness(one, others[place], int(nearest)), one, others[place]


def _likeness(one: Mark, other: Mark, bits: int) -> float:
    hashed = 1 - bits / HALVED
    if hashed >= ENOUGH:
        return hashed
    a, b = _drawing(one), _drawing(other)
    laid = max(_laid(a, b), _laid(b, a), _laid(a[:, ::-1], b), _laid(b[:, ::-1], a))
    return max(laid, hashed) if laid >= SUPPORT else laid


def _distance(one: Mark, other: Mark) -> int:
    """Bits of 256 in which the nearest views differ, one of them being a whole picture."""
    a, b = _rows(one), _rows(other)
    return min(_nearest(a, b[: other.wholes]), _nearest(b, a[: one.wholes]))


def _drawing(one: Mark) -> np.ndarray:
    gray = np.frombuffer(one.small, np.uint8).reshape(one.height, -1).astype(np.float32)
    return np.asarray(gray - cv2.GaussianBlur(gray, (0, 0), BROAD))


def _laid(small: np.ndarray, large: np.ndarray) -> float:
    """The best correlation of the inner part of one with any place of the other, at many sizes.

    There it must hold for steps across and for steps down by themselves too: two horizons agree in one only.
    """
    inner = np.ascontiguousarray(_zoomed(small, INNER, 0.5, 0.5))
    fit = min(side / own for side, own in zip(large.shape, small.shape, strict=True))
    best, pair = 0.0, (inner, inner)
    for size in SIZES:
        height, width = (round(own * fit * size) for own in inner.shape)
        if min(height, width) < LEAST_LAID:
            break
        piece = cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA)
        _, found, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(large, piece, cv2.TM_CCOEFF_NORMED))
        if found > best:
            best, pair = found, (piece, large[top : top + height, left : left + width])
    return best if _steps_agree(*pair) else min(best, UNSURE)


def _steps_agree(one: np.ndarray, other: np.ndarray) -> bool:
    steps = ((np.diff(one, axis=axis).ravel(), np.diff(other, axis=axis).ravel()) for axis in (0, 1))
    return all(a.std() > 0 < b.std() and np.corrcoef(a, b)[0, 1] >= LEAST_STEPS for a, b in steps)


def _nearest(many: np.ndarray, few: np.ndarray) -> int:
    bits = np.bitwise_count(many[:, None] ^ few[None, :]).sum(axis=2, dtype=np.uint16)
    return int(bits.min())


def _rows(one: Mark) -> np.ndarray:
    return np.frombuffer(one.hashes, "<u8").reshape(-1, BYTES // 8)


def _shrunk(gray: np.ndarray) -> np.ndarray:
    scale = SHRUNK / max(gray.shape)
    return cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray


def _wholes(gray: np.ndarray) -> Iterator[np.ndarray]:
    """The picture, and of an oblong one the squares that sites cut for a profile picture."""
    yield gray
    height, width = gray.shape
    side, rest = min(height, width), abs(height - width)
    if max(height, width) > OBLONG * side:
        for shift in SHIFTS:
            start = int(rest * shift)
            yield gray[:, start : start + side] if width > height else gray[start : start + side]


def _parts(gray: np.ndarray) -> Iterator[np.ndarray]:
    """Smaller views, towards the middle and the edges."""
    for zoom in ZOOMS:
        for down in SHIFTS:
            for across in SHIFTS:
                yield _zoomed(gray, zoom, down, across)


def _zoomed(gray: np.ndarray, zoom: float, down: float, across: float) -> np.ndarray:
    height, width = gray.shape
    tall, wide = int(height * zoom), int(width * zoom)
    top, left = int((height - tall) * down), int((width - wide) * across)
    return gray[top : top + tall, left : left + wide]


def _hash(gray: np.ndarray) -> bytes:
    small = _small(gray).astype(np.float64)
    waves = _basis() @ small @ _basis().T
    return np.packbits(waves > np.median(waves)).tobytes()


def _small(gray: np.ndarray) -> np.ndarray:
    return cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _flat(small: np.ndarray) -> float:
    """The share of places that differ from no neighbour."""
    tones = small.astype(int)
    across = np.abs(np.diff(tones, axis=1))[:-1]
    down = np.abs(np.diff(tones, axis=0))[:, :-1]
    return float((np.maximum(across, down) < EVEN).mean())


@lru_cache(maxsize=1)
def _basis() -> np.ndarray:
    """Rows 1 to 16 of the cosine transform; row 0 is mere brightness."""
    waves, places = np.arange(1, WAVES + 1)[:, None], np.arange(SIDE)[None, :]
    return np.asarray(np.sqrt(2 / SIDE) * np.cos(np.pi / 2 / SIDE * waves * (2 * places + 1)))
