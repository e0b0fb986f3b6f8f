"""Opening one address in the browser, as a signed-out visitor who waits politely, and taking it down.

Whatever the page does, every step here has a deadline: a page can stop the browser from answering.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Coroutine
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, Dialog, Error, Response, ViewportSize
from playwright.async_api import Page as Tab

from scanner.acquire._verdict import verdict
from scanner.acquire.addresses import HostPort, check_url
from scanner.acquire.browser import Proxy, through
from scanner.acquire.guard import Guard, Purse
from scanner.acquire.manners import Manners
from scanner.acquire.scroll import MAX_MOVES, State, moved, read_to_end
from scanner.acquire.text import decode, has_scripts, mended, whole
from scanner.acquire.traffic import OnPicture, Traffic
from scanner.acquire.web import fetch
from scanner.errors import AcquireError
from scanner.platforms import Page, Visit

T = TypeVar("T")


class GuardedError(AcquireError):
    """The guard answered in the site's place; why is in its list of refusals."""


MAX_HTML = 3_000_000  # characters of DOM taken from one page
CLOSE_S = 5.0
STEP_S = 15.0
STOP_S = 4.0  # for what a page shows when the person stops
VIEW: ViewportSize = {"width": 1280, "height": 1600}

# Second layer behind the guard, and nothing opens a window of its own.
HARDEN = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport"]) {
  try { delete globalThis[name]; } catch { }
}
try { Object.defineProperty(globalThis, "open", { value: () => null }); } catch { }
"""


@asynccontextmanager
async def stranger(
    browser: Browser, *, user_agent: str, guard: Proxy | None = None
) -> AsyncIterator[BrowserContext]:
    """A browser context for one profile: signed out, remembering nothing, forgotten when the block ends.

    `guard` is this profile's own credential at the guard; without it, the browser's counts.
    """
    context = await _within(
        browser.new_context(
            accept_downloads=False,
            locale="en-GB",
            permissions=[],
            proxy=through(guard) if guard else None,
            service_workers="block",
            user_agent=user_agent,
            viewport=VIEW,
        ),
        STEP_S,
    )
    try:
        await _within(context.add_init_script(HARDEN), STEP_S)
        yield context
    finally:
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(context.close(), CLOSE_S)


async def visit(
    context: BrowserContext,
    what: Visit,
    *,
    manners: Manners,
    allow: AbstractSet[HostPort] = frozenset(),
    max_pictures: int | None = None,
    on_picture: OnPicture = lambda *_: None,
    stop: asyncio.Event | None = None,
) -> Page:
    """Render one address and read it to its end. Pictures are handed on as they arrive.

    `max_pictures` is what is left of the profile's share, if not all of it. Setting `stop` ends the
    reading within seconds; what the page shows by then is its contents.

    Raises:
        SubmissionError: an address that must not be opened; nothing was.
        AcquireError: nothing could be read; `result` says what kind of nothing.
    """
    check_url(what.url, allow=allow)
    until = time.monotonic() + manners.page_deadline
    tab = await _within(context.new_page(), STEP_S)
    windows = _Windows()
    context.on("page", windows.close)
    tab.on("dialog", windows.dismiss)
    crashed = asyncio.Event()
    tab.on("crash", lambda _: crashed.set())
    crash = asyncio.create_task(crashed.wait())
    traffic = Traffic(
        tab,
        max_pictures=manners.max_images if max_pictures is None else max_pictures,
        max_bytes=manners.max_bytes,
        on_picture=on_picture,
    )
    reading = asyncio.ensure_future(
        _read(tab, traffic, what, manners=manners, until=until, stop=stop or asyncio.Event())
    )
    try:
        await asyncio.wait({reading, crash}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            raise AcquireError("the page brought its browser tab down", "unreachable")
        return reading.result()
    except Error as error:
        raise AcquireError(*_browser_said(error.message)) from None
    finally:
        reading.cancel()
        crash.cancel()
        traffic.stop()
        windows.stop()
        context.remove_listener("page", windows.close)
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(tab.close(), CLOSE_S)


async def ask(
    guard: Guard, what: Visit, *, manners: Manners, ca: Path | None = None, purse: Purse | None = None
) -> Page:
    """Fetch an API answer or feed without a browser.

    Raises:
        SubmissionError: an address that must not be opened; nothing was.
        AcquireError: no answer could be read.
    """
    answer = await fetch(
        guard,
        what.url,
        user_agent=manners.user_agent,
        max_bytes=manners.max_bytes,
        deadline=manners.page_deadline,
        ca_file=ca,
        purse=purse,
    )
    text = decode(answer.body, answer.headers.get("content-type", ""))
    return Page(what.name, answer.url, answer.status, text, text, dict(answer.headers), complete="complete")


async def pick_up(
    guard: Guard, what: Visit, *, manners: Manners, ca: Path | None = None, purse: Purse | None = None
) -> Page:
    """Fetch one picture file as it was uploaded, or a video; its bytes are the page's only picture.

    Of a video that is too long, the beginning is taken. What answers with something else than was
    asked for is a page like any other, told by its wall.

    Raises:
        SubmissionError: an address that must not be opened; nothing was.
        AcquireError: no answer could be read.
    """
    accept = "video/*" if what.via == "video" else "image/*"
    answer = await fetch(
        guard,
        what.url,
        user_agent=manners.user_agent,
        max_bytes=manners.max_bytes,
        deadline=manners.page_deadline,
        accept=accept,
        ca_file=ca,
        cut=what.via == "video",
        purse=purse,
    )
    kind = answer.headers.get("content-type", "")
    headers = dict(answer.headers)
    if answer.status == HTTPStatus.OK and kind.strip().lower().startswith(accept[:-1]) and answer.body:
        return Page(
            what.name,
            answer.url,
            answer.status,
            "",
            headers=headers,
            pictures={what.url: answer.body},
            complete="complete",
        )
    text = decode(answer.body, kind)
    return Page(what.name, answer.url, answer.status, text, text, headers, complete="complete")


async def _read(
    tab: Tab, traffic: Traffic, what: Visit, *, manners: Manners, until: float, stop: asyncio.Event
) -> Page:
    response = await _unless(stop, _open(tab, what.url, until))
    if response is None:
        raise AcquireError("the scan was stopped before the page was there", "timeout")
    source = await traffic.source(min(STEP_S, until - time.monotonic()))
    _guarded(response)
    state: State = "unsure"
    with suppress(TimeoutError):  # what is there by then is taken, and marked unsure
        reading = read_to_end(
            tab,
            traffic,
            scroll=what.scroll,
            scripted=not source or has_scripts(source),
            max_height=manners.max_page_height,
            max_posts=manners.max_posts,
            until=until - min(STEP_S, manners.page_deadline) / 3,
            within=_within,
        )
        state = await _unless(stop, reading) or "unsure"
    if stop.is_set():
        until = min(until, time.monotonic() + STOP_S)
    html = await _take(tab, until)
    document = traffic.document or response
    if document is not response:  # the page sent itself elsewhere
        source = await traffic.source(until - time.monotonic())
        _guarded(document)
    await traffic.settle(until - time.monotonic())
    if traffic.full or len(html) > MAX_HTML:
        state = "capped"
    elif traffic.lost and state == "complete":
        state = "unsure"
    return Page(
        what.name,
        tab.url,
        document.status,
        mended(whole(html[:MAX_HTML]), source),
        whole(source[:MAX_HTML].decode("utf-8", "replace")),  # the browser has decoded it already
        dict(document.headers),
        dict(traffic.pictures),
        state,
    )


async def _open(tab: Tab, url: str, until: float) -> Response:
    seconds = until - time.monotonic()
    try:
        response = await _within(
            tab.goto(url, wait_until="domcontentloaded", timeout=seconds * 1000), seconds + 1
        )
    except TimeoutError:
        raise AcquireError("the page did not load in time", "timeout") from None
    except Error as error:
        raise AcquireError(*_browser_said(error.message)) from None
    if response is None:
        raise AcquireError("the address led to no page", "unreadable")
    return response


def _guarded(response: Response) -> None:
    """Raise what the guard answered in the site's place."""
    if told := verdict(response.url, response.headers):
        raise GuardedError("the page was not opened, as the way there was refused or failed", told)


async def _take(tab: Tab, until: float) -> str:
    """The page as it stands now."""
    for _ in range(MAX_MOVES):
        try:
            return await _within(tab.content(), min(STEP_S, until - time.monotonic()))
        except TimeoutError:
            raise AcquireError("the page kept the browser too busy to be read", "timeout") from None
        except Error as error:
            if not moved(error):
                raise
            await asyncio.sleep(0.2)
    raise AcquireError("the page never stops sending itself elsewhere", "unreadable")


async def _unless(stop: asyncio.Event, step: Coroutine[Any, Any, T]) -> T | None:
    """What a step gives, or None where `stop` was set first; the step is given up then."""
    doing, stopped = asyncio.ensure_future(step), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        doing.cancel()
        stopped.cancel()
        await asyncio.gather(doing, stopped, return_exceptions=True)


async def _within(step: Awaitable[T], seconds: float) -> T:
    """One step under its own deadline; the browser library has none for scripts and contents."""
    return await asyncio.wait_for(step, max(seconds, 0.01))


def _browser_said(message: str) -> tuple[str, str]:
    first = message.splitlines()[0] if message else ""
    code = re.search(r"ERR_[A-Z_]+", message)
    if "ownload is starting" in message:
        return "the address is a file to download, not a page", "unreadable"
    if "Timeout" in first:
        return "the page did not load in time", "timeout"
    if code and code[0] in (
        "ERR_ABORTED",
        "ERR_INVALID_RESPONSE",
        "ERR_EMPTY_RESPONSE",
        "ERR_RESPONSE_HEADERS_TRUNCATED",
    ):
        return "the site's answer was no page", "unreadable"
    if code and "CERT" in code[0]:
        return "the site's certificate is not valid, so it was not opened", "unreachable"
    if code:
        return f"the site could not be reached ({code[0]})", "unreachable"
    return "the browser stopped while reading the page", "unreachable"


class _Windows:
    """Closes every window a page opens and dismisses its dialogs, at once."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self, tab: Tab) -> None:
        self._start(tab.close())

    def dismiss(self, dialog: Dialog) -> None:
        self._start(dialog.dismiss())

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _start(self, step: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_quietly(step))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(step: Awaitable[None]) -> None:
    with suppress(Error, TimeoutError):
        await asyncio.wait_for(step, CLOSE_S)
