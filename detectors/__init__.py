"""The detectors' front door: snapshots and a school in, findings out.

A detector is a module here without a leading underscore, with a rule file of the same name in
`data/rules`. It lists its `CHECKS` and defines one or more of six hooks:

    read(text, doc, snapshot, school)   one text, with the shared language pass
    look(picture, school)               one decoded picture; locations carry no `where` yet
    weigh(snapshot, school)             one whole profile: flags, settings, counts
    combine(snapshot, findings, school) one whole profile again, with what all its texts and pictures gave
    join(snapshots, school)             all profiles of one person together
    link(seen, school)                  the same again, with what everything before gave

Each hook is a pure generator of `Finding`. Same input, same findings; no network, clock, log or
file of its own; `Unavailable` when a package or weight is missing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from types import ModuleType
from typing import TypeVar

from data import School
from detectors import _alike, _language, _moments, _pictures, _video
from detectors._baselines import entities, keywords
from detectors._cases import Case, ProfileCase, cases, profiles
from detectors._evaluation import Quiet, Score, evaluate, findings, quiet
from detectors._fingerprints import PhotoReport, photo_fingerprints, prepared, read_fingerprints
from detectors._language import plain_pipeline
from detectors._meaning import CUT_SHORT
from detectors._model import (
    Coverage,
    Finding,
    Image,
    Location,
    Mark,
    Seen,
    Snapshot,
    Text,
    Unavailable,
)
from detectors._moments import clock
from detectors._photo_trials import EditScore, PhotoTrials, photo_trials
from detectors._pictures import Unreadable
from detectors._reading_trials import ReadingReport, reading_report
from detectors._screens import Screen, read_screen
from detectors._trials import logo_report
from detectors._video import is_video
from detectors._weights import weights_status

T = TypeVar("T")

__all__ = [
    "Case",
    "Coverage",
    "EditScore",
    "Finding",
    "Image",
    "Location",
    "Mark",
    "Outcome",
    "PhotoReport",
    "PhotoTrials",
    "ProfileCase",
    "Quiet",
    "ReadingReport",
    "Score",
    "Screen",
    "Seen",
    "Snapshot",
    "Text",
    "Unavailable",
    "Unreadable",
    "built",
    "cases",
    "clock",
    "combine",
    "crop",
    "entities",
    "evaluate",
    "findings",
    "is_video",
    "join",
    "keywords",
    "link",
    "logo_report",
    "look",
    "names",
    "photo_fingerprints",
    "photo_trials",
    "place_in",
    "plain_pipeline",
    "prepared",
    "profiles",
    "quiet",
    "read",
    "read_fingerprints",
    "read_many",
    "read_screen",
    "reading_report",
    "warm",
    "weights_status",
]


BATCH = 256
"""Snapshots whose texts share one language pass."""


def _batched(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Values in tuples of at most `size`, as they come."""
    rest = iter(values)
    while batch := tuple(islice(rest, size)):
        yield batch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run: findings, checks that could not run, pictures that could not be read.

    `cut_short` counts texts so long that only their beginning was read for meaning. `mark` is what `link`
    knows a picture by; None where it is too plain to be told from others. `moments` counts the pictures
    looked at of a video, 0 for a picture file; `cut`: the video did not open to its end.
    """

    findings: tuple[Finding, ...] = ()
    not_run: Mapping[str, str] = field(default_factory=dict)
    unreadable: str | None = None
    cut_short: int = 0
    mark: Mark | None = None
    moments: int = 0
    cut: bool = False


@lru_cache(maxsize=1)
def _modules() -> tuple[ModuleType, ...]:
    found = (name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in sorted(found))


def names() -> tuple[str, ...]:
    """The detectors there are."""
    return tuple(module.__name__.rpartition(".")[2] for module in _modules())


def built() -> frozenset[str]:
    """The checks that some detector reports; the others are not built yet."""
    return frozenset(check for module in _modules() for check in module.CHECKS)


def read(snapshot: Snapshot, school: School) -> Outcome:
    """Judge one profile's texts and settings."""
    return next(read_many([snapshot], school))


def read_many(snapshots: Iterable[Snapshot], school: School) -> Iterator[Outcome]:
    """Judge many profiles or single items, in order, sharing the language pass in batches."""
    for batch in _batched(snapshots, BATCH):
        docs: Iterator[_language.Doc] | None
        try:
            docs = iter(_language.parse([text.value for one in batch for text in one.texts]))
            reason = None
        except Unavailable as error:
            docs, reason = None, error
        for snapshot in batch:
            yield _read(snapshot, school, docs, reason)


def _read(
    snapshot: Snapshot, school: School, docs: Iterator[_language.Doc] | None, reason: Unavailable | None
) -> Outcome:
    run, cut_short = _Run(), 0
    readers = [module for module in _modules() if hasattr(module, "read")]
    if docs is None or reason:
        run.skip(readers, reason or Unavailable("the language model is missing"))
    else:
        for text in snapshot.texts:
            doc = next(docs)
            for module in readers:
                run.take(module, partial(module.read, text, doc, snapshot, school))
            cut_short += CUT_SHORT in doc.shared
    for module in _modules():
        if hasattr(module, "weigh"):
            run.take(module, partial(module.weigh, snapshot, school))
    return replace(run.outcome(), cut_short=cut_short)


def look(image: Image, item: str, school: School) -> Outcome:
    """Judge one picture or video. What cannot be decoded gives `unreadable`, never silence.

    Of a video a few moments are looked at, and what they show is told once.
    """
    try:
        if is_video(image.data):
            return _watch(_video.key_moments(image), item, school)
        picture = _pictures.decode(image)
    except _pictures.Unreadable as error:
        return Outcome(unreadable=str(error))
    return replace(_look(picture, item, school), mark=_alike.mark(picture))


def _look(picture: _pictures.Picture, item: str, school: School) -> Outcome:
    run = _Run()
    for module in _modules():
        if hasattr(module, "look"):
            run.take(module, partial(module.look, picture, school))
    return run.outcome(lambda place: place_in(place, picture.image, item))


def _watch(clip: _video.Clip, item: str, school: School) -> Outcome:
    seen = [(picture.image.second or 0.0, _look(picture, item, school)) for picture in clip.pictures]
    return Outcome(
        _moments.told_once([(second, outcome.findings) for second, outcome in seen]),
        {check: why for _, outcome in seen for check, why in outcome.not_run.items()},
        moments=len(seen),
        cut=clip.cut,
    )


def crop(
    image: Image, box: tuple[int, int, int, int] | None, *, longest: int = 480, thing: bool = False
) -> bytes | None:
    """The part of a picture around `box` as `_pictures.crop` shows it; of a video, at `image.second`."""
    try:
        shown = image if image.second is None else _video.moment(image)
    except _pictures.Unreadable:
        return None
    return _pictures.crop(shown, box, longest=longest, thing=thing)


def place_in(place: Location, image: Image, item: str) -> Location:
    """Say whose picture a location belongs to."""
    return replace(place, item=item, where=image.where, image=image.name)


def combine(snapshot: Snapshot, findings: Sequence[Finding], school: School) -> Outcome:
    """Judge what a profile's texts and pictures show only together; quick, and loads no model."""
    run = _Run()
    for module in _modules():
        if hasattr(module, "combine"):
            run.take(module, partial(module.combine, snapshot, findings, school))
    return run.outcome()


def join(snapshots: Sequence[Snapshot], school: School) -> Outcome:
    """Judge what only all profiles of one person together show."""
    run = _Run()
    for module in _modules():
        if hasattr(module, "join"):
            run.take(module, partial(module.join, snapshots, school))
    return run.outcome()


def link(seen: Sequence[Seen], school: School) -> Outcome:
    """Judge how one profile of a person leads to another, and to what; quick, and loads no model."""
    run = _Run()
    for module in _modules():
        if hasattr(module, "link"):
            run.take(module, partial(module.link, seen, school))
    return run.outcome()


def warm(school: School, hooks: tuple[str, ...] = ("read", "look")) -> None:
    """Load the models these hooks need, so that the first profile does not wait.

    A missing part is no error here: the detector says so when it is run.
    """
    for module in _modules():
        if hasattr(module, "warm") and any(hasattr(module, hook) for hook in hooks):
            try:
                module.warm(school)
            except Unavailable:
                continue


class _Run:
    """Collects findings, and the checks of detectors that turned out to be unavailable."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._not_run: dict[str, str] = {}

    def take(self, module: ModuleType, hook: Callable[[], Iterable[Finding]]) -> None:
        if any(check in self._not_run for check in module.CHECKS):
            return
        try:
            self._findings.extend(hook())
        except Unavailable as error:
            self.skip([module], error)

    def skip(self, modules: Iterable[ModuleType], reason: Unavailable) -> None:
        self._not_run.update({check: str(reason) for m in modules for check in m.CHECKS})

    def outcome(self, place: Callable[[Location], Location] | None = None) -> Outcome:
        placed: Iterator[Finding] = iter(self._findings)
        if place:
            placed = (replace(f, location=place(f.location)) for f in self._findings)
        return Outcome(tuple(placed), self._not_run)
