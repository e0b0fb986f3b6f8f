"""A training session in a real browser: every page keeps the rules, and fixing a page makes the report shorter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page

from data import school_in
from scanner.cli.training import at_work
from scanner.training import cast
from scanner.training.fixing import changes, fixed
from scanner.training.game import Game
from scanner.training.trial import standing
from scanner.web.serving import listen
from scanner.web.training.app import training_app
from scanner.web.training.room import Room
from tests import builders
from tests.journeys.shown import looking
from tests.journeys.test_accessible import AXE, wrong
from tests.scanner.web.training.players import Trainer

pytestmark = pytest.mark.browser

WAYS = [
    # (colours, width, height, zoom)
    ("light", 1920, 1080, 1),  # a projector
    ("dark", 390, 844, 1),
    ("light", 320, 256, 4),  # a screen of 1280 by 1024 at 400 %
    ("dark", 320, 568, 1),
]
CODE = "123456"


class Held(Trainer):
    """Scans that never end, so that the page which waits can be looked at."""

    async def again(self, member, changed, /):
        await asyncio.sleep(3600)
        return await super().again(member, changed)


@contextmanager
def serving(trainer: Trainer) -> Iterator[tuple[Room, str]]:
    listening = listen(0)
    port = int(listening.getsockname()[1])
    game = Game(trainer.cast, lambda: 100.0, CODE)
    addresses = ("http://192.0.2.44:8000",)
    room = Room(trainer, game, school_in("practice/school").pack, f"training-{port}", addresses)
    asyncio.run(room.watch())
    app = training_app(room, hosts={f"127.0.0.1:{port}"})
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield room, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def press(page: Page, value: str) -> None:
    page.locator(f"button[value='{value}']").evaluate(
        "one => one.closest('details') && (one.closest('details').open = true)"
    )
    page.locator(f"button[value='{value}']").click()
    page.wait_for_load_state("load")


def states(context: BrowserContext, room: Room, home: str) -> Iterator[tuple[str, Page]]:
    """Every page in each of its states, the big screen's and a phone's by turns."""
    screen, phone = context.new_page(), context.browser.new_context(**SIZE).new_page()
    phone.context.add_init_script(path=AXE)
    for one in (context, phone.context):  # pages that reload by themselves would get in the way
        one.route("**/state.json", lambda route: route.abort())
    phone.goto(home)
    yield "join", phone
    phone.fill("#code", "999999")
    phone.get_by_role("button", name="Join in").or_(phone.get_by_role("button", name="Join")).first.click()
    yield "join-wrong", phone
    screen.goto(f"{home}/open/{room.token}")
    screen.wait_for_url(home + "/lead")
    yield "list-no-teams", screen
    phone.fill("#code", CODE)
    phone.get_by_role("button", name="Join").click()
    phone.wait_for_url(home + "/team")
    yield "wait", phone
    screen.goto(home + "/lead")
    yield "list", screen
    for value in ("start:spot:infants", "start:spot:music", "start:quiz:3"):
        press(screen, value)
        yield f"{value}-screen", screen
        phone.goto(home + "/team")
        yield f"{value}-phone", phone
        phone.locator("[name=tick]").first.check()
        phone.get_by_role("button", name="Send our vote").click()
        yield f"{value}-voted", phone
        press(screen, "reveal")
        yield f"{value}-revealed", screen
        phone.goto(home + "/team")
        yield f"{value}-answer", phone
        press(screen, "stop")
    press(screen, "start:spot:infants")
    press(screen, "fix:infants")
    yield "fix-screen", screen
    phone.goto(home + "/fix")
    yield "fix", phone
    phone.get_by_role("button", name="Scan again").click()
    yield "fix-waits", phone
    room.mending(0, "infants").failed = "the browser is gone"
    phone.goto(home + "/fix")
    yield "fix-failed", phone
    phone.evaluate("document.querySelector('main button').disabled = false")
    phone.get_by_role("button", name="Scan again").click()
    yield "sorry", phone
    phone.context.close()


SIZE: dict[str, object] = {}


@pytest.mark.parametrize(("colours", "width", "height", "zoom"), WAYS)
def test_no_page_of_the_session_breaks_a_rule(colours: str, width: int, height: int, zoom: int) -> None:
    SIZE.clear()
    SIZE.update(color_scheme=colours, viewport={"width": width, "height": height})
    said = builders.assessment(excerpt="a loop from my door", band="today")
    broken: dict[str, list[str]] = {}
    with serving(Held(said=(said,))) as (room, home), looking(**SIZE, device_scale_factor=zoom) as context:
        context.add_init_script(path=AXE)
        for name, page in states(context, room, home):
            page.wait_for_load_state("load")
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert page.evaluate("document.styleSheets.length") == 3, name
            if found := wrong(page):
                broken[name] = found
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                broken.setdefault(name, []).append(f"{wide} px too wide")
    assert broken == {}


def test_the_pack_keeps_the_rules_too(tmp_path: Path) -> None:
    from datetime import date

    from scanner.training.pack import pack_html

    file = tmp_path / "pack.html"
    file.write_text(pack_html(cast(1), pack=school_in("practice/school").pack, on=date(2026, 9, 1)))
    with looking(viewport={"width": 320, "height": 700}) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        page.add_script_tag(path=AXE)
        assert wrong(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_putting_a_page_right_makes_the_real_report_shorter() -> None:
    """The real browser and the real detectors, before and after."""
    made = cast(2)
    member = made.by_key["infants"]

    async def go():
        async with at_work(made) as crew:
            before = await crew.look(member)
            some = {c.id: "drop" for c in changes(member) if c.plant.lesson == "settings"}
            partly = await crew.again(member, fixed(member, some))
            every = {c.id: "drop" if "drop" in c.choices else "safe" for c in changes(member)}
            after = await crew.again(member, fixed(member, every))
            return before, partly, after

    before, partly, after = asyncio.run(go())
    assert before.missed == ()
    told = [
        sum(one.level in {"finding", "question"} for one in report.findings)
        for report in (before.report, partly, after)
    ]
    assert told[0] > told[1] > told[2]
    assert told[2] == 0


def test_the_whole_staff_of_one_seed_is_read_as_planted() -> None:
    """Two of them here; `scanner train check` looks at all."""
    made = cast(3)

    async def go():
        async with at_work(made) as crew:
            return [await crew.look(made.by_key[key]) for key in ("trainee", "governor")]

    for outcome in asyncio.run(go()):
        assert outcome.missed == ()
        assert outcome.false_alarms == ()


def test_every_kind_of_practice_page_keeps_the_rules() -> None:
    made = cast(1)
    people = {(p.platform, p.state): p for member in made.members for p in member.profiles}
    broken = {}
    with (
        standing(list(people.values()), made.paint) as address,
        looking(viewport={"width": 320, "height": 700}) as context,
    ):
        page = context.new_page()
        for path in ("/", *(person.path for person in people.values())):
            page.goto(f"http://{address}{path}")
            page.add_script_tag(path=AXE)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if (found := wrong(page)) or wide > 320:
                broken[path] = (found, wide)
    assert broken == {}
