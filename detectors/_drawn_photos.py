"""Drawn stand-ins for photographs, the same for every call, to measure copy finding on.

They have what photographs have for a machine: broad light and shade, texture at every scale, hard
and soft edges, repeated patterns, lettering, plain areas. Nothing in them is a real place or person.
"""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 512
SHAPES = ((1.0, 0.75), (1.0, 0.667), (0.75, 1.0), (1.0, 1.0), (1.0, 0.5625), (0.8, 1.0))
"""Width and height as shares of the longest side, as cameras and applications make them."""

Rng = np.random.Generator
Ink = tuple[int, int, int]


def photo(seed: int, *, side: int = SIDE) -> np.ndarray:
    """One drawn photograph as RGB."""
    rng = np.random.default_rng((seed, 77))
    share = SHAPES[int(rng.integers(len(SHAPES)))]
    width, height = round(side * share[0]), round(side * share[1])
    sheet = _ground(rng, width, height)
    busy = float(rng.uniform(0.15, 1.0))
    painters = (_walls, _leaves, _things, _people, _lines, _words, _tiles)
    for painter in rng.permutation(len(painters)):
        if rng.uniform() < busy:
            painters[int(painter)](sheet, rng)
    return _taken(sheet, rng)


def cloud(rng: Rng, width: int, height: int, *, rough: float) -> np.ndarray:
    """Noise with detail at every scale, about -1 to 1; `rough` is how much finer scales keep."""
    total, weight = np.zeros((height, width), np.float32), 1.0
    for cells in (3, 7, 17, 41, 97):
        rows = max(2, round(cells * height / width))
        noise = rng.standard_normal((rows, cells), dtype=np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(weight)
        weight *= rough
    return np.asarray(total / np.float32(2.2))


def ink(rng: Rng) -> Ink:
    """A colour, seldom a loud one."""
    gray = float(rng.uniform(25, 230))
    red, green, blue = np.clip(gray + rng.normal(0, 32, 3), 0, 255).astype(int)
    return int(red), int(green), int(blue)


def word(rng: Rng) -> str:
    """Invented letters."""
    letters = "abcdefghijklmnoprstuvwABCDEFGHKLMNRST"
    return "".join(letters[int(i)] for i in rng.integers(0, len(letters), int(rng.integers(3, 10))))


def _ground(rng: Rng, width: int, height: int) -> np.ndarray:
    top, foot = np.array(ink(rng), np.float32), np.array(ink(rng), np.float32)
    step = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    sheet = np.broadcast_to(top * (1 - step) + foot * step, (height, width, 3)).copy()
    sheet += cloud(rng, width, height, rough=float(rng.uniform(0.35, 0.8)))[..., None] * float(
        rng.uniform(6, 45)
    )
    horizon = int(height * rng.uniform(0.3, 0.8))
    below = cloud(rng, width, height - horizon, rough=float(rng.uniform(0.5, 0.95)))[..., None]
    sheet[horizon:] = np.array(ink(rng), np.float32) + below * float(rng.uniform(8, 40))
    return np.asarray(np.clip(sheet, 0, 255).astype(np.uint8))


def _walls(sheet: np.ndarray, rng: Rng) -> None:
    """Buildings or furniture: boxes with rows of windows or shelves."""
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        left, top = int(rng.uniform(-0.1, 0.8) * width), int(rng.uniform(0, 0.6) * height)
        right = left + int(rng.uniform(0.15, 0.5) * width)
        foot = top + int(rng.uniform(0.2, 0.6) * height)
        cv2.rectangle(sheet, (left, top), (right, foot), ink(rng), -1)
        rows, columns, pane, edge = *(int(n) for n in rng.integers(2, 6, 2)), ink(rng), ink(rng)
        for row in range(rows):
            for column in range(columns):
                x = left + int((column + 0.2) * (right - left) / columns)
                y = top + int((row + 0.2) * (foot - top) / rows)
                far = (x + (right - left) * 6 // (10 * columns), y + (foot - top) * 6 // (10 * rows))
                shade = tuple(int(min(255, max(0, part + rng.normal(0, 18)))) for part in pane)
                cv2.rectangle(sheet, (x, y), far, shade, -1)
                cv2.rectangle(sheet, (x, y), far, edge, 1)


def _leaves(sheet: np.ndarray, rng: Rng) -> None:
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        middle, spread = rng.uniform(0, 1, 2) * (width, height), rng.uniform(0.05, 0.2) * width
        base = np.array(ink(rng))
        for place in rng.normal(middle, spread, (int(rng.integers(60, 220)), 2)).astype(int):
            tone = tuple(int(v) for v in np.clip(base * rng.uniform(0.6, 1.4), 0, 255))
            size = (int(rng.integers(2, 10)), int(rng.integers(1, 5)))
            cv2.ellipse(
                sheet,
                tuple(int(v) for v in place),
                size,
                float(rng.uniform(0, 180)),
                0,
                360,
                tone,
                -1,
                cv2.LINE_AA,
            )


def _things(sheet: np.ndarray, rng: Rng) -> None:
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(3, 16))):
        middle = rng.uniform(0, 1, 2) * (width, height)
        reach = rng.uniform(0.02, 0.16) * width
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 9))))
        corners = middle + reach * np.column_stack([np.cos(angles), np.sin(angles)])
        cv2.fillPoly(sheet, [corners.astype(np.int32)], ink(rng), cv2.LINE_AA)
        if rng.uniform() < 0.5:  # noqa: PLR2004  half of them have an outline
            cv2.polylines(sheet, [corners.astype(np.int32)], True, ink(rng), 2, cv2.LINE_AA)  # noqa: FBT003


def _people(sheet: np.ndarray, rng: Rng) -> None:
    """Upright shapes with a round top."""
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        x, y = int(rng.uniform(0.05, 0.95) * width), int(rng.uniform(0.2, 0.6) * height)
        size = int(rng.uniform(0.02, 0.1) * height) + 3
        cv2.ellipse(
            sheet, (x, y + 4 * size), (int(1.7 * size), 3 * size), 0, 0, 360, ink(rng), -1, cv2.LINE_AA
        )
        cv2.ellipse(sheet, (x, y), (size, int(1.3 * size)), 0, 0, 360, ink(rng), -1, cv2.LINE_AA)
        cv2.ellipse(sheet, (x, y - size // 2), (size, size), 0, 180, 360, ink(rng), -1, cv2.LINE_AA)
        cv2.line(
            sheet, (x - size // 3, y + size // 2), (x + size // 3, y + size // 2), ink(rng), 1, cv2.LINE_AA
        )


def _lines(sheet: np.ndarray, rng: Rng) -> None:
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(2, 14))):
        ends = (rng.uniform(0, 1, (2, 2)) * (width, height)).astype(int)
        thick = int(rng.integers(1, 6))
        cv2.line(
            sheet,
            (int(ends[0, 0]), int(ends[0, 1])),
            (int(ends[1, 0]), int(ends[1, 1])),
            ink(rng),
            thick,
            cv2.LINE_AA,
        )


def _words(sheet: np.ndarray, rng: Rng) -> None:
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        place = (int(rng.uniform(0, 0.8) * width), int(rng.uniform(0.1, 0.95) * height))
        font, size = int(rng.integers(0, 5)), float(rng.uniform(0.4, 1.8))
        cv2.putText(sheet, word(rng), place, font, size, ink(rng), int(rng.integers(1, 4)), cv2.LINE_AA)


def _tiles(sheet: np.ndarray, rng: Rng) -> None:
    """A repeated pattern: floor, fence, brickwork."""
    height, width = sheet.shape[:2]
    left, top = int(rng.uniform(0, 0.6) * width), int(rng.uniform(0, 0.7) * height)
    right, foot = left + int(rng.uniform(0.2, 0.6) * width), top + int(rng.uniform(0.1, 0.4) * height)
    step, line = int(rng.integers(6, 26)), ink(rng)
    for x in range(left, min(right, width), step):
        cv2.line(sheet, (x, top), (x + int(step * 0.4), foot), line, 1, cv2.LINE_AA)
    for y in range(top, min(foot, height), step):
        cv2.line(sheet, (left, y), (right, y), line, 1, cv2.LINE_AA)


def _taken(sheet: np.ndarray, rng: Rng) -> np.ndarray:
    """Light falling unevenly, a lens, a sensor."""
    height, width = sheet.shape[:2]
    lit = sheet.astype(np.float32) * (1 + 0.22 * cloud(rng, width, height, rough=0.2)[..., None])
    soft = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.4, 1.1)))
    soft = soft + rng.standard_normal((height, width, 1), dtype=np.float32) * np.float32(rng.uniform(0.5, 5))
    return np.clip(soft, 0, 255).astype(np.uint8)
