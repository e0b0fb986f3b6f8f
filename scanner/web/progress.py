"""How far a check is: a page that renews itself, and a stream for browsers with script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from data import facts
from scanner.report.words import shown_url
from scanner.web.forms import read_form
from scanner.web.render import go, page, room, words
from scanner.web.visit import STAGES, Job, Visit

PULSE_S = 5.0
"""Seconds after which a stream says something though nothing changed, so that a dead one is noticed."""
CALM_S = 0.4
"""Seconds between two messages at the least."""
STREAM_S = 300.0
"""Seconds one stream lasts; the browser then opens the next."""
MAX_STREAMS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One profile with its counts, by stage."""

    site: str
    shown: str
    counts: dict[str, int]


async def progress(request: Request) -> Response:
    """The counts now; on to the report once it is there."""
    visit = room(request).visit
    job = visit.job
    if job is None:
        return go("/addresses")
    if job.result:
        return go("/report")
    if job.asked.sheets:
        return go("/questions")
    failed = words()["progress"].get(job.failed, job.failed)
    return page(
        request,
        "progress",
        rows=_rows(visit, job),
        stages=STAGES,
        failed=failed,
        earlier=job.earlier is not None,
    )


async def cancel(request: Request) -> Response:
    """End the check early; what is done so far becomes the report."""
    visit = room(request).visit
    await read_form(request, visit)
    if visit.job:
        visit.job.stop.set()
        visit.job.changed.set()
    return go("/progress")


async def events(request: Request) -> Response:
    """The counts as they change, as server-sent events without any address."""
    job = room(request).visit.job
    if job is None or job.watchers >= MAX_STREAMS:
        return Response(status_code=204)  # tells the browser not to try again
    return StreamingResponse(_stream(job), media_type="text/event-stream")


async def _stream(job: Job) -> AsyncIterator[str]:
    job.watchers += 1
    clock = asyncio.get_running_loop().time
    end = clock() + STREAM_S
    try:
        while clock() < end:
            job.changed.clear()
            state = "done" if job.result else "failed" if job.failed else "running"
            state = "asking" if job.asked.sheets else state
            yield f"data: {json.dumps({'state': state, 'steps': _counts(job)})}\n\n"
            if state != "running":
                return
            try:
                await asyncio.wait_for(job.changed.wait(), PULSE_S)
            except TimeoutError:
                continue
            await asyncio.sleep(CALM_S)
    finally:
        job.watchers -= 1


def _counts(job: Job) -> list[dict[str, int]]:
    """In the order in which the page lists the profiles."""
    return [{stage: job.steps.get(url, {}).get(stage, 0) for stage in STAGES} for url in job.urls]


def _rows(visit: Visit, job: Job) -> list[Row]:
    known = [visit.profiles[url].account.platform if url in visit.profiles else "site" for url in job.urls]
    return [
        Row(facts(platform).name if platform != "site" else "", shown_url(url), counts)
        for url, platform, counts in zip(job.urls, known, _counts(job), strict=True)
    ]
