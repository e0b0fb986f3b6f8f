"""Nobody can be found in the counts: floors hold for certain, and no sequence of releases beats the bound."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from scanner.errors import StoreError
from scanner.sweeps import counts
from scanner.sweeps.book import Book
from scanner.sweeps.closing import close, releases
from scanner.sweeps.counts import (
    cell_threshold,
    delta,
    epsilon,
    opendp_noise,
    people_threshold,
    reach,
    release,
    rules,
    scale,
    tally_of,
)
from tests.builders import assessment, report

from .people import NOW, join, opened

CELL = ("weak-privacy", "this-week")
TRIES = 4000


def drawn(seed: int):
    """The same noise as OpenDP's, from a seed: a test that fails must fail again."""
    source = random.Random(seed)  # noqa: S311 - it must be repeatable

    def noise(scale: float) -> int:
        alpha = math.exp(-1 / scale)
        one, two = (int(math.log(1 - source.random()) / math.log(alpha)) for _ in range(2))
        return one - two

    return noise


def told(people: int, *, in_cell: int | None = None, noise) -> tuple:
    """What an onlooker sees of one release."""
    in_cell = people if in_cell is None else in_cell
    tallies = [[CELL]] * in_cell + [[]] * (people - in_cell)
    released = release(tallies, noise=noise)
    shown = {(c["check"], c["band"]): c["about"] for c in released["cells"]}
    return released["enough"], shown.get(CELL, "nothing")


def test_opendp_gives_the_noise_that_the_thresholds_stand_on() -> None:
    noise, sample = opendp_noise(), Counter[int]()
    sample.update(noise(scale()) for _ in range(20_000))
    for value in (-3, 0, 1, 3):
        assert sample[value] / 20_000 == pytest.approx(exactly(value), abs=0.015)


@pytest.mark.parametrize(("people", "most"), [(1, 0), (9, 0), (10, 0.001), (11, 0.002)])
def test_few_people_give_no_release(people: int, most: float) -> None:
    noise = drawn(people)
    shown = sum(told(people, noise=noise)[0] for _ in range(TRIES))
    assert shown / TRIES <= most


def test_enough_people_give_one() -> None:
    noise = drawn(3)
    assert sum(told(60, noise=noise)[1] != "nothing" for _ in range(500)) >= 495


def test_the_floors_hold_whatever_the_noise_is() -> None:
    loud = lambda _scale: 1000  # noqa: E731
    assert told(9, noise=loud) == (False, "nothing")
    assert told(40, in_cell=2, noise=loud) == (False, "nothing")
    assert told(40, in_cell=3, noise=loud)[1] != "nothing"


def test_every_figure_is_a_multiple_of_five_and_holds_no_name() -> None:
    noise = drawn(5)
    for _ in range(200):
        shown = told(50, noise=noise)[1]
        assert shown == "nothing" or shown % 5 == 0


def exactly(value: int) -> float:
    alpha = math.exp(-1 / scale())
    return (1 - alpha) / (1 + alpha) * alpha ** abs(value)


def at_least(value: int) -> float:
    alpha = math.exp(-1 / scale())
    return alpha**value / (1 + alpha) if value > 0 else 1 - alpha ** (1 - value) / (1 + alpha)


def high(cells: Sequence[int]) -> dict[int, float]:
    """The exact chances of what the high figures of such cells come to; all from the threshold on is one."""
    found = {0: 1.0}
    for in_cell in cells:
        figures = {noisy: exactly(noisy - in_cell) for noisy in range(cell_threshold(), people_threshold())}
        figures[people_threshold()] = at_least(people_threshold() - in_cell)
        figures[0] = 1 - at_least(cell_threshold() - in_cell)
        both: dict[int, float] = {}
        for (one, p), (two, q) in product(found.items(), figures.items()):
            together = min(one + two, people_threshold())
            both[together] = both.get(together, 0.0) + p * q
        found = both
    return found


ALL = len(list(counts._every_cell()))


def chance(people: int, in_cell: int, others: int) -> dict[object, float]:
    """The exact chances of all that one cell can show, where the other high figures come to so much."""
    if people < 10:
        return {"nothing": 1.0}
    found: dict[object, float] = {}
    for noisy in range(min(in_cell, cell_threshold()) - 60, max(in_cell, people_threshold()) + 60):
        figure = noisy if noisy >= cell_threshold() else 0
        enough = figure + others >= people_threshold()
        about = 5 * round(noisy / 5) if enough and figure and in_cell >= 3 else "nothing"
        key = about if about == "nothing" and not enough else (about, "enough")
        found[key] = found.get(key, 0.0) + exactly(noisy - in_cell)
    return found


def beyond(one: dict, other: dict, allowed: float) -> float:
    """By how much what is seen can say more than e^allowed: the delta of the best attack there is."""
    return sum(
        max(0.0, one.get(key, 0.0) - math.exp(allowed) * other.get(key, 0.0)) for key in {*one, *other}
    )


def test_the_stated_delta_is_the_chance_of_the_floors() -> None:
    alpha = math.exp(-1 / scale())
    for rare in (rules()["delta_people"], delta()):
        far = reach(scale(), rare)
        assert alpha**far / (1 + alpha) <= rare < alpha ** (far - 1) / (1 + alpha)
    assert delta() == pytest.approx(1e-4)


def split(people: int, most: int) -> Iterator[tuple[int, ...]]:
    """All ways in which so many people can lie in cells."""
    if not people:
        yield ()
    for first in range(min(people, most), 0, -1):
        for rest in split(people - first, first):
            yield (first, *rest)


def test_ten_people_give_no_release_however_they_lie_but_with_the_stated_chance() -> None:
    every = [high([*cells, *[0] * (ALL - len(cells))])[people_threshold()] for cells in split(10, 10)]
    assert len(every) == 42
    assert max(every) <= delta()
    assert max(every) > 3e-5  # the thresholds could not be one lower


PAIRS = [
    ((9, 9), (10, 10), (), "nine known people, and is there a tenth?"),
    ((9, 4), (10, 5), (5,), "the same, in two cells"),
    ((10, 10), (11, 11), (), "ten or eleven"),
    ((19, 19), (20, 20), (), "at the noisy threshold"),
    ((30, 2), (30, 3), (25,), "does this one have it too? at the floor of the cell"),
    ((30, 11), (31, 12), (12,), "one more at the noisy threshold of the cell"),
    ((9, 0), (10, 1), (), "nine sock accounts without anything, and one person"),
    ((40, 3), (41, 4), (9, 9, 9), "among many cells"),
    ((200, 100), (201, 101), (), "in the middle of many"),
]


@pytest.mark.parametrize(("without", "with_", "rest", "why"), PAIRS, ids=[why for *_, why in PAIRS])
def test_no_release_says_more_about_one_person_than_the_bound(
    without: tuple[int, int], with_: tuple[int, int], rest: tuple[int, ...], why: str
) -> None:
    """The attacker sees all other cells; they say the same in both worlds, so each case is weighed by itself."""
    for one, other in ((without, with_), (with_, without)):
        best = sum(
            p * beyond(chance(*one, others), chance(*other, others), epsilon())
            for others, p in high([*rest, *[0] * (ALL - 1 - len(rest))]).items()
        )
        assert best <= delta(), why


SWAPS = [(10, 3, 2, 0), (11, 9, 2, 0), (30, 3, 2, 25), (30, 12, 11, 0), (30, 20, 0, 0), (60, 25, 25, 0)]


@pytest.mark.parametrize(("people", "one", "two", "others"), SWAPS)
def test_what_somebody_stands_in_is_told_no_better_than_the_bound(
    people: int, one: int, two: int, others: int
) -> None:
    """Everybody knows that the person takes part; the question is in which of two cells."""
    here, there = pair(people, (one, two), others), pair(people, (one - 1, two + 1), others)
    assert beyond(here, there, epsilon()) <= delta()
    assert beyond(there, here, epsilon()) <= delta()


def pair(people: int, cells: tuple[int, int], others: int) -> dict[object, float]:
    """The exact chances of all that two cells can show; what can be seen apart is not put together."""
    found: dict[object, float] = {}
    spans = [range(min(one, cell_threshold()) - 30, max(one, people_threshold()) + 30) for one in cells]
    for noisy in product(*spans):
        figures = [one if one >= cell_threshold() else 0 for one in noisy]
        enough = sum(figures) + others >= people_threshold() and people >= 10
        shown = tuple(
            5 * round(figure / 5) if enough and figure and one >= 3 else "nothing"
            for figure, one in zip(figures, cells, strict=True)
        )
        found[shown] = found.get(shown, 0.0) + exactly(noisy[0] - cells[0]) * exactly(noisy[1] - cells[1])
    return found


def test_a_leaver_between_two_sweeps_is_covered_by_the_sum_of_both() -> None:
    """The person is in the first and not in the second, against never having been there at all."""
    for people, cell in ((10, 10), (20, 20), (60, 30)):
        there = _both(chance(people + 1, cell + 1, 0), chance(people, cell, 0))
        never = _both(chance(people, cell, 0), chance(people, cell, 0))
        assert beyond(there, never, 2 * epsilon()) <= 2 * delta()
        assert beyond(never, there, 2 * epsilon()) <= 2 * delta()


def _both(one: dict, two: dict) -> dict[object, float]:
    return {(a, b): p * q for a, p in one.items() for b, q in two.items()}


def test_the_attack_test_would_notice_a_threshold_without_noise() -> None:
    """What a plain "ten or nothing" would tell: the check above is one that can fail."""
    nine, ten = {"nothing": 1.0}, {"told": 1.0}
    assert beyond(ten, nine, epsilon()) > delta()


@pytest.mark.parametrize("people", [9, 10, 20, 30])
def test_what_is_drawn_follows_the_exact_chances(people: int) -> None:
    noise = drawn(people)
    sample = Counter(told(people, noise=noise)[1] for _ in range(TRIES))
    for key, expected in chance(people, people, 0).items():
        shown = key[0] if isinstance(key, tuple) else key
        assert sample[shown] / TRIES == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(
    ("cells", "least"), [((18,), 0.08), ((20,), 0.7), ((23,), 0.95), ((12, 12), 0.5), ((15, 15), 0.95)]
)
def test_from_about_twenty_people_on_counts_are_told(cells: tuple[int, ...], least: float) -> None:
    assert high(cells)[people_threshold()] >= least


def test_one_person_stands_in_one_cell_the_most_urgent_and_surest() -> None:
    found = [
        assessment("location", id="1", band="worth-a-look"),
        assessment("personal-contact", id="2", band="today", score=0.9),
        assessment("weak-privacy", id="3", band="today", score=0.95),
        assessment("disparagement", id="4", band="today", level="question", score=0.99),
    ]
    assert tally_of(report(*found)) == (("weak-privacy", "today"),)
    assert tally_of(report()) == ()


def tallied(book: Book, sweep: str, people: int, **rest) -> list[str]:
    everybody = [join(book.store, f"https://{n}.example/a", **rest) for n in range(people)]
    for person in everybody:
        book.shelf.put("tallies", person, {"sweep": sweep, "school": "", "cells": [list(CELL)]})
    return everybody


def test_only_who_agreed_to_be_counted_and_still_does_is_counted(book: Book) -> None:
    sweep = opened(book)
    tallied(book, sweep.id, 30, purposes=("sweeps",))
    leavers = tallied(book, sweep.id, 30, purposes=("sweeps", "counts"))
    for person in leavers:
        for row, consent in book.store.consents(person).items():
            if consent.purpose == "counts":
                book.store.withdraw(person, row, at=NOW)
    body = close(book, at=NOW + timedelta(days=1), noise=lambda _: 0)
    assert body["schools"][""]["cells"] == []


def test_a_release_happens_once_and_cannot_be_changed(book: Book) -> None:
    sweep = opened(book)
    tallied(book, sweep.id, 40, purposes=("sweeps", "counts"))
    body = close(book, at=NOW, noise=lambda _: 0)
    assert body["schools"][""]["cells"] == [{"check": CELL[0], "band": CELL[1], "about": 40}]
    book.put_sweep(replace(sweep, state="open"))
    with pytest.raises(StoreError):
        close(book, at=NOW, noise=lambda _: 0)
    assert releases(book) == [body]


def test_a_lifetime_budget_ends_what_somebody_adds(book: Book) -> None:
    sweep = opened(book)
    people = tallied(book, sweep.id, 40, purposes=("sweeps", "counts"))
    for person in people:
        book.shelf.put("spendings", person, {"sweep": "old", "epsilon": rules()["lifetime"] - 1.0})
    body = close(book, at=NOW, noise=lambda _: 0)
    assert body["schools"][""]["cells"] == []
    rows = book.shelf.rows("spendings", people[0]).values()
    assert sum(row["epsilon"] for row in rows) <= rules()["lifetime"]


def test_closing_forgets_who_took_part_and_what_they_added(book: Book) -> None:
    sweep = opened(book)
    people = tallied(book, sweep.id, 12, purposes=("sweeps", "counts"))
    close(book, at=NOW, noise=lambda _: 0)
    for person in people:
        assert not any(book.shelf.rows(table, person) for table in ("tallies", "jobs", "invitations"))


def test_a_school_is_in_the_release_whether_anybody_took_part_or_not(book: Book) -> None:
    opened(book, schools=("beacon", "oakfield"))
    body = close(book, at=NOW, noise=lambda _: 0)
    assert set(body["schools"]) == {"beacon", "oakfield"}
    assert body["schools"]["beacon"] == body["schools"]["oakfield"]


def test_the_budget_is_printed_beside_the_figures() -> None:
    body = release([], noise=lambda _: 0)
    assert (body["epsilon"], body["delta"], body["lifetime"]) == (2.0, pytest.approx(1e-4), 18.0)
    assert counts.within(scale()) < body["plus_minus"]
