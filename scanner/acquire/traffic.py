"""What one open page loads: requests still under way, how long answers take, and the pictures."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from statistics import median
from urllib.parse import urlsplit

from playwright.async_api import Error, Page, Request, Response

CONTENT_RANGE = re.compile(r"bytes 0-(?P<last>\d{1,12})/(?P<all>\d{1,12})")
ENDLESS = frozenset(
    {"eventsource", "media", "ping", "websocket", "texttrack", "manifest", "cspviolationreport"}
)
CONTENT = frozenset({"document", "image"})
POLLS = 3  # the same address answered this often without the page growing: a poll, not content
HANGS_S = 10.0
AT_ONCE = 8
MAX_UNPACKED = 1032  # times as long as it came: what deflate can do at most
MAX_UNPACKED_OTHER = 10_000  # brotli and zstd know no such limit; drawings stay far below this
MAX_TOTAL = 256 * 2**20  # bytes of pictures held for one page
MAX_VIDEOS = 6  # videos kept of one page, of those it loads by itself

OnPicture = Callable[[str, bytes], None]


class Traffic:
    """Listens to a page from before its first request until `settle`.

    `pictures` maps the address the page asked for (before any redirect) to the bytes; `lost` names
    pictures that arrived but could not be kept; `full` says that a cap stopped the collecting. Videos that
    the page loads whole by itself are among the pictures, but are not handed on before they are asked for.
    """

    def __init__(self, page: Page, *, max_pictures: int, max_bytes: int, on_picture: OnPicture) -> None:
        self.pictures: dict[str, bytes] = {}
        self.lost: set[str] = set()
        self.full = False
        self.changed_at = time.monotonic()
        self.document: Response | None = None
        self.documents = 0
        self._source: asyncio.Task[bytes | None] | None = None
        self._page = page
        self._max_pictures, self._max_bytes, self._on_picture = max_pictures, max_bytes, on_picture
        self._total = 0
        self._under_way: dict[Request, float] = {}
        self._answers: dict[Request, Response] = {}
        self._took: deque[float] = deque(maxlen=200)
        self._seen: Counter[str] = Counter()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._videos: set[str] = set()
        page.on("request", self._began)
        page.on("response", self._answered)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)

    @property
    def busy(self) -> bool:
        """Whether something that can still change the page is under way."""
        now = time.monotonic()
        hung = {
            r for r, at in self._under_way.items() if now - at > HANGS_S and r.resource_type not in CONTENT
        }
        return len(self._under_way) > len(hung) or any(not task.done() for task in self._tasks.values())

    @property
    def hanging(self) -> bool:
        """Whether a request was never answered, so that something may be missing."""
        return bool(self._under_way)

    @property
    def median_s(self) -> float:
        """Seconds an answer took, from asking to the last byte."""
        return median(self._took) if self._took else 0.0

    def grew(self) -> None:
        """Say that the page grew: answers to known addresses count as content again."""
        self._seen.clear()
        self.changed_at = time.monotonic()

    async def settle(self, seconds: float) -> None:
        """Wait for pictures that have arrived but are still being copied out of the browser."""
        tasks = list(self._tasks.values())
        if tasks:
            done, late = await asyncio.wait(tasks, timeout=max(seconds, 0.01))
            for task in late:
                task.cancel()
            self.lost.update(u for u, task in self._tasks.items() if task in late and u not in self._videos)
            for task in done:
                if not task.cancelled() and (error := task.exception()):
                    raise error  # a picture's judge failed: a bug, not an odd page

    async def source(self, seconds: float) -> bytes:
        """The main document as it was sent; empty if the browser no longer has it."""
        if self._source is None:
            return b""
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._source), max(seconds, 0.01)) or b""
        return b""

    def stop(self) -> None:
        """Listen no longer, and drop what is under way."""
        for task in (*self._tasks.values(), self._source):
            if task is not None:
                task.cancel()
        for event, handler in (
            ("request", self._began),
            ("response", self._answered),
            ("requestfinished", self._finished),
            ("requestfailed", self._failed),
        ):
            self._page.remove_listener(event, handler)

    def _began(self, request: Request) -> None:
        if request.resource_type not in ENDLESS:
            self._under_way[request] = time.monotonic()
            self._touch(request)

    def _answered(self, response: Response) -> None:
        request = response.request
        self._answers[request] = response
        with suppress(Error):
            if request.is_navigation_request() and response.frame == self._page.main_frame:
                self.document, self.documents = response, self.documents + 1
                self.lost.clear()  # those of the page before

    def _finished(self, request: Request) -> None:
        self._end(request)
        response = self._answers.pop(request, None)
        if response is None:
            return
        if response is self.document:
            self._source = asyncio.create_task(_body(response))
        elif _is_picture(request, response):
            self._keep(_first(request).url, response)
        elif _is_whole_video(response) and len(self._videos) < MAX_VIDEOS:
            self._videos.add(_first(request).url)
            self._keep(_first(request).url, response)

    def _failed(self, request: Request) -> None:
        self._end(request)
        self._answers.pop(request, None)

    def _end(self, request: Request) -> None:
        began = self._under_way.pop(request, None)
        if began is not None:
            self._took.append(time.monotonic() - began)
            self._touch(request)

    def _touch(self, request: Request) -> None:
        if request.resource_type not in CONTENT:
            parts = urlsplit(request.url)
            address = f"{request.method} {parts.netloc}{parts.path}"
            self._seen[address] += 1
            if self._seen[address] > 2 * POLLS:  # once for asking, once for the answer
                return
        self.changed_at = time.monotonic()

    def _keep(self, url: str, response: Response) -> None:
        if url in self._tasks:
            return
        if len(self._tasks) - len(self._videos) >= self._max_pictures or self._total >= MAX_TOTAL:
            self.full = True
        elif _at_most(response.headers, _length(response.headers)) > self._max_bytes:
            self._lose(url)
        else:
            self._tasks[url] = asyncio.create_task(self._copy(url, response))

    async def _copy(self, url: str, response: Response) -> None:
        async with self._slots:
            if self._total >= MAX_TOTAL:
                self.full = True
                return
            arrived = await _arrived(response)
            small = _at_most(response.headers, arrived) <= self._max_bytes
            body = await _body(response) if small else None
        if body is None or len(body) > self._max_bytes:
            self._lose(url)
        elif body:
            self._total += len(body)
            self.pictures[url] = body
            if url not in self._videos:  # a video takes long to judge, and may be an advertisement
                self._on_picture(url, body)

    def _lose(self, url: str) -> None:
        """A video that does not come whole is told of where it is laid out, with those that never came."""
        if url not in self._videos:
            self.lost.add(url)


def _is_picture(request: Request, response: Response) -> bool:
    if response.status not in (200, 203):
        return False
    kind = response.headers.get("content-type", "").strip().lower()
    return kind.startswith("image/") or (request.resource_type == "image" and not kind.startswith("text/"))


def _is_whole_video(response: Response) -> bool:
    """Whether a video came from its first byte to its last, in one answer."""
    if not response.headers.get("content-type", "").strip().lower().startswith("video/"):
        return False
    span = CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    whole = span is not None and int(span["last"]) + 1 == int(span["all"])
    return response.status == HTTPStatus.OK or (response.status == HTTPStatus.PARTIAL_CONTENT and whole)


def _first(request: Request) -> Request:
    while request.redirected_from is not None:
        request = request.redirected_from
    return request


def _length(headers: Mapping[str, str]) -> int:
    said = headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _at_most(headers: Mapping[str, str], packed: int) -> int:
    """How many bytes an answer of this length can unpack to; pictures are seldom packed at all."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return packed
    return packed * (MAX_UNPACKED if coding in ("gzip", "x-gzip", "deflate") else MAX_UNPACKED_OTHER)


async def _arrived(response: Response) -> int:
    """The bytes that came over the wire, still packed."""
    with suppress(Error):
        return (await response.request.sizes())["responseBodySize"]
    return 0


async def _body(response: Response) -> bytes | None:
    """The bytes, asked for at once: the browser forgets them when the page moves on or memory is short."""
    with suppress(Error):
        return await response.body()
    return None
