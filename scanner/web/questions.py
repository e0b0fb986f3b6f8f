"""The checklist as pages, one sheet at a time; any question, and all of them, may be left out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scanner.checklist import ANSWERS, Answer, Sheet, answer
from scanner.web.forms import read_form
from scanner.web.render import go, page, room


async def questions(request: Request) -> Response:
    """The questions of one sheet; on to the check where none are waiting."""
    asked = _sheets(request)
    if not asked:
        return go("/progress")
    number = _number(request.query_params.get("n", "1"), len(asked))
    return page(
        request, "questions", sheet=asked[number - 1], number=number, most=len(asked), answers=ANSWERS
    )


async def reply(request: Request) -> Response:
    """Keep the answers of one sheet and show the next; after the last the check goes on."""
    visit = room(request).visit
    given = await read_form(request, visit)
    asked = _sheets(request)
    if visit.job is None or not asked:
        return go("/progress")
    number = _number(given.one("n"), len(asked))
    sheet = asked[number - 1]
    visit.job.asked.hear(sheet.profile, {q.id: _said(given.one(f"q-{q.id}")) for q in sheet.questions})
    if given.one("rest") or number == len(asked):
        visit.job.asked.end()
        return go("/progress")
    return go(f"/questions?n={number + 1}")


def _sheets(request: Request) -> tuple[Sheet, ...]:
    job = room(request).visit.job
    return job.asked.sheets if job else ()


def _number(text: str, most: int) -> int:
    known = text.isascii() and text.isdigit() and len(text) < 4  # noqa: PLR2004 - digits
    return min(max(int(text), 1), most) if known else 1


def _said(text: str) -> Answer:
    return answer(text) or "skip"
