"""The crest of a made-up school, another for every seed, with the fine detail that real ones have."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

from scanner.practice.crest import font

SIZE = (420, 480)
_SCALE = 3
_PALETTES = (
    ("#1d3b5c", "#e0b64a", "#f6f1e2", "#a33a34"),
    ("#3a2456", "#e8c66a", "#f5efe6", "#2d7f78"),
    ("#174b3c", "#e6a93c", "#f7f3e4", "#7b2d43"),
    ("#6b1f2c", "#d9c27a", "#fbf6ea", "#27496d"),
    ("#22405a", "#ea8f4a", "#f4f0e6", "#4d7a3a"),
    ("#3d3a2a", "#cfd46a", "#f8f6ea", "#8a3f66"),
)
Pen = ImageDraw.ImageDraw
Point = tuple[float, float]


def crest(seed: int, name: str, motto: str) -> bytes:
    """The crest as a PNG of 420 by 480 pixels on a clear ground; the same for the same words and seed."""
    rng = random.Random(f"crest {seed}")  # noqa: S311 - a picture, not a secret
    ground, gold, light, accent = rng.choice(_PALETTES)
    sheet = Image.new("RGBA", (SIZE[0] * _SCALE, SIZE[1] * _SCALE))
    outline = _outline(rng.choice(("heater", "round", "square")))
    mask = Image.new("L", sheet.size)
    ImageDraw.Draw(mask).polygon(_up(outline), fill=255)
    field = Image.new("RGBA", sheet.size, ground)
    pen = ImageDraw.Draw(field)
    _quarters(pen, rng, (ground, gold, light, accent))
    emblems: list[Callable[[Pen, Point, float, str, str], None]] = [
        _tree,
        _bridge,
        _owl,
        _book,
        _wheat,
        _keys,
    ]
    rng.shuffle(emblems)
    for emblem, place in zip(emblems, ((125, 130), (295, 130), (210, 265)), strict=False):
        emblem(pen, place, 62, gold, light)
    sheet.paste(field, mask=mask)
    pen = ImageDraw.Draw(sheet)
    for width, colour in ((20, ground), (13, gold), (4, light)):
        pen.line(_up([*outline, outline[0]]), fill=colour, width=width * _SCALE, joint="curve")
    _ribbon(pen, name.upper(), motto, (accent, gold, light), rng.randint(1871, 1999))
    out = io.BytesIO()
    sheet.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _outline(kind: str) -> list[Point]:
    if kind == "round":
        return [
            (210 + 192 * math.cos(a / 40 * math.tau), 205 + 190 * math.sin(a / 40 * math.tau))
            for a in range(40)
        ]
    foot = 16 if kind == "square" else 11
    right: list[Point] = [(390, 20), (392, 150)]
    for step in range(1, foot):
        turn = step / foot * math.pi / 2
        sink = 0.55 if kind == "square" else 1.0
        right.append((210 + 182 * math.cos(turn) ** sink, 150 + 235 * math.sin(turn)))
    return [(210, 30), *right, *((420 - x, y) for x, y in reversed(right))]


def _quarters(pen: Pen, rng: random.Random, colours: tuple[str, str, str, str]) -> None:
    ground, gold, light, accent = colours
    _box(pen, (210, 0, 420, 200), accent)
    _box(pen, (0, 200, 420, 420), light)
    for row in range(14):
        for column in range(22):
            x, y = column * 20 + row % 2 * 10, 6 + row * 14
            _fill(
                pen,
                [(x, y - 4), (x + 3, y), (x, y + 4), (x - 3, y)],
                gold if (row + column) % 5 == 0 else ground,
            )
    for row in range(6):
        y = 330 + row * 16
        _line(
            pen,
            [(x, y + 5 * math.sin(x / 13 + row)) for x in range(0, 421, 5)],
            accent if row % 2 else ground,
            7,
        )
    _box(pen, (0, 194, 420, 206), gold)
    _box(pen, (204, 0, 216, 200), gold)
    for place in range(rng.randint(5, 8)):
        _disc(pen, (40 + place * 50, 200), 9, accent)


def _tree(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    _line(pen, [(x, y + size * 0.9), (x, y - size * 0.2)], one, 9)
    for side in (-1, 1):
        _line(pen, [(x, y + size * 0.3), (x + side * size * 0.5, y - size * 0.2)], one, 6)
    for step in range(16):
        angle = step * 2.4
        reach = size * 0.62 * math.sqrt(step / 16)
        _disc(
            pen,
            (x + reach * math.cos(angle), y - size * 0.3 + reach * math.sin(angle) * 0.8),
            size * 0.14,
            two if step % 3 else one,
        )


def _bridge(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    _fill(
        pen,
        [
            (x - size, y + size * 0.1),
            (x, y - size * 0.35),
            (x + size, y + size * 0.1),
            (x + size, y + size * 0.5),
            (x - size, y + size * 0.5),
        ],
        one,
    )
    for arch in (-1, 0, 1):
        cx, wide = x + arch * size * 0.62, size * 0.24
        pen.pieslice(_rect(cx - wide, y + size * 0.12, cx + wide, y + size * 0.88), 180, 360, fill="#2b2b33")
    for brick in range(9):
        _line(
            pen,
            [
                (x - size + brick * size / 4.5, y + size * 0.02),
                (x - size + brick * size / 4.5, y + size * 0.1),
            ],
            two,
            3,
        )
    for row in range(2):
        _line(
            pen,
            [(x - size, y + size * (0.6 + row * 0.18)), (x + size, y + size * (0.6 + row * 0.18))],
            two,
            5,
        )


def _owl(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    pen.ellipse(_rect(x - size * 0.6, y - size * 0.5, x + size * 0.6, y + size * 0.9), fill=one)
    _fill(
        pen,
        [
            (x - size * 0.6, y - size * 0.9),
            (x - size * 0.1, y - size * 0.4),
            (x - size * 0.6, y - size * 0.2),
        ],
        one,
    )
    _fill(
        pen,
        [
            (x + size * 0.6, y - size * 0.9),
            (x + size * 0.1, y - size * 0.4),
            (x + size * 0.6, y - size * 0.2),
        ],
        one,
    )
    for side in (-1, 1):
        _disc(pen, (x + side * size * 0.26, y - size * 0.25), size * 0.24, two)
        _disc(pen, (x + side * size * 0.26, y - size * 0.25), size * 0.11, "#22222a")
    for row in range(3):
        for column in range(-2, 3):
            _line(
                pen,
                [
                    (x + column * size * 0.2 - 4, y + size * (0.2 + row * 0.2)),
                    (x + column * size * 0.2 + 4, y + size * (0.26 + row * 0.2)),
                ],
                two,
                3,
            )


def _book(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    for side in (-1, 1):
        _fill(
            pen,
            [
                (x, y - size * 0.3),
                (x + side * size, y - size * 0.5),
                (x + side * size, y + size * 0.45),
                (x, y + size * 0.65),
            ],
            one,
        )
        _fill(
            pen,
            [
                (x, y - size * 0.35),
                (x + side * size * 0.9, y - size * 0.55),
                (x + side * size * 0.9, y + size * 0.35),
                (x, y + size * 0.55),
            ],
            two,
        )
        for row in range(5):
            _line(
                pen,
                [
                    (x + side * size * 0.15, y - size * 0.22 + row * size * 0.15),
                    (x + side * size * 0.75, y - size * 0.38 + row * size * 0.15),
                ],
                "#5d5a66",
                3,
            )


def _wheat(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    for lean in (-0.5, 0.0, 0.5):
        top = (x + lean * size * 1.2, y - size * 0.8)
        _line(pen, [(x, y + size * 0.9), top], one, 5)
        for grain in range(5):
            gx = top[0] - (top[0] - x) * grain * 0.13
            gy = top[1] + grain * size * 0.17
            for side in (-1, 1):
                pen.ellipse(
                    _rect(gx + side * 9 - 7, gy - 8, gx + side * 9 + 7, gy + 8),
                    fill=two if grain % 2 else one,
                )


def _keys(pen: Pen, at: Point, size: float, one: str, two: str) -> None:
    x, y = at
    for side in (-1, 1):
        colour = one if side < 0 else two
        _line(
            pen,
            [(x - side * size * 0.6, y + size * 0.7), (x + side * size * 0.5, y - size * 0.5)],
            colour,
            10,
        )
        _disc(pen, (x + side * size * 0.58, y - size * 0.6), size * 0.28, colour)
        _disc(pen, (x + side * size * 0.58, y - size * 0.6), size * 0.13, "#2b2b33")
        for tooth in range(3):
            tx, ty = x - side * size * (0.55 - tooth * 0.14), y + size * (0.62 - tooth * 0.15)
            _line(pen, [(tx, ty), (tx + side * 12, ty + 12)], colour, 6)


def _ribbon(pen: Pen, name: str, motto: str, colours: tuple[str, str, str], year: int) -> None:
    accent, gold, light = colours
    for side in (-1, 1):
        _fill(
            pen,
            [
                (210 + side * 170, 380),
                (210 + side * 208, 366),
                (210 + side * 190, 398),
                (210 + side * 208, 430),
                (210 + side * 150, 424),
            ],
            gold,
        )
    _fill(pen, [(22, 372), (398, 372), (388, 436), (32, 436)], accent)
    for y in (378, 430):
        _line(pen, [(26, y), (394, y)], gold, 3)
    size = min(32.0, 330 / max(1, len(name)) * 1.75)
    pen.text(
        (210 * _SCALE, 404 * _SCALE),
        name,
        font=font(size * _SCALE),
        fill=light,
        anchor="mm",
        stroke_width=2,
        stroke_fill=light,
    )
    pen.text(
        (210 * _SCALE, 458 * _SCALE), f"{motto}  {year}", font=font(19 * _SCALE), fill="#26262e", anchor="mm"
    )


def _up(points: Sequence[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _rect(*sides: float) -> list[float]:
    return [side * _SCALE for side in sides]


def _fill(pen: Pen, points: Sequence[Point], colour: str) -> None:
    pen.polygon(_up(points), fill=colour)


def _line(pen: Pen, points: Sequence[Point], colour: str, width: float) -> None:
    pen.line(_up(points), fill=colour, width=round(width * _SCALE), joint="curve")


def _disc(pen: Pen, at: Point, radius: float, colour: str) -> None:
    pen.circle((at[0] * _SCALE, at[1] * _SCALE), radius * _SCALE, fill=colour)


def _box(pen: Pen, sides: tuple[float, float, float, float], colour: str) -> None:
    pen.rectangle(_rect(*sides), fill=colour)
