"""What a person decided stays decided, also for a copy put up again, and never hides what came back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from PIL import Image as Pixels

from detectors import Image, _alike, _pictures
from scanner.decisions import CHOICES, MOST, NEAR, Decisions, split
from scanner.errors import UsageError
from tests import builders, pictures

BEFORE = builders.AT - timedelta(hours=1)
AFTER = builders.AT + timedelta(hours=1)
HASH = "f0" * 32


def flipped(bits: int) -> str:
    return f"{int(HASH, 16) ^ ((1 << bits) - 1):064x}"


def picture(id_: str, hash_: str = HASH, check: str = "school-logo"):
    return builders.assessment(check=check, id=id_, print=hash_)


@pytest.mark.parametrize("choice", CHOICES)
def test_what_was_decided_after_the_look_is_folded_away(choice) -> None:
    found, other = builders.assessment(id="a"), builders.assessment(id="b")
    parted = split(builders.report(found, other), Decisions().decide([found], choice, at=AFTER))
    assert [one.id for one in parted.open] == ["b"]
    assert parted.decided["a"].choice == choice
    assert not parted.again


@pytest.mark.parametrize(
    ("choice", "comes_back"),
    [
        ("fixed", True),  # it is still there, so it was not fixed
        ("remind", True),
        ("not-right", False),
        ("not-mine", False),
        ("allowed", False),
    ],
)
def test_fixed_is_not_silence_when_a_later_look_still_sees_it(choice, comes_back: bool) -> None:
    found = builders.assessment(id="a")
    parted = split(builders.report(found), Decisions().decide([found], choice, at=BEFORE))
    assert (found in parted.open) is comes_back
    assert ("a" in parted.again) is comes_back
    assert ("a" in parted.decided) is not comes_back


def test_each_profile_has_its_own_time_of_looking() -> None:
    found = builders.assessment(id="a")
    said = Decisions().decide([found], "fixed", at=BEFORE)
    not_looked_again = builders.profile(looked_at=BEFORE - timedelta(hours=1))
    assert not split(builders.report(found, profiles=(not_looked_again,)), said).open


@pytest.mark.parametrize(
    ("copy", "dismissed"),
    [
        (picture("b"), True),
        (picture("b", flipped(NEAR)), True),
        (picture("b", flipped(NEAR + 1)), False),
        (picture("b", check="id-badge"), False),  # another thing in the same picture is news
        (picture("b", ""), False),
    ],
)
def test_a_copy_of_a_dismissed_picture_stays_dismissed(copy, dismissed: bool) -> None:
    said = Decisions().decide([picture("a")], "allowed", at=BEFORE)
    assert ("b" in split(builders.report(copy), said).decided) is dismissed


def test_findings_in_words_are_never_taken_for_one_another() -> None:
    said = Decisions().decide([builders.assessment(id="a")], "allowed", at=BEFORE)
    assert split(builders.report(builders.assessment(id="b")), said).open


def test_taking_back_a_copy_takes_back_what_dismissed_it() -> None:
    said = Decisions().decide([picture("a")], "allowed", at=BEFORE)
    assert said.take_back([picture("b")]).made == {}
    assert said.take_back([builders.assessment(id="c")]).made == said.made


def test_the_nearest_picture_answers_for_a_copy() -> None:
    said = Decisions().decide([picture("a", flipped(20))], "allowed", at=BEFORE)
    said = said.decide([picture("b", flipped(3))], "not-mine", at=BEFORE)
    decision = said.of(picture("c"))
    assert decision is not None
    assert decision.choice == "not-mine"


def test_decisions_survive_being_kept_and_hold_no_words() -> None:
    found = replace(picture("a"), excerpt="canary", crop=b"canary")
    said = Decisions().decide([found], "not-mine", at=BEFORE)
    kept = json.dumps(said.to_json())
    assert Decisions.from_json(json.loads(kept)) == said
    assert "canary" not in kept
    assert "robin" not in kept


def test_choices_of_a_newer_version_are_left_out() -> None:
    kept = Decisions().decide([picture("a")], "fixed", at=BEFORE).to_json()
    kept["b"] = {**kept["a"], "choice": "snoozed"}
    assert set(Decisions.from_json(kept).made) == {"a"}


@pytest.mark.parametrize(
    "kept",
    [
        [],
        {"a": 1},
        {"a": {}},
        {"a": {"choice": "fixed", "at": "soon", "check": "", "print": ""}},
        {"a": {"choice": "fixed", "at": "2026-03-03", "check": "", "print": "no hex"}},
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(kept) -> None:
    with pytest.raises(UsageError, match="left out"):
        Decisions.from_json(kept)


def test_decisions_have_a_bound_and_the_oldest_go_first() -> None:
    many = [builders.assessment(id=str(n)) for n in range(MOST + 5)]
    made = Decisions().decide(many, "allowed", at=datetime(2026, 1, 1, tzinfo=UTC)).made
    assert len(made) == MOST
    assert "0" not in made


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("side", [0.4, 1.0])
def test_a_picture_saved_again_smaller_and_coarser_keeps_its_hash(side: float, seed: int) -> None:
    drawn = pictures.scene(seed)
    size = round(drawn.shape[1] * side), round(drawn.shape[0] * side)
    again = pictures.jpeg_round(np.asarray(Pixels.fromarray(drawn).resize(size)), 40)
    assert (known_by(drawn) ^ known_by(again)).bit_count() <= NEAR


def test_other_pictures_are_far_from_it() -> None:
    hashes = [known_by(pictures.scene(seed)) for seed in range(12)]
    assert min((a ^ b).bit_count() for a, b in combinations(hashes, 2)) > NEAR


def known_by(pixels: np.ndarray) -> int:
    mark = _alike.mark(_pictures.decode(Image("p", "a", pictures.encode(pixels))))
    assert mark is not None
    return int(mark.whole.hex(), 16)
