"""Staff of a school at the pages: coming in, agreeing, checking, leaving, and what nobody else can do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.model import Consent
from scanner.store import Store
from tests import builders
from tests.scanner.web.fakes import MINE, PDF, Work, said
from tests.scanner.web.staff import COOKIE, Server, quickly, server


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


def act(folder: Path, job: Callable[[Server], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def run() -> None:
        async with server(folder, **options) as here:
            await job(here)

    asyncio.run(run())


def test_somebody_joins_checks_leaves_and_finds_the_report_again(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        assert "Your phone" in said((await robin.get("/report")).text)
        assert said((await robin.post("/leave", page="/")).text) == "Blank page"
        assert (await robin.get("/report")).status_code == 404
        for words in (robin.words, robin.words.replace(" ", "-"), robin.recovery, robin.recovery.upper()):
            assert (await robin.come_in(words)).headers["location"] == "/"
            assert "Your phone" in said((await robin.get("/report")).text)
            assert json.loads((await robin.get("/report.json")).text)["findings"]
            assert f'value="{MINE}"' in (await robin.get("/addresses")).text
            await robin.post("/leave", page="/")

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment(crop=b"\xff\xd8jpeg")), pdf=PDF))


def test_the_words_are_made_here_and_typed_once_before_they_count(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = here.browser()
        assert (await robin.post("/join", code="not the code")).status_code == 403
        await robin.post("/join", code=here.house.installation.settings().invitation)
        first = (await robin.get("/join/words")).text
        await robin.post("/join/words", again="yes")
        second = (await robin.get("/join/words")).text
        assert first != second
        words = second.partition("<strong>")[2].partition("</strong>")[0]
        assert len(words.split()) == 5
        assert (await robin.post("/join/words", words="my own words", know="yes")).status_code == 422
        unticked = await robin.post("/join/words", words=words)
        assert unticked.status_code == 422
        assert here.house.store.people() == ()
        assert "Recovery code" in said((await robin.post("/join/words", words=words, know="yes")).text)
        assert len(here.house.store.people()) == 1

    act(tmp_path, job)


def test_a_new_cookie_comes_with_each_way_in_and_the_old_ones_open_nothing(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = here.browser()
        robin.http.cookies.set(COOKIE, "chosen-by-somebody", domain="scanner.school.example", path="/")
        await robin.post("/join", code=here.house.installation.settings().invitation)
        joining = robin.cookie
        assert joining != "chosen-by-somebody"
        robin.http.cookies.clear()
        await robin.join()
        inside = robin.cookie
        await robin.post("/leave", page="/")
        await robin.come_in()
        assert len({joining, inside, robin.cookie}) == 3
        for old in (joining, inside, "chosen-by-somebody"):
            other = here.browser()
            got = await other.get("/rights", headers={"cookie": f"{COOKIE}={old}"})
            assert got.status_code in (303, 404), old  # an unfinished way in has nothing to show
            assert "Your rights" not in got.text

    act(tmp_path, job)


def test_cookies_are_strict_secure_and_bound_to_this_host(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = here.browser()
        got = await robin.get("/in")
        assert "HttpOnly; Path=/; SameSite=strict; Secure" in got.headers["set-cookie"]
        assert got.headers["set-cookie"].startswith("__Host-scanner-door=")
        assert got.headers["strict-transport-security"].startswith("max-age=31536000")
        await robin.join()
        got = await robin.come_in() if await robin.post("/leave", page="/") else got
        assert got.headers["set-cookie"].startswith(f"{COOKIE}=")
        assert "HttpOnly; Path=/; SameSite=strict; Secure" in got.headers["set-cookie"]
        assert "Domain" not in got.headers["set-cookie"]

    act(tmp_path, job)


def test_ten_minutes_of_nothing_lock_the_page_and_drop_what_was_open(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        (stay,) = here.porter.stays._found.values() if len(here.porter.stays) == 1 else [None]
        here.now[0] += 9 * 60
        assert (await robin.get("/report")).status_code == 200
        here.now[0] += 601
        got = await robin.get("/report")
        assert (got.status_code, got.headers["location"]) == (303, "/away")
        assert "Your phone" not in got.text
        if stay:
            assert stay.room.member is None
            assert stay.room.visit.result is None
        assert "locked the page" in said((await robin.get("/away")).text)
        assert (await robin.http.post("/cancel", data={"csrf": "x"})).status_code == 404
        assert (await robin.come_in()).headers["location"] == "/"
        here.now[0] += 3 * 3600
        assert (await robin.get("/report")).status_code == 404  # after an hour even the cookie is forgotten

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment())))


def test_no_stay_lasts_longer_than_four_hours_however_busy(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        for _ in range(4 * 60 // 5):
            assert (await robin.get("/rights")).status_code == 200
            here.now[0] += 300
        here.now[0] += 1
        assert (await robin.get("/rights")).status_code == 303

    act(tmp_path, job)


def test_a_page_that_asks_by_itself_keeps_nobody_in(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        for _ in range(4):
            await robin.get("/progress/events")
            here.now[0] += 200
        assert (await robin.get("/rights")).status_code == 303

    act(tmp_path, job)


def test_the_house_can_be_full_but_never_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.web.stays.MOST", 3)

    async def job(here: Server) -> None:
        code = here.house.installation.settings().invitation
        for _ in range(3):
            assert (await here.browser().post("/join", code=code)).status_code == 303
        got = await here.browser().post("/join", code=code)
        assert "very many people" in said(got.text).lower()
        for _ in range(5):
            here.now[0] += 700
            for _ in range(3):
                assert (await here.browser().post("/join", code=code)).status_code == 303
        assert len(here.porter.stays) <= 6

    act(tmp_path, job)


def test_wrong_words_are_slowed_down_and_cost_nothing_then(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.post("/leave", page="/")
        other = here.browser()
        codes = [(await other.post("/in", words=f"wrong words number {n}")).status_code for n in range(70)]
        assert codes.count(403) == 60
        assert set(codes[60:]) == {429}
        here.now[0] += 60
        assert (await robin.come_in()).headers["location"] == "/"

    act(tmp_path, job)


def test_consent_is_recorded_for_each_purpose_and_taken_back_with_one_click(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person(agree=False)
        html = (await robin.get("/consent")).text
        assert " checked" not in html
        assert "age hint" not in said(html)
        await robin.post("/consent", purpose=["sweeps"])  # not without the one that is needed
        (person,) = here.house.store.people()
        assert here.house.store.consents(person) == {}
        await robin.post(
            "/consent", **{"purpose": ["self-check", "sweeps", "counts"], "sweeps-lasts": "year"}
        )
        given = {one.purpose: one for one in here.house.store.consents(person).values()}
        assert {name: (one.expires_at - one.given_at).days for name, one in given.items()} == {
            "self-check": 120,
            "sweeps": 365,
            "counts": 120,
        }
        assert {one.notice for one in given.values()} == {"school-1"}
        await robin.post("/consent", withdraw="sweeps")
        now = datetime.now(UTC)
        live = {one.purpose for one in here.house.store.consents(person).values() if one.covers(now)}
        assert live == {"self-check", "counts"}
        assert len(here.house.store.consents(person)) == 3  # that it was given and taken back stays told
        await robin.post("/consent", withdraw="self-check")
        assert not any(one.covers(datetime.now(UTC)) for one in here.house.store.consents(person).values())
        assert (await robin.post("/addresses", page="/consent", addresses=MINE)).headers[
            "location"
        ] == "/consent"

    act(tmp_path, job)


def test_the_age_hint_is_asked_for_only_where_the_lawful_basis_allows_it(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person(agree=False)
        assert "age hint" in said((await robin.get("/consent")).text)

    act(tmp_path, job, hint=True)


def test_taking_consent_back_ends_a_check_that_runs(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check(wait=False)
        (running,) = here.house.running.values()
        await robin.post("/consent", withdraw="self-check")
        assert running.stop.is_set()

    act(tmp_path, job, work=Work(hold=True))


def test_an_old_consent_opens_nothing(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person(agree=False)
        (person,) = here.house.store.people()
        past = datetime.now(UTC) - timedelta(days=121)
        here.house.store.add_consent(
            person, Consent("self-check", "school-1", past, past + timedelta(days=120))
        )
        await robin.post("/leave", page="/")
        await robin.come_in()
        assert (await robin.post("/addresses", page="/consent", addresses=MINE)).headers[
            "location"
        ] == "/consent"

    act(tmp_path, job)


def test_a_check_goes_on_after_leaving_and_is_there_on_coming_back(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check(wait=False)
        await robin.post("/leave", page="/")
        await robin.come_in()
        assert "Pages opened" in said((await robin.get("/progress")).text)
        phone = here.browser()
        phone.words = robin.words
        await phone.come_in()
        assert "Pages opened" in said((await phone.get("/progress")).text)
        await robin.post("/leave", page="/")
        (running,) = here.house.running.values()
        running.stop.set()
        assert running.task
        await running.task
        await robin.come_in()
        assert "stopped before the end" in said((await robin.get("/report")).text)
        assert here.house.running == {}

    act(tmp_path, job, work=Work(hold=True))


def test_a_check_that_was_killed_is_marked_and_said(tmp_path: Path) -> None:
    kept: dict[str, str] = {}

    async def dies(here: Server) -> None:
        robin = await here.person()
        kept.update(words=robin.words, office=here.office_words)
        (person,) = here.house.store.people()
        here.house.store.begin_scan(person, at=datetime.now(UTC))  # and then the power went

    async def later(here: Server) -> None:
        robin = here.browser()
        await robin.come_in(kept["words"])
        assert "cut off in the middle" in said((await robin.get("/")).text)
        assert "cut off" in said((await robin.get("/rights")).text)

    act(tmp_path, dies)
    act(tmp_path, later, words=kept["office"])


def test_the_server_ends_with_its_checks_written_down(tmp_path: Path) -> None:
    kept: dict[str, str] = {}

    async def stopped(here: Server) -> None:
        robin = await here.person()
        kept.update(words=robin.words, office=here.office_words)
        await robin.check(wait=False)
        await asyncio.sleep(0.05)

    async def later(here: Server) -> None:
        robin = here.browser()
        await robin.come_in(kept["words"])
        assert "stopped before the end" in said((await robin.get("/report")).text)

    act(tmp_path, stopped, work=Work(hold=True, report=builders.report(created_at=datetime.now(UTC))))
    act(tmp_path, later, words=kept["office"])


def test_decisions_are_sealed_and_there_again(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        await robin.post("/decide", page="/report", finding="a1", choice="allowed")
        assert "You dealt with 1" in said((await robin.get("/report")).text)
        await robin.post("/leave", page="/")
        assert b"allowed" not in here.every_byte()
        await robin.come_in()
        assert "You dealt with 1" in said((await robin.get("/report")).text)

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment())))


def test_a_second_check_says_what_changed_also_after_leaving(tmp_path: Path) -> None:
    work = Work(report=builders.report(builders.assessment()))

    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        work.report = builders.report(created_at=builders.AT + timedelta(days=1))
        await robin.post("/leave", page="/")
        await robin.come_in()
        await robin.check()
        assert "What changed" in said((await robin.get("/report")).text)
        await robin.post("/leave", page="/")
        await robin.come_in()
        assert "What changed" in said((await robin.get("/report")).text)

    act(tmp_path, job, work=work)


def test_everything_held_can_be_seen_and_taken(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        got = await robin.get("/everything.json")
        held = json.loads(got.text)
        assert held["submissions"][0]["url"] == MINE
        assert held["reports"][0]["findings"][0]["check"] == "personal-contact"
        assert {one["purpose"] for one in held["consents"]} == {"self-check", "visit"}
        assert "kept" not in held["reports"][0]
        assert got.headers["content-disposition"] == 'attachment; filename="everything.json"'
        await robin.post("/rights/remove", page="/rights", url=MINE)
        assert json.loads((await robin.get("/everything.json")).text)["submissions"] == []

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment())))


def test_deleting_leaves_nothing_and_says_so_only_after_looking(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, aled = await here.person(), await here.person()
        await aled.check()
        await robin.check()
        assert (await robin.post("/rights/delete", page="/rights")).status_code == 422
        phone = here.browser()
        await phone.come_in(robin.words)
        got = await robin.post("/rights/delete", page="/rights", sure="yes")
        assert "found none" in said(got.text)
        assert len(here.house.store.people()) == 1
        assert len(list((here.folder / "keys" / "lookup").iterdir())) == 2
        for gone in (robin, phone):
            assert (await gone.get("/report")).status_code == 404
        for words in (robin.words, robin.recovery):
            assert (await robin.come_in(words)).status_code == 403
        assert (await aled.get("/report")).status_code == 200
        await aled.post("/leave", page="/")
        assert (await aled.come_in()).status_code == 303

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment())))


def test_deleting_ends_a_check_that_runs(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check(wait=False)
        got = await robin.post("/rights/delete", page="/rights", sure="yes")
        assert "found none" in said(got.text)
        assert here.house.running == {}
        assert here.house.store.people() == ()

    act(tmp_path, job, work=Work(hold=True))


def test_bytes_that_are_left_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.store.database.Database.remove_tagged", lambda *_: None)

    async def job(here: Server) -> None:
        robin = await here.person()
        assert "noise without the keys" in said(
            (await robin.post("/rights/delete", page="/rights", sure="yes")).text
        )

    act(tmp_path, job)


def test_a_private_address_is_taken_and_one_of_the_school_refused(tmp_path: Path) -> None:
    sent: list[str] = []

    async def job(here: Server) -> None:
        robin = await here.person()
        own = here.house.desktop.school().pack.domains[0]
        for wrong in (
            f"robin@{own}",
            f"robin@mail.{own}",
            "robin",
            "robin@post.example\r\nBcc: all@x.example",
        ):
            assert (await robin.post("/rights/email", page="/rights", email=wrong)).status_code == 422, wrong
        assert "could see what comes" in said(
            (await robin.post("/rights/email", page="/rights", email=f"r@{own}")).text
        )
        assert (
            await robin.post("/rights/email", page="/rights", email="robin@post.example")
        ).status_code == 200
        await robin.check()
        assert sent == ["robin@post.example"]
        assert b"robin@post" not in here.every_byte()
        await robin.post("/rights/email", page="/rights", email="")
        assert json.loads((await robin.get("/everything.json")).text)["email"] == ""

    act(tmp_path, job, notify=sent.append)


def test_swapped_keys_are_said_at_the_door(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin, eve = await here.person(), await here.person()
        store: Store = here.house.store
        theirs = store.find(robin.words)
        assert theirs
        await robin.post("/leave", page="/")
        key, other = store._keyring.person(theirs), store._keyring.person(str(store.find(eve.words)))
        ((_, swapped),) = store._database.get("owners", other)
        ((row, _),) = store._database.get("owners", key)
        store._database.put("owners", key, swapped, row=row)
        got = await robin.come_in()
        assert got.status_code == 409
        assert "somebody changed your keys" in said(got.text)

    act(tmp_path, job)


def test_forged_reports_are_said_on_the_page_and_not_shown(tmp_path: Path) -> None:
    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        await robin.post("/leave", page="/")
        store: Store = here.house.store
        key = store._keyring.person(str(store.find(robin.words)))
        ((row, body),) = store._database.get("reports", key)
        changed = json.loads(body)
        changed["scan"] = "00000000-0000-0000-0000-000000000000"
        store._database.put("reports", key, json.dumps(changed).encode(), row=row)
        await robin.come_in()
        told = said((await robin.get("/")).text)
        assert "forged or damaged" in told
        assert "Do not trust new reports" in told
        assert (await robin.get("/report.json")).status_code == 404

    act(tmp_path, job, work=Work(report=builders.report(builders.assessment())))


def test_two_people_never_see_each_other(tmp_path: Path) -> None:
    work = Work(report=builders.report(builders.assessment(excerpt="CANARY-of-robin")))

    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check()
        aled = await here.person()
        for path in (
            "/report",
            "/report.json",
            "/report.pdf",
            "/rights",
            "/everything.json",
            "/opened",
            "/",
            "/progress",
        ):
            assert "CANARY" not in (await aled.get(path)).text
        assert "CANARY" in (await robin.get("/report.json")).text

    act(tmp_path, job, work=work)


def test_nothing_of_a_person_lies_readable_on_the_disk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = "https://chirper.example/@canary7731"
    work = Work(
        report=builders.report(
            builders.assessment(excerpt="canary7731"), profiles=(builders.profile(url=mine),)
        )
    )

    async def job(here: Server) -> None:
        robin = await here.person()
        await robin.check(mine)
        assert "canary7731" in (await robin.get("/report.json")).text
        for secret in (
            "canary7731",
            robin.words,
            robin.words.replace(" ", "-"),
            robin.words.replace(" ", ""),
            robin.recovery,
        ):
            assert secret.encode() not in here.every_byte(), secret

    act(tmp_path, job, work=work)
    printed = capfd.readouterr()
    assert "canary" not in printed.out + printed.err
