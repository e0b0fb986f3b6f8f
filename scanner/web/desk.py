"""What the pages need from the rest of the house, handed in by whoever starts them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from data import School
from detectors import Snapshot
from scanner.model import Assessment, Consent, Report
from scanner.pipeline import OnStep
from scanner.platforms import Account


@dataclass(frozen=True, slots=True)
class Result:
    """A finished check: the report, and its PDF unless none could be printed."""

    report: Report
    pdf: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was seen in a draft, and what could not be looked at, in words."""

    told: tuple[Assessment, ...]
    unchecked: tuple[str, ...] = ()


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
    ) -> Result: ...


class HandOver(Protocol):
    """Reads a file that a person gives; `address` is empty where the file itself should say whose it is.

    Raises:
        ScannerError: it cannot be read, with one sentence for the person.
    """

    def __call__(self, address: str, name: str, body: bytes) -> Sequence[tuple[Account, Snapshot]]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The work behind the pages, as functions.

    `allowed` raises a ScannerError for an address that must not be opened.
    """

    school: School
    look: Look
    draft: Callable[[str, bytes], Awaitable[Drafted]]
    hand_over: HandOver
    allowed: Callable[[str], None] = lambda _: None
    version: str = ""
