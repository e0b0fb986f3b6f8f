"""Counts that nobody can be found in: one release for each school when a sweep closes, or nothing.

Each person stands in one cell at most, and every cell there can be gets discrete Laplace noise from OpenDP. A
cell is told only from a noisy figure on that a true figure below the floor cannot reach but with probability
delta, and any are told only where together they show that enough took part. So a release is (epsilon, delta)-
differentially private for one person's cell exchanged for any other or for none, hard floors included, and
everything after it (rounding, leaving out) only looks at noisy figures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import data
from scanner.errors import PartMissing
from scanner.model import Report
from scanner.sweeps.book import COUNTS, Book

Cell = tuple[str, str]
Noise = Callable[[float], int]
"""A whole number from a discrete Laplace distribution of that scale."""


def tally_of(report: Report) -> tuple[Cell, ...]:
    """The cell that a report adds to, if any: its most urgent sure finding."""
    bands = rules()["bands"]
    sure = [one for one in report.findings if one.level == "finding" and one.band in bands]
    order = sorted(sure, key=lambda one: (bands.index(one.band), -one.score, one.check))
    return tuple((one.check, one.band) for one in order[:1])


def release(tallies: Sequence[Sequence[Cell]], *, noise: Noise) -> dict[str, Any]:
    """What may be told of one school's people; `tallies` are one person's cell each, or none."""
    counted = Counter(cell for one in tallies for cell in one[:1])
    noisy = {cell: counted[cell] + noise(scale()) for cell in _every_cell()}
    high = {cell: figure for cell, figure in noisy.items() if figure >= cell_threshold()}
    enough = sum(high.values()) >= people_threshold() and len(tallies) >= rules()["least_people"]
    cells = [
        {"check": check, "band": band, "about": _rounded(figure)}
        for (check, band), figure in high.items()
        if enough and counted[check, band] >= rules()["least_in_cell"]
    ]
    return {"cells": cells, "enough": bool(cells), **_terms()}


def close_counts(
    book: Book, sweep: str, schools: Sequence[str], *, at: datetime, noise: Noise
) -> dict[str, dict[str, Any]]:
    """The releases of a sweep by school, and each person's spending written down. In a transaction.

    `schools` are all there are, so that a release says nothing by being there. Only people count whose
    consent to that holds now, and whose lifetime budget is not used up.
    """
    found: dict[str, list[Sequence[Cell]]] = {school: [] for school in schools}
    for person in book.people():
        for tally in book.shelf.rows("tallies", person).values():
            if tally["sweep"] != sweep or not book.consents_to(person, COUNTS, at=at):
                continue
            spent = book.shelf.rows("spendings", person)
            so_far = sum(float(row["epsilon"]) for row in spent.values())
            if so_far + epsilon() <= rules()["lifetime"] + 1e-9:
                book.shelf.put("spendings", person, {"sweep": sweep, "epsilon": epsilon()})
                if tally["school"] in found:
                    found[tally["school"]].append([(check, band) for check, band in tally["cells"]])
    return {school: release(tallies, noise=noise) for school, tallies in found.items()}


def epsilon() -> float:
    """What one release costs each person in it."""
    return float(rules()["epsilon"])


def delta() -> float:
    """How often a release may say more than epsilon allows, because of the floors."""
    return float(rules()["delta"])


def scale() -> float:
    """The noise on each cell: whoever stands in another one changes two of them by one."""
    return 2 / epsilon()


def people_threshold() -> int:
    """What the noisy figures that are high enough must come to, before any is told."""
    return int(rules()["least_people"]) + reach(scale(), rules()["delta_people"])


def cell_threshold() -> int:
    """The noisy figure from which on a cell is told."""
    return int(rules()["least_in_cell"]) + reach(scale(), delta())


def reach(scale: float, rare: float) -> int:
    """How high noise of that scale gets but with probability `rare`: P(noise >= reach) <= rare."""
    alpha = math.exp(-1 / scale)
    return math.ceil(math.log(rare * (1 + alpha)) / math.log(alpha))


def within(scale: float) -> int:
    """The noise lies this near to nothing in 19 of 20 cases."""
    alpha, far = math.exp(-1 / scale), 0
    while 2 * alpha ** (far + 1) / (1 + alpha) > 0.05:  # noqa: PLR2004 - one in twenty
        far += 1
    return far


def opendp_noise() -> Noise:
    """Noise by OpenDP, from the system's own randomness.

    Raises:
        PartMissing: OpenDP is not installed.
    """
    try:
        from opendp import prelude as dp  # noqa: PLC0415 - a large library that only closing needs
    except ImportError:
        raise PartMissing(
            "the counts need OpenDP, which is not installed; pip install 'exposure-scanner[counts]'"
        ) from None
    dp.enable_features("contrib")

    @lru_cache(maxsize=8)
    def made(scale: float) -> Callable[[int], int]:
        space = dp.atom_domain(T=int), dp.absolute_distance(T=int)
        return dp.m.make_laplace(*space, scale=scale)

    return lambda scale: int(made(scale)(0))


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Any]:
    """The figures of `data/counts.toml`."""
    return data.read_toml("counts.toml")


def _every_cell() -> list[Cell]:
    """All cells there can be, whatever was found: which ones get noise must say nothing."""
    return [(check, band) for check in sorted(data.checks()) for band in rules()["bands"]]


def _rounded(figure: int) -> int:
    step = int(rules()["round_to"])
    return step * round(figure / step)


def _terms() -> dict[str, Any]:
    return {
        "epsilon": epsilon(),
        "delta": delta(),
        "lifetime": rules()["lifetime"],
        "plus_minus": within(scale()) + rules()["round_to"] // 2,
        "told_from": cell_threshold(),
        "people_from": people_threshold(),
    }
