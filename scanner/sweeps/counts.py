"""Counts that nobody can be found in: one release for each school when a sweep closes, or nothing.

Each person stands in a few cells at most. Every cell, and the number of people, gets discrete Laplace noise
from OpenDP; both are told only from a noisy figure on that a true figure below the floor cannot reach but
with probability delta. So a release is (epsilon, delta)-differentially private for each person, hard floors
included, and everything after it (rounding, leaving out) only looks at noisy figures.
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
    """The cells that a report adds to: each check once, by its most urgent sure finding; a few at most."""
    best: dict[str, int] = {}
    bands = rules()["bands"]
    for found in report.findings:
        if found.level == "finding" and found.band in bands:
            best[found.check] = min(best.get(found.check, len(bands)), bands.index(found.band))
    order = sorted(best.items(), key=lambda item: (item[1], item[0]))
    return tuple((check, bands[band]) for check, band in order[: rules()["most_cells"]])


def release(tallies: Sequence[Sequence[Cell]], *, noise: Noise) -> dict[str, Any]:
    """What may be told of one school's people; `tallies` are one person's cells each."""
    told: dict[str, Any] = {"cells": [], **_terms()}
    counted = Counter(cell for one in tallies for cell in {*one})
    people = len(tallies) + noise(people_scale())
    enough = people >= people_threshold() and len(tallies) >= rules()["least_people"]
    for cell in _every_cell():
        noisy = counted[cell] + noise(cell_scale())
        shown = noisy >= cell_threshold() and counted[cell] >= rules()["least_in_cell"]
        if enough and shown:
            check, band = cell
            told["cells"].append({"check": check, "band": band, "about": _rounded(noisy)})
    told["enough"] = enough
    return told


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
    return float(rules()["epsilon_people"] + rules()["epsilon_cells"])


def delta() -> float:
    """How often a release may say more than epsilon allows, because of the floors."""
    return float(rules()["delta_people"] + rules()["most_cells"] * rules()["delta_cell"])


def people_scale() -> float:
    """The noise on the number of people: one person changes it by one."""
    return 1 / float(rules()["epsilon_people"])


def cell_scale() -> float:
    """The noise on each cell: one person changes so many by one."""
    return float(rules()["most_cells"]) / float(rules()["epsilon_cells"])


def people_threshold() -> int:
    """The noisy number of people from which on anything is told."""
    return int(rules()["least_people"]) + reach(people_scale(), rules()["delta_people"])


def cell_threshold() -> int:
    """The noisy figure from which on a cell is told."""
    return int(rules()["least_in_cell"]) + reach(cell_scale(), rules()["delta_cell"])


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
        "plus_minus": within(cell_scale()) + rules()["round_to"] // 2,
        "told_from": cell_threshold(),
        "people_from": people_threshold(),
    }
