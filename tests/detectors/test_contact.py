"""Contact details: the school's, the person's, and what only looks like one."""

import time

import pytest

from data import School, parse_pack, read_toml, rules
from detectors import Snapshot, Text, _language, contact
from detectors._numbers import luhn, national, uk_phone

OAKFIELD = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))


def judge(value, kind="post", author="self", **snapshot):
    text = Text("1", kind, value, author)
    profile = Snapshot("1", "web", texts=(text,), **snapshot)
    found = contact.read(text, _language.parse([value])[0], profile, OAKFIELD)
    named = [(f.check, rules()[f.rule].level(f.score), value[slice(*f.location.span)]) for f in found]
    return [row for row in named if row[1] != "candidate"]


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("mail t.lee@oakfieldprimary.example", "t.lee@oakfieldprimary.example"),
        ("mail t.lee@mail.oakfieldprimary.example now", "t.lee@mail.oakfieldprimary.example"),
        ("t.lee [at] oakfieldprimary [dot] example", "t.lee [at] oakfieldprimary [dot] example"),
        ("ring 01632 960 321", "01632 960 321"),
        ("ring 01632-960-321", "01632-960-321"),
        ("ring (01632) 960321", "(01632) 960321"),
        ("ring +44 1632 960321", "+44 1632 960321"),
        ("find us at ZH4 7QA", "ZH4 7QA"),
    ],
)
def test_the_schools_own_details_in_any_writing(value, span):
    assert judge(value) == [("official-contact", "finding", span)]


@pytest.mark.parametrize(
    ("value", "level", "span"),
    [
        ("jo.lee84@gmail.com", "finding", "jo.lee84@gmail.com"),
        ("jo@lees.example", "finding", "jo@lees.example"),  # invented people live under .example
        ("jo dot lee at gmail dot com", "finding", "jo dot lee at gmail dot com"),
        ("jo(at)gmail", "finding", "jo(at)gmail"),
        ("text me on 07700 900461", "finding", "07700 900461"),
        ("o77oo 900461 is me", "finding", "o77oo 900461"),
        ("0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣4️⃣6️⃣1️⃣", "finding", "0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣4️⃣6️⃣1️⃣"),
        (
            "oh seven seven double oh nine hundred four six one",
            "finding",
            "oh seven seven double oh nine hundred four six one",
        ),
        ("our new house: 14 Larch Close", "finding", "14 Larch Close"),
        ("we live at 14 Larch Close, ZH4 9PL", "finding", "14 Larch Close, ZH4 9PL"),
        ("ZH4 9PL", "question", "ZH4 9PL"),
        ("dob 14.03.1987", "finding", "14.03.1987"),
        ("my birthday is March 14th", "question", "March 14th"),
        ("NI no AB 12 34 56 C", "finding", "AB 12 34 56 C"),
        ("my car, reg AB12 CDE", "finding", "AB12 CDE"),
        ("bank: 00-99-88 12345678", "finding", "00-99-88 12345678"),
        ("4242 4242 4242 4242", "finding", "4242 4242 4242 4242"),
        ("https://wa.me/447700900461", "finding", "https://wa.me/447700900461"),
        ("paypal.me/jolee", "question", "paypal.me/jolee"),
    ],
)
def test_the_persons_own_details(value, level, span):
    assert judge(value) == [("personal-contact", level, span)]


@pytest.mark.parametrize(
    "value",
    [
        "1@2x.png",
        "34912442@N03.jpg",
        "example@example.com",
        "ask info@harfieldbaths.example",
        "see you at gmail dot com party",
        "order number 07700900461",
        "£07700 900461",
        "0800 1111",
        "the plumber's on 01632 960983",
        "Samaritans 116 123",
        "2019-2024",
        "we won 3-1, 12-10 and 21-19",
        "14 mile drive",
        "gig at 14 High Street",
        "PS5 4GB",
        "the venue is at ZH4 9PL",
        "founded 14 March 1887",
        "BG 12 34 56 A",  # a prefix that is never given out
        "AB12 CDE",  # a plate, and nobody's car
        "4242 4242 4242 4241",  # the check digit is wrong
    ],
)
def test_what_only_looks_like_a_detail(value):
    assert judge(value) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("found a dog, ring 07700 900461", []),
        ("is your number still 07700 900461?", ["question"]),
    ],
)
def test_others_words_are_never_more_than_a_question(value, expected):
    assert [level for _, level, _ in judge(value, "comment", "other")] == expected


def test_whether_an_official_account_may_show_the_schools_details_is_left_to_the_policy():
    shown = judge("ring 01632 960321", exemptions=frozenset({"official_account"}))
    assert shown == judge("ring 01632 960321")


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("07700900461", True),  # kept for drama
        ("01632960983", True),
        ("02079460123", True),
        ("01111111111", False),
        ("20192024", False),
    ],
)
def test_uk_numbers(number, valid):
    assert uk_phone(number) is valid


def test_numbers_are_compared_as_dialled_at_home():
    assert {national(n) for n in ("+44 (0)1632 960321", "0044 1632 960321", "(01632) 960-321")} == {
        "01632960321"
    }


def test_the_card_check_takes_thirteen_to_nineteen_digits():
    assert luhn("4242424242424242")
    assert not luhn("4242424242424243")
    assert not luhn("00")


@pytest.mark.parametrize(
    "unit", ["0", "a@", "a at b dot c ", "one ", "12 ", "+44(0)", "wa.me/", "(", " ", "07700 "]
)
def test_long_text_takes_linear_time(unit):
    began = time.perf_counter()
    judge(unit * (300_000 // len(unit)))
    assert time.perf_counter() - began < 20  # about 2 s when the machine is idle; hours if quadratic
