"""Measured quality must not fall below what is written down."""

from functools import lru_cache

import pytest

from detectors import _baselines, _cases, _evaluation
from detectors._model import Finding, Location

# A little below what was measured: least F1 of each check, questions counted as answers.
FLOORS = {
    "tune": {},
    "heldout": {
        "employer-mention": 0.87,
        "official-contact": 0.97,
        "personal-contact": 0.91,
        "pupil-information": 0.70,
        "colleague-information": 0.79,
        "disparagement": 0.74,
        "offensive-content": 0.83,
        "pupil-contact": 0.82,
        "confidential-work": 0.72,
        "location": 0.87,
        "targeted-abuse": 0.91,
    },
}
TALK = frozenset({"pupil-information", "colleague-information", "disparagement"})


@lru_cache(maxsize=2)
def measured(part):
    """The cases of a part with what the detectors say of each, asked once."""
    labelled = _cases.cases(part)
    found = {case.snapshot.id: _evaluation.findings(case) for case in labelled}
    return labelled, lambda case: found[case.snapshot.id]


def test_counts_are_by_overlap_and_check():
    case = next(c for c in _cases.cases("tune") if c.labels and c.labels[0].span)
    label = case.labels[0]
    place = Location(case.snapshot.id, case.text.where, label.span)
    answers = [Finding(label.check, "r", 1, place), Finding("photo-metadata", "r", 1, place)]
    scores = {s.check: s for s in _evaluation.evaluate([case], lambda _: answers) if s.right or s.wrong}
    assert scores[label.check].wrong == 0
    assert scores[label.check].right >= 1


def test_words_of_another_sentence_are_wrong():
    check = "location"
    case = next(
        c
        for c in _cases.cases("tune")
        if c.checks is None
        and c.text.value.count(". ") > 1
        and all(label.check != check for label in c.labels)
    )
    place = Location(case.snapshot.id, case.text.where, (0, 3))
    score = _evaluation.evaluate([case], lambda _: [Finding(check, "r", 1, place)])
    assert next(s for s in score if s.check == check).wrong == 1


@pytest.mark.parametrize("part", FLOORS)
def test_quality_does_not_fall(part):
    labelled, find = measured(part)
    scores = {score.check: score for score in _evaluation.evaluate(labelled, find)}
    assert {c: s.f1 for c, s in scores.items() if s.f1 < FLOORS[part].get(c, 0)} == {}
    assert set(FLOORS[part]) <= set(scores)


def test_far_ahead_of_both_baselines():
    labelled, find = measured("heldout")
    ours = _evaluation.evaluate(labelled, find)
    for baseline in (_baselines.keywords, _baselines.entities):
        theirs = {score.check: score.f1 for score in _evaluation.evaluate(labelled, baseline)}
        for score in ours:
            assert score.f1 > theirs.get(score.check, 0), score.check


def test_quiet_where_it_should_be():
    labelled, find = measured("heldout")
    calm = _evaluation.quiet(labelled, _cases.profiles("heldout"), find)
    assert calm.flagged[0] <= calm.flagged[1] * 0.06
    assert calm.said_right[0] >= calm.said_right[1] * 0.95
    assert calm.alarmed[0] <= calm.alarmed[1] * 0.10
    assert calm.inferred[0] >= calm.inferred[1] * 0.8


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (0, 10, 0.0, 0.278)],
)
def test_the_wilson_interval(right, total, low, high):
    assert _evaluation.wilson(right, total) == pytest.approx((low, high), abs=0.001)
