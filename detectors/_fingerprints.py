"""Hashes of whole pictures that stay alike under re-posting, and the file that keeps them.

A hash of 256 bits in the manner of PDQ (Facebook, 2019), written here anew: the signs of the
sixteen lowest frequencies each way of a 64 x 64 gray copy, against their median. Turning or
mirroring a picture only swaps those frequencies or their signs, so all eight ways come from one
transform. Reference pictures are hashed whole and in eleven crops.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data import PackError, Reference, School
from detectors import _pictures
from detectors._model import Image

SIDE = 64
WAVES = 16
BITS = WAVES * WAVES
LEAST_DETAIL = 50.0
"""PDQ's own measure and bar (49 and below is no usable hash): fewer edges, and anything matches."""
CROPS = (
    (0.0, 0.0, 1.0, 1.0),
    *((x, y, 0.9, 0.9) for x in (0.0, 0.05, 0.1) for y in (0.0, 0.05, 0.1)),
    (0.025, 0.025, 0.95, 0.95),
    (0.1, 0.1, 0.8, 0.8),
)
"""Parts (left, top, width, height, as shares) under which a reference is known as well."""
SHRUNK = 320
MAGIC = b"exposure-scanner fingerprints 1\n"
MOST_SCHOOLS = 4
MOST_REFERENCES = 200_000


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """Hashes of reference pictures: row i of `hashes` (n x 4 of 64 bits) belongs to `names[owner[i]]`.

    `skipped` names the pictures that could not be hashed, each with a plain reason.
    """

    names: tuple[str, ...]
    owner: np.ndarray
    hashes: np.ndarray
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What came of fingerprinting: the file, how many pictures it holds, which were left out and why."""

    data: bytes
    kept: int
    skipped: tuple[tuple[str, str], ...]


def photo_fingerprints(photos: Sequence[Reference]) -> PhotoReport:
    """Reference pictures as one file of hashes, so that the pictures can be deleted.

    Raises:
        PackError: none of the pictures can be hashed.
    """
    made = make_fingerprints(photos)
    if not made.names:
        raise PackError("none of the reference photos can be fingerprinted")
    return PhotoReport(_written(made), len(made.names), made.skipped)


def fingerprint(photos: Sequence[Reference]) -> bytes:
    """The hashes of reference pictures, as `read_fingerprints` reads them back."""
    return _written(make_fingerprints(photos))


def read_fingerprints(data: bytes) -> Fingerprints:
    """Read a fingerprint file.

    Raises:
        PackError: it is not one, or it is cut short.
    """
    if not data.startswith(MAGIC):
        raise PackError("this is not a fingerprint file of reference photos")
    head, _, body = data[len(MAGIC) :].partition(b"\n")
    try:
        fields = json.loads(head)
        names = tuple(str(name) for name in fields["names"])
        owner = np.array(fields["owner"], np.int64).reshape(-1)
        skipped = tuple((str(name), str(reason)) for name, reason in fields["skipped"])
        hashes = np.frombuffer(body, "<u8").reshape(-1, BITS // 64).astype(np.uint64)
    except (ValueError, TypeError, KeyError):
        raise PackError("the fingerprint file of the reference photos is damaged") from None
    if len(owner) != len(hashes) or (len(owner) and not 0 <= owner.min() <= owner.max() < len(names)):
        raise PackError("the fingerprint file of the reference photos is damaged")
    return Fingerprints(names, owner, hashes, skipped)


def make_fingerprints(photos: Sequence[Reference]) -> Fingerprints:
    """Hash reference pictures; a fingerprint file among them brings its own."""
    parts = [
        read_fingerprints(photo.data) if photo.data.startswith(MAGIC) else _one(photo)
        for photo in photos[:MOST_REFERENCES]
    ]
    starts = np.cumsum([0, *(len(part.names) for part in parts)])
    none = np.zeros((0, BITS // 64), np.uint64)
    return Fingerprints(
        tuple(name for part in parts for name in part.names),
        np.concatenate([np.zeros(0, np.int64), *(p.owner + s for p, s in zip(parts, starts, strict=False))]),
        np.concatenate([none, *(part.hashes for part in parts)]),
        tuple(entry for part in parts for entry in part.skipped),
    )


@lru_cache(maxsize=MOST_SCHOOLS)
def school_fingerprints(school: School) -> Fingerprints:
    """The fingerprints of a school's reference photos, made once."""
    return make_fingerprints(school.photos)


def eight_ways(gray: np.ndarray) -> tuple[np.ndarray, float]:
    """The hashes (8 x 4 of 64 bits) of a gray picture turned and mirrored, as given first; and its detail."""
    small = _small(gray)
    waves = _basis() @ small @ _basis().T
    flip = np.where(np.arange(1, WAVES + 1) % 2, -1.0, 1.0)
    ways = []
    for one in (waves, waves.T):
        for across in (1.0, flip[None, :]):
            for down in (1.0, flip[:, None]):
                turned = one * across * down
                ways.append(np.packbits(turned > np.median(turned)).view("<u8"))
    return np.array(ways, np.uint64), _detail(small)


def _written(made: Fingerprints) -> bytes:
    head = {"names": made.names, "owner": made.owner.tolist(), "skipped": made.skipped}
    return MAGIC + json.dumps(head).encode() + b"\n" + made.hashes.astype("<u8").tobytes()


def _one(photo: Reference) -> Fingerprints:
    try:
        gray = _pictures.decode(Image("", photo.name, photo.data)).gray
    except _pictures.Unreadable as error:
        return _skipped(photo, str(error))
    rows = []
    scale = min(1.0, SHRUNK / max(gray.shape))
    if scale < 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for part in CROPS:
        ways, detail = eight_ways(_part(gray, part))
        if detail >= LEAST_DETAIL:
            rows.append(ways[0])
    if not rows:
        return _skipped(photo, "it has too little detail to be told from others")
    return Fingerprints((photo.name,), np.zeros(len(rows), np.int64), np.array(rows, np.uint64))


def _skipped(photo: Reference, reason: str) -> Fingerprints:
    none = np.zeros((0, BITS // 64), np.uint64)
    return Fingerprints((), np.zeros(0, np.int64), none, ((photo.name, reason),))


def _part(gray: np.ndarray, part: tuple[float, float, float, float]) -> np.ndarray:
    height, width = gray.shape
    top, left = int(height * part[1]), int(width * part[0])
    return gray[top : top + max(1, int(height * part[3])), left : left + max(1, int(width * part[2]))]


def _small(gray: np.ndarray) -> np.ndarray:
    return cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)


@lru_cache(maxsize=1)
def _basis() -> np.ndarray:
    """Rows 1 to 16 of the cosine transform; row 0 is mere brightness."""
    waves, places = np.arange(1, WAVES + 1)[:, None], np.arange(SIDE)[None, :]
    return np.asarray(np.sqrt(2 / SIDE) * np.cos(np.pi / 2 / SIDE * waves * (2 * places + 1)))


def _detail(small: np.ndarray) -> float:
    steps = sum(float((np.abs(np.diff(small, axis=axis)) * 100 / 255).astype(int).sum()) for axis in (0, 1))
    return min(100.0, steps / 90)
