"""Drawn crests, scenes and composites for tests; nothing here is a photograph or a real emblem."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import PIL.Image

INKS = [
    (20, 40, 110), (150, 20, 30), (10, 90, 50), (240, 200, 40), (250, 250, 250), (30, 30, 30),
    (90, 30, 110), (0, 120, 160), (200, 90, 20), (120, 160, 60), (170, 170, 180), (90, 50, 20),
]  # fmt: skip
SIDE = 360


def crest(seed: int, *, shape: str | None = None, rich: bool = True) -> np.ndarray:
    """A drawn coat of arms as RGBA; `rich=False` is a flat shield with two charges and no words."""
    rng = np.random.default_rng(seed)
    shape = shape or str(rng.choice(["shield", "round", "lozenge", "square", "swiss"]))
    inks = [INKS[i] for i in rng.permutation(len(INKS))[:5]]
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    canvas[:] = inks[0]
    _division(canvas, rng, inks)
    spots = [(0.3, 0.28), (0.7, 0.28), (0.5, 0.62), (0.5, 0.36)]
    for i in rng.permutation(4)[: 4 if rich else 2]:
        _charge(canvas, rng, spots[i], inks[2 + int(rng.integers(3))])
    mask = _outline(shape)
    if rich:
        _words(canvas, rng, inks[1], inks[4])
    edge = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
    canvas[edge > 0] = inks[3]
    return np.dstack([canvas, mask])


def _outline(shape: str) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    s = SIDE
    if shape == "round":
        cv2.circle(mask, (s // 2, s // 2), s // 2 - 6, 255, -1, cv2.LINE_AA)
    elif shape == "lozenge":
        cv2.fillPoly(
            mask, [np.array([(s // 2, 4), (s - 4, s // 2), (s // 2, s - 4), (4, s // 2)])], 255, cv2.LINE_AA
        )
    elif shape == "square":
        cv2.rectangle(mask, (8, 8), (s - 8, s - 8), 255, -1)
    else:
        sag = 0.85 if shape == "shield" else 0.65
        sides = [(20, 8), (s - 20, 8)]
        sides += [
            (int(s / 2 + (s / 2 - 20) * math.cos(t)), int(s * 0.45 + (s * 0.53) * math.sin(t) ** sag))
            for t in np.linspace(0, math.pi, 30)
        ]
        cv2.fillPoly(mask, [np.array(sides)], 255, cv2.LINE_AA)
    return mask


def _division(canvas: np.ndarray, rng: np.random.Generator, inks: list) -> None:
    s, kind = SIDE, int(rng.integers(7))
    if kind == 0:
        canvas[:, s // 2 :] = inks[1]
    elif kind == 1:
        canvas[: s // 3] = inks[1]
    elif kind == 2:
        canvas[: s // 2, : s // 2] = canvas[s // 2 :, s // 2 :] = inks[1]
    elif kind == 3:
        cv2.line(canvas, (0, 0), (s, s), inks[1], s // 5, cv2.LINE_AA)
    elif kind == 4:
        cv2.polylines(
            canvas,
            [np.array([(0, s * 3 // 4), (s // 2, s // 3), (s, s * 3 // 4)])],
            False,
            inks[1],
            s // 8,
            cv2.LINE_AA,
        )
    elif kind == 5:
        cv2.line(canvas, (s // 2, 0), (s // 2, s), inks[1], s // 7)
        cv2.line(canvas, (0, s * 2 // 5), (s, s * 2 // 5), inks[1], s // 7)
    else:
        for i in range(0, s, s // 4):
            canvas[:, i : i + s // 8] = inks[1]


def _charge(canvas: np.ndarray, rng: np.random.Generator, spot: tuple[float, float], ink: tuple) -> None:
    cx, cy = int(spot[0] * SIDE), int(spot[1] * SIDE)
    r = int(SIDE * rng.uniform(0.1, 0.17))
    kind = int(rng.integers(6))
    if kind == 0:
        n = int(rng.integers(4, 9))
        points = [
            (
                cx + int((r if i % 2 == 0 else r * 0.45) * math.sin(i * math.pi / n)),
                cy - int((r if i % 2 == 0 else r * 0.45) * math.cos(i * math.pi / n)),
            )
            for i in range(2 * n)
        ]
        cv2.fillPoly(canvas, [np.array(points)], ink, cv2.LINE_AA)
    elif kind == 1:
        cv2.rectangle(canvas, (cx - r, cy - r * 2 // 3), (cx + r, cy + r * 2 // 3), ink, -1)
        cv2.line(canvas, (cx, cy - r * 2 // 3), (cx, cy + r * 2 // 3), (20, 20, 20), 3)
        for k in range(3):
            cv2.line(
                canvas,
                (cx - r + 6, cy - r // 3 + k * r // 3),
                (cx - 6, cy - r // 3 + k * r // 3),
                (60, 60, 60),
                2,
            )
    elif kind == 2:
        cv2.rectangle(canvas, (cx - r // 8, cy), (cx + r // 8, cy + r), ink, -1)
        for _ in range(6):
            cv2.circle(
                canvas,
                (cx + int(rng.integers(-r, r) * 0.6), cy - int(rng.integers(0, r) * 0.7)),
                r // 3,
                ink,
                -1,
                cv2.LINE_AA,
            )
    elif kind == 3:
        angles = np.sort(rng.uniform(0, 2 * math.pi, 9))
        points = [
            (
                cx + int(r * rng.uniform(0.4, 1.1) * math.cos(a)),
                cy + int(r * rng.uniform(0.4, 1.1) * math.sin(a)),
            )
            for a in angles
        ]
        cv2.fillPoly(canvas, [np.array(points)], ink, cv2.LINE_AA)
    elif kind == 4:
        cv2.circle(canvas, (cx, cy), r, ink, max(4, r // 4), cv2.LINE_AA)
        cv2.circle(canvas, (cx, cy), r // 3, ink, -1, cv2.LINE_AA)
    else:
        letter = chr(65 + int(rng.integers(26)))
        cv2.putText(
            canvas,
            letter,
            (cx - r, cy + r),
            cv2.FONT_HERSHEY_TRIPLEX,
            r / 12,
            ink,
            max(3, r // 8),
            cv2.LINE_AA,
        )


def _words(canvas: np.ndarray, rng: np.random.Generator, ground: tuple, ink: tuple) -> None:
    top = int(SIDE * 0.8)
    cv2.rectangle(canvas, (int(SIDE * 0.2), top), (int(SIDE * 0.8), top + SIDE // 9), ground, -1)
    word = "".join(chr(65 + int(i)) for i in rng.integers(0, 26, 8))
    cv2.putText(
        canvas, word, (int(SIDE * 0.22), top + SIDE // 12), cv2.FONT_HERSHEY_DUPLEX, 1.1, ink, 2, cv2.LINE_AA
    )


def scene(seed: int, width: int = 1280, height: int = 720) -> np.ndarray:
    """A busy drawn room or field: gradients, furniture-like shapes, texture, invented lettering."""
    rng = np.random.default_rng(10_000 + seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    base = (
        rng.uniform(40, 200, 3)
        + (x / width)[..., None] * rng.uniform(-60, 60, 3)
        + (y / height)[..., None] * rng.uniform(-60, 60, 3)
    )
    cloud = np.zeros((height, width), np.float32)
    for cells in (6, 20, 70, 200):
        noise = rng.standard_normal((cells * height // width + 1, cells), dtype=np.float32)
        cloud += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(
            rng.uniform(2, 14)
        )
    canvas = np.clip(base.astype(np.float32) + cloud[..., None], 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(15, 45))):
        ink = tuple(int(v) for v in rng.integers(0, 256, 3))
        px, py = int(rng.integers(width)), int(rng.integers(height))
        w, h = int(rng.integers(15, width // 5)), int(rng.integers(15, height // 4))
        kind = int(rng.integers(6))
        if kind == 0:
            cv2.rectangle(canvas, (px, py), (px + w, py + h), ink, int(rng.choice([-1, 3, 6])))
        elif kind == 1:
            cv2.ellipse(
                canvas,
                (px, py),
                (w // 2, h // 2),
                float(rng.uniform(0, 180)),
                0,
                360,
                ink,
                int(rng.choice([-1, 4])),
                cv2.LINE_AA,
            )
        elif kind == 2:
            cv2.line(canvas, (px, py), (px + w, py + h), ink, int(rng.integers(2, 12)), cv2.LINE_AA)
        elif kind == 3:
            word = "".join(chr(97 + int(i)) for i in rng.integers(0, 26, int(rng.integers(3, 10))))
            cv2.putText(
                canvas,
                word,
                (px, py),
                int(rng.integers(0, 5)),
                float(rng.uniform(0.6, 3)),
                ink,
                int(rng.integers(1, 5)),
                cv2.LINE_AA,
            )
        elif kind == 4:
            cv2.fillPoly(
                canvas,
                [
                    rng.integers(0, 1, (1, 2))
                    + np.column_stack([rng.integers(px, px + w, 6), rng.integers(py, py + h, 6)])
                ],
                ink,
                cv2.LINE_AA,
            )
        else:
            for k in range(0, w, 12):
                cv2.line(canvas, (px + k, py), (px + k, py + h), ink, 4)
    return canvas


def paste(
    ground: np.ndarray, art: np.ndarray, size: int, seed: int, *, hard: float = 1.0
) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """The art in the scene at `size` pixels: turned, in perspective, blurred, tinted, JPEG. And its box."""
    rng = np.random.default_rng(20_000 + seed)
    height, width = ground.shape[:2]
    alpha = art[..., 3] > 10
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    x0, x1, y0, y1 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
    centred = (corners - corners.mean(axis=0)) / max(x1 - x0, y1 - y0) * size
    tilt, turn = np.radians(rng.uniform(0, 35 * hard)), np.radians(rng.uniform(0, 360))
    axis = np.array([math.cos(turn), math.sin(turn)])
    depth = centred @ axis
    lean = centred - np.outer(depth * (1 - math.cos(tilt)), axis)
    lean = lean / (1 + depth * math.sin(tilt) / (4 * size))[:, None]
    roll = np.radians(rng.normal(0, 15 * hard))
    lean = lean @ np.array([(math.cos(roll), math.sin(roll)), (-math.sin(roll), math.cos(roll))])
    reach = np.abs(lean).max(axis=0) + 4
    centre = np.array([rng.uniform(reach[0], width - reach[0]), rng.uniform(reach[1], height - reach[1])])
    quad = (lean + centre).astype(np.float32)
    shrink = max(x1 - x0, y1 - y0) / size
    soft = cv2.GaussianBlur(art, (0, 0), max(0.1, shrink * 0.45))
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), quad)
    laid = cv2.warpPerspective(soft, matrix, (width, height), flags=cv2.INTER_LINEAR)
    cover = laid[..., 3:].astype(np.float32) * np.float32(rng.uniform(0.85, 1.0) / 255)
    gain = rng.uniform(1 - 0.3 * hard, 1 + 0.1 * hard, 3).astype(np.float32)
    mixed = ground * (1 - cover) + np.minimum(laid[..., :3] * gain, 255) * cover
    mixed = cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.3, 0.3 + 0.9 * hard))
    mixed += rng.standard_normal(mixed.shape, dtype=np.float32) * np.float32(3 * hard)
    out = jpeg_round(np.clip(mixed, 0, 255).astype(np.uint8), int(rng.integers(60, 92)))
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    return out, (int(left), int(top), int(right - left), int(bottom - top))


def jpeg_round(rgb: np.ndarray, quality: int) -> np.ndarray:
    return np.array(PIL.Image.open(io.BytesIO(encode(rgb, "JPEG", quality=quality))).convert("RGB"))


def encode(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def overlap(one: tuple, other: tuple) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0, width) * max(0, height)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def face(side: int = 300) -> np.ndarray:
    """A drawn cartoon head on a plain wall, plain enough that it is nobody, enough of a face to be found."""
    s = side / 300
    canvas = np.full((300, 300, 3), (150, 165, 175), np.float32)
    cv2.ellipse(canvas, (150, 330), (120, 90), 0, 0, 360, (60, 70, 120), -1)
    cv2.ellipse(canvas, (150, 135), (84, 108), 0, 0, 360, (70, 45, 30), -1)
    cv2.rectangle(canvas, (122, 220), (178, 270), (205, 160, 135), -1)
    cv2.ellipse(canvas, (150, 155), (70, 92), 0, 0, 360, (224, 180, 155), -1)
    for x in (122, 178):
        cv2.ellipse(canvas, (x, 138), (15, 8), 0, 0, 360, (250, 250, 250), -1)
        cv2.circle(canvas, (x, 138), 7, (60, 40, 30), -1)
        cv2.ellipse(canvas, (x, 122), (19, 7), 0, 180, 360, (60, 40, 25), 5)
        cv2.ellipse(canvas, (x, 170), (14, 10), 0, 0, 360, (228, 168, 148), -1)
    cv2.line(canvas, (150, 142), (144, 176), (190, 140, 118), 4)
    cv2.ellipse(canvas, (150, 180), (13, 6), 0, 0, 180, (180, 125, 105), 4)
    cv2.ellipse(canvas, (150, 206), (26, 10), 0, 0, 180, (170, 80, 80), -1)
    cv2.line(canvas, (124, 206), (176, 206), (130, 60, 60), 3)
    cv2.ellipse(canvas, (150, 60), (72, 34), 0, 180, 360, (70, 45, 30), -1)
    _y, x = np.mgrid[0:300, 0:300].astype(np.float32)
    canvas *= (1.08 - 0.25 * (x / 300))[..., None]
    canvas = cv2.GaussianBlur(canvas, (0, 0), 1.6)
    return cv2.resize(
        np.clip(canvas, 0, 255).astype(np.uint8), None, fx=s, fy=s, interpolation=cv2.INTER_AREA
    )
