"""`python -m detectors._training.compare`: three ways to understand a text, measured on the tuning part.

Each way answers per text and check; what counts is the average precision (the area under precision and
recall) and the best F1 that a threshold could reach. Spans are left out: only one way has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from detectors._cases import school
from detectors._meaning import CHECKS, read, session
from detectors._packed import embed
from detectors._tokens import cut, plain
from detectors._training.network import Network, from_minilm
from detectors._training.samples import Source, sources

Scores = NDArray[np.float64]
STRENGTH = 4.0
FROZEN_STRENGTH = 2.0


def main(place: Path = Path("data/models/text/compared.toml")) -> None:
    """Measure and write the table that the notebook reads."""
    learned, tuned = sources("train"), sources("tune")
    lines = ["# Made by `python -m detectors._training.compare` on the tuning part; texts, not spans."]
    for name, way in WAYS.items():
        lines += ["", f"[{name}]", *_figures(tuned, way(learned, tuned))]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")


def letters_and_words(learned: Sequence[Source], tuned: Sequence[Source]) -> Scores:
    """Runs of letters and words with a linear model per check."""
    by_letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
    by_words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+")  # noqa: S106 - a pattern, no secret
    written = [_written(source) for source in learned]
    asked = [_written(source) for source in tuned]
    seen = hstack([by_letters.fit_transform(written), by_words.fit_transform(written)]).tocsr()
    new = hstack([by_letters.transform(asked), by_words.transform(asked)]).tocsr()
    return _linear(seen, new, learned, STRENGTH)


def frozen(learned: Sequence[Source], tuned: Sequence[Source]) -> Scores:
    """The packaged sentence vectors as they are, with a linear model per check."""
    return _linear(_vectors(learned), _vectors(tuned), learned, FROZEN_STRENGTH)


def tuned_layers(_learned: Sequence[Source], tuned: Sequence[Source]) -> Scores:
    """The shipped model: layers trained on the cases, per text the surest window."""
    session()
    rows = []
    for source in tuned:
        readings = read(source.case.text, source.doc, school(source.case.school))
        best = [np.sqrt(r.words[:, :, 0].max(0) * r.text[:, 0]) for r in readings]
        rows.append(np.max(best, axis=0) if best else np.zeros(len(CHECKS)))
    return np.array(rows)


WAYS: dict[str, Callable[[Sequence[Source], Sequence[Source]], Scores]] = {
    "letters-and-words": letters_and_words,
    "frozen-vectors": frozen,
    "tuned-layers": tuned_layers,
}


def _linear(seen: object, new: object, learned: Sequence[Source], strength: float) -> Scores:
    columns = []
    for check in CHECKS:
        known = [number for number, source in enumerate(learned) if source.case.covers(check)]
        answers = [_has(learned[number], check) for number in known]
        model = LogisticRegression(C=strength, class_weight="balanced", max_iter=300)
        model.fit(seen[known], answers)  # type: ignore[index]
        columns.append(model.predict_proba(new)[:, 1])
    return np.stack(columns, 1)


def _vectors(texts: Sequence[Source]) -> Scores:
    import torch  # noqa: PLC0415 - only this way needs it

    network = Network(len(CHECKS), dropout=0.0)
    from_minilm(network)
    network.eval()
    rows = []
    for source in texts:
        text = source.case.text
        windows = cut(*plain(source.doc, source.named), kind=text.kind, author=text.author)
        with torch.no_grad():
            x = network.norm(
                torch.from_numpy(embed(windows[0].ids) if windows else np.zeros((1, 384), "f4"))[None]
            )
            for layer in network.layers:
                x = layer(x, None)
        mean = x[0].mean(0).numpy()
        told = [text.author == "self", text.kind in {"bio", "display_name", "headline"}]
        rows.append(np.concatenate([mean / np.linalg.norm(mean) * 5, told]))
    return np.array(rows)


def _figures(tuned: Sequence[Source], scores: Scores) -> list[str]:
    lines, precisions, bests = [], [], []
    for column, check in enumerate(CHECKS):
        known = [number for number, source in enumerate(tuned) if source.case.covers(check)]
        answers = [_has(tuned[number], check) for number in known]
        precision, recall, _ = precision_recall_curve(answers, scores[known, column])
        best = float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)))
        precisions.append(float(average_precision_score(answers, scores[known, column])))
        bests.append(best)
        lines.append(f"{check} = {{ average_precision = {precisions[-1]:.3f}, best_f1 = {best:.3f} }}")
    head = f"macro = {{ average_precision = {np.mean(precisions):.3f}, best_f1 = {np.mean(bests):.3f} }}"
    return [head, *lines]


def _has(source: Source, check: str) -> bool:
    return any(label.check == check for label in source.case.labels)


def _written(source: Source) -> str:
    written, _ = plain(source.doc, source.named)
    text = source.case.text
    return f"kind_{text.kind} author_{text.author} {written}"


if __name__ == "__main__":
    main()
