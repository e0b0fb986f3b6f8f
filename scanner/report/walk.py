"""The walk between profiles as a small drawing: boxes one below the other, so that it fits a phone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.model import Path, ProfileReport
from scanner.report import places
from scanner.report.words import texts, tidy

WIDTH = 320
"""Units of the drawing; at full size about one pixel each."""
LINE = 19
PAD = 12
IN_BOX, AT_ARROW = 37, 33
"""Letters that fit on one line in a box, and beside an arrow."""
ADDRESS = 40
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Box:
    """One profile. `top`, `height` and the baselines of its lines are in units of the drawing."""

    top: int
    height: int
    title: str
    address: str
    lines: tuple[tuple[int, str], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """One step, from the foot of a box to the head of the next, with the words beside it."""

    top: int
    bottom: int
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """A whole drawing, and `said`: the same as sentences."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    said: tuple[str, ...]


def walk_of(path: Path, profiles: Mapping[str, ProfileReport], *, practice: bool = False) -> Walk:
    """Lay a path out from top to bottom."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    top = 1
    for number, step in enumerate(path.steps):
        if step.by:
            words = _wrapped(step.by, AT_ARROW)
            bottom = top + LINE * len(words) + 2 * PAD
            lines = tuple((top + PAD + LINE * n + 14, word) for n, word in enumerate(words))
            arrows.append(Arrow(top, bottom, lines))
            top = bottom
        shows = _wrapped(step.shows, IN_BOX)
        title, address = _names(step.profile, profiles.get(step.profile), practice=practice)
        head = top + PAD + (2 * LINE if address else LINE)
        height = head - top + LINE * len(shows) + PAD - 2
        lines = tuple((head + LINE * n + 14, word) for n, word in enumerate(shows))
        boxes.append(Box(top, height, title, address, lines, number == len(path.steps) - 1))
        top += height
    sentences = [sentence for step in path.steps for sentence in (step.by, step.shows) if sentence]
    return Walk(WIDTH, top + 1, tuple(boxes), tuple(arrows), tuple(map(_sentence, sentences)))


def _names(url: str, profile: ProfileReport | None, *, practice: bool) -> tuple[str, str]:
    """The site and, under it, the address; a site without a name is known by its address alone."""
    address = tidy(places.shown(url, practice=practice), ADDRESS)
    site = places.site_of(profile) if profile else places.host_of(url)
    return (tidy(site, IN_BOX), address) if site and site != address else (address, "")


def _wrapped(words: str, letters: int) -> list[str]:
    lines = textwrap.wrap(_sentence(words).rstrip("."), letters) if words else []
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"]


def _sentence(words: str) -> str:
    said = tidy(words, 200)
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")


def describe(walk: Walk) -> str:
    """What the drawing shows, for those who hear it."""
    return str(texts()["walk"]["desc"]).format(n=len(walk.boxes), way=" ".join(walk.said))
