"""Labelled cases: marks become spans, parts stay with their writers."""

import json

import pytest

from data import checks, read_bytes, read_toml, stems
from detectors import _cases
from detectors._cases import Label

EVERYTHING = _cases.cases()


@pytest.mark.parametrize(
    ("marked", "text", "labels"),
    [
        ("nothing here", "nothing here", ()),
        ("a [[location: b c]] d", "a b c d", (Label("location", (2, 5)),)),
        ("[[location?: x]]!", "x!", (Label("location", (0, 1), asked=True),)),
        (
            "[[pupil-information+disparagement?: them]]",
            "them",
            (Label("pupil-information", (0, 4)), Label("disparagement", (0, 4), asked=True)),
        ),
        ("[[location: at [home]]] now", "at [home] now", (Label("location", (0, 9)),)),  # ends with a bracket
    ],
)
def test_marks_become_spans(marked, text, labels):
    assert _cases.unmarked(marked) == (text, labels)


def test_every_case_fits_its_text():
    ids = [case.snapshot.id for case in EVERYTHING]
    assert len(set(ids)) == len(ids) >= 2500
    for case in EVERYTHING:
        assert "[[" not in case.text.value
        for label in case.labels:
            assert label.check in checks()
            assert label.span is None or 0 <= label.span[0] < label.span[1] <= len(case.text.value)
        assert _cases.school(case.school).pack.name


def test_writers_of_the_held_out_part_wrote_nothing_else():
    parts = {}
    for case in EVERYTHING:
        parts.setdefault(case.writer, set()).add(case.part)
    assert all(len(found) == 1 for found in parts.values())
    named = read_toml("cases/parts.toml")
    assert not set(named["tune"]) & set(named["heldout"])
    assert set(named["tune"]) | set(named["heldout"]) <= set(stems("cases/text", ".jsonl"))


def test_half_of_the_cases_and_more_are_quiet():
    assert sum(not case.labels for case in EVERYTHING) > len(EVERYTHING) / 2


def test_profiles_know_what_gives_them_away():
    whole = _cases.profiles()
    assert len(whole) >= 150
    for profile in whole:
        places = {text.where for text in profile.snapshot.texts} | {"handle"}
        assert set(profile.inferable or ()) <= places, profile.snapshot.id
    assert any(profile.clean for profile in whole)


def test_a_profile_gives_each_text_as_a_case():
    profile = next(p for p in _cases.profiles("tune") if any(p.labels.values()))
    alone = list(_cases.profile_texts(profile))
    assert len(alone) == len(profile.snapshot.texts)
    assert sum(len(case.labels) for case in alone) == sum(map(len, profile.labels.values()))


def test_contacts_in_the_cases_are_those_kept_for_fiction():
    written = b"".join(read_bytes(f"cases/text/{stem}.jsonl") for stem in stems("cases/text", ".jsonl"))
    lines = [json.loads(line) for line in written.decode().splitlines()]
    assert not [line["id"] for line in lines if "gmail.com" in str(line.get("marked", ""))]
