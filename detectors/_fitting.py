"""`python -m detectors._fitting`: fit the weights of small signs on the labelled cases, and write them.

Ridge logistic regression towards the `prior` of each table: what a sign was expected to be worth
before any case was seen. A sign too rare to be fitted keeps its prior. Nothing here is random.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import data
from data import read_toml
from detectors import _language, contact, employer, inferable
from detectors._cases import Case, cases, profile_texts, profiles, school

RIDGE = {"naming": 3.0, "reach": 4.0, "inferable": 1.0}
"""How hard the priors hold; chosen with each training writer left out in turn."""
LEAST = 3
STEPS = 60
SMALLEST = 0.005
INFERABLE = inferable.TABLE
TABLES = {
    "naming": ("employer-mention", employer.fitted_on),
    "reach": ("personal-contact", contact.fitted_on),
}
HEAD = """# Weights of the small signs in data/lexicons/{name}.toml; made by `python -m detectors._fitting`
# from {rows} places in the training part of data/cases. "prior" is by hand, "weights" are fitted.

"""

Row = tuple[frozenset[str], bool]


def main(folder: str = "") -> None:
    """Fit every table and write it, to the installed data or to a folder."""
    place = Path(folder) if folder else Path(str(data.__file__)).parent / "calibration"
    for name in (*TABLES, INFERABLE):
        rows = list(whole_rows() if name == INFERABLE else _rows(name))
        prior = {sign: float(value) for sign, value in read_toml(f"calibration/{name}.toml")["prior"].items()}
        weights = fit(rows, prior, RIDGE[name])
        (place / f"{name}.toml").write_text(_text(name, len(rows), prior, weights))
        sys.stdout.write(f"{name}: {len(rows)} places, {len(weights)} signs\n")


def fit(rows: Iterable[Row], prior: Mapping[str, float], ridge: float) -> dict[str, float]:
    """The weight of each sign, and "bias"; signs seen fewer than three times keep their prior."""
    seen = list(rows)
    counted = Counter(sign for signs, _ in seen for sign in signs)
    names = sorted(sign for sign, times in counted.items() if LEAST <= times < len(seen))
    shown = np.array([[1.0, *(float(sign in signs) for sign in names)] for signs, _ in seen])
    right = np.array([float(hit) for _, hit in seen])
    start = np.array([0.0, *(prior.get(sign, 0.0) for sign in names)])
    fitted = _newton(shown, right, start, ridge)
    weights = {"bias": float(fitted[0])}
    weights.update({sign: float(value) for sign, value in zip(names, fitted[1:], strict=True)})
    return weights | {sign: value for sign, value in prior.items() if sign not in weights}


def _newton(
    shown: NDArray[np.float64], right: NDArray[np.float64], start: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    held = np.eye(shown.shape[1]) * ridge
    held[0, 0] = 1e-6  # the bias is free
    value = start.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(shown @ value, -30, 30)))
        slope = shown.T @ (chance - right) + held @ (value - start)
        bend = (shown * (chance * (1 - chance))[:, None]).T @ shown + held
        step = np.linalg.solve(bend, slope)
        value -= step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 - below what is written
            break
    return value


def _rows(name: str) -> Iterator[Row]:
    check, places = TABLES[name]
    for case in _learned():
        doc = _language.parse([case.text.value])[0]
        labels = [label.span for label in case.labels if label.check == check]
        for span, signs in places(case.text, doc, school(case.school)):
            hit = any(label is None or _near(span, label, case.text.value) for label in labels)
            yield frozenset(signs), hit


def whole_rows() -> Iterator[Row]:
    """Each profile of which the school could be inferred: its signs, and whether it can be."""
    for profile in profiles("train"):
        if found := inferable.fitted_on(profile.snapshot, school(profile.school)):
            yield found, profile.inferable is not None


def _learned() -> Iterator[Case]:
    own = [case for case in cases("train") if case.text.author == "self"]
    own += [case for profile in profiles("train") for case in profile_texts(profile)]
    for case in own:
        pack = school(case.school)
        one = case.snapshot
        if case.text.author == "self" and not pack.may_be_named_on(platform=one.platform, url=one.url):
            yield case


def _near(span: tuple[int, int], label: tuple[int, int], value: str) -> bool:
    """Whether two spans overlap or stand in one sentence."""
    first, second = sorted((span, label))
    between = value[first[1] : second[0]]
    return second[0] < first[1] or not any(end in between for end in (". ", "! ", "? ", "\n"))


def _text(name: str, rows: int, prior: Mapping[str, float], weights: Mapping[str, float]) -> str:
    lines = [HEAD.format(name=name, rows=rows), "[prior]\n"]
    lines += [f'"{sign}" = {value}\n' for sign, value in sorted(prior.items())]
    lines += ["\n[weights]\n"]
    lines += [f'"{s}" = {value:.3f}\n' for s, value in sorted(weights.items()) if abs(value) >= SMALLEST]
    return "".join(lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
