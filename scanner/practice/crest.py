"""The crest of the invented practice school, and that of a neighbour which must not be taken for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

SIZE = (396, 462)
NAVY, GREEN, GOLD, CREAM, WATER, RED = "#17284f", "#1f5b46", "#d9ab3c", "#f7f1dd", "#4d97c2", "#8e2433"
_SCALE = 3
_MIDDLE = 240
Point = tuple[float, float]


@lru_cache(maxsize=2)
def crest() -> Image.Image:
    """The school's crest, 396 by 462 pixels on a clear ground; the same every time."""
    sheet = Image.new("RGBA", (480 * _SCALE, 560 * _SCALE))
    draw = ImageDraw.Draw(sheet)
    outline = _shield(240, 12, 396, 430)
    mask = Image.new("L", sheet.size)
    ImageDraw.Draw(mask).polygon(_up(outline), fill=255)
    sheet.paste(_fields(sheet.size), mask=mask)
    for width, colour in ((18, NAVY), (12, GOLD), (4, CREAM)):
        draw.line(_up([*outline, outline[0]]), fill=colour, width=width * _SCALE, joint="curve")
    _ribbon(sheet)
    return sheet.resize(SIZE, Image.Resampling.LANCZOS)


@lru_cache(maxsize=2)
def neighbour() -> Image.Image:
    """The round badge of another invented school, Tern Lane Primary."""
    sheet = Image.new("RGBA", (400 * _SCALE, 400 * _SCALE))
    draw = ImageDraw.Draw(sheet)
    for radius, colour in ((195, "#5b2a6e"), (182, "#f4d35e"), (176, "#5b2a6e"), (120, "#fff8e7")):
        _disc(draw, (200, 200), radius, colour)
    for ring in range(24):
        angle = ring * math.tau / 24
        _disc(draw, (200 + 110 * math.cos(angle), 200 + 110 * math.sin(angle)), 3.5, "#f4d35e")
    _lettering(sheet, "TERN LANE PRIMARY", (200, 200), 149, 26, "#fff8e7", (-90, 11.5))
    _polygon(
        draw, [(105, 175), (190, 205), (215, 165), (300, 130), (235, 200), (270, 225), (205, 232)], "#5b2a6e"
    )
    _polygon(draw, [(215, 165), (250, 118), (238, 182)], "#8f6aa3")
    for row in range(3):
        _wave(draw, 130, 270, 255 + row * 16, 5, "#4d97c2")
    return sheet.resize((400, 400), Image.Resampling.LANCZOS)


def font(size: float) -> ImageFont.FreeTypeFont:
    """The lettering that comes inside Pillow, so that no system font is needed."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def _shield(cx: float, top: float, width: float, height: float) -> list[Point]:
    half, straight = width / 2, height * 0.52
    right: list[Point] = [
        (cx, top + 14),
        (cx + half * 0.55, top + 10),
        (cx + half, top),
        (cx + half, top + straight),
    ]
    for step in range(1, 16):
        turn = step / 15 * math.pi / 2
        right.append(
            (cx + half * math.cos(turn) ** 0.85, top + straight + (height - straight) * math.sin(turn))
        )
    return [*right, *((2 * cx - x, y) for x, y in reversed(right[1:-1]))]


def _fields(size: tuple[int, int]) -> Image.Image:
    field = Image.new("RGBA", size, NAVY)
    draw = ImageDraw.Draw(field)
    _box(draw, (240, 0, 480, 214), GREEN)
    for row in range(18):
        for column in range(34):
            x, y = column * 14 + (row % 2) * 7, 92 + row * 7
            _polygon(
                draw,
                [(x, y - 3), (x + 2.2, y), (x, y + 3), (x - 2.2, y)],
                "#2c437a" if x < _MIDDLE else "#347a60",
            )
    _box(draw, (0, 214, 480, 460), CREAM)
    for row in range(8):
        _wave(draw, 20, 460, 290 + row * 20, 10, WATER if row % 2 else NAVY)
    _box(draw, (0, 20, 480, 88), RED)
    _box(draw, (0, 84, 480, 92), GOLD)
    _box(draw, (236, 88, 244, 214), GOLD)
    _box(draw, (0, 210, 480, 218), GOLD)
    for x, radius in ((110, 22), (240, 27), (370, 22)):
        _star(draw, (x, 54), radius)
    _book(draw)
    _oak(draw)
    _kingfisher(draw)
    return field


def _book(draw: ImageDraw.ImageDraw) -> None:
    for side in (-1, 1):
        _polygon(draw, [(148, 130), (148 + side * 66, 116), (148 + side * 66, 182), (148, 198)], GOLD)
        _polygon(draw, [(148, 126), (148 + side * 60, 112), (148 + side * 60, 174), (148, 190)], CREAM)
        for line in range(5):
            y = 126 + line * 11
            _stroke(draw, [(148 + side * 10, y + 9), (148 + side * 52, y)], "#6d6a77", 2.6)
    _stroke(draw, [(148, 126), (148, 197)], RED, 4)


def _oak(draw: ImageDraw.ImageDraw) -> None:
    _stroke(draw, [(292, 202), (330, 160), (352, 108)], GOLD, 5)
    for x, y, lean in ((302, 150, -1), (318, 122, -1), (352, 172, 1), (376, 140, 1)):
        for lobe in range(4):
            _disc(draw, (x + lean * lobe * 9, y - lobe * 5), 11 - lobe * 1.6, "#9cc46b")
        _stroke(draw, [(x - lean * 8, y + 6), (x + lean * 30, y - 16)], GREEN, 2.2)
    for x, y in ((340, 188), (398, 186)):
        _disc(draw, (x, y + 5), 9, "#a8763e")
        _polygon(draw, [(x - 11, y), (x + 11, y), (x + 7, y - 8), (x - 7, y - 8)], GOLD)


def _kingfisher(draw: ImageDraw.ImageDraw) -> None:
    _polygon(draw, [(150, 262), (205, 240), (262, 246), (318, 288), (246, 300), (196, 290)], "#1d6f9f")
    _polygon(draw, [(196, 290), (246, 300), (290, 294), (236, 318), (202, 306)], "#d9772b")
    _polygon(draw, [(90, 256), (160, 246), (164, 262)], "#22262f")
    _disc(draw, (178, 256), 25, "#1d6f9f")
    _disc(draw, (168, 250), 5, CREAM)
    _disc(draw, (167, 250), 2.8, "#111111")
    for feather in range(6):
        _stroke(
            draw,
            [(214 + feather * 12, 252 + feather * 3), (240 + feather * 13, 276 + feather * 3)],
            CREAM,
            2.4,
        )
    _polygon(draw, [(300, 280), (372, 318), (310, 298)], NAVY)


def _ribbon(sheet: Image.Image) -> None:
    draw = ImageDraw.Draw(sheet)
    for side in (-1, 1):
        tail = [(196, 18), (232, 40), (214, 58), (236, 84), (172, 66)]
        _polygon(draw, [(240 + side * x, 420 + y) for x, y in tail], "#6c1a27")
    top = [(240 + x, 440 + 24 * (1 - (x / 205) ** 2)) for x in range(-205, 206, 5)]
    _polygon(draw, [*top, *((x, y + 62) for x, y in reversed(top))], RED)
    for offset, colour in ((6, GOLD), (56, GOLD)):
        _stroke(draw, [(x, y + offset) for x, y in top], colour, 3)
    _lettering(sheet, "HARFIELD BROOK", (240, -330), 826, 33, CREAM, (90, -1.95))
    text = ImageDraw.Draw(sheet)
    text.text(
        (240 * _SCALE, 545 * _SCALE),
        "FLUMINE CRESCIMUS  1962",
        font=font(20 * _SCALE),
        fill=NAVY,
        anchor="ms",
    )


def _lettering(
    sheet: Image.Image,
    words: str,
    centre: Point,
    radius: float,
    size: float,
    colour: str,
    turn: tuple[float, float],
) -> None:
    """Set words on a circle; `turn` is the middle's direction and the step per letter, in degrees."""
    middle, step = turn
    for place, letter in enumerate(words):
        degrees = middle + (place - (len(words) - 1) / 2) * step
        angle = math.radians(degrees)
        tile = Image.new("RGBA", (int(size * 2 * _SCALE),) * 2)
        half = tile.width // 2
        pen = ImageDraw.Draw(tile)
        pen.text(
            (half, half),
            letter,
            font=font(size * _SCALE),
            fill=colour,
            anchor="mm",
            stroke_width=_SCALE,
            stroke_fill=colour,
        )
        tile = tile.rotate(-degrees - 90 if step > 0 else 90 - degrees, Image.Resampling.BICUBIC)
        x, y = centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)
        sheet.alpha_composite(tile, (int(x * _SCALE) - half, int(y * _SCALE) - half))


def _star(draw: ImageDraw.ImageDraw, centre: Point, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.42
        angle = corner * math.pi / 5 - math.pi / 2
        points.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    _polygon(draw, points, GOLD)


def _wave(draw: ImageDraw.ImageDraw, left: float, right: float, y: float, height: float, colour: str) -> None:
    points: list[Point] = [(x, y + 5 * math.sin(x / 14)) for x in range(int(left), int(right) + 1, 4)]
    _stroke(draw, points, colour, height)


def _up(points: Sequence[tuple[float, float]]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _polygon(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str) -> None:
    draw.polygon(_up(points), fill=colour)


def _stroke(
    draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str, width: float
) -> None:
    draw.line(_up(points), fill=colour, width=round(width * _SCALE), joint="curve")


def _disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float, colour: str) -> None:
    draw.circle((centre[0] * _SCALE, centre[1] * _SCALE), radius * _SCALE, fill=colour)


def _box(draw: ImageDraw.ImageDraw, sides: tuple[float, float, float, float], colour: str) -> None:
    draw.rectangle([side * _SCALE for side in sides], fill=colour)
