"""Keypoints of a picture, and the places where a reference's keypoints recur in one arrangement.

SIFT with root-normalised descriptors (Arandjelovic and Zisserman 2012). Each match of two
keypoints fixes a position, size and turn by itself, so matches that agree are gathered by votes
(Lowe 2004) before anything is fitted: three that agree say more than ten that do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

PICTURE_SIDE = 640
"""SIFT doubles its input, so this still sees detail of a 1280-pixel picture; cost grows as its square."""
PICTURE_LIMIT = 1300
RATIO = 0.86
"""A match must be this much closer than the next best place in the picture."""
FARTHEST = 0.75
"""Distance of unit descriptors above which two patches do not look alike."""
SAME_PLACE = 4.0
SAME_PATCH = 0.97
"""Cosine of two descriptors above which the second adds nothing."""
MOST_TURNS = 3
SCALE_SLACK = 1.6
TURN_SLACK = 0.5
PLACE_SLACK = 0.14
"""How far a match may land from where another predicts it, as a share of the reference's size there."""
MOST_MATCHES = 250


@dataclass(frozen=True, eq=False)
class Features:
    """Keypoints as arrays: `points` n x 2, `sizes`, `turns` in radians, unit `descriptors` n x 128."""

    points: np.ndarray
    sizes: np.ndarray
    turns: np.ndarray
    descriptors: np.ndarray

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, eq=False)
class Pose:
    """Where a reference may be: `matrix` (2 x 3) takes reference pixels to picture pixels.

    `support` counts the distinct keypoint pairs that agree, `spread` the share of the reference's
    area that they span.
    """

    matrix: np.ndarray
    support: int
    spread: float


def features(gray: np.ndarray, *, side: int, limit: int, contrast: float = 0.03) -> Features:
    """Keypoints of a gray picture, found at most at `side` pixels, given in the pixels of `gray`."""
    height, width = gray.shape
    scale = min(1.0, side / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    found, raw = _sift(limit, contrast).detectAndCompute(gray, None)
    if raw is None:
        return Features(np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.zeros((0, 128), np.float32))
    root = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6))
    return Features(
        np.array([point.pt for point in found]) / scale,
        np.array([point.size for point in found]) / scale,
        np.radians([point.angle for point in found]),
        root.astype(np.float32),
    )


def _sift(limit: int, contrast: float) -> Any:
    return cv2.SIFT_create(nfeatures=limit, contrastThreshold=contrast)  # type: ignore[attr-defined]


def stack(parts: list[Features]) -> Features:
    """Several renderings of one reference as one set without repeats; they share its coordinates."""
    points = np.concatenate([part.points for part in parts])
    descriptors = np.concatenate([part.descriptors for part in parts])
    near = np.abs(points[:, None] - points[None]).max(axis=2) < SAME_PLACE
    same = np.tril(near & (descriptors @ descriptors.T > SAME_PATCH), k=-1)
    keep = ~same.any(axis=1)
    return Features(
        points[keep],
        np.concatenate([part.sizes for part in parts])[keep],
        np.concatenate([part.turns for part in parts])[keep],
        descriptors[keep],
    )


def poses(reference: Features, picture: Features, *, side: float, least: int, most: int) -> list[Pose]:
    """Up to `most` arrangements of at least `least` agreeing matches, best first.

    `side` is the reference's longest side in its own pixels.
    """
    ours, theirs = _matches(reference, picture)
    if len(ours) < least:
        return []
    agree = _agreement(reference, picture, ours, theirs, side)
    places = np.unique(np.round(picture.points[theirs]), axis=0, return_inverse=True)[1].reshape(-1)
    at_place = (places[:, None] == np.arange(places.max() + 1)).astype(np.float32)
    free = np.ones(len(ours), bool)
    found: list[Pose] = []
    while len(found) < most:
        votes = ((agree & free).astype(np.float32) @ at_place > 0).sum(axis=1) * free
        chosen = agree[int(np.argmax(votes))] & free
        pose = _fit(reference.points[ours[chosen]], picture.points[theirs[chosen]], side)
        if int(votes.max()) < least or pose is None or pose.support < least:
            break
        found.append(pose)
        free &= ~chosen
    return found


def _matches(reference: Features, picture: Features) -> tuple[np.ndarray, np.ndarray]:
    """Indices of matched pairs; each reference keypoint at most once."""
    none = np.zeros(0, int)
    if not len(reference) or len(picture) < 2:  # noqa: PLR2004  the ratio needs a second best
        return none, none
    alike = reference.descriptors @ picture.descriptors.T
    rows = np.arange(len(reference))
    best = alike.argmax(axis=1)
    nearest = _distance(alike[rows, best])
    rival = best
    for _ in range(MOST_TURNS):  # the same place may be listed once for each of its turns
        alike[rows, rival] = -1
        second = alike.argmax(axis=1)
        near = np.abs(picture.points[second] - picture.points[best]).max(axis=1) < SAME_PLACE
        if not near.any():
            break
        rival = second
    farther = _distance(alike[rows, second])
    good = np.flatnonzero((nearest < FARTHEST) & (nearest < RATIO * farther))
    order = np.argsort(nearest[good] / np.maximum(farther[good], 1e-6), kind="stable")
    good = good[order][:MOST_MATCHES]
    return good, best[good]


def _distance(alike: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.maximum(0.0, 2 - 2 * alike)))


def _agreement(
    reference: Features, picture: Features, ours: np.ndarray, theirs: np.ndarray, side: float
) -> np.ndarray:
    """Row by row, which other matches land where this one predicts."""
    growth = picture.sizes[theirs] / reference.sizes[ours]
    turn = picture.turns[theirs] - reference.turns[ours]
    cos, sin = growth * np.cos(turn), growth * np.sin(turn)
    here, there = reference.points[ours], picture.points[theirs]
    step = here[None, :, :] - here[:, None, :]
    land_x = there[:, None, 0] + cos[:, None] * step[..., 0] - sin[:, None] * step[..., 1]
    land_y = there[:, None, 1] + sin[:, None] * step[..., 0] + cos[:, None] * step[..., 1]
    off = np.hypot(land_x - there[None, :, 0], land_y - there[None, :, 1])
    agree = off < PLACE_SLACK * side * growth[:, None]
    agree &= np.abs(np.log(growth[None, :] / growth[:, None])) < np.log(SCALE_SLACK)
    agree &= np.abs(np.angle(np.exp(1j * (turn[None, :] - turn[:, None])))) < TURN_SLACK
    return np.asarray(agree)


def _fit(here: np.ndarray, there: np.ndarray, side: float) -> Pose | None:
    if len(here) < 2:  # noqa: PLR2004  two points fix a similarity
        return None
    size = np.linalg.norm(there - there.mean(axis=0), axis=1).mean()
    near = max(2.0, 0.06 * float(size) * 2)
    matrix, inliers = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=near, maxIters=300)
    if matrix is None:
        return None
    inside = inliers.reshape(-1) > 0
    support = _distinct(here[inside], there[inside], side)
    if support >= 6:  # noqa: PLR2004  enough to see a slant
        slanted, kept = cv2.estimateAffine2D(here, there, ransacReprojThreshold=near, maxIters=300)
        if slanted is not None and kept.sum() >= inside.sum():
            matrix, inside = slanted, kept.reshape(-1) > 0
            support = _distinct(here[inside], there[inside], side)
    hull = cv2.contourArea(cv2.convexHull(here[inside].astype(np.float32))) / side**2
    return Pose(matrix, support, float(hull))


def _distinct(here: np.ndarray, there: np.ndarray, side: float) -> int:
    """Pairs that differ at both ends; renderings of one keypoint count once."""
    ours = len(np.unique(np.round(here / side * 24), axis=0))
    theirs = len(np.unique(np.round(there), axis=0))
    return min(ours, theirs)
