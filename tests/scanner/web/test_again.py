"""One page looked at again: its part changes, the rest stays, and what changed is told honestly."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from detectors import Coverage
from scanner.errors import PartMissing
from scanner.model import was_read
from tests import builders
from tests.scanner.web.fakes import MINE, pages, said
from tests.scanner.web.test_deciding import HOME, NOW, PHONE, Series, told

LATER = NOW + timedelta(hours=1)


async def look_again(person, **more: str):
    got = await person.post("/again", data={"profile": "1", **more})
    await asyncio.sleep(0.01)
    return got


def test_only_that_page_is_looked_at_and_the_report_is_brought_up_to_date() -> None:
    async def act() -> None:
        first = told(PHONE)
        work = Series(reports=[first, told(HOME, at=LATER)])
        async with pages(work) as person:
            await person.check(MINE, "https://other.example/blog")
            assert (await look_again(person)).headers["location"] == "/progress"
            assert work.asked[2:] == [MINE]
            assert work.wishes[0].renews is None
            assert work.wishes[1].renews is first

    asyncio.run(act())


def test_what_changed_is_told_in_words() -> None:
    async def act() -> None:
        logo = builders.assessment("school-logo", id="c", advice=builders.advice(summary="The crest shows."))
        work = Series(reports=[told(PHONE, HOME), told(HOME, logo, at=LATER)])
        async with pages(work) as person:
            await person.check()
            assert "What changed" not in (await person.http.get("/report")).text
            await look_again(person)
            html = (await person.http.get("/report")).text
            part = said(html.partition('id="changed"')[2].partition("</section>")[0])
            assert "Gone (1)" in part
            assert "Your phone number is in your bio." in part
            assert "New (1)" in part
            assert "The crest shows." in part
            assert "1 thing is still there" in part
            assert "could not check" not in part

    asyncio.run(act())


def test_a_part_that_was_not_read_is_not_called_gone() -> None:
    async def act() -> None:
        capped = told(at=LATER, coverage=Coverage(posts_seen=2, complete="capped"))
        picture = builders.assessment(
            "school-logo", id="c", location=builders.location("p1", span=None, image="a.png")
        )
        async with pages(Series(reports=[told(picture), capped])) as person:
            await person.check()
            await look_again(person)
            html = (await person.http.get("/report")).text
            part = said(html.partition('id="changed"')[2].partition("</section>")[0])
            assert "We could not check (1)" in part
            assert "Gone" not in part

    asyncio.run(act())


def test_a_look_that_fails_leaves_the_report_from_before() -> None:
    async def act() -> None:
        async with pages(Series(reports=[told(PHONE), PartMissing("there is no browser")])) as person:
            await person.check()
            await look_again(person)
            assert "Back to your last report" in (await person.http.get("/progress")).text
            html = said((await person.http.get("/report")).text)
            assert "The last look did not work" in html
            assert "1. Your phone number" in html

    asyncio.run(act())


def test_a_site_that_said_no_is_opened_only_once_the_person_ticks_it() -> None:
    async def act() -> None:
        refused = told(result="robots_disallowed")
        assert not was_read(refused.profiles[0].result)
        work = Series(reports=[refused, told(PHONE, at=LATER)])
        async with pages(work) as person:
            await person.check()
            assert "See what you can do" in said((await person.http.get("/report")).text)
            offered = said((await person.http.get("/again?profile=1")).text)
            assert "save the page" in offered
            assert 'checked"' not in (await person.http.get("/again?profile=1")).text.replace(
                " checked>", 'checked"'
            )
            assert (await look_again(person)).status_code == 422
            assert len(work.wishes) == 1
            await look_again(person, once="yes")
            assert work.wishes[1].once

    asyncio.run(act())


def test_without_consent_to_visits_nothing_is_opened_again() -> None:
    async def act() -> None:
        work = Series(reports=[told(PHONE)])
        async with pages(work) as person:
            await person.check()
            await person.post("/consent", data={"purpose": ["self-check"]})
            assert (await look_again(person)).status_code == 422
            await person.post("/consent", data={"withdraw": "yes"})
            assert (await look_again(person)).headers["location"] == "/consent"
            assert len(work.wishes) == 1

    asyncio.run(act())


def test_a_page_that_is_not_in_the_report_cannot_be_looked_at() -> None:
    async def act() -> None:
        async with pages(Series(reports=[told(PHONE)])) as person:
            assert (await person.http.get("/again?profile=1")).headers["location"] == "/report"
            await person.check()
            for odd in ("0", "2", "-1", "²", "9999", ""):
                assert (await person.http.get("/again", params={"profile": odd})).status_code == 303
                assert (await person.post("/again", data={"profile": odd})).headers["location"] == "/report"

    asyncio.run(act())


def test_a_page_taken_off_the_list_can_still_be_looked_at() -> None:
    async def act() -> None:
        work = Series(reports=[told(PHONE), told(PHONE, at=LATER)])
        async with pages(work) as person:
            await person.check()
            await person.post("/addresses/remove", data={"url": MINE})
            await look_again(person)
            assert work.asked == [MINE, MINE]

    asyncio.run(act())
