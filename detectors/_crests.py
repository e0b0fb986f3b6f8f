"""A school's logo prepared for finding: cut out, and drawn the ways it is met in pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data import PackError, Reference, School
from detectors import _keypoints, _pictures, _vectors
from detectors._model import Image

DRAWN = 256
"""Longest side of the prepared logo; its keypoints are given in these pixels."""
SMALL_SIDES = (128, 72)
"""Smaller renderings, whose keypoints look as they do on a far-away jumper."""
CANVAS = 64
"""Side of the square in which a logo and a suspect are compared."""
MARGIN = 0.06
PER_RENDERING = 260
GROUND_SLACK = 24
MOST_SCHOOLS = 4
LEAST_SIDE = 24
OPAQUE = 200


@dataclass(frozen=True, eq=False)
class Crest:
    """One logo. `size` is (width, height) of the cut-out in prepared pixels.

    `canvas` holds its gray renderings (as drawn, reversed) on the comparing square, `colour` the
    drawn one, and `inside` says which of the square's pixels belong to the logo.
    `source_side` is the longest side as supplied, `clear` whether its ground was transparent.
    """

    name: str
    size: tuple[int, int]
    features: _keypoints.Features
    canvas: tuple[np.ndarray, ...]
    colour: np.ndarray
    inside: np.ndarray
    source_side: int
    clear: bool


@lru_cache(maxsize=MOST_SCHOOLS)
def crests(school: School) -> tuple[Crest, ...]:
    """All logos of a school.

    Raises:
        PackError: a logo cannot be read; the sentence names it.
    """
    return tuple(crest(reference) for reference in school.logos)


def crest(reference: Reference) -> Crest:
    """Prepare one logo.

    Raises:
        PackError: it cannot be read, is blank, or is too small to be found again.
    """
    art = _art(reference)
    rgb, mask = _cut_out(art, reference.name)
    source_side = max(mask.shape)
    scale = DRAWN / source_side
    size = (max(8, round(mask.shape[1] * scale)), max(8, round(mask.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb, mask = cv2.resize(rgb, size, interpolation=how), cv2.resize(mask, size, interpolation=how)
    drawings = _drawings(rgb, mask)
    return Crest(
        reference.name,
        size,
        _keypoints.stack([part for gray in drawings for part in _renderings(gray)]),
        tuple(_squared(gray) for gray in drawings[:2]),
        _squared(_laid(rgb, mask, 255.0)),
        _squared(mask, border=cv2.BORDER_CONSTANT) > 127,  # noqa: PLR2004  half covered
        source_side,
        int(art[..., 3].min()) < OPAQUE,
    )


def cut_out(reference: Reference) -> np.ndarray:
    """The logo alone, as RGBA, at the size it was supplied.

    Raises:
        PackError: as for `crest`.
    """
    rgb, mask = _cut_out(_art(reference), reference.name)
    return np.dstack([rgb, mask])


def to_canvas(size: tuple[int, int]) -> np.ndarray:
    """The matrix (3 x 3) from prepared pixels to the comparing square, which may stretch the logo."""
    width, height = size
    room = CANVAS * (1 - 2 * MARGIN)
    edge = CANVAS * MARGIN
    return np.array([[room / width, 0, edge], [0, room / height, edge], [0, 0, 1]], np.float64)


def _art(reference: Reference) -> np.ndarray:
    """The logo as RGBA."""
    data = reference.data
    if re.search(rb"<svg[\s>]", data[:4096]) and not data.startswith((b"\x89PNG", b"\xff\xd8")):
        data = _vectors.rasterised(reference)
    try:
        return _pictures.decode_with_alpha(Image("", reference.name, data))
    except _pictures.Unreadable as error:
        raise PackError(f"the logo '{reference.name}' cannot be read: {error}") from None


def _cut_out(rgba: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The logo without the empty ground around it, and where it is opaque.

    Without transparency the ground is the colour that all four corners share.
    """
    rgb, mask = rgba[..., :3], rgba[..., 3]
    if int(mask.min()) >= OPAQUE:
        corners = rgb[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
        if int(np.ptp(corners, axis=0).max()) <= GROUND_SLACK:
            far = np.abs(rgb.astype(int) - corners.mean(axis=0)).max(axis=2) > GROUND_SLACK
            mask = _filled(far.astype(np.uint8) * 255)
    rows, columns = np.flatnonzero((mask > 40).any(axis=1)), np.flatnonzero((mask > 40).any(axis=0))  # noqa: PLR2004
    if len(rows) < LEAST_SIDE or len(columns) < LEAST_SIDE:
        raise PackError(f"the logo '{name}' is blank or smaller than {LEAST_SIDE} pixels")
    area = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    rgb, mask = rgb[area], mask[area]
    if float(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)[mask > 127].std()) < 3 and (  # noqa: PLR2004
        float((mask > 127).mean()) > 0.97  # noqa: PLR2004
    ):
        raise PackError(f"the logo '{name}' is one plain colour")
    return np.ascontiguousarray(rgb), np.ascontiguousarray(mask)


def _filled(mask: np.ndarray) -> np.ndarray:
    """Ground-coloured parts enclosed by the logo belong to it."""
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), outer, -1, 255, cv2.FILLED)


def _drawings(rgb: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
    """Gray: on white, reversed, and on black where the edge would look different."""
    light = cv2.cvtColor(_laid(rgb, mask, 255.0), cv2.COLOR_RGB2GRAY)
    dark = cv2.cvtColor(_laid(rgb, mask, 0.0), cv2.COLOR_RGB2GRAY)
    return [light, 255 - light, dark]


def _laid(rgb: np.ndarray, mask: np.ndarray, ground: float) -> np.ndarray:
    cover = mask[..., None].astype(np.float32) / 255
    return (rgb * cover + ground * (1 - cover)).astype(np.uint8)


def _renderings(gray: np.ndarray) -> list[_keypoints.Features]:
    """Keypoints at several sizes, all in prepared pixels."""
    found = []
    for side in (DRAWN, *SMALL_SIDES):
        scale = side / DRAWN
        size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
        small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA) if scale < 1 else gray
        edge = round(0.15 * side)
        framed = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        part = _keypoints.features(framed, side=2 * DRAWN, limit=PER_RENDERING, contrast=0.02)
        found.append(
            _keypoints.Features(
                (part.points - edge) / scale, part.sizes / scale, part.turns, part.descriptors
            )
        )
    return found


def _squared(drawing: np.ndarray, *, border: int = cv2.BORDER_REPLICATE) -> np.ndarray:
    matrix = to_canvas((drawing.shape[1], drawing.shape[0]))[:2]
    soft = cv2.GaussianBlur(drawing, (0, 0), max(0.3, 0.4 * max(drawing.shape[:2]) / CANVAS))
    return cv2.warpAffine(soft, matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR, borderMode=border)
