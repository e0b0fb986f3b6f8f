"""`python -m detectors._training.phrasing`: train the model that goes by letters and words alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from detectors._meaning import CHECKS
from detectors._phrasing import LETTERS, MODEL, WORDS, runs, written_as
from detectors._training.pin import pin
from detectors._training.samples import Source, sources

LEAST = {LETTERS: 3, WORDS: 2}
"""Texts a feature must stand in to be looked at."""
STRENGTH = 4.0
SMALLEST = 0.02
"""Features whose weights are all below this share of the largest are left out."""


def main(place: Path = Path("data/models/text/phrasing.npz")) -> None:
    """Fit one linear model per check on the training part and write them in whole steps."""
    learned = sources("train")
    bags = [_bag(source) for source in learned]
    seen = Counter(feature for bag in bags for feature in bag)
    features = sorted(feature for feature, count in seen.items() if count >= LEAST[feature[0]])
    rarity = np.array([math.log((1 + len(bags)) / (1 + seen[f])) + 1 for f in features], np.float32)
    rows = matrix(bags, features, rarity)
    weights, shift = np.zeros((len(features), len(CHECKS))), np.zeros(len(CHECKS))
    for column, check in enumerate(CHECKS):
        known = [number for number, source in enumerate(learned) if source.case.covers(check)]
        answers = [any(label.check == check for label in learned[n].case.labels) for n in known]
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500)
        model.fit(rows[known], answers)
        weights[:, column], shift[column] = model.coef_[0], model.intercept_[0]
    steps = np.abs(weights).max(0) / 127
    kept = np.flatnonzero((np.abs(weights) / (steps * 127)).max(1) >= SMALLEST)
    place.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        place,
        features=np.frombuffer("\n".join(features[number] for number in kept).encode(), np.uint8),
        rarity=rarity[kept].astype(np.float16),
        weights=np.round(weights[kept] / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        shift=shift.astype(np.float32),
    )
    pin(MODEL, place)


def matrix(
    bags: Sequence[Counter[str]],
    features: Sequence[str],
    rarity: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> csr_matrix:
    """Texts as rows; letters and words are each brought to length one."""
    places = {feature: number for number, feature in enumerate(features)}
    values, columns, ends = [], [], [0]
    for bag in bags:
        for kind in (LETTERS, WORDS):
            known = [(places[f], count) for f, count in bag.items() if f[0] == kind and f in places]
            weighed = [(1 + math.log(count)) * float(rarity[place]) for place, count in known]
            length = math.sqrt(sum(value * value for value in weighed)) or 1.0
            values += [value / length for value in weighed]
            columns += [place for place, _ in known]
        ends.append(len(values))
    return csr_matrix((values, columns, ends), shape=(len(bags), len(features)))


def _bag(source: Source) -> Counter[str]:
    text = source.case.text
    words = written_as(source.doc, source.named, kind=text.kind, author=text.author)
    return Counter(_features(words))


def _features(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield from (run for run in runs(word) if "\n" not in run)
        yield WORDS + word
    yield from (f"{WORDS}{left} {right}" for left, right in pairwise(words))


if __name__ == "__main__":
    main()
