"""What the detectors said of one profile put together: findings, what could not run, what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import detectors
from detectors import Finding, Image, Mark, Outcome, Snapshot
from scanner.checklist import Heard

Box = tuple[int, int, int, int]

Crops = Mapping[tuple[str, Box | None], bytes | None]
"""What may be shown of a picture, by its name and the place in it."""


CUT_SHORT = "A very long text was read only at its beginning."


@dataclass(frozen=True, slots=True)
class Looked:
    """One profile after the detectors: what was seen, what was found, what could not run.

    `narrowed`: it was not shown to be the person's own, so that most checks say nothing about it.
    """

    snapshot: Snapshot
    findings: tuple[Finding, ...] = ()
    not_run: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()
    crops: Crops = field(default_factory=dict, repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    heard: Heard = field(default=Heard(), repr=False)
    narrowed: bool = False


def gather(snapshot: Snapshot, text: Outcome, pictures: Sequence[tuple[Image, Outcome]]) -> Looked:
    """Put what the detectors said of a profile's texts and pictures together."""
    findings = list(text.findings)
    not_run = dict(text.not_run)
    unreadable = []
    videos = [outcome for _, outcome in pictures if outcome.moments]
    for image, outcome in pictures:
        not_run.update(outcome.not_run)
        if outcome.unreadable:
            unreadable.append((image.name, outcome.unreadable))
        findings += [
            replace(found, location=detectors.place_in(found.location, image, snapshot.id))
            for found in outcome.findings
        ]
    coverage = replace(
        snapshot.coverage,
        images_seen=len(pictures) - len(unreadable) - len(videos),
        videos_seen=len(videos),
        pictures_unreadable=snapshot.coverage.pictures_unreadable + len(unreadable),
        not_seen=(
            *snapshot.coverage.not_seen,
            *((CUT_SHORT,) if text.cut_short else ()),
            *between_moments(videos),
        ),
    )
    marks = tuple(replace(o.mark, where=image.where) for image, o in pictures if o.mark)
    return Looked(
        replace(snapshot, coverage=coverage), tuple(findings), not_run, tuple(unreadable), marks=marks
    )


def between_moments(videos: Sequence[Outcome]) -> Iterator[str]:
    """What was not looked at of videos that were opened."""
    if not videos:
        return
    moments = sum(outcome.moments for outcome in videos)
    looks = "1 moment was" if moments == 1 else f"{moments} moments were"
    of = "1 video" if len(videos) == 1 else f"{len(videos)} videos"
    yield f"{looks[:1].upper()}{looks[1:]} looked at in {of}. What is between them and the sound were not."
    if cut := sum(outcome.cut for outcome in videos):
        yield (
            f"{cut} of them {'was' if cut == 1 else 'were'} opened only in part."
            if len(videos) > 1
            else ("It was opened only in part.")
        )
