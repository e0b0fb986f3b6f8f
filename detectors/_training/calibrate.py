"""`python -m detectors._training.calibrate`: what a raw score means, learned on the tuning part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from detectors._cases import school
from detectors._evaluation import right
from detectors._meaning import CHECKS, Telling, read, stretches
from detectors._model import Finding, Location
from detectors._training.samples import Source, sources

HELD_TO = (0.5, 0.5, 0.8, 0.0)
"""Weights and shift that few examples are drawn towards."""
DRAWN = (6.0, 6.0, 6.0, 0.5)
STEPS = 200

Trial = tuple[tuple[float, ...], bool]


def main(place: Path = Path("data/models/text/calibration.toml")) -> None:
    """Fit each check's slope and shift and write them."""
    trials: dict[str, list[Trial]] = {check: [] for check in CHECKS}
    for source in sources("tune"):
        for check, trial in _trials(source):
            trials[check].append(trial)
    lines = ["# Signs weighed into a score: log-odds of words, window and wording. Made by `make train`."]
    for check, known in trials.items():
        *weights, shift = fit(known)
        shown = ", ".join(f"{weight:.3f}" for weight in weights)
        lines += ["", f"[{check}]", f"weights = [{shown}]", f"shift = {shift:.3f}"]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit(trials: Sequence[Trial]) -> list[float]:
    """Logistic regression on the signs, by Newton's method, drawn to a usual answer."""
    rows = np.array([[*signs, 1.0] for signs, _ in trials]).reshape(-1, len(HELD_TO))
    wins = np.array([won for _, won in trials], float)
    held, drawn = np.array(HELD_TO), np.array(DRAWN)
    answer = held.copy()
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-np.clip(rows @ answer, -30, 30)))
        slope = rows.T @ (guess - wins) + drawn * (answer - held)
        curve = (rows * (guess * (1 - guess))[:, None]).T @ rows + np.diag(drawn)
        step = np.linalg.solve(curve, slope)
        answer -= step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004 - as good as still
            break
    return [float(value) for value in answer]


def _trials(source: Source) -> Iterator[tuple[str, Trial]]:
    """The surest words of each sentence and check, and whether they were a case."""
    case, doc = source.case, source.doc
    best: dict[tuple[str, tuple[int, int]], Telling] = {}
    for reading in read(case.text, doc, school(case.school)):
        for one in stretches(reading, doc):
            key = one.check, doc.sentence(*doc.fold_span(one.start, one.end))
            if key not in best or sum(best[key].signs) < sum(one.signs):
                best[key] = one
    for (check, _), one in best.items():
        if case.covers(check):
            place = Location(case.snapshot.id, case.text.where, (one.start, one.end))
            yield check, (one.signs, right(Finding(check, "trial", 0, place), case.labels, doc))


if __name__ == "__main__":
    main()
