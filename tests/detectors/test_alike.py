"""Pictures that are one though edited, and pictures that only look alike."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

import detectors
from data import School, parse_pack, read_toml
from detectors import Image, Mark
from detectors._alike import alike, alike_whole
from detectors._lexicon import lexicon
from detectors._rarity import bits, pieces, shared
from tests.detectors.linkage_pairs import drawing

SCHOOL = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))
CERTAIN, LIKELY = (lexicon("linkage")["pictures"][key] for key in ("certain", "likely"))


def mark(what: str) -> Mark:
    made = detectors.look(Image("avatar", what, drawing(what)), "i", SCHOOL).mark
    assert made is not None
    return made


@pytest.mark.parametrize("edit", ["gray", "warm", "bright", "soft", "square", "mirror", "small"])
@pytest.mark.parametrize("scene", ["dog 21", "park 21", "food 21", "building 21"])
def test_an_edited_copy_is_certain(scene: str, edit: str) -> None:
    assert alike(mark(scene), mark(f"{scene} {edit}")) >= CERTAIN


@pytest.mark.parametrize("edit", ["crop", "corner"])
@pytest.mark.parametrize("scene", ["dog 21", "park 21", "food 21", "building 21"])
def test_a_copy_cut_off_the_middle_is_at_least_likely(scene: str, edit: str) -> None:
    assert alike(mark(scene), mark(f"{scene} {edit}")) >= LIKELY


def test_drawings_of_one_kind_are_never_certain() -> None:
    for scene in ("dog", "park", "food", "building", "group", "classroom", "water"):
        marks = [mark(f"{scene} {seed}") for seed in range(31, 36)]
        assert max(alike(a, b) for a, b in combinations(marks, 2)) < CERTAIN


def test_a_plain_strip_is_compared_without_stumbling() -> None:
    plain = Mark("p", "p", bytes(32), 1, bytes(96 * 60), 60, 0.5)
    assert alike(plain, replace(plain, hashes=bytes([255]) * 9 + bytes(23))) < CERTAIN


def test_many_are_held_against_many_as_one_by_one() -> None:
    some, others = [mark("dog 21"), mark("park 21")], [mark("food 21"), mark("park 21 square")]
    found = {(a.name, b.name) for likeness, a, b in alike_whole(some, others) if likeness >= CERTAIN}
    assert found == {("park 21", "park 21 square")}
    assert list(alike_whole([], others)) == []


RARITY = [
    ("johnsmith", 10),  # two common names
    ("coffeelover", 12),
    ("official", 2),
    ("sarah123", 7),
]


@pytest.mark.parametrize(("handle", "worth"), RARITY)
def test_common_parts_are_worth_little(handle: str, worth: float) -> None:
    assert bits(pieces(handle)) == worth


def test_an_invented_word_is_worth_more_than_a_name() -> None:
    assert bits(pieces("quillifeather")) > bits(pieces("johnsmith84"))


def test_accents_dots_and_capitals_do_not_count() -> None:
    assert shared("Zoë.Quilli_Feather", "zoequillifeather") == bits(pieces("zoequillifeather")) > 0


def test_a_short_beginning_alike_is_nothing() -> None:
    assert shared("moonpie", "moonraker") == shared("sam", "samantha") == shared("", "sam") == 0
