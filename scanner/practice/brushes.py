"""What scenes are painted with: sky, leaves, wood, fur, and simple drawn people."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Rng = np.random.Generator
SKIN: tuple[Colour, ...] = ((244, 208, 177), (224, 172, 132), (176, 120, 82), (128, 82, 56), (250, 222, 200))
HAIR: tuple[Colour, ...] = ((38, 28, 24), (92, 58, 34), (164, 112, 58), (150, 150, 152), (168, 66, 38))
CLOTH: tuple[Colour, ...] = (
    (52, 84, 120),
    (128, 60, 66),
    (74, 110, 84),
    (196, 158, 78),
    (92, 76, 112),
    (200, 196, 188),
)
UNIFORM: Colour = (30, 56, 110)


def canvas(sheet: Image.Image) -> tuple[int, int, ImageDraw.ImageDraw]:
    """Width, height, and a pen."""
    return sheet.width, sheet.height, ImageDraw.Draw(sheet)


def pick(rng: Rng, choices: Sequence[Colour]) -> Colour:
    """One of the colours."""
    return choices[int(rng.integers(len(choices)))]


def shade(colour: Colour, by: float) -> Colour:
    """The colour, lighter (above 1) or darker."""
    red, green, blue = (min(255, max(0, round(part * by))) for part in colour)
    return red, green, blue


def wash(sheet: Image.Image, top: Colour, bottom: Colour) -> None:
    """Fill with an even change of colour from top to bottom."""
    step = np.linspace(0, 1, sheet.height)[:, None]
    rows = np.array(top) * (1 - step) + np.array(bottom) * step
    sheet.paste(Image.fromarray(np.repeat(rows[:, None, :], sheet.width, axis=1).astype(np.uint8)))


def bokeh(sheet: Image.Image, rng: Rng) -> None:
    """Out-of-focus shapes behind a person."""
    veil = Image.new("RGBA", sheet.size)
    pen = ImageDraw.Draw(veil)
    for _ in range(26):
        x, y, r = (
            float(rng.uniform(0, sheet.width)),
            float(rng.uniform(0, sheet.height)),
            sheet.width * float(rng.uniform(0.03, 0.12)),
        )
        pen.circle((x, y), r, fill=(*shade(pick(rng, CLOTH), 1.35), 70))
    sheet.paste(veil, mask=veil.getchannel("A"))


def outdoors(sheet: Image.Image, rng: Rng, horizon: float) -> None:
    """Sky, clouds, hills and grass; `horizon` is a share of the height."""
    wash(sheet, (126, 166, 210), (222, 230, 232))
    w, h, pen = canvas(sheet)
    for _ in range(14):
        x, y, r = (
            float(rng.uniform(0, w)),
            float(rng.uniform(0, h * horizon * 0.6)),
            w * float(rng.uniform(0.02, 0.07)),
        )
        pen.ellipse(
            [x - r * 2, y - r * 0.6, x + r * 2, y + r * 0.6],
            fill=shade((236, 240, 242), float(rng.uniform(0.94, 1.02))),
        )
    for layer in range(3):
        base, phase = h * (horizon - 0.08 + layer * 0.05), float(rng.uniform(0, 6))
        ridge = [(x, base + h * 0.03 * math.sin(x / w * (4 + layer * 2) + phase)) for x in range(0, w + 9, 8)]
        pen.polygon([*ridge, (w, h), (0, h)], fill=shade((92, 128, 76), 1.12 - layer * 0.12))
    for _ in range(500):
        x, y = float(rng.uniform(0, w)), float(rng.uniform(h * (horizon + 0.08), h))
        pen.line(
            [(x, y), (x + float(rng.uniform(-3, 3)), y - h * 0.014)],
            fill=shade((84, 122, 62), float(rng.uniform(0.7, 1.35))),
            width=2,
        )


def leaves(sheet: Image.Image, rng: Rng, area: tuple[float, float, float, float], colour: Colour) -> None:
    """A hedge or bush; `area` is left, top, right, foot as shares."""
    w, h, pen = canvas(sheet)
    left, top, right, foot = area
    for _ in range(700):
        x, y, r = (
            w * float(rng.uniform(left, right)),
            h * float(rng.uniform(top, foot)),
            w * float(rng.uniform(0.006, 0.016)),
        )
        pen.ellipse(
            [x - r, y - r * 0.7, x + r, y + r * 0.7], fill=shade(colour, float(rng.uniform(0.6, 1.45)))
        )


def tree(sheet: Image.Image, rng: Rng, x: float, foot: float) -> None:
    """A tree whose foot stands at that share of the height."""
    w, h, pen = canvas(sheet)
    height = float(rng.uniform(0.22, 0.4))
    pen.rectangle([w * (x - 0.008), h * (foot - height * 0.5), w * (x + 0.008), h * foot], fill=(84, 62, 46))
    green = shade((70, 106, 52), float(rng.uniform(0.7, 1.2)))
    for _ in range(120):
        angle, reach = float(rng.uniform(0, math.tau)), math.sqrt(float(rng.uniform()))
        px, py = (
            w * (x + 0.075 * reach * math.cos(angle)),
            h * (foot - height * (0.7 + 0.32 * reach * math.sin(angle))),
        )
        r = w * float(rng.uniform(0.008, 0.02))
        pen.ellipse([px - r, py - r, px + r, py + r], fill=shade(green, float(rng.uniform(0.7, 1.35))))


def planks(sheet: Image.Image, rng: Rng) -> None:
    """A wooden table top."""
    w, h, pen = canvas(sheet)
    base = pick(rng, ((156, 112, 72), (122, 88, 60), (186, 150, 108)))
    for row in range(6):
        tone = shade(base, float(rng.uniform(0.88, 1.1)))
        pen.rectangle([0, h * row / 6, w, h * (row + 1) / 6], fill=tone)
        for _ in range(26):
            y, x = h * (row + float(rng.uniform())) / 6, float(rng.uniform(-w * 0.3, w))
            pen.line(
                [(x, y), (x + w * float(rng.uniform(0.1, 0.5)), y + 2)],
                fill=shade(tone, float(rng.uniform(0.82, 1.1))),
                width=2,
            )
        pen.line([(0, h * row / 6), (w, h * row / 6)], fill=shade(base, 0.55), width=3)


def table(pen: ImageDraw.ImageDraw, x: float, y: float, w: float, h: float) -> None:
    """A pupil's table with a sheet of paper on it."""
    pen.polygon(
        [(x, y + h * 0.4), (x + w, y + h * 0.4), (x + w * 0.86, y), (x + w * 0.12, y)], fill=(198, 160, 110)
    )
    pen.rectangle([x, y + h * 0.4, x + w, y + h * 0.48], fill=(150, 116, 78))
    for leg in (0.04, 0.92):
        pen.rectangle([x + w * leg, y + h * 0.48, x + w * (leg + 0.035), y + h * 1.6], fill=(96, 96, 102))
    pen.polygon(
        [
            (x + w * 0.3, y + h * 0.3),
            (x + w * 0.55, y + h * 0.28),
            (x + w * 0.52, y + h * 0.1),
            (x + w * 0.32, y + h * 0.12),
        ],
        fill=(240, 238, 230),
    )


def fur(sheet: Image.Image, rng: Rng, coat: Colour, area: tuple[float, float, float, float]) -> None:
    """Short strokes wherever the sheet has the colour of the coat."""
    pen = ImageDraw.Draw(sheet)
    for _ in range(700):
        x, y = float(rng.uniform(area[0], area[2])), float(rng.uniform(area[1], area[3]))
        pixel = sheet.getpixel((min(max(int(x), 0), sheet.width - 1), min(max(int(y), 0), sheet.height - 1)))
        if pixel == coat:
            pen.line(
                [(x, y), (x + float(rng.uniform(-4, 4)), y + 9)],
                fill=shade(coat, float(rng.uniform(0.84, 1.14))),
                width=2,
            )


def figure(sheet: Image.Image, rng: Rng, x: float, y: float, size: float, cloth: Colour) -> None:
    """A drawn person: nobody's likeness, on purpose."""
    w, h, pen = canvas(sheet)
    r = size * min(w, h)
    cx, cy = x * w, y * h
    skin, hair = pick(rng, SKIN), pick(rng, HAIR)
    pen.rounded_rectangle([cx - r * 2.1, cy + r * 1.35, cx + r * 2.1, h + r], r * 0.9, fill=cloth)
    for fold in range(9):
        fx = cx - r * 1.9 + fold * r * 0.46
        pen.line(
            [(fx, cy + r * 1.9), (fx + r * float(rng.uniform(-0.3, 0.3)), h)],
            fill=shade(cloth, float(rng.uniform(0.82, 1.14))),
            width=max(2, int(r * 0.1)),
        )
    pen.polygon(
        [(cx - r * 0.75, cy + r * 1.36), (cx + r * 0.75, cy + r * 1.36), (cx, cy + r * 1.95)],
        fill=shade(skin, 0.92),
    )
    pen.rectangle([cx - r * 0.36, cy + r * 0.6, cx + r * 0.36, cy + r * 1.45], fill=shade(skin, 0.88))
    pen.ellipse(
        [cx - r * 1.02, cy - r * 1.3, cx + r * 1.02, cy + r * float(rng.uniform(0.3, 1.3))], fill=hair
    )
    pen.ellipse([cx - r * 0.82, cy - r * 1.0, cx + r * 0.82, cy + r * 1.02], fill=skin)
    pen.pieslice([cx - r * 0.9, cy - r * 1.2, cx + r * 0.9, cy + r * 0.35], 190, 350, fill=hair)
    for side in (-1, 1):
        ex = cx + side * r * 0.32
        pen.ellipse([ex - r * 0.13, cy - r * 0.1, ex + r * 0.13, cy + r * 0.07], fill=(250, 250, 248))
        pen.circle((ex, cy - r * 0.01), r * 0.07, fill=(46, 34, 28))
        pen.arc(
            [ex - r * 0.18, cy - r * 0.3, ex + r * 0.18, cy + r * 0.02],
            200,
            340,
            fill=shade(hair, 0.9),
            width=max(2, int(r * 0.06)),
        )
        pen.circle((cx + side * r * 0.46, cy + r * 0.34), r * 0.13, fill=shade(skin, 1.04))
    pen.line(
        [(cx, cy + r * 0.02), (cx + r * 0.08, cy + r * 0.3)],
        fill=shade(skin, 0.78),
        width=max(2, int(r * 0.06)),
    )
    pen.chord([cx - r * 0.34, cy + r * 0.3, cx + r * 0.34, cy + r * 0.74], 20, 160, fill=(150, 62, 60))
