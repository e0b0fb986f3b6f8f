"""Stands before every page: right host, known person, not too often, not too much, strict headers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.errors import UsageError
from scanner.web.telling import describe

DOOR = "/open/"
MAX_BODY = 200_000
"""Bytes of an ordinary form; pages that take files have their own limit."""
BURST, PER_SECOND = 120.0, 20.0
STRANGER_BURST, STRANGER_PER_SECOND = 30.0, 1.0
MAX_TARGET = 2000
"""Characters of a path and its query."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "x-robots-tag": "noindex, nofollow",
    "x-dns-prefetch-control": "off",
}


class Knows(Protocol):
    """Who tells people by their cookie."""

    def knows(self, cookie: str, /) -> bool: ...


class TooLarge(UsageError):
    """More was sent than the page takes."""


class Bucket:
    """Lets through a burst, then so many a second."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float]) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._left, self._at = burst, clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Shield:
    """Middleware around all pages. `limits` are the bodies that single paths may take, in bytes.

    `open_paths` are those that strangers may ask for, as often as `strangers` says: a burst, and how many
    a second after it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        gate: Knows,
        hosts: Collection[str],
        cookie: str,
        limits: Mapping[str, int],
        open_paths: Collection[str] = (),
        strangers: tuple[float, float] = (STRANGER_BURST, STRANGER_PER_SECOND),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._gate, self._hosts, self._cookie, self._limits = app, gate, hosts, cookie, limits
        self._person = Bucket(BURST, PER_SECOND, clock)
        self._strangers = Bucket(*strangers, clock)
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        send = _dressed(send)
        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], MAX_BODY)
        await _guarded(self._app, scope, _capped(receive, Headers(scope=scope), limit), send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [headers.get("host", "")] or headers.get("host") not in self._hosts:
            return _not_found()  # another name for this computer is a trick
        known = self._gate.knows(cookie_of(headers, self._cookie))
        if not (self._person if known else self._strangers).take():
            return PlainTextResponse("too many requests", 429, {"retry-after": "5"})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
            return _not_found()
        at_door = scope["path"].startswith(DOOR) and scope["method"] == "GET"
        at_door = at_door or scope["path"] in self._open
        if not known and not at_door:
            return _not_found()
        if scope["method"] == "POST" and not _same_origin(headers):
            return PlainTextResponse("this form came from elsewhere", 403)
        return None


def _not_found() -> PlainTextResponse:
    return PlainTextResponse("not found", 404)


def _same_origin(headers: Headers) -> bool:
    """Whether a browser says that its own page sent this; the form's token is asked for besides."""
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and (origin is None or origin == f"http://{headers['host']}")


def cookie_of(headers: Headers, name: str) -> str:
    """The cookie of that name, or nothing."""
    try:
        found = SimpleCookie(headers.get("cookie", "")[:4000]).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return dressed


def _capped(receive: Receive, headers: Headers, limit: int) -> Receive:
    declared = headers.get("content-length", "0")
    seen = int(declared) if declared.isdigit() and len(declared) < 16 else limit + 1  # noqa: PLR2004 - digits
    counted = 0

    async def capped() -> Message:
        nonlocal counted
        if seen > limit:
            raise TooLarge("that is too large for this page")
        message = await receive()
        counted += len(message.get("body", b""))
        if counted > limit:
            raise TooLarge("that is too large for this page")
        return message

    return capped


async def _guarded(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A bug keeps its traceback, but neither its message nor any value: those may hold what was given."""
    begun = False

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = begun or message["type"] == "http.response.start"
        await send(message)

    try:
        await app(scope, receive, noted)
    except Exception as error:  # noqa: BLE001 - the last place that can say it without the values
        print(f"request.failed {describe(error)}", file=sys.stderr)  # noqa: T201
        if not begun:
            await PlainTextResponse("something went wrong here; go back and try again", 500)(
                scope, receive, send
            )
