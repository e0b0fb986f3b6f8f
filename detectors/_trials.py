"""How well a school's own logo can be found: tried out on drawn grounds before anyone relies on it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
import PIL.Image

from data import Pack, Reference, School, rules
from detectors import _crests, logo
from detectors._model import Image
from detectors._pictures import decode

SIZES = (260, 200, 140, 100, 80, 64, 48, 36)
TRIALS = 3
ENOUGH = 2
GROUND = (480, 640)
SMALL_SOURCE = 200
LARGE_NEEDED = 100


@dataclass(frozen=True, slots=True)
class LogoReport:
    """`found` pairs each tried size (longest side in pixels of a 1280-pixel picture) with the share found.

    `smallest_safe` is the smallest size from which on upwards the logo was found, None if it never
    was; `keypoints` the number of distinct places on it that can be recognised.
    """

    name: str
    source_side: int
    keypoints: int
    found: tuple[tuple[int, float], ...]
    smallest_safe: int | None
    advice: tuple[str, ...]


def logo_report(reference: Reference) -> LogoReport:
    """Try to find a logo at several sizes, slightly turned, shaded and compressed.

    Real pictures are harder than these, so the sizes are a lower limit.

    Raises:
        PackError: the logo cannot be read or is blank.
    """
    crest = _crests.crest(reference)
    art = _crests.cut_out(reference)
    places = len(np.unique(np.round(crest.features.points / 8), axis=0))
    school = School(Pack(name="trial"), logos=(reference,))
    found = tuple((size, _share(art, size, school)) for size in SIZES)
    smallest = None
    for size, share in found:
        if share * TRIALS < ENOUGH:
            break
        smallest = size
    advice = tuple(_advice(crest.source_side, smallest, clear=crest.clear))
    return LogoReport(reference.name, crest.source_side, places, found, smallest, advice)


def _share(art: np.ndarray, size: int, school: School) -> float:
    sure = rules()[logo.RULE].finding_at
    hits = 0
    for trial in range(TRIALS):
        picture = decode(Image("", "trial", _drawn(art, size, trial)))
        hits += any(finding.score >= sure for finding in logo.look(picture, school))
    return hits / TRIALS


def _drawn(art: np.ndarray, size: int, trial: int) -> bytes:
    """The logo on a cloudy ground, the same for every call."""
    height, width = GROUND
    rng = np.random.default_rng(trial)
    ground = np.full((height, width, 3), rng.uniform(60, 200, 3), np.float32)
    for cells in (4, 16, 60):
        cloud = rng.normal(0, 12, (cells, cells)).astype(np.float32)
        ground += cv2.resize(cloud, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    scale = size / max(art.shape[:2])
    small = cv2.resize(
        art, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    turn = cv2.getRotationMatrix2D((small.shape[1] / 2, small.shape[0] / 2), (-12.0, 0.0, 9.0)[trial], 1.0)
    turn[:, 2] += ((width - small.shape[1]) / 2, (height - small.shape[0]) / 2)
    laid = cv2.warpAffine(small, turn, (width, height)).astype(np.float32)
    cover = laid[..., 3:] / 255
    mixed = ground * (1 - cover) + laid[..., :3] * (0.85, 0.95, 0.75)[trial] * cover
    mixed = cv2.GaussianBlur(mixed, (0, 0), 0.7) + rng.normal(0, 3, mixed.shape)
    out = io.BytesIO()
    PIL.Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=80)
    return out.getvalue()


def _advice(source_side: int, smallest: int | None, *, clear: bool) -> list[str]:
    said = []
    if source_side < SMALL_SOURCE:
        said.append(
            f"supply a larger picture: this logo is {source_side} pixels, {SMALL_SOURCE} or more is better"
        )
    if not clear:
        said.append("supply it with a transparent ground, so that its outline is known")
    if smallest is None or smallest > LARGE_NEEDED:
        said.append(
            "it has little fine detail: also supply a version with the school's name or motto, if any"
        )
        said.append("also supply a clean picture of it as it is worn, embroidered or printed")
    said.append("supply every version in use: stacked, one colour, reversed")
    return said
