"""Advice, platform facts and the scripted words: complete, kind and easy to read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

import data
from data import Pack, School
from data.policy import Severity
from detectors import Finding, Location, Text
from scanner.advising import MOST_STEPS, advise, flag_of, illegal_content_path
from tests.builders import URL, snapshot

SCHOOL = School(Pack(name="Oakfield Primary School"))
PLATFORMS = (*data.stems("platforms"), "gruntle")  # one without a file of its own
FLAGS = (
    "private discoverable indexable followers_visible following_visible friends_visible comments_open "
    "messages_open tagging_open downloads_open duets_open location_on contact_button birthday_visible "
    "email_visible phone_visible professional_account likes_visible"
)

MENUS = (
    "Preferences",
    "Public profile",
    "Privacy and reach",
    "Posting defaults",
    "Privacy and security",
    "Logged-out visibility",
    "Edit profile",
    "Chat settings",
    "Professionals Online Safety Helpline: 0344 381 4772",
    "Internet Watch Foundation (IWF)",
    "National Insurance",
    "safeguarding lead (DSL)",  # a title, said once with its short form
)

NEVER = (
    "policy violation",
    "high risk",
    "non-compliant",
    "profile not found",
    "offensive content",
    "fake account",
    "the subject",
    "offender",
    "breach",
    "violation",
    "failed",
    "risk score",
    "illegal",
    "gross misconduct",
    "you are safe",
    "no problems",
)


def every_advice() -> Iterator[tuple[str, object]]:
    """What a report could say: each check, place, level and platform, and each setting."""
    for check, words in data.advice().checks.items():
        for rule, platform, level in itertools.product(
            ("", *words.rule), PLATFORMS, ("finding", "question", "note")
        ):
            for place, seen in places(check, platform):
                read = snapshot(
                    Text("p1", "post", "x"),
                    Text("p2", "comment", "y", "other"),
                    platform=platform,
                )
                found = Finding(check, rule or seen, 0.9, place)
                told = advise(found, level=level, severity=Severity(), snapshot=read, school=SCHOOL)
                yield f"{check} {rule} {platform} {level} {place.where} {place.image} {found.rule}", told


def places(check: str, platform: str) -> list[tuple[Location, str]]:
    """Where a check can strike, and by which rule; settings advice hangs on the rule's flag."""
    if check in ("weak-privacy", "search-listing"):
        rules = [rule.id for rule in data.rules().values() if rule.check == check]
        switches = data.facts(platform).settings
        return [(Location(URL, "flags"), rule) for rule in rules if flag_of(rule) in switches]
    where = ("bio", "handle", "display_name", "location", "avatar", "banner", "p1", "p2", "")
    return [*((Location(URL, w), "any") for w in where), (Location(URL, "p1", image="a.png"), "any")]


ADVICE = list(every_advice())


def test_every_check_has_advice_and_nothing_else_has():
    assert list(data.advice().checks) == list(data.checks())


def test_words_for_a_rule_belong_to_a_rule_of_that_check():
    for check, words in data.advice().checks.items():
        for rule in words.rule:
            assert data.rules()[rule].check == check, rule


def test_every_advice_has_two_to_four_steps_and_no_hole_left_to_fill():
    for case, told in ADVICE:
        assert 2 <= len(told.steps) <= MOST_STEPS, case
        assert told.summary, case
        assert told.why, case
        assert 1 <= told.minutes <= 15, case
        assert told.help, case
        assert not re.search(r"[{}]", " ".join(words_of(told)) + told.link), case


def test_every_setting_flag_can_be_closed_on_every_platform():
    for platform in PLATFORMS:
        for flag in FLAGS.split():
            setting = data.facts(platform).settings[flag]
            assert 2 <= len(setting.steps) <= MOST_STEPS, (platform, flag)
            assert setting.means, (platform, flag)


def test_recalled_steps_say_look_for_and_are_marked_in_the_help():
    for platform in data.stems("platforms"):
        facts = data.facts(platform)
        for how in facts.actions.values():
            if how.mark == "recalled":
                assert "ook for" in " ".join(how.before), (platform, how)
        for flag, setting in facts.settings.items():
            if setting.mark == "recalled":
                assert "ook for" in " ".join(setting.steps), (platform, flag)
    told = next(told for case, told in ADVICE if case.startswith("employer-mention  mastodon finding bio"))
    assert "We have not tried these menus ourselves" in told.help


def test_steps_of_an_unknown_platform_name_no_menu_as_certain():
    for case, told in ADVICE:
        if " gruntle " in case:
            quoted = [step for step in told.steps if step.startswith("Sign in") and '"' in step]
            assert all("ook for" in step for step in quoted), case


def test_links_are_web_addresses_of_the_persons_own_server():
    links = {told.link for case, told in ADVICE if " mastodon " in case and told.link}
    assert links == {
        "https://chirper.example/settings/profile",
        "https://chirper.example/settings/privacy",
    }


@pytest.mark.parametrize("word", NEVER)
def test_no_blaming_or_falsely_calming_word_is_ever_said(word):
    said = [case for case, told in ADVICE if word in " ".join(words_of(told)).lower()]
    path = " ".join(words_of(illegal_content_path(SCHOOL))).lower()
    clauses = " ".join(f"{c.says} {c.unchecked}" for c in data.policy("altus-2023").clauses).lower()
    rules = " ".join(
        f"{data.rules()[r].title} {data.rules()[r].why}" for r in data.read_toml("rules/settings.toml")
    )
    assert said == []
    assert word not in path
    assert word not in clauses
    assert word not in rules.lower()
    assert word not in " ".join(verdict_words()).lower()


def test_advice_can_be_read_at_the_age_of_eleven():
    """Flesch-Kincaid grade 6 or less, 15 words a sentence on average, none over 25."""
    for case, told in [*ADVICE, ("script", illegal_content_path(SCHOOL))]:
        grade, average, longest = reading(words_of(told))
        assert grade <= 6, (case, round(grade, 1), words_of(told))
        assert average <= 15, (case, average)
        assert longest <= 25, (case, longest)


def test_no_single_summary_or_reason_is_hard_to_read():
    """A whole advice can hide one hard sentence. "Your profile picture" alone costs it 3 grades."""
    for case, told in ADVICE:
        for sentence in (told.summary, told.why):
            assert reading([sentence])[0] <= 9, (case, sentence)


def test_verdicts_and_clauses_can_be_read_at_the_age_of_eleven():
    for sentence in verdict_words():
        assert reading([sentence])[2] <= 25, sentence
    clauses = [text for c in data.policy("altus-2023").clauses for text in (c.says, c.unchecked) if text]
    assert reading(clauses)[0] <= 6
    assert max(reading([text])[2] for text in clauses) <= 25
    assert reading(verdict_words())[0] <= 6


def test_the_reading_measure_tells_easy_from_hard():
    easy = reading(["The cat sat on the mat. It was warm."])[0]
    hard = reading(["Organisational accountability necessitates comprehensive documentation of procedures."])[
        0
    ]
    assert easy < 2
    assert hard > 15


def verdict_words() -> list[str]:
    texts = data.read_toml("texts/verdicts.toml")
    return [sentence for part in texts.values() for sentence in part.values()]


def words_of(told) -> list[str]:
    return [told.summary, told.why, *told.steps, told.help]


def reading(texts: list[str]) -> tuple[float, float, int]:
    """Flesch-Kincaid grade (Kincaid and others, 1975), words a sentence, and the longest sentence."""
    joined = " ".join(texts)
    joined = re.sub(
        r'"[^"]{1,60}"', "menu", joined
    )  # a site's own word for a thing cannot be put more simply
    for menu in sorted(MENUS, key=len, reverse=True):
        joined = joined.replace(menu, "menu")
    sentences = [s for s in re.split(r"[.?!]+(?:\s|$)", joined) if re.search(r"\w", s)]
    counts = [len(re.findall(r"[\w'’-]+", s)) for s in sentences]
    words = re.findall(r"[\w'’-]+", joined)
    syllables = sum(syllables_in(word) for word in words)
    average = len(words) / len(sentences)
    return 0.39 * average + 11.8 * syllables / len(words) - 15.59, average, max(counts)


def syllables_in(word: str) -> int:
    """Groups of vowels, less a silent e at the end."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee", "ye")) and groups > 1
    return max(1, groups - silent)
