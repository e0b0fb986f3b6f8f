"""What has been read of one profile so far, what has not and why, and the snapshot made of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from data import read_toml
from detectors import Coverage, Snapshot
from scanner.acquire._aside import aside
from scanner.acquire.guard import Purse
from scanner.acquire.traffic import OnPicture
from scanner.errors import AcquireError
from scanner.platforms import Account, Page, named, unread

OnStep = Callable[[str, int], None]
OnOpen = Callable[[str, str], None]
"""Called with an address that was opened, and how: browser, http, picture or video."""
READING_S = 45.0  # for one reader on one profile's pages; ordinary ones take a second or two


@dataclass
class Taken:
    """One profile under way. `stop` is set by a person who has waited enough.

    `on_show`: a page stands in the browser, so that there is something to keep. `waiting`: for a
    turn on a busy host; `patience` are the seconds left for that. `once`: the person chose to look although
    robots.txt asks not to.
    """

    on_picture: OnPicture
    on_step: OnStep
    stop: asyncio.Event
    patience: float
    on_open: OnOpen = lambda *_: None
    pages: list[Page] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)
    result: str | None = None
    stopped: bool = False
    on_show: bool = False
    waiting: bool = False
    deadline: asyncio.Timeout | None = None
    purse: Purse | None = None
    once: bool = False

    def add(self, page: Page) -> None:
        """Keep a page that was read."""
        self.pages.append(page)
        self.on_step("pages", len(self.pages))

    def miss(self, sentence: str, result: str | None) -> None:
        """Say what was not read; the first result that is not None is the profile's."""
        if sentence not in self.missed:
            self.missed.append(sentence)
        self.result = self.result or result

    def cut_short(self) -> None:
        """Say that the person stopped before the end."""
        self.stopped = True
        self.miss(ending("stopped"), "timeout")

    def picture(self, url: str, body: bytes) -> None:
        """Hand on a picture that has just arrived."""
        if url not in self.pictures:
            self.pictures.add(url)
            self.on_picture(url, body)
            self.on_step("pictures", len(self.pictures))


def ending(kind: str, **words: object) -> str:
    """Why a profile was not read to its end, as `data/texts/results.toml` says it."""
    return _endings()[kind].format(**words)


def sentence(error: Exception) -> str:
    """An error's words as a sentence of a report; a host's name stays as it is."""
    text = str(error)
    first = text[:1] if re.match(r"[\w-]+\.\w", text) else text[:1].upper()
    return f"{first}{text[1:]}{'' if text.endswith('.') else '.'}"


def stumbled(error: Exception) -> str:
    """That a reader of ours failed: the kind of bug and where, none of the page's words."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{Path(last.tb_frame.f_code.co_filename).stem}:{last.tb_lineno}" if last else "?"
    return ending("stumbled", bug=f"{type(error).__name__} in {place}")


async def snapshot_of(account: Account, taken: Taken) -> Snapshot:
    """What was read, parsed by its platform, with an account of what is missing."""
    now = datetime.now(UTC)
    if not taken.pages:
        return _unread(account, taken.result or "unreachable", taken.missed, now)
    try:
        parsed = await aside(READING_S, partial(named(account.platform).parse, account, tuple(taken.pages)))
    except AcquireError as error:
        return _unread(account, error.result, [*taken.missed, sentence(error)], now)
    except TimeoutError:
        return _unread(account, "timeout", [*taken.missed, ending("slow", seconds=READING_S)], now)
    except Exception as error:  # noqa: BLE001 a bug of one reader must not end the others
        return _unread(account, "layout_changed", [*taken.missed, stumbled(error)], now)
    coverage = replace(parsed.coverage, not_seen=(*parsed.coverage.not_seen, *taken.missed))
    if taken.stopped or (taken.result and coverage.complete == "complete"):
        coverage = replace(coverage, complete="unsure")
    result = "ok_partial" if taken.result and parsed.result == "ok" else parsed.result
    return replace(parsed, coverage=coverage, result=result, captured_at=parsed.captured_at or now)


def _unread(account: Account, result: str, missed: list[str], now: datetime) -> Snapshot:
    known = unread(account)
    return Snapshot(
        id=known.url,
        platform=known.platform,
        url=known.url,
        handle=known.handle,
        coverage=Coverage(not_seen=tuple(missed)),
        result=result,
        captured_at=now,
    )


@lru_cache(maxsize=1)
def _endings() -> dict[str, str]:
    endings: dict[str, str] = read_toml("texts/results.toml")["ends"]
    return endings
