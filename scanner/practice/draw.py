"""Drawn pictures that behave like photographs: scenes with light, texture, grain, and crests on them.

Everything is made from a seed, so the same picture comes out every time; nothing is a photograph of anything.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from scanner.practice import crest as crests
from scanner.practice import scenes

Field = NDArray[np.float32]
NORTH_SEA = (54.6612, 1.9034)
_FIELD = 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw: a scene, its seed, its size in pixels, and what stands on it.

    `crest` is the width in pixels of the school's crest (0: none), `badge` which crest is meant.
    `like` names a reference photo this is an edited copy of. `words` are lettered on signs and cards.
    `gps` puts an invented position (in the North Sea) into the file, `owner` a name and a camera's number.
    """

    name: str
    scene: str = ""
    seed: int = 1
    size: tuple[int, int] = (960, 720)
    alt: str = ""
    words: str = ""
    crest: int = 0
    badge: str = "school"
    like: str = ""
    gps: bool = False
    owner: str = ""
    quality: int = 84


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished picture file, and where its crest is: (x, y, width, height) in pixels."""

    data: bytes
    crest: tuple[int, int, int, int] | None = None


@lru_cache(maxsize=256)
def draw(picture: Picture, reference: bytes = b"", mark: bytes = b"") -> Drawn:
    """The picture as a JPEG file.

    `reference` is the photo that `like` names; `mark` a crest as a PNG, for a school other than ours.
    """
    rng = np.random.default_rng(picture.seed)
    if picture.like:
        return Drawn(_jpeg(_edited(Image.open(io.BytesIO(reference)).convert("RGB"), picture), picture))
    painter: Callable[..., scenes.Spot | None] = getattr(scenes, picture.scene)
    sheet = Image.new("RGB", picture.size)
    spot = painter(sheet, rng, picture.words)
    sheet = sheet.filter(ImageFilter.BoxBlur(0.6))
    box = None
    if picture.crest:
        if spot is None:
            raise ValueError(f"the scene '{picture.scene}' has no place for a crest")
        box = _put_crest(sheet, picture, spot, rng, mark)
    return Drawn(_jpeg(_developed(sheet, rng), picture), box)


def _put_crest(
    sheet: Image.Image, picture: Picture, spot: scenes.Spot, rng: np.random.Generator, png: bytes
) -> tuple[int, int, int, int]:
    source = _badge(picture.badge, png)
    width = picture.crest
    mark = source.resize((width, round(width * source.height / source.width)), Image.Resampling.LANCZOS)
    lean = float(rng.uniform(-0.05, 0.05))
    mark = (
        mark.transform(
            mark.size,
            Image.Transform.QUAD,
            (0, 0, mark.width * lean, mark.height, mark.width, mark.height * (1 - abs(lean)), mark.width, 0),
            Image.Resampling.BICUBIC,
        )
        if spot.cloth
        else mark
    )
    mark = mark.rotate(spot.turn, Image.Resampling.BICUBIC, expand=True)
    if spot.cloth:
        mark = Image.merge("RGBA", (*_stitched(mark).split(), mark.getchannel("A")))
    left = min(max(round(spot.x * sheet.width - mark.width / 2), 0), max(sheet.width - mark.width, 0))
    top = min(max(round(spot.y * sheet.height - mark.height / 2), 0), max(sheet.height - mark.height, 0))
    sheet.paste(mark, (left, top), mark)
    return left, top, mark.width, mark.height


def _badge(name: str, png: bytes) -> Image.Image:
    if name != "school":
        return crests.neighbour()
    return Image.open(io.BytesIO(png)).convert("RGBA") if png else crests.crest()


def _stitched(mark: Image.Image) -> Image.Image:
    """Thread runs in fine slanted lines, and dulls the colours a little."""
    rows, columns = np.mgrid[0 : mark.height, 0 : mark.width]
    thread = 1 + 0.06 * np.sin((rows + columns) * math.pi / 1.5)
    pixels = np.asarray(mark.convert("RGB"), np.float32) * thread[..., None]
    return ImageEnhance.Color(Image.fromarray(pixels.clip(0, 255).astype(np.uint8))).enhance(0.88)


def _edited(photo: Image.Image, picture: Picture) -> Image.Image:
    """A copy as people post them: mirrored, trimmed at the edges, warmed and brightened."""
    trim = 0.025
    box = (photo.width * trim, photo.height * trim, photo.width * (1 - trim), photo.height * (1 - trim))
    copy = ImageOps.mirror(photo).resize(picture.size, Image.Resampling.LANCZOS, box=box)
    warm = np.asarray(copy, np.float32) * np.array([1.1, 1.0, 0.84], np.float32) + 8
    return ImageEnhance.Contrast(Image.fromarray(warm.clip(0, 255).astype(np.uint8))).enhance(1.12)


def _developed(sheet: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Light from one side, darker corners, cloudy shade, a colour cast and sensor noise."""
    rows = np.linspace(-1, 1, sheet.height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, sheet.width, dtype=np.float32)[None, :]
    angle = float(rng.uniform(0, math.tau))
    side = 1 + np.float32(0.1 * math.cos(angle)) * columns + np.float32(0.1 * math.sin(angle)) * rows
    light = side - 0.065 * (rows**2 + columns**2) + 0.05 * _cut(_fields()[0], sheet.size, rng)
    noise = 6.5 * _cut(_fields()[1], sheet.size, rng)
    pixels = np.asarray(sheet, np.float32) * light[..., None]
    pixels *= rng.uniform(0.97, 1.03, 3).astype(np.float32)
    pixels += noise[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))


@lru_cache(maxsize=1)
def _fields() -> tuple[Field, Field]:
    """Two tileable fields of unit spread: cloudy (power falls with frequency squared) and grainy."""
    rng = np.random.default_rng(1962)
    white = rng.standard_normal((_FIELD, _FIELD))
    across, down = np.fft.fftfreq(_FIELD)[None, :], np.fft.fftfreq(_FIELD)[:, None]
    frequency = np.hypot(across, down)
    frequency[0, 0] = 1
    cloud = np.fft.ifft2(np.fft.fft2(white) / frequency**1.4).real
    grain = np.asarray(rng.standard_normal((_FIELD, _FIELD)), np.float32)
    grain = (grain + np.roll(grain, 1, 0) + np.roll(grain, 1, 1)) / math.sqrt(3)
    return ((cloud - cloud.mean()) / cloud.std()).astype(np.float32), grain


def _cut(field: Field, size: tuple[int, int], rng: np.random.Generator) -> Field:
    down, across = (int(n) for n in rng.integers(0, _FIELD, 2))
    rows = np.arange(down, down + size[1]) % _FIELD
    columns = np.arange(across, across + size[0]) % _FIELD
    return field[rows[:, None], columns[None, :]]


def _jpeg(sheet: Image.Image, picture: Picture) -> bytes:
    out = io.BytesIO()
    sheet.save(
        out,
        "JPEG",
        quality=picture.quality,
        exif=_exif(picture),
    )
    return out.getvalue()


def _exif(picture: Picture) -> Image.Exif:
    exif = Image.Exif()
    if picture.gps or picture.owner:
        exif[0x010F], exif[0x0110] = "Pinhole Practice", "PP-1 (drawn, not a photograph)"
        exif[0x0132] = "2024:06:15 10:24:00"
    if picture.owner:
        exif.get_ifd(0x8769).update({0xA430: picture.owner, 0xA431: "PP-000-1962"})
    if picture.gps:
        north, east = NORTH_SEA
        exif.get_ifd(0x8825).update({0: b"\2\3\0\0", 1: "N", 2: _degrees(north), 3: "E", 4: _degrees(east)})
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 2)


def card(size: tuple[int, int], ground: str, words: str) -> bytes:
    """A flat PNG with words, for icons and page furniture."""
    sheet = Image.new("RGB", size, ground)
    ImageDraw.Draw(sheet).text(
        (size[0] / 2, size[1] / 2), words, font=crests.font(size[1] * 0.4), fill="white", anchor="mm"
    )
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
