"""Measured quality must not fall below what is written down."""

import pytest

from detectors import _evaluation
from detectors._model import Finding, Location

# What was measured, less a little: (least precision, least recall) per part and check.
FLOORS = {}


def test_counts_are_by_overlap_and_check():
    case = next(c for c in _evaluation.cases("tune") if c.labels)
    check, span = case.labels[0]
    place = Location(case.snapshot.id, case.text.where, span)
    elsewhere = Location(case.snapshot.id, case.text.where, (span[1], span[1] + 1))
    answers = [Finding(check, "r", 1, place), Finding(check, "r", 1, elsewhere)]
    one = next(c for c in _evaluation.cases("tune") if c.labels == case.labels)
    score = next(s for s in _evaluation.evaluate([one], lambda c: answers) if s.check == check)
    assert (score.right, score.wrong) == (1, 1)
    assert score.precision == 0.5


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (0, 10, 0.0, 0.278)],
)
def test_the_wilson_interval(right, total, low, high):
    assert _evaluation.wilson(right, total) == pytest.approx((low, high), abs=0.001)


def test_every_case_fits_its_text():
    cases = _evaluation.cases()
    assert len({c.snapshot.id for c in cases}) == len(cases) >= 200
    for case in cases:
        assert case.part in {"tune", "heldout"}
        for _, span in case.labels:
            assert span is None or 0 <= span[0] < span[1] <= len(case.text.value)
        assert _evaluation.school(case.school).pack.name
