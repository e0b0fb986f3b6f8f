"""A set on disk: a pack that opens, profiles the scanner can inspect, a label for everything."""

from __future__ import annotations

import json

import pytest

import data
from data import load_school
from scanner.errors import UsageError
from scanner.inspection import jobs
from scanner.training import cast
from scanner.training.build import build


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set") / "seven"
    build(cast(7), folder)
    return folder


def test_the_pack_is_the_school_of_the_set(made):
    school = load_school(made / "school")
    assert school.pack == cast(7).school.pack
    assert {photo.name for photo in school.photos} == {photo.name for photo in cast(7).school.photos}


def test_every_profile_can_be_inspected(made):
    warned = []
    read = list(jobs([made / "people"], warn=warned.append))
    walls = sum(p.state == "wall" for m in cast(7).members for p in m.profiles)
    profiles = sum(len(m.profiles) for m in cast(7).members)
    assert len(read) == profiles - walls
    assert warned == []


def test_every_plant_and_verdict_has_a_label(made):
    rows = [json.loads(line) for line in (made / "labels.jsonl").read_text().splitlines()]
    planted = [row for row in rows if "level" in row]
    assert len(planted) == len(cast(7).plants)
    assert {row["check"] for row in planted} == set(data.checks())
    assert all(row["clauses"] and row["fix"] for row in planted)
    assert len({row["verdict"] for row in rows if "verdict" in row}) == 6


def test_nothing_is_ever_written_over(made):
    with pytest.raises(UsageError, match="not an empty folder"):
        build(cast(7), made)
