"""Inner matters, codes and links; what is public, or somebody else's code, is let pass."""

import pytest

from detectors import internal
from tests.detectors.saying import heard

HEARD = [
    ("they're cutting five TAs after half term, staff haven't been told yet", "internal-matter"),
    ("new code for the side gate is 2580, kick it if it sticks", "code"),
    ("Prep room keypad is still 1066 because nobody will change it", "code"),
    ("log on with user sixth, password Dewey510", "code"),
    ("the Year 11 seating plan is here docs.google.example/d/1Hxq9 if you need it", "open-link"),
]
PASSED = [
    "Ofsted published its annual report today",
    "use code SAVE20 for a fifth off",
    "finished that spy film, the door code was 1234, of course it was",  # somebody else's door
    "wifi at the cafe is scones4tea, you're welcome",
    "my sourdough recipe: docs.google.example/d/1Bread9",
    "it was built in 1066 and the door still sticks",
]


@pytest.mark.parametrize(("value", "rule"), HEARD)
def test_inner_matters_are_heard(value, rule):
    assert [f.rule for f in heard(internal, value)] == [rule]


@pytest.mark.parametrize("value", PASSED)
def test_public_matters_and_other_codes_are_let_pass(value):
    assert heard(internal, value) == []
