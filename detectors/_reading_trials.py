"""How well badges and the school's name are read, on drawn papers, beside a plain search of what was read."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mean

from data import School, rules
from detectors import _ocr, reading
from detectors._drawn_papers import Drawn, papers
from detectors._evaluation import Score
from detectors._ocr import Line
from detectors._pictures import decode

REPORTED = frozenset({"finding", "question"})
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Each check's counts over the papers of a part: all answers, findings alone, and the baseline's.

    The baseline looks for the school's names as they are written, and for the word "staff", in the
    lines that were read. `milliseconds` is the mean processor time of one picture, decoding left out.
    """

    part: str
    pictures: int
    answers: tuple[Score, ...]
    findings: tuple[Score, ...]
    plain: tuple[Score, ...]
    milliseconds: float
    wrong: tuple[str, ...] = field(default=(), repr=False)

    def lines(self) -> Iterator[str]:
        """The report as text."""
        yield f"reading: {self.pictures} drawn {self.part} pictures, {self.milliseconds:.0f} ms each"
        yield f"{'check':<14} {'precision':>10} {'recall':>10} {'F1':>6} {'findings F1':>12} {'plain F1':>9}"
        for ours, sure, plain in zip(self.answers, self.findings, self.plain, strict=True):
            yield (
                f"{ours.check:<14} {ours.precision:>10.2f} {ours.recall:>10.2f} {ours.f1:>6.2f} "
                f"{sure.f1:>12.2f} {plain.f1:>9.2f}"
            )


def reading_report(part: str = "heldout", *, rounds: int = ROUNDS) -> ReadingReport:
    """Read every drawn paper of a part ("tune" or "heldout"), each `rounds` times in another view.

    Raises:
        Unavailable: a weight is missing.
    """
    _ocr.warm()
    counts = {
        (kind, check): [0, 0, 0] for kind in ("answers", "findings", "plain") for check in reading.CHECKS
    }
    spent, wrong = [], []
    for paper in papers(part, rounds=rounds):
        picture = decode(paper.image)
        start = time.process_time()
        lines = _ocr.read_lines(picture)
        found = list(reading.said(picture, lines, paper.school))
        spent.append((time.process_time() - start) * 1000)
        levels = {(f.check, rules()[f.rule].level(f.score)) for f in found}
        answered = {check for check, level in levels if level in REPORTED}
        _count(counts, "answers", paper, answered)
        _count(counts, "findings", paper, {check for check, level in levels if level == "finding"})
        _count(counts, "plain", paper, set(_plain(lines, paper.school)))
        wrong += [f"{paper.name}: {check}" for check in sorted(answered ^ paper.checks)]
    scores = {
        kind: tuple(Score(check, *counts[kind, check]) for check in reading.CHECKS)
        for kind in ("answers", "findings", "plain")
    }
    return ReadingReport(part, len(spent), **scores, milliseconds=mean(spent), wrong=tuple(wrong))


def _count(counts: dict[tuple[str, str], list[int]], kind: str, paper: Drawn, said: Collection[str]) -> None:
    for check in reading.CHECKS:
        due, given = check in paper.checks, check in said
        if due or given:
            counts[kind, check][0 if due and given else 1 if given else 2] += 1


def _plain(lines: Sequence[Line], school: School) -> Iterator[str]:
    names = [name.casefold() for name in (school.pack.name, *school.pack.aliases, *school.pack.risky_names)]
    texts = [line.text.casefold() for line in lines]
    if any(name in text for text in texts for name in names):
        yield "school-text"
    if any("staff" in text for text in texts):
        yield "id-badge"
