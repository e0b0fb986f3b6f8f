"""Stands before every page: right host, known person, not too often, not too much, strict headers."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Collection, Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.errors import UsageError
from scanner.web.doors import Doors
from scanner.web.telling import describe

MAX_BODY = 200_000
"""Bytes of an ordinary form; pages that take files have their own limit."""
AT_ONCE = 4
"""Large bodies that are taken at the same time, one from each person: they lie in memory or on the disk."""
PIECE_S, WHOLE_S = 60.0, 900.0
"""Seconds that the next piece of a body, and all of it, may take to come."""
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

HSTS = "max-age=31536000"


class TooLarge(UsageError):
    """More was sent than the page takes."""


class Busy(UsageError):
    """Large files of others, or another of the same person's, are being read."""


class TooSlow(UsageError):
    """A body did not come to its end."""


class Shield:
    """Middleware around all pages. `limits` are the bodies that single paths may take, in bytes.

    `secure`: pages travel encrypted to the person, and browsers are told never to ask otherwise.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        doors: Doors,
        hosts: Collection[str],
        limits: Mapping[str, int],
        secure: bool = False,
    ) -> None:
        self._app, self._doors, self._hosts, self._limits = app, doors, hosts, limits
        self._scheme = "https" if secure else "http"
        self._taking: set[int] = set()
        self._headers = {**HEADERS, **({"strict-transport-security": HSTS} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        send = _dressed(send, self._headers)
        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], MAX_BODY)
        if limit <= MAX_BODY or scope["method"] != "POST":
            await _guarded(self._app, scope, _capped(receive, Headers(scope=scope), limit), send)
            return
        whose = id(scope["room"])
        if whose in self._taking or len(self._taking) >= AT_ONCE:
            await _guarded(self._app, scope, _busy, send)
            return
        self._taking.add(whose)
        try:
            await _guarded(self._app, scope, _capped(receive, Headers(scope=scope), limit), send)
        finally:
            self._taking.discard(whose)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [headers.get("host", "")] or headers.get("host") not in self._hosts:
            return _not_found()  # another name for this computer is a trick
        address = str((scope.get("client") or ("",))[0])
        guest = self._doors.meet(scope["method"], scope["path"], cookies_of(headers), address)
        if not all(bucket.take() for bucket in guest.buckets):
            return PlainTextResponse("too many requests", 429, {"retry-after": "5"})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
            return _not_found()
        if guest.room is None:
            return guest.instead or _not_found()
        if scope["method"] == "POST" and not _same_origin(headers, self._scheme):
            return PlainTextResponse("this form came from elsewhere", 403)
        scope["room"] = guest.room
        return None


def _not_found() -> PlainTextResponse:
    return PlainTextResponse("not found", 404)


def _same_origin(headers: Headers, scheme: str) -> bool:
    """Whether a browser says that its own page sent this; the form's token is asked for besides."""
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and (origin is None or origin == f"{scheme}://{headers['host']}")


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies by name, or none where they cannot be read."""
    try:
        return {name: one.value for name, one in SimpleCookie(headers.get("cookie", "")[:4000]).items()}
    except CookieError:
        return {}


def _dressed(send: Send, dress: Mapping[str, str]) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in dress.items():
                headers[name] = value
        await send(message)

    return dressed


def _capped(receive: Receive, headers: Headers, limit: int) -> Receive:
    declared = headers.get("content-length", "0")
    seen = int(declared) if declared.isdigit() and len(declared) < 16 else limit + 1  # noqa: PLR2004 - digits
    counted, began, whole = 0, time.monotonic(), False

    async def capped() -> Message:
        nonlocal counted, whole
        if seen > limit:
            raise TooLarge("that is too large for this page")
        if whole:
            return await receive()  # whoever waits here waits for the browser to go away
        try:
            async with asyncio.timeout(min(PIECE_S, began + WHOLE_S - time.monotonic())):
                message = await receive()
        except TimeoutError:
            raise TooSlow("that took too long to arrive; please try again") from None
        counted += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if counted > limit:
            raise TooLarge("that is too large for this page")
        return message

    return capped


async def _busy() -> Message:
    raise Busy("other files are being read right now; please try again in a minute")


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
