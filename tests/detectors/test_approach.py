"""Invitations to pupils and parents, told apart from those to friends and customers."""

import pytest

from detectors import approach
from tests.detectors.saying import checks_heard

HEARD = [
    "Year 11s add me on snap once you've left!",
    "parents of 4B message me here about the trip money",
]
PASSED = [
    "Parents evening done, kettle on",
    "follow me back please, it would mean the world x 52",
]


@pytest.mark.parametrize("value", HEARD)
def test_invitations_to_pupils_and_parents_are_heard(value):
    assert checks_heard(approach, value) == {"pupil-contact"}


@pytest.mark.parametrize("value", PASSED)
def test_other_invitations_are_let_pass(value):
    assert checks_heard(approach, value) == set()


def test_an_official_account_may_speak_to_parents():
    assert checks_heard(approach, HEARD[1], exemptions=["official_account"]) == set()
