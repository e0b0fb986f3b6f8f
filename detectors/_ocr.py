"""Words in a picture: where a cheap look suspects lettering, PP-OCRv6 finds the lines and reads them.

The two model files come inside the rapidocr package; none of its code is run. Finding is
Differentiable Binarization (Liao 2020), reading is CTC; both run on one thread through ONNX Runtime.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from detectors import _lettering, _weights
from detectors._lettering import Area
from detectors._model import Unavailable
from detectors._pictures import Picture

FINDER, READER = "ocr-small/det", "ocr-small/rec"
INK, BOX_SURE, GROW = 0.3, 0.5, 1.6
"""Per pixel and per line, how sure the finder must be; how far its shrunken lines are grown again."""
THINNEST = 3
MOST_PIXELS, MORE_PIXELS = 420_000, 160_000
"""Pixels per picture for the finder, at first and around what it read; 0.5 microseconds each."""
LIKELY = 0.0
"""Log odds up to which an area counts only beside words that were read, or where nothing is likelier."""
AROUND, SEEN, CLOSE_ENOUGH = 5.0, 0.6, 0.75
"""Line heights around lettering in which to look for more, unless so much was seen, and as closely."""
BEST_HEIGHT = 22.0
SHORTEST_WORD = 3
MOST_LINES = 28
MOST_SECOND_TRIES = 5
SURE_READ, POOR_READ = 0.8, 0.6
LEAST_READ = 0.45
ROW_HEIGHT = 48
WIDEST_ROW = 960
STEP = 32
TALL = 1.6
UPRIGHT = 62.0
"""Degrees from level beyond which lettering may run up as well as down."""

OTHER_SIGNS = "\u00a3\u20ac\u2018\u2019\u201c\u201d\u2013\u2014\u2022"

_local = threading.local()


@dataclass(frozen=True, eq=False)
class Line:
    """One line of lettering: what it says, how sure, and its corners in working pixels.

    The corners run clockwise from the start of the text.
    """

    text: str
    score: float
    quad: np.ndarray

    @property
    def height(self) -> float:
        """Of the line, in working pixels."""
        return float(np.linalg.norm(self.quad[3] - self.quad[0]))

    @property
    def width(self) -> float:
        """Along the line, in working pixels."""
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))

    @property
    def centre(self) -> np.ndarray:
        """Its middle, in working pixels."""
        return np.asarray(self.quad.mean(axis=0))


def read_lines(picture: Picture) -> tuple[Line, ...]:
    """The lines of lettering in a picture, the largest first; nothing where nothing looks like any.

    Raises:
        Unavailable: ONNX Runtime or a weight is missing, or a hash is wrong.
    """
    models = _models()
    areas = list(_affordable(_lettering.areas(picture.gray), MOST_PIXELS))
    likely = [area for area in areas if area.promise > LIKELY] or areas[:1]
    tries = _Tries(MOST_SECOND_TRIES)
    lines = _lines_in(models, picture, likely, tries, ())
    if _words(lines):
        lines += _lines_in(models, picture, areas[len(likely) :], tries, lines)
        if more := _around(picture, areas, _words(lines)):
            lines += _lines_in(models, picture, [more], tries, lines)
    return tuple(sorted(lines, key=lambda line: -_weight(line.quad)))


def _lines_in(
    models: _Models, picture: Picture, areas: Sequence[Area], tries: _Tries, known: Sequence[Line]
) -> list[Line]:
    quads = _distinct([quad for area in areas for quad in _find(models, picture.rgb, area)])
    fresh = [quad for quad in quads if not any(_holds(line.quad, quad) for line in known)]
    fresh.sort(key=lambda quad: -_weight(quad))
    lines = (_read(models, picture.rgb, quad, tries) for quad in fresh[:MOST_LINES])
    return [line for line in lines if line.score >= LEAST_READ and line.text.strip()]


def _words(lines: Sequence[Line]) -> list[Line]:
    """What was surely read, a stray letter or number apart."""
    return [line for line in lines if line.score > SURE_READ and len(line.text) >= SHORTEST_WORD]


def _around(picture: Picture, areas: Sequence[Area], words: Sequence[Line]) -> Area | None:
    """Where lettering was read there is often more, too small or too close to something to be suspected."""
    points = np.concatenate([line.quad for line in words])
    tall = float(np.median([line.height for line in words]))
    low = np.maximum(points.min(axis=0) - AROUND * tall, 0).astype(int)
    high = np.minimum(points.max(axis=0) + AROUND * tall, picture.rgb.shape[1::-1]).astype(int)
    left, top, width, height = int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
    area = Area(left, top, width, height, min(1.0, BEST_HEIGHT / tall), 0.0)
    close = [other for other in areas if other.scale > CLOSE_ENOUGH * area.scale]
    seen = sum(_lettering.overlap(area, other) for other in close)
    if seen > SEEN * width * height:
        return None
    return next(_affordable([area], MORE_PIXELS), None)


def warm() -> None:
    """Load the models of this thread."""
    _models()


@dataclass(frozen=True, slots=True)
class _Models:
    find: Any
    read: Any
    letters: np.ndarray
    alphabet: tuple[str, ...]


class _Tries:
    """A budget of second looks, so that a page of noise does not take for ever."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self) -> bool:
        """Whether there is one more."""
        self._left -= 1
        return self._left >= 0


def _models() -> _Models:
    """One set per thread; a session would otherwise have to be shared by locking."""
    if not hasattr(_local, "models"):
        finder, reader = _session(FINDER), _session(READER)
        signs = ["", *reader.get_modelmeta().custom_metadata_map["character"].split("\n"), " "]
        known = [i for i, sign in enumerate(signs) if i == 0 or _latin(sign)]
        _local.models = _Models(finder, reader, np.array(known), tuple(signs[i] for i in known))
    models: _Models = _local.models
    return models


def _session(weight: str) -> Any:
    path = _weights.verify(weight)
    try:
        import onnxruntime  # noqa: PLC0415 - half a second that other detectors need not wait for
    except ImportError:
        raise Unavailable("the package onnxruntime is not installed") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the workers are the threads
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _latin(sign: str) -> bool:
    """Letters, digits and marks that British names and signs are written in, Welsh and Gaelic too."""
    return len(sign) == 1 and (sign.isascii() or "\u00c0" <= sign <= "\u017f" or sign in OTHER_SIGNS)


def _affordable(areas: Sequence[Area], pixels: int) -> Iterator[Area]:
    """The likeliest areas, as far as the budget goes; a large one is looked at more coarsely."""
    left = float(pixels)
    for area in areas:
        cost = area.width * area.height * area.scale**2
        if cost > left and left < pixels / 4:
            return
        yield area.coarser(left / cost) if cost > left else area
        left -= min(cost, left)


def _find(models: _Models, rgb: np.ndarray, area: Area) -> Iterator[np.ndarray]:
    """Lines in one area, as corners in working pixels."""
    cut = rgb[area.top : area.top + area.height, area.left : area.left + area.width]
    wide = max(STEP, round(area.width * area.scale / STEP) * STEP)
    high = max(STEP, round(area.height * area.scale / STEP) * STEP)
    heat = models.find.run(None, {"x": _tensor(cv2.resize(cut, (wide, high)))})[0][0, 0]
    spots = cv2.dilate((heat > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    back = np.array([area.width / wide, area.height / high])
    for outline in cv2.findContours(spots, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
        middle, (width, height), angle = cv2.minAreaRect(outline)
        if min(width, height) < THINNEST or _heat(heat, outline) < BOX_SURE:
            continue
        more = GROW * width * height / (width + height)
        corners = cv2.boxPoints((middle, (width + more, height + more), angle))
        yield _along_text(corners * back) + np.array((area.left, area.top), np.float32)


def _heat(heat: np.ndarray, outline: np.ndarray) -> float:
    left, top, width, height = cv2.boundingRect(outline)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline - (left, top)], 1)
    return float(cv2.mean(heat[top : top + height, left : left + width], mask)[0])


def _along_text(corners: np.ndarray) -> np.ndarray:
    """The corners clockwise from the start of the text, which runs along the longer side, rightwards."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    narrow = max(sides[0], sides[1]) < TALL * min(sides[0], sides[1])
    axes = np.roll(corners, -1, axis=0) - corners
    if narrow:  # a letter or two: upright as far as it can be
        first = int(np.argmax(axes[:, 0] / np.maximum(sides, 1e-6)))
    else:
        first = 0 if sides[0] >= sides[1] else 1
        if axes[first][0] < 0 or (axes[first][0] == 0 and axes[first][1] > 0):
            first += 2
    return np.asarray(np.roll(corners, -first, axis=0), np.float32)


def _weight(quad: np.ndarray) -> float:
    """Large lettering first, but a long small line before a single large blot."""
    width, height = _size(quad)
    return height * min(width / max(height, 1.0), 8.0)


def _size(quad: np.ndarray) -> tuple[float, float]:
    return float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))


def _distinct(quads: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Areas may meet; a line found in two of them counts once."""
    kept: list[np.ndarray] = []
    for quad in sorted(quads, key=lambda q: -float(cv2.contourArea(q))):
        if not any(_holds(other, quad) for other in kept):
            kept.append(quad)
    return kept


def _holds(quad: np.ndarray, other: np.ndarray) -> bool:
    """Whether the middle of the other lies inside."""
    middle = tuple(float(v) for v in other.mean(axis=0))
    return cv2.pointPolygonTest(quad, middle, measureDist=False) > 0


def _read(models: _Models, rgb: np.ndarray, quad: np.ndarray, tries: _Tries) -> Line:
    """Read one line; what reads badly is also tried turned round, and mirrored as selfies are."""
    text, score = _letters(models, _row(rgb, quad))
    axis = quad[1] - quad[0]
    steep = abs(float(np.degrees(np.arctan2(axis[1], axis[0])))) > UPRIGHT
    best = Line(text, score, quad)
    if (score < SURE_READ or steep) and tries.take():
        turned = np.roll(quad, 2, axis=0)
        best = max(best, Line(*_letters(models, _row(rgb, turned)), turned), key=lambda line: line.score)
    if best.score < POOR_READ and tries.take():
        mirrored = np.ascontiguousarray(_row(rgb, quad)[:, ::-1])
        best = max(best, Line(*_letters(models, mirrored), quad), key=lambda line: line.score)
    return best


def _row(rgb: np.ndarray, quad: np.ndarray) -> np.ndarray:
    """The line cut out and laid level, at the height the reader wants."""
    width, height = _size(quad)
    wide = int(np.clip(round(width * ROW_HEIGHT / max(height, 1.0)), 16, WIDEST_ROW))
    target = np.array([(0, 0), (wide, 0), (wide, ROW_HEIGHT), (0, ROW_HEIGHT)], np.float32)
    warp = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    interpolation = cv2.INTER_CUBIC if height < ROW_HEIGHT else cv2.INTER_AREA
    return cv2.warpPerspective(
        rgb, warp, (wide, ROW_HEIGHT), flags=interpolation, borderMode=cv2.BORDER_REPLICATE
    )


def _letters(models: _Models, row: np.ndarray) -> tuple[str, float]:
    """What a row says, and the mean certainty of its letters."""
    padded = -(-row.shape[1] // STEP) * STEP
    batch = np.zeros((1, 3, ROW_HEIGHT, padded), np.float32)
    batch[..., : row.shape[1]] = _tensor(row)
    chances = models.read.run(None, {"x": batch})[0][0][:, models.letters]
    best = chances.argmax(axis=1)
    kept = np.flatnonzero((best != 0) & (best != np.concatenate([[0], best[:-1]])))
    if not len(kept):
        return "", 0.0
    text = "".join(models.alphabet[i] for i in best[kept])
    return text, float(chances[kept, best[kept]].mean())


def _tensor(rgb: np.ndarray) -> np.ndarray:
    """As both models were trained: blue first, -1 to 1, channels before rows."""
    scaled = rgb[..., ::-1].astype(np.float32) / np.float32(127.5) - 1
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))[None]
