"""Nobody but the person gets in, nothing forged, too large or too often gets through."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scanner.web import shield
from scanner.web.app import LIMITS, PATHS
from scanner.web.doors import STRANGER
from scanner.web.gate import IDLE_S, Gate
from scanner.web.shield import HEADERS
from tests.scanner.web.fakes import BASE, MINE, PDF, Work, pages, said
from tests.scanner.web.staff import Browser, quickly, server

EXTRA = ("/about", "/prove", "/again?profile=1", "/report?said=remind&at=1")


def walk(path: str) -> str:
    return path.replace("{token}", "guessed")


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in PATHS])
@pytest.mark.parametrize(
    "cookie", ["", "scanner-8123=", "scanner-8123=guessed", "scanner-9=x; =; scanner-8123"]
)
def test_whoever_is_not_the_person_finds_nothing(method: str, path: str, cookie: str) -> None:
    async def act() -> None:
        async with pages() as person:
            await person.check()
            async with httpx.AsyncClient(transport=person.http._transport, base_url=BASE) as other:
                got = await other.request(method, walk(path), headers={"cookie": cookie} if cookie else {})
            assert (got.status_code, got.text) == (404, "not found")

    asyncio.run(act())


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in PATHS])
def test_another_persons_cookie_opens_nothing(method: str, path: str) -> None:
    async def act() -> None:
        async with pages() as person, pages() as other:
            got = await other.http.request(
                method, walk(path), headers={"cookie": f"scanner-8123={person.http.cookies['scanner-8123']}"}
            )
            assert got.status_code == 404

    asyncio.run(act())


def test_a_token_opens_once_and_the_cookie_is_strict() -> None:
    async def act() -> None:
        async with pages(inside=False) as person:
            token = person.gate.token
            first = await person.http.get(f"/open/{token}")
            assert re.search(r"HttpOnly; Path=/; SameSite=strict", first.headers["set-cookie"])
            assert token not in first.text
            assert (await person.http.get(f"/open/{token}")).status_code == 404
            assert (await person.http.get("/")).status_code == 200

    asyncio.run(act())


def test_a_cookie_chosen_by_somebody_else_is_never_taken_over() -> None:
    async def act() -> None:
        async with pages(inside=False) as person:
            person.http.cookies.set("scanner-8123", "chosen", domain="127.0.0.1", path="/")
            got = await person.come_in()
            assert "chosen" not in got.headers["set-cookie"]
            old = await person.http.get("/", headers={"cookie": "scanner-8123=chosen"})
            assert old.status_code == 404

    asyncio.run(act())


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8123", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8123.evil.example", ""],
)
def test_another_name_for_this_computer_is_refused(host: str) -> None:
    async def act() -> None:
        async with pages() as person:
            got = await person.http.get("/", headers={"host": host})
            assert got.status_code == 404

    asyncio.run(act())


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in PATHS])
def test_every_answer_carries_the_strict_headers_and_is_not_kept(method: str, path: str) -> None:
    async def act() -> None:
        async with pages() as person:
            got = await person.http.request(method, walk(path))
            for name, value in HEADERS.items():
                assert got.headers[name] == value

    asyncio.run(act())


def test_no_page_has_inline_style_script_or_anything_from_elsewhere() -> None:
    async def act() -> None:
        async with pages() as person:
            await person.check()
            for path in ("/", "/consent", "/addresses", "/mine", "/report", "/draft", "/hidden", *EXTRA):
                html = (await person.http.get(path)).text
                assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/web.js\")", html), path
                fetched = re.findall(
                    r"<(?:link|script|img|iframe|source)\b[^>]*?(?:href|src)=\"([^\"]*)", html
                )
                assert all(re.match(r"/(?!/)|data:", one) for one in fetched), (path, fetched)

    asyncio.run(act())


@pytest.mark.parametrize("path", [p for m, p, _ in PATHS if m == "POST"])
@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "guessed"),
        ({"origin": "https://evil.example"}, None),
        ({"origin": "null"}, None),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"sec-fetch-site": "same-site"}, None),  # another port of this computer
    ],
)
def test_a_form_from_elsewhere_changes_nothing(path: str, headers: dict[str, str], token: str | None) -> None:
    async def act() -> None:
        async with pages() as person:
            await person.agree()
            before = person.room.visit
            data = {"csrf": before.csrf if token is None else token, "withdraw": "yes"}
            got = await person.http.post(path, data=data, headers=headers)
            assert got.status_code == 403
            assert person.room.visit is before
            assert before.purposes == {"self-check", "visit"}

    asyncio.run(act())


@pytest.mark.parametrize("path", [p for m, p, _ in PATHS if m == "POST"])
def test_a_body_that_is_too_large_is_not_read(path: str) -> None:
    async def act() -> None:
        async with pages() as person:
            limit = LIMITS.get(path, 200_000)
            read = 0

            async def flood():
                nonlocal read
                for _ in range(limit // 100_000 + 20):
                    read += 100_000
                    yield b"x" * 100_000

            kind = {"content-type": "application/x-www-form-urlencoded"}
            declared = await person.http.post(
                path, content=b"a=b", headers={**kind, "content-length": str(limit + 1)}
            )
            assert declared.status_code == 413
            if path not in LIMITS:
                streamed = await person.http.post(path, content=flood(), headers=kind)
                assert streamed.status_code in (400, 413)

    asyncio.run(act())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"csrf=x"),
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"),
        ("", b""),
    ],
)
def test_what_is_no_form_is_refused_kindly(kind: str, body: bytes) -> None:
    async def act() -> None:
        async with pages() as person:
            got = await person.http.post("/draft", content=body, headers={"content-type": kind})
            assert got.status_code in (400, 403)
            assert "Go back" in said(got.text)

    asyncio.run(act())


def test_guessing_at_the_door_is_slowed_down() -> None:
    async def act() -> None:
        now = 100.0
        async with pages(inside=False, clock=lambda: now) as person:
            codes = [(await person.http.get(f"/open/{n}")).status_code for n in range(int(STRANGER[0]) + 10)]
            assert codes.count(404) <= STRANGER[0] + 2
            assert 429 in codes

    asyncio.run(act())


def test_the_person_is_let_in_while_strangers_are_slowed_down() -> None:
    async def act() -> None:
        async with pages() as person:
            for _ in range(60):
                await person.http.get("/", headers={"cookie": "no=1"})
            assert (await person.http.get("/")).status_code == 200

    asyncio.run(act())


def test_after_half_an_hour_of_nothing_the_door_is_shut() -> None:
    now = 0.0
    gate = Gate(clock=lambda: now)
    cookie = gate.open(gate.token)
    now = IDLE_S - 1
    assert gate.knows(cookie)
    now += IDLE_S + 1
    assert gate.idle()
    assert not gate.knows(cookie)


def test_a_bug_says_where_but_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    async def act() -> None:
        work = Work(error=RuntimeError("canary-7731 in a message"))
        async with pages(work) as person:
            await person.check("https://canary-7731.example/me")
            got = await person.http.get("/progress")
            assert "canary-7731 in" not in got.text
            assert "Something went wrong" in said(got.text)

    asyncio.run(act())
    printed = capsys.readouterr()
    assert "canary" not in printed.out + printed.err
    assert "check.failed RuntimeError" in printed.err


def test_leaving_and_forgetting_drop_everything() -> None:
    async def act() -> None:
        async with pages(Work(pdf=PDF)) as person:
            await person.check()
            assert (await person.http.get("/report")).status_code == 200
            old = person.room.visit.csrf
            assert (await person.post("/forget")).headers["location"] == "/?forgotten"
            assert (await person.http.get("/report.json")).status_code == 404
            assert not person.room.visit.profiles
            assert not person.room.visit.purposes
            assert (await person.http.post("/consent", data={"csrf": old})).status_code == 403
            await person.check(MINE)
            left = await person.post("/leave")
            assert said(left.text) == "Blank page"
            assert person.room.leaving
            assert (await person.http.get("/")).status_code == 404
            assert person.room.visit.job is None

    asyncio.run(act())


def test_large_files_are_taken_one_from_each_person_and_few_at_once(tmp_path: Path, monkeypatch) -> None:
    quickly(monkeypatch)
    monkeypatch.setattr(shield, "AT_ONCE", 2)

    async def act() -> None:
        go = asyncio.Event()

        async def slowly(token: str) -> AsyncIterator[bytes]:
            yield part("csrf", token)
            await go.wait()
            yield part("file", "<html>", "page.html") + b"--b--\r\n"

        async def send(one: Browser, body: Any) -> httpx.Response:
            kind = {"content-type": "multipart/form-data; boundary=b"}
            return await one.http.post("/addresses/page", content=body, headers=kind)

        async with server(tmp_path) as here:
            people = [await here.person() for _ in range(3)]
            tokens = [
                re.search(r'name="csrf" value="([^"]+)"', (await p.get("/addresses")).text) for p in people
            ]
            first, second, third = [(p, found[1]) for p, found in zip(people, tokens, strict=True) if found]
            taking = [asyncio.create_task(send(one, slowly(token))) for one, token in (first, second)]
            await asyncio.sleep(0.2)
            for one, token in (first, third):  # once more the same person, and one too many
                assert "Other files are being read" in said((await send(one, slowly(token))).text)
            go.set()
            assert not any("Other files are" in one.text for one in await asyncio.gather(*taking))
            assert "Other files are" not in (await send(third[0], slowly(third[1]))).text

    asyncio.run(act())


def test_a_body_that_never_ends_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(shield, "PIECE_S", 0.05)

    async def act() -> None:
        async def never() -> AsyncIterator[bytes]:
            yield b"csrf="
            await asyncio.sleep(20)

        async with pages() as robin:
            kind = {"content-type": "application/x-www-form-urlencoded"}
            got = await robin.http.post("/consent", content=never(), headers=kind)
            assert "took too long" in said(got.text)

    asyncio.run(act())


def part(name: str, value: str, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    return f'--b\r\ncontent-disposition: form-data; name="{name}"{named}\r\n\r\n{value}\r\n'.encode()
