"""Every page keeps the rules of WCAG 2.2 AA as axe-core knows them: light, dark, narrow, and at 400 % zoom.

axe-core (Deque, MPL 2.0) comes in the wheel of axe-playwright-python; it is for development only, and none of
it is passed on. It is put in as a script of the browser's own, so that the pages' strict rules stay in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, Page

import data
from scanner.web.asked import Asked
from scanner.web.visit import Job
from tests import builders
from tests.journeys.shown import BLOG, FACEBOOK, MINE, Shown, filled, looking, shown
from tests.scanner.web.fakes import Work

pytestmark = pytest.mark.browser

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CALM_MS = 250
"""Between two pages, as the pages slow down whoever asks for more."""
WAYS = [
    # (colours, width, height, zoom)
    ("light", 1280, 800, 1),
    ("dark", 390, 844, 1),
    ("light", 320, 256, 4),  # a screen of 1280 by 1024 at 400 %
    ("dark", 320, 568, 1),
]


def states(here: Shown) -> Iterator[tuple[str, str]]:
    """A name for each page in each of its states, and its path; the stay is made so on the way."""
    room = here.room
    yield "start", "/"
    yield "consent", "/consent"
    yield "hidden", "/hidden"
    yield "draft", "/draft"
    filled(room)
    yield "report", "/report?said=allowed&at=1#said"
    yield "report-reminded", "/report?said=remind&at=0#said"
    yield "report-part", "/report?band=today&profile=1"
    yield "again", "/again?profile=1"
    yield "again-refused", "/again?profile=2"
    yield "start-with-report", "/"
    yield "agreed", "/consent"
    yield "addresses", "/addresses"
    room.visit.profiles[FACEBOOK] = type(room.visit.profiles[MINE])(builders_account(FACEBOOK))
    room.visit.asking = True
    yield "mine", "/mine"
    yield "about", "/about"
    yield "prove", "/prove"
    room.visit.purposes = frozenset({"self-check"})
    yield "mine-closed", "/mine"
    yield "prove-closed", "/prove"
    room.visit.profiles.clear()
    yield "addresses-empty", "/addresses"
    room.visit.job = job = Job((MINE, BLOG))
    job.steps[MINE] = {"pages": 3, "pictures": 12, "detectors": 7}
    yield "progress", "/progress"
    job.stop.set()
    yield "progress-stopping", "/progress"
    job.failed = "there is no browser"
    yield "progress-failed", "/progress"
    job.failed, job.asked = "", Asked()
    job.asked.sheets = sheets()
    yield "questions", "/questions"
    yield "questions-profile", "/questions?n=2"


def sheets() -> Any:
    from scanner.checklist import sheets as of

    return of([builders.snapshot()])


def builders_account(url: str) -> Any:
    from tests.journeys.shown import builders_account as account

    return account(url)


def wrong(page: Page) -> list[str]:
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => "
        "[v.id, v.nodes.map(n => n.target + ' ' + n.failureSummary).join(' | ')]))",
        RULES,
    )
    return [f"{rule}: {where[:900]}" for rule, where in found]


def looks(context: BrowserContext, here: Shown) -> Iterator[tuple[str, Page]]:
    page = context.new_page()
    page.goto(here.door)
    page.wait_for_url(here.home + "/")
    for name, path in states(here):
        page.goto(here.home + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        yield name, page
    yield from posted(page, here)


def posted(page: Page, here: Shown) -> Iterator[tuple[str, Page]]:
    """Pages that only a form leads to."""
    visit = here.room.visit
    visit.job = None
    visit.purposes = frozenset({"self-check", "visit"})
    page.goto(here.home + "/addresses")
    page.fill("#addresses", "robin")
    page.get_by_role("button", name="Add", exact=True).click()
    yield "addresses-wrong", page
    page.set_input_files("#file", {"name": "a.html", "mimeType": "text/html", "buffer": b"<p>"})
    page.get_by_role("button", name="Add this file").click()
    yield "file-wrong", page
    page.goto(here.home + "/draft")
    page.get_by_role("button", name="Try it").click()
    yield "draft-nothing", page
    page.fill("#text", "Ring me")
    page.get_by_role("button", name="Try it").click()
    yield "draft-result", page
    filled(here.room)
    page.goto(here.home + "/again?profile=2")
    page.get_by_role("button", name="Look again").click()
    yield "again-not-ticked", page
    visit.csrf = "old"
    page.get_by_role("button", name="Look again").click()
    yield "sorry", page


@pytest.mark.parametrize(("colours", "width", "height", "zoom"), WAYS)
def test_no_page_breaks_a_rule(colours: str, width: int, height: int, zoom: int) -> None:
    options = {"color_scheme": colours, "viewport": {"width": width, "height": height}}
    broken: dict[str, list[str]] = {}
    with (
        shown(Work(told=(builders.assessment(),))) as here,
        looking(**options, device_scale_factor=zoom) as context,
    ):
        context.add_init_script(path=AXE)
        for name, page in looks(context, here):
            page.wait_for_load_state("load")
            assert page.evaluate("document.styleSheets.length") == 2
            if found := wrong(page):
                broken[name] = found
            page.wait_for_timeout(CALM_MS)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                broken.setdefault(name, []).append(f"{wide} px too wide")
    assert broken == {}


def test_a_fault_would_be_found() -> None:
    with shown(Work()) as here, looking() as context:
        context.add_init_script(path=AXE)
        page = context.new_page()
        page.goto(here.door)
        page.wait_for_url(here.home + "/")
        page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        page.evaluate("document.querySelector('h1').style.color = 'silver'")
        assert {line.partition(":")[0] for line in wrong(page)} == {"image-alt", "color-contrast"}


def test_words_on_the_pages_are_there_for_every_button() -> None:
    words = data.read_toml("texts/web.toml")["deal"]
    assert {"fixed", "not-right", "not-mine", "allowed", "remind"} <= set(words)
