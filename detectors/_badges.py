"""How much the lines read on a card speak for a staff badge of the school's, its trust's or council's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data import School
from detectors import _faces
from detectors._lexicon import lexicon, phrases
from detectors._ocr import Line
from detectors._pictures import Picture
from detectors._signage import Named, Run, another_school, named_in, namings, runs

NAME = re.compile(r"[A-Z][A-Za-z'\u2019-]+(?: [A-Z][A-Za-z'\u2019-]+){1,2}\Z")
ORGANISATIONS = frozenset({"school", "risky", "org"})
SIGNS_ALONE = 3
"""Signs that make a card a badge although no organisation can be read."""
REACH = 16.0
"""Heights of a line within which the other lines of the same card lie."""
FACE_SHARE = (0.08, 0.62)
"""Width of a face on a card, as a share of the card's longer side; the wearer's own is larger."""
LARGEST = 0.62
"""A badge that fills more of the picture than this in both directions is more likely a board."""


@dataclass(frozen=True)
class Badge:
    """A card, with the lines that speak for it and what they say."""

    score: float
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]


def badge(picture: Picture, lines: Sequence[Line], school: School) -> Badge | None:
    """The staff badge the lines make up, if they make up any."""
    known = runs(lines)
    named = namings(lines, school)
    orgs = [run for run in known if named_in(run, (school.pack.trust, school.pack.local_authority))]
    telling = [line for line in lines if _matches("badge_staff", line)]
    anchors = [
        *(line for n in named for line in n.lines),
        *(line for run in orgs for line in run.lines),
        *telling,
    ]
    best: Badge | None = None
    for anchor in anchors[:6]:
        card = [line for line in lines if _near(anchor, line)]
        if (found := _weigh(picture, card, named, orgs)) and (best is None or found.score > best.score):
            best = found
    return best


def is_name(text: str) -> bool:
    """Whether a line is shaped like a person's name: two or three capitalised words, no common ones."""
    plain = text.strip(" .,/-:0123456789")
    words = re.findall(r"[^\W\d_]+", plain.lower())
    return bool(NAME.match(plain)) and set(words).isdisjoint(lexicon("reading")["not_names"])


def _weigh(
    picture: Picture, card: Sequence[Line], named: Sequence[Named], orgs: Sequence[Run]
) -> Badge | None:
    signs = _signs(card, named, orgs)
    of_ours = not ORGANISATIONS.isdisjoint(signs)
    person, post = not {"person", "number"}.isdisjoint(signs), not {"staff", "role"}.isdisjoint(signs)
    if not person or not post or not (of_ours or len(signs) >= SIGNS_ALONE):
        return None
    spoken = [line for lines in signs.values() for line in lines]
    box = _box(spoken)
    heard = [*signs, *([] if of_ours else ["none"]), *(["face"] if _face_on(picture, box) else [])]
    against = [*_against(card, of_ours=of_ours), *(["large"] if _fills(picture, box) else [])]
    points = lexicon("reading")["points"]
    total = sum(points[sign] for sign in (*heard, *against)) - points["bar"]
    reasons = lexicon("reading")["reasons"]
    return Badge(1 / (1 + math.exp(-total)), tuple(spoken), tuple(reasons[sign] for sign in heard))


def _signs(card: Sequence[Line], named: Sequence[Named], orgs: Sequence[Run]) -> dict[str, Sequence[Line]]:
    """What the lines of a card say, each line once."""
    signs: dict[str, Sequence[Line]] = {}
    ours = next((n for n in named if _all_on(n.lines, card)), None)
    theirs = next((run for run in orgs if _all_on(run.lines, card)), None)
    if ours:
        signs["school" if ours.form in {"sure", "domain", "introduced"} else "risky"] = ours.lines
    elif theirs:
        signs["org"] = theirs.lines
    for sign in ("staff", "roles", "number", "person"):
        taken = {id(line) for lines in signs.values() for line in lines}
        for line in card:
            said = is_name(line.text) if sign == "person" else _matches(f"badge_{sign}", line)
            if said and id(line) not in taken:
                signs["role" if sign == "roles" else sign] = [line]
                break
    return signs


def _against(card: Sequence[Line], *, of_ours: bool) -> Iterator[str]:
    """What speaks for a bank's, a club's or another school's card."""
    yield from (key for key in ("money", "others") if any(_matches(f"badge_{key}", line) for line in card))
    if not of_ours and any(another_school(run) for run in runs(card)):
        yield "another"


def _fills(picture: Picture, box: tuple[float, float, float, float]) -> bool:
    height, width = picture.rgb.shape[:2]
    return bool(box[2] > LARGEST * width and box[3] > LARGEST * height)


def _all_on(lines: Sequence[Line], card: Sequence[Line]) -> bool:
    return {id(line) for line in lines} <= set(map(id, card))


def _matches(key: str, line: Line) -> bool:
    return bool(phrases("reading", key).search(_said(line)))


def _said(line: Line) -> str:
    return " ".join(line.text.lower().split())


def _near(one: Line, other: Line) -> bool:
    reach = REACH * max(8.0, (one.height + other.height) / 2)
    return float(np.linalg.norm(one.centre - other.centre)) < reach


def _box(lines: Sequence[Line]) -> tuple[float, float, float, float]:
    points = np.concatenate([line.quad for line in lines])
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _face_on(picture: Picture, box: tuple[float, float, float, float]) -> bool:
    """Whether a face lies among the lines, of the size that cards have."""
    x, y, width, height = box
    side = max(width, height)
    left, top = max(0, int(x - side * 0.5)), max(0, int(y - side * 0.5))
    cut = np.ascontiguousarray(
        picture.rgb[top : int(y + height + side * 0.5), left : int(x + width + side * 0.5)]
    )
    for fx, fy, wide, high in _faces.find_faces(cut, source_width=cut.shape[1]):
        middle_x, middle_y = left + fx + wide / 2, top + fy + high / 2
        inside = (
            x - side * 0.45 < middle_x < x + width + side * 0.45 and y - high < middle_y < y + height + high
        )
        if inside and FACE_SHARE[0] * side < wide < FACE_SHARE[1] * side:
            return True
    return False
