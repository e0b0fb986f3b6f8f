"""A school's server as a command: real certificate, real browser, real checks; killed, searched and started again."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from scanner.model import Consent, Submission
from scanner.practice import Practice
from scanner.store import Store
from tests.journeys.command import ROOT, World
from tests.journeys.shown import looking
from tests.scanner.web.staff import BASIS

pytestmark = pytest.mark.browser

NAME = "localhost"
PORT = 18_480


@dataclass
class School:
    """An installation that can be started more than once."""

    world: World
    site: Practice
    port: int
    office: str = ""
    printed: list[Path] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.world.base / "kept"

    @property
    def code(self) -> str:
        return str(json.loads((self.folder / "settings.json").read_text())["invitation"])

    def command(self, *more: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "scanner",
            "serve",
            "--folder",
            str(self.folder),
            "--port",
            str(self.port),
            *more,
        ]

    @contextmanager
    def up(self, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        log = self.world.base / f"log-{len(self.printed)}.txt"
        self.printed.append(log)
        school = ("--school", str(ROOT / "data/practice/school"), "--allow-address", self.site.address)
        with log.open("wb") as out:
            process = subprocess.Popen(
                self.command(*school, *more),
                stdout=out,
                stderr=out,
                env=self.world.environment,
                cwd=self.world.base,
            )
        try:
            end = time.monotonic() + 40
            while "Open for staff" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(90)


@pytest.fixture
def school(world: World, site: Practice) -> School:
    made = world.run("serve", "--make-admin", "--folder", str(world.base / "kept"))
    assert made.code == 0, made.err
    found = re.search(r"once: (\S+)", made.out)
    assert found
    (world.base / "kept" / "lawful-basis.toml").write_text(BASIS.format(hint="false"))
    return School(world, site, PORT, office=found[1])


@dataclass
class Somebody:
    """A person at the pages, without a browser."""

    http: httpx.Client

    def post(self, path: str, *, page: str = "", **fields: object) -> httpx.Response:
        found = re.search(r'name="csrf" value="([^"]+)"', self.http.get(page or path).text)
        assert found, path
        return self.http.post(path, data={"csrf": found[1], **fields})

    def join(self, code: str) -> str:
        self.post("/join", code=code)
        words = re.search(r"<strong>([a-z ]+)</strong>", self.http.get("/join/words").text)
        assert words
        assert self.post("/join/words", words=words[1], know="yes").status_code == 200
        self.post("/consent", purpose=["self-check", "visit"])
        return words[1]

    def begin(self, address: str) -> None:
        self.post("/addresses", addresses=address)
        assert self.post("/mine", own=[address]).headers["location"] == "/progress"

    def report(self) -> str:
        end = time.monotonic() + 240
        while self.http.get("/progress").headers.get("location") != "/report":
            assert time.monotonic() < end
            time.sleep(0.5)
        return self.http.get("/report.json").text


@contextmanager
def somebody() -> Iterator[Somebody]:
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=30) as http:
        yield Somebody(http)


def where(base: Path, words: tuple[str, ...]) -> list[Path]:
    files = [file for file in base.rglob("*") if file.is_file()]
    return [f for f in files if any(word.encode() in f.read_bytes() or word in str(f) for word in words)]


def arguments() -> str:
    read = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            read.append(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(line for line in read if "playwright" in line or "chrom" in line or "scanner" in line)


def test_a_check_leaves_no_trace_that_anybody_else_could_read(school: School, world: World) -> None:
    with school.up() as process, somebody() as robin:
        words = robin.join(school.code)
        robin.begin(school.site.profiles["aisha"])
        seen = ""
        for _ in range(20):
            seen += arguments()
            time.sleep(0.1)
        told = robin.report()
        assert "aisha" in told
        canaries = ("aisha", "Aisha", "07700", words, words.replace(" ", "-"), words.replace(" ", ""))
        assert where(world.base, canaries) == []
        assert not any(word in seen + arguments() for word in ("aisha", words))
        opened = robin.http.get("/opened").text
        assert "aisha" in opened
        with somebody() as aled:
            aled.join(school.code)
            for path in ("/report", "/rights", "/everything.json", "/opened"):
                assert "aisha" not in aled.http.get(path).text
        busy = world.run("serve", "--folder", str(school.folder), "--port", str(PORT + 1))
        assert busy.code == 6
        assert "another process owns" in busy.err
        assert process.poll() is None
    assert where(world.base, canaries) == []
    for log in school.printed:
        assert log.read_text().count("\n") == 1, log.read_text()


def test_killed_in_the_middle_it_says_so_and_keeps_what_was_there(school: School) -> None:
    with school.up() as process, somebody() as robin:
        words = robin.join(school.code)
        robin.begin(school.site.profiles["carys"])
        first = robin.report()
        robin.begin(school.site.bench)
        time.sleep(2)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with school.up(), somebody() as again:
        assert again.post("/in", words=words).headers["location"] == "/"
        held = json.loads(again.http.get("/everything.json").text)
        assert sorted(one["status"] for one in held["scans"]) == ["complete", "interrupted"]
        assert (
            json.loads(again.http.get("/report.json").text)["created_at"] == json.loads(first)["created_at"]
        )
        assert again.post("/rights/delete", page="/rights", sure="yes").status_code == 200
    assert list((school.folder / "keys" / "people").iterdir()) == []


def test_with_a_certificate_pages_are_encrypted_and_cookies_bound(school: School, world: World) -> None:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    cert, key = world.base / "cert.pem", world.base / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    make += ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(make, check=True, capture_output=True)
    home = f"https://{NAME}:{PORT}"
    with (
        school.up("--host", NAME, "--cert", str(cert), "--key", str(key)),
        looking(ignore_https_errors=True) as context,
    ):
        page = context.new_page()
        page.goto(home + "/join")
        page.fill("#code", school.code)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url("**/join/words")
        page.fill("#words", page.locator(".secret strong").inner_text())
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Use these words").click()
        page.get_by_role("heading", name="Your recovery code").wait_for()
        kept = {one["name"]: one for one in context.cookies()}
        assert set(kept) == {"__Host-scanner", "__Host-scanner-door"}
        assert all(one["secure"] and one["httpOnly"] and one["sameSite"] == "Strict" for one in kept.values())
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://{NAME}:{PORT}/in", timeout=5)
        got = httpx.get(home + "/in", verify=False)  # noqa: S501 - made for this test
        assert got.headers["strict-transport-security"].startswith("max-age=")
        assert httpx.get(f"https://127.0.0.1:{PORT}/in", verify=False).status_code == 404  # noqa: S501


def test_a_round_runs_inside_the_server_and_is_read_at_the_next_coming_in(
    school: School, world: World
) -> None:
    home = ("--home", str(school.folder))
    address, words = school.site.profiles["dan"], "brisk-otter-five-linen-moss"
    now = datetime.now(UTC)
    with Store(school.folder) as store:
        person, _ = store.sign_up_unnamed(words)
        for purpose in ("self-check", "visit", "sweeps", "counts"):
            store.add_consent(person, Consent(purpose, "school-1", now, now + timedelta(days=100)))
        given = Consent("self-check", "school-1", now, now + timedelta(days=1))
        store.add_submission(person, Submission(address, "site", given, ownership="code"))
    with school.up(), somebody() as dan:
        starts = f"{now - timedelta(days=1):%Y-%m-%d}"
        opened = world.run("sweep", "open", *home, "--starts", starts)
        assert opened.code == 0, opened.err
        dan.post("/in", words=words)
        assert "The school does a round" in dan.http.get("/").text
        dan.post("/leave", page="/rights")
        assert "carries the sweep out" in world.run("sweep", "run", *home).out
        shown, end = "", time.monotonic() + 120
        while "comes from the round" not in shown:
            assert time.monotonic() < end
            time.sleep(1)
            dan.post("/in", words=words)
            shown = dan.http.get("/").text
            dan.post("/leave", page="/rights")
        dan.post("/in", words=words)
        assert json.loads(dan.http.get("/report.json").text)["findings"]
        assert "dan" in dan.http.get("/opened").text.partition('<ul class="given">')[2]
        assert "four words" in dan.post("/pdf", page="/report").text
        assert dan.http.get("/report.pdf").content.startswith(b"%PDF")
        closed = world.run("sweep", "close", *home, "--yes")
        assert closed.code == 0, closed.err
        assert "Too few took part" in world.run("stats", *home).out
    assert where(world.base, (address, words, "Too few people")) == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--address", "0.0.0.0"), "travel in the clear"),  # noqa: S104
        (("--behind-tls-proxy",), "give the name"),
        (("--host", "a", "--cert", "no.pem", "--key", "no.pem"), "is not there"),
    ],
)
def test_it_does_not_start_unsafe(school: School, world: World, more: tuple[str, ...], says: str) -> None:
    ended = world.run("serve", "--folder", str(school.folder), *more)
    assert (ended.code, says in ended.err) == (2, True), ended.err


def test_it_does_not_start_without_office_or_lawful_basis(world: World) -> None:
    ended = world.run("serve", "--folder", str(world.base / "new"))
    assert ended.code == 2
    assert "lawful basis" in ended.err
    (world.base / "new" / "lawful-basis.toml").write_text(BASIS.format(hint="false"))
    ended = world.run("serve", "--folder", str(world.base / "new"))
    assert ended.code == 2
    assert "--make-admin" in ended.err
