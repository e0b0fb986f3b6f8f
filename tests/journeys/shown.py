"""The pages in a thread of their own, in any state a test wants, for a browser to look at."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import uvicorn
from playwright.sync_api import BrowserContext, sync_playwright

from scanner.acquire.browser import find
from scanner.decisions import Decisions
from scanner.model import Report
from scanner.web.app import just_me
from scanner.web.desk import Result
from scanner.web.gate import Gate
from scanner.web.render import Room
from scanner.web.serving import listen
from scanner.web.visit import Job, Profile
from tests import builders
from tests.scanner.web.fakes import PDF, Work, desk
from tests.scanner.web.test_deciding import HOME, LOGO, NOW, PHONE

MINE = "https://chirper.example/@robin_vale"
BLOG = "https://my-blog.example/"
FACEBOOK = "https://www.facebook.com/robin.vale.example"


@dataclass
class Shown:
    """Where the pages are, and what stands behind them."""

    home: str
    door: str
    room: Room


@contextmanager
def shown(work: Work) -> Iterator[Shown]:
    listening = listen(0)
    port = int(listening.getsockname()[1])
    gate = Gate()
    app, room = just_me(desk(work), port=port, gate=gate)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    home = f"http://127.0.0.1:{port}"
    try:
        yield Shown(home, f"{home}/open/{gate.token}", room)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@contextmanager
def looking(**options: object) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find().path), args=["--no-sandbox"])
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        yield context
        browser.close()


def rich_report() -> Report:
    """A report with every kind of thing the page can show."""
    notes = replace(
        HOME, id="n", level="note", band="worth-a-look", excerpt="", rule="notes", check="id-badge"
    )
    question = replace(LOGO, id="q", level="question", band="worth-a-look", location=builders.location("p2"))
    calm = replace(PHONE, id="f", band="fine", excerpt="", rule="calm", check="search-listing")
    seen = builders.profile(looked_at=NOW, url=MINE)
    refused = builders.profile(
        url=BLOG, platform="site", result="robots_disallowed", display_name="", looked_at=NOW
    )
    return builders.report(PHONE, HOME, LOGO, question, notes, calm, profiles=(seen, refused), created_at=NOW)


def filled(room: Room) -> None:
    """A stay in which much has happened: a second look, decisions, a thing that came back, one that is gone."""
    report, visit = rich_report(), room.visit
    earlier = replace(report, findings=(*report.findings[:1], replace(LOGO, id="gone")))
    visit.purposes, visit.notice, visit.agreed_at = frozenset({"self-check", "visit"}), "1", NOW
    for url in (MINE, BLOG):
        visit.profiles[url] = Profile(builders_account(url))
    visit.decisions = (
        Decisions()
        .decide([PHONE], "fixed", at=NOW.replace(year=2020))
        .decide([HOME], "allowed", at=NOW)
        .decide([LOGO], "remind", at=NOW.replace(year=2090))
    )
    visit.job = Job((MINE, BLOG), Result(earlier))
    visit.job.result = Result(report, PDF)
    visit.job.wanted = "bado12"


def builders_account(url: str):
    from scanner.intake import submissions

    return submissions([url])[0]
