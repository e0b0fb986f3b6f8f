"""The made-up staff: other people for every seed, the same lessons, and all of it findable."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import data
import detectors
from detectors import Coverage, Snapshot, Text
from scanner.gathering import gather
from scanner.pipeline import weigh
from scanner.practice.people import PLACES
from scanner.training import cast
from scanner.training.expected import expected

LESSONS = data.read_toml("training/lessons.toml")
SEEDS = (1, 2, 77)
STRENGTH = {"candidate": 0, "note": 1, "question": 2, "finding": 3}


def test_the_same_seed_makes_the_same_people():
    first = cast(5)
    cast.cache_clear()
    again = cast(5)
    assert again is not first
    assert again.members == first.members
    assert again.school.fingerprint == first.school.fingerprint


def test_another_seed_makes_other_people_with_the_same_lessons():
    one, other = cast(1), cast(2)
    assert [m.name for m in one.members] != [m.name for m in other.members]
    assert [[p.shows for p in m.plants] for m in one.members] != [
        [p.shows for p in m.plants] for m in other.members
    ]
    lessons = [
        Counter((m.key, p.lesson, p.check) for m in who.members for p in m.plants) for who in (one, other)
    ]
    assert lessons[0] == lessons[1]
    assert one.place.crest != other.place.crest


@pytest.mark.parametrize("seed", SEEDS)
def test_the_set_is_as_large_and_as_varied_as_a_staff_room(seed):
    members = cast(seed).members
    assert len(members) >= 12
    assert sum(m.clean for m in members) == 3
    assert all(2 <= len(m.profiles) <= 4 for m in members)
    assert len({m.name for m in members}) == len(members)
    assert {m.phase for m in members} >= {
        "nursery",
        "primary",
        "middle",
        "secondary",
        "sixth-form",
        "special",
    }
    assert min(m.age for m in members) < 25
    assert max(m.age for m in members) > 55
    assert {p.state for m in members for p in m.profiles} == {"open", "wall", "private"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_check_and_every_verdict_has_somebody_who_shows_it(seed):
    assert {plant.check for plant in cast(seed).plants} == set(data.checks())
    shown = {one.verdict for member in cast(seed).members for one in expected(member)}
    assert shown == {"exposed", "please-look", "shown-safe", "nothing-seen", "could-not-check", "asked"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plant_stands_somewhere_and_says_how_it_is_put_right(seed):
    for member in cast(seed).members:
        people = {person.name: person for person in member.profiles}
        for plant in member.plants:
            posts = {post.id for post in people[plant.profile].posts}
            links = {f"link-{n}" for n in range(1, 4)}
            assert plant.where in {*PLACES, *posts, *links, "any"}, plant
            assert plant.title
            assert plant.fix
            assert data.policy("altus-2023").cited(plant.check), plant.check
        assert member.clean is (not member.plants)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_says_the_same_twice_and_no_place_was_left_unfilled(seed):
    for member in cast(seed).members:
        texts = [post.text for person in member.profiles for post in person.posts]
        assert len(set(texts)) == len(texts), member.key
        assert not [text for text in texts if "{" in text]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_real(seed):
    made = cast(seed)
    said = "\n".join(p.model_dump_json() for m in made.members for p in m.profiles)
    said += made.school.pack.model_dump_json()
    for address in re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", said):
        assert address.endswith(".example"), address
    for number in re.findall(r"\b0\d{4} ?\d{6}\b|\b0\d{4} \d{3} ?\d{3}\b|\+44\d+", said):
        assert re.match(r"(?:0|\+44)(?:1632 ?960|7700 ?900)", number), number
    for postcode in re.findall(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", said):
        assert postcode.startswith("ZZ"), postcode


def told(made, key, kind, text, author="self"):
    snapshot = Snapshot(
        key,
        "fernpost",
        texts=(Text("x", kind, text, author=author),),
        coverage=Coverage(posts_seen=1, complete="complete"),
    )
    read = detectors.read(snapshot, made.school)
    return weigh(gather(snapshot, read, []), read.findings, made.school)


ALONE = sorted(
    key for key, row in LESSONS.items() if row.get("where") in {"post", "bio"} and key != "infer-bio"
)


@pytest.mark.parametrize("key", ALONE)
def test_every_way_to_tell_a_lesson_is_found_and_its_safe_way_is_not(key):
    """`infer-bio` needs more than one text, so only the whole trial can show it."""
    lesson = LESSONS[key]
    words = {**cast(3).place.words, "role": "PE teacher", "role_low": "PE teacher", "name": "Ida Dunmarrow"}
    words |= {"pupil": "Logan", "other": "Isla", "year": "Year 5", "class": "5K", "phone": "07700 900481"}
    words |= {"mail": "ida.dunmarrow@postbox.example", "code": "4471", "number": "12", "birth": "4 May 1990"}
    words |= {
        "short_one": "Cobnut",
        "first": "Ida",
        "day": "Tuesday",
        "friend": "Bex",
        "home": "01632 960555",
    }
    for text in lesson["texts"]:
        said = told(cast(3), key, lesson["where"], text.format_map(words))
        sure = [
            a for a in said if a.check == lesson["check"] and STRENGTH[a.level] >= STRENGTH[lesson["level"]]
        ]
        assert sure, (text, [(a.check, a.level) for a in said])
    for text in filter(None, lesson["safe"]):
        loud = [a.check for a in told(cast(3), key, lesson["where"], text) if STRENGTH[a.level] > 1]
        assert loud == [], text


@pytest.mark.parametrize("part", ["chatter", "lures"])
def test_what_is_said_between_the_lessons_is_nobodys_business(part):
    table = data.read_toml(f"training/{part}.toml")
    posts = table["posts"] if part == "lures" else [post for row in table.values() for post in row["posts"]]
    assert len(posts) >= 18
    for text in posts:
        assert [a.check for a in told(cast(3), "quiet", "post", text) if STRENGTH[a.level] > 1] == [], text
