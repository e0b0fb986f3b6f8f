"""The planted list, and the comparison with what a report says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import data
from detectors import Location
from scanner.model import Advice, Assessment
from scanner.practice import clean, compare, people, planted
from scanner.practice.bench import bench
from scanner.practice.people import PLACES, path_of

EVERYONE = {person.name: person for person in (*people(), bench())}
CHECKS = frozenset(item.check for item in planted() if item.built)
SHAPES = {"hearthpage", "fernpost", "linkposy", "pixelpatch", "pagewright", "ladderline"}


def assessment(check="employer-mention", profile="priya", where="bio", level="finding"):
    return Assessment(
        id="a1", check=check, rule="r", level=level, band="this-week", score=0.9, profile=profile,
        location=Location(item=profile, where=where), advice=Advice("", "", (), 1),
    )  # fmt: skip


def as_reported(item):
    return assessment(item.check, f"http://127.0.0.1:8000{path_of(item.profile)}", item.where, item.level)


def test_every_platform_shape_has_a_person_with_something_planted():
    exposed = {EVERYONE[item.profile].platform for item in planted() if item.profile != "bench"}
    assert exposed == SHAPES


def test_two_clean_people_have_posts_and_pictures_and_nothing_planted():
    assert len(clean()) == 2
    for name in clean():
        assert len(EVERYONE[name].posts) >= 6
        assert len(EVERYONE[name].pictures()) >= 6
        assert [item for item in planted() if item.profile == name] == []


def test_what_could_not_be_looked_at_is_there_to_see():
    assert {person.state for person in people()} == {"open", "wall", "private"}


@pytest.mark.parametrize("item", planted(), ids=lambda item: f"{item.profile}-{item.check}-{item.where}")
def test_a_planted_thing_has_a_person_a_place_and_a_public_check(item):
    person = EVERYONE[item.profile]
    places = {
        *PLACES,
        *(post.id for post in person.posts),
        *(f"link-{n}" for n in range(1, len(person.links) + 1)),
    }
    assert {item.where, *item.also} <= places
    assert item.check in data.checks()
    assert not item.picture or item.picture in {picture.name for picture in person.pictures()}


def test_the_planted_list_has_no_thing_twice():
    assert len(set(planted())) == len(planted())


def test_the_checks_built_first_are_all_planted():
    assert {
        "employer-mention", "official-contact", "personal-contact", "school-logo", "known-photo",
        "photo-metadata", "weak-privacy", "search-listing", "id-badge", "school-text", "pupil-image",
    } == CHECKS  # fmt: skip


def test_posts_are_told_apart_and_run_from_new_to_old():
    for person in EVERYONE.values():
        assert len({post.id for post in person.posts}) == len(person.posts)
        dates = [date.fromisoformat(post.date[:10]) for post in person.posts]
        assert dates == sorted(dates, reverse=True), person.name


def test_a_perfect_report_agrees():
    result = compare([as_reported(item) for item in planted()], planted(), built=CHECKS)
    assert result.agrees
    assert len(result.found) == sum(item.built for item in planted())


def test_an_empty_report_has_missed_everything_built():
    result = compare([], planted(), built=CHECKS)
    assert not result.agrees
    assert result.found == ()
    assert set(result.missed) == {item for item in planted() if item.built}


def test_checks_not_built_are_not_missed():
    assert compare([], planted(), built=frozenset()).agrees


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"profile": "http://127.0.0.1:9/hearthpage/priya.lathwell/"}, True),
        ({"profile": "http://127.0.0.1:9/fernpost/dan.whitlow"}, False),
        ({"where": "n1"}, False),
        ({"where": "headline"}, False),
        ({"check": "personal-contact"}, False),
        ({"level": "question"}, False),  # planted as certain
        ({"level": "candidate"}, False),
    ],
)
def test_a_finding_counts_only_for_the_same_thing_in_the_same_place(change, counts):
    item = next(item for item in planted() if item.profile == "priya" and item.check == "employer-mention")
    result = compare([assessment(**change)], [item], built=CHECKS)
    assert result.agrees is counts


@pytest.mark.parametrize("where", ["d11", "post/d11", "http://127.0.0.1:1/fernpost/dan.whitlow/d11", "x#d11"])
def test_a_post_is_known_by_its_id_or_its_address(where):
    item = next(item for item in planted() if item.where == "d11")
    assert compare([assessment("school-logo", "dan", where)], [item], built=CHECKS).agrees


def test_a_surer_answer_than_asked_for_counts_too():
    item = next(item for item in planted() if item.where == "d03")
    assert item.level == "question"
    assert compare([assessment("employer-mention", "dan", "d03", "finding")], [item], built=CHECKS).agrees


@pytest.mark.parametrize(
    ("level", "counts"), [("finding", 1), ("question", 1), ("note", 0), ("candidate", 0)]
)
def test_anything_said_about_a_clean_person_spoils_the_result(level, counts):
    said = assessment("employer-mention", "http://127.0.0.1:9/fernpost/marlow.finch", "s01", level)
    result = compare([said], [], built=CHECKS)
    assert len(result.unexpected_on_clean) == counts


def test_a_copy_marked_as_not_built_is_left_out():
    item = replace(planted()[0], built=False)
    assert compare([], [item], built=CHECKS).missed == ()


def test_nothing_on_the_site_is_real():
    everything = "\n".join(person.model_dump_json() for person in EVERYONE.values())
    everything += data.read_bytes("practice/school/school.toml").decode()
    for address in re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", everything):
        assert address.endswith(".example"), address
    for number in re.findall(r"\b0\d{4} ?\d{6}\b|\b0\d{4} \d{3} ?\d{3}\b|\+44\d+", everything):
        assert re.match(r"(?:0|\+44)(?:1632 ?960|7700 ?900)", number), number
    for postcode in re.findall(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", everything):
        assert postcode.startswith("ZZ"), postcode
    brands = "facebook|instagram|tiktok|linkedin|twitter|snapchat|whatsapp|youtube|google|linktree|strava|the altus"
    assert not re.search(rf"\b(?:{brands})\b", everything, re.IGNORECASE)
