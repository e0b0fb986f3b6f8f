"""Every door of a school's pages, tried by everyone it is not for: nobody finds anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from scanner.web.school import ADMIN, ALL, NOBODY, PAGES, PERSON
from scanner.web.shield import HEADERS
from tests.scanner.web.fakes import Work, said
from tests.scanner.web.staff import COOKIE, HOME, HOST, Browser, Server, quickly, server

CLOSED = [(method, path, roles) for method, path, _, roles in PAGES if roles != ALL]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


async def somebody(here: Server, role: str) -> Browser:
    if role == "person":
        return await here.person()
    if role == "admin":
        return await here.office()
    browser = here.browser()
    if role == "joining":
        await browser.post("/join", code=here.house.installation.settings().invitation)
    if role == "guessing":
        browser.http.cookies.set(COOKIE, "guessed", domain=HOST, path="/")
    return browser


@pytest.mark.parametrize("role", ["nobody", "guessing", "joining", "person", "admin"])
def test_what_is_not_for_somebody_is_not_found(role: str, tmp_path: Path) -> None:
    mine = {"nobody": "nobody", "guessing": "nobody"}.get(role, role)

    async def act() -> None:
        async with server(tmp_path) as here:
            robin = await here.person()
            await robin.check()
            one = await somebody(here, role)
            before = here.house.installation.settings()
            for method, path, roles in CLOSED:
                if mine not in roles:
                    here.now[0] += 1
                    got = await one.http.request(method, path, headers={"origin": HOME})
                    assert (got.status_code, got.text) == (404, "not found"), (method, path)
            assert here.house.installation.settings() == before
            assert (await robin.get("/report")).status_code == 200

    asyncio.run(act())


def test_there_are_paths_for_every_role_and_none_for_people_in_the_office() -> None:
    for roles in (NOBODY, PERSON, ADMIN):
        assert [path for _, path, for_whom in CLOSED if for_whom == roles]
    shared = [path for _, path, roles in CLOSED if roles >= ADMIN | PERSON]
    assert shared == ["/leave"]
    assert all(path.startswith("/office") for _, path, roles in CLOSED if roles == ADMIN)


def test_the_office_sees_no_person_wherever_it_looks(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            robin = await here.person()
            await robin.check()
            office = await here.office()
            for method, path, _, roles in PAGES:
                if method == "GET" and (roles == ALL or roles >= ADMIN):
                    shown = (await office.get(path, follow_redirects=True)).text
                    for word in ("robin", "chirper", *here.house.store.people()):
                        assert word not in shown.lower(), path
            attributes = {name for name in dir(here.house.desktop) if not name.startswith("__")}
            assert not any("store" in name or "people" in name or "house" in name for name in attributes)

    asyncio.run(act())


@pytest.mark.parametrize("role", ["nobody", "joining", "person", "admin"])
@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "guessed"),
        ({"origin": "https://evil.example"}, None),
        ({"origin": f"http://{HOST}"}, None),  # the same name without encryption
        ({"origin": "null"}, None),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"sec-fetch-site": "same-site"}, None),
    ],
)
def test_a_form_from_elsewhere_does_nothing(
    role: str, headers: dict[str, str], token: str | None, tmp_path: Path
) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            one = await somebody(here, role)
            people, settings = here.house.store.people(), here.house.installation.settings()
            for method, path, _, roles in PAGES:
                if method == "POST" and role in roles:
                    here.now[0] += 1
                    shown = await one.get({"nobody": path}.get(role, "/rights" if role == "person" else "/"))
                    right = shown.text.partition('name="csrf" value="')[2].partition('"')[0]
                    data = {
                        "csrf": right if token is None else token,
                        "sure": "yes",
                        "withdraw": "self-check",
                    }
                    got = await one.http.post(path, data=data, headers=headers)
                    assert got.status_code == 403, path
            assert here.house.store.people() == people
            assert here.house.installation.settings() == settings

    asyncio.run(act())


def test_one_persons_token_is_no_use_to_another(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            robin, aled = await here.person(), await here.person()
            theirs = (await aled.get("/rights")).text.partition('name="csrf" value="')[2].partition('"')[0]
            got = await robin.http.post("/rights/delete", data={"csrf": theirs, "sure": "yes"})
            assert got.status_code == 403
            assert len(here.house.store.people()) == 2

    asyncio.run(act())


def test_a_token_from_before_the_door_is_tied_to_one_browser(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            one, other = here.browser(), here.browser()
            theirs = (await other.get("/in")).text.partition('name="csrf" value="')[2].partition('"')[0]
            await one.get("/in")
            assert (await one.http.post("/in", data={"csrf": theirs, "words": "x"})).status_code == 403
            one.http.cookies.clear()
            assert (await one.http.post("/in", data={"csrf": "", "words": "x"})).status_code == 403

    asyncio.run(act())


@pytest.mark.parametrize("role", ["nobody", "person", "admin"])
def test_every_answer_is_dressed_and_holds_nothing_from_elsewhere(role: str, tmp_path: Path) -> None:
    import re

    async def act() -> None:
        async with server(tmp_path) as here:
            one = await somebody(here, role)
            for method, path, _, roles in PAGES:
                here.now[0] += 1
                got = await one.http.request(method, path)
                for name, value in HEADERS.items():
                    assert got.headers[name] == value, path
                assert got.headers["strict-transport-security"]
                if method == "GET" and role in roles and "html" in got.headers.get("content-type", ""):
                    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/web.js\")", got.text)
                    for link in re.findall(r"<(?:link|script|img)\b[^>]*?(?:href|src)=\"([^\"]*)", got.text):
                        assert re.match(r"/(?!/)|data:", link), (path, link)

    asyncio.run(act())


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", f"{HOST}.evil.example", f"{HOST}:81", f"{HOST}, evil.example", ""]
)
def test_another_name_is_refused(host: str, tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            got = await here.browser().get("/", headers={"host": host})
            assert (got.status_code, got.text) == (404, "not found")

    asyncio.run(act())


NASTY = "a\r\nSet-Cookie: x=y\r\n\r\n<script>alert(1)</script>"


def test_nothing_typed_becomes_a_header_or_a_script(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            robin, office = await here.person(), await here.office()
            tried = [
                await here.browser().post("/in", words=NASTY),
                await here.browser().post("/join", code=NASTY),
                await robin.post("/rights/email", page="/rights", email=NASTY),
                await robin.post("/consent", purpose=[NASTY], withdraw=NASTY),
                await robin.post("/addresses", addresses=NASTY),
                await robin.post("/rights/remove", page="/rights", url=NASTY),
                await office.post("/office/retention", page="/office", report=NASTY, owner_memory=NASTY),
                await office.post(
                    "/office/pack", page="/office", files={"file": (f"{NASTY}.toml", b"name = 3")}
                ),
                await office.post("/office/switches", page="/office", on=[NASTY]),
                await robin.get("/hidden", params={"from": NASTY}),
                await office.get("/office", params={"saved": NASTY}),
            ]
            for got in tried:
                assert "x=y" not in got.headers.get("set-cookie", "")
                assert "<script>alert" not in got.text
                assert "alert" not in got.headers.get("location", "")

    asyncio.run(act())


def test_ten_thousand_quick_requests_lock_nobody_out_and_grow_nothing(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path, Work()) as here:
            robin = await here.person()
            flood = httpx.ASGITransport(app=here.shield, client=("192.0.2.7", 1))
            codes: dict[int, int] = {}
            async with httpx.AsyncClient(transport=flood, base_url=HOME) as other:
                for n in range(10_000):
                    got = await other.get(
                        "/in" if n % 2 else f"/guess/{n}", headers={"cookie": f"{COOKIE}={n}"}
                    )
                    codes[got.status_code] = codes.get(got.status_code, 0) + 1
            assert codes[429] > 8_000
            assert (await robin.get("/rights")).status_code == 200
            assert (await here.browser().get("/in")).status_code == 200  # from another address
            assert len(here.porter.stays) == 1
            doors: Any = here.porter.doors
            assert len(doors._addresses._found) < 10

    asyncio.run(act())


def test_many_addresses_are_counted_in_little_room(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            doors: Any = here.porter.doors
            for n in range(6000):
                doors.meet("GET", "/in", {}, f"2001:db8::{n:x}")
            assert len(doors._addresses._found) == 5000
            assert not any(b"2001" in name for name in doors._addresses._found)

    asyncio.run(act())


def test_a_crowd_at_the_door_waits_its_turn_and_the_rest_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.web.coming.MOST_WAITING", 5)

    async def act() -> None:
        async with server(tmp_path) as here:
            robin = await here.person()
            await robin.post("/leave", page="/")
            crowd = [here.browser() for _ in range(12)]
            for one in crowd:
                one.words = robin.words
            codes = [got.status_code for got in await asyncio.gather(*(one.come_in() for one in crowd))]
            assert codes.count(303) >= 5
            assert set(codes) <= {303, 503}
            assert 503 in codes

    asyncio.run(act())


def test_pages_say_what_is_open_to_whom(tmp_path: Path) -> None:
    async def act() -> None:
        async with server(tmp_path) as here:
            html = (await here.browser().get("/")).text
            assert "There is no list of who takes part" in said(html)
            assert "Forget everything" not in html

    asyncio.run(act())
