"""Places and times that tell where the person is; holidays that are over and towns in passing do not."""

import pytest

from detectors import whereabouts
from tests.detectors.saying import checks_heard

HEARD = [
    "off to Tenerife tomorrow, house empty till the 14th",
    "same run along the canal every morning at 5.40, out the door on Bell Lane",
    "come round, we're at 14 Gull Terrace, back door's never locked",
]
PASSED = [
    "Back from Cornwall, what a week that was",  # over
    "London is too hot",
    "The trip to the science museum was ace",  # a public place
    "Rosa's on Mill Road does the best chips",
]


@pytest.mark.parametrize("value", HEARD)
def test_whereabouts_are_heard(value):
    assert checks_heard(whereabouts, value) == {"location"}


@pytest.mark.parametrize("value", PASSED)
def test_places_that_give_nothing_away_are_let_pass(value):
    assert checks_heard(whereabouts, value) == set()


def test_what_others_write_is_theirs():
    assert checks_heard(whereabouts, HEARD[0], kind="comment", author="other") == set()
