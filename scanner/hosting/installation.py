"""The folder of a school's server: what its office has set, and the office's own passphrase."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.pwhash
from nacl.pwhash import argon2id

from scanner.errors import StoreError, UsageError
from scanner.private import write_private
from scanner.report import passphrase
from scanner.store import plain

SETTINGS = "settings.json"
OFFICE = "office.key"
PACK = "pack"
TERM = timedelta(days=84)
"""A code that changed more often could be given to one person at a time, and so mark them."""
INVITATION_WORDS = 4
OFFICE_WORDS = 6
OPSLIMIT, MEMLIMIT = argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE


@dataclass(frozen=True, slots=True)
class Settings:
    """What the office has set. `report` and `owner_memory` are days, None where the pack's stand."""

    invitation: str = field(repr=False)
    invited_on: date
    report: int | None = None
    owner_memory: int | None = None
    off: frozenset[str] = frozenset()


class Installation:
    """One folder. Everything in it is readable by the account that runs the server alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def pack(self) -> Path:
        """Where an uploaded pack lies, if there is one."""
        return self.folder / PACK

    def make_office(self, *, on: date) -> str:
        """The office's new passphrase, which ends the old one; it is kept as a hash alone.

        Raises:
            StoreError: the disk said no.
        """
        words = passphrase(OFFICE_WORDS)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(
                self.folder / OFFICE,
                argon2id.str(plain(words).encode(), OPSLIMIT, MEMLIMIT),
            )
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error.strerror}") from None
        if not (self.folder / SETTINGS).exists():
            self._write(Settings(passphrase(INVITATION_WORDS), on))
        return words

    def has_office(self) -> bool:
        """Whether somebody can run this."""
        return (self.folder / OFFICE).is_file()

    def is_office(self, secret: str) -> bool:
        """Whether this is the office's passphrase; takes as long as Argon2id takes."""
        try:
            return nacl.pwhash.verify((self.folder / OFFICE).read_bytes(), plain(secret).encode())
        except (FileNotFoundError, nacl.exceptions.CryptoError):
            return False

    def settings(self) -> Settings:
        """What the office has set.

        Raises:
            UsageError: nobody has set anything up yet.
            StoreError: the file is damaged.
        """
        file = self.folder / SETTINGS
        try:
            kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return Settings(
                str(kept["invitation"]),
                date.fromisoformat(kept["invited_on"]),
                kept["report"],
                kept["owner_memory"],
                frozenset(kept["off"]),
            )
        except FileNotFoundError:
            raise UsageError(
                f"nobody can run {self.folder} yet; give `scanner serve --make-admin` once, then start again"
            ) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise StoreError(f"{file} is damaged; put it back from where you keep it safe") from None

    def invited(self, code: str) -> bool:
        """Whether this is the code that all staff share."""
        return compare_digest(plain(code).encode(), plain(self.settings().invitation).encode())

    def changeable_from(self, *, on: date) -> date | None:
        """The day from which the code may change; None when that is today."""
        day = self.settings().invited_on + TERM
        return day if day > on else None

    def renew_invitation(self, *, on: date) -> None:
        """Make a new code.

        Raises:
            UsageError: the last one is younger than a term.
        """
        if day := self.changeable_from(on=on):
            raise UsageError(f"the code can change once a term; from {day:%d %B %Y} on it can change again")
        self._write(replace(self.settings(), invitation=passphrase(INVITATION_WORDS), invited_on=on))

    def shorten(self, *, report: int, owner_memory: int) -> None:
        """Keep things for so many days."""
        self._write(replace(self.settings(), report=report, owner_memory=owner_memory))

    def switch_off(self, platforms: frozenset[str]) -> None:
        """Open these platforms for nobody."""
        self._write(replace(self.settings(), off=platforms))

    def _write(self, settings: Settings) -> None:
        kept = {
            **asdict(settings),
            "invited_on": settings.invited_on.isoformat(),
            "off": sorted(settings.off),
        }
        try:
            write_private(self.folder / SETTINGS, json.dumps(kept, indent=2).encode())
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error.strerror}") from None


def default_folder() -> Path:
    """Where a school's server keeps its things unless told otherwise."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "exposure-scanner-school"
