"""The school's rounds as a person meets them: announced, left out by a link, sealed, and left for good."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from detectors import Snapshot
from scanner.cli.touring import parts_of
from scanner.errors import SubmissionError
from scanner.intake import submissions
from scanner.sweeps.model import Sweep
from scanner.sweeps.opening import open_sweep
from scanner.sweeps.post import letter
from scanner.sweeps.running import run
from scanner.sweeps.verbs import carry_out
from tests.scanner.sweeps.people import Nothing
from tests.scanner.web.fakes import MINE, said
from tests.scanner.web.staff import Browser, Server, quickly, server

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


def act(folder: Path, job: Callable[[Server], Coroutine[Any, Any, None]]) -> None:
    async def run_it() -> None:
        async with server(folder) as here:
            await job(here)

    asyncio.run(run_it())


async def taking_part(here: Server, *, counts: bool = False) -> tuple[Browser, str]:
    """Somebody who said yes to rounds and showed that a page is theirs."""
    before = set(here.house.store.people())
    robin = await here.person()
    await robin.agree("sweeps", *(["counts"] if counts else []))
    (person,) = set(here.house.store.people()) - before
    own(here, person)
    return robin, person


def own(here: Server, person: str, url: str = MINE) -> None:
    given = next(iter(here.house.store.consents(person).values()))
    from scanner.model import Submission

    here.house.store.add_submission(person, Submission(url, "mastodon", given, ownership="code"))


def opened(here: Server, **changes: Any) -> Sweep:
    now = datetime.now(UTC)
    window = {"starts_at": now - DAY, "ends_at": now + 20 * DAY, "notice": "A round <for> all staff."}
    return open_sweep(here.house.book, at=now, **{**window, **changes})


class Engine:
    """Turns, a session and detectors that note what they are asked for."""

    hosted = True

    def __init__(self, result: str = "ok") -> None:
        self.turns: list[str] = []
        self.read_urls: list[str] = []
        self.result = result

    def turn(self, person: str) -> Any:
        self.turns.append(person)
        return _Given(None)

    def session(self) -> Any:
        return _Given(self)

    def detection(self, _school: Any, *, workers: int | None = None) -> Any:
        return _Given(Nothing())

    async def read(self, account: Any, *, on_open: Any, **_: Any) -> Snapshot:
        on_open(account.url, "browser")
        self.read_urls.append(account.url)
        return Snapshot(account.url, account.platform, account.url, result=self.result)


class _Given:
    def __init__(self, what: Any) -> None:
        self._what = what

    async def __aenter__(self) -> Any:
        return self._what

    async def __aexit__(self, *_: object) -> None:
        return None


def test_a_round_is_announced_at_the_first_page_and_only_then_counts_as_told(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        sweep = opened(here)
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "not-told"
        await robin.get("/rights")
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "not-told"
        shown = await robin.get("/")
        assert "A round &lt;for&gt; all staff." in shown.text
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == ""

    act(tmp_path, job)


def test_whoever_did_not_say_yes_hears_of_no_round(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        opened(here)
        shown = said((await robin.get("/")).text)
        assert "does a round" not in shown
        assert (await robin.post("/skip", page="/rights")).headers["location"] == "/#round"

    act(tmp_path, job)


def test_a_round_is_left_out_with_one_click_and_the_next_one_asks_again(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        sweep = opened(here)
        await robin.post("/skip", page="/")
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "skipped"
        assert "You left this round out." in said((await robin.get("/")).text)
        assert "sweeps" in {
            one.purpose for one in here.house.store.consents(person).values() if one.covers(datetime.now(UTC))
        }

    act(tmp_path, job)


def test_the_link_of_a_note_needs_a_press_and_no_words(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        _, person = await taking_part(here)
        sweep = opened(here)
        link = f"/skip/{here.house.book.shelf.token(person, sweep.id)}"
        stranger = here.browser()
        shown = await stranger.get(link)
        assert shown.status_code == 200
        assert (
            here.house.book.may(person, sweep, at=datetime.now(UTC)) != "skipped"
        )  # mail readers open links
        done = await stranger.post(link)
        assert "This round leaves you out." in said(done.text)
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "skipped"
        assert (await stranger.get("/report")).status_code == 404

    act(tmp_path, job)


@pytest.mark.parametrize("link", ["/skip/x", "/skip/" + "A" * 96, "/skip/%3Cb%3E", "/skip/a/b", "/skip/"])
def test_a_link_that_is_none_of_ours_changes_nothing(link: str, tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        _, person = await taking_part(here)
        sweep = opened(here)
        got = await here.browser().post(link, page="/in")
        assert got.status_code in (400, 404)
        assert "<b>" not in got.text
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "not-told"

    act(tmp_path, job)


def test_taking_sweeps_back_leaves_the_open_round_at_once(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        sweep = opened(here)
        await robin.get("/")
        await robin.post("/consent", withdraw="sweeps")
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "left"
        assert here.house.book.jobs(person, sweep.id) == ()
        assert here.house.book.invitation(person, sweep.id) is None

    act(tmp_path, job)


def test_saying_yes_for_longer_is_no_leaving(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        sweep = opened(here)
        await robin.get("/")
        await robin.http.post(
            "/consent",
            data={
                "csrf": (await robin.get("/consent"))
                .text.partition('name="csrf" value="')[2]
                .partition('"')[0],
                "purpose": "sweeps",
                "sweeps-lasts": "year",
            },
        )
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == ""

    act(tmp_path, job)


def test_deleting_everything_takes_the_round_with_it(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        sweep = opened(here)
        await robin.get("/")
        engine = Engine()
        await robin.post("/rights/delete", page="/rights", sure="yes")
        assert here.house.book.may(person, sweep, at=datetime.now(UTC)) == "left"
        ended = await run(here.house.book, parts_of(here.house, engine, None))
        assert (ended.why, engine.read_urls) == ("done", [])

    act(tmp_path, job)


def test_what_a_round_saw_is_sealed_and_read_at_the_next_coming_in(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, _person = await taking_part(here)
        opened(here)
        await robin.get("/")
        await robin.post("/leave", page="/rights")
        engine = Engine("login_wall")
        ended = await run(here.house.book, parts_of(here.house, engine, None))
        assert (ended.why, engine.read_urls, engine.turns) == ("done", [MINE], ["sweep"])
        assert b"chirper" not in here.every_byte()
        await robin.come_in()
        shown = said((await robin.get("/")).text)
        assert "Your newest report comes from the round" in shown
        assert "One page could not be read. There is a two-minute task for it." in shown
        report = said((await robin.get("/report")).text)
        assert "A two-minute task" in report
        assert "@robin" in (await robin.get("/opened")).text
        held = json.loads((await robin.get("/everything.json")).text)
        assert held["rounds"]["invitations"][0]["told_by"] == "log-in"

    act(tmp_path, job)


def test_a_site_that_the_office_switched_off_is_not_opened_in_a_round(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        _, person = await taking_part(here)
        (account,) = submissions([MINE])
        desktop = here.house.desktop
        desktop.switch([key for key, _, _ in desktop.platforms() if key != account.platform])
        engine = Engine()
        acquire = parts_of(here.house, engine, None).acquire_for(person)
        with pytest.raises(SubmissionError, match="switched this site off"):
            await acquire(account, on_picture=lambda *_: None, on_step=lambda *_: None)
        assert engine.read_urls == []

    act(tmp_path, job)


def test_what_is_to_be_told_is_told_once(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        here.house.book.note(person, "missed", at=datetime.now(UTC))
        told = "The last sweep ended before it reached your profiles."
        assert told in said((await robin.get("/")).text)
        assert told not in said((await robin.get("/")).text)

    act(tmp_path, job)


def test_notes_of_a_round_go_to_the_private_address_that_was_given(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, person = await taking_part(here)
        await robin.post("/rights/email", page="/rights", email="robin@post.example")
        assert here.house.book.email(person) == "robin@post.example"
        sweep = opened(here, site="https://scanner.school.example")
        invited = here.house.book.invitation(person, sweep.id)
        assert invited
        assert invited.notice.state == "due"
        subject, text = letter(here.house.book, sweep, invited, "notice")
        link = text.partition("https://scanner.school.example")[2].split()[0]
        assert (await here.browser().get(link)).status_code == 200
        assert not any(word in subject + text for word in ("robin", "chirper", person))

    asyncio.run(_with_notes(tmp_path, job))


async def _with_notes(folder: Path, job: Callable[[Server], Coroutine[Any, Any, None]]) -> None:
    async with server(folder, notify=lambda _: None) as here:
        await job(here)


def test_the_office_sees_released_numbers_and_how_wrong_they_are(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        office = await here.office()
        assert "There are none." in said((await office.get("/office")).text)
        cell = {"check": "personal-contact", "band": "this-week", "about": 25}
        for number, cells in enumerate(([cell], [])):
            body = {"closed_at": f"2026-0{number + 2}-01T12:00:00+00:00"}
            here.house.book.shelf.put_fact(
                "releases", str(number), {**body, "schools": {"": {"cells": cells, "plus_minus": 7}}}
            )
        shown = said((await office.get("/office")).text)
        assert "about 25, plus or minus 7" in shown
        assert "Too few people took part" in shown

    act(tmp_path, job)


def test_a_round_closes_with_nothing_told_where_few_took_part(tmp_path: Path) -> None:
    pytest.importorskip("opendp")

    async def job(here: Server) -> None:
        robin, _ = await taking_part(here, counts=True)
        opened(here)
        await robin.get("/")
        await run(here.house.book, parts_of(here.house, Engine(), None))
        carry_out(here.house.book, "close", {}, at=datetime.now(UTC))
        office = await here.office()
        assert "Too few people took part" in said((await office.get("/office")).text)

    act(tmp_path, job)
