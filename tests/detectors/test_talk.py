"""Talk about people: what is heard, what is let pass, and whose words they are."""

import pytest

from detectors import talk
from tests.detectors.saying import checks_heard, heard

HEARD = [
    ("Tyler in 8B got walked out by the police today", "pupil-information"),
    ("That lad in my Year 9 set whose dad's inside kicked off again", "pupil-information"),
    ("our deputy head Mrs Pell has been signed off with stress again", "colleague-information"),
    ("the parents at our place are thick as mince, the lot of them", "disparagement"),
    ("SLT couldn't organise a drink in a brewery, useless shower", "disparagement"),
]
PASSED = [
    "Thirty reports to write and I am out of adjectives",
    "My class were ace today, proper proud of them",  # a class, but nothing about a child
    "My son got a merit in maths, so proud of him",  # own family
    "The new timetable isn't working and I have said so",  # criticism without abuse
    "The head chef at Rosa's is a genius",  # another kind of head
    "Waterloo Road's new head is a wrong un, discuss",  # the telly
    "I went to school with half the darts team",
    "My amazing colleagues got me through this week",
]


@pytest.mark.parametrize(("value", "check"), HEARD)
def test_talk_about_people_is_heard(value, check):
    assert check in checks_heard(talk, value)


@pytest.mark.parametrize("value", PASSED)
def test_everyday_talk_is_let_pass(value):
    assert checks_heard(talk, value) == set()


def test_abuse_of_the_person_is_only_what_others_write():
    value = "you're a useless fat cow and my kid hates you"
    assert "targeted-abuse" in checks_heard(talk, value, kind="comment", author="other")
    assert "targeted-abuse" not in checks_heard(talk, value, kind="comment")


def test_a_finding_says_why():
    found = heard(talk, "Tyler in 8B got walked out by the police today")
    reasons = next(f.reasons for f in found if f.check == "pupil-information")
    assert len(reasons) > 1
    assert "a class, year or set is named" in reasons


def test_telling_words_are_not_the_whole_post():
    value = (
        "Long day. Kayden in my Year 5 class bit the dinner lady and got sent home. Soup for tea, then bed."
    )
    excerpt = next(f.excerpt for f in heard(talk, value) if f.check == "pupil-information")
    assert "Kayden" in excerpt
    assert len(excerpt) < len(value) / 1.4
