"""Reference photos as fingerprints, and the file that keeps them instead of the pictures.

Of each photo it keeps the hash of the whole (of some parts too, if there is little else), hashes
of a grid of cells, and up to 96 marks; none of the marks lies in a face.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from data import PackError, Reference, School
from detectors import _faces, _marks, _pictures, _wholes
from detectors._model import Image, Unavailable

SHRUNK = 640
"""A reference is worked on at most at this size; marks of pictures are looked for at the same."""
FEW_MARKS = 40
CROPS = (
    *((x, y, 0.9, 0.9) for x in (0.0, 0.1) for y in (0.0, 0.1)),
    (0.05, 0.05, 0.9, 0.9),
    (0.1, 0.1, 0.8, 0.8),
)
"""Parts (left, top, width, height, as shares) by which a photo with few marks is known as well."""
WHOLE = (0.0, 0.0, 1.0, 1.0)
MAGIC = b"exposure-scanner fingerprints 2\n"
ANY = b"exposure-scanner fingerprints "
MOST_SCHOOLS = 4
MOST_REFERENCES = 50_000
TOO_MANY = "only the first 50,000 photos are kept"
MOST_THREADS = 4
DAMAGED = "the fingerprint file of the reference photos is damaged"

LAYOUT = (
    ("hashes", "<u8", (_wholes.BITS // 64,)),
    ("owner", "<u4", ()),
    ("parts", "<f4", (4,)),
    ("cells", "<u8", (_wholes.GRID**2,)),
    ("sizes", "<u2", (2,)),
    ("counts", "<u2", ()),
    ("frames", "<u2", (4,)),
    ("codes", "|i1", (_marks.CODES,)),
)
"""The arrays of the file in order: name, type, shape of one row."""


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """What is kept of reference photos.

    Row i of `hashes` (n x 4 of 64 bits) belongs to photo `owner[i]` and stands for the share
    `parts[i]` of it. Per photo: `cells`, `sizes` (width, height on the marks' frame) and `counts`,
    the number of its marks; `frames` and `codes` hold the marks of all photos, one after another.
    `skipped` names the pictures that could not be hashed, each with a plain reason.
    """

    names: tuple[str, ...]
    hashes: np.ndarray
    owner: np.ndarray
    parts: np.ndarray
    cells: np.ndarray
    sizes: np.ndarray
    counts: np.ndarray
    frames: np.ndarray
    codes: np.ndarray
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What came of fingerprinting: the file, how many pictures it holds, which were left out and why."""

    data: bytes
    kept: int
    skipped: tuple[tuple[str, str], ...]


def photo_fingerprints(photos: Sequence[Reference]) -> PhotoReport:
    """Reference pictures as one file of fingerprints, so that the pictures can be deleted.

    Raises:
        PackError: none of the pictures can be hashed.
        Unavailable: faces cannot be looked for, so they could not be left out.
    """
    made = make_fingerprints(photos)
    if not made.names:
        raise PackError("none of the reference photos can be fingerprinted")
    return PhotoReport(written(made), len(made.names), made.skipped)


def prepared(school: School) -> School:
    """The school with its photos as fingerprints, made once here instead of in every worker.

    It stays as it is where faces cannot be looked for; the check says so when it is run.
    """
    if all(photo.data.startswith(ANY) for photo in school.photos):
        return school
    try:
        made = make_fingerprints(school.photos)
    except Unavailable:
        return school
    return replace(school, photos=(Reference("fingerprints", written(made)),))


def read_fingerprints(data: bytes) -> Fingerprints:
    """Read a fingerprint file.

    Raises:
        PackError: it is not one, is of another version, or is cut short.
    """
    if not data.startswith(MAGIC):
        if data.startswith(ANY):
            raise PackError("the fingerprint file is of another version; make it again from the photos")
        raise PackError("this is not a fingerprint file of reference photos")
    head, _, body = data[len(MAGIC) :].partition(b"\n")
    try:
        fields = json.loads(head)
        names = tuple(str(name) for name in fields["names"])
        skipped = tuple((str(name), str(reason)) for name, reason in fields["skipped"])
        arrays, start = {}, 0
        for (name, kind, shape), count in zip(LAYOUT, fields["rows"], strict=True):
            values = np.frombuffer(body, kind, int(count) * int(np.prod(shape, dtype=int)), start)
            arrays[name] = values.reshape(-1, *shape).astype(np.dtype(kind).newbyteorder("="))
            start += values.nbytes
    except (ValueError, TypeError, KeyError):
        raise PackError(DAMAGED) from None
    made = Fingerprints(names, **arrays, skipped=skipped)
    if start != len(body) or not _fits(made):
        raise PackError(DAMAGED)
    return made


def written(made: Fingerprints) -> bytes:
    """Fingerprints as `read_fingerprints` reads them back."""
    arrays = [np.ascontiguousarray(getattr(made, name), kind) for name, kind, _ in LAYOUT]
    head = {"names": made.names, "skipped": made.skipped, "rows": [len(array) for array in arrays]}
    return MAGIC + json.dumps(head).encode() + b"\n" + b"".join(array.tobytes() for array in arrays)


def make_fingerprints(photos: Sequence[Reference]) -> Fingerprints:
    """Fingerprint reference pictures; a fingerprint file among them brings its own.

    Raises:
        PackError: a fingerprint file among them is damaged.
        Unavailable: faces cannot be looked for.
    """
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        made = list(pool.map(_one, photos[:MOST_REFERENCES]))
    return joined([*made, *(nothing((photo.name, TOO_MANY)) for photo in photos[MOST_REFERENCES:])])


def joined(made: Sequence[Fingerprints]) -> Fingerprints:
    """Several sets of fingerprints as one."""
    starts = np.cumsum([0, *(len(one.names) for one in made)])
    every = [nothing(), *made]
    owner = np.concatenate([every[0].owner, *(one.owner + at for one, at in zip(made, starts, strict=False))])
    arrays = {name: np.concatenate([getattr(one, name) for one in every]) for name, _, _ in LAYOUT}
    return Fingerprints(
        tuple(name for one in made for name in one.names),
        **{**arrays, "owner": owner.astype(np.uint32)},
        skipped=tuple(entry for one in made for entry in one.skipped),
    )


def nothing(*skipped: tuple[str, str]) -> Fingerprints:
    """No fingerprints."""
    arrays = {name: np.zeros((0, *shape), np.dtype(kind).newbyteorder("=")) for name, kind, shape in LAYOUT}
    return Fingerprints((), **arrays, skipped=skipped)


def of_picture(name: str, rgb: np.ndarray) -> Fingerprints:
    """One picture's fingerprints; `skipped` says so when it has too little detail.

    Raises:
        Unavailable: faces cannot be looked for.
    """
    scale = min(1.0, SHRUNK / max(rgb.shape[:2]))
    if scale < 1:
        rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    marks = _marks.chosen(gray, without=_faces.find_faces(rgb, source_width=rgb.shape[1], wary=True))
    rows, parts = [], []
    height, width = gray.shape
    for part in (WHOLE, _square(width, height), *(CROPS if len(marks) < FEW_MARKS else ())):
        ways, detail = _wholes.eight_ways(_part(gray, part))
        if detail >= _wholes.LEAST_DETAIL:
            rows.append(ways[0])
            parts.append(part)
    if not rows:
        return nothing((name, "it has too little detail to be told from others"))
    size = np.round(np.array([[width, height]]) * _marks.FRAME / max(width, height))
    return Fingerprints(
        (name,),
        np.array(rows, np.uint64),
        np.zeros(len(rows), np.uint32),
        np.array(parts, np.float32),
        _wholes.cells(gray)[None],
        size.astype(np.uint16),
        np.array([len(marks)], np.uint16),
        marks.frames,
        marks.codes,
    )


def _one(photo: Reference) -> Fingerprints:
    if photo.data.startswith(ANY):
        return read_fingerprints(photo.data)
    try:
        return of_picture(photo.name, _pictures.decode(Image("", photo.name, photo.data)).rgb)
    except _pictures.Unreadable as error:
        return nothing((photo.name, str(error)))


def _fits(made: Fingerprints) -> bool:
    """Whether the arrays belong to each other and hold nothing that could not have been written."""
    count = len(made.names)
    one_each = len(made.cells) == len(made.sizes) == len(made.counts) == count
    rows = len(made.hashes) == len(made.owner) == len(made.parts)
    marks = len(made.frames) == len(made.codes) == int(made.counts.sum(dtype=np.int64))
    if not (one_each and rows and marks):
        return False
    sane = bool(np.isfinite(made.parts).all() and (made.parts[:, 2:] > 0).all() and (made.sizes > 0).all())
    return sane and (not rows or not len(made.owner) or int(made.owner.max()) < count)


def _square(width: int, height: int) -> tuple[float, float, float, float]:
    """The square in the middle, as collages cut it."""
    side = min(width, height)
    across, down = side / width, side / height
    return (1 - across) / 2, (1 - down) / 2, across, down


def _part(gray: np.ndarray, part: tuple[float, float, float, float]) -> np.ndarray:
    height, width = gray.shape
    top, left = int(height * part[1]), int(width * part[0])
    return gray[top : top + max(1, int(height * part[3])), left : left + max(1, int(width * part[2]))]
