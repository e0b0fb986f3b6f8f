"""The facilitator's pack: all its parts, the school's own words, and texts a child of eleven can read."""

from __future__ import annotations

import re
from datetime import date

import pytest

import data
from data import school_in
from scanner.training import cast
from scanner.training.pack import ROUNDS, lines, pack_html, sheet, words
from tests.data.test_data import reading

SCHOOL = school_in("practice/school").pack
PACK = pack_html(cast(1), pack=SCHOOL, on=date(2026, 9, 1))


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def part(name: str) -> str:
    return plain(PACK.partition(f'id="{name}"')[2].partition('<section id="')[0])


def test_the_pack_holds_every_part():
    for name in words()["words"]:
        if name in {
            "order",
            "notes",
            "quiz",
            "key",
            "handout",
            "sheets",
            "rounds",
            "answers",
            "feedback",
            "certificate",
            "contacts",
        }:
            assert words()["words"][name] in part(name)
            assert len(part(name)) > 100, name


def test_the_schools_own_name_contacts_and_policy_are_merged_in():
    assert SCHOOL.name in part("certificate")
    assert SCHOOL.contacts.dsl in part("contacts")
    assert SCHOOL.contacts.dsl in part("notes")
    policy = data.policy(SCHOOL.policy)
    assert policy.version in plain(PACK)
    assert "sample that comes with the tool" in plain(PACK)  # it is another school's policy
    assert "due for review" in plain(PACK)


def test_nothing_is_fetched_and_nothing_runs():
    assert "<script" not in PACK
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', PACK) == []


def test_the_running_order_has_no_gap_and_lasts_45_to_60_minutes():
    order = words()["order"]
    assert order[0]["from"] == 0
    assert [row["to"] for row in order[:-1]] == [row["from"] for row in order[1:]]
    assert 45 <= order[-1]["to"] <= 60


def test_the_quiz_has_20_questions_each_with_a_reason_and_a_line_of_policy():
    quiz = words()["quiz"]
    assert len(quiz) == 20
    assert len({one["ask"] for one in quiz}) == 20
    for one in quiz:
        assert len(one["choices"]) == 3
        assert 0 <= one["right"] < 3
        assert one["why"]
        assert lines(one["check"], SCHOOL), one["check"]
    assert {one["right"] for one in quiz} == {0, 1, 2}
    assert len({one["check"] for one in quiz}) >= 15


def test_the_right_answer_is_not_always_the_same():
    places = [one["right"] for one in words()["quiz"]]
    assert max(places.count(n) for n in range(3)) <= 10


@pytest.mark.parametrize("name", words()["sheets"])
def test_a_platform_sheet_says_what_the_facts_file_says(name):
    made = sheet(name)
    assert made["name"] == data.facts(name).name
    assert made["actions"]["post"].before
    assert all(setting.steps for setting in made["settings"])
    assert made["name"] in part("sheets")


def test_every_round_has_its_answers():
    assert cast(1).by_key[ROUNDS[-1]].clean
    for key in ROUNDS:
        member = cast(1).by_key[key]
        assert member.name in part("rounds")
        assert member.name in part("answers")
        for plant in member.plants:
            assert plant.fix in part("answers").replace("&#39;", "'").replace("&#34;", '"'), plant


def strings(value) -> list[str]:
    if isinstance(value, dict):
        return [text for key, one in value.items() if key not in {"check", "sheets"} for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def sentences(value) -> list[str]:
    return [text if text.endswith((".", "?", "!")) else f"{text}." for text in strings(value)]


@pytest.mark.parametrize("name", ["order", "notes", "quiz", "handout", "feedback", "certificate"])
def test_each_part_of_the_pack_can_be_read_at_the_age_of_eleven(name):
    grade, _, longest = reading(sentences(words()[name]))
    assert grade <= 6, round(grade, 1)
    assert longest <= 30


def test_lessons_and_stories_can_be_read_at_the_age_of_eleven():
    lessons = data.read_toml("training/lessons.toml")
    lessons |= lessons.pop("settings")
    told = [
        text for row in lessons.values() if isinstance(row, dict) for text in (row["title"] + ".", row["fix"])
    ]
    assert reading(told)[0] <= 6
    assert reading([row["story"] for row in data.read_toml("training/staff.toml").values()])[0] <= 6


@pytest.mark.parametrize("part", ["join", "lead", "team", "fix", "sorry"])
def test_the_pages_of_the_session_can_be_read_at_the_age_of_eleven(part):
    told = [
        re.sub(r"\{\w+\}", "them", text) for text in sentences(data.read_toml("training/pages.toml")[part])
    ]
    assert reading(told)[0] <= 6
