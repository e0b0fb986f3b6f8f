from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

import data
from data import School
from detectors import Outcome
from scanner.cli import check as cli_check
from scanner.errors import ConsentError, SubmissionError
from scanner.gathering import Looked
from scanner.pipeline import compose
from scanner.platforms import Account, find
from scanner.stances import OLD_MONTHS, checklist, offers, old_facts, refuse_switched_off
from tests.builders import AT, snapshot, submission

EXPORT_FIRST = {"facebook", "linkedin", "snapchat", "x"}
MINE = {
    "facebook": "https://www.facebook.com/jo.lee",
    "linkedin": "https://www.linkedin.com/in/jo-lee",
    "snapchat": "https://www.snapchat.com/add/jolee",
    "x": "https://x.com/jo_lee",
}


def test_every_platform_has_a_stance_with_its_reason():
    for platform in data.stems("platforms"):
        facts = data.facts(platform)
        assert facts.stance_reason.endswith("."), platform
        assert facts.visibility, platform
        assert facts.checked >= "2026-11", platform


def test_export_comes_first_on_the_four_platforms_that_refuse_programs():
    first = {p for p in data.stems("platforms") if data.facts(p).stance == "export-first"}
    assert first == EXPORT_FIRST
    assert all((export := data.facts(p).export) and export.steps for p in first)


@pytest.mark.parametrize("platform", sorted(EXPORT_FIRST))
def test_the_person_is_told_why_and_how_to_get_their_own_data(platform):
    account = Account(platform, "", MINE[platform])
    [offer] = offers([account])
    assert data.facts(platform).stance_reason in offer.why
    assert f"--page {MINE[platform]}=FILE" in offer.ways[0]
    assert any(data.facts(platform).export.steps[0] in way for way in offer.ways)
    assert MINE[platform] in offer.ask


def test_a_saved_page_needs_no_offer_and_other_platforms_have_none():
    account = Account("x", "", MINE["x"])
    assert offers([account], saved={account.url}) == ()
    assert offers([find("https://bsky.app/profile/jo.bsky.social"), find("https://jo.example/")]) == ()


def test_what_is_switched_off_is_refused_with_the_reason_unless_the_person_saved_it():
    account = Account("whatsapp", "", "https://www.whatsapp.com/jo")
    with pytest.raises(SubmissionError, match="phone number") as refused:
        refuse_switched_off([account])
    assert "paste" in str(refused.value)
    refuse_switched_off([account], saved={account.url})
    refuse_switched_off([Account("x", "", MINE["x"])])


def test_the_checklist_holds_the_platforms_own_settings_only():
    listed = dict(checklist("x"))
    assert any("Protect your posts" in " ".join(steps) for steps in listed.values())
    assert not set(listed) & {s.means for f, s in data.facts("site").settings.items() if f == "duets_open"}
    assert checklist("site") == ()


@pytest.mark.parametrize(
    ("on", "warned"),
    [
        (date(2026, 11, 24), False),
        (date(2027, 11, 30), False),  # twelve months old, not older
        (date(2027, 12, 1), True),
        (date(2030, 1, 1), True),
    ],
)
def test_a_report_warns_when_facts_are_older_than_a_year(on, warned):
    notes = old_facts(["x", "linkedin", "x"], on=on)
    assert OLD_MONTHS == 12
    assert len(notes) == (2 if warned else 0)  # one for each platform
    assert all("November 2026" in note for note in notes)


def test_the_warning_reaches_the_report():
    school = School(data.Pack(name="Larkmoor School"))
    for year, count in ((2026, 0), (2029, 1)):
        report = compose(
            [Looked(snapshot(platform="x"))],
            Outcome(),
            at=AT.replace(year=year),
            school=school,
            submissions=[submission()],
            status="complete",
        )
        assert len(report.notes) == count


@pytest.mark.parametrize(("answer", "kept"), [("y", 2), ("", 2), ("n", 1)])
def test_the_person_chooses_whether_the_signed_out_page_is_looked_at(answer, kept, monkeypatch, capsys):
    accounts = [Account("x", "", MINE["x"]), Account("site", "", "https://jo.example/")]
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_: answer)
    assert len(cli_check._wanted(accounts, {}, yes=False)) == kept
    said = " ".join(capsys.readouterr().err.split())
    assert data.facts("x").stance_reason in said
    assert ("Protect your posts" in said) is (kept == 1)  # then the settings are listed


def test_with_yes_the_person_is_told_and_the_page_is_looked_at(capsys):
    accounts = [Account("linkedin", "", MINE["linkedin"])]
    assert cli_check._wanted(accounts, {}, yes=True) == accounts
    assert data.facts("linkedin").stance_reason in " ".join(capsys.readouterr().err.split())


def test_when_every_profile_is_left_out_nothing_is_opened(monkeypatch):
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_: "n")
    with pytest.raises(ConsentError, match="nothing was opened"):
        cli_check._wanted([Account("x", "", MINE["x"])], {}, yes=False)


def test_a_check_without_consent_opens_nothing_and_offers_nothing(tmp_path):
    ran = CliRunner().invoke(cli_check.check, [MINE["x"], "--out", str(tmp_path / "new")])
    assert isinstance(ran.exception, ConsentError)
    assert "signed in" not in ran.output
