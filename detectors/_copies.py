"""Which reference photo a picture, or a part of it, may be a copy of, and how sure that is.

Two ways to a suspicion: hashes of the whole picture and of the parts that look like pictures in
it, and marks that recur in one arrangement (an inverted index with binary signatures and votes by
turn, after Jegou, Douze and Schmid 2008). Either way the suspect is then laid on the reference and
compared cell by cell, so that a shared sign, crest or application frame does not count as a copy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data import School
from detectors import _fingerprints, _marks, _wholes
from detectors._fingerprints import Fingerprints
from detectors._keypoints import Features
from detectors._marks_index import MarksIndex, arranged, build
from detectors._pictures import Picture

HASH_SUSPECT = 88
"""Differing bits, of 256, up to which the nearest references are looked at."""
MOST_BY_HASH = 5
SAME_CELL = 6
"""Differing bits of a cell, of 35, up to which it is the same; other pictures' are so 1 time in 100."""
LEAST_SAME = 6
HASH_CERTAIN = 30
CERTAIN = 40.0
"""Bits, and evidence, at which a whole picture needs no second opinion from its marks."""
EVEN = 12.0
"""Differing bits of a cell, of 35, that speak neither way; copies lie about 1, others about 17."""
SLOPE = 2.8
LEAST, MOST = -0.5, 2.5
FULL = 60.0
SAME = 8
LEAST_VIEW = 0.04
SQUARE = np.array([(0.0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]).T


@dataclass(frozen=True, eq=False)
class Library:
    """Fingerprints made ready for searching; `hashes` lie in four rows.

    `plain` are the photos with few marks, `plain_cells` their cells (all ones where there is none).
    """

    prints: Fingerprints
    hashes: np.ndarray
    plain: np.ndarray
    plain_cells: np.ndarray
    starts: np.ndarray
    index: MarksIndex

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays it holds."""
        held = (vars(self.prints), vars(self.index), vars(self))
        return sum(value.nbytes for one in held for value in one.values() if isinstance(value, np.ndarray))


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture in gray to compare suspects on; `onto` (3 x 3) takes the picture's pixels to its own."""

    gray: np.ndarray
    onto: np.ndarray


@dataclass(frozen=True, slots=True)
class Suspect:
    """A reference, where it would lie (unit square to picture pixels), and what speaks for it.

    `support` counts marks in one arrangement, `spread` is the share of the photo they span, `bits` is
    the hash distance (256: not by hash), `whole` says that the picture as a whole had that hash.
    """

    photo: int
    matrix: np.ndarray
    support: int
    spread: float
    bits: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """A suspect laid on its reference: the `bits` of 35 in which each cell with detail differs.

    `view` is the share of the photo that lies inside the picture, `cover` the share of the picture
    that the photo would take up.
    """

    suspect: Suspect
    bits: np.ndarray
    view: float
    cover: float

    @property
    def seen(self) -> int:
        """Cells that could be compared."""
        return len(self.bits)

    @property
    def evidence(self) -> float:
        """Sum over the cells; each may speak for a copy more than against it, for copies are written on."""
        return float(np.clip((EVEN - self.bits) / SLOPE, LEAST, MOST).sum())

    def values(self) -> np.ndarray:
        """The evidence as the score weighs it: cells, spread marks, fill, and marks in one corner.

        A sign or a crest that two pictures share gathers many marks in one corner, while the cells
        differ elsewhere. And either most of the photo is in view or it fills the picture: what two
        pictures share by chance leaves it hanging over the edge.
        """
        support = math.log1p(self.suspect.support)
        spread = min(1.0, self.suspect.spread / max(LEAST_VIEW, self.view))
        unlike = float((self.bits > SAME).mean()) if self.seen else 1.0
        return np.array(
            [
                min(self.evidence, FULL) / FULL,
                spread * support,
                max(self.view, self.cover),
                (1 - spread) * support * unlike,
            ]
        )


@lru_cache(maxsize=_fingerprints.MOST_SCHOOLS)
def school_library(school: School) -> Library:
    """A school's reference photos, fingerprinted and made ready once.

    Raises:
        PackError: the school's fingerprint file is damaged.
        Unavailable: faces cannot be looked for, so they could not be left out.
    """
    return library(_fingerprints.make_fingerprints(school.photos))


def library(prints: Fingerprints) -> Library:
    """Make fingerprints ready; takes a second or two for 5,000 photos."""
    starts = np.concatenate([[0], np.cumsum(prints.counts, dtype=np.int64)])
    plain = np.flatnonzero(prints.counts < _fingerprints.FEW_MARKS)
    cells = np.where(prints.cells[plain] == 0, ~np.uint64(0), prints.cells[plain])
    return Library(prints, np.ascontiguousarray(prints.hashes.T), plain, cells, starts, build(prints))


def likenesses(library: Library, picture: Picture) -> Iterator[Likeness]:
    """Every suspicion, compared; hashes first, and none by marks once a hash leaves no doubt."""
    certain = False
    sheet = shrunk(picture.gray)
    for suspect in by_hash(library, picture.gray):
        likeness = compared(library, sheet, suspect)
        certain |= suspect.bits <= HASH_CERTAIN and suspect.whole and likeness.evidence > CERTAIN
        yield likeness
    if not certain:
        for suspect in by_marks(library, picture.keypoints):
            yield compared(library, sheet, suspect)


def shrunk(gray: np.ndarray) -> Sheet:
    """A picture at the size at which suspects are compared."""
    scale = min(1.0, _fingerprints.SHRUNK / max(gray.shape))
    if scale == 1:
        return Sheet(gray, np.eye(3))
    height, width = gray.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return Sheet(small, np.diag([size[0] / width, size[1] / height, 1.0]))


def compared(library: Library, sheet: Sheet, suspect: Suspect) -> Likeness:
    """Lay a suspect on its reference."""
    theirs = library.prints.cells[suspect.photo]
    onto = sheet.onto @ suspect.matrix
    ours, seen = _wholes.seen_cells(sheet.gray, onto)
    use = seen & (theirs != 0)
    corners = (onto @ SQUARE)[:2].T.astype(np.float32)
    height, width = sheet.gray.shape
    edges = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    shared = cv2.intersectConvexConvex(corners, edges)[0]
    own = max(1.0, cv2.contourArea(corners))
    differ = np.bitwise_count(ours[use] ^ theirs[use]).astype(np.int64)
    return Likeness(suspect, differ, shared / own, shared / (width * height))


def by_hash(library: Library, gray: np.ndarray) -> list[Suspect]:
    """References near the picture or a picture in it, by hash or, for plain ones, by their cells."""
    found: dict[int, Suspect] = {}
    for region in _wholes.regions(gray):
        ways, detail = _wholes.eight_ways(region.gray)
        if detail < _wholes.LEAST_ASKED:
            continue
        near = [
            (int(library.prints.owner[row]), way, differ, _out_of(library.prints.parts[row]))
            for row, way, differ in _near(library.hashes, ways)
        ]
        near += [(photo, way, differ, np.eye(3)) for photo, way, differ in _plain(library, region.gray)]
        for photo, way, differ, part in near:
            if photo not in found or differ < found[photo].bits:
                onto = region.matrix @ _wholes.way_to(way) @ part
                found[photo] = Suspect(photo, onto, 0, 0.0, differ, whole=region.whole)
    return sorted(found.values(), key=lambda suspect: (suspect.bits, suspect.photo))[:MOST_BY_HASH]


def _near(hashes: np.ndarray, ways: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Columns of `hashes` near a hash, with its number and the differing bits; the nearest few."""
    bits = differing(hashes, ways).reshape(-1)
    near = np.flatnonzero(bits <= HASH_SUSPECT)
    for one in near[np.argsort(bits[near], kind="stable")][:MOST_BY_HASH]:
        way, row = divmod(int(one), hashes.shape[1])
        yield row, way, int(bits[one])


def differing(hashes: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Differing bits of each hash of `ways` (a row each) from each column of `hashes`."""
    first, second, third, fourth = (
        np.bitwise_count(row[None] ^ part[:, None]) for row, part in zip(hashes, ways.T, strict=True)
    )
    # three fit eight bits, four do not
    return np.asarray(np.add(first + second + third, fourth, dtype=np.uint16))


def _plain(library: Library, gray: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Photos with few marks some of whose cells are all in place, whatever was written on the rest.

    With each goes the way it is turned and a number that is the lower the more cells are the same.
    """
    if not len(library.plain):
        return
    same = np.stack(
        [
            np.count_nonzero(np.bitwise_count(library.plain_cells ^ one) <= SAME_CELL, axis=1)
            for one in _wholes.eight_cells(gray)
        ]
    )
    way, photo = np.unravel_index(int(same.argmax()), same.shape)
    if same[way, photo] >= LEAST_SAME:
        yield int(library.plain[photo]), int(way), HASH_SUSPECT - int(same[way, photo])


def by_marks(library: Library, features: Features) -> Iterator[Suspect]:
    """References some of whose marks recur in the picture in one arrangement."""
    codes = _marks.codes(features.descriptors)
    for photo, flipped in library.index.voted(codes, features):
        rows = slice(int(library.starts[photo]), int(library.starts[photo + 1]))
        found = arranged(library.prints, rows, photo, codes, features, flipped=flipped)
        if found:
            yield Suspect(photo, found.matrix, found.support, found.spread, _wholes.BITS, whole=False)


def _out_of(part: np.ndarray) -> np.ndarray:
    """The matrix from a photo's unit square to that of a part of it."""
    left, top, width, height = (float(value) for value in part)
    return np.array([[1 / width, 0, -left / width], [0, 1 / height, -top / height], [0, 0, 1]])
