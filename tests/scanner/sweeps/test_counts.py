"""Nobody can be found in the counts: floors hold for certain, and no sequence of releases beats the bound."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from scanner.errors import StoreError
from scanner.sweeps import counts
from scanner.sweeps.book import Book
from scanner.sweeps.closing import close, releases
from scanner.sweeps.counts import (
    cell_scale,
    cell_threshold,
    delta,
    epsilon,
    opendp_noise,
    people_scale,
    people_threshold,
    reach,
    release,
    rules,
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
    noise = opendp_noise()
    for scale in (people_scale(), cell_scale()):
        alpha = math.exp(-1 / scale)
        sample = Counter(noise(scale) for _ in range(20_000))
        for value in (-3, 0, 1, 4):
            expected = (1 - alpha) / (1 + alpha) * alpha ** abs(value)
            assert sample[value] / 20_000 == pytest.approx(expected, abs=0.015)


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
    assert told(40, in_cell=2, noise=loud) == (True, "nothing")
    assert told(40, in_cell=3, noise=loud)[1] != "nothing"


def test_every_figure_is_a_multiple_of_five_and_holds_no_name() -> None:
    noise = drawn(5)
    for _ in range(200):
        shown = told(50, noise=noise)[1]
        assert shown == "nothing" or shown % 5 == 0


def test_the_stated_delta_is_the_chance_of_the_floors() -> None:
    for scale, rare in ((people_scale(), rules()["delta_people"]), (cell_scale(), rules()["delta_cell"])):
        alpha, far = math.exp(-1 / scale), reach(scale, rare)
        assert alpha**far / (1 + alpha) <= rare < alpha ** (far - 1) / (1 + alpha)
    assert delta() == pytest.approx(1e-4)


def chance(people: int, in_cell: int) -> dict[object, float]:
    """The exact chances of all that can be told, from the noise's own formula."""
    enough = _at_least(people_threshold() - people, people_scale()) if people >= 10 else 0.0
    found: dict[object, float] = {(False, "nothing"): 1 - enough}
    left = 1.0
    for noisy in range(cell_threshold(), cell_threshold() + 400):
        one = _exactly(noisy - in_cell, cell_scale()) if in_cell >= 3 else 0.0
        about = 5 * round(noisy / 5)
        found[True, about] = found.get((True, about), 0.0) + enough * one
        left -= one
    found[True, "nothing"] = enough * left
    return found


def _exactly(value: int, scale: float) -> float:
    alpha = math.exp(-1 / scale)
    return (1 - alpha) / (1 + alpha) * alpha ** abs(value)


def _at_least(value: int, scale: float) -> float:
    alpha = math.exp(-1 / scale)
    return alpha**value / (1 + alpha) if value > 0 else 1 - alpha ** (1 - value) / (1 + alpha)


def beyond(one: dict, other: dict, allowed: float) -> float:
    """By how much what is seen can say more than e^allowed: the delta of the best attack there is."""
    return sum(
        max(0.0, one.get(key, 0.0) - math.exp(allowed) * other.get(key, 0.0)) for key in {*one, *other}
    )


PAIRS = [
    ((9, 9), (10, 10), "nine known people, and is there a tenth?"),
    ((10, 10), (11, 11), "ten or eleven"),
    ((22, 22), (23, 23), "at the noisy threshold"),
    ((30, 2), (30, 3), "does this one have it too? at the floor of the cell"),
    ((40, 19), (41, 20), "one more at the noisy threshold of the cell"),
    ((9, 0), (10, 1), "nine sock accounts without anything, and one person"),
    ((200, 100), (201, 101), "in the middle of many"),
]


@pytest.mark.parametrize(("without", "with_", "why"), PAIRS, ids=[why for *_, why in PAIRS])
def test_no_release_says_more_about_one_person_than_the_bound(without, with_, why: str) -> None:
    one, other = chance(*without), chance(*with_)
    assert beyond(one, other, epsilon()) <= delta(), why
    assert beyond(other, one, epsilon()) <= delta(), why


def test_a_leaver_between_two_sweeps_is_covered_by_the_sum_of_both() -> None:
    """The person is in the first and not in the second, against never having been there at all."""
    for people, cell in ((10, 10), (25, 25), (60, 30)):
        there = _both(chance(people + 1, cell + 1), chance(people, cell))
        never = _both(chance(people, cell), chance(people, cell))
        assert beyond(there, never, 2 * epsilon()) <= 2 * delta()
        assert beyond(never, there, 2 * epsilon()) <= 2 * delta()


def _both(one: dict, two: dict) -> dict[object, float]:
    return {(a, b): p * q for a, p in one.items() for b, q in two.items()}


def test_the_attack_test_would_notice_a_threshold_without_noise() -> None:
    """What a plain "ten or nothing" would tell: the check above is one that can fail."""
    nine, ten = {"nothing": 1.0}, {"told": 1.0}
    assert beyond(ten, nine, epsilon()) > delta()


@pytest.mark.parametrize("people", [9, 10, 30])
def test_what_is_drawn_follows_the_exact_chances(people: int) -> None:
    noise = drawn(people)
    sample = Counter(told(people, noise=noise) for _ in range(TRIES))
    for key, expected in chance(people, people).items():
        assert sample[key] / TRIES == pytest.approx(expected, abs=0.03)


def test_one_person_stands_in_few_cells_their_most_urgent_ones() -> None:
    found = [
        assessment("weak-privacy", id="1", band="worth-a-look"),
        assessment("personal-contact", id="2", band="today"),
        assessment("location", id="3", band="this-week"),
        assessment("location", id="4", band="worth-a-look"),
        assessment("disparagement", id="5", band="today", level="question"),
    ]
    assert tally_of(report(*found)) == (("personal-contact", "today"), ("location", "this-week"))


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
    assert counts.within(cell_scale()) < body["plus_minus"]
