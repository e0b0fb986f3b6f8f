"""Which profiles a stranger could join, and the walk that is told."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache

import pytest

import detectors
from data import School, parse_pack, read_toml, rules
from detectors import Finding, Image, Seen, Snapshot, Text
from tests.detectors.linkage_pairs import HELD_BACK, HOME, PAIRS, WORK, Pair, Side, drawing, snapshot_of

SCHOOL = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))

KNOWN_WRONG = {
    "another portrait": "question",  # two drawn people with the same light in the same place
    "avatar corner and gray": "none",  # a cut off the middle moves every line a little
    "avatar round and gray": "none",  # little is left inside the ring
}


def seen(snapshot: Snapshot) -> Seen:
    found = list(detectors.read(replace(snapshot, images=()), SCHOOL).findings)
    marks = []
    for image in snapshot.images:
        looked = detectors.look(image, snapshot.id, SCHOOL)
        found += looked.findings
        marks += [looked.mark] if looked.mark else []
    return Seen(snapshot, tuple(found), tuple(marks))


def told(*snapshots: Snapshot) -> tuple[Finding, ...]:
    outcome = detectors.link([seen(one) for one in snapshots], SCHOOL)
    assert outcome.not_run == {}
    return outcome.findings


def level(found: Finding) -> str:
    return rules()[found.rule].level(found.score)


@lru_cache(maxsize=256)
def answer(pair_name: str) -> str:
    pair = next(pair for pair in (*PAIRS, *HELD_BACK) if pair.name == pair_name)
    findings = told(snapshot_of(pair.one, WORK), snapshot_of(pair.two, HOME))
    return max((level(f) for f in findings), key=("note", "question", "finding").index, default="none")


@pytest.mark.parametrize("pair", [*PAIRS, *HELD_BACK], ids=lambda pair: pair.name)
def test_a_pair_is_joined_only_where_a_stranger_could_join_it(pair: Pair) -> None:
    assert answer(pair.name) == KNOWN_WRONG.get(pair.name, pair.expected)


@pytest.mark.parametrize(("pairs", "precision", "recall"), [(PAIRS, 0.97, 1.0), (HELD_BACK, 1.0, 0.86)])
def test_precision_and_recall_do_not_fall_below_the_recorded_figures(pairs, precision, recall) -> None:
    linked = {pair.name for pair in pairs if pair.expected != "none"}
    reported = {pair.name for pair in pairs if answer(pair.name) != "none"}
    assert len(reported & linked) / len(reported) >= precision
    assert len(reported & linked) / len(linked) >= recall


def test_nothing_certain_is_said_of_a_pair_that_is_not_linked() -> None:
    assert not [
        p.name for p in (*PAIRS, *HELD_BACK) if p.expected != "finding" and answer(p.name) == "finding"
    ]


LINKEDIN = Side("linkedin", "robin-vale-7a1", "Robin Vale", pictures=(("avatar", "dog 3"),))
X = Side("x", "quillifeather", "toast", pictures=(("avatar", "dog 3 small"),))
INSTAGRAM = Side("instagram", "quillifeather", "rv", links=("https://sundaytoast.example/",))
SITE = Side("site", "sundaytoast", "Sunday toast")


def test_a_walk_names_its_places_in_order_and_its_reasons_say_them() -> None:
    (found,) = told(snapshot_of(LINKEDIN, WORK), snapshot_of(replace(X, name="t"), HOME))
    assert (found.rule, found.location.where, level(found)) == ("same-picture", "avatar", "finding")
    assert [place.where for place in found.evidence] == ["bio", "avatar", "avatar", "bio"]
    assert found.reasons == (
        "your LinkedIn names the school",
        "the same picture leads to your X",
        "it shows where you live",
    )


def test_a_walk_may_lead_over_several_profiles() -> None:
    found = told(
        snapshot_of(LINKEDIN, WORK),
        snapshot_of(X, "Bread."),
        snapshot_of(INSTAGRAM, "Slow Sundays."),
        snapshot_of(SITE, HOME),
    )
    (walk,) = [one for one in found if level(one) == "finding"]
    assert len(walk.evidence) == 2 + 2 * 3
    assert walk.reasons[1:] == (
        "the same picture leads to your X",
        "the same user name leads to your Instagram",
        "a link there leads to your page sundaytoast.example",
        "it shows where you live",
    )
    # the link is what to take out, and it stands on the page before
    assert walk.location.item == "https://www.instagram.com/quillifeather"


def test_accounts_that_hide_nothing_from_each_other_are_only_noted() -> None:
    (found,) = told(snapshot_of(LINKEDIN, WORK), snapshot_of(X, "Bread."))
    assert (found.rule, level(found)) == ("accounts-joined", "note")


def test_a_link_leads_one_way_only() -> None:
    home = replace(SITE, links=("https://www.linkedin.com/in/robin-vale-7a1",))
    (found,) = told(snapshot_of(replace(LINKEDIN, pictures=()), WORK), snapshot_of(home, HOME))
    assert level(found) == "note"  # who is at the school's name cannot follow a link that stands elsewhere


def test_what_the_first_page_shows_as_well_is_no_news() -> None:
    phone = "Ring me: 07700 900321."
    (found,) = told(snapshot_of(LINKEDIN, f"{WORK} {phone}"), snapshot_of(replace(X, name="t"), phone))
    assert level(found) == "note"


def test_a_real_name_is_a_beginning_too() -> None:
    named = replace(LINKEDIN, name="Emma Quillfeather")
    (found,) = told(snapshot_of(named, "Bread and rain."), snapshot_of(replace(X, name="toast"), HOME))
    assert found.reasons[0] == "your LinkedIn has your real name"


def test_two_profiles_on_one_site_are_told_apart() -> None:
    other = replace(LINKEDIN, handle="rv-two", name="rv")
    (found,) = told(snapshot_of(LINKEDIN, WORK), snapshot_of(other, HOME))
    assert found.reasons[1] == "the same picture leads to your page linkedin.com/in/rv-two"


def test_the_schools_own_picture_joins_nobody() -> None:
    one, two = seen(snapshot_of(LINKEDIN, WORK)), seen(snapshot_of(X, HOME))
    place = detectors.Location(one.snapshot.id, "avatar", image="avatar-0.jpg")
    logo = Finding("known-photo", "known-photo", 0.9, place)
    outcome = detectors.link([replace(one, findings=(*one.findings, logo)), two], SCHOOL)
    assert outcome.findings == ()


def test_one_profile_is_joined_to_nothing() -> None:
    assert told(snapshot_of(LINKEDIN, HOME)) == ()


def test_many_profiles_are_compared_within_seconds() -> None:
    marks = [
        seen(snapshot_of(Side("x", "h", "n", pictures=(("p", f"park {n}"),)), "")).marks[0]
        for n in range(2, 6)
    ]
    many = [
        Seen(Snapshot(f"https://x.com/h{n}", "x", f"https://x.com/h{n}", f"h{n}", texts=(Text("p", "post", "hi " * 400),) * 200),
             marks=tuple(replace(marks[k % 4], where=f"p{k}", name=f"{k}.jpg") for k in range(200)))
        for n in range(8)
    ]  # fmt: skip
    began = time.process_time()
    detectors.link(many, SCHOOL)
    assert time.process_time() - began < 20


def test_a_picture_that_is_too_plain_has_no_mark() -> None:
    for what in ("silhouette", "initial", "plain"):
        assert detectors.look(Image("avatar", "a.jpg", drawing(what)), "i", SCHOOL).mark is None
