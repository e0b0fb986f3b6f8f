"""What a person decides about findings folds away, comes back when it is still there, and tells nobody."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.decisions import CHOICES
from scanner.web.desk import Result
from tests import builders
from tests.scanner.web.fakes import MINE, Work, pages, said

NOW = datetime.now(UTC)
PHONE = builders.assessment(id="a", band="today")
HOME = builders.assessment(
    "location", id="b", excerpt="", rule="home", advice=builders.advice(summary="Your home shows.")
)
LOGO = builders.assessment("school-logo", id="c", band="this-week", print="f0" * 32)


def told(*findings, at: datetime = NOW, **changes: Any):
    seen = builders.profile(looked_at=at, url=MINE, **changes)
    return builders.report(*findings, profiles=(seen,), created_at=at)


@dataclass
class Series(Work):
    """A desk whose checks give one report after the other; what each was asked for is kept."""

    reports: list[Any] = field(default_factory=list)
    wishes: list[Any] = field(default_factory=list)
    unseen: frozenset[str] = frozenset()

    async def look(self, accounts, *, saved, consent, on_step, stop, wishes):
        self.wishes.append(wishes)
        self.asked += [account.url for account in accounts]
        report = self.reports.pop(0)
        if isinstance(report, Exception):
            raise report
        return Result(report, None, unseen=self.unseen)


async def decide(person, finding: str, choice: str, **more: str):
    return await person.post("/decide", data={"finding": finding, "choice": choice, **more})


@pytest.mark.parametrize("choice", CHOICES)
def test_a_decided_finding_folds_away_and_can_be_taken_back(choice: str) -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE, HOME))) as person:
            await person.check()
            got = await decide(person, "a", choice)
            assert got.headers["location"] == f"/report?said={choice}&at=2#said"
            html = (await person.http.get(got.headers["location"])).text
            today = html.partition('id="today"')[2].partition('id="this-week"')[0]
            assert "Your phone number" not in today
            assert "Nothing is left here" in today
            assert "You dealt with 1" in said(html)
            assert html.index('id="said"') < html.index('id="item-2"')  # where the person goes on
            back = await person.post("/decide/back", data={"finding": "a"})
            assert back.headers["location"] == "/report#item-1"
            assert "You dealt with" not in said((await person.http.get("/report")).text)

    asyncio.run(act())


def test_after_the_last_one_the_page_leads_to_what_was_dealt_with() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE))) as person:
            await person.check()
            got = await decide(person, "a", "allowed")
            assert "at=0" in got.headers["location"]
            html = (await person.http.get(got.headers["location"])).text
            assert html.count('id="said"') == 1
            assert "0 to do today" in said(html)

    asyncio.run(act())


def test_a_choice_that_is_none_or_about_nothing_changes_nothing() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE))) as person:
            await person.check()
            for finding, choice in (("a", "burn"), ("zz", "fixed"), ("", ""), ("a", "fixed\r\nX: 1")):
                got = await decide(person, finding, choice, band="\r\nX: 1")
                assert got.headers["location"] == "/report"
            assert not person.room.visit.decisions.made

    asyncio.run(act())


def test_a_made_up_address_notes_nothing() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE))) as person:
            await person.check()
            for odd in ("said=fixed&at=1", "said=burn&at=1", "said=remind&at=0"):
                assert 'id="said"' not in (await person.http.get(f"/report?{odd}")).text

    asyncio.run(act())


def test_the_filters_stay_and_odd_ones_are_no_address() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE, HOME))) as person:
            await person.check()
            got = await decide(person, "a", "fixed", band="today", profile="1")
            assert got.headers["location"] == "/report?band=today&profile=1&said=fixed&at=0#said"
            assert (await person.http.get(got.headers["location"])).text.count('id="said"') == 1
            odd = await decide(person, "b", "fixed", band="//evil.example/\r\nX: 1")
            assert odd.headers["location"].startswith("/report?band=%2F%2Fevil")

    asyncio.run(act())


def test_remind_me_offers_a_note_that_tells_nothing() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE, HOME))) as person:
            await person.check()
            got = await decide(person, "a", "remind")
            html = (await person.http.get(got.headers["location"])).text
            notice = html.partition('id="said"')[2].partition("</div>")[0]
            links = re.findall(r'href="(/reminder\.ics\?days=\d+)"', notice)
            assert len(links) == 2
            for link in links:
                entry = (await person.http.get(link)).text
                assert "BEGIN:VEVENT" in entry
                assert not re.search(r"phone|robin|school|chirper|bio", entry, re.IGNORECASE)

    asyncio.run(act())


def test_fixed_but_still_there_says_so_after_the_next_look() -> None:
    async def act() -> None:
        later = NOW + timedelta(hours=1)
        work = Series(reports=[told(PHONE, HOME), told(PHONE, HOME, at=later)])
        async with pages(work) as person:
            await person.check()
            await decide(person, "a", "fixed")
            await decide(person, "b", "not-mine")
            await person.post("/mine", data={"own": [MINE]})
            await asyncio.sleep(0.01)
            html = said((await person.http.get("/report")).text)
            assert "Still there. You had marked it as fixed" in html
            assert "You dealt with 1" in html  # "not mine" stays

    asyncio.run(act())


def test_a_dismissed_picture_put_up_again_stays_dismissed() -> None:
    async def act() -> None:
        copy = replace(LOGO, id="new", print="f0" * 31 + "f1")
        work = Series(reports=[told(LOGO), told(copy, at=NOW + timedelta(hours=1))])
        async with pages(work) as person:
            await person.check()
            await decide(person, "c", "allowed")
            await person.post("/mine", data={"own": [MINE]})
            await asyncio.sleep(0.01)
            assert "You dealt with 1" in said((await person.http.get("/report")).text)

    asyncio.run(act())


def test_forgetting_drops_the_decisions() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE))) as person:
            await person.check()
            await decide(person, "a", "fixed")
            old = person.room.visit
            await person.post("/forget")
            assert not old.decisions.made
            assert not person.room.visit.decisions.made

    asyncio.run(act())


def test_each_button_says_what_it_is_about() -> None:
    async def act() -> None:
        async with pages(Work(report=told(PHONE, HOME))) as person:
            await person.check()
            html = (await person.http.get("/report")).text
            groups = re.findall(r'role="group" aria-labelledby="(deal-\d+)"', html)
            assert groups == ["deal-1", "deal-2"]
            assert "What do you think of number 2?" in html

    asyncio.run(act())
