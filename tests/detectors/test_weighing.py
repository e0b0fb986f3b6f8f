"""Small signs weighed together, and how their weights are fitted."""

import pytest

from data import read_toml
from detectors._fitting import fit
from detectors._lexicon import lexicon, phrases
from detectors._weighing import chance, weights

ROWS = [(frozenset({"for"}), True)] * 8 + [(frozenset({"against"}), False)] * 8 + [(frozenset(), True)] * 2


@pytest.mark.parametrize("table", ["naming", "reach"])
def test_signs_move_the_chance_the_way_their_weights_say(table):
    known = {sign: weight for sign, weight in weights(table).items() if sign != "bias" and weight}
    plain = chance([], table)
    for sign, weight in known.items():
        assert (chance([sign], table) >= plain) is (weight > 0) or chance([sign], table) == plain


def test_a_sign_counts_once_and_an_unknown_one_not_at_all():
    assert chance(["i", "i", "never heard of"], "naming") == chance(["i"], "naming")


def test_weights_follow_the_cases_and_rare_signs_keep_their_prior():
    fitted = fit([*ROWS, (frozenset({"rare"}), True)], {"rare": -2.0}, ridge=1.0)
    assert fitted["for"] > 0 > fitted["against"]
    assert fitted["rare"] == -2.0


def test_a_strong_prior_holds_against_few_cases():
    assert fit(ROWS, {"for": -3.0}, ridge=1000.0)["for"] < -2


def test_fitting_twice_gives_the_same():
    assert fit(ROWS, {}, ridge=1.0) == fit(ROWS, {}, ridge=1.0)


@pytest.mark.parametrize("name", ["naming", "reach"])
def test_every_sign_has_its_words_and_its_place(name):
    stored = lexicon(name)
    assert set(stored["parts"]) <= set(stored["talk"])
    assert all(phrases(name, sign) for sign in stored["parts"])
    assert read_toml(f"calibration/{name}.toml")["prior"]
