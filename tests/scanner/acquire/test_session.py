"""A session: whatever happens to one profile is a result with a reason, and the next one is still read."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest

import scanner.acquire
from detectors import Coverage, Snapshot, Text
from scanner.acquire import Manners, open_session
from scanner.acquire.browser import find
from scanner.errors import AcquireError, PartMissing, SubmissionError
from scanner.platforms import Account, Page, Visit
from tests.scanner.acquire.pages import Answer, page, pages, picture

QUICK = Manners(pause=0, page_deadline=10, profile_deadline=20)
WORDS = "<main><h1>Robin Ashdown-Vale</h1><p>I keep bees, bake bread and walk a lot in the hills.</p></main>"
ROBOTS = Answer(b"User-agent: *\nDisallow: /private", "text/plain")


class Fake(ModuleType):
    """A platform with the visits a test names; it reads a page's path and size, nothing more."""

    def __init__(self) -> None:
        super().__init__("scanner.platforms.fake")
        self.plan: list[Visit] = []
        self.later: list[Visit] = []
        self.fails: AcquireError | None = None

    def visits(self, account: Account) -> list[Visit]:
        return list(self.plan)

    def more(self, account: Account, pages: Sequence[Page]) -> list[Visit]:
        return list(self.later)

    def parse(self, account: Account, pages: Sequence[Page]) -> Snapshot:
        if self.fails:
            raise self.fails
        texts = tuple(Text(p.name, "bio", p.html) for p in pages)
        return Snapshot(
            account.url, "fake", account.url, texts=texts, coverage=Coverage(complete=pages[0].complete)
        )


@pytest.fixture
def fake(monkeypatch):
    fake = Fake()
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    scanner.acquire.named.cache_clear()
    yield fake
    scanner.acquire.named.cache_clear()


@asynccontextmanager
async def opened(routes, *, manners=QUICK, **options):
    async with (
        pages({"/robots.txt": ROBOTS, **routes}) as site,
        open_session(manners, allow={site.here}, **options) as session,
    ):
        yield site, session


def run(promise):
    return asyncio.run(asyncio.wait_for(promise, 60))


def read(fake, routes, *paths, manners=QUICK, later=(), account="/robin", **options):
    """Read one profile made of those paths; a path with ? is optional, one with > is fetched plainly."""

    async def story():
        async with opened(routes, manners=manners, **options) as (site, session):

            def planned(path):
                via = "http" if ">" in path else "browser"
                return Visit(
                    path.strip("/?>"), site.url(path.strip("?>")), via, scroll=True, optional="?" in path
                )

            fake.plan, fake.later = [planned(p) for p in paths], [planned(p) for p in later]
            return await session.read(Account("fake", "robin", site.url(account))), site

    return run(story())


@pytest.mark.browser
def test_a_profile_is_read_with_its_pictures_and_steps_told(fake):
    routes = {"/robin": page(WORDS + "<img src=/p.png><img src=/p.png?2>"), "/p.png": Answer(picture(1), "image/png"),
              "/likes": page(WORDS), "/feed": Answer(b"<rss><channel/></rss>", "text/xml")}  # fmt: skip
    steps, arrived = [], []

    async def story():
        async with opened(routes) as (site, session):
            fake.plan = [
                Visit("robin", site.url("/robin"), scroll=True),
                Visit("feed", site.url("/feed"), "http"),
            ]
            fake.later = [Visit("likes", site.url("/likes"), optional=True)]
            return await session.read(
                Account("fake", "robin", site.url("/robin")),
                on_picture=lambda url, data: arrived.append((url, len(data))),
                on_step=lambda kind, done: steps.append((kind, done)),
            ), site

    snapshot, site = run(story())
    assert snapshot.result == "ok"
    assert [text.where for text in snapshot.texts] == ["robin", "feed", "likes"]
    assert snapshot.coverage == Coverage(complete="complete")
    assert snapshot.captured_at is not None
    assert sorted(arrived) == [(site.url("/p.png"), len(picture(1))), (site.url("/p.png?2"), len(picture(1)))]
    assert [step for step in steps if step[0] == "pages"] == [("pages", 1), ("pages", 2), ("pages", 3)]
    assert [step for step in steps if step[0] == "pictures"] == [("pictures", 1), ("pictures", 2)]
    assert all(agent.startswith("ExposureScanner/") for agent in site.agents)


# what stops a profile


@pytest.mark.browser
def test_robots_txt_stops_it_before_anything_is_opened(fake):
    snapshot, site = read(fake, {"/private/robin": page(WORDS)}, "/private/robin")
    assert snapshot.result == "robots_disallowed"
    assert "robots.txt" in snapshot.coverage.not_seen[0]
    assert site.hits == ["/robots.txt"]


@pytest.mark.browser
def test_looking_once_opens_it_and_the_report_says_so(fake):
    snapshot, _ = read(fake, {"/private/robin": page(WORDS)}, "/private/robin", look_once=True)
    assert snapshot.result == "ok"
    assert "you chose to look once" in snapshot.coverage.not_seen[0]


LOGIN = "<title>Log in</title><form action=/login><h1>Log in</h1><input type=password name=password></form>"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (page(LOGIN), "login_wall"),
        (page("<h1>Slow down</h1>", status="429 Too Many Requests"), "blocked"),
        (page("<h1>No</h1>", status="403 Denied"), "blocked"),
        (page("<h1>Gone</h1>", status="404 Not Found"), "not_found_or_hidden"),
        (page("<h1>Oops</h1>", status="500 Oops"), "unreachable"),
        (Answer(b"PK" * 99, "application/zip"), "unreadable"),
        (page("<script>while (true) {}</script>"), "timeout"),
    ],
)
def test_a_wall_or_failure_at_the_first_page_is_the_result(fake, answer, result):
    manners = Manners(pause=0, page_deadline=2)
    snapshot, site = read(
        fake, {"/robin": answer, "/likes": page(WORDS)}, "/robin", "/likes", manners=manners
    )
    assert snapshot.result == result
    assert snapshot.texts == ()
    assert len(snapshot.coverage.not_seen) == 1
    assert "/likes" not in site.hits  # the refusal is final


@pytest.mark.browser
def test_a_later_refusal_keeps_what_was_read_and_asks_no_more(fake):
    routes = {
        "/robin": page(WORDS),
        "/likes": page("<h1>Slow</h1>", status="429 Too Many"),
        "/more": page(WORDS),
    }
    snapshot, site = read(fake, routes, "/robin", "/likes?", "/more")
    assert snapshot.result == "ok_partial"
    assert [text.where for text in snapshot.texts] == ["robin"]
    assert "/more" not in site.hits
    assert snapshot.coverage.complete == "unsure"


@pytest.mark.browser
def test_a_missing_extra_is_noted_and_does_not_spoil_the_profile(fake):
    snapshot, _ = read(fake, {"/robin": page(WORDS)}, "/robin", "/likes?", "/feed?>")
    assert snapshot.result == "ok"
    assert snapshot.coverage.complete == "complete"
    assert len(snapshot.coverage.not_seen) == 2


@pytest.mark.browser
def test_the_deadline_of_a_profile_keeps_what_was_read_till_then(fake):
    routes = {"/robin": page(WORDS), "/slow": page(WORDS, delay=20)}
    began = time.monotonic()
    snapshot, _ = read(fake, routes, "/robin", "/slow", manners=Manners(pause=0, profile_deadline=2))
    assert time.monotonic() - began < 8
    assert snapshot.result == "ok_partial"
    assert "longer than 2 seconds" in snapshot.coverage.not_seen[0]


@pytest.mark.browser
def test_a_link_to_a_forbidden_host_says_why(fake):
    async def story():
        async with (
            pages({"/robin": page(WORDS)}) as inner,
            opened(
                {"/robin": Answer(b"", status="302 Found", fields=(f"location: {inner.url('/robin')}",))}
            ) as (site, session),
        ):
            fake.plan = [Visit("robin", site.url("/robin"))]
            return await session.read(Account("fake", "robin", site.url("/robin"))), inner

    snapshot, inner = run(story())
    assert snapshot.result in {"blocked", "unreachable"}
    assert "not opened" in snapshot.coverage.not_seen[0]
    assert inner.connections == 0


def test_an_address_that_must_not_be_opened_is_refused(fake):
    async def story():
        async with open_session(QUICK) as session:
            fake.plan = [Visit("robin", "http://10.0.0.1/robin", "http")]
            await session.read(Account("fake", "robin", "http://10.0.0.1/robin"))

    with pytest.raises(SubmissionError):
        run(story())


def test_a_page_that_cannot_be_parsed_has_the_parsers_result(fake):
    fake.fails = AcquireError("this page has a new layout", "layout_changed")
    snapshot, _ = read(fake, {"/robin": Answer(b'{"a": 1}', "application/json")}, "/robin>")
    assert snapshot.result == "layout_changed"
    assert snapshot.coverage.not_seen == ("This page has a new layout.",)


def test_without_a_browser_nothing_is_opened(fake, monkeypatch):
    monkeypatch.setenv("SCANNER_BROWSER", "/nowhere/chrome")

    async def story():
        async with opened({"/robin": page(WORDS)}) as (site, session):
            fake.plan = [Visit("robin", site.url("/robin"))]
            try:
                await session.read(Account("fake", "robin", site.url("/robin")))
            finally:
                assert site.hits == []

    with pytest.raises(PartMissing, match="nothing was scanned"):
        run(story())


@pytest.mark.browser
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_browser_that_dies_costs_one_profile_and_is_started_again(fake):
    async def story():
        async with opened({"/robin": page(WORDS), "/slow": page(WORDS, delay=5)}) as (site, session):
            account = Account("fake", "robin", site.url("/robin"))
            fake.plan = [Visit("slow", site.url("/slow"))]
            before = _browsers()
            reading = asyncio.create_task(session.read(account))
            async with asyncio.timeout(10):
                while "/slow" not in site.hits:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            os.kill(min(_browsers() - before), signal.SIGKILL)
            first = await reading
            fake.plan = [Visit("robin", site.url("/robin"))]
            return first, await session.read(account)

    first, second = run(story())
    assert first.result == "unreachable"
    assert "browser" in first.coverage.not_seen[0]
    assert second.result == "ok"


def _browsers() -> set[int]:
    program = find().path.resolve()
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "exe").resolve() == program:
                found.add(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.browser
def test_profiles_on_one_host_are_read_one_page_at_a_time(fake):
    async def story():
        async with opened({"/a": page(WORDS), "/b": page(WORDS)}, manners=Manners(pause=0.3)) as (
            site,
            session,
        ):
            fake.plan = [Visit("a", site.url("/a")), Visit("b", site.url("/b"))]
            await session.read(Account("fake", "robin", site.url("/a")))
            began = time.monotonic()
            both = (session.read(Account("fake", n, site.url(f"/{n}"))) for n in "ab")
            await asyncio.gather(*both)
            return time.monotonic() - began

    assert run(story()) >= 4 * 0.3  # four pages, a pause before each


# printing


REPORT = """<!doctype html><html lang=en-GB><title>Your report</title><h1>Your report</h1><h2>Do today</h2>
<p id=p>Take the phone number down.</p><table><tr><th>What<td>Where</table><img src="{url}" alt="a bee">
<script>document.getElementById("p").textContent = "changed by a script"</script>"""


@pytest.mark.browser
def test_a_report_is_printed_tagged_and_nothing_is_loaded(tmp_path):
    async def story():
        async with opened({"/p.png": Answer(picture(1), "image/png")}) as (site, session):
            return await session.pdf(REPORT.format(url=site.url("/p.png"))), site

    printed, site = run(story())
    assert site.hits == []
    path = tmp_path / "report.pdf"
    path.write_bytes(printed)
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert "/Outlines" in pdf.Root
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo["/Title"]) == "Your report"
        wide, high = (float(n) for n in pdf.pages[0].mediabox[2:])
    assert (wide, high) == pytest.approx((595.3, 841.9), abs=2)  # A4, rounded up to whole pixels
