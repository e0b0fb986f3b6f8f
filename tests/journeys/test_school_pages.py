"""Every page of a school's server keeps WCAG 2.2 AA as axe-core knows it, and works by keyboard and without script."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page

from scanner.hosting.sealed import packed
from scanner.web.desk import Result
from scanner.web.serving import listen
from tests import builders
from tests.journeys.shown import looking
from tests.journeys.test_accessible import AXE, WAYS, wrong
from tests.scanner.web.fakes import MINE, PDF, Work
from tests.scanner.web.staff import Server, quickly, server
from tests.scanner.web.test_rounds import opened, own

pytestmark = pytest.mark.browser
CALM_MS = 120


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


@contextmanager
def running(folder: Path, work: Work) -> Iterator[tuple[str, Server]]:
    listening = listen(0)
    port = int(listening.getsockname()[1])
    there: list[Server] = []
    up, done = threading.Event(), threading.Event()

    async def run() -> None:
        async with server(folder, work, notify=lambda _: None, plain_port=port) as here:
            app = uvicorn.Server(
                uvicorn.Config(here.shield, log_config=None, ws="none", timeout_graceful_shutdown=1)
            )
            serving = asyncio.create_task(app.serve(sockets=[listening]))
            there.append(here)
            up.set()
            await asyncio.to_thread(done.wait)
            app.should_exit = True
            await serving

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert up.wait(20)
    try:
        yield f"http://127.0.0.1:{port}", there[0]
    finally:
        done.set()
        thread.join(20)
        listening.close()


def states(page: Page, home: str, here: Server) -> Iterator[str]:  # noqa: PLR0915 - one walk through all
    """Each page in each state, in the order in which somebody meets them."""

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()

    page.goto(home + "/")
    yield "welcome"
    page.goto(home + "/in")
    yield "in"
    page.fill("#words", "wrong")
    press("Come in")
    yield "in-wrong"
    page.goto(home + "/away")
    yield "away"
    page.goto(home + "/join")
    yield "join"
    page.fill("#code", "wrong")
    press("Go on")
    yield "join-wrong"
    page.fill("#code", here.house.installation.settings().invitation)
    press("Go on")
    page.wait_for_url("**/join/words")
    yield "words"
    words = page.locator(".secret strong").inner_text()
    page.fill("#words", "something else")
    press("Use these words")
    yield "words-wrong"
    page.fill("#words", words)
    page.get_by_role("checkbox").check()
    press("Use these words")
    page.get_by_role("heading", name="Your recovery code").wait_for()
    yield "recovery"
    page.goto(home + "/consent")
    yield "consent"
    press("Save and go on")
    yield "consent-none"
    for name in ("self-check", "visit"):
        page.check(f"#p-{name}")
    press("Save and go on")
    page.wait_for_url("**/addresses")
    page.goto(home + "/consent")
    yield "agreed"
    page.goto(home + "/rights")
    yield "rights-empty"
    page.goto(home + "/opened")
    yield "opened-empty"
    page.goto(home + "/")
    yield "home-empty"
    page.goto(home + "/addresses")
    page.fill("#addresses", MINE)
    press("Add")
    page.goto(home + "/mine")
    yield "mine"
    page.get_by_role("checkbox", name="This one is my own").check()
    press("Start the check")
    page.wait_for_url("**/report")
    yield "report"
    page.goto(home + "/")
    yield "home"
    (person,) = here.house.store.people()
    page.goto(home + "/consent")
    page.check("#p-sweeps")
    press("Save and go on")
    page.wait_for_url("**/addresses")
    own(here, person)
    sweep = opened(here)
    page.goto(home + "/")
    yield "home-round"
    page.goto(home + "/skip/" + here.house.book.shelf.token(person, sweep.id))
    yield "skip"
    press("Leave me out this time")
    yield "skipped"
    walled = replace(builders.profile(), result="login_wall")
    swept = replace(builders.report(builders.assessment()), profiles=(walled,), created_at=datetime.now(UTC))
    here.house.store.add_report(person, packed(Result(swept, swept=True)))
    press("Leave now")
    page.goto(home + "/in")
    page.fill("#words", words)
    press("Come in")
    page.wait_for_url(home + "/")
    yield "home-swept"
    page.goto(home + "/rights")
    yield "rights"
    page.fill("#email", "robin@harfield-brook.example.")
    page.evaluate("document.querySelector('#email').type = 'text'")
    press("Save")
    yield "rights-wrong"
    press("Delete it all")
    yield "rights-unsure"
    page.check("#sure")
    press("Delete it all")
    page.get_by_role("heading", name="Everything about you is deleted").wait_for()
    yield "erased"
    page.goto(home + "/office/in")
    yield "office-in"
    page.fill("#words", here.office_words)
    press("Come in")
    page.wait_for_url("**/office")
    yield "office"
    cell = {"check": "personal-contact", "band": "this-week", "about": 25}
    for day, cells in (("2026-02-01", [cell]), ("2026-06-01", [])):
        told = {"closed_at": f"{day}T12:00:00+00:00", "schools": {"": {"cells": cells, "plus_minus": 7}}}
        here.house.book.shelf.put_fact("releases", day, told)
    page.goto(home + "/office")
    yield "office-counts"
    page.fill("#report", "many")
    page.locator("#retention").get_by_role("button", name="Save").click()
    yield "office-wrong"
    page.set_input_files(
        "#file",
        {"name": "school.toml", "mimeType": "text/plain", "buffer": b'name = "Harfield Brook School"'},
    )
    press("Check and use it")
    yield "office-pack"


@pytest.mark.parametrize(("colours", "width", "height", "zoom"), WAYS)
def test_no_page_of_a_school_breaks_a_rule(
    colours: str, width: int, height: int, zoom: int, tmp_path: Path
) -> None:
    work = Work(report=builders.report(builders.assessment()), pdf=PDF)
    options = {"color_scheme": colours, "viewport": {"width": width, "height": height}}
    broken: dict[str, list[str]] = {}
    seen = []
    with running(tmp_path, work) as (home, here), looking(**options, device_scale_factor=zoom) as context:
        context.add_init_script(path=AXE)
        page = context.new_page()
        for name in states(page, home, here):
            seen.append(name)
            page.wait_for_load_state("load")
            here.now[0] += 1
            if found := wrong(page):
                broken[name] = found
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                broken.setdefault(name, []).append(f"{wide} px too wide")
            page.wait_for_timeout(CALM_MS)
    assert broken == {}
    assert len(seen) == 31


def test_all_of_it_works_without_script(tmp_path: Path) -> None:
    work = Work(report=builders.report(builders.assessment()), pdf=PDF)
    with running(tmp_path, work) as (home, here), looking(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(home + "/join")
        page.fill("#code", here.house.installation.settings().invitation)
        page.keyboard.press("Enter")
        page.wait_for_url("**/join/words")
        page.fill("#words", page.locator(".secret strong").inner_text())
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Use these words").click()
        page.get_by_role("link", name="I wrote it down").click()
        page.check("#p-self-check")
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_url("**/addresses")
        page.get_by_role("button", name="Leave now").click()
        assert page.title() == "Blank page"
        assert page.goto(home + "/addresses").status == 404  # type: ignore[union-attr]


def test_somebody_joins_agrees_and_leaves_by_keyboard_alone(tmp_path: Path) -> None:
    work = Work(report=builders.report(builders.assessment()), pdf=PDF)
    phone = {"width": 390, "height": 844}
    with running(tmp_path, work) as (home, here), looking(viewport=phone) as context:
        page = context.new_page()

        def reach(selector: str) -> None:
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
            raise AssertionError(selector)

        def press(selector: str, key: str = "Enter") -> None:
            reach(selector)
            page.keyboard.press(key)

        page.goto(home + "/")
        press("a[href='/join']")
        page.wait_for_url("**/join")
        reach("#code")
        page.keyboard.type(here.house.installation.settings().invitation)
        page.keyboard.press("Enter")
        page.wait_for_url("**/join/words")
        words = page.locator(".secret strong").inner_text()
        reach("#words")
        page.keyboard.type(words)
        press("#know", "Space")
        press("button")
        page.get_by_role("heading", name="Your recovery code").wait_for()
        press("main a")
        page.wait_for_url("**/consent")
        press("#p-self-check", "Space")
        press("form button:not(.leave)")
        page.wait_for_url("**/addresses")
        press(".leave")
        page.wait_for_function("document.title == 'Blank page'")
