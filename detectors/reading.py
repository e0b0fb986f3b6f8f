"""What can be read in a picture: the school's name, a staff badge, a register, a code to get in.

Lettering is looked for cheaply first; only where there is some, it is read. Words are matched with
the school's names letter by letter, so that a misread letter or a broken line does not hide them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from data import School
from detectors import _badges, _ocr, _signage
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location
from detectors._ocr import Line
from detectors._pictures import Picture
from detectors._signage import Named, namings

CHECKS = ("id-badge", "school-text")

LEAST_SIDE = 40
CLEAR = 0.75
"""How sure the reader must be of a line before we are sure of what it says."""
MOST_NAMINGS = 4
LEAST_NAMES = 3
LEAST_DIGITS = 4


def look(picture: Picture, school: School) -> Iterator[Finding]:
    """The school's name wherever it can be read, a badge, a list of pupils, a code."""
    if min(picture.width, picture.height) < LEAST_SIDE:
        return
    cv2.setNumThreads(1)  # the workers are the threads
    yield from said(picture, _ocr.read_lines(picture), school)


def said(picture: Picture, lines: Sequence[Line], school: School) -> Iterator[Finding]:
    """What lines that were read in a picture amount to."""
    if not lines:
        return
    named = namings(lines, school)[:MOST_NAMINGS]
    badge = _badges.badge(picture, lines, school)
    if badge:
        yield _finding(picture, "id-badge", "staff-badge", badge.score, badge.lines, badge.reasons)
    screen = [line for line in lines if phrases("reading", "screens").search(line.text.lower())]
    for name in named:
        score, reasons = _name_score(name)
        yield _finding(picture, "school-text", "school-name-in-picture", score, name.lines, reasons)
    if named and screen and named[0].form in {"sure", "domain"}:
        spoken = [*named[0].lines, *screen]
        yield _finding(picture, "school-text", "screen", _score("screen"), spoken, (_reason("screen"),))
    yield from _pupils(picture, lines)
    yield from _ways_in(picture, lines)


def warm(school: School) -> None:
    """Load the reader's models and compile the school's names."""
    _ocr.warm()
    _signage.wanted(school)


def _name_score(named: Named) -> tuple[float, tuple[str, ...]]:
    score = _score(named.form) - named.slips * _score("slip")
    reasons = [_reason(named.form)]
    dim = min(line.score for line in named.lines) < CLEAR
    if named.slips or dim:
        reasons.append(_reason("slip"))
    return max(0.0, score - (_score("dim") if dim else 0.0)), tuple(reasons)


def _pupils(picture: Picture, lines: Sequence[Line]) -> Iterator[Finding]:
    """A list of names under a class or a register, or work with a name and a class on it."""
    said = [line.text.lower() for line in lines]
    names = [line for line in lines if _badges.is_name(line.text.rstrip("/ NLPA"))]
    registers = [
        line for line, text in zip(lines, said, strict=True) if phrases("reading", "registers").search(text)
    ]
    classes = [
        line for line, text in zip(lines, said, strict=True) if phrases("reading", "classes").search(text)
    ]
    if len(names) >= LEAST_NAMES and registers and classes:
        spoken = [*registers[:1], *classes[:1], *names]
        yield _finding(
            picture, "school-text", "pupil-names", _score("register"), spoken, (_reason("register"),)
        )
        return
    works = [line for line, text in zip(lines, said, strict=True) if phrases("reading", "work").search(text)]
    if works and classes:
        spoken = [*works, *classes]
        yield _finding(picture, "school-text", "pupil-names", _score("work"), spoken, (_reason("work"),))


def _ways_in(picture: Picture, lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        digits = sum(sign.isdigit() for sign in line.text)
        if digits >= LEAST_DIGITS and phrases("reading", "ways_in").search(line.text.lower()):
            yield _finding(picture, "school-text", "way-in", _score("way_in"), [line], (_reason("way_in"),))
            return


def _finding(
    picture: Picture, check: str, rule: str, score: float, lines: Sequence[Line], reasons: tuple[str, ...]
) -> Finding:
    points = np.concatenate([line.quad for line in dict.fromkeys(lines)])
    low, high = points.min(axis=0), points.max(axis=0)
    box = picture.source_box(float(low[0]), float(low[1]), *(float(v) for v in high - low))
    return Finding(check, rule, round(score, 4), Location("", box=box), reasons=reasons)


def _score(name: str) -> float:
    return float(lexicon("reading")["scores"][name])


def _reason(name: str) -> str:
    return str(lexicon("reading")["reasons"][name])
