"""What a text says, as our sentence model reads it: telling words per check, with how sure it is."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data import School, read_toml
from detectors import _packed, _phrasing, _weights
from detectors._language import Doc
from detectors._model import Text, Unavailable
from detectors._names import hits
from detectors._normal import Folded
from detectors._staff import named_staff
from detectors._tokens import MOST_CHARACTERS, MOST_WINDOWS, Named, Window, windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CHECKS = (
    "employer-mention",
    "official-contact",
    "personal-contact",
    "pupil-information",
    "colleague-information",
    "disparagement",
    "offensive-content",
    "pupil-contact",
    "confidential-work",
    "location",
    "targeted-abuse",
)
POINTS = len(CHECKS)
"""The column of the model after the checks: whether a text helps to work out where the writer works."""
COLUMNS = POINTS + 1
MODEL = "meaning"
CUT_SHORT = "cut short"
CALIBRATION = "models/text/calibration.toml"
BESIDE = "-beside"
"""Ends the name of the calibration that weighs the model with a chance found another way."""
FIRST_WEIGHED = 3
"""The first checks have detectors of their own; the model only gives them a hint."""
FAR_FROM_ALL = -2.5
"""Where the wording leans to no check more than this (log-odds), the sentence model is not asked."""
LEAST_PEAK = 0.06
"""Where no token of a window reaches this, there are no telling words."""
SHARE_OF_PEAK = 0.4
LOWEST, HIGHEST = 0.05, 0.3
"""Between these two, the share of the peak from which a token belongs to the telling words."""
GAP = 12
"""Characters between two telling tokens that still belong together."""
PEAK = 4
SMALL = 1e-4
NOTHING: NDArray[np.float32] = np.zeros(len(CHECKS), np.float32)


@dataclass(frozen=True, slots=True)
class Telling:
    """Telling words: a span of the original text, how surely they are a case, and one to be said.

    `signs` are the log-odds behind the score: by the words, by the whole window, and by the wording.
    """

    check: str
    start: int
    end: int
    score: float
    said: float
    signs: tuple[float, float, float]


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """What the model makes of one window: answers per token and check, and for the whole window.

    `points`: how likely the window helps to work out where the writer works.
    """

    places: tuple[tuple[int, int], ...]
    words: NDArray[np.float32]
    text: NDArray[np.float32]
    wording: NDArray[np.float32]
    points: float


def telling(text: Text, doc: Doc, school: School) -> tuple[Telling, ...]:
    """Every stretch of telling words of a text, for all checks, each with its score.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    key = ("telling", text.kind, text.author, school)
    if key not in doc.shared:
        readings = () if _settled(text, doc, school) else read(text, doc, school)
        doc.shared[key] = tuple(one for reading in readings for one in stretches(reading, doc))
    found: tuple[Telling, ...] = doc.shared[key]
    return found


def beside(chance: float, check: str, text: Text, doc: Doc, school: School, start: int, end: int) -> float:
    """A chance that was found another way for a span of the folded text, weighed with the model's signs.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    return weighed(check, signs_beside(chance, check, text, doc, school, start, end))


def weighed(check: str, signs: tuple[float, ...]) -> float:
    """Signs that another detector gathered for a check, as its own calibration weighs them."""
    return _score(f"{check}{BESIDE}", signs)


def signs_beside(
    chance: float, check: str, text: Text, doc: Doc, school: School, start: int, end: int
) -> tuple[float, ...]:
    """What `beside` weighs: the model's signs for the span, and the log-odds of the chance."""
    column = CHECKS.index(check)
    signs = (odds(0), odds(0), 0.0)
    for reading in read(text, doc, school):
        rows = [row for row, (a, b) in enumerate(reading.places) if a < end and b > start >= 0 <= a]
        if rows:
            signs = max(signs, _signs(reading, column, rows))
    return (*signs, odds(chance))


def pointing(text: Text, doc: Doc, school: School) -> float:
    """How likely a text helps to work out where the writer works.

    Raises:
        Unavailable: a model file is missing or is not the one we pinned.
    """
    return max((reading.points for reading in read(text, doc, school)), default=0.0)


def read(text: Text, doc: Doc, school: School) -> tuple[Reading, ...]:
    """The model's answers for each window of a text, the same whatever other texts are read."""
    key = ("meaning", text.kind, text.author, school)
    if key not in doc.shared:
        cut = windows(doc, named(doc, school), kind=text.kind, author=text.author)
        if len(cut) == MOST_WINDOWS or len(doc.text) > MOST_CHARACTERS:
            doc.shared[CUT_SHORT] = True
        wording = _wording(text, doc, school)
        doc.shared[key] = tuple(_answer(window, wording) for window in cut)
    found: tuple[Reading, ...] = doc.shared[key]
    return found


def _settled(text: Text, doc: Doc, school: School) -> bool:
    """Whether the wording of the whole text speaks so clearly against all checks that this is enough."""
    if len(doc.text) > _phrasing.MOST_CHARACTERS:
        return False
    return float(_wording(text, doc, school)[FIRST_WEIGHED:].max()) < FAR_FROM_ALL


def _wording(text: Text, doc: Doc, school: School) -> NDArray[np.float32]:
    key = ("wording", text.kind, text.author, school)
    if key not in doc.shared:
        doc.shared[key] = _phrasing.leanings(doc, named(doc, school), kind=text.kind, author=text.author)
    found: NDArray[np.float32] = doc.shared[key]
    return found


def named(doc: Doc, school: School) -> tuple[Named, ...]:
    """Where the text names the school, for masking, or someone of its staff, for a mark."""
    people = (Named(one.start, one.end, one.sure, person=True) for one in named_staff(doc, school))
    return (*(Named(hit.start, hit.end, hit.sure) for hit in hits(doc, school)), *people)


def warm(_school: School | None = None) -> None:
    """Load the model and the word vectors."""
    doc = Doc("a", Folded("a"))
    _phrasing.leanings(doc, (), kind="post", author="self")
    _answer(windows(doc, (), kind="post", author="self")[0], NOTHING)


def stretches(reading: Reading, doc: Doc) -> Iterator[Telling]:
    """Neighbouring telling tokens joined, per check."""
    peaks = reading.words[3:-1, :, 0].max(0, initial=0)
    for column in np.flatnonzero(peaks >= LEAST_PEAK).tolist():
        check, scores = CHECKS[column], reading.words[:, column, 0]
        least = min(max(float(peaks[column]) * SHARE_OF_PEAK, LOWEST), HIGHEST)
        for start, end, rows in _runs(reading, scores, least):
            said = float(reading.words[rows, column, 1].max())
            signs = _signs(reading, column, rows)
            yield Telling(
                check, *doc.folded.original(start, end), _score(check, signs), round(said, 3), signs
            )


def _signs(reading: Reading, column: int, rows: list[int]) -> tuple[float, float, float]:
    peak = float(np.sort(reading.words[rows, column, 0])[-PEAK:].mean())
    return odds(peak), odds(float(reading.text[column, 0])), float(reading.wording[column])


def odds(share: float) -> float:
    """The log-odds of a share, kept finite."""
    share = min(max(share, SMALL), 1 - SMALL)
    return math.log(share / (1 - share))


def _runs(
    reading: Reading, scores: NDArray[np.float32], least: float
) -> Iterator[tuple[int, int, list[int]]]:
    start, end, rows = 0, 0, list[int]()
    for row, (first, last) in enumerate(reading.places):
        if first < 0 or scores[row] < least:
            continue
        if rows and first - end > GAP:
            yield start, end, rows
            rows = []
        if not rows:
            start = first
        end = last
        rows.append(row)
    if rows:
        yield start, end, rows


def _answer(window: Window, wording: NDArray[np.float32]) -> Reading:
    words, text = session().run(None, {"x": _packed.embed(window.ids)[None]})
    return Reading(
        window.places, words[0][:, :POINTS], text[0][:POINTS], wording, float(text[0][POINTS:, 0].sum())
    )


@lru_cache(maxsize=1)
def session() -> InferenceSession:
    """The loaded model.

    Raises:
        Unavailable: its file is missing or is not the one we pinned.
    """
    place = _weights.verify(MODEL)
    try:
        import onnxruntime  # noqa: PLC0415 - takes a while, and listing detectors should not

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            gzip.decompress(place.read_bytes()), options, providers=["CPUExecutionProvider"]
        )
    except (ImportError, RuntimeError, ValueError) as error:
        raise Unavailable(f"the sentence model cannot be loaded: {type(error).__name__}") from error


def _score(check: str, signs: tuple[float, ...]) -> float:
    """The signs weighed: the share of such words that were cases in the tuning part."""
    weights = _calibration()[check]
    odds = weights[-1] + sum(w * sign for w, sign in zip(weights, signs, strict=False))
    return round(1 / (1 + math.exp(-min(max(odds, -30), 30))), 3)


@lru_cache(maxsize=1)
def _calibration() -> Mapping[str, tuple[float, ...]]:
    """Per check a weight for each sign and a shift."""
    stored: dict[str, Any] = read_toml(CALIBRATION)
    return {check: (*values["weights"], values["shift"]) for check, values in stored.items()}
