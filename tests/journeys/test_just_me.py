"""One person checks themselves in a real browser: by keyboard, on a phone without script, and leaves no trace."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from scanner.acquire.browser import find
from scanner.practice import Practice
from tests.journeys.command import ROOT, World

pytestmark = pytest.mark.browser

WAIT_MS = 60_000


@dataclass
class Served:
    """A running `scanner serve --just-me` and the address it printed."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def home(self) -> str:
        return self.address.split("/open/")[0]


@contextmanager
def served(world: World, site: Practice) -> Iterator[Served]:
    log = world.base / "log.txt"
    command = [sys.executable, "-m", "scanner", "serve", "--just-me", "--no-browser"]
    command += ["--school", str(ROOT / "data/practice/school"), "--allow-address", site.address]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=world.environment, cwd=world.base)
    try:
        end = time.monotonic() + 30
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/open/\S+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end
            time.sleep(0.1)
        yield Served(found[0], process, log)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def visitor(**options: object) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser with nothing in it, and the addresses of all it asked for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find().path), args=["--no-sandbox"])
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        yield context, asked
        browser.close()


def fits(page: Page) -> None:
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (page.url, width)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is focused has that name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(e => (e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || ''))(document.activeElement)"
        )
        if name in focused:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def left_behind(world: World, served: Served, words: tuple[str, ...]) -> list[Path]:
    files = [file for file in world.base.rglob("*") if file.is_file()]
    assert served.log in files
    return [file for file in files if any(word.encode() in file.read_bytes() for word in words)]


def test_on_a_phone_without_script(world: World, site: Practice) -> None:
    with (
        served(world, site) as running,
        visitor(java_script_enabled=False, viewport={"width": 390, "height": 844}) as (
            context,
            asked,
        ),
    ):
        page = context.new_page()
        page.goto(running.address)
        page.wait_for_url(running.home + "/")
        page.get_by_role("link", name="Start", exact=True).click()
        for box in page.get_by_role("checkbox").all():
            assert not box.is_checked()
            box.check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Your addresses").fill(site.profiles["aisha"])
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("checkbox", name="This one is my own").check()
        page.get_by_role("button", name="Start the check").click()
        page.get_by_text("Pages opened").wait_for()
        page.wait_for_url("**/report")  # the page renews itself
        page.get_by_role("heading", name="Do today").wait_for()
        page.get_by_label("How soon").select_option("today")
        page.get_by_role("button", name="Show").click()
        page.get_by_text("You see a part of your report").wait_for()
        page.get_by_role("button", name="Make the PDF").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the PDF").click()
        body = Path(download.value.path()).read_bytes()
        assert body.startswith(b"%PDF")
        assert b"/Encrypt" in body
        page.get_by_role("link", name="Hide the screen").click()
        assert "aisha" not in page.content().lower()
        page.get_by_role("link", name="Show it again").click()
        page.get_by_role("button", name="Leave now").click()
        assert running.process.wait(20) == 0
        assert all(url.startswith((running.home, "data:")) for url in asked)
        assert not any("aisha" in url for url in asked)
        assert left_behind(world, running, ("aisha", "Aisha", "07700")) == []


def test_by_keyboard_on_a_desktop(world: World, site: Practice) -> None:
    with served(world, site) as running, visitor(viewport={"width": 1280, "height": 800}) as (context, _):
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "ontent Security" in line.text else None)
        page.goto(running.address)
        page.wait_for_url(running.home + "/")
        tab_to(page, "Start")
        page.keyboard.press("Enter")
        page.wait_for_url("**/consent")
        for name in ("Check my own pages", "Open my pages"):
            tab_to(page, name)
            page.keyboard.press("Space")
        tab_to(page, "Save and go on")
        page.keyboard.press("Enter")
        page.wait_for_url("**/addresses")
        tab_to(page, "Your addresses")
        page.keyboard.type(site.profiles["carys"])
        tab_to(page, "Add")
        page.keyboard.press("Enter")
        page.wait_for_url("**/addresses#list")
        tab_to(page, "Go on")
        page.keyboard.press("Enter")
        page.wait_for_url("**/mine")
        tab_to(page, "This one is my own")
        page.keyboard.press("Space")
        tab_to(page, "Start the check")
        page.keyboard.press("Enter")
        page.wait_for_url("**/progress")
        page.wait_for_url("**/report")  # told by the stream
        for path in ("/", "/consent", "/addresses", "/mine", "/report", "/draft", "/hidden"):
            page.goto(running.home + path)
            fits(page)
        tab_to(page, "Show it again")
        page.keyboard.press("Enter")
        page.wait_for_url(running.home + "/")
        tab_to(page, "Forget everything now")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?forgotten")
        assert page.goto(running.home + "/report.json").status == 404  # type: ignore[union-attr]
        assert wrong == []


def test_leaving_in_the_middle_of_a_check_is_quick_and_complete(world: World, site: Practice) -> None:
    with served(world, site) as running, httpx.Client(base_url=running.home, timeout=20) as person:

        def post(path: str, **data: object) -> httpx.Response:
            found = re.search(r'name="csrf" value="([^"]+)"', person.get("/").text)
            assert found
            return person.post(path, data={"csrf": found[1], **data})

        assert person.get(running.address).status_code == 200
        post("/consent", purpose=["self-check", "visit"])
        post("/addresses", addresses=site.bench)
        post("/mine", own=[site.bench])
        time.sleep(2)
        assert "Pages opened" in person.get("/progress").text
        began = time.monotonic()
        assert "Blank page" in post("/leave").text
        assert time.monotonic() - began < 1.5
        assert running.process.wait(25) == 0
        assert left_behind(world, running, (site.bench.rsplit("/", 1)[1],)) == []
        assert "Traceback" not in running.log.read_text()
