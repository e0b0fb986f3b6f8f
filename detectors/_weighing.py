"""Many small signs weighed together: the chance that a reading is right, by a fitted logistic sum."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from data import read_toml

FOLDER = "calibration"
FURTHEST = 12.0
"""A sum beyond this changes nothing: the chance is 0 or 1 to five places."""


def chance(signs: Iterable[str], table: str) -> float:
    """The chance that signs stand for a hit, by the weights of `data/calibration/<table>.toml`.

    Signs without a weight count nothing; each sign counts once.
    """
    known = weights(table)
    total = known.get("bias", 0.0) + sum(known.get(sign, 0.0) for sign in sorted(set(signs)))
    return round(1 / (1 + math.exp(-max(-FURTHEST, min(FURTHEST, total)))), 3)


@lru_cache(maxsize=8)
def weights(table: str) -> dict[str, float]:
    """The weights of one table, by sign; "bias" is what no sign at all is worth."""
    return {sign: float(weight) for sign, weight in read_toml(f"{FOLDER}/{table}.toml")["weights"].items()}
