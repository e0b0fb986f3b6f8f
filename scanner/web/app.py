"""Puts the pages of one person's stay together: which path leads where, and what stands before all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scanner.errors import ScannerError
from scanner.web import (
    about,
    again,
    deciding,
    draft,
    giving,
    progress,
    proving,
    questions,
    results,
    start,
)
from scanner.web.desk import Desk
from scanner.web.doors import Alone
from scanner.web.forms import Forged
from scanner.web.gate import Gate
from scanner.web.render import Room, room, sorry, words
from scanner.web.shield import Shield, TooLarge
from scanner.web.uploads import MAX_UPLOAD

Page = Callable[[Request], Awaitable[Response]]

PATHS: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/open/{token}", start.door),
    ("GET", "/", start.start),
    ("GET", "/report.css", start.report_css),
    ("GET", "/web.css", start.web_css),
    ("GET", "/web.js", start.web_js),
    ("GET", "/hidden", start.hidden),
    ("POST", "/forget", start.forget),
    ("POST", "/leave", start.leave),
    ("GET", "/consent", giving.consent),
    ("POST", "/consent", giving.agree),
    ("GET", "/addresses", giving.addresses),
    ("POST", "/addresses", giving.add),
    ("POST", "/addresses/page", giving.add_page),
    ("POST", "/addresses/remove", giving.remove),
    ("GET", "/mine", giving.mine),
    ("POST", "/mine", giving.begin),
    ("GET", "/progress", progress.progress),
    ("GET", "/progress/events", progress.events),
    ("POST", "/cancel", progress.cancel),
    ("GET", "/report", results.report),
    ("POST", "/pdf", results.make_pdf),
    ("GET", "/report.pdf", results.pdf),
    ("GET", "/report.json", results.as_json),
    ("GET", "/reminder.ics", results.reminder),
    ("GET", "/draft", draft.draft),
    ("POST", "/draft", draft.judge),
    ("GET", "/about", about.about),
    ("POST", "/about", about.tell),
    ("GET", "/prove", proving.prove),
    ("POST", "/prove", proving.drop),
    ("GET", "/questions", questions.questions),
    ("POST", "/questions", questions.reply),
    ("POST", "/decide", deciding.decide),
    ("POST", "/decide/back", deciding.take_back),
    ("GET", "/again", again.again),
    ("POST", "/again", again.begin),
)
"""Every door of the pages; the tests walk all of them as a stranger."""

LIMITS = {"/addresses/page": MAX_UPLOAD, "/draft": 20_500_000}
"""Bytes that pages with files take."""


def just_me(
    desk: Desk, *, port: int, gate: Gate, clock: Callable[[], float] = time.monotonic
) -> tuple[Shield, Room]:
    """The pages for one person on their own computer, and the room behind them."""
    here = Room(desk, gate, cookie=f"scanner-{port}")

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        yield
        await here.forget()

    app = Starlette(
        routes=[Route(path, page, methods=[method]) for method, path, page in PATHS],
        exception_handlers=HANDLERS,
        lifespan=life,
    )
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    return Shield(app, doors=Alone(gate, here, clock=clock), hosts=hosts, limits=LIMITS), here


async def _say(request: Request, error: Exception) -> Response:
    if isinstance(error, TooLarge):
        return sorry(request, _words(request)["too_large"], status=413)
    if isinstance(error, Forged):
        return sorry(request, _words(request)["forged"], status=403)
    return sorry(request, _sentence(str(error)))


def _words(request: Request) -> Mapping[str, str]:
    found: Mapping[str, str] = words(hosted=room(request).house is not None)["sorry"]
    return found


async def _plainly(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse("not found" if error.status_code == 404 else error.detail, error.status_code)  # noqa: PLR2004


HANDLERS = {ScannerError: _say, HTTPException: _plainly}
"""What becomes of errors on every page."""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
