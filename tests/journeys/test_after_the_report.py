"""What a person does with the report, in a real browser: decide, change the page, look again, and leave."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.exports import make_zip
from tests.journeys.command import World
from tests.journeys.test_just_me import Served, fits, left_behind, served, tab_to, visitor
from tests.scanner.exports.test_mastodon import members

pytestmark = pytest.mark.browser

PAGE = (
    "<!doctype html><html lang=en><title>Robin Vale</title><main><h1>Robin Vale</h1>"
    '<p class="bio">{bio}</p>'
    "<article><time datetime=2026-03-01>1 March</time><p>A long walk by the river today.</p></article></main>"
)
PHONE = "Ring me on 07700 900123."


@dataclass
class Own:
    """A page that its owner can change, and a site that may ask programs to stay away."""

    address: str = ""
    bio: str = f"Bread and rain. {PHONE}"
    closed: bool = False

    @property
    def url(self) -> str:
        return f"http://{self.address}/"


@pytest.fixture
def own() -> Iterator[Own]:
    page = Own()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            robots = self.path == "/robots.txt" and page.closed
            self.send_response(200 if robots or self.path == "/" else 404)
            self.send_header("Content-Type", "text/plain" if robots else "text/html; charset=utf-8")
            self.end_headers()
            if robots:
                self.wfile.write(b"User-agent: *\nDisallow: /\n")
            elif self.path == "/":
                self.wfile.write(PAGE.format(bio=page.bio).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page.address = f"127.0.0.1:{server.server_port}"
    yield page
    server.shutdown()
    server.server_close()


def changed(page: Page) -> str:
    return page.get_by_role("region", name="What changed").inner_text()


def test_fixing_something_on_a_phone_without_script(world: World, own: Own) -> None:
    with (
        served(world, own) as running,  # type: ignore[arg-type]
        visitor(java_script_enabled=False, viewport={"width": 390, "height": 844}) as (context, asked),
    ):
        page = context.new_page()
        page.goto(running.address)
        page.wait_for_url(running.home + "/")
        page.get_by_role("link", name="Start", exact=True).click()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Your addresses").fill(own.url)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("checkbox", name="This one is my own").check()
        page.get_by_text("If you like").click()
        page.get_by_role("button", name="Tell us something first").click()
        page.get_by_role("checkbox", name="I speak for a union").check()
        page.get_by_role("button", name="Save and go on").click()
        assert page.get_by_role("checkbox", name="This one is my own").is_checked()
        page.get_by_role("button", name="Start the check").click()
        page.wait_for_url("**/report")

        found = page.get_by_role("article").filter(has_text="••").first
        found.get_by_role("button", name="Fixed").click()
        page.get_by_text("You dealt with 1").first.wait_for()
        page.get_by_role("link", name="Look at this one again").click()
        page.get_by_role("button", name="Look again").click()
        page.wait_for_url("**/report")
        page.get_by_text("Still there. You had marked it as fixed").wait_for()
        assert "still there" in changed(page)

        own.bio = "Bread and rain."
        page.goto(running.home + "/again?profile=1")
        page.get_by_role("button", name="Look again").click()
        page.wait_for_url("**/report")
        assert "Gone" in changed(page)
        assert "phone" in changed(page).lower()
        assert page.get_by_text("You had marked it as fixed").count() == 0
        with page.expect_download() as download:
            page.get_by_role("link", name="In a month").first.click()
        entry = Path(download.value.path()).read_text()
        assert not re.search(r"robin|phone|127\.0", entry, re.IGNORECASE)
        page.get_by_role("button", name="Leave now").click()
        assert running.process.wait(20) == 0
        assert all(url.startswith((running.home, "data:")) for url in asked)
        assert left_behind(world, running, ("Robin", "900123", "union_officer")) == []


def test_a_code_a_refusal_and_questions_by_keyboard(world: World, own: Own) -> None:
    own.closed = True
    with (
        served(world, own) as running,  # type: ignore[arg-type]
        visitor(viewport={"width": 1280, "height": 800}) as (context, _),
    ):
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "ontent Security" in line.text else None)
        by_keyboard_to_the_list(page, running, own)
        press(page, "This one is my own", "Space")
        press(page, "If you like")
        press(page, "Ask me some short questions", "Space")
        press(page, "Get a code first")
        page.wait_for_url("**/prove")
        code = page.locator(".secret strong").inner_text()
        own.bio = f"{own.bio} {code}"
        press(page, "It is in my bio")
        page.wait_for_url("**/mine")
        press(page, "Start the check")
        page.wait_for_url("**/questions")  # told by the stream
        fits(page)
        tab_to(page, "Yes")
        page.keyboard.press("Space")
        press(page, "Leave out all the rest")
        page.wait_for_url("**/report")

        press(page, "See what you can do")
        page.wait_for_url("**/again?profile=1")
        fits(page)
        press(page, "Look once all the same", "Space")
        press(page, "Look again")
        page.wait_for_url("**/questions")
        press(page, "Leave out all the rest")
        page.wait_for_url("**/report")
        assert "You can take it out now" in page.content()
        assert code not in page.content()
        assert "you chose" in page.content()  # the report says that the person wanted the look

        press(page, "Not mine")
        page.wait_for_url("**/report?said=not-mine**")
        press(page, "See it there")
        press(page, "You dealt with 1")
        press(page, "Take number")
        page.wait_for_url("**/report#item-*")
        assert "You dealt with" not in page.content()
        fits(page)
        assert wrong == []


def by_keyboard_to_the_list(page: Page, running: Served, own: Own) -> None:
    page.goto(running.address)
    page.wait_for_url(running.home + "/")
    press(page, "Start")
    page.wait_for_url("**/consent")
    for name in ("Check my own pages", "Open my pages"):
        press(page, name, "Space")
    press(page, "Save and go on")
    page.wait_for_url("**/addresses")
    tab_to(page, "Your addresses")
    page.keyboard.type(own.url)
    press(page, "Add")
    page.wait_for_url("**/addresses#list")
    press(page, "Go on")
    page.wait_for_url("**/mine")


def press(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def test_a_data_download_dropped_on_the_page(world: World, own: Own, tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "robin-vale.zip", members())
    with (
        served(world, own) as running,  # type: ignore[arg-type]
        visitor(viewport={"width": 390, "height": 844}) as (context, _),
    ):
        page = context.new_page()
        page.goto(running.address)
        page.wait_for_url(running.home + "/")
        page.get_by_role("link", name="Start", exact=True).click()
        page.get_by_role("checkbox", name="Check my own pages").check()
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_url("**/addresses")
        drop(page, archive)
        page.get_by_role("button", name="Add this file").click()
        page.get_by_text("your own data", exact=True).wait_for()
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("checkbox", name="This one is my own").check()
        page.get_by_role("button", name="Start the check").click()
        page.wait_for_url("**/report")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the data").click()
        assert '"ownership": "export"' in Path(download.value.path()).read_text()
        page.get_by_role("button", name="Leave now").click()
        assert running.process.wait(20) == 0
        assert left_behind(world, running, ("robin_vale", "Wet walk")) == []


def drop(page: Page, file: Path) -> None:
    data: Any = page.evaluate_handle(
        "body => { const held = new DataTransfer();"
        "held.items.add(new File([Uint8Array.from(body)], 'mine.zip')); return held }",
        list(file.read_bytes()),
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})
