"""`python -m detectors._training.calibrate`: what a raw score means, learned on the tuning part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from detectors import contact, employer, inferable
from detectors._cases import profiles, school
from detectors._evaluation import right
from detectors._language import parse
from detectors._meaning import BESIDE, CHECKS, Telling, read, signs_beside, stretches
from detectors._model import Finding, Location
from detectors._training.samples import Source, sources
from detectors._weighing import chance

EMPLOYER = employer.CHECKS[0]
PERSONAL = contact.CHECKS[1]
INFERABLE = inferable.CHECKS[0]
HELD_TO = (0.5, 0.5, 0.8, 0.0)
"""Weights and shift that few examples are drawn towards."""
DRAWN = (6.0, 6.0, 6.0, 0.5)
BESIDE_HELD_TO = (0.2, 0.4, 0.0, 0.9, 0.0)
BESIDE_DRAWN = (6.0, 6.0, 6.0, 6.0, 0.5)
INFERABLE_HELD_TO = (2.0, 1.0, -2.0)
INFERABLE_DRAWN = (4.0, 30.0, 0.5)
STEPS = 200

Trial = tuple[tuple[float, ...], bool]


def main(place: Path = Path("data/models/text/calibration.toml")) -> None:
    """Fit each check's slope and shift and write them."""
    trials: dict[str, list[Trial]] = {check: [] for check in CHECKS}
    beside: dict[str, list[Trial]] = {EMPLOYER: [], PERSONAL: []}
    for source in sources("tune"):
        beside[EMPLOYER] += _namings(source)
        beside[PERSONAL] += _contacts(source)
        for check, trial in _trials(source):
            trials[check].append(trial)
    fitted = {check: fit(known, HELD_TO, DRAWN) for check, known in trials.items()}
    fitted |= {f"{check}{BESIDE}": fit(seen, BESIDE_HELD_TO, BESIDE_DRAWN) for check, seen in beside.items()}
    fitted[f"{INFERABLE}{BESIDE}"] = fit(list(_wholes()), INFERABLE_HELD_TO, INFERABLE_DRAWN)
    lines = ["# Signs weighed into a score: log-odds of words, window and wording. Made by `make train`."]
    for check, (*weights, shift) in fitted.items():
        shown = ", ".join(f"{weight:.3f}" for weight in weights)
        lines += ["", f"[{check}]", f"weights = [{shown}]", f"shift = {shift:.3f}"]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit(trials: Sequence[Trial], held_to: Sequence[float], drawn_by: Sequence[float]) -> list[float]:
    """Logistic regression on the signs, by Newton's method, drawn to a usual answer."""
    rows = np.array([[*signs, 1.0] for signs, _ in trials]).reshape(-1, len(held_to))
    wins = np.array([won for _, won in trials], float)
    held, drawn = np.array(held_to), np.array(drawn_by)
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


def _namings(source: Source) -> Iterator[Trial]:
    """Each naming of the school, and whether it was said as the writer's employer."""
    case, pack = source.case, school(source.case.school)
    site = case.snapshot
    if case.text.author != "self" or pack.may_be_named_on(platform=site.platform, url=site.url):
        return
    doc = parse([case.text.value])[0]
    for span, signs in employer.fitted_on(case.text, doc, pack):
        said = chance(signs, "naming")
        beside = signs_beside(said, EMPLOYER, case.text, doc, pack, *doc.fold_span(*span))
        place = Location(site.id, case.text.where, span)
        yield beside, right(Finding(EMPLOYER, "trial", 0, place), case.labels, doc)


def _contacts(source: Source) -> Iterator[Trial]:
    """Each phone number, e-mail or street address, and whether it leads to the writer."""
    case, doc, pack = source.case, source.doc, school(source.case.school)
    if case.text.author != "self" or not case.covers(PERSONAL):
        return
    for span, score in contact.tried_on(case.text, doc, pack):
        place = Location(case.snapshot.id, case.text.where, doc.folded.original(*span))
        beside = signs_beside(score, PERSONAL, case.text, doc, pack, *span)
        yield beside, right(Finding(PERSONAL, "trial", 0, place), case.labels, doc)


def _wholes() -> Iterator[Trial]:
    """Each profile of which the school could be inferred, and whether it can be."""
    for profile in profiles("tune"):
        if signs := inferable.tried_on(profile.snapshot, school(profile.school)):
            yield signs, profile.inferable is not None


if __name__ == "__main__":
    main()
