"""How much a place in a picture looks like a logo, once the logo is laid exactly on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from detectors._crests import CANVAS, Crest, to_canvas
from detectors._keypoints import Pose
from detectors._pictures import Picture

PATCH = 112
"""The suspect place is compared at about this many pixels, whatever its size in the picture."""
STEPS = 30
SMOOTH = 5
FINE = 4.0
"""Blur, in canvas pixels, that is taken away to leave drawing without light and shade."""
CELLS = 4
LEAST_TEXTURE = 2.5
GRAY = 5.0
"""Spread of hue (CIELAB) below which a drawing counts as having one colour."""
UNTOLD = 0.5
"""Stands for `colour` where it cannot be told: speaks neither for nor against."""
SMALLEST = 14.0
HOPELESS = 0.2
"""Correlation after the first fit below which the second is not tried."""
MOST_STRETCH = 2.6
"""A crest on a chest or a wall is seldom seen flatter than this against its reference."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """What speaks for a logo being in one place.

    `tone` and `drawing` are correlations over the logo's surface, before and after light and shade
    are taken away; `weakest` is that of the poorer cells of a grid, so that a shared outline alone
    does not pass. `colour` compares hues, whatever the light, and is None where either is gray. `quad` holds
    its four corners and `pixels` its size, in working pixels.
    """

    support: int
    tone: float
    drawing: float
    weakest: float
    colour: float | None
    pixels: float
    quad: np.ndarray

    def values(self) -> tuple[float, ...]:
        """The evidence as the score weighs it."""
        return (
            math.log1p(self.support),
            self.tone,
            self.drawing,
            self.weakest,
            UNTOLD if self.colour is None else self.colour,
            math.log(self.pixels / 64),
            float(self.support == 0),
        )


@dataclass(frozen=True, eq=False)
class Glance:
    """A place before the fit is improved: `tone` says at once whether that is worth while."""

    pose: Pose
    patch: np.ndarray
    region: tuple[slice, slice]
    to_picture: np.ndarray
    onto_patch: np.ndarray
    drawn: int
    tone: float


def glance(picture: Picture, crest: Crest, pose: Pose) -> Glance | None:
    """Lay the logo on the place as it comes. None when that is nowhere sensible."""
    start = np.vstack([pose.matrix, [0, 0, 1]])
    region = _region(picture, _corners(crest, start))
    if region is None:
        return None
    patch = _resampled(picture.gray[region])
    to_picture = _back(region, patch)
    onto_patch = np.linalg.inv(to_picture) @ start @ np.linalg.inv(to_canvas(crest.size))
    laid = _laid(patch, onto_patch)
    tone = _correlation(crest.canvas[0], laid, crest.inside)
    drawn = 0 if tone >= 0 else 1  # the second drawing is the first, reversed
    return Glance(pose, patch, region, to_picture, onto_patch, drawn, abs(tone))


def likeness(picture: Picture, crest: Crest, place: Glance) -> Likeness | None:
    """Improve the fit and compare. None when it slides to nowhere sensible."""
    canvas = crest.canvas[place.drawn]
    refined = _refined(canvas, crest.inside, place.patch, place.onto_patch)
    quad = _corners(crest, place.to_picture @ refined @ to_canvas(crest.size))
    if not _sensible(quad, crest, picture):
        return None
    laid = _laid(place.patch, refined)
    drawing, weakest = _drawing(canvas, laid, crest.inside)
    return Likeness(
        place.pose.support,
        _correlation(canvas, laid, crest.inside),
        drawing,
        weakest,
        _colour(crest, _laid(_resampled(picture.rgb[place.region]), refined)),
        math.sqrt(abs(cv2.contourArea(quad.astype(np.float32)))),
        quad,
    )


def _corners(crest: Crest, matrix: np.ndarray) -> np.ndarray:
    width, height = crest.size
    square = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], np.float64)
    moved = square @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _region(picture: Picture, quad: np.ndarray) -> tuple[slice, slice] | None:
    """A place with its surroundings, if enough of it lies in the picture."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    reach = float((high - low).max())
    height, width = picture.gray.shape
    inside = np.minimum(high, (width, height)) - np.maximum(low, 0)
    if not SMALLEST <= reach <= 2 * max(width, height) or inside.min() < 0.5 * (high - low).min():
        return None
    pad = 0.2 * reach
    left, top = max(0, int(low[0] - pad)), max(0, int(low[1] - pad))
    right, bottom = min(width, int(high[0] + pad) + 1), min(height, int(high[1] + pad) + 1)
    return slice(top, bottom), slice(left, right)


def _resampled(pixels: np.ndarray) -> np.ndarray:
    scale = PATCH / max(pixels.shape[:2])
    size = (max(4, round(pixels.shape[1] * scale)), max(4, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _back(region: tuple[slice, slice], patch: np.ndarray) -> np.ndarray:
    """The matrix from a resampled patch to the picture."""
    down, across = region
    wide = (across.stop - across.start) / patch.shape[1]
    high = (down.stop - down.start) / patch.shape[0]
    return np.array([[wide, 0, across.start], [0, high, down.start], [0, 0, 1]], np.float64)


def _refined(canvas: np.ndarray, inside: np.ndarray, patch: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Gradient ascent on correlation (Evangelidis and Psarakis 2008): slant first, then perspective.

    Keeps what each step gained; a step that does not converge leaves the matrix (3 x 3) as it was.
    """
    mask, whole = inside.astype(np.uint8) * 255, np.full(patch.shape, 255, np.uint8)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, STEPS, 1e-3)
    best, reached = start, _correlation(canvas, _laid(patch, start), inside)
    for motion, rows in ((cv2.MOTION_AFFINE, 2), (cv2.MOTION_HOMOGRAPHY, 3)):
        guess = best[:rows].astype(np.float32)
        try:
            _, moved = cv2.findTransformECCWithMask(canvas, patch, mask, whole, guess, motion, stop, SMOOTH)
        except cv2.error:
            continue
        matrix = np.vstack([moved, [0, 0, 1]]) if rows == 2 else np.asarray(moved)  # noqa: PLR2004
        gained = _correlation(canvas, _laid(patch, matrix), inside)
        if gained > reached:
            best, reached = matrix.astype(np.float64), gained
        if reached < HOPELESS:
            break
    return best


def _laid(patch: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The place as it would look on the comparing square."""
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(patch, matrix, (CANVAS, CANVAS), flags=how, borderMode=cv2.BORDER_REPLICATE)
    )


def _sensible(quad: np.ndarray, crest: Crest, picture: Picture) -> bool:
    """Convex, mirrored by nothing, not a sliver, not larger than the picture."""
    across, down = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
    if min(across, down) < SMALLEST * 0.6 or not cv2.isContourConvex(quad.astype(np.float32)):
        return False
    side, fall = quad[1] - quad[0], quad[3] - quad[0]
    area = float(side[0] * fall[1] - side[1] * fall[0])
    if area <= 0 or area > 1.5 * picture.gray.size:  # a mirrored fit has a negative area
        return False
    stretch = (across / crest.size[0]) / (down / crest.size[1])
    slant = area / float(across * down)
    return bool(1 / MOST_STRETCH < stretch < MOST_STRETCH and slant > 0.5)  # noqa: PLR2004  30 degrees


def _drawing(canvas: np.ndarray, laid: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    ours, theirs = _without_shade(canvas), _without_shade(laid)
    core = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    step = CANVAS // CELLS
    cells = []
    for top in range(0, CANVAS, step):
        for left in range(0, CANVAS, step):
            area = np.s_[top : top + step, left : left + step]
            here = core[area]
            if here.mean() > 0.4 and float(ours[area][here].std()) > LEAST_TEXTURE:  # noqa: PLR2004
                cells.append(_correlation(ours[area], theirs[area], here))
    weakest = float(np.mean(sorted(cells)[: max(1, len(cells) // 2)])) if cells else 0.0
    return _correlation(ours, theirs, core), weakest


def _colour(crest: Crest, laid: np.ndarray) -> float | None:
    """Correlation of hue around its mean, which a colour cast only shifts."""
    hues = []
    for rgb in (crest.colour, laid):
        soft = cv2.GaussianBlur(rgb, (0, 0), 1.5)
        hue = cv2.cvtColor(soft, cv2.COLOR_RGB2LAB)[..., 1:][crest.inside].astype(np.float64)
        hue -= hue.mean(axis=0)
        if float(np.sqrt((hue**2).sum(axis=1).mean())) < GRAY:
            return None
        hues.append(hue.ravel())
    return float(hues[0] @ hues[1] / np.linalg.norm(hues[0]) / np.linalg.norm(hues[1]))


def _without_shade(gray: np.ndarray) -> np.ndarray:
    values = gray.astype(np.float32)
    return np.asarray(values - cv2.GaussianBlur(values, (0, 0), FINE))


def _correlation(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    if where.sum() < 16:  # noqa: PLR2004  too few pixels to say
        return 0.0
    a, b = one[where].astype(np.float64), other[where].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / (math.sqrt(float((a @ a) * (b @ b))) + 1e-6))
