"""The scenes that practice pictures show: places, food, a dog, and simple drawn people.

Each painter fills the sheet and answers where a crest would sit, if the scene has such a place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from scanner.practice.brushes import (
    CLOTH,
    UNIFORM,
    Rng,
    bokeh,
    canvas,
    figure,
    fur,
    leaves,
    outdoors,
    pick,
    planks,
    shade,
    table,
    tree,
    wash,
)
from scanner.practice.crest import font


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a crest's middle goes, as a share of width and height; `cloth`: it is embroidered."""

    x: float
    y: float
    turn: float = 0.0
    cloth: bool = False


def person(sheet: Image.Image, rng: Rng, _words: str) -> None:
    """Head and shoulders before a blurred wall."""
    wash(sheet, pick(rng, CLOTH), (228, 222, 212))
    bokeh(sheet, rng)
    figure(sheet, rng, 0.5, 0.4, 0.25, pick(rng, CLOTH))


def jumper(sheet: Image.Image, rng: Rng, _words: str) -> Spot:
    """Somebody in a school jumper, seen from head to waist; the crest is on the chest."""
    wash(sheet, (196, 206, 204), (150, 160, 152))
    bokeh(sheet, rng)
    figure(sheet, rng, 0.5, 0.26, 0.17, UNIFORM)
    return Spot(0.61, 0.74, float(rng.uniform(-6, 6)), cloth=True)


def sign(sheet: Image.Image, rng: Rng, words: str) -> Spot:
    """A board on two posts before a hedge; the crest is at its left."""
    outdoors(sheet, rng, 0.62)
    w, h, pen = canvas(sheet)
    leaves(sheet, rng, (0.0, 0.42, 1.0, 0.7), (58, 92, 50))
    for x in (0.14, 0.84):
        pen.rectangle([w * x, h * 0.3, w * (x + 0.025), h * 0.92], fill=(86, 82, 80))
    pen.rounded_rectangle(
        [w * 0.07, h * 0.22, w * 0.94, h * 0.7],
        w * 0.015,
        fill=(24, 40, 78),
        outline=(217, 171, 60),
        width=max(2, w // 150),
    )
    lines = words.split("|")
    for row, line in enumerate(lines):
        size = h * (0.085 if row == 0 else 0.05)
        pen.text(
            (w * 0.66, h * (0.46 + (row - (len(lines) - 1) / 2) * 0.12)),
            line,
            font=font(size),
            fill=(246, 240, 222),
            anchor="mm",
        )
    return Spot(0.22, 0.46)


def classroom(sheet: Image.Image, rng: Rng, words: str) -> Spot:
    """A room with a board, a display, and tables; a poster with the crest hangs at the right."""
    wash(sheet, (226, 220, 200), (206, 196, 172))
    w, h, pen = canvas(sheet)
    pen.polygon([(0, h), (w, h), (w, h * 0.72), (0, h * 0.72)], fill=(146, 124, 98))
    for lath in np.arange(0, 1.3, 0.09):
        pen.line([(w * (lath * 1.6 - 0.4), h), (w * lath, h * 0.72)], fill=(128, 106, 82), width=2)
    pen.rectangle(
        [w * 0.06, h * 0.12, w * 0.52, h * 0.5],
        fill=(248, 248, 246),
        outline=(140, 140, 140),
        width=max(3, w // 140),
    )
    for row, line in enumerate(words.split("|")):
        pen.text((w * 0.09, h * (0.17 + row * 0.08)), line, font=font(h * 0.055), fill=(40, 66, 130))
    for row in range(2):
        for column in range(3):
            left, top = w * (0.57 + column * 0.075), h * (0.14 + row * 0.17)
            pen.rectangle([left, top, left + w * 0.06, top + h * 0.13], fill=shade(pick(rng, CLOTH), 1.3))
            pen.ellipse(
                [left + w * 0.012, top + h * 0.02, left + w * 0.046, top + h * 0.09],
                fill=shade(pick(rng, CLOTH), 0.8),
            )
    for column in range(4):
        table(pen, w * (0.02 + column * 0.26), h * float(rng.uniform(0.72, 0.78)), w * 0.21, h * 0.2)
    return Spot(0.88, 0.3)


def park(sheet: Image.Image, rng: Rng, _words: str) -> None:
    """Hills, trees and a path."""
    outdoors(sheet, rng, float(rng.uniform(0.42, 0.55)))
    w, h, pen = canvas(sheet)
    bend = float(rng.uniform(0.3, 0.7))
    pen.polygon(
        [(w * 0.3, h), (w * 0.62, h), (w * (bend + 0.02), h * 0.56), (w * bend, h * 0.56)],
        fill=(184, 164, 128),
    )
    for _ in range(int(rng.integers(3, 7))):
        tree(sheet, rng, float(rng.uniform(0.03, 0.97)), float(rng.uniform(0.5, 0.75)))


def water(sheet: Image.Image, rng: Rng, _words: str) -> None:
    """A stream or the sea under an evening sky."""
    wash(sheet, (118, 148, 186), (240, 196, 150))
    w, h, pen = canvas(sheet)
    line = h * float(rng.uniform(0.45, 0.6))
    pen.rectangle([0, line, w, h], fill=(64, 98, 122))
    pen.ellipse([w * 0.6, line - h * 0.2, w * 0.6 + h * 0.14, line - h * 0.06], fill=(255, 238, 200))
    for _ in range(260):
        x, y = float(rng.uniform(0, w)), float(rng.uniform(line, h))
        reach = w * 0.05 * (y - line) / (h - line) + 4
        pen.line([(x, y), (x + reach, y)], fill=shade((120, 150, 168), float(rng.uniform(0.7, 1.3))), width=2)
    leaves(sheet, rng, (0.0, 0.78, 0.4, 1.0), (52, 70, 44))


def food(sheet: Image.Image, rng: Rng, words: str) -> None:
    """A plate on a wooden table, from above; `words` says stew, cake or biscuits, else it is chance."""
    planks(sheet, rng)
    w, h, pen = canvas(sheet)
    cx, cy = w * float(rng.uniform(0.36, 0.6)), h * float(rng.uniform(0.46, 0.56))
    r = min(w, h) * float(rng.uniform(0.32, 0.4))
    china = pick(rng, ((240, 238, 232), (150, 178, 190), (206, 186, 160), (92, 112, 128)))
    pen.ellipse([cx - r * 1.03, cy - r * 0.95, cx + r * 1.06, cy + r * 1.1], fill=(70, 48, 32))
    pen.circle((cx, cy), r, fill=china)
    pen.circle((cx, cy), r * 0.78, fill=shade(china, 0.93))
    serves = {"stew": _stew, "cake": _cake, "biscuits": _biscuits}
    serve = serves[words or list(serves)[int(rng.integers(3))]]
    serve(pen, rng, cx, cy, r)
    pen.rounded_rectangle([w * 0.9, h * 0.2, w * 0.93, h * 0.85], 8, fill=(178, 178, 182))


def _stew(pen: ImageDraw.ImageDraw, rng: Rng, cx: float, cy: float, r: float) -> None:
    pen.circle((cx, cy), r * 0.72, fill=pick(rng, ((206, 140, 64), (168, 84, 46), (124, 72, 48))))
    garnish = ((196, 58, 46), (98, 134, 58), (236, 204, 110), (150, 96, 54), (250, 236, 214))
    for _ in range(90):
        x, y = _somewhere(rng, cx, cy, r * 0.66)
        size = r * float(rng.uniform(0.03, 0.1))
        tone = shade(pick(rng, garnish), float(rng.uniform(0.75, 1.15)))
        pen.ellipse([x - size, y - size * 0.8, x + size, y + size * 0.8], fill=tone)


def _cake(pen: ImageDraw.ImageDraw, rng: Rng, cx: float, cy: float, r: float) -> None:
    sponge, icing = pick(rng, ((214, 166, 92), (110, 70, 44))), pick(rng, ((250, 244, 228), (242, 206, 214)))
    pen.circle((cx + r * 0.03, cy + r * 0.05), r * 0.68, fill=shade(sponge, 0.7))
    pen.circle((cx, cy), r * 0.66, fill=sponge)
    for line in range(-6, 7):
        reach = r * 0.62 * math.sqrt(1 - (line / 7) ** 2)
        y = cy + line * r * 0.09
        pen.line(
            [(cx - reach, y + r * 0.08), (cx + reach, y - r * 0.08)], fill=icing, width=max(3, int(r * 0.035))
        )
    slice_at = int(rng.integers(0, 360))
    pen.pieslice(
        [cx - r * 0.67, cy - r * 0.67, cx + r * 0.67, cy + r * 0.67],
        slice_at,
        slice_at + 42,
        fill=(222, 220, 214),
    )
    for berry in range(9):
        angle = berry * math.tau / 9
        spot = (cx + r * 0.54 * math.cos(angle), cy + r * 0.54 * math.sin(angle))
        pen.circle(spot, r * 0.06, fill=shade((176, 36, 52), float(rng.uniform(0.8, 1.2))))


def _biscuits(pen: ImageDraw.ImageDraw, rng: Rng, cx: float, cy: float, r: float) -> None:
    dough = pick(rng, ((206, 160, 98), (180, 124, 70), (226, 190, 132)))
    for _ in range(11):
        x, y = _somewhere(rng, cx, cy, r * 0.55)
        pen.circle((x + 4, y + 6), r * 0.22, fill=shade(dough, 0.55))
        pen.circle((x, y), r * 0.22, fill=shade(dough, float(rng.uniform(0.9, 1.08))))
        for _ in range(7):
            pen.circle(_somewhere(rng, x, y, r * 0.17), r * 0.028, fill=(72, 44, 30))


def _somewhere(rng: Rng, x: float, y: float, within: float) -> tuple[float, float]:
    angle, reach = float(rng.uniform(0, math.tau)), within * math.sqrt(float(rng.uniform()))
    return x + reach * math.cos(angle), y + reach * math.sin(angle)


def dog(sheet: Image.Image, rng: Rng, _words: str) -> None:
    """A sitting dog on grass."""
    outdoors(sheet, rng, 0.4)
    w, h, pen = canvas(sheet)
    coat = pick(rng, ((188, 138, 84), (70, 54, 46), (222, 200, 166), (120, 84, 56)))
    dark = shade(coat, 0.68)
    u = min(w, h)
    cx, cy = w * float(rng.uniform(0.42, 0.58)), h * 0.6
    pen.ellipse([cx - u * 0.3, cy + u * 0.28, cx + u * 0.32, cy + u * 0.38], fill=(52, 74, 38))
    pen.ellipse([cx - u * 0.22, cy - u * 0.12, cx + u * 0.22, cy + u * 0.34], fill=coat)
    for side in (-1, 1):
        pen.rounded_rectangle(
            [
                cx + side * u * 0.09 - u * 0.045,
                cy + u * 0.05,
                cx + side * u * 0.09 + u * 0.045,
                cy + u * 0.36,
            ],
            u * 0.04,
            fill=shade(coat, 0.9),
        )
    pen.ellipse([cx - u * 0.17, cy - u * 0.36, cx + u * 0.17, cy - u * 0.04], fill=coat)
    for side in (-1, 1):
        pen.ellipse(
            [cx + side * u * 0.16 - u * 0.06, cy - u * 0.34, cx + side * u * 0.16 + u * 0.06, cy - u * 0.1],
            fill=dark,
        )
        pen.circle((cx + side * u * 0.065, cy - u * 0.23), u * 0.02, fill=(20, 16, 14))
    pen.ellipse([cx - u * 0.08, cy - u * 0.18, cx + u * 0.08, cy - u * 0.06], fill=shade(coat, 1.18))
    pen.ellipse([cx - u * 0.034, cy - u * 0.175, cx + u * 0.034, cy - u * 0.13], fill=(24, 20, 20))
    pen.arc([cx - u * 0.05, cy - u * 0.15, cx + u * 0.05, cy - u * 0.08], 20, 160, fill=(60, 34, 30), width=3)
    fur(sheet, rng, coat, (cx - u * 0.24, cy - u * 0.36, cx + u * 0.24, cy + u * 0.34))


def route(sheet: Image.Image, rng: Rng, words: str) -> None:
    """A street map with a run drawn on it, as running programmes show it."""
    wash(sheet, (236, 232, 224), (232, 230, 222))
    w, h, pen = canvas(sheet)
    for _ in range(7):
        x, y = float(rng.uniform(0, w)), float(rng.uniform(0, h))
        pen.rounded_rectangle(
            [x, y, x + w * 0.2, y + h * 0.16],
            12,
            fill=pick(rng, ((200, 222, 184), (214, 212, 208), (186, 210, 226))),
        )
    for step in np.arange(-0.2, 1.3, 0.13):
        pen.line([(w * step, 0), (w * (step + 0.12), h)], fill=(255, 255, 255), width=max(6, w // 90))
        pen.line([(0, h * step), (w, h * (step - 0.1))], fill=(255, 255, 255), width=max(6, w // 90))
    turns = np.linspace(0, math.tau, 40)
    reach = 0.3 + 0.05 * np.sin(turns * 3 + float(rng.uniform(0, 6)))
    line = [
        (w * (0.5 + r * math.cos(t)), h * (0.52 + r * math.sin(t))) for t, r in zip(turns, reach, strict=True)
    ]
    pen.line(line, fill=(232, 84, 30), width=max(5, w // 110), joint="curve")
    pen.circle(line[0], w * 0.014, fill=(40, 150, 70))
    pen.rounded_rectangle([w * 0.03, h * 0.04, w * 0.5, h * 0.14], 10, fill=(255, 255, 255))
    pen.text((w * 0.05, h * 0.09), words, font=font(h * 0.045), fill=(50, 50, 56), anchor="lm")


def notice(sheet: Image.Image, rng: Rng, words: str) -> Spot:
    """A printed card or a badge on a desk; a crest can stand at its top left."""
    planks(sheet, rng)
    w, h, pen = canvas(sheet)
    pen.rounded_rectangle([w * 0.135, h * 0.125, w * 0.885, h * 0.905], 18, fill=(70, 52, 38))
    pen.rounded_rectangle([w * 0.12, h * 0.1, w * 0.87, h * 0.88], 18, fill=(250, 248, 242))
    for row, line in enumerate(words.split("|")):
        pen.text(
            (w * 0.82, h * (0.26 + row * 0.13)),
            line,
            font=font(h * (0.075 if row else 0.09)),
            fill=(36, 38, 52),
            anchor="rm",
        )
    return Spot(0.29, 0.42)


def group(sheet: Image.Image, rng: Rng, _words: str) -> Spot:
    """Several drawn people outside, the one in front in a school jumper."""
    outdoors(sheet, rng, 0.45)
    for column in range(4):
        figure(sheet, rng, 0.14 + column * 0.24, float(rng.uniform(0.4, 0.46)), 0.09, pick(rng, CLOTH))
    figure(sheet, rng, 0.5, 0.46, 0.13, UNIFORM)
    return Spot(0.56, 0.84, float(rng.uniform(-4, 4)), cloth=True)


def building(sheet: Image.Image, rng: Rng, _words: str) -> None:
    """A low brick building with windows behind a lawn."""
    outdoors(sheet, rng, 0.6)
    w, h, pen = canvas(sheet)
    brick = pick(rng, ((150, 84, 64), (168, 108, 80), (182, 150, 116)))
    left, right, top, foot = w * float(rng.uniform(0.04, 0.14)), w * 0.94, h * 0.3, h * 0.72
    pen.polygon(
        [
            (left - w * 0.02, top),
            (right + w * 0.02, top),
            (right - w * 0.06, h * 0.17),
            (left + w * 0.1, h * 0.17),
        ],
        fill=(88, 78, 78),
    )
    pen.rectangle([left, top, right, foot], fill=brick)
    course = max(6, h // 70)
    for row, y in enumerate(range(int(top), int(foot), course)):
        pen.line([(left, y), (right, y)], fill=shade(brick, 0.86), width=1)
        for x in range(int(left) + row % 2 * course, int(right), course * 2):
            pen.line([(x, y), (x, y + course)], fill=shade(brick, 0.86), width=1)
    count = int(rng.integers(4, 7))
    for place in range(count):
        pane = left + (right - left) * (place + 0.25) / count
        lit = shade((150, 178, 196), float(rng.uniform(0.6, 1.25)))
        pen.rectangle(
            [pane, h * 0.38, pane + w * 0.07, h * 0.56],
            fill=lit,
            outline=(240, 240, 236),
            width=max(3, w // 200),
        )
        pen.line([(pane + w * 0.035, h * 0.38), (pane + w * 0.035, h * 0.56)], fill=(240, 240, 236), width=3)
    door = left + (right - left) * float(rng.uniform(0.3, 0.7))
    pen.rectangle(
        [door, h * 0.46, door + w * 0.07, foot], fill=(44, 70, 96), outline=(230, 230, 226), width=3
    )
    tree(sheet, rng, float(rng.choice([0.04, 0.9])), 0.72)
