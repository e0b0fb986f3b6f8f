"""The store forgets, tells nothing to whoever holds its files, and notices forgery."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from scanner import memory
from scanner.errors import StoreError
from scanner.model import Consent, Submission
from scanner.store import Busy, Store, erase_person, sealing
from scanner.store.database import Database
from scanner.store.keys import Keyring

PASSPHRASE = "three plain words"
MARKER = "MARKERqZ7wPx91"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "OPSLIMIT", sealing.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(sealing, "MEMLIMIT", sealing.argon2id.MEMLIMIT_MIN)


def report(
    *findings: str, result: str = "ok", complete: str = "complete", item: str = "p1", marker: str = MARKER
) -> dict:
    return {
        "created_at": NOW.isoformat(),
        "status": "complete",
        "profiles": [
            {
                "url": f"https://{marker}.example/me",
                "result": result,
                "coverage": {"complete": complete, "pictures_unreadable": 0},
            }
        ],
        "findings": [
            {
                "id": one,
                "check": "employer-mention",
                "profile": f"https://{marker}.example/me",
                "item": item,
                "evidence": [],
                "excerpt": marker,
            }
            for one in findings
        ],
        "not_run": [],
    }


def consent() -> Consent:
    return Consent("self-check", "1", NOW, NOW + timedelta(days=30))


def filled(folder: Path) -> str:
    with Store(folder) as store:
        person, _ = store.sign_up(PASSPHRASE)
        store.add_consent(person, consent())
        store.add_submission(person, Submission(f"https://{MARKER}.example/me", "site", consent()))
        store.add_report(person, report("a", "b"))
        return person


def every_byte(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_the_owner_reads_the_report_back_and_nobody_else_can(tmp_path: Path) -> None:
    person = filled(tmp_path)
    with Store(tmp_path) as store:
        held = store.held(person, store.open(person, PASSPHRASE))
        assert [f["id"] for f in held.reports[0]["findings"]] == ["a", "b"]
        assert held.submissions[0]["url"].startswith("https://MARKER")
        with pytest.raises(StoreError, match="does not fit"):
            store.open(person, "not the passphrase")


def test_the_recovery_code_opens_what_the_passphrase_does(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        person, recovery = store.sign_up(PASSPHRASE)
        store.add_report(person, report("a"))
        assert store.held(person, store.open(person, recovery.upper())).reports


def test_no_file_shows_what_is_in_it(tmp_path: Path) -> None:
    person = filled(tmp_path)
    raw = every_byte(tmp_path)
    for word in (MARKER, "employer-mention", "self-check", PASSPHRASE, "excerpt"):
        assert word.encode() not in raw, word
    assert person.encode() not in (tmp_path / "exposure.duckdb").read_bytes()


def test_whoever_has_the_database_alone_cannot_tell_whose_rows_are_whose(tmp_path: Path) -> None:
    person = filled(tmp_path)
    key = Keyring(tmp_path / "keys").person(person)
    tags = {key.tag(table) for table in ("reports", "consents", "owners")}
    assert len(tags) == 3


def test_key_files_are_for_the_owner_of_the_installation_only(tmp_path: Path) -> None:
    filled(tmp_path)
    for file in (tmp_path / "keys").rglob("*.key"):
        assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "exposure.duckdb").stat().st_mode & 0o077 == 0


def test_erasing_leaves_no_row_no_key_and_none_of_the_old_bytes(tmp_path: Path) -> None:
    person = filled(tmp_path)
    with Store(tmp_path) as store:
        other, _ = store.sign_up(PASSPHRASE)
        store.add_report(other, report("c", marker="someoneElse"))
    with duckdb.connect(str(tmp_path / "exposure.duckdb")) as raw:
        rows = [bytes(body) for (body,) in raw.execute("SELECT body FROM reports").fetchall()]
    tag = Keyring(tmp_path / "keys").person(person).tag("reports")

    assert erase_person(tmp_path, person) is True

    left = every_byte(tmp_path)
    assert tag not in left
    assert sum(body[:40] in left for body in rows) == 1  # the other person's
    with Store(tmp_path) as store:
        assert store.people() == (other,)
        assert store.held(other, store.open(other, PASSPHRASE)).reports
        with pytest.raises(StoreError, match="not known"):
            store.consents(person)


HOLD = """
import sys, pathlib
from scanner.store import Store
with Store(pathlib.Path(sys.argv[1])) as store:
    print("open", flush=True)
    sys.stdin.read()
"""


def test_erasing_works_while_another_process_owns_the_database(tmp_path: Path) -> None:
    person = filled(tmp_path)
    tag = Keyring(tmp_path / "keys").person(person).tag("reports")
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(Busy, match="another process owns"):
            Store(tmp_path)
        assert erase_person(tmp_path, person) is False
        assert list((tmp_path / "keys" / "people").iterdir()) == []
    finally:
        owner.communicate("")
    Store(tmp_path).__exit__(None, None, None)
    assert tag not in every_byte(tmp_path)
    assert not (tmp_path / "erasure-pending").exists()


def test_a_report_moved_to_another_person_or_changed_is_not_opened(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    mine, _ = sealing.new_owner(keyring, PASSPHRASE)
    owner = sealing.open_owner(mine, PASSPHRASE, keyring)
    envelope = sealing.seal(b"body", purpose="report", scan="1", public=mine.public, keyring=keyring)
    assert sealing.unseal(envelope, purpose="report", owner=owner) == b"body"

    stranger = Keyring(tmp_path / "stranger")
    forged = sealing.seal(b"body", purpose="report", scan="1", public=mine.public, keyring=stranger)
    moved = json.dumps({**json.loads(envelope), "scan": "2"}).encode()
    for wrong, purpose in ((forged, "report"), (moved, "report"), (envelope, "memory"), (b"{}", "report")):
        with pytest.raises(StoreError, match="forged or damaged"):
            sealing.unseal(wrong, purpose=purpose, owner=owner)


def test_a_swapped_public_key_or_signing_key_is_noticed(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    mine, _ = sealing.new_owner(keyring, PASSPHRASE)
    theirs, _ = sealing.new_owner(keyring, PASSPHRASE)
    swapped = sealing.Owner(theirs.public, mine.by_passphrase, mine.by_recovery)
    with pytest.raises(StoreError, match="public key was swapped"):
        sealing.open_owner(swapped, PASSPHRASE, keyring)
    with pytest.raises(StoreError, match="signing key was swapped"):
        sealing.open_owner(mine, PASSPHRASE, Keyring(tmp_path / "other"))


def test_a_row_moved_to_another_table_is_refused(tmp_path: Path) -> None:
    key = Keyring(tmp_path / "keys").new_person()
    body = key.lock(b"x", table="reports", row="1")
    with pytest.raises(StoreError, match="moved"):
        key.unlock(body, table="consents", row="1")


def test_withdrawing_is_remembered(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        person, _ = store.sign_up(PASSPHRASE)
        given = store.add_consent(person, consent())
        store.withdraw(person, given, at=NOW + timedelta(hours=1))
        kept = store.consents(person)[given]
        assert kept.covers(NOW + timedelta(minutes=1))
        assert not kept.covers(NOW + timedelta(hours=2))


def test_a_newer_schema_is_refused_in_one_sentence(tmp_path: Path) -> None:
    Database(tmp_path / "a.duckdb").close()
    with duckdb.connect(str(tmp_path / "a.duckdb")) as raw:
        raw.execute("INSERT INTO migrations VALUES (9999, now())")
    with pytest.raises(StoreError, match="newer than this program"):
        Database(tmp_path / "a.duckdb")


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"not a database of ours|cannot be opened"):
        Database(tmp_path / "a.duckdb")


CHANGES = [
    # (before, after, new, still, gone, could not check)
    (None, report("a"), "a", "", "", ""),
    (report("a", "b"), report("b", "c"), "c", "b", "a", ""),
    (report("a"), report(result="login_wall"), "", "", "", "a"),  # a wall is not "gone"
    (report("a"), report(complete="capped"), "", "", "", "a"),  # a cut list is not "gone" either
    (report("a", item="bio"), report(complete="capped"), "", "", "a", ""),  # the bio was read all the same
    (report("a", item="bio"), report(result="ok_partial"), "", "", "", "a"),
]


@pytest.mark.parametrize(("before", "after", "new", "still", "gone", "unsure"), CHANGES)
def test_gone_is_said_only_where_the_place_was_read(before, after, new, still, gone, unsure) -> None:
    old = memory.memory_of(before) if before else None
    found = memory.changes(old, memory.memory_of(after))
    assert tuple(map("".join, (found.new, found.still, found.gone, found.could_not_check))) == (
        new,
        still,
        gone,
        unsure,
    )
