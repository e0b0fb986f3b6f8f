"""Drawn signs, cards, papers and screens in drawn scenes, to measure reading on; nothing is a photograph."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from data import School, read_toml, school_in
from detectors._drawn_photos import photo
from detectors._model import Image

CASES = "cases/reading.toml"
SIDE = 1280
NAVY, CREAM, INK, WHITE = (24, 40, 78), (248, 244, 230), (34, 36, 46), (252, 252, 250)
GROUNDS = (NAVY, (112, 24, 38), (20, 84, 62), (52, 52, 60), (86, 44, 110))
PAPERS = (WHITE, CREAM, (238, 242, 248))
NARROW, SLANT = 0.72, 0.2

Rng = np.random.Generator
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn picture: the checks that must answer, the school asked for, and where the thing lies."""

    name: str
    image: Image = field(repr=False)
    school: School = field(repr=False)
    checks: frozenset[str]
    box: Box


def papers(part: str, *, rounds: int = 1) -> Iterator[Drawn]:
    """Every paper of a part ("tune" or "heldout"), each `rounds` times with another school and view."""
    facts = read_toml(CASES)[part]
    for turn in range(rounds):
        for number, row in enumerate(facts["papers"]):
            rng = np.random.default_rng((len(part), turn, number))
            yield _paper(f"{part}-{turn}-{number}-{row['on']}", row, facts, rng, number + turn)


def _paper(name: str, row: Mapping[str, Any], facts: Mapping[str, Any], rng: Rng, number: int) -> Drawn:
    school = _school(facts["schools"][number % len(facts["schools"])])
    lines = [line.format_map(_words(school, facts, rng)) for line in row["says"]]
    style = facts["styles"][int(rng.integers(len(facts["styles"])))]
    flat = PAINTERS[row["on"]](lines, _Pen(style, rng))
    pixels, box = _taken(flat, rng, small=row["on"] in {"badge", "card", "ticket"})
    out = io.BytesIO()
    PIL.Image.fromarray(pixels).save(out, "JPEG", quality=int(rng.integers(62, 92)))
    return Drawn(name, Image("", name, out.getvalue()), school, frozenset(row["checks"]), box)


@lru_cache(maxsize=32)
def _school(stem: str) -> School:
    return school_in(f"schools/{stem}.toml")


def _words(school: School, facts: Mapping[str, Any], rng: Rng) -> dict[str, str]:
    def one(of: str) -> str:
        return str(facts[of][int(rng.integers(len(facts[of])))])

    pack = school.pack
    words = {
        "school": pack.name,
        "alias": (pack.aliases or (pack.name,))[0],
        "domain": (pack.domains or ("www.school.example",))[0],
        "org": pack.trust or pack.local_authority or pack.name,
        "other": one("others"),
        "person": one("people"),
        "job": one("jobs"),
    }
    pupils = rng.permutation(facts["pupils"])
    words |= {f"pupil{i}": str(pupil) for i, pupil in enumerate(pupils)}
    return words | {key.upper(): value.upper() for key, value in words.items()}


class _Pen:
    """Letters in one style; the size is the height of a line in pixels."""

    def __init__(self, style: str, rng: Rng) -> None:
        self.style, self.rng = style, rng

    def ground(self) -> Colour:
        return GROUNDS[int(self.rng.integers(len(GROUNDS)))]

    def paper(self) -> Colour:
        return PAPERS[int(self.rng.integers(len(PAPERS)))]

    def write(
        self, sheet: PIL.Image.Image, place: tuple[float, float], words: str, size: float,
        *, ink: Colour, widest: float, anchor: str = "m", style: str = "",
    ) -> None:  # fmt: skip
        """Words on one line, or on two where they would be wider than `widest`."""
        tile = self._tile(words, size, style or self.style)
        if tile.width > widest * 1.5 and " " in words:
            cut = _middle(words)
            for part, shift in ((words[:cut], -0.55), (words[cut + 1 :], 0.55)):
                self.write(
                    sheet, (place[0], place[1] + shift * size), part, size * 0.92,
                    ink=ink, widest=widest, anchor=anchor, style=style,
                )  # fmt: skip
            return
        if tile.width > widest:
            shrunk = (max(1, round(widest)), max(1, round(tile.height * widest / tile.width)))
            tile = tile.resize(shrunk, PIL.Image.Resampling.LANCZOS)
        left = place[0] - (tile.width / 2 if anchor == "m" else 0)
        colour = PIL.Image.new("RGB", tile.size, ink)
        sheet.paste(colour, (round(left), round(place[1] - tile.height / 2)), tile)

    @staticmethod
    def _tile(words: str, size: float, style: str) -> PIL.Image.Image:
        if style in {"duplex", "serif", "script"}:
            face = {
                "duplex": cv2.FONT_HERSHEY_DUPLEX,
                "serif": cv2.FONT_HERSHEY_COMPLEX,
                "script": cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
            }[style]
            thick = max(1, round(size / 16))
            scale = size / 32
            (width, height), below = cv2.getTextSize(words, face, scale, thick)
            canvas = np.zeros((height + below + 8, width + 8), np.uint8)
            cv2.putText(canvas, words, (4, height + 4), face, scale, 255, thick, cv2.LINE_AA)
            return PIL.Image.fromarray(canvas)
        font = PIL.ImageFont.load_default(size)
        stroke = size / 22 if style == "bold" else 0
        box = font.getbbox(words, stroke_width=stroke)
        tile = PIL.Image.new("L", (math.ceil(box[2]) + 8, math.ceil(box[3]) + 8))
        PIL.ImageDraw.Draw(tile).text((4, 4), words, fill=255, font=font, stroke_width=stroke)
        if style == "narrow":
            return tile.resize(
                (max(1, round(tile.width * NARROW)), tile.height), PIL.Image.Resampling.LANCZOS
            )
        if style == "slanted":
            wider = tile.width + round(tile.height * SLANT)
            return tile.transform(
                (wider, tile.height), PIL.Image.Transform.AFFINE, (1, SLANT, -SLANT * tile.height, 0, 1, 0)
            )
        return tile


def _middle(words: str) -> int:
    return min((i for i, sign in enumerate(words) if sign == " "), key=lambda i: abs(i - len(words) / 2))


def _board(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    ground = pen.ground()
    sheet = PIL.Image.new("RGB", (1000, 560), ground)
    draw = PIL.ImageDraw.Draw(sheet)
    draw.rectangle([14, 14, 985, 545], outline=(217, 171, 60), width=7)
    largest = max(range(len(lines)), key=lambda i: lines[i].isupper() * 100 + len(lines[i]))
    for row, line in enumerate(lines):
        y = 560 * (row + 0.7) / (len(lines) + 0.4)
        pen.write(sheet, (500, y), line, 96 if row == largest else 56, ink=CREAM, widest=860)
    return sheet


def _bus(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    body = pen.paper()
    sheet = PIL.Image.new("RGB", (1300, 560), body)
    draw = PIL.ImageDraw.Draw(sheet)
    for pane in range(5):
        draw.rounded_rectangle([40 + pane * 250, 40, 260 + pane * 250, 220], 22, fill=(46, 58, 70))
    draw.rectangle([0, 420, 1300, 446], fill=pen.ground())
    for wheel in (240, 1040):
        draw.ellipse([wheel - 90, 430, wheel + 90, 610], fill=(24, 24, 26))
    for row, line in enumerate(lines):
        pen.write(sheet, (640, 290 + row * 80), line, 84 if row == 0 else 52, ink=NAVY, widest=1100)
    return sheet


def _page(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    sheet = PIL.Image.new("RGB", (760, 1000), pen.paper())
    draw = PIL.ImageDraw.Draw(sheet)
    draw.rectangle([28, 28, 731, 971], outline=pen.ground(), width=6)
    for row, line in enumerate(lines):
        y = 1000 * (row + 0.8) / (len(lines) + 0.6)
        pen.write(sheet, (380, y), line, 66 if row == 0 else 50, ink=INK, widest=640)
    return sheet


def _list(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    sheet = PIL.Image.new("RGB", (760, 900), pen.paper())
    draw = PIL.ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        y = 900 * (row + 0.7) / (len(lines) + 0.4)
        pen.write(sheet, (70, y), line, 64 if row == 0 else 52, ink=INK, widest=500, anchor="l")
        draw.line([(40, y + 50), (720, y + 50)], fill=(150, 150, 160), width=3)
        if row:
            for box in range(3):
                draw.rectangle(
                    [590 + box * 45, y - 18, 624 + box * 45, y + 18], outline=(110, 110, 120), width=2
                )
    return sheet


def _screen(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    sheet = PIL.Image.new("RGB", (1200, 760), (22, 22, 24))
    draw = PIL.ImageDraw.Draw(sheet)
    draw.rectangle([30, 30, 1169, 719], fill=(246, 247, 250))
    draw.rectangle([30, 30, 1169, 120], fill=pen.ground())
    pen.write(sheet, (60, 75), lines[0], 52, ink=WHITE, widest=1000, anchor="l")
    for row, line in enumerate(lines[1:]):
        pen.write(sheet, (80, 190 + row * 110), line, 46, ink=INK, widest=1000, anchor="l")
    return sheet


def _whiteboard(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    sheet = PIL.Image.new("RGB", (1100, 700), (150, 152, 154))
    PIL.ImageDraw.Draw(sheet).rectangle([18, 18, 1081, 681], fill=(244, 245, 244))
    for row, line in enumerate(lines):
        y = 700 * (row + 0.7) / (len(lines) + 0.4)
        pen.write(sheet, (550, y), line, 88, ink=(30, 60, 150), widest=940, style="duplex")
    return sheet


def _cloth(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    ground = np.array(pen.ground(), np.float32)
    rows, columns = np.mgrid[0:620, 0:900].astype(np.float32)
    folds = 1 + 0.16 * np.sin(columns / 70 + rows / 160) + 0.04 * np.sin((rows + columns) * 2)
    sheet = PIL.Image.fromarray(np.clip(ground * folds[..., None], 0, 255).astype(np.uint8))
    for row, line in enumerate(lines):
        pen.write(sheet, (450, 240 + row * 120), line, 86 if row == 0 else 64, ink=CREAM, widest=720)
    return sheet


def _badge(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    """A card on a strap, with a small picture of a drawn head."""
    upright = bool(pen.rng.uniform() < 0.6)  # noqa: PLR2004  most are worn upright
    width, height = (560, 860) if upright else (860, 560)
    strap = 190
    ground = pen.ground()
    sheet = PIL.Image.new("RGBA", (width, height + strap), (0, 0, 0, 0))
    draw = PIL.ImageDraw.Draw(sheet)
    draw.polygon(
        [
            (width / 2 - 60, 0),
            (width / 2 + 60, 0),
            (width / 2 + 24, strap + 34),
            (width / 2 - 24, strap + 34),
        ],
        fill=ground,
    )
    draw.rounded_rectangle(
        [0, strap, width - 1, height + strap - 1], 30, fill=pen.paper(), outline=(160, 160, 166), width=3
    )
    draw.rounded_rectangle([width / 2 - 50, strap + 18, width / 2 + 50, strap + 40], 10, fill=(90, 90, 96))
    band = 120 if upright else 100
    draw.rectangle([3, strap + 58, width - 4, strap + 58 + band], fill=ground)
    face = PIL.Image.fromarray(head(pen.rng, 220))
    top = strap + 58 + band + 24
    face_left = (width - 220) // 2 if upright else 40
    sheet.paste(face, (face_left, top))
    solid = sheet.convert("RGB")
    pen.write(solid, (width / 2, strap + 58 + band / 2), lines[0], 52, ink=WHITE, widest=width - 60)
    for row, line in enumerate(lines[1:]):
        at = (width / 2, top + 290 + row * 84) if upright else (560, top + 50 + row * 84)
        pen.write(solid, at, line, 56 if row == 0 else 44, ink=INK, widest=width - 80 if upright else 480)
    solid.putalpha(sheet.getchannel("A"))
    return solid


def _card(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    """A bank's or a club's card."""
    ground = pen.ground()
    sheet = PIL.Image.new("RGBA", (860, 540), (0, 0, 0, 0))
    draw = PIL.ImageDraw.Draw(sheet)
    draw.rounded_rectangle([0, 0, 859, 539], 36, fill=ground)
    draw.rounded_rectangle([70, 170, 180, 250], 12, fill=(208, 180, 96))
    solid = sheet.convert("RGB")
    pen.write(solid, (60, 80), lines[0], 60, ink=WHITE, widest=600, anchor="l")
    for row, line in enumerate(lines[1:]):
        pen.write(
            solid, (60, 310 + row * 66), line, 62 if row == 0 else 42, ink=CREAM, widest=720, anchor="l"
        )
    solid.putalpha(sheet.getchannel("A"))
    return solid


def _ticket(lines: list[str], pen: _Pen) -> PIL.Image.Image:
    sheet = PIL.Image.new("RGB", (860, 400), pen.paper())
    draw = PIL.ImageDraw.Draw(sheet)
    draw.rectangle([0, 0, 40, 400], fill=pen.ground())
    for stripe in range(24):
        draw.line([(700 + stripe * 6, 40), (700 + stripe * 6, 360)], fill=INK, width=1 + stripe % 3)
    for row, line in enumerate(lines):
        pen.write(sheet, (80, 60 + row * 72), line, 58 if row == 0 else 46, ink=INK, widest=560, anchor="l")
    return sheet


PAINTERS: Mapping[str, Callable[[list[str], _Pen], PIL.Image.Image]] = {
    "board": _board, "bus": _bus, "paper": _page, "list": _list, "screen": _screen,
    "whiteboard": _whiteboard, "cloth": _cloth, "badge": _badge, "card": _card, "ticket": _ticket,
}  # fmt: skip


def head(rng: Rng, side: int, *, ground: Colour | None = None) -> np.ndarray:
    """A drawn head and shoulders: nobody's likeness, enough of a face for the face finder."""
    sheet = np.full((300, 300, 3), ground or (176, 186, 196), np.float32)
    skin = np.array(
        ((224, 180, 155), (198, 148, 116), (146, 98, 70), (240, 204, 180), (112, 74, 52))[
            int(rng.integers(5))
        ]
    )
    hair = ((60, 40, 28), (24, 20, 20), (120, 84, 50), (150, 120, 80))[int(rng.integers(4))]
    wide = float(rng.uniform(0.92, 1.08))

    def spot(
        x: float, y: float, rx: float, ry: float, colour: Any, start: int = 0, end: int = 360, thick: int = -1
    ) -> None:
        middle = (round(150 + (x - 150) * wide), round(y))
        ink = tuple(float(v) for v in colour)
        cv2.ellipse(sheet, middle, (round(rx * wide), round(ry)), 0, start, end, ink, thick, cv2.LINE_AA)

    spot(150, 330, 120, 90, rng.integers(30, 170, 3))
    spot(150, 135, 84, float(rng.uniform(98, 116)), hair)
    cv2.rectangle(sheet, (122, 220), (178, 270), tuple(float(v) for v in skin * 0.9), -1)
    spot(150, 155, 70, 92, skin)
    for x in (122, 178):
        spot(x, 138, 15, 8, (250, 250, 250))
        spot(x, 138, 7, 7, (60, 40, 30))
        spot(x, 122, 19, 7, hair, 180, 360, 5)
        spot(x, 170, 14, 10, skin * 0.97 + (6, 0, 0))
    cv2.line(sheet, (150, 142), (144, 176), tuple(float(v) for v in skin * 0.82), 4)
    spot(150, 180, 13, 6, skin * 0.78, 0, 180, 4)
    spot(150, 206, 26, 10, (170, 80, 80), 0, 180)
    cv2.line(sheet, (124, 206), (176, 206), (130, 60, 60), 3)
    spot(150, 60, 72, 34, hair, 180, 360)
    columns = np.linspace(1.08, 0.83, 300, dtype=np.float32)[None, :, None]
    lit = cv2.GaussianBlur(sheet * columns, (0, 0), 1.6)
    return cv2.resize(np.clip(lit, 0, 255).astype(np.uint8), (side, side), interpolation=cv2.INTER_AREA)


def _taken(flat: PIL.Image.Image, rng: Rng, *, small: bool) -> tuple[np.ndarray, Box]:
    """The thing in a drawn scene: at some size, turned, leaning, soft, noisy. And the box it fills."""
    ground = photo(int(rng.integers(1 << 30)), side=SIDE)
    height, width = ground.shape[:2]
    art = np.asarray(flat.convert("RGBA"))
    share = float(rng.uniform(0.3, 0.62)) if small else float(rng.uniform(0.42, 0.9))
    scale = share * min(width / art.shape[1], height / art.shape[0] * (1.25 if small else 1.0))
    half = np.array([art.shape[1], art.shape[0]]) * scale / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) * half
    lean, turn = np.radians(rng.uniform(0, 32)), rng.uniform(0, 2 * np.pi)
    axis = np.array([math.cos(turn), math.sin(turn)])
    depth = corners @ axis
    corners = corners - np.outer(depth * (1 - math.cos(lean)), axis)
    corners = corners / (1 + depth * math.sin(lean) / (3.5 * half.max()))[:, None]
    roll = np.radians(rng.normal(0, 7))
    corners = corners @ np.array([(math.cos(roll), math.sin(roll)), (-math.sin(roll), math.cos(roll))])
    reach = np.abs(corners).max(axis=0) + 4
    room = np.maximum(np.array([width, height]) / 2 - reach, 0)
    quad = (corners + np.array([width, height]) / 2 + rng.uniform(-1, 1, 2) * room).astype(np.float32)
    source = np.array(
        [(0, 0), (art.shape[1], 0), (art.shape[1], art.shape[0]), (0, art.shape[0])], np.float32
    )
    soft = cv2.GaussianBlur(art, (0, 0), max(0.1, 0.4 / scale))
    laid = cv2.warpPerspective(soft, cv2.getPerspectiveTransform(source, quad), (width, height)).astype(
        np.float32
    )
    cover = laid[..., 3:] / 255
    gain = rng.uniform(0.72, 1.05, 3).astype(np.float32)
    mixed = ground * (1 - cover) + np.minimum(laid[..., :3] * gain, 255) * cover
    mixed = cv2.GaussianBlur(mixed, (0, 0), float(rng.uniform(0.3, 1.2)))
    mixed += rng.standard_normal(mixed.shape, dtype=np.float32) * np.float32(rng.uniform(1, 5))
    left, top = np.maximum(quad.min(axis=0), 0)
    right, foot = np.minimum(quad.max(axis=0), (width, height))
    return np.clip(mixed, 0, 255).astype(np.uint8), (int(left), int(top), int(right - left), int(foot - top))
