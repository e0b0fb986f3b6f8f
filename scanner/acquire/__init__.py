"""Acquisition: one session of polite, guarded visits; account in, `Snapshot` out.

    async with open_session(Manners()) as session:
        snapshot = await session.read(account, on_picture=..., on_step=...)

A profile that could not be read is a result with its reason, never an exception: the others go on.
Only a missing part (no browser, no sandbox) and an address that must not be opened are raised.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from playwright.async_api import BrowserContext, Error

from detectors import Coverage, Snapshot
from scanner.acquire.addresses import HostPort, host_port, parse_allow
from scanner.acquire.browser import Running, find, launch
from scanner.acquire.guard import Guard, Limits
from scanner.acquire.manners import Manners, Pace, Robots
from scanner.acquire.printing import print_pdf
from scanner.acquire.traffic import OnPicture
from scanner.acquire.visit import ask, stranger
from scanner.acquire.visit import visit as open_page
from scanner.errors import AcquireError, SubmissionError
from scanner.platforms import Account, Page, Visit, more, named, wall

__all__ = ["Manners", "Session", "open_session", "parse_allow"]

OnStep = Callable[[str, int], None]

MAX_VISITS = 12  # pages of one profile
STOPS = frozenset({"blocked", "captcha"})  # a refusal ends the whole profile
SENTENCES = {
    "blocked": "The site refused to show us the {page}.",
    "captcha": "The site asked for proof of being human at the {page}; we do not get round that.",
    "consent_wall": "A cookie question stood in front of the {page}.",
    "filtered": "This network's web filter answered instead of the site.",
    "login_wall": "The site shows the {page} only after signing in; that does not make it private.",
    "not_found_or_hidden": "The {page} does not exist, or is hidden from people who are signed out.",
    "region_variant": "The site shows a different {page} in this region.",
    "unreachable": "The site could not show the {page}; it may be in trouble.",
    "unreadable": "The {page} had nothing in it that we can read.",
}


class Session:
    """Owns the guard, the browser (started when needed, again after a crash), the manners."""

    def __init__(self, guard: Guard, manners: Manners, *, ca: Path | None, look_once: bool) -> None:
        self._guard, self._manners, self._ca, self._look_once = guard, manners, ca, look_once
        self._pace = Pace(manners.pause)
        self._robots = Robots(guard, manners, ca_file=ca)
        self._starting = asyncio.Lock()
        self._pages_open = asyncio.Semaphore(2 * (os.cpu_count() or 1))
        self._reading = 0
        self._running: Running | None = None
        self._ends = AsyncExitStack()

    async def read(
        self,
        account: Account,
        *,
        on_picture: OnPicture = lambda *_: None,
        on_step: OnStep = lambda *_: None,
    ) -> Snapshot:
        """Look at one profile as a stranger would.

        `on_picture` is called with each picture's address and bytes while the page is still being
        read; `on_step` with "pages" or "pictures" and how many there are so far.

        Raises:
            PartMissing: there is no browser that can run here.
            SubmissionError: the profile's address must not be opened.
        """
        visits = list(islice(named(account.platform).visits(account), MAX_VISITS))
        if any(what.via == "browser" for what in visits):
            await self._browser()
        taken = _Taken(on_picture, on_step)
        async with self._pages_open:
            if not self._reading:  # its limit is meant for one scan, a session may do many
                self._guard.bytes_seen = 0
            self._reading += 1
            try:
                async with asyncio.timeout(self._manners.profile_deadline), AsyncExitStack() as ends:
                    await self._walk(account, visits, taken, ends)
            except TimeoutError:
                allowed = f"{self._manners.profile_deadline:g} seconds"
                taken.miss(
                    f"Reading this profile took longer than {allowed}; the rest was not read.", "timeout"
                )
            except AcquireError as error:
                taken.miss(_sentence(error), error.result)
            finally:
                self._reading -= 1
        return await _snapshot(account, taken)

    async def pdf(self, html: str) -> bytes:
        """A self-contained HTML report as a tagged PDF.

        Raises:
            PartMissing: there is no browser that can print.
        """
        return await print_pdf(await self._browser(), html)

    async def close(self) -> None:
        """End the browser; a later visit would start a new one."""
        ends, self._ends, self._running = self._ends, AsyncExitStack(), None
        await ends.aclose()

    async def _walk(self, account: Account, visits: list[Visit], taken: _Taken, ends: AsyncExitStack) -> None:
        context: BrowserContext | None = None
        asked_more = False
        while visits:
            what = visits.pop(0)
            if what.via == "browser" and context is None:
                context = await self._stranger(ends)
            if not await self._take(context, what, taken):
                return
            if not visits and not asked_more:
                asked_more = True
                visits += more(account, taken.pages)[: MAX_VISITS - len(taken.pages)]

    async def _take(self, context: BrowserContext | None, what: Visit, taken: _Taken) -> bool:
        """Read one page into `taken`; False where the profile ends here."""
        first = not taken.pages
        state: str | None
        try:
            page = await self._open(context, what, taken)
        except (AcquireError, SubmissionError) as error:
            if first:
                raise
            state = error.result if isinstance(error, AcquireError) else "skipped"  # a link we do not open
            sentence = _sentence(error)
        else:
            state = await asyncio.to_thread(wall, page)
            if state is None:
                taken.add(page)
                return True
            sentence = _in_words(state, "profile page" if first else f"page '{what.name}'")
        taken.miss(sentence, state if first or state in STOPS or not what.optional else None)
        return not first and state not in STOPS

    async def _open(self, context: BrowserContext | None, what: Visit, taken: _Taken) -> Page:
        host, _ = host_port(what.url)
        if not await self._robots.allows(what.url):
            if not self._look_once:
                raise AcquireError(
                    f"{host} asks programs not to open this page (robots.txt), so it was not opened",
                    "robots_disallowed",
                )
            taken.miss(f"The robots.txt of {host} asks programs to stay away; you chose to look once.", None)
        async with self._pace.turn(host, pause=await self._robots.pause(what.url)):
            if what.via == "http":
                return await ask(self._guard, what, manners=self._manners, ca=self._ca)
            assert context is not None
            try:
                return await open_page(
                    context,
                    what,
                    manners=self._manners,
                    allow=self._guard.allow,
                    max_pictures=max(self._manners.max_images - len(taken.pictures), 0),
                    on_picture=taken.picture,
                )
            except AcquireError as error:
                reasons = [reason for refused, reason in self._guard.refusals if refused == host]
                if error.result == "unreachable" and reasons:
                    raise AcquireError(f"{host} was not opened: {reasons[-1]}", "blocked") from None
                raise

    async def _stranger(self, ends: AsyncExitStack) -> BrowserContext:
        try:
            running = await self._browser()
            return await ends.enter_async_context(stranger(running, user_agent=self._manners.user_agent))
        except (Error, TimeoutError):
            raise AcquireError("the browser stopped before the page was opened", "unreachable") from None

    async def _browser(self) -> Running:
        async with self._starting:
            if self._running is None or not self._running.is_connected():
                await self.close()
                found = await asyncio.to_thread(find)
                self._running = await self._ends.enter_async_context(
                    launch(found, guard=self._guard, ca=self._ca)
                )
            return self._running


@asynccontextmanager
async def open_session(
    manners: Manners,
    *,
    allow: AbstractSet[HostPort] = frozenset(),
    upstream: str | None = None,
    ca: Path | None = None,
    look_once: bool = False,
) -> AsyncIterator[Session]:
    """A session whose every connection goes through one guard.

    `allow` are the hosts and ports of `--allow-address`; `upstream` and `ca` are a school network's
    own proxy and certificate authority; `look_once` opens the person's own profile although
    robots.txt says no, and the report says so.
    """
    limits = Limits(body=manners.max_bytes)
    async with Guard(allow=allow, upstream=upstream, limits=limits) as guard:
        session = Session(guard, manners, ca=ca, look_once=look_once)
        try:
            yield session
        finally:
            await session.close()


@dataclass
class _Taken:
    """What has been read of one profile so far, and what has not."""

    on_picture: OnPicture
    on_step: OnStep
    pages: list[Page] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)
    result: str | None = None

    def add(self, page: Page) -> None:
        self.pages.append(page)
        self.on_step("pages", len(self.pages))

    def miss(self, sentence: str, result: str | None) -> None:
        if sentence not in self.missed:
            self.missed.append(sentence)
        self.result = self.result or result

    def picture(self, url: str, body: bytes) -> None:
        if url not in self.pictures:
            self.pictures.add(url)
            self.on_picture(url, body)
            self.on_step("pictures", len(self.pictures))


async def _snapshot(account: Account, taken: _Taken) -> Snapshot:
    now = datetime.now(UTC)
    if not taken.pages:
        return _unread(account, taken.result or "unreachable", taken.missed, now)
    try:
        parsed = await asyncio.to_thread(named(account.platform).parse, account, taken.pages)
    except AcquireError as error:
        return _unread(account, error.result, [*taken.missed, _sentence(error)], now)
    coverage = replace(parsed.coverage, not_seen=(*parsed.coverage.not_seen, *taken.missed))
    if taken.result and coverage.complete == "complete":
        coverage = replace(coverage, complete="unsure")
    result = "ok_partial" if taken.result and parsed.result == "ok" else parsed.result
    return replace(parsed, coverage=coverage, result=result, captured_at=parsed.captured_at or now)


def _unread(account: Account, result: str, missed: list[str], now: datetime) -> Snapshot:
    return Snapshot(
        id=account.url,
        platform=account.platform,
        url=account.url,
        handle=account.handle,
        coverage=Coverage(not_seen=tuple(missed)),
        result=result,
        captured_at=now,
    )


def _in_words(state: str, page: str) -> str:
    return SENTENCES.get(state, "The {page} could not be read ({state}).").format(page=page, state=state)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
