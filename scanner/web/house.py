"""What the pages of a school's server need: the people in it, one at a time, and its office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from data import School
from scanner.model import Consent
from scanner.web.desk import Desk, Result
from scanner.web.visit import Job, Profile


@dataclass(frozen=True, slots=True)
class Basis:
    """Who answers for the data and on what ground, as the school's lawful-basis file says."""

    dpo: str
    basis: str
    on: date
    contacts: tuple[str, ...]
    age_hint: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the office can see of the server's health."""

    name: str
    well: bool
    says: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A page or file that was opened for a person: `via` browser, http, picture or video."""

    url: str = field(repr=False)
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """A round that a person was asked to. `skipped`: they leave it out; `done`: all is read."""

    notice: str
    starts: datetime
    ends: datetime
    skipped: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Count:
    """One number that was released of all people together: about so many, by the day a round ended."""

    day: str
    says: str


class Member(Protocol):
    """One person who has just shown their passphrase; everything here is theirs alone.

    `id` is random, for this process only to tell people apart; it is on no page. `warnings` are what was
    noticed while their keys were opened. All methods but `erase` may wait for the disk.
    """

    @property
    def id(self) -> str: ...

    @property
    def desk(self) -> Desk: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def consents(self) -> Mapping[str, Consent]:
        """What is agreed to now, by purpose."""

    def agree(self, purposes: Mapping[str, timedelta], notice: str) -> None:
        """Record each purpose for that long."""

    def withdraw(self, purposes: Sequence[str]) -> None:
        """Take these back from now on."""

    def profiles(self) -> Mapping[str, Profile]:
        """The addresses given before."""

    def latest(self) -> Result | None:
        """The newest report."""

    def before(self) -> Mapping[str, Any] | None:
        """The report before the newest one, in the published format."""

    def job(self) -> Job | None:
        """The check of this person's that runs now."""

    def began(self, job: Job) -> None:
        """Remember a check beyond this stay."""

    def interrupted(self) -> bool:
        """Whether the last check was cut off and left no report."""

    def held(self) -> Mapping[str, Any]:
        """Everything there is about this person, opened."""

    def opened(self) -> Sequence[Opened]:
        """Every page the scanner opened for this person, newest first, as long as reports are kept."""

    def round(self) -> Round | None:
        """The round that is open, if this person was asked to it; asking this counts as being told."""

    def skip_round(self) -> None:
        """Leave that round out."""

    def news(self) -> Sequence[str]:
        """What is to be told once."""

    def remove(self, url: str) -> None:
        """Take one address out of what is kept."""

    def email(self) -> str:
        """The private address for notes, or nothing."""

    def set_email(self, address: str) -> None:
        """Keep it, or remove it if it is empty.

        Raises:
            UsageError: it is no address, or one of the school's.
        """

    def decisions(self) -> Mapping[str, Any] | None:
        """What this person decided about findings."""

    def keep_decisions(self, body: Mapping[str, Any]) -> None:
        """Seal what this person decided."""

    async def erase(self) -> bool:
        """End what runs, destroy the keys, remove the rows, and look whether it is so."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A new person, and the recovery code that is shown once."""

    member: Member
    recovery: str = field(repr=False)


class Office(Protocol):
    """What whoever runs the server may see and set. Nothing here leads to a person."""

    def invitation(self) -> tuple[str, date | None]:
        """The code all staff share, and from which day it may be changed; None when it may be now."""

    def renew_invitation(self) -> None:
        """Make a new code.

        Raises:
            UsageError: the last change is less than a term ago.
        """

    def school(self) -> School: ...

    def take_pack(self, name: str, body: bytes) -> Sequence[str]:
        """Use an uploaded pack; gives what is doubtful about it.

        Raises:
            PackError: it cannot be used; the old one stays.
            UsageError: it is no pack, or too large.
        """

    def retention(self) -> Mapping[str, tuple[int, int]]:
        """Days that reports and owner memory are kept, each with the most that the pack allows."""

    def shorten(self, days: Mapping[str, int]) -> None:
        """Keep things for fewer days.

        Raises:
            UsageError: that would be longer, or is no number of days.
        """

    def platforms(self) -> Sequence[tuple[str, str, bool]]:
        """Key, name and whether it may be opened."""

    def switch(self, on: Sequence[str]) -> None:
        """Let these platforms be opened and no others."""

    def counts(self) -> Sequence[Count]:
        """What was released so far, newest first."""

    def health(self) -> Sequence[Line]: ...


class House(Protocol):
    """A school's server as the pages see it."""

    @property
    def basis(self) -> Basis: ...

    @property
    def notes(self) -> bool:
        """Whether e-mail notes can be sent."""

    def desk(self) -> Desk:
        """A desk of nobody's, for pages before the door."""

    def invited(self, code: str) -> bool: ...

    def new_words(self) -> str:
        """Words for a passphrase."""

    def join(self, words: str) -> Joined: ...

    def come_in(self, secret: str) -> Member | None:
        """Whoever this passphrase or recovery code belongs to.

        Raises:
            ScannerError: it belongs to somebody whose keys were tampered with.
        """

    def office(self, secret: str) -> Office | None: ...

    def skip(self, token: str) -> None:
        """Leave one round out, by the link of a note.

        Raises:
            StoreError: the link is not one of ours.
        """

    def housekeep(self) -> None:
        """Forget what is old; called now and then."""
