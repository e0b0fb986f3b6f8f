"""A code in the bio: what it is, where it counts, how long it is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from data import Pack, School
from detectors import Outcome, Text
from scanner import ownership
from scanner.gathering import Looked
from scanner.ownership import carries, hide, new_code, recall, remember, weakest
from scanner.pipeline import compose
from scanner.report import to_html
from tests.builders import AT, profile, report, snapshot, submission, text

PACK = Pack(name="Harfield Green School", acronyms=("HGS",))
SCHOOL = School(PACK)
ME, TWO = "https://me.example/", "https://two.example/"
LATER = AT + timedelta(minutes=31)


def test_a_code_is_three_syllables_and_two_digits():
    codes = {new_code([ME], pack=PACK, at=AT).text for _ in range(200)}
    assert all(re.fullmatch(r"(?:[b-z][aeiou]){3}[1-9]\d", code) for code in codes)
    assert len(codes) > 190


def test_a_code_holds_nothing_of_the_school(monkeypatch):
    only = {"minutes": 30, "syllables": ["ha", "fe", "la", "do"], "avoid": ["haha"]}
    monkeypatch.setattr(ownership, "_settings", lambda: only)
    pack = Pack(name="Hafela Dohafe School")
    codes = {new_code([ME], pack=pack, at=AT).text[:6] for _ in range(100)}
    assert not codes & {"hafela", "feladohafe", "dohafe", "ladoha", "felado"}
    assert not any("haha" in code for code in codes)


CODE = "bemiro47"
CARRIED = [
    (text(f"Bread. {CODE}", "bio"), True),
    (text(CODE.upper(), "bio"), True),  # phones begin lines with a capital
    (text(f"({CODE})", "headline"), True),
    (text(f"Robin {CODE}", "display_name"), True),
    (text(f"x{CODE}", "bio"), False),
    (text(f"{CODE}9", "bio"), False),
    (text(CODE, "p1"), False),  # a post, which a reply of somebody else may be taken for
    (Text("c1", "comment", CODE, "other"), False),
    (replace(text(CODE, "bio"), author="other"), False),
    (text("Bread.", "bio"), False),
    (Text("link-1", "link", f"https://{CODE}.example"), True),
    (Text("p1", "link", f"https://{CODE}.example"), False),  # a link in a post
    (Text("p1", "location", CODE), False),
]


@pytest.mark.parametrize(("said", "expected"), CARRIED)
def test_only_the_owners_own_part_of_a_profile_counts(said, expected):
    assert carries(snapshot(said), CODE) is expected


def test_a_wall_or_no_code_shows_nothing():
    assert not carries(snapshot(text(CODE, "bio"), result="login_wall"), CODE)
    assert not carries(snapshot(text("Bread.", "bio")), "")


def test_the_weakest_strength_speaks_for_all():
    assert weakest(["export", "code", "declared"]) == "declared"
    assert weakest(["export", "code"]) == "code"
    assert weakest([]) == "declared"


def looked(url, *texts):
    return Looked(snapshot(*texts, id=url, url=url))


def composed(*pairs):
    return compose(
        [one for one, _ in pairs],
        Outcome(),
        at=AT,
        school=SCHOOL,
        submissions=[s for _, s in pairs],
        status="complete",
    )


def test_a_report_says_of_each_profile_how_it_was_shown():
    told = composed(
        (looked(ME, text(f"Hi {CODE}", "bio")), submission(ME, code=CODE)),
        (looked(TWO, text("Hi", "bio")), submission(TWO, code=CODE)),
    )
    assert [one.ownership for one in told.profiles] == ["code", "declared"]
    assert told.ownership == "declared"


def test_the_code_itself_is_not_in_the_report_and_no_place_moves():
    told = composed((looked(ME, text(f"Hi {CODE} there", "bio")), submission(ME, code=CODE)))
    assert told.ownership == "code"
    assert told.profiles[0].bio == "Hi •••••••• there"
    assert hide("Bemiro47", CODE) == "••••••••"


def test_without_asking_nothing_is_shown_by_a_code():
    told = composed((looked(ME, text(CODE, "bio")), submission(ME)))
    assert told.ownership == "declared"


def test_a_code_is_kept_until_it_is_used_and_only_for_its_addresses(tmp_path):
    code = new_code([ME, TWO], pack=PACK, at=AT)
    remember(tmp_path, code)
    file = tmp_path / ownership.FILE
    assert file.stat().st_mode & 0o077 == 0
    assert b"me.example" not in file.read_bytes()
    assert recall(tmp_path, [TWO, ME], at=AT) == code
    assert recall(tmp_path, [ME], at=AT) is None
    assert recall(tmp_path, [ME, TWO], at=LATER) is None
    assert not file.exists()  # out of date, so it went


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"code": 1, "expires_at": "soon"}', b"\xff"])
def test_a_damaged_file_is_removed(tmp_path, content):
    (tmp_path / ownership.FILE).write_bytes(content)
    assert recall(tmp_path, [ME], at=AT) is None
    assert not (tmp_path / ownership.FILE).exists()


def test_the_report_tells_the_limits():
    mixed = report(profiles=(profile(ME, ownership="code"), profile(TWO)))
    page = to_html(mixed)
    assert "Some of these profiles were shown to be yours, others not." in page
    assert "A code in the bio showed that this one is yours." in page
    assert "cannot stop a person from giving somebody else" in page
    hosted = to_html(mixed, hosted=True)
    assert "gets three checks: open settings, search engines and the school" in hosted
