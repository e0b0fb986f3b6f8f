"""What the pages need from the rest of the house, handed in by whoever starts them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from data import School
from detectors import Snapshot
from scanner.errors import UsageError
from scanner.exports import Export
from scanner.model import Assessment, Consent, Report
from scanner.pipeline import Ask, OnStep
from scanner.platforms import Account

OnOpen = Callable[[str, str], None]
"""Told an address right before it is opened, and how: browser, http, picture or video."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished check: the report, and its PDF unless none could be printed.

    `unseen` are findings that the report carries on from an earlier one without having checked them anew.
    `swept`: it comes from a round of the school's, and is printed when it is asked for.
    """

    report: Report
    pdf: bytes | None = field(default=None, repr=False)
    unseen: frozenset[str] = frozenset()
    swept: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was seen in a draft, and what could not be looked at, in words."""

    told: tuple[Assessment, ...]
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person hands over and wants besides, for one check.

    `exports` are their downloads by address; the profiles in `closed` are not visited. `exemptions` are what
    they said of themselves, `code` is what a bio should hold to show whose it is. `once`: look although
    robots.txt asks not to. `ask` puts the checklist to them. `renews` is the report that this check brings
    up to date.
    """

    exports: Mapping[str, tuple[Export, ...]] = field(default_factory=dict, repr=False)
    closed: frozenset[str] = field(default=frozenset(), repr=False)
    exemptions: frozenset[str] = frozenset()
    code: str = field(default="", repr=False)
    once: bool = False
    ask: Ask | None = None
    renews: Report | None = field(default=None, repr=False)


class Look(Protocol):
    """Reads the profiles and writes the report; `saved` are those that need no visit."""

    async def __call__(
        self,
        accounts: Sequence[Account],
        *,
        saved: Mapping[str, Snapshot],
        consent: Consent,
        on_step: OnStep,
        stop: asyncio.Event,
        wishes: Wishes = ...,
        on_open: OnOpen = ...,
    ) -> Result: ...


class HandOver(Protocol):
    """Reads a file that a person gives; `address` is empty where the file itself should say whose it is.

    Raises:
        ScannerError: it cannot be read, with one sentence for the person.
    """

    def __call__(self, address: str, name: str, body: bytes) -> Sequence[tuple[Account, Snapshot]]: ...


class Unpack(Protocol):
    """Reads a person's data download; `accounts` are the profiles they gave.

    Raises:
        ScannerError: it cannot be read, is none that we know, or is somebody else's.
    """

    def __call__(self, path: Path, accounts: Sequence[Account], /) -> Sequence[Export]: ...


def _unreadable(path: Path, _accounts: Sequence[Account], /) -> Sequence[Export]:
    raise UsageError(f"{path.name} is a data download, and none can be read here")


async def _unprinted(_report: Report, /) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Desk:
    """The work behind the pages, as functions.

    `allowed` raises a ScannerError for an address that must not be opened; `print` gives a report as a PDF,
    or nothing where none can be printed.
    """

    school: School
    look: Look
    draft: Callable[[str, bytes], Awaitable[Drafted]]
    hand_over: HandOver
    allowed: Callable[[str], None] = lambda _: None
    version: str = ""
    unpack: Unpack = _unreadable
    print: Callable[[Report], Awaitable[bytes | None]] = _unprinted
