"""The command line keeps the contract other programs rely on."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

import data
import detectors
from scanner.cli import VERBS, main

SCHOOL = """
name = "Harfield Brook School"
domains = ["harfieldbrook.example"]
"""
COLUMNS = [
    *("item", "check", "level", "score", "span", "box", "image", "ref", "rule", "clauses", "where"),
    *("evidence", "reasons"),
]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "school.toml").write_text(SCHOOL)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def call(*arguments: str, given: bytes = b"") -> tuple[int, str, str]:
        class Stdin:
            buffer = BytesIO(given)

            def isatty(self) -> bool:
                return False

            def read(self, size: int = -1) -> str:
                return given.decode()

        monkeypatch.setattr(sys, "argv", ["scanner", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", Stdin())
        with pytest.raises(SystemExit) as ended:
            main()
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    return call


def items(tmp_path: Path, *lines: dict) -> Path:
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def picture(file: Path) -> Path:
    Pillow.new("RGB", (64, 64), "teal").save(file)
    return file


def test_inspect_writes_one_ascii_row_per_finding_with_the_columns_of_the_contract(
    run, tmp_path, pack
) -> None:
    text = "Café 🎒 mornings: I teach at Harfield Brook School"
    file = items(
        tmp_path, {"id": "a", "kind": "post", "author": "self", "text": text}, {"id": "b", "text": "hi"}
    )
    code, out, _ = run("inspect", file, "--school", pack, "--json")
    assert code == 0
    assert out.isascii()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["item"] for row in rows] == ["a"]
    assert list(rows[0]) == COLUMNS
    start, end = rows[0]["span"]
    assert "Harfield Brook School" in text[start:end]
    assert (rows[0]["check"], rows[0]["level"], rows[0]["where"], rows[0]["box"]) == (
        "employer-mention",
        "finding",
        None,
        None,
    )
    assert "SM-01" in rows[0]["clauses"]


def test_inspect_says_where_in_a_profile_and_keeps_the_order_of_the_input(run, tmp_path, pack) -> None:
    for name, bio in (("b", "I work at Harfield Brook School"), ("a", "mail me: jo@post.example")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"platform": "instagram", "bio": bio}))
    code, out, _ = run("inspect", tmp_path / "b.json", tmp_path / "a.json", "--school", pack, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(row["item"], row["where"]) for row in rows if row["where"] == "bio"] == [
        ("b", "bio"),
        ("a", "bio"),
    ]


def test_inspect_judges_pictures_and_reports_the_unreadable_ones(run, tmp_path, pack) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture(folder / "fine.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a jpeg")
    (folder / "empty.png").write_bytes(b"")
    code, out, _ = run("inspect", folder, "--school", pack, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(Path(row["item"]).name, row["result"]) for row in rows] == [
        ("broken.jpg", "unreadable"),
        ("empty.png", "unreadable"),
    ]


def test_inspect_closes_each_item_with_every_verdict_when_asked(run, tmp_path, pack) -> None:
    file = items(tmp_path, {"id": "a", "text": "nothing here"})
    _, out, _ = run("inspect", file, "--school", pack, "--json", "--verdicts")
    row = json.loads(out)
    assert row["item"] == "a"
    assert set(row["verdicts"]) == set(data.checks())
    assert row["verdicts"]["employer-mention"]["verdict"] == "nothing-seen"


def test_inspect_without_json_is_a_table_a_person_can_read(run, tmp_path, pack) -> None:
    file = items(tmp_path, {"id": "a", "text": "I teach at Harfield Brook School"})
    code, out, _ = run("inspect", file, "--school", pack)
    assert code == 0
    assert "employer-mention" in out


def test_candidates_are_written_only_when_asked(run, tmp_path, pack) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps({"platform": "linkedin", "bio": "Teacher at Harfield Brook School"})
    )
    _, without, _ = run("inspect", tmp_path / "x.json", "--school", pack, "--json")
    _, along, _ = run("inspect", tmp_path / "x.json", "--school", pack, "--json", "--candidates")
    assert without == ""  # the policy lets this site name the school
    rows = [json.loads(line) for line in along.splitlines()]
    assert [(row["check"], row["level"], row["where"]) for row in rows] == [
        ("employer-mention", "candidate", "bio")
    ]


def test_a_draft_is_judged_from_standard_input(run, pack) -> None:
    code, out, _ = run("draft", "--school", pack, "--json", given=b"I teach at Harfield Brook School")
    assert code == 0
    assert {row["check"] for row in json.loads(out)} == {"employer-mention"}


MISTAKES = [
    (["nonsense"], 2),
    (["inspect", "nowhere.jsonl"], 2),
    (["check"], 2),
    (["check", "https://me.example/", "--school", "nowhere"], 2),
    (["check", "https://me.example/"], 3),
    (["draft", "nowhere.txt"], 2),
    (["draft"], 2),
    (["check", "--page", "https://me.example=nowhere.html"], 2),
    (["school", "check", "."], 2),
    (["erase", "--home", "nowhere", "--yes"], 6),
    (["check", "https://me.example/", "--yes", "--allow-address", "nonsense"], 2),
]


@pytest.mark.parametrize(("arguments", "code"), MISTAKES)
def test_a_mistake_is_one_clear_sentence_with_its_exit_code(
    run, arguments, code, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, _, err = run(*arguments)
    assert ended == code, err
    assert err.strip()
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_key_in_a_pack_names_the_nearest_known_one(run, tmp_path, pack) -> None:
    (pack / "school.toml").write_text('name = "A School"\ndomain = ["x.example"]\n[adress]\ntown = "X"')
    code, _, err = run("inspect", items(tmp_path, {"id": "a", "text": "x"}), "--school", pack)
    assert code == 2
    assert "domains" in err or "address" in err


def test_an_unreadable_logo_is_one_sentence(run, tmp_path, pack) -> None:
    (pack / "crest.png").write_bytes(b"not a picture")
    (pack / "school.toml").write_text(SCHOOL + '[references]\nlogos = ["crest.png"]\n')
    code, out, _ = run("school", "check", pack)
    assert code == 2
    assert "crest" in out


def test_a_pack_is_made_and_passes_its_own_check(run, tmp_path) -> None:
    code, _, _ = run("school", "init", tmp_path / "new", "--name", 'The "Quoted" School')
    assert code == 0
    code, out, _ = run("school", "check", tmp_path / "new")
    assert code == 0
    assert 'The "Quoted" School' in out
    code, _, err = run("school", "init", tmp_path / "new", "--name", "Again School")
    assert code == 2
    assert "nothing was changed" in err


def test_photos_sealed_by_an_earlier_version_are_to_be_sealed_anew(run, pack, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    earlier = detectors.PhotoReport(b"exposure-scanner fingerprints 1\n{}\n", 1, ())
    monkeypatch.setattr(detectors, "photo_fingerprints", lambda _photos: earlier)
    (pack / "photos").mkdir()
    (pack / "photos" / "trip.jpg").write_bytes(b"any")
    (pack / "school.toml").write_text(SCHOOL + '[references]\nphotos = "photos"\n')
    assert run("school", "photos", pack)[0] == 0
    (pack / "school.toml").write_text(SCHOOL + '[references]\nphotos = "photos.fingerprints"\n')

    _, out, err = run("school", "check", pack)

    assert "make it again from the photos" in out + err


def test_sealed_photos_still_match_after_the_pictures_are_deleted(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    shipped = data.school_in("practice/school")
    folder = tmp_path / "school"
    (folder / "photos").mkdir(parents=True)
    for photo in shipped.photos:
        (folder / "photos" / f"{photo.name}.jpg").write_bytes(photo.data)
    (folder / "school.toml").write_text('name = "A School"\n[references]\nphotos = "photos"\n')
    code, _, err = run("school", "photos", folder)
    assert code == 0, err
    sealed = folder / "photos.fingerprints"
    assert sealed.stat().st_mode & 0o077 == 0
    (folder / "school.toml").write_text('name = "A School"\n[references]\nphotos = "photos.fingerprints"\n')
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(shipped.photos[0].data)
    code, out, err = run("inspect", copy, "--school", folder, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert ("known-photo", shipped.photos[0].name) in {(row.get("check"), row.get("ref")) for row in rows}, (
        err
    )

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    code, _, err = run("inspect", copy, "--school", folder, "--json")
    assert code == 2
    assert "key" in err


def test_help_names_the_three_uses_and_every_verb(run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert all(verb in out for verb in VERBS)
    for word in ("Check yourself", "Train", "school"):
        assert word in out


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_with_an_example(run, verb) -> None:
    code, out, _ = run(verb, "--help")
    assert code == 0
    assert "Example:" in out
