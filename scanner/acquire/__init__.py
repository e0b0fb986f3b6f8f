"""Acquisition: one session of polite, guarded visits; account in, `Snapshot` out.

    async with open_session(Manners()) as session:
        snapshot = await session.read(account, on_picture=..., on_step=...)

A profile that could not be read is a result with its reason, never an exception: the others go on.
Only a missing part (no browser, no sandbox) and an address that must not be opened are raised.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from playwright.async_api import BrowserContext, Error

from detectors import Snapshot
from scanner.acquire._aside import aside
from scanner.acquire._taken import READING_S, OnOpen, OnStep, Taken, ending, sentence, snapshot_of, stumbled
from scanner.acquire.addresses import HostPort, host_port, parse_allow
from scanner.acquire.browser import Running, find, launch
from scanner.acquire.guard import Guard, Limits
from scanner.acquire.manners import Manners, Pace, Robots, Trouble
from scanner.acquire.printing import print_pdf
from scanner.acquire.traffic import OnPicture
from scanner.acquire.visit import GuardedError, ask, pick_up, stranger
from scanner.acquire.visit import visit as open_page
from scanner.errors import AcquireError, SubmissionError
from scanner.platforms import Account, Page, Visit, in_words, more, named, wall

__all__ = ["Manners", "Session", "open_session", "parse_allow"]

MAX_VISITS = 20  # pages and uploaded pictures of one profile
STOPS = frozenset({"blocked", "captcha"})  # a refusal ends the whole profile
LAST_PAGE_S = 8.0  # for the page on show, when the person stops


class Session:
    """Owns the guard, the browser (started when needed, again after a crash), the manners."""

    def __init__(self, guard: Guard, manners: Manners, *, ca: Path | None, look_once: bool) -> None:
        self._guard, self._manners, self._ca, self._look_once = guard, manners, ca, look_once
        self._pace = Pace(manners.pause)
        self._robots = Robots(guard, manners, ca_file=ca)
        self._starting = asyncio.Lock()
        self._pages_open = asyncio.Semaphore(2 * (os.cpu_count() or 1))
        self._running: Running | None = None
        self._ends = AsyncExitStack()

    async def read(
        self,
        account: Account,
        *,
        on_picture: OnPicture = lambda *_: None,
        on_step: OnStep = lambda *_: None,
        on_open: OnOpen = lambda *_: None,
        stop: asyncio.Event | None = None,
        once: bool = False,
    ) -> Snapshot:
        """Look at one profile as a stranger would.

        `on_picture` is called with each picture's address and bytes while the page is still being
        read; `on_step` with "pages" or "pictures" and how many there are so far; `on_open` with each
        address as it is opened. Setting `stop` ends the reading within seconds; what came by then is
        the snapshot, which says so. `once` is `look_once` for this profile alone.

        Raises:
            PartMissing: there is no browser that can run here.
            SubmissionError: the profile's address must not be opened.
        """
        taken = Taken(on_picture, on_step, stop or asyncio.Event(), self._manners.patience, on_open)
        taken.once = once or self._look_once
        reading = asyncio.ensure_future(self._profile(account, taken))
        stopped = asyncio.ensure_future(taken.stop.wait())
        try:
            await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done() and taken.on_show:
                await asyncio.wait({reading}, timeout=LAST_PAGE_S)
            if reading.done():
                reading.result()
            else:
                taken.cut_short()
        finally:
            reading.cancel()
            stopped.cancel()
            await asyncio.gather(reading, stopped, return_exceptions=True)
        return await snapshot_of(account, taken)

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

    async def _profile(self, account: Account, taken: Taken) -> None:
        """Read a profile into `taken`, come what may."""
        visits = list(islice(named(account.platform).visits(account), MAX_VISITS))
        if any(what.via == "browser" for what in visits):
            await self._browser()
        async with self._pages_open:
            try:
                async with (
                    asyncio.timeout(self._manners.profile_deadline) as taken.deadline,
                    AsyncExitStack() as ends,
                ):
                    taken.purse = ends.enter_context(self._guard.purse())
                    await self._walk(account, visits, taken, ends)
            except TimeoutError:
                seconds = self._manners.profile_deadline
                taken.miss(
                    ending("waited") if taken.waiting else ending("deadline", seconds=seconds), "timeout"
                )
            except AcquireError as error:
                if taken.stop.is_set():
                    taken.cut_short()
                else:
                    taken.miss(sentence(error), error.result)

    async def _walk(self, account: Account, visits: list[Visit], taken: Taken, ends: AsyncExitStack) -> None:
        context: BrowserContext | None = None
        tried: set[str] = set()
        for _ in range(MAX_VISITS):
            plan = [what for what in visits if what.name not in tried]
            if not plan:
                try:
                    told = await aside(READING_S, partial(more, account, tuple(taken.pages)))
                except TimeoutError:
                    taken.miss(ending("slow", seconds=READING_S), "timeout")
                    return
                except Exception as error:  # noqa: BLE001 a bug of one reader must not end the others
                    taken.miss(stumbled(error), "layout_changed")
                    return
                plan = [what for what in told if what.name not in tried]
            if not plan:
                return
            if taken.stop.is_set():
                taken.cut_short()
                return
            tried.add(plan[0].name)
            if plan[0].via == "browser" and context is None:
                context = await self._stranger(taken, ends)
            if not await self._take(context, plan[0], taken):
                return

    async def _take(self, context: BrowserContext | None, what: Visit, taken: Taken) -> bool:
        """Read one page into `taken`; False where the profile ends here."""
        first = not taken.pages
        state: str | None
        try:
            page = await self._open(context, what, taken)
            state = await self._wall(page)
            if state is None:
                await self._ended_well(page.url, taken)
        except (AcquireError, SubmissionError) as error:
            if first:
                raise
            state = error.result if isinstance(error, AcquireError) else "skipped"  # a link we do not open
            words = sentence(error)
        else:
            if state is None:
                taken.add(page)
                return True
            words = in_words(state, "profile page" if first else f"page '{what.name}'")
        taken.miss(words, state if first or state in STOPS or not what.optional else None)
        return not first and state not in STOPS

    async def _wall(self, page: Page) -> str | None:
        try:
            return await aside(READING_S, partial(wall, page))
        except TimeoutError:
            raise AcquireError(ending("slow", seconds=READING_S), "timeout") from None
        except Exception as error:
            raise AcquireError(stumbled(error), "layout_changed") from error

    async def _open(self, context: BrowserContext | None, what: Visit, taken: Taken) -> Page:
        host, _ = host_port(what.url)
        await self._permitted(what.url, taken)
        async with self._turn(host, await self._robots.pause(what.url), taken):
            taken.on_open(what.url, what.via)
            if what.via == "http":
                return await ask(self._guard, what, manners=self._manners, ca=self._ca, purse=taken.purse)
            if what.via in {"picture", "video"}:
                page = await pick_up(self._guard, what, manners=self._manners, ca=self._ca, purse=taken.purse)
                for address, body in page.pictures.items():
                    taken.picture(address, body)
                return page
            assert context is not None
            taken.on_show = True
            try:
                page = await open_page(
                    context,
                    what,
                    manners=self._manners,
                    allow=self._guard.allow,
                    max_pictures=max(self._manners.max_images - len(taken.pictures), 0),
                    on_picture=taken.picture,
                    stop=taken.stop,
                )
            except AcquireError as error:
                reasons = [reason for refused, reason in self._guard.refusals if refused == host]
                if reasons and (error.result == "unreachable" or isinstance(error, GuardedError)):
                    result = error.result if isinstance(error, GuardedError) else "blocked"
                    raise AcquireError(f"the site {host} was not opened: {reasons[-1]}", result) from None
                raise
            finally:
                taken.on_show = False
        if taken.stop.is_set():
            taken.cut_short()
        return page

    async def _permitted(self, url: str, taken: Taken) -> None:
        """Obey robots.txt, unless the person chose to look once.

        A site that could not be reached is not opened even then.
        """
        refused = await self._robots.refuses(url)
        if not refused:
            return
        host, _ = host_port(url)
        why = refused.why if isinstance(refused, Trouble) else ""
        result = refused.result if isinstance(refused, Trouble) else "robots_disallowed"
        if result != "robots_disallowed":
            raise AcquireError(ending("robots_unreached", host=host, why=why), result)
        kind = "_unread" if why else ""
        if not taken.once:
            raise AcquireError(ending(f"robots{kind}", host=host, why=why), result)
        taken.miss(ending(f"look_once{kind}", host=host, why=why), None)

    async def _ended_well(self, url: str, taken: Taken) -> None:
        """Obey robots.txt also where a redirect led in the end."""
        try:
            await self._permitted(url, taken)
        except SubmissionError:
            raise AcquireError("the page led to an address that is no web page", "unreadable") from None

    @asynccontextmanager
    async def _turn(self, host: str, pause: float, taken: Taken) -> AsyncIterator[None]:
        """Wait for a turn on this host; the profile's deadline stands still as long as patience lasts."""
        clock = asyncio.get_running_loop().time
        began, due = clock(), taken.deadline.when() if taken.deadline else None
        if taken.deadline and due is not None:
            taken.deadline.reschedule(due + taken.patience)
        taken.waiting = True
        async with self._pace.turn(host, pause=pause):
            taken.waiting = False
            waited = min(clock() - began, taken.patience)
            taken.patience -= waited
            if taken.deadline and due is not None:
                taken.deadline.reschedule(due + waited)
            yield

    async def _stranger(self, taken: Taken, ends: AsyncExitStack) -> BrowserContext:
        try:
            running = await self._browser()
            visitor = stranger(running, user_agent=self._manners.user_agent, guard=taken.purse)
            return await ends.enter_async_context(visitor)
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
