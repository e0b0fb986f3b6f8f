"""A school's folder: lawful basis, office, packs and retention; and who cannot be told apart in it."""

from __future__ import annotations

import io
import stat
import tomllib
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

import data
from data import PackError, School, school_in
from scanner.errors import StoreError, UsageError
from scanner.hosting import Installation, packing, read_basis
from scanner.hosting.office import Desktop
from scanner.hosting.packing import take_pack
from scanner.hosting.sealed import packed, published, unpacked
from scanner.web.desk import Result
from tests import builders
from tests.scanner.web.staff import BASIS, quickly

TODAY = date(2026, 3, 3)
FILLED = BASIS.format(hint="false")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


def test_the_first_time_there_is_a_file_to_fill_in_and_no_start(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'dpo' in .*lawful-basis\.toml is not filled in"):
        read_basis(tmp_path)
    file = tmp_path / "lawful-basis.toml"
    assert tomllib.loads(file.read_text())["age_hint"] is False
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ('dpo = "Nia Bright, data protection officer"', "", "'dpo' in .* is not filled in"),
        ('basis = "legitimate-interests"', 'basis = ""', "'basis' in .* cannot be used"),
        ('basis = "legitimate-interests"', 'basis = "safeguarding"', "'basis' in .* cannot be used"),
        ("date = 2026-01-31", "date = 2999-01-31", "in the future"),
        ("date = 2026-01-31", "", "'date' in .* is not filled in"),
        (
            'contacts = ["dpo@harfield.example", "01632 960001"]',
            "contacts = []",
            "'contacts' in .* is not filled in",
        ),
        ('contacts = ["dpo@harfield.example", "01632 960001"]', 'contacts = [" "]', "empty contact"),
        ("age_hint = false", 'age_hint = "maybe"', "'age_hint'"),
        ("age_hint = false", "age_hint = false\nhead = 1", "'head'"),
        ("age_hint = false", "age_hint = ", "not a readable TOML"),
    ],
)
def test_a_basis_that_says_too_little_is_refused_with_its_key(
    line: str, instead: str, says: str, tmp_path: Path
) -> None:
    assert line in FILLED
    (tmp_path / "lawful-basis.toml").write_text(FILLED.replace(line, instead))
    with pytest.raises(UsageError, match=says):
        read_basis(tmp_path)


def test_a_filled_basis_is_read(tmp_path: Path) -> None:
    (tmp_path / "lawful-basis.toml").write_text(FILLED)
    basis = read_basis(tmp_path)
    assert (basis.on, basis.age_hint, len(basis.contacts)) == (date(2026, 1, 31), False, 2)


def test_the_office_opens_to_its_words_alone_and_new_words_end_the_old(tmp_path: Path) -> None:
    here = Installation(tmp_path / "new")
    with pytest.raises(UsageError, match="--make-admin"):
        here.settings()
    assert not here.is_office("anything")
    first = here.make_office(on=TODAY)
    assert len(first.split("-")) == 6
    assert here.is_office(first.replace("-", " ").upper())
    code = here.settings().invitation
    second = here.make_office(on=TODAY)
    assert not here.is_office(first)
    assert here.is_office(second)
    assert here.settings().invitation == code
    kept = b"".join(file.read_bytes() for file in (tmp_path / "new").iterdir())
    assert second.encode() not in kept


def test_the_code_changes_once_a_term_so_that_it_marks_nobody(tmp_path: Path) -> None:
    here = Installation(tmp_path)
    here.make_office(on=TODAY)
    code = here.settings().invitation
    assert here.invited(code.upper().replace("-", " "))
    assert not here.invited("")
    with pytest.raises(UsageError, match="once a term; from 26 May 2026"):
        here.renew_invitation(on=TODAY + timedelta(days=83))
    here.renew_invitation(on=TODAY + timedelta(days=84))
    assert not here.invited(code)
    with pytest.raises(UsageError, match="once a term"):
        here.renew_invitation(on=TODAY + timedelta(days=85))


def test_damaged_settings_are_said_and_not_replaced(tmp_path: Path) -> None:
    here = Installation(tmp_path)
    here.make_office(on=TODAY)
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(StoreError, match="is damaged"):
        here.settings()
    assert (tmp_path / "settings.json").read_text() == "{"


def desktop(folder: Path) -> Desktop:
    here = Installation(folder)
    here.make_office(on=TODAY)
    return Desktop(here, school_in("practice/school"), counts=tuple, health=tuple)


def test_things_are_kept_for_fewer_days_and_never_for_more(tmp_path: Path) -> None:
    desk = desktop(tmp_path)
    most = desk.retention()
    assert most["report"] == (30, 30)
    desk.shorten({"report": 7})
    assert desk.school().pack.retention.report == 7
    assert desk.school().pack.retention.owner_memory == most["owner_memory"][1]
    for days in (31, -1):
        with pytest.raises(UsageError, match="only be shortened: at most 30"):
            desk.shorten({"report": days})
    assert desk.school().pack.retention.report == 7


def test_switched_off_sites_are_those_without_a_tick(tmp_path: Path) -> None:
    desk = desktop(tmp_path)
    keys = [key for key, _, _ in desk.platforms()]
    assert "instagram" in keys
    desk.switch([key for key in keys if key != "instagram"])
    assert [key for key, _, on in desk.platforms() if not on] == ["instagram"]


def zipped(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


TOML = b'name = "Harfield Brook School"'


def test_a_pack_comes_as_a_zip_or_as_its_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "pack"
    assert take_pack(target, "school.toml", TOML).pack.name == "Harfield Brook School"
    folder = data.folder() / "practice" / "school"
    whole = zipped(
        **{
            f"my pack/{file.relative_to(folder)}": file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
    )
    school = take_pack(target, "whatever", whole)
    assert isinstance(school, School)
    assert school.logos
    assert (target / "school.toml").is_file()
    assert [file.name for file in tmp_path.iterdir()] == ["pack"]


def broken_zip() -> bytes:
    body = bytearray(zipped(**{"school.toml": TOML * 400}))
    body[60:90] = b"\0" * 30
    return bytes(body)


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.txt", b"hello", "neither a zip"),
        ("", b"", "neither a zip"),
        ("school.toml", b"name = ", "not a readable TOML"),
        ("school.toml", b'nmae = "x"', "^school.toml: unknown key 'nmae'; did you mean 'name'"),
        ("school.toml", b'name = "xy"\nlogos = []', "unknown key"),
        ("a.zip", zipped(**{"other.toml": TOML}), "no school.toml"),
        ("a.zip", zipped(**{"../school.toml": TOML}), "outside its own folder"),
        ("a.zip", zipped(**{"a/../../school.toml": TOML}), "outside its own folder"),
        ("a.zip", zipped(**{"/etc/school.toml": TOML}), "outside its own folder"),
        ("a.zip", zipped(**{"..\\school.toml": TOML}), "outside its own folder"),
        ("a.zip", zipped(**{"C:school.toml": TOML}), "outside its own folder"),
        ("a.zip", broken_zip(), "cannot be read"),
        (
            "a.zip",
            zipped(**{"school.toml": TOML + b'\n[references]\nlogos = ["../../secret.png"]'}),
            "outside the pack",
        ),
    ],
)
def test_what_is_no_pack_changes_nothing(name: str, body: bytes, says: str, tmp_path: Path) -> None:
    target = tmp_path / "pack"
    take_pack(target, "school.toml", TOML)
    (tmp_path / "secret.png").write_bytes(b"secret")
    with pytest.raises((UsageError, PackError), match=says):
        take_pack(target, name, body)
    assert (target / "school.toml").read_bytes() == TOML
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pack", "secret.png"]


def test_a_bomb_is_cut_off_by_what_comes_out_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 3_000_000)
    monkeypatch.setattr(packing, "MOST_FILES", 20)
    bomb = zipped(**{"school.toml": TOML, "a.png": b"\0" * 5_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(UsageError, match="more than 3 MB"):
        take_pack(tmp_path / "pack", "a.zip", bomb)
    many = zipped(**{f"{n}.png": b"" for n in range(30)})
    with pytest.raises(UsageError, match="more than 20 files"):
        take_pack(tmp_path / "pack", "a.zip", many)
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_a_pack_leads_nowhere(tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("school.toml", TOML + b'\n[references]\nlogos = ["crest.png"]')
        link = zipfile.ZipInfo("crest.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    school = take_pack(tmp_path / "pack", "a.zip", body.getvalue())
    assert not (tmp_path / "pack" / "crest.png").is_symlink()
    assert school.logos[0].data == b"/etc/passwd"  # the words of the link, not what lies there


def test_a_report_comes_back_whole_with_its_pictures(tmp_path: Path) -> None:
    found = builders.assessment(
        crop=b"\xff\xd8\x00\xfe", location=builders.location(span=(1, 2), box=(1, 2, 3, 4), second=1.5)
    )
    result = Result(builders.report(found), b"\xff\xfe%PDF", frozenset({"a1"}), swept=True)
    body = packed(result)
    assert unpacked(body) == result
    assert published(body)["findings"][0]["check"] == "personal-contact"
    assert "kept" not in published(body)
    with pytest.raises(StoreError, match="older version"):
        unpacked({**body, "kept": {"report": {}, "pdf": None}})
