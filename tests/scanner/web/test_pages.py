"""What a person can do on the pages, and what hostile names cannot."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, date, datetime

import pytest

from data import read_toml
from detectors import Snapshot
from scanner.intake import submissions
from scanner.web.reminders import reminder_of
from tests import builders
from tests.data.test_data import reading
from tests.scanner.web.fakes import MINE, Work, pages, said

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\r\nSet-Cookie: a=b"


def test_nothing_is_ticked_before_the_person_ticks_it() -> None:
    async def act() -> None:
        async with pages() as person:
            for path in ("/consent", "/draft"):
                assert "checked" not in (await person.http.get(path)).text
            await person.agree()
            assert " checked" not in (await person.http.get("/consent")).text
            await person.post("/addresses", data={"addresses": MINE})
            assert " checked" not in (await person.http.get("/mine")).text

    asyncio.run(act())


def test_without_consent_nothing_can_be_given_or_started() -> None:
    async def act() -> None:
        work = Work()
        async with pages(work) as person:
            await person.post("/consent", data={"purpose": ["visit"]})  # not the one that is needed
            assert (await person.post("/addresses", data={"addresses": MINE})).headers[
                "location"
            ] == "/consent"
            await person.post("/mine", data={"own": [MINE]})
            assert not person.room.visit.profiles
            assert person.room.visit.job is None

    asyncio.run(act())


def test_consent_to_visits_is_a_choice_of_its_own() -> None:
    async def act() -> None:
        work = Work()
        async with pages(work) as person:
            await person.post("/consent", data={"purpose": ["self-check"]})
            await person.post("/addresses", data={"addresses": MINE})
            assert "did not agree" in said((await person.http.get("/mine")).text)
            assert (await person.post("/mine", data={"own": [MINE]})).status_code == 422
            assert work.asked == []

    asyncio.run(act())


def test_taking_consent_back_stops_the_check_at_once() -> None:
    async def act() -> None:
        async with pages(Work(hold=True)) as person:
            await person.check()
            job = person.room.visit.job
            assert job
            assert job.running
            got = await person.post("/consent", data={"withdraw": "yes"})
            assert "took it back" in said(got.text)
            assert job.stop.is_set()

    asyncio.run(act())


def test_only_profiles_called_ones_own_are_looked_at() -> None:
    async def act() -> None:
        work = Work()
        async with pages(work) as person:
            await person.agree()
            await person.post("/addresses", data={"addresses": f"{MINE}\nhttps://other.example/blog"})
            await person.post("/mine", data={"own": [MINE, "https://never-given.example/"]})
            await asyncio.sleep(0.01)
            assert work.asked == [MINE]
            assert work.consents[0].notice == read_toml("texts/web.toml")["consent"]["version"]

    asyncio.run(act())


def test_a_platform_with_a_better_way_is_only_opened_when_asked_twice() -> None:
    async def act() -> None:
        work = Work()
        async with pages(work) as person:
            url = "https://www.facebook.com/robin.vale.example"
            await person.agree()
            await person.post("/addresses", data={"addresses": url})
            url = next(iter(person.room.visit.profiles))
            assert "Better ways" in (await person.http.get("/mine")).text
            assert (await person.post("/mine", data={"own": [url]})).status_code == 422
            await person.post("/mine", data={"own": [url], "anyway": [url]})
            await asyncio.sleep(0.01)
            assert work.asked == [url]

    asyncio.run(act())


@pytest.mark.parametrize(
    "text",
    [
        "robin@post.example",
        "javascript:alert(1)",
        "robin",
        "file:///etc/passwd",
        "http://10.0.0.1/",
        NASTY,
        "\0",
    ],
)
def test_a_wrong_address_gets_a_sentence_and_keeps_the_text(text: str) -> None:
    async def act() -> None:
        async with pages() as person:
            await person.agree()
            got = await person.post("/addresses", data={"addresses": text})
            assert got.status_code == 422
            assert 'role="alert"' in got.text
            assert "<script>alert" not in got.text
            assert "<img src=x" not in got.text
            assert not person.room.visit.profiles

    asyncio.run(act())


def test_a_saved_page_needs_no_visit() -> None:
    async def act() -> None:
        account = submissions([MINE])[0]
        read: list[tuple[str, str, bytes]] = []

        def hand_over(address: str, name: str, body: bytes) -> list[tuple[object, Snapshot]]:
            read.append((address, name, body))
            return [(account, builders.snapshot())]

        async with pages(Work(), hand_over=hand_over) as person:
            await person.post("/consent", data={"purpose": ["self-check"]})
            await person.post(
                "/addresses/page", data={"address": ""}, files={"file": ("../../me.html", b"<p>" * 900_000)}
            )
            assert read[0][0] == ""
            assert len(read[0][2]) == 2_700_000  # held in memory, past where others go to the disk
            await person.post("/mine", data={"own": [account.url]})
            await asyncio.sleep(0.01)
            assert person.room.visit.job

    asyncio.run(act())


def test_hostile_names_and_texts_stay_text() -> None:
    async def act() -> None:
        hostile = builders.profile(
            display_name=NASTY, bio=NASTY, url="https://chirper.example/@a%22%3E%3Cscript%3E"
        )
        found = builders.assessment(
            excerpt=NASTY, reasons=(NASTY,), advice=builders.advice(summary=NASTY, link="javascript:alert(1)")
        )
        report = builders.report(found, profiles=(hostile, builders.profile()))
        async with pages(Work(report=report, told=(found,))) as person:
            await person.check()
            shown = [(await person.http.get("/report")).text]
            shown.append((await person.post("/draft", data={"text": NASTY})).text)
            shown.append((await person.post("/addresses/page", files={"file": (f"{NASTY}.html", b"x")})).text)
            for html in shown:
                assert "<script>alert" not in html
                assert "<img src=x" not in html
                assert "javascript:" not in html
            got = await person.http.get("/report.json")
            assert got.headers["content-disposition"] == 'attachment; filename="report.json"'
            assert "set-cookie" not in got.headers

    asyncio.run(act())


def test_progress_counts_each_stage_and_a_stop_gives_what_is_done() -> None:
    async def act() -> None:
        async with pages(Work(hold=True)) as person:
            await person.check()
            html = (await person.http.get("/progress")).text
            assert '<noscript><meta http-equiv="refresh"' in html
            assert re.findall(r'data-count="0-(\w+)">(\d+)', html) == [
                ("pages", "3"), ("pictures", "12"), ("detectors", "7"),
            ]  # fmt: skip
            await person.post("/cancel")
            assert person.room.visit.job
            assert person.room.visit.job.task
            await person.room.visit.job.task
            stream = (await person.http.get("/progress/events")).text
            assert json.loads(stream.removeprefix("data: "))["state"] == "done"
            assert "robin" not in stream
            assert "stopped before the end" in said((await person.http.get("/report")).text)

    asyncio.run(act())


def test_a_second_check_waits_until_the_first_is_done() -> None:
    async def act() -> None:
        work = Work(hold=True)
        async with pages(work) as person:
            await person.check()
            first = person.room.visit.job
            await person.post("/mine", data={"own": [MINE]})
            assert person.room.visit.job is first

    asyncio.run(act())


def test_the_filters_show_a_part_and_never_call_it_all() -> None:
    async def act() -> None:
        two = builders.profile(url="https://other.example/blog", display_name="Other page")
        told = (
            builders.assessment(band="today", id="a"),
            builders.assessment(
                band="this-week", id="b", profile=two.url, advice=builders.advice(summary="Your home shows.")
            ),
        )
        async with pages(Work(report=builders.report(*told, profiles=(builders.profile(), two)))) as person:
            await person.check()
            whole = said((await person.http.get("/report")).text)
            assert "1. Your phone" in whole
            assert "2. Your home shows" in whole
            week = (await person.http.get("/report?band=this-week")).text
            assert "2. Your home shows" in said(week)
            assert "Nothing to do today" not in week
            assert "a part of your report" in week
            other = said((await person.http.get("/report?profile=2")).text)
            assert "2. Your home shows" in other  # its number in the whole report
            assert "1. Your phone" not in other
            for odd in ("profile=99", "profile=-1", "profile=²", "band=x", "profile=1%00"):
                assert said((await person.http.get(f"/report?{odd}")).text).startswith(whole[:200])

    asyncio.run(act())


def test_the_words_of_the_pdf_are_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        import io

        import pikepdf

        plain = io.BytesIO()
        with pikepdf.new() as document:
            document.add_blank_page()
            document.save(plain)
        async with pages(Work(pdf=plain.getvalue())) as person:
            await person.check()
            assert (await person.http.get("/report.pdf")).status_code == 404
            shown = await person.post("/pdf")
            secret = re.search(r"<strong>([a-z-]+)</strong>", shown.text)
            assert secret
            assert secret[1].count("-") == 3
            locked = (await person.http.get("/report.pdf")).content
            with pikepdf.open(io.BytesIO(locked), password=secret[1]) as opened:
                assert opened.encryption.R == 6
            with pytest.raises(pikepdf.PasswordError):
                pikepdf.open(io.BytesIO(locked))
            for path in ("/report", "/", "/draft"):
                assert secret[1] not in (await person.http.get(path)).text

    asyncio.run(act())


def test_the_reminder_is_a_calendar_entry_that_tells_nothing() -> None:
    entry = reminder_of(
        date(2026, 3, 3), now=datetime(2026, 2, 1, 9, 0, tzinfo=UTC), summary="Look; again, soon\r\nX:1"
    )
    lines = entry.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20260303" in lines
    assert "SUMMARY:Look\\; again\\, soon X:1" in lines
    assert not any(line.startswith("X:") for line in lines)


def test_a_draft_is_judged_and_not_kept() -> None:
    async def act() -> None:
        work = Work(told=(builders.assessment(),))
        async with pages(work) as person:
            got = said((await person.post("/draft", data={"text": "Ring me"})).text)
            assert "Your phone number" in got
            assert "Ring me" not in (await person.http.get("/draft")).text
            empty = await person.post("/draft", data={"text": " "})
            assert empty.status_code == 422

    asyncio.run(act())


@pytest.mark.parametrize("file", ["web", "school"])
def test_the_pages_read_like_plain_talk(file: str) -> None:
    def strings(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [s for inner in value.values() for s in strings(inner)]
        return [s for inner in value for s in strings(inner)] if isinstance(value, list) else []

    words = read_toml(f"texts/{file}.toml")
    for part, said_there in words.items():
        told = [s for s in strings(said_there) if s.endswith((".", "?"))]
        if told:
            assert reading(told)[0] <= 6, (part, reading(told))
            assert max(reading([s])[2] for s in told) <= 25, part
