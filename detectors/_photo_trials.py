"""How well copies of known photos are found: drawn photographs, edited as people edit them.

The pictures are drawn, so the figures say how much the method bears, not how it does on any one
school's photos. Every run draws the same pictures.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

import cv2
import numpy as np

from data import rules
from detectors import _copies, _drawn_photos, _fingerprints, _photo_edits, _pictures, _wholes, known_photo
from detectors._copies import Library
from detectors._model import Image
from detectors._photo_edits import EASY, HARD

SIDE = 448
STRANGERS = 500_000
"""Seeds from here on are unrelated pictures."""
EASY_BAR, HARD_BAR = 0.99, 0.95
WHOLE_BITS = 62
"""Differing bits at which the baseline, the hash of the whole in eight orientations, calls a copy."""
MOST_THREADS = 2
STAGES = ("decode", "keypoints (shared)", "hashes", "marks", "comparing")
FRAMED: tuple[_photo_edits.Edit, ...] = (
    _photo_edits.on_phone,
    _photo_edits.in_collage,
    _photo_edits.stickered,
    _photo_edits.captioned,
)
"""Every second unrelated picture is edited too: frames and stickers must not look like each other."""

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class EditScore:
    """One edit: how many copies were tried, found (as the right photo), and by the baseline."""

    edit: str
    bar: float
    tried: int
    found: int
    baseline: int

    @property
    def recall(self) -> float:
        """Share of the copies that are a finding with the right name."""
        return self.found / self.tried if self.tried else 0.0


@dataclass(frozen=True, slots=True)
class PhotoTrials:
    """The report card of `known-photo`.

    `skipped` references had too little detail and say so; `wrong` copies were found as another photo.
    `false` unrelated pictures were findings, `asked` questions. `stages` holds median milliseconds
    of processor time, `index_bytes` what a searchable library keeps in memory.
    """

    references: int
    skipped: int
    edits: tuple[EditScore, ...]
    wrong: int
    unrelated: int
    false: int
    asked: int
    stages: Mapping[str, float]
    file_bytes: int
    index_bytes: int

    @property
    def precision(self) -> float:
        """Right findings among all, over all pictures tried."""
        right = sum(score.found for score in self.edits)
        return right / max(1, right + self.wrong + self.false)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one picture: the best name and level, whether the baseline saw it, time spent."""

    name: str
    level: str
    baseline: str
    spent: tuple[float, ...]


def photo_trials(
    *,
    references: int,
    copies: int,
    unrelated: int,
    first: int = 0,
    seen: Callable[[int, int], None] | None = None,
) -> PhotoTrials:
    """Fingerprint drawn photos, then look for edited copies of some and for unrelated pictures.

    Another `first` draws other pictures. `seen` is told how many pictures are done, of how many.

    Raises:
        Unavailable: faces cannot be looked for.
    """
    total = references + copies * (len(EASY) + len(HARD)) + unrelated
    done = iter(range(1, total + 1))

    def count(value: T) -> T:
        if seen:
            seen(next(done), total)
        return value

    prints = _fingerprints.joined(
        [count(one) for one in _spread_out(_reference, range(first, first + references))]
    )
    library = _copies.library(prints)
    known = [int(name) for name in prints.names]
    edits, wrong = [], 0
    for bar, group in ((EASY_BAR, EASY), (HARD_BAR, HARD)):
        for name, edit in group.items():
            step = max(1, len(known) // max(1, copies))
            seeds = known[zlib.crc32(name.encode()) % step :: step][:copies]
            answers = [count(one) for one in _spread_out(partial(_asked, library, edit, name), seeds)]
            score = _marked(name, bar, seeds, answers)
            wrong += sum(one.level == "finding" for one in answers) - score.found
            edits.append(score)
    strangers = [
        count(one) for one in _spread_out(partial(_stranger, library), range(first, first + unrelated))
    ]
    spent = np.median([one.spent for one in strangers] or [(0.0,) * len(STAGES)], axis=0) * 1000
    return PhotoTrials(
        references,
        len(prints.skipped),
        tuple(edits),
        wrong,
        unrelated,
        sum(one.level == "finding" for one in strangers),
        sum(one.level == "question" for one in strangers),
        {stage: round(float(one), 1) for stage, one in zip(STAGES, spent, strict=True)},
        len(_fingerprints.written(prints)),
        library.nbytes,
    )


def _marked(name: str, bar: float, seeds: Sequence[int], answers: Sequence[_Answer]) -> EditScore:
    pairs = list(zip(answers, map(str, seeds), strict=True))
    found = sum(one.level == "finding" and one.name == right for one, right in pairs)
    return EditScore(name, bar, len(pairs), found, sum(one.baseline == right for one, right in pairs))


def _spread_out(work: Callable[[int], U], seeds: Iterable[int]) -> Iterator[U]:
    """Results in order, worked on by a few threads, never many at once."""
    rest = iter(seeds)
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        while part := list(islice(rest, 64)):
            yield from pool.map(work, part)


def _reference(seed: int) -> _fingerprints.Fingerprints:
    return _fingerprints.of_picture(str(seed), _drawn_photos.photo(seed, side=SIDE))


def _asked(library: Library, edit: _photo_edits.Edit, name: str, seed: int) -> _Answer:
    rng = np.random.default_rng((seed, zlib.crc32(name.encode())))
    return _answer(library, edit(_drawn_photos.photo(seed, side=SIDE), rng))


def _stranger(library: Library, number: int) -> _Answer:
    rng = np.random.default_rng((number, STRANGERS))
    rgb = _drawn_photos.photo(STRANGERS + number, side=SIDE)
    if number % 2:
        rgb = FRAMED[number // 2 % len(FRAMED)](rgb, rng)
    return _answer(library, rgb)


def _answer(library: Library, rgb: np.ndarray) -> _Answer:
    data = _photo_edits.encoded(rgb)
    clock = [time.thread_time()]
    picture = _pictures.decode(Image("", "trial", data))
    clock.append(time.thread_time())
    features = picture.keypoints
    clock.append(time.thread_time())
    suspects = _copies.by_hash(library, picture.gray)
    clock.append(time.thread_time())
    suspects += _copies.by_marks(library, features)
    clock.append(time.thread_time())
    sheet = _copies.shrunk(picture.gray)
    likenesses = [_copies.compared(library, sheet, one) for one in suspects]
    clock.append(time.thread_time())
    spent = tuple(float(v) for v in np.diff(clock))
    best = max(likenesses, key=known_photo.score, default=None)
    baseline = _baseline(library, picture.gray)
    if best is None:
        return _Answer("", "candidate", baseline, spent)
    level = rules()[known_photo.RULE].level(known_photo.score(best))
    return _Answer(library.prints.names[best.suspect.photo], level, baseline, spent)


def _baseline(library: Library, gray: np.ndarray) -> str:
    """The name that the hash of the whole picture, in eight orientations, gives; or nothing."""
    small = cv2.resize(gray, (_wholes.SIDE, _wholes.SIDE), interpolation=cv2.INTER_AREA)
    ways, _ = _wholes.eight_ways(small)
    bits = _copies.differing(library.hashes, ways).min(axis=0)
    best = int(bits.argmin())
    return library.prints.names[int(library.prints.owner[best])] if bits[best] <= WHOLE_BITS else ""
