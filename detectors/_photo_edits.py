"""What happens to a photo between being taken and being posted again, for measuring."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import PIL.Image

from detectors._drawn_photos import Rng, ink, photo, word

PHONE = (720, 1480)
DESK = (1280, 800)
THEMES = (((250, 250, 250), (30, 30, 34)), ((18, 18, 20), (232, 232, 236)), ((240, 242, 245), (40, 60, 110)))
OTHERS = 1_000_000
"""Seeds from here on are photos that are no reference, to stand beside one in a collage."""

Edit = Callable[[np.ndarray, Rng], np.ndarray]


def encoded(rgb: np.ndarray, *, quality: int = 80) -> bytes:
    """A picture as a JPEG file."""
    out = io.BytesIO()
    PIL.Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def compressed(rgb: np.ndarray, _rng: Rng) -> np.ndarray:
    """Saved once at quality 25."""
    return np.asarray(PIL.Image.open(io.BytesIO(encoded(rgb, quality=25))).convert("RGB"))


def scaled(share: float) -> Edit:
    """Made smaller or larger."""
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return lambda rgb, _rng: cv2.resize(rgb, None, fx=share, fy=share, interpolation=how)


def cropped(away: float) -> Edit:
    """A share of the width and of the height cut off, anywhere."""

    def edit(rgb: np.ndarray, rng: Rng) -> np.ndarray:
        height, width = rgb.shape[:2]
        left, top = int(rng.uniform(0, away) * width), int(rng.uniform(0, away) * height)
        return rgb[top : top + int(height * (1 - away)), left : left + int(width * (1 - away))]

    return edit


def toned(gain: float, shift: float) -> Edit:
    """Brightness and contrast."""
    return lambda rgb, _rng: np.clip((rgb.astype(np.float32) - 128) * gain + 128 + shift, 0, 255).astype(
        np.uint8
    )


def gray(rgb: np.ndarray, _rng: Rng) -> np.ndarray:
    """Without colour."""
    return np.dstack([cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)] * 3)


def sepia(rgb: np.ndarray, _rng: Rng) -> np.ndarray:
    """Browned."""
    tone = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    return np.asarray(np.clip(tone * (1.07, 0.87, 0.63) + (14, 6, 0), 0, 255).astype(np.uint8))


def blurred(rgb: np.ndarray, _rng: Rng) -> np.ndarray:
    """Out of focus by 0.5 % of the longest side."""
    return cv2.GaussianBlur(rgb, (0, 0), 0.005 * max(rgb.shape))


def captioned(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """Large outlined words, and a band with a line of text."""
    sheet = rgb.copy()
    height, width = sheet.shape[:2]
    size = width / 260
    for row in (0.16, float(rng.uniform(0.4, 0.6))):
        words, place = f"{word(rng)} {word(rng)}", (int(width * rng.uniform(0.02, 0.2)), int(height * row))
        for thick, tone in ((6, (0, 0, 0)), (2, (255, 255, 255))):
            cv2.putText(sheet, words, place, cv2.FONT_HERSHEY_DUPLEX, size, tone, thick, cv2.LINE_AA)
    top = int(height * 0.86)
    sheet[top : top + height // 10] = 20
    _line(sheet, rng, (int(width * 0.05), top + height // 14), size * 0.45, (240, 240, 240))
    return sheet


def stickered(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """Four to seven smiling faces and hearts, each up to a sixth of the picture's side."""
    sheet = rgb.copy()
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(4, 8))):
        r = int(rng.uniform(0.035, 0.085) * max(height, width))
        x, y = int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.1, 0.9) * height)
        if rng.uniform() < 0.3:  # noqa: PLR2004  three in ten are hearts
            for side in (-1, 1):
                cv2.circle(sheet, (x + side * r // 2, y - r // 3), r // 2 + 1, (226, 40, 66), -1, cv2.LINE_AA)
            corners = np.array([(x - r, y - r // 8), (x + r, y - r // 8), (x, y + r)])
            cv2.fillPoly(sheet, [corners], (226, 40, 66), cv2.LINE_AA)
            continue
        cv2.circle(sheet, (x, y), r, (252, 206, 62), -1, cv2.LINE_AA)
        for side in (-1, 1):
            cv2.circle(sheet, (x + side * r // 3, y - r // 4), max(1, r // 8), (70, 44, 20), -1, cv2.LINE_AA)
        cv2.ellipse(
            sheet, (x, y + r // 8), (r // 2, r // 2), 0, 15, 165, (70, 44, 20), max(1, r // 9), cv2.LINE_AA
        )
    return sheet


def on_phone(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """A screenshot of an application that shows the photo over the full width."""
    page, words = THEMES[int(rng.integers(len(THEMES)))]
    width, height = PHONE
    sheet = np.full((height, width, 3), page, np.uint8)
    shown = cv2.resize(rgb, (width, round(rgb.shape[0] * width / rgb.shape[1])), interpolation=cv2.INTER_AREA)
    shown = shown[: int(height * 0.7)]
    top = int(rng.uniform(0.08, 0.95 - len(shown) / height) * height) if len(shown) < height * 0.8 else 60
    _line(sheet, rng, (24, 34), 0.7, words)
    cv2.circle(sheet, (52, top - 34), 24, ink(rng), -1, cv2.LINE_AA)
    _line(sheet, rng, (92, top - 28), 0.8, words)
    sheet[top : top + len(shown)] = shown[: height - top]
    below = top + len(shown) + 44
    for place in range(4):
        cv2.circle(sheet, (44 + place * 62, below), 17, words, 3, cv2.LINE_AA)
    for row in range(int(rng.integers(1, 7))):
        _line(sheet, rng, (24, below + 70 + row * 40), 0.75, words)
    cv2.line(sheet, (0, height - 92), (width, height - 92), words, 1)
    for place in range(5):
        cv2.rectangle(sheet, (50 + place * 140, height - 66), (86 + place * 140, height - 30), words, 3)
    return sheet


def on_desk(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """A screenshot of a web page with the photo in its middle column."""
    page, words = THEMES[int(rng.integers(len(THEMES)))]
    width, height = DESK
    sheet = np.full((height, width, 3), page, np.uint8)
    sheet[:56] = ink(rng)
    for row in range(9):
        _line(sheet, rng, (30, 120 + row * 56), 0.6, words)
        _line(sheet, rng, (1010, 110 + row * 60), 0.55, words)
    room = (640, 600)
    scale = min(room[0] / rgb.shape[1], room[1] / rgb.shape[0])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=how)
    left = 320 + (room[0] - shown.shape[1]) // 2
    _line(sheet, rng, (330, 110), 0.8, words)
    sheet[140 : 140 + shown.shape[0], left : left + shown.shape[1]] = shown
    return sheet


def in_story(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """Upright, the rest filled with a blurred enlargement, as stories do."""
    width, height = PHONE
    fill = cv2.resize(cv2.GaussianBlur(rgb, (0, 0), 9), (width, height))
    shown = cv2.resize(rgb, (width, round(rgb.shape[0] * width / rgb.shape[1])), interpolation=cv2.INTER_AREA)
    shown = shown[:height]
    top = (height - len(shown)) // 2
    fill[top : top + len(shown)] = shown
    _line(fill, rng, (60, 70), 0.9, (255, 255, 255))
    return fill


def in_collage(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """One of four, cut to squares or not, with or without a gap between."""
    width, height = (480, 480) if rng.uniform() < 0.5 else (520, 400)  # noqa: PLR2004  half of them
    gap = int(rng.choice([0, 4, 12]))
    four = [rgb, *(photo(OTHERS + int(rng.integers(200_000)), side=448) for _ in range(3))]
    tiles = [_filling(four[int(one)], width, height) for one in rng.permutation(4)]
    sheet = np.full((2 * height + gap, 2 * width + gap, 3), 255, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = (place // 2) * (height + gap), (place % 2) * (width + gap)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def posted_again(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """Several at once: mirrored, a tenth cut off, toned, smaller, compressed."""
    changed = scaled(0.7)(toned(1.15, 12)(cropped(0.1)(rgb[:, ::-1], rng), rng), rng)
    return compressed(changed, rng)


EASY: Mapping[str, Edit] = {
    "jpeg 25": compressed,
    "half size": scaled(0.5),
    "third of the size": scaled(0.33),
    "twice the size": scaled(2.0),
    "mirrored": lambda rgb, _rng: rgb[:, ::-1],
    "quarter turn": lambda rgb, _rng: np.rot90(rgb),
    "half turn": lambda rgb, _rng: np.rot90(rgb, 2),
    "three quarter turn": lambda rgb, _rng: np.rot90(rgb, 3),
    "turned and mirrored": lambda rgb, _rng: np.rot90(rgb)[:, ::-1],
    "crop 10 %": cropped(0.1),
    "brighter": toned(1.0, 45),
    "darker": toned(1.0, -45),
    "more contrast": toned(1.5, 0),
    "less contrast": toned(0.55, 0),
    "gray": gray,
    "sepia": sepia,
    "blur": blurred,
    "text": captioned,
    "emoji": stickered,
    "several at once": posted_again,
}
"""Edits after which 99 in 100 copies are to be found."""
HARD: Mapping[str, Edit] = {
    "crop 30 %": cropped(0.3),
    "phone screenshot": on_phone,
    "desktop screenshot": on_desk,
    "story with blurred fill": in_story,
    "2x2 collage": in_collage,
}
"""Edits after which 95 in 100 are."""


def _filling(rgb: np.ndarray, width: int, height: int) -> np.ndarray:
    """Scaled until it fills the box, the rest cut off evenly."""
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    size = (max(width, round(rgb.shape[1] * scale)), max(height, round(rgb.shape[0] * scale)))
    large = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return large[top : top + height, left : left + width]


def _line(
    sheet: np.ndarray, rng: Rng, place: tuple[int, int], size: float, tone: tuple[int, int, int]
) -> None:
    words = " ".join(word(rng) for _ in range(int(rng.integers(1, 4))))
    cv2.putText(
        sheet, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, tone, max(1, round(size * 2)), cv2.LINE_AA
    )
