"""The door, the first page, the files of our own, and the ways out."""

from __future__ import annotations

from importlib.resources import files

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from scanner.web.forms import read_form
from scanner.web.render import BACK, Room, go, page, room


async def door(request: Request) -> Response:
    """Let in whoever comes first with the token.

    A page and no redirect: a strict cookie is not sent along where another program began the walk.
    """
    here = room(request)
    assert here.gate is not None
    cookie = here.gate.open(request.path_params["token"])
    if not cookie:
        return PlainTextResponse("not found", 404)
    answer = page(request, "door")
    answer.set_cookie(here.cookie, cookie, path="/", httponly=True, samesite="strict")
    return answer


async def start(request: Request) -> Response:
    """What this is, and who can see what."""
    forgotten = "forgotten" in request.query_params
    return page(request, "start", forgotten=forgotten, warnings=(), interrupted=False)


async def hidden(request: Request) -> Response:
    """A page that shows nothing, for when somebody walks by."""
    return page(request, "hidden", back=BACK.get(request.query_params.get("from", ""), "/"))


async def forget(request: Request) -> Response:
    """Drop everything and begin anew."""
    here = room(request)
    await read_form(request, here.visit)
    await here.forget()
    answer = go("/?forgotten")
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def leave(request: Request) -> Response:
    """Quick exit: drop everything, close the door, show an empty page, end the program."""
    here = room(request)
    await read_form(request, here.visit)
    assert here.gate is not None
    here.gate.close()
    answer = HTMLResponse(page(request, "left").body, background=BackgroundTask(_end, here))
    answer.headers["clear-site-data"] = '"cache"'
    answer.delete_cookie(here.cookie, path="/", httponly=True, samesite="strict")
    return answer


async def _end(here: Room) -> None:
    """Forget after the empty page is on its way: ending a check in hand may take a second or two."""
    await here.forget()
    here.leaving = True


async def report_css(_request: Request) -> Response:
    """The look of the report."""
    return _own("scanner.report", "templates/report.css", "text/css")


async def web_css(_request: Request) -> Response:
    """What the pages have besides."""
    return _own("scanner.web", "static/web.css", "text/css")


async def web_js(_request: Request) -> Response:
    """The one script: progress, and dropping a file."""
    return _own("scanner.web", "static/web.js", "text/javascript")


def _own(package: str, name: str, kind: str) -> Response:
    return Response(files(package).joinpath(name).read_bytes(), media_type=kind)
