"""Puts the session's pages together, and what stands before them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from scanner.errors import ScannerError
from scanner.web.doors import Alone
from scanner.web.forms import Forged
from scanner.web.shield import Shield, TooLarge
from scanner.web.start import report_css, web_css
from scanner.web.training import lead, team
from scanner.web.training.room import Room, sorry, words

Page = Callable[[Request], Awaitable[Response]]
STRANGERS = (200.0, 10.0)
"""A room full of phones joins at once; guessing a code of six figures at ten a second takes hours."""


async def front(_request: Request) -> Response:
    """Everyone begins at the code."""
    return RedirectResponse("/join", 303)


async def train_css(_request: Request) -> Response:
    """What the pages have besides the look of the others."""
    return _static("train.css", "text/css")


async def train_js(_request: Request) -> Response:
    """The clock, and moving on when the session does."""
    return _static("train.js", "text/javascript")


PATHS: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/open/{token}", lead.door),
    ("GET", "/", front),
    ("GET", "/report.css", report_css),
    ("GET", "/web.css", web_css),
    ("GET", "/train.css", train_css),
    ("GET", "/train.js", train_js),
    ("GET", "/join", team.join),
    ("POST", "/join", team.enter),
    ("GET", "/team", team.team),
    ("POST", "/team", team.vote),
    ("GET", "/fix", team.fix),
    ("POST", "/fix", team.mend),
    ("GET", "/lead", lead.lead),
    ("POST", "/lead", lead.steer),
    ("GET", "/state.json", lead.state),
    ("GET", "/pack.html", lead.pack_as_html),
    ("GET", "/pack.pdf", lead.pack_as_pdf),
)
"""Every door of the pages; the tests walk all of them as a stranger."""

OPEN = ("/", "/join", "/report.css", "/web.css", "/train.css", "/train.js")
"""What anyone in the room may ask for."""


def training_app(room: Room, *, hosts: Collection[str]) -> Shield:
    """The pages of one session behind their shield; `hosts` are the names they answer to."""
    app = Starlette(
        routes=[Route(path, page, methods=[method]) for method, path, page in PATHS],
        exception_handlers={ScannerError: _say, HTTPException: _plainly},
    )
    app.state.room = room
    doors = Alone(room, room, open_paths=OPEN, strangers=STRANGERS)
    return Shield(app, doors=doors, hosts=hosts, limits={})


async def _say(request: Request, error: Exception) -> Response:
    if isinstance(error, Forged):
        return sorry(request, words()["sorry"]["forged"], status=403)
    if isinstance(error, TooLarge):
        return sorry(request, words()["sorry"]["too_large"], status=413)
    text = str(error)
    return sorry(request, f"{text[:1].upper()}{text[1:]}".rstrip(".") + ".")


async def _plainly(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse("not found" if error.status_code == 404 else error.detail, error.status_code)  # noqa: PLR2004


def _static(name: str, kind: str) -> Response:
    body = files("scanner.web.training").joinpath("static", name).read_bytes()
    return Response(body, media_type=kind)
