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
from scanner.store.database import TABLES, Busy, Database, Unwritable
from scanner.store.folder import FILE, KEYS, is_store, leave_for_owner, left_for_owner, people_in
from scanner.store.keys import DataKey, Keyring
from scanner.store.lookup import Lookup
from scanner.store.sealing import (
    MIN_PASSPHRASE,
    Forged,
    OpenOwner,
    Owner,
    Swapped,
    Unfit,
    new_owner,
    open_owner,
    plain,
    seal,
    unseal,
)
from scanner.store.shelf import Shelf

__all__ = [
    "KEYS",
    "MIN_PASSPHRASE",
    "Busy",
    "Changes",
    "Forged",
    "Held",
    "OpenOwner",
    "Shelf",
    "Store",
    "Swapped",
    "Unfit",
    "Unwritable",
    "erase_person",
    "is_store",
    "people_in",
    "plain",
]


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

    def sign_up_unnamed(self, passphrase: str) -> tuple[str, str]:
        """Make a person who is found by passphrase or recovery code alone; else as `sign_up`.

        Raises:
            StoreError: the passphrase leads to somebody; whoever made it up makes up another.
        """
        lookup = Lookup(self._keyring)
        tag = lookup.tag(passphrase)
        if lookup.find(tag):
            raise StoreError("these words cannot be used")
        person, recovery = self.sign_up(plain(passphrase))
        lookup.put(tag, person)
        lookup.put(lookup.tag(recovery), person)
        return person, recovery

    def find(self, secret: str) -> str | None:
        """The person whom a passphrase or recovery code leads to."""
        lookup = Lookup(self._keyring)
        return lookup.find(lookup.tag(secret))

    def open(self, person: str, secret: str) -> OpenOwner:
        """Open a person's keys with passphrase or recovery code; notices swapped keys."""
        return open_owner(self._owner(self._keyring.person(person)), secret, self._keyring)

    def add_consent(self, person: str, consent: Consent) -> str:
        """Record a consent; gives its id, for `withdraw`."""
        return self._database.put("consents", self._keyring.person(person), _dump(asdict(consent)))

    def consents(self, person: str) -> dict[str, Consent]:
        """A person's consents by id."""
        key = self._keyring.person(person)
        return {row: _consent(json.loads(body)) for row, body in self._database.get("consents", key)}

    def withdraw(self, person: str, consent: str, *, at: datetime) -> None:
        """Withdraw one consent from that moment on."""
        key = self._keyring.person(person)
        for row, body in list(self._database.get("consents", key)):
            if row == consent:
                changed = {**json.loads(body), "withdrawn_at": at.isoformat()}
                self._database.put("consents", key, _dump(changed), row=row)

    def add_submission(self, person: str, submission: Submission) -> str:
        """Record an address its owner asked us to look at, in place of what was known of it."""
        row = {"url": submission.url, "platform": submission.platform, "ownership": submission.ownership}
        same = (one for one, old in self.submissions(person).items() if old["url"] == submission.url)
        key = self._keyring.person(person)
        return self._database.put("submissions", key, _dump(row), row=next(same, None))

    def submissions(self, person: str) -> dict[str, dict[str, Any]]:
        """The addresses a person gave, by row."""
        key = self._keyring.person(person)
        return {row: json.loads(body) for row, body in self._database.get("submissions", key)}

    def remove_submission(self, person: str, row: str) -> None:
        """Take back one address that this person gave; another's row is left alone."""
        if row in self.submissions(person):
            self._database.remove_row("submissions", row)
            self._database.rewrite()

    def begin_scan(self, person: str, *, at: datetime) -> str:
        """Record that a scan was started; gives its id."""
        scan = str(uuid4())
        self._note_scan(person, scan, created_at=at.isoformat(), status="started")
        return scan

    def end_scan(self, person: str, scan: str, *, at: datetime, status: str) -> None:
        """Record how a scan ended that left no report."""
        self._note_scan(person, scan, created_at=at.isoformat(), status=status)

    def mark_interrupted(self) -> int:
        """Mark scans that were under way when the process ended; how many there were."""
        marked = 0
        for person in self._keyring.people():
            for row in self._rows("scans", self._keyring.person(person)):
                if row["status"] == "started":
                    self._note_scan(person, row["scan"], created_at=row["created_at"], status="interrupted")
                    marked += 1
        return marked

    def scans(self, person: str) -> tuple[dict[str, Any], ...]:
        """When scans were made and how they ended, newest first."""
        rows = self._rows("scans", self._keyring.person(person))
        return tuple(sorted(rows, key=lambda row: str(row["created_at"]), reverse=True))

    def add_report(self, person: str, report: Mapping[str, Any], *, scan: str = "") -> str:
        """Seal a finished report and its memory to the person, with no one logged in; gives the scan id."""
        scan = scan or str(uuid4())
        self._put_sealed("reports", "report", person, report, scan=scan)
        self._put_sealed("memories", "memory", person, memory_of(report), scan=scan)
        self._note_scan(person, scan, created_at=report["created_at"], status=report["status"])
        return scan

    def latest(self, person: str, owner: OpenOwner, *, skip: int = 0) -> dict[str, Any] | None:
        """The newest report, or with `skip` an older one, opened.

        Raises:
            Forged: a report of this person's is not what was sealed for them.
        """
        newest = self._opened("reports", "report", self._keyring.person(person), owner)
        return newest[skip] if len(newest) > skip else None

    def keep_decisions(self, person: str, body: Mapping[str, Any]) -> None:
        """Seal what a person decided about findings to them, in place of what was kept before."""
        rows = [row for row, _ in self._database.get("decisions", self._keyring.person(person))]
        self._put_sealed("decisions", "decisions", person, body, row=next(iter(rows), None))

    def decisions(self, person: str, owner: OpenOwner) -> dict[str, Any] | None:
        """What a person decided, opened.

        Raises:
            Forged: it was not sealed for them here.
        """
        for _, envelope in self._database.get("decisions", self._keyring.person(person)):
            opened: dict[str, Any] = json.loads(unseal(envelope, purpose="decisions", owner=owner))
            return opened
        return None

    def note_opened(self, person: str, url: str, via: str, *, at: datetime) -> None:
        """Seal to a person that an address is opened for them; written before it is opened."""
        body = {"url": url, "via": via, "created_at": at.isoformat()}
        self._put_sealed("openings", "opening", person, body, scan=at.isoformat())

    def opened(self, person: str, owner: OpenOwner) -> tuple[dict[str, Any], ...]:
        """Every address that was opened for a person, newest first.

        Raises:
            Forged: an entry was not sealed for them here.
        """
        return self._opened("openings", "opening", self._keyring.person(person), owner)

    def set_address(self, person: str, address: str) -> None:
        """Keep a private e-mail address for notes that contain nothing; an empty one removes it."""
        key = self._keyring.person(person)
        rows = [row for row, _ in self._database.get("addresses", key)]
        if address:
            self._database.put("addresses", key, _dump({"email": address}), row=next(iter(rows), None))
        elif rows:
            self._database.remove("addresses", key)
            self._database.rewrite()

    def address(self, person: str) -> str:
        """The private e-mail address, or nothing."""
        rows = self._rows("addresses", self._keyring.person(person))
        return str(rows[0]["email"]) if rows else ""

    def erase(self, person: str) -> bool:
        """Erase a person and look whether it is so; False only if bytes of theirs were still found.

        The keys go first: from then on nothing can be read, here or in any backup.
        """
        key = self._keyring.person(person)
        tags = {table: key.tag(table) for table in TABLES}
        marks = self._database.marks(tags)
        Lookup(self._keyring).drop(person)
        self._keyring.destroy(person)
        for table, tag in tags.items():
            self._database.remove_tagged(table, tag)
        self._database.rewrite()
        return person not in self._keyring.people() and not self._database.holds(marks)

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
            for table, days in (
                ("reports", report_days),
                ("memories", memory_days),
                ("openings", report_days),
            ):
                for row, body in list(self._database.get(table, key)):
                    scan = json.loads(body)["scan"]
                    when = datetime.fromisoformat(scan) if table == "openings" else made.get(scan)
                    if when and when + timedelta(days=days) <= at:
                        self._database.remove_row(table, row)
                        removed = True
        if removed:
            self._database.rewrite()

    def housekeep(self) -> None:
        """Remove the rows of erased people, and rewrite the file without them."""
        with left_for_owner(self._folder) as tags:
            for table, tag in tags:
                self._database.remove_tagged(table, tag)
            if tags:
                self._database.rewrite()

    def _note_scan(self, person: str, scan: str, *, created_at: str, status: str) -> None:
        facts = {"scan": scan, "created_at": created_at, "status": status}
        self._database.put("scans", self._keyring.person(person), _dump(facts), row=scan)

    def _put_sealed(
        self,
        table: str,
        purpose: str,
        person: str,
        body: Mapping[str, Any],
        *,
        scan: str = "",
        row: str | None = None,
    ) -> None:
        key = self._keyring.person(person)
        owner = self._owner(key).public
        sealed = seal(_dump(body), purpose=purpose, scan=scan, public=owner, keyring=self._keyring)
        self._database.put(table, key, sealed, row=row)

    def _opened(self, table: str, purpose: str, key: DataKey, owner: OpenOwner) -> tuple[dict[str, Any], ...]:
        envelopes = (body for _, body in self._database.get(table, key))
        found = [json.loads(unseal(envelope, purpose=purpose, owner=owner)) for envelope in envelopes]
        return tuple(sorted(found, key=lambda one: str(one["created_at"]), reverse=True))

    def _rows(self, table: str, key: DataKey) -> tuple[dict[str, Any], ...]:
        return tuple(json.loads(body) for _, body in self._database.get(table, key))

    def _owner(self, key: DataKey) -> Owner:
        for _, body in self._database.get("owners", key):
            row = {name: bytes.fromhex(value) for name, value in json.loads(body).items()}
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
    tags = {table: key.tag(table) for table in TABLES}
    Lookup(keyring).drop(person)
    keyring.destroy(person)
    leave_for_owner(folder, tags)
    try:
        Store(folder).__exit__(None, None, None)
    except Busy:
        return False
    return True


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
