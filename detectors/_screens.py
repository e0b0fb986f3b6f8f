"""A screenshot of a page: its words as paragraphs, and the picture in parts that can be looked at closely."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import PIL.Image

from detectors import _pictures
from detectors._model import Image, Unavailable
from detectors._pictures import Picture

WIDEST = 1280
"""Pixels to which a wider screenshot is shrunk; letters of a page are then as tall as on a plain screen."""
BAND, PART = 480, 1280
"""Rows read, and rows looked at, at a time. Each is cut amid the last calm rows of its last quarter."""
CALM = 1e-6
"""Rows whose spread of gray differs by less are equally calm; sums of floats are never quite equal."""
SURE = 0.6
"""Lines read with less certainty are left out; half-read words make wrong findings."""
MAX_LINES = 2000
SAME_ROW, NEAR = 0.5, 2.0
"""Lines are one row where they overlap by that share of a height and stand that many heights apart."""
BELOW, ALIGNED, ALIKE = 0.9, 1.5, 1.35
"""A row goes on with the paragraph above when its gap and shift, in heights, and its size say so."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a screenshot holds. `unread` says why its words could not be read; empty when they could."""

    paragraphs: tuple[str, ...]
    parts: tuple[Image, ...]
    unread: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def read_screen(image: Image) -> Screen:
    """Read a screenshot from top to bottom. Its parts together show all of it, each row once.

    Raises:
        Unreadable: it is no picture that can be judged; the message says why.
    """
    _pictures.decode(image)  # refuses what is broken, hostile or too large
    pixels = _pixels(image.data)
    parts = tuple(
        replace(image, name=image.name if number == 1 else f"{image.name}#{number}", data=_png(part))
        for number, (_, part) in enumerate(_cut(pixels, PART), 1)
    )
    try:
        rows = _rows(list(_lines(pixels, image)))
    except Unavailable as error:
        return Screen((), parts, unread=str(error))
    return Screen(tuple(_paragraphs(rows)), parts)


def _pixels(body: bytes) -> np.ndarray:
    with PIL.Image.open(io.BytesIO(body), formats=_pictures.FORMATS) as opened:
        high = max(1, round(opened.height * WIDEST / opened.width))
        if opened.width > WIDEST:
            opened.draft("RGB", (WIDEST, high))
        pixels = np.asarray(opened.convert("RGBA"))
    clear = pixels[..., 3:].astype(np.uint16)
    rgb = ((pixels[..., :3] * clear + 255 * (255 - clear)) // 255).astype(np.uint8)
    if rgb.shape[1] <= WIDEST:
        return rgb
    return np.asarray(cv2.resize(rgb, (WIDEST, high), interpolation=cv2.INTER_AREA))


def _cut(pixels: np.ndarray, rows: int) -> Iterator[tuple[int, np.ndarray]]:
    """Bands of at most that many rows with the row each begins at, cut where no letter stands."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    top, end = 0, len(pixels)
    while end - top > rows:
        first = top + rows - rows // 4
        spread = gray[first : top + rows].std(axis=1)
        calm = np.flatnonzero(spread <= spread.min() + CALM)
        last = np.split(calm, np.flatnonzero(np.diff(calm) > 1) + 1)[-1]
        bottom = first + int(last[len(last) // 2]) + 1  # between two lines, with room on both sides
        yield top, pixels[top:bottom]
        top = bottom
    yield top, pixels[top:]


def _png(pixels: np.ndarray) -> bytes:
    done, body = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("a part of a screenshot could not be packed")
    return bytes(body)


def _lines(pixels: np.ndarray, image: Image) -> Iterator[_Row]:
    try:
        ocr = importlib.import_module("detectors._ocr")
    except ImportError:
        raise Unavailable("the part that reads words in pictures is not installed") from None
    count = 0
    for top, band in _cut(pixels, BAND):
        picture = Picture(image, band.shape[1], band.shape[0], np.ascontiguousarray(band))
        for line in ocr.read_lines(picture):
            if line.score < SURE or count >= MAX_LINES:
                continue
            count += 1
            low, high = line.quad.min(axis=0), line.quad.max(axis=0)
            yield _Row(
                " ".join(line.text.split()),
                float(low[0]),
                top + float(low[1]),
                float(high[0]),
                top + float(high[1]),
            )


def _rows(lines: Sequence[_Row]) -> list[_Row]:
    """Pieces that stand side by side as one row, from top to bottom."""
    rows: list[_Row] = []
    for line in sorted(lines, key=lambda line: (line.left, line.top)):
        for number, row in enumerate(rows):
            if _beside(row, line):
                rows[number] = _Row(
                    f"{row.text} {line.text}",
                    row.left,
                    min(row.top, line.top),
                    max(row.right, line.right),
                    max(row.bottom, line.bottom),
                )
                break
        else:
            rows.append(line)
    return sorted(rows, key=lambda row: (row.top, row.left))


def _beside(row: _Row, line: _Row) -> bool:
    height = min(row.height, line.height)
    shared = min(row.bottom, line.bottom) - max(row.top, line.top)
    return shared > SAME_ROW * height and -height < line.left - row.right < NEAR * height


def _paragraphs(rows: Sequence[_Row]) -> Iterator[str]:
    """Rows that go on with one another, so that a sentence over two rows is one text."""
    open_ones: list[list[_Row]] = []
    for row in rows:
        for block in open_ones:
            if _goes_on(block[-1], row):
                block.append(row)
                break
        else:
            open_ones.append([row])
    for block in open_ones:
        yield " ".join(row.text for row in block)


def _goes_on(above: _Row, row: _Row) -> bool:
    height = max(above.height, row.height)
    return (
        -0.5 * height < row.top - above.bottom < BELOW * height
        and abs(row.left - above.left) < ALIGNED * height
        and height < ALIKE * min(above.height, row.height)
    )
