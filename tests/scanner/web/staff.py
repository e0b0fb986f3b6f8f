"""A school's server in memory: real doors, real store with quick stretching, and checks that are faked."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from data import school_in
from scanner.hosting import Hosted, Installation, read_basis
from scanner.hosting import installation as installing
from scanner.store import Store, sealing
from scanner.web.coming import Porter
from scanner.web.desk import Desk
from scanner.web.house import Line
from scanner.web.school import for_school
from scanner.web.shield import Shield
from tests.scanner.web.fakes import MINE, Work, desk

HOST = "scanner.school.example"
HOME = f"https://{HOST}"
COOKIE = "__Host-scanner"
BASIS = """
dpo = "Nia Bright, data protection officer"
basis = "legitimate-interests"
date = 2026-01-31
contacts = ["dpo@harfield.example", "01632 960001"]
age_hint = {hint}
"""


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its least, as its cost is not what these tests are about."""
    least = sealing.argon2id.OPSLIMIT_MIN, sealing.argon2id.MEMLIMIT_MIN
    monkeypatch.setattr(sealing, "OPSLIMIT", least[0])
    monkeypatch.setattr(sealing, "MEMLIMIT", least[1])
    monkeypatch.setattr(installing, "OPSLIMIT", least[0])
    monkeypatch.setattr(installing, "MEMLIMIT", least[1])


@dataclass
class Server:
    """The whole of it, and the words its office was given."""

    shield: Shield
    porter: Porter
    house: Hosted
    office_words: str
    folder: Path
    now: list[float]

    def browser(self) -> Browser:
        transport = httpx.ASGITransport(app=self.shield)
        return Browser(self, httpx.AsyncClient(transport=transport, base_url=HOME))

    async def person(self, **options: Any) -> Browser:
        browser = self.browser()
        await browser.join(**options)
        return browser

    async def office(self) -> Browser:
        browser = self.browser()
        got = await browser.post("/office/in", words=self.office_words)
        assert got.headers["location"] == "/office"
        return browser

    def every_byte(self) -> bytes:
        files = [file for file in sorted(self.folder.rglob("*")) if file.is_file()]
        return b"".join(str(file).encode() + file.read_bytes() for file in files)


@dataclass
class Browser:
    """Somebody at the pages; `words` and `recovery` once they joined."""

    server: Server
    http: httpx.AsyncClient
    words: str = ""
    recovery: str = ""
    asked: list[httpx.Response] = field(default_factory=list)

    async def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return await self.http.get(path, **kwargs)

    async def post(self, path: str, *, page: str = "", **fields: Any) -> httpx.Response:
        """Send the form of a page that is open to this role, with its token."""
        files = fields.pop("files", None)
        shown = await self.http.get(page or path)
        found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
        return await self.http.post(path, data={"csrf": found[1] if found else "", **fields}, files=files)

    async def join(self, *, agree: bool = True) -> None:
        code = self.server.house.installation.settings().invitation
        assert (await self.post("/join", code=code)).headers["location"] == "/join/words"
        shown = (await self.get("/join/words")).text
        self.words = re.search(r"<strong>([a-z ]+)</strong>", shown)[1]  # type: ignore[index]
        got = await self.post("/join/words", words=self.words.upper(), know="yes")
        assert got.status_code == 200, got.text
        self.recovery = re.search(r"<strong>([a-z0-9-]+)</strong>", got.text)[1]  # type: ignore[index]
        if agree:
            await self.agree("self-check", "visit")

    async def come_in(self, words: str = "") -> httpx.Response:
        return await self.post("/in", words=words or self.words)

    async def agree(self, *purposes: str) -> httpx.Response:
        return await self.post("/consent", purpose=list(purposes))

    async def check(self, *urls: str, wait: bool = True) -> None:
        await self.post("/addresses", addresses="\n".join(urls or (MINE,)))
        await self.post("/mine", own=list(urls or (MINE,)))
        if wait:
            await self.finished()

    async def finished(self) -> None:
        for _ in range(400):
            if (await self.get("/progress")).headers.get("location") == "/report":
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the check does not end")

    @property
    def cookie(self) -> str:
        return self.http.cookies.get(COOKIE, default="")


@asynccontextmanager
async def server(
    folder: Path,
    work: Work | None = None,
    *,
    hint: bool = False,
    notify: Any = None,
    words: str = "",
    plain_port: int = 0,
):
    """`plain_port`: for a real browser on this computer, without encryption."""
    installation = Installation(folder / "kept")
    made = words or installation.make_office(on=datetime.now(UTC).date())
    (folder / "kept" / "lawful-basis.toml").write_text(BASIS.format(hint=str(hint).lower()))
    now = [1000.0]
    worked = work or Work()

    def make_desk(school: Any, _person: str) -> Desk:
        from dataclasses import replace

        return replace(desk(worked), school=school)

    with Store(folder / "kept") as store:
        house = Hosted(
            store,
            installation,
            basis=read_basis(installation.folder),
            school=school_in("practice/school"),
            make_desk=make_desk,
            health=lambda: (Line("Disk", True, "9 GB free"),),
            notify=notify,
        )
        shield, porter = for_school(
            house,
            hosts={f"127.0.0.1:{plain_port}" if plain_port else HOST},
            cookie="scanner-test" if plain_port else COOKIE,
            secure=not plain_port,
            clock=lambda: now[0],
        )
        yield Server(shield, porter, house, made, folder / "kept", now)
        await house.close()
