"""The shipped policy: complete, our own words, and nothing that cannot be traced to a line of it."""

from __future__ import annotations

from datetime import date

import pytest

import data
import detectors
from data import PackError
from data.policy import Severity

POLICY = data.policy("altus-2023")

CLAUSES = (
    "SM-00 SM-01 SM-01b SM-02 SM-03 SM-04 SM-05 SM-06 SM-07 SM-08 SM-09 SM-09b SM-10 SM-11 SM-12 SM-13 "
    "SM-14 SM-15 SM-16 SM-17 SM-18 SM-18b SM-19 SM-20 SM-21 SM-22 SM-23 SM-24 PH-01 PH-02 MB-01 MB-02 "
    "IE-01 IE-02 IE-03 IE-04 IE-05 IE-06 IE-07 CN-01 CN-02 CN-03 CN-04 CN-05 CN-06 CN-07 CN-08 BR-01 BR-02"
)
GOOD_PRACTICE = [f"DX-{n:02}" for n in range(1, 17)] + [f"FB-{n:02}" for n in range(1, 17)]


def test_every_clause_is_there_once_and_no_other():
    ids = [clause.id for clause in POLICY.clauses]
    assert sorted(ids) == sorted([*CLAUSES.split(), *GOOD_PRACTICE])


def test_good_practice_is_never_said_to_be_policy():
    practice = {c.id for c in POLICY.clauses if c.basis == "good practice"}
    assert practice == {*GOOD_PRACTICE, "SM-18b"}  # SM-18b is support for a person, no line of the policy


def test_every_check_rests_on_a_clause_with_a_severity():
    for check in data.checks():
        assert POLICY.cited(check), check
        assert POLICY.severity(check).worst > 0, check


def test_every_rule_rests_on_a_clause():
    for rule in data.rules().values():
        assert POLICY.cited(rule.check, rule.id), rule.id


def test_clauses_name_only_checks_there_are_and_rules_there_are():
    """A rule of a check that is not built yet may be named ahead of its detector."""
    for clause in POLICY.clauses:
        for target in (*clause.checks, *clause.also):
            check, _, rule = target.partition("/")
            assert check in data.checks(), (clause.id, target)
            if rule and check in detectors.built():
                assert data.rules()[rule].check == check, (clause.id, target)


def test_a_clause_is_checked_or_says_why_not():
    for clause in POLICY.clauses:
        measured = clause.checks or clause.also
        assert measured or clause.unchecked, clause.id
        assert (clause.scope != "out") or (not measured and clause.unchecked), clause.id


def test_exemptions_are_known_and_belong_to_a_clause_that_grants_them():
    for clause in POLICY.clauses:
        assert set(clause.exemptions) <= set(POLICY.exemptions), clause.id
    for name, exemption in POLICY.exemptions.items():
        for check in (*exemption.allow, *exemption.ask):
            granted = {e for c in POLICY.cited(check) for e in c.exemptions}
            assert name in granted, (name, check)


@pytest.mark.parametrize(
    ("day", "overdue"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 31), False),  # due in January, so all of January is in time
        (date(2025, 2, 1), True),
        (date(2026, 11, 24), True),
    ],
)
def test_the_policy_is_overdue_once_its_month_of_review_has_passed(day, overdue):
    assert POLICY.overdue(day) is overdue


@pytest.mark.parametrize(
    ("check", "rule", "worst"),
    [
        ("employer-mention", "", Severity(person=3, pupils=1, school=2)),
        ("school-logo", "", Severity(person=2, pupils=1, school=3)),
        ("pupil-image", "", Severity(person=3, pupils=4, school=4)),
        ("colleague-information", "", Severity(person=3, pupils=0, school=3)),  # SM-09 weighs less here
        ("known-photo", "", Severity(person=2, pupils=3, school=3)),
        ("weak-privacy", "flag-friends-visible", Severity(person=3, pupils=2, school=1)),
    ],
)
def test_severity_comes_from_the_clauses(check, rule, worst):
    assert POLICY.severity(check, rule) == worst


def test_a_line_about_one_platform_is_cited_only_there():
    assert "SM-24" in [c.id for c in POLICY.cited("weak-privacy", "flag-private", "facebook")]
    assert "SM-24" not in [c.id for c in POLICY.cited("weak-privacy", "flag-private", "mastodon")]


def test_an_unknown_policy_is_one_sentence_that_names_the_known_ones():
    with pytest.raises(PackError, match="no policy 'altus-1999'; known policies: altus-2023"):
        data.policy("altus-1999")
