"""Finding, among the marks of thousands of photos, those that recur in a picture in one arrangement.

The codes fall into cells by the nearest middles of their two halves (an inverted multi-index, after
Babenko and Lempitsky 2012); within a cell, 64 signs of a fixed projection are compared. Matches vote
for a photo, a turn and a size: a copy's marks are all turned and sized alike. For a photo with votes,
each pair of a mark and a keypoint fixes a place by itself; the pair that most others agree with is
refined by least squares, and with enough pairs a slant is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from detectors import _marks
from detectors._fingerprints import Fingerprints
from detectors._keypoints import Features

HALVES = (slice(0, None, 2), slice(1, None, 2))
MOST_MIDDLES = 512
PER_CELL = 2.0
SAMPLE = 30_000
ROUNDS = 6
SIGNS = 64
SEED = 20_190
NEAREST = 2
"""A keypoint looks into the cells of its two nearest middles of each half: four cells."""
MOST_IN_CELL = 96
"""A cell with more marks than this holds something that is everywhere, and tells nothing."""
SIZE_ONE = 6.4
"""Frame steps in a pixel of a photo of 640 pixels."""
MOST_ASKED = 500
NEAR_SIGNS = 13
"""Differing signs up to which a match may vote."""
TURN_BINS = 12
SIZE_STEPS = 1.5
SIZE_BINS = 8
"""Bins of two thirds of an octave each; what lies beyond goes to the last."""
SHORTLIST = 100
LEAST_VOTES = 2.5
MOST_VOTED = 12

FIT = 0.02
"""How far a matched mark may lie from its place, as a share of the reference's longest side there."""
NEAR_CODES = 0.62
ALIKE_AT_MOST = 2
LEAST_SUPPORT = 5
SCALE_SLACK = 1.35
TURN_SLACK = 0.3
SLANT_FROM = 8
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class MarksIndex:
    """`middles` of the two halves; `order` lists marks cell by cell, cell c from `starts[c]` on.

    `owner`, `turns`, `sizes` (log 2) and `signs` are of the marks in that order.
    """

    middles: tuple[np.ndarray, np.ndarray]
    starts: np.ndarray
    owner: np.ndarray
    turns: np.ndarray
    sizes: np.ndarray
    signs: np.ndarray
    photos: int

    def voted(self, codes: np.ndarray, features: Features) -> Iterator[tuple[int, bool]]:
        """Photos most voted for, each with whether the picture shows them mirrored."""
        if not len(self.owner) or not len(codes):
            return
        asked = slice(0, None) if len(codes) <= MOST_ASKED else _asked(features)
        ours, turns = codes[asked], features.turns[asked]
        both = np.concatenate([ours, _marks.mirrored(ours)])
        rows, marks = self._alike(both)
        if not len(rows):
            return
        flipped = rows >= len(ours)
        turn = turns[rows % len(ours)]
        # seen in a mirror, a turn runs the other way
        turn = np.where(flipped, np.pi - turn - self.turns[marks], turn - self.turns[marks])
        growth = np.log2(features.sizes[asked][rows % len(ours)]) - self.sizes[marks]
        turn_bin = np.mod(np.floor(turn * (TURN_BINS / (2 * np.pi))), TURN_BINS).astype(np.int64)
        size_bin = np.clip(np.floor(growth * SIZE_STEPS), -SIZE_BINS // 2, SIZE_BINS // 2 - 1).astype(
            np.int64
        )
        size_bin += SIZE_BINS // 2
        side = self.owner[marks] * 2 + flipped
        sides, into = self._shortlist(side, rows)
        kept = into >= 0
        place = (into[kept] * TURN_BINS + turn_bin[kept]) * SIZE_BINS + size_bin[kept]
        votes = _votes(place, rows[kept], marks[kept], len(sides), common=np.bincount(rows))
        best = np.argsort(-votes, kind="stable")[:MOST_VOTED]
        for one in best[votes[best] >= LEAST_VOTES]:
            yield int(sides[one]) // 2, bool(sides[one] % 2)

    def _shortlist(self, side: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The photos and sides that most keypoints look like; for each match its place there, or -1."""
        common = np.bincount(rows)
        once = np.unique(side * len(common) + rows)
        weight = 1 / np.sqrt(common[once % len(common)])
        votes = np.bincount(once // len(common), weight, minlength=2 * self.photos)
        sides = np.argsort(-votes, kind="stable")[:SHORTLIST]
        into = np.full(len(votes), -1)
        into[sides] = np.arange(len(sides))
        return sides, into[side]

    def _alike(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of a code (row) and a mark that look alike."""
        near = [_nearest(codes[:, half], middles) for half, middles in zip(HALVES, self.middles, strict=True)]
        cells = (near[0][:, :, None] + near[1][:, None, :] * len(self.middles[0])).reshape(len(codes), -1)
        first = self.starts[cells]
        count = self.starts[cells + 1] - first
        count[count > MOST_IN_CELL] = 0
        count, first = count.reshape(-1), first.reshape(-1)
        rows = np.repeat(np.repeat(np.arange(len(codes), dtype=np.int32), cells.shape[1]), count)
        into = np.arange(len(rows), dtype=np.int32)
        marks = into + np.repeat((first - np.cumsum(count) + count).astype(np.int32), count)
        differ = np.bitwise_count(self.signs[marks] ^ _signs(codes)[rows])
        near_enough = np.flatnonzero(differ <= NEAR_SIGNS)
        return rows[near_enough], marks[near_enough]


def _votes(
    place: np.ndarray, rows: np.ndarray, marks: np.ndarray, sides: int, *, common: np.ndarray
) -> np.ndarray:
    """Votes for each side, in its best turn and size. A window seen twenty times votes once.

    `common` counts the matches of each keypoint: what is found in many photos tells little.
    """
    bins = sides * TURN_BINS * SIZE_BINS
    by_row = np.unique(place * len(common) + rows)
    most = int(marks.max()) + 1 if len(marks) else 1
    by_mark = np.unique(place * most + marks)
    weight = 1 / np.sqrt(common[by_row % len(common)])
    cast = np.minimum(
        2 * np.bincount(by_row // len(common), weight, minlength=bins),
        np.bincount(by_mark // most, minlength=bins),
    ).reshape(-1, TURN_BINS, SIZE_BINS)
    cast = cast + np.roll(cast, 1, axis=1)
    cast[:, :, 1:] += cast[:, :, :-1].copy()
    return np.asarray(cast.max(axis=(1, 2)))


def build(prints: Fingerprints) -> MarksIndex:
    """Sort the marks of all photos into cells; the same for the same marks."""
    codes = prints.codes.astype(np.float32) / _marks.UNIT
    count = int(np.clip(np.sqrt(len(codes) / PER_CELL), 1, MOST_MIDDLES))
    sample = codes[:: max(1, len(codes) // SAMPLE)]
    first, second = (_middles(sample[:, half], count) for half in HALVES)
    cells = _nearest(codes[:, HALVES[0]], first, most=1)[:, 0]
    cells = cells + _nearest(codes[:, HALVES[1]], second, most=1)[:, 0] * len(first)
    order = np.argsort(cells, kind="stable")
    sizes = np.bincount(cells, minlength=len(first) * len(second))
    owner = np.repeat(np.arange(len(prints.counts)), prints.counts)[order]
    return MarksIndex(
        (first, second),
        np.concatenate([[0], np.cumsum(sizes)]),
        owner,
        (prints.frames[order, 3] * (2 * np.pi / _marks.TURNS)).astype(np.float32),
        np.log2(np.maximum(prints.frames[order, 2], 1) / SIZE_ONE).astype(np.float32),
        _signs(codes[order]),
        len(prints.counts),
    )


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Where a photo lies: `matrix` (3 x 3) takes its unit square to picture pixels.

    `support` counts its marks that agree, `spread` is the share of the photo that they span.
    """

    matrix: np.ndarray
    support: int
    spread: float


def arranged(
    prints: Fingerprints, rows: slice, photo: int, codes: np.ndarray, features: Features, *, flipped: bool
) -> Arrangement | None:
    """The arrangement that most marks of a photo, those at `rows`, agree on; `flipped`: in a mirror."""
    frames = prints.frames[rows].astype(np.float64)
    theirs = prints.codes[rows].astype(np.float32) / _marks.UNIT
    here, turns, sizes = frames[:, :2], frames[:, 3] * (2 * np.pi / _marks.TURNS), frames[:, 2]
    width, height = (float(side) for side in prints.sizes[photo])
    onto = np.diag([width, height, 1.0])
    if flipped:  # mirror the reference, so that only turns and sizes remain to be found
        theirs = _marks.mirrored(theirs)
        here, turns = np.column_stack([width - here[:, 0], here[:, 1]]), np.pi - turns
        onto = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]]) @ onto
    marks, points = _pairs(theirs, codes)
    if len(marks) < LEAST_SUPPORT:
        return None
    growth = features.sizes[points] / np.maximum(sizes[marks], 1)
    turn = features.turns[points] - turns[marks]
    fitted = _fitted(here[marks], features.points[points], growth, turn, marks)
    if fitted is None:
        return None
    matrix, inside = fitted
    hull = cv2.contourArea(cv2.convexHull(here[marks][inside].astype(np.float32)))
    support = len(np.unique(marks[inside]))
    return Arrangement(matrix @ onto, support, float(hull) / (width * height))


def _asked(features: Features) -> np.ndarray:
    """The largest keypoints: the small ones are the first to go in a copy."""
    return np.sort(np.argsort(-features.sizes, kind="stable")[:MOST_ASKED])


def _signs(codes: np.ndarray) -> np.ndarray:
    planes = np.random.default_rng(SEED).standard_normal((_marks.CODES, SIGNS)).astype(np.float32)
    return np.packbits(codes @ planes > 0, axis=1).view(np.uint64).reshape(-1)


def _middles(values: np.ndarray, count: int) -> np.ndarray:
    """Middles by k-means, started from evenly taken values."""
    if not len(values):
        return np.zeros((1, values.shape[1]), np.float32)
    middles: np.ndarray = values[np.linspace(0, len(values) - 1, count).astype(int)].copy()
    for _ in range(ROUNDS):
        near = _nearest(values, middles, most=1)[:, 0]
        members = np.bincount(near, minlength=count)
        order = np.argsort(near, kind="stable")
        filled = np.flatnonzero(members)
        starts = np.concatenate([[0], np.cumsum(members)])[filled]
        middles[filled] = np.add.reduceat(values[order], starts, axis=0) / members[filled, None]
    return middles


def _nearest(values: np.ndarray, middles: np.ndarray, *, most: int = NEAREST) -> np.ndarray:
    """The `most` nearest middles of each value, in blocks that stay small."""
    most = min(most, len(middles))
    lengths = (middles**2).sum(axis=1) / 2
    found = np.zeros((len(values), most), np.int64)
    for start in range(0, len(values), 8192):
        part = slice(start, start + 8192)
        near = values[part] @ middles.T - lengths
        for one in range(most):
            best = near.argmax(axis=1)
            found[part, one] = best
            near[np.arange(len(best)), best] = -np.inf
    return found


def _pairs(theirs: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Marks and keypoints that look alike: for each mark its nearest few."""
    if not len(theirs) or not len(codes):
        return np.zeros(0, int), np.zeros(0, int)
    apart = (theirs**2).sum(axis=1)[:, None] + (codes**2).sum(axis=1)[None] - 2 * theirs @ codes.T
    rows, found = np.arange(len(theirs)), []
    for _ in range(min(ALIKE_AT_MOST, len(codes))):
        best = apart.argmin(axis=1)
        found.append((best, apart[rows, best]))
        apart[rows, best] = np.inf
    marks = np.tile(rows, len(found))
    points = np.concatenate([best for best, _ in found])
    near = np.concatenate([gap for _, gap in found]) < NEAR_CODES**2
    return marks[near], points[near]


def _fitted(
    here: np.ndarray, there: np.ndarray, growth: np.ndarray, turn: np.ndarray, marks: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The matrix (3 x 3) most pairs agree with, and which do."""
    near = FIT * _marks.FRAME
    ours = here[:, 0] + 1j * here[:, 1]
    theirs = there[:, 0] + 1j * there[:, 1]
    step = growth * np.exp(1j * turn)
    move = theirs - step * ours
    off = np.abs(step[:, None] * ours[None] + move[:, None] - theirs[None])
    alike = off < 2 * near * growth[:, None]
    alike &= np.abs(np.log(growth[None] / growth[:, None])) < np.log(SCALE_SLACK)
    alike &= np.abs(np.angle(np.exp(1j * (turn[None] - turn[:, None])))) < TURN_SLACK
    best = int(alike.sum(axis=1).argmax())
    inside = alike[best]
    matrix, reach = np.eye(3), 0.0
    for _ in range(ROUNDS):
        if len(np.unique(marks[inside])) < LEAST_SUPPORT:
            return None
        matrix = _similarity(ours[inside], theirs[inside])
        reach = near * float(np.hypot(matrix[0, 0], matrix[1, 0]))
        inside = np.hypot(*(_moved(matrix, here) - there).T) < reach
    support = len(np.unique(marks[inside]))
    if support < LEAST_SUPPORT:
        return None
    if support >= SLANT_FROM:
        slanted = cv2.estimateAffine2D(here[inside], there[inside], ransacReprojThreshold=reach / 2)[0]
        if slanted is not None and np.linalg.det(slanted[:, :2]) > 0:
            matrix = np.vstack([slanted, [0, 0, 1]])
    return matrix, inside


def _similarity(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Least squares over complex numbers: turn and size are one factor."""
    a, b = ours - ours.mean(), theirs - theirs.mean()
    factor = (a.conj() @ b) / max(float((a.conj() @ a).real), 1e-9)
    move = theirs.mean() - factor * ours.mean()
    return np.array(
        [[factor.real, -factor.imag, move.real], [factor.imag, factor.real, move.imag], [0, 0, 1]]
    )


def _moved(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2])
