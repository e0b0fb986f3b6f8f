"""Labelled cases as what the network is fed: vectors' numbers, marks per token, marks per text."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors import _packed
from detectors._cases import Case, ProfileCase, cases, profile_texts, profiles, school
from detectors._language import Doc
from detectors._meaning import CHECKS, COLUMNS, POINTS, named
from detectors._normal import fold
from detectors._tokens import Named, Window, cut, plain
from detectors._training.network import ANSWERS

DROPPED_MARKS = "'\u2019,.!?"
LETTERS_PER_SLIP = 60


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """One window: `words` holds the answers per token, `text` per window, `known` the checks labelled."""

    window: Window
    words: NDArray[np.float32]
    text: NDArray[np.float32]
    known: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """A case with what does not change between epochs.

    `points`: whether the text is among those that give the school away; None where nobody said.
    """

    case: Case
    doc: Doc
    named: tuple[Named, ...]
    points: bool | None = None


def sources(part: str) -> list[Source]:
    """Every labelled text of a part, those of profiles too."""
    alone = [_source(case) for case in cases(part)]
    return [*alone, *(one for profile in profiles(part) for one in _of_profile(profile))]


def samples(source: Source, noise: random.Random | None = None) -> list[Sample]:
    """The windows of a text, with slips of the pen when there is `noise`."""
    written, places = plain(source.doc, source.named)
    if noise:
        written, places = slips(written, places, noise)
    text = source.case.text
    return [_sample(window, source) for window in cut(written, places, kind=text.kind, author=text.author)]


def slips(written: str, places: Sequence[int], noise: random.Random) -> tuple[str, list[int]]:
    """A text as a hastier hand would write it: marks left out, letters swapped, dropped or doubled."""
    letters = list(zip(written, places, strict=True))
    if noise.random() < 0.3:  # noqa: PLR2004 - three texts in ten
        letters = [(c, p) for c, p in letters if c not in DROPPED_MARKS or noise.random() < 0.5]  # noqa: PLR2004
    if noise.random() < 0.3:  # noqa: PLR2004
        for _ in range(max(1, len(letters) // LETTERS_PER_SLIP)):
            _slip(letters, noise)
    return "".join(c for c, _ in letters), [p for _, p in letters]


def batches(chosen: Sequence[Sample], size: int, noise: random.Random) -> Iterator[list[Sample]]:
    """Samples of like length together, in a random order."""
    order = sorted(chosen, key=lambda sample: len(sample.window.ids) + noise.random() * 20)
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    noise.shuffle(groups)
    yield from groups


def stacked(group: Sequence[Sample]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """A batch: vectors, mask, answers per token, answers per text, checks known, tokens that count."""
    count, longest = len(group), max(len(sample.window.ids) for sample in group)
    vectors = np.zeros((count, longest, 384), np.float32)
    mask = np.zeros((count, longest), bool)
    words = np.zeros((count, longest, COLUMNS, ANSWERS), np.float32)
    counting = np.zeros((count, longest), np.float32)
    for row, sample in enumerate(group):
        length = len(sample.window.ids)
        vectors[row, :length] = _packed.embed(sample.window.ids)
        mask[row, :length] = True
        words[row, :length] = sample.words
        counting[row, :length] = [place[0] >= 0 for place in sample.window.places]
    text = np.stack([sample.text for sample in group])
    known = np.stack([sample.known for sample in group])
    return (
        torch.from_numpy(vectors),
        torch.from_numpy(mask),
        torch.from_numpy(words),
        torch.from_numpy(text),
        torch.from_numpy(known),
        torch.from_numpy(counting),
    )


def flat(groups: Iterable[list[Sample]]) -> list[Sample]:
    """All samples of many texts."""
    return [sample for group in groups for sample in group]


def _of_profile(profile: ProfileCase) -> Iterator[Source]:
    for case in profile_texts(profile):
        mine = case.text.author == "self"
        yield _source(case, points=case.text.where in (profile.inferable or ()) if mine else None)


def _source(case: Case, *, points: bool | None = None) -> Source:
    doc = Doc(case.text.value, fold(case.text.value))
    return Source(case, doc, named(doc, school(case.school)), points)


def _slip(letters: list[tuple[str, int]], noise: random.Random) -> None:
    if len(letters) < 8:  # noqa: PLR2004 - too short to bear it
        return
    place = noise.randrange(1, len(letters) - 2)
    here, after = letters[place], letters[place + 1]
    if not (here[0].isalpha() and after[0].isalpha()):
        return
    kind = noise.randrange(3)
    if kind == 0:
        letters[place], letters[place + 1] = after, here
    elif kind == 1:
        del letters[place]
    else:
        letters.insert(place, here)


def _sample(window: Window, source: Source) -> Sample:
    words = np.zeros((len(window.ids), COLUMNS, ANSWERS), np.float32)
    spans = [source.doc.folded.original(*place) if place[0] >= 0 else None for place in window.places]
    for label in source.case.labels:
        if label.check not in CHECKS:
            continue
        first, last = label.span or (0, len(source.doc.value))
        answers = slice(0, 1 if label.asked else ANSWERS)
        for row, span in enumerate(spans):
            if span and span[0] < last and first < span[1]:
                words[row, CHECKS.index(label.check), answers] = 1
    known = np.zeros(COLUMNS, np.float32)
    known[: len(CHECKS)] = [source.case.covers(check) for check in CHECKS]
    if source.points is not None:
        known[POINTS] = 1
        words[3:-1, POINTS] = source.points
    return Sample(window, words, words.max(0), known)
