"""Damaged downloads never crash the reader and never hold it up."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.scanner.exports.fuzz import LONGEST, damaged, outcome

SEED = 20261125


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=pytest.mark.slow)])
def test_damaged_downloads_are_read_or_refused(tmp_path: Path, count: int) -> None:
    seen: Counter[str] = Counter()
    longest = 0.0
    for number, path in islice(damaged(SEED, tmp_path), count):
        try:
            said, took = outcome(path)
        except Exception as error:
            raise AssertionError(f"archive {number} of seed {SEED} broke the reader") from error
        seen[said] += 1
        longest = max(longest, took)
        assert took < LONGEST, f"archive {number} of seed {SEED} took {took:.1f} s"
    assert seen["read"] > count / 4  # the damage leaves most of them worth reading
    assert seen["refused"] > count / 50
    print(f"{count} archives of seed {SEED}: {dict(seen)}, longest {longest:.2f} s")  # noqa: T201 - the figures of the long run
