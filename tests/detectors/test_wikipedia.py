"""Which edited pages touch the school, by their titles."""

from __future__ import annotations

import pytest

from data import School, parse_pack, read_toml, rules
from detectors import Snapshot, Text, read
from detectors._names import compile_names
from detectors.wikipedia import warm

SCHOOL = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))


def level(title, *, platform="wikipedia", kind="link", author="self"):
    snapshot = Snapshot("u", platform, texts=(Text("edit-1", kind, title, author),))
    found = [f for f in read(snapshot, SCHOOL).findings if f.check == "wikipedia-editing"]
    assert all(title[slice(*f.location.span)] == f.excerpt for f in found)
    return rules()[found[0].rule].level(found[0].score) if found else None


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Oakfield Primary School", "finding"),
        ("The Oakfield Primary School", "finding"),
        ("Oakfield Primary", "finding"),  # an alias
        ("Talk:Oakfield Primary School", "finding"),
        ("Draft talk:Oakfield Primary School", "finding"),
        ("File:Oakfield Primary School", "finding"),
        ("Oakfield Primary School, Harfield", "finding"),  # the school's own town
        ("Oakfield Primary School (Harfield)", "finding"),
        ("Oakfield Primary School/Archive 1", "finding"),
        ("Oakfield Primary School, Leeds", "question"),  # a namesake in another town
        ("History of Oakfield Primary School", "question"),
        ("File:Oakfield Primary School gate.jpg", "question"),
        ("Oakfield", "candidate"),  # a place, a surname
        ("Oak", None),
        ("List of primary schools in Harshire", None),
        ("", None),
    ],
)
def test_a_title_is_judged_by_how_much_of_it_is_the_school(title, said):
    assert level(title) == said


@pytest.mark.parametrize(
    "other",
    [
        {"platform": "mastodon"},  # a link that names the school is no edit
        {"platform": "linkhub"},
        {"kind": "bio"},  # the user page's own words
        {"author": "other"},
    ],
)
def test_only_the_edits_of_a_wiki_account_count(other):
    assert level("Oakfield Primary School", **other) is None


def test_a_long_text_is_no_title():
    assert level("Oakfield Primary School " + "x" * 300) is None
    assert level("Oakfield Primary School\nand more", kind="post") is None


def test_names_are_compiled_once():
    warm(SCHOOL)
    assert compile_names(SCHOOL) is compile_names(SCHOOL)
