"""The store: consents, submissions, scans, sealed reports and owner memory, and erasing them.

folder/exposure.duckdb    encrypted rows only
folder/keys/              the server's keys and one key file per person: never in the database
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from scanner.errors import StoreError
from scanner.memory import Changes, changes, memory_of
from scanner.model import Consent, Submission
from scanner.private import write_private
from scanner.store.database import TABLES, Busy, Database, Unwritable
from scanner.store.keys import DataKey, Keyring
from scanner.store.sealing import MIN_PASSPHRASE, OpenOwner, Owner, new_owner, open_owner, seal, unseal
from scanner.store.shelf import Shelf

__all__ = [
    "KEYS",
    "MIN_PASSPHRASE",
    "Busy",
    "Changes",
    "Held",
    "Shelf",
    "Store",
    "Unwritable",
    "erase_person",
    "is_store",
    "people_in",
]


FILE = "exposure.duckdb"
KEYS = "keys"
PENDING = "erasure-pending"
"""Rows to remove and rewrite without, left for the process that owns the database file."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything the store holds about one person, opened by that person."""

    consents: tuple[dict[str, Any], ...]
    submissions: tuple[dict[str, Any], ...]
    scans: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]
    changes: Changes | None


class Store:
    """One installation's store; a context manager that owns the database file while it is open.

    Raises:
        StoreError: another process owns the file, its schema is newer, or the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keyring = Keyring(folder / KEYS)
        self._database = Database(folder / FILE)
        self.housekeep()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.housekeep()
        self._database.close()

    @property
    def shelf(self) -> Shelf:
        """The rows that sweeps keep about people, and those that say nothing about anybody."""
        return Shelf(self._keyring, self._database)

    def people(self) -> tuple[str, ...]:
        """Random ids of the people here; they say nothing about who they are."""
        return tuple(self._keyring.people())

    def sign_up(self, passphrase: str) -> tuple[str, str]:
        """Make a person; gives their random id, and the recovery code to show once."""
        owner, recovery = new_owner(self._keyring, passphrase)
        key = self._keyring.new_person()
        row = {name: value.hex() for name, value in asdict(owner).items()}
        self._database.put("owners", key, json.dumps(row).encode())
        return key.person, recovery

    def open(self, person: str, secret: str) -> OpenOwner:
        """Open a person's keys with passphrase or recovery code; notices swapped keys."""
        return open_owner(self._owner(self._keyring.person(person)), secret, self._keyring)

    def add_consent(self, person: str, consent: Consent) -> str:
        """Record a consent; gives its id, for `withdraw`."""
        return self._database.put("consents", self._keyring.person(person), _dump(asdict(consent)))

    def consents(self, person: str) -> dict[str, Consent]:
        """A person's consents by id."""
        key = self._keyring.person(person)
        return {row: _consent(json.loads(plain)) for row, plain in self._database.get("consents", key)}

    def withdraw(self, person: str, consent: str, *, at: datetime) -> None:
        """Withdraw one consent from that moment on."""
        key = self._keyring.person(person)
        for row, plain in list(self._database.get("consents", key)):
            if row == consent:
                changed = {**json.loads(plain), "withdrawn_at": at.isoformat()}
                self._database.put("consents", key, _dump(changed), row=row)

    def add_submission(self, person: str, submission: Submission) -> str:
        """Record an address its owner asked us to look at."""
        row = {"url": submission.url, "platform": submission.platform, "ownership": submission.ownership}
        return self._database.put("submissions", self._keyring.person(person), _dump(row))

    def add_report(self, person: str, report: Mapping[str, Any]) -> str:
        """Seal a finished report and its memory to the person, with no one logged in; gives the scan id."""
        key = self._keyring.person(person)
        public = self._owner(key).public
        scan = str(uuid4())
        for table, purpose, body in (
            ("reports", "report", report),
            ("memories", "memory", memory_of(report)),
        ):
            sealed = seal(_dump(body), purpose=purpose, scan=scan, public=public, keyring=self._keyring)
            self._database.put(table, key, sealed)
        facts = {"scan": scan, "created_at": report["created_at"], "status": report["status"]}
        self._database.put("scans", key, _dump(facts))
        return scan

    def held(self, person: str, owner: OpenOwner) -> Held:
        """Everything about a person, for the person: reports opened, newest first, with what changed."""
        key = self._keyring.person(person)
        reports = self._opened("reports", "report", key, owner)
        memories = self._opened("memories", "memory", key, owner)
        latest = changes(memories[1] if len(memories) > 1 else None, memories[0]) if memories else None
        return Held(
            consents=self._rows("consents", key),
            submissions=self._rows("submissions", key),
            scans=self._rows("scans", key),
            reports=reports,
            changes=latest,
        )

    def forget_old(self, *, at: datetime, report_days: int, memory_days: int) -> None:
        """Remove reports and owner memories that are older than the school lets us keep them."""
        removed = False
        for key in map(self._keyring.person, self._keyring.people()):
            made = {
                row["scan"]: datetime.fromisoformat(row["created_at"]) for row in self._rows("scans", key)
            }
            for table, days in (("reports", report_days), ("memories", memory_days)):
                for row, plain in list(self._database.get(table, key)):
                    scan = json.loads(plain)["scan"]
                    if scan in made and made[scan] + timedelta(days=days) <= at:
                        self._database.remove_row(table, row)
                        removed = True
        if removed:
            self._database.rewrite()

    def housekeep(self) -> None:
        """Remove the rows of erased people, and rewrite the file without them."""
        pending = self._folder / PENDING
        if pending.exists():
            for line in pending.read_text(encoding="ascii").split():
                table, _, tag = line.partition(":")
                self._database.remove_tagged(table, bytes.fromhex(tag))
            self._database.rewrite()
            pending.unlink(missing_ok=True)

    def _opened(self, table: str, purpose: str, key: DataKey, owner: OpenOwner) -> tuple[dict[str, Any], ...]:
        envelopes = (plain for _, plain in self._database.get(table, key))
        found = [json.loads(unseal(envelope, purpose=purpose, owner=owner)) for envelope in envelopes]
        return tuple(sorted(found, key=lambda one: str(one["created_at"]), reverse=True))

    def _rows(self, table: str, key: DataKey) -> tuple[dict[str, Any], ...]:
        return tuple(json.loads(plain) for _, plain in self._database.get(table, key))

    def _owner(self, key: DataKey) -> Owner:
        for _, plain in self._database.get("owners", key):
            row = {name: bytes.fromhex(value) for name, value in json.loads(plain).items()}
            return Owner(**row)
        raise StoreError("this person's keys are missing from the database")


def erase_person(folder: Path, person: str) -> bool:
    """Erase a person, also while another process owns the database.

    The key goes first: from then on nothing about the person can be read, here or in any backup.

    Returns:
        True when the file was rewritten at once; False when the process that owns it does so next.
    """
    keyring = Keyring(folder / KEYS)
    key = keyring.person(person)
    tags = [f"{table}:{key.tag(table).hex()}" for table in TABLES]
    keyring.destroy(person)
    pending = folder / PENDING
    try:
        already = pending.read_text(encoding="ascii").split() if pending.exists() else []
        write_private(pending, "\n".join([*already, *tags]).encode())
    except OSError as error:
        raise StoreError(
            f"the keys are destroyed, nothing can be read any more; rewriting failed: {error.strerror}"
        ) from None
    try:
        Store(folder).__exit__(None, None, None)
    except Busy:
        return False
    return True


def is_store(folder: Path) -> bool:
    """Whether something is kept in that folder."""
    return (folder / FILE).exists()


def people_in(folder: Path) -> tuple[str, ...]:
    """Random ids of the people kept in a folder, also while another process owns its database."""
    return tuple(Keyring(folder / KEYS).people())


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, default=lambda one: one.isoformat(), sort_keys=True).encode()


def _consent(row: Mapping[str, Any]) -> Consent:
    times = {name: datetime.fromisoformat(row[name]) for name in ("given_at", "expires_at")}
    withdrawn = row.get("withdrawn_at")
    return Consent(
        row["purpose"],
        row["notice"],
        **times,
        withdrawn_at=datetime.fromisoformat(withdrawn) if withdrawn else None,
    )
