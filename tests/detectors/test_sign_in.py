"""The account that hangs on a school's e-mail address."""

from __future__ import annotations

import pytest

from data import Pack, School
from detectors import sign_in
from scanner.audience import shown
from scanner.together import from_one
from tests.builders import snapshot

SCHOOL = School(Pack(name="Harfield Green School", domains=("harfield.example",)))


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (("robin@harfield.example",), 1),
        (("robin@Mail.Harfield.example", "r.vale@harfield.example"), 1),  # told once
        (("robin@mail.example",), 0),
        (("robin@notharfield.example",), 0),
        ((), 0),
    ],
)
def test_only_the_schools_own_addresses_are_told(addresses, found):
    read = snapshot(sign_in=addresses)
    assert len(list(sign_in.weigh(read, SCHOOL))) == found


def test_it_is_no_place_that_anyone_sees():
    read = from_one(snapshot(sign_in=("robin@harfield.example",)), "export")
    (one,) = sign_in.weigh(read, SCHOOL)
    assert shown(one.location, read) == ""
    assert read.origins[one.location.where] == (("export", one.location.where),)
