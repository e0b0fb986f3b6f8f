"""Try a post or a picture before it is posted; what was given is in the answer and nowhere else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scanner.report.words import texts, tidy
from scanner.web.forms import read_form
from scanner.web.render import page, room, words

MAX_CHARACTERS = 20_000


async def draft(request: Request) -> Response:
    """An empty form."""
    return page(request, "draft", text="", said="", drafted=None, tidy=tidy)


async def judge(request: Request) -> Response:
    """What we would point out in it."""
    here = room(request)
    given = await read_form(request, here.visit)
    text = given.one("text")
    picture = next((body for _, body in given.files), b"")
    if not text.strip() and not picture:
        said = words()["draft"]["nothing_given"]
    elif len(text) > MAX_CHARACTERS:
        said = words()["draft"]["too_long"]
    else:
        drafted = await here.desk.draft(text, picture)
        levels = texts()["levels"]
        return page(request, "draft", text=text, said="", drafted=drafted, levels=levels, tidy=tidy)
    return page(request, "draft", status=422, text=text[:MAX_CHARACTERS], said=said, drafted=None, tidy=tidy)
