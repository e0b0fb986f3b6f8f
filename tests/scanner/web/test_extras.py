"""Questions, special cases and the code: offered, never forced, and kept for this stay alone."""

from __future__ import annotations

import asyncio
import re

import data
from scanner.web import asked as asking
from scanner.web.desk import Result
from tests import builders
from tests.scanner.web.fakes import MINE, pages, said
from tests.scanner.web.test_deciding import Series, told


class Asks(Series):
    """A desk that puts the questions before it answers, and keeps what was said."""

    answers: object = None

    async def look(self, accounts, *, saved, consent, on_step, stop, wishes):
        self.wishes.append(wishes)
        if wishes.ask:
            self.answers = await wishes.ask([builders.snapshot()])
        return Result(self.report)


async def until_asked(person) -> None:
    for _ in range(100):
        await asyncio.sleep(0.005)
        if person.room.visit.job.asked.sheets:
            return
    raise AssertionError("nothing was asked")


async def start(person, **more: str) -> None:
    await person.agree()
    await person.post("/addresses", data={"addresses": MINE})
    await person.post("/mine", data={"own": [MINE], **more})


def test_questions_are_asked_only_when_wished_for() -> None:
    async def act() -> None:
        work = Asks()
        async with pages(work) as person:
            await start(person)
            await asyncio.sleep(0.01)
            assert work.wishes[0].ask is None
            assert (await person.http.get("/questions")).headers["location"] == "/progress"

    asyncio.run(act())


def test_the_questions_come_sheet_by_sheet_and_any_may_be_left_out() -> None:
    async def act() -> None:
        work = Asks()
        async with pages(work) as person:
            await start(person, questions="yes")
            await until_asked(person)
            assert (await person.http.get("/progress")).headers["location"] == "/questions"
            stream = (await person.http.get("/progress/events")).text
            assert '"asking"' in stream
            first = (await person.http.get("/questions")).text
            assert "Part 1 of 2" in first
            assert " checked" not in first
            name = data.personal_questions()[0].id
            got = await person.post("/questions", data={"n": "1", f"q-{name}": "yes"})
            assert got.headers["location"] == "/questions?n=2"
            second = (await person.http.get("/questions?n=2")).text
            field = re.search(r'name="(q-[^"]+)"', second)
            assert field
            await person.post("/questions", data={"n": "2", field[1]: "not sure"})
            await asyncio.sleep(0.02)
            assert work.answers[""][name] == "yes"  # type: ignore[index]
            assert "not sure" in work.answers[builders.URL].values()  # type: ignore[index]
            assert set(work.answers[builders.URL].values()) <= {"not sure", "skip"}  # type: ignore[index]

    asyncio.run(act())


def test_all_the_rest_may_be_left_out() -> None:
    async def act() -> None:
        work = Asks()
        async with pages(work) as person:
            await start(person, questions="yes")
            await until_asked(person)
            await person.post("/questions", data={"n": "1", "rest": "yes"})
            await asyncio.sleep(0.02)
            assert list(work.answers) == [""]  # type: ignore[call-overload]
            assert (await person.http.get("/progress")).headers["location"] == "/report"

    asyncio.run(act())


def test_a_check_does_not_wait_for_answers_for_ever(monkeypatch) -> None:
    async def act() -> None:
        work = Asks()
        monkeypatch.setattr(asking, "WAIT_S", 0.05)
        async with pages(work) as person:
            await start(person, questions="yes")
            await asyncio.wait_for(person.room.visit.job.task, 5)
            assert work.answers == {}
            assert (await person.post("/questions", data={"n": "1"})).headers["location"] == "/progress"

    asyncio.run(act())


def test_a_stop_ends_the_waiting_too() -> None:
    async def act() -> None:
        work = Asks()
        async with pages(work) as person:
            await start(person, questions="yes")
            await until_asked(person)
            await person.post("/cancel")
            await asyncio.wait_for(person.room.visit.job.task, 5)
            assert work.answers == {}

    asyncio.run(act())


def test_what_is_true_of_the_person_goes_into_the_check_and_nothing_else_does() -> None:
    async def act() -> None:
        work = Series(reports=[told()])
        async with pages(work) as person:
            await person.agree()
            await person.post("/addresses", data={"addresses": MINE})
            assert " checked" not in (await person.http.get("/about")).text
            await person.post("/about", data={"told": ["union_officer", "official_account", "king"]})
            kept = (await person.http.get("/about")).text
            assert kept.count(" checked") == 1
            await person.post("/mine", data={"own": [MINE]})
            await asyncio.sleep(0.01)
            assert work.wishes[0].exemptions == {"union_officer"}

    asyncio.run(act())


def test_every_special_case_on_the_page_is_one_of_the_policys() -> None:
    things = data.read_toml("texts/web.toml")["about"]["things"]
    assert set(things) <= set(data.policy("altus-2023").exemptions)


def test_ticks_are_kept_while_the_person_tells_more() -> None:
    async def act() -> None:
        work = Series(reports=[])
        async with pages(work) as person:
            await person.agree()
            await person.post("/addresses", data={"addresses": MINE})
            got = await person.post("/mine", data={"own": [MINE], "questions": "yes", "then": "about"})
            assert got.headers["location"] == "/about"
            assert work.wishes == []
            assert (await person.http.get("/mine")).text.count(" checked") == 2
            odd = await person.post("/mine", data={"own": [], "then": "//evil.example"})
            assert odd.status_code == 422

    asyncio.run(act())


def test_a_code_is_handed_out_looked_for_and_told_about() -> None:
    async def act() -> None:
        shown = told(ownership="code")
        work = Series(reports=[told(), shown])
        async with pages(work) as person:
            await person.agree()
            await person.post("/addresses", data={"addresses": MINE})
            html = (await person.http.get("/prove")).text
            code = re.search(r"<strong>(\w{6}\d\d)</strong>", html)
            assert code
            assert code[1] in (await person.http.get("/prove")).text  # the same one while it is good
            await person.post("/mine", data={"own": [MINE]})
            await asyncio.sleep(0.01)
            assert work.wishes[0].code == code[1]
            assert "The code was not there" in said((await person.http.get("/report")).text)
            await person.post("/again", data={"profile": "1"})
            await asyncio.sleep(0.01)
            html = (await person.http.get("/report")).text
            assert "You can take it out now" in said(html)
            assert code[1] not in html

    asyncio.run(act())


def test_no_code_is_offered_for_pages_that_are_not_opened() -> None:
    async def act() -> None:
        async with pages() as person:
            await person.post("/consent", data={"purpose": ["self-check"]})
            await person.post("/addresses", data={"addresses": MINE})
            html = (await person.http.get("/prove")).text
            assert "<strong>" not in html
            assert "cannot show a code" in said(html)
            assert person.room.visit.code is None

    asyncio.run(act())


def test_going_on_without_a_code_drops_it() -> None:
    async def act() -> None:
        async with pages() as person:
            await person.agree()
            await person.post("/addresses", data={"addresses": MINE})
            await person.http.get("/prove")
            await person.post("/prove")
            assert person.room.visit.code is None

    asyncio.run(act())
