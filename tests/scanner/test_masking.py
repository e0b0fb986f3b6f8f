"""What a quote may show: its owner and the school, nobody else, no number, nothing sensitive."""

from __future__ import annotations

import time

import pytest

from data import Pack
from scanner.masking import mask
from tests.builders import snapshot

PACK = Pack(
    name="Harfield Green School",
    aliases=("Harfield Green",),
    handles=("@harfieldgreen",),
    colleagues=("Kim Otter",),
    head="Dana Birch",
)


@pytest.mark.parametrize(
    ("check", "excerpt", "shown"),
    [
        ("employer-mention", "I teach at Harfield Green School", "I teach at Harfield Green School"),
        ("employer-mention", "Robin Vale, @robin_vale", "Robin Vale, @robin_vale"),  # the owner
        ("employer-mention", "with @harfieldgreen and @kim_o", "with @harfieldgreen and @…"),
        ("employer-mention", "hello @kim@mast.example", "hello @…"),
        ("employer-mention", "at work with Mr Oakes", "at work with Mr [name]"),
        ("employer-mention", "thanks mrs. tolley", "thanks mrs. [name]"),  # a title tells, capitals or not
        ("employer-mention", "tea with Jules Marten today", "tea with [name] today"),
        ("employer-mention", "kim otter was there", "[name] was there"),  # the school named her
        ("official-contact", "r.vale@harfield.example", "r…@harfield.example"),
        ("official-contact", "ring 01632 960983 now", "ring 01••• ••••83 now"),
        ("official-contact", "ring +44 (0)1632 960983 now", "ring +44 (•)•••• ••••83 now"),
        ("official-contact", "Room 12, 30 chairs", "Room 12, 30 chairs"),  # too short to be a phone
        ("personal-contact", "flat 9, 12 Acacia Road, ZZ9 9ZZ", "flat •, •• Acacia Road, ZZ• •ZZ"),
        ("personal-contact", "robin@mail.example", "r…@mail.example"),
        ("personal-contact", "born 3 May 1988", "born • May ••••"),
        ("pupil-information", "Tyler threw a chair again", "[name] threw a chair again"),
        ("pupil-information", "Tyler's mum and K.B. in Year 9", "[name] mum and [name]. in Year 9"),
        ("pupil-information", "one of mine has an EHCP", "one of mine has an [sensitive detail]"),
        ("pupil-information", "his social workers rang", "his [sensitive detail] rang"),
        ("pupil-information", "I'll send the sender a note", "I'll send the sender a note"),  # not SEND
        ("disparagement", "What a fool Dana Birch is", "What a fool [name] is"),
        ("location", "home at last\n\n  at last", "home at last at last"),
    ],
)
def test_quotes_show_only_what_they_may(check, excerpt, shown):
    assert mask(excerpt, check=check, snapshot=snapshot(), pack=PACK) == shown


def test_a_long_quote_is_cut():
    assert len(mask("word " * 500, check="location", snapshot=snapshot(), pack=PACK)) <= 160


@pytest.mark.parametrize(
    "flood", ["1 " * 9000, "(" * 9000, "@a." * 4000, "A-" * 9000, "a@" * 9000, "Mr " * 9000]
)
def test_a_hostile_quote_costs_no_time(flood):
    started = time.process_time()
    mask(flood, check="pupil-information", snapshot=snapshot(), pack=PACK)
    assert time.process_time() - started < 0.5
