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
from scanner.acquire._taken import sentence
from scanner.acquire.browser import find
from scanner.acquire.guard import Limits
from scanner.errors import AcquireError, PartMissing, SubmissionError
from scanner.platforms import Account, Page, Visit
from tests.scanner.acquire.pages import Answer, lazy, page, pages, picture
from tests.scanner.acquire.test_browser import processes

QUICK = Manners(pause=0, page_deadline=10, profile_deadline=20)
WORDS = "<main><h1>Robin Ashdown-Vale</h1><p>I keep bees, bake bread and walk a lot in the hills.</p></main>"
ROBOTS = Answer(b"User-agent: *\nDisallow: /private", "text/plain")


class Fake(ModuleType):
    """A platform with the visits a test names; it reads a page's path and size, nothing more."""

    def __init__(self) -> None:
        super().__init__("scanner.platforms.fake")
        self.plan: list[Visit] = []
        self.later: list[Visit] = []
        self.fails: Exception | None = None

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


@pytest.mark.parametrize("look_once", [False, True])
def test_a_host_that_cannot_be_reached_is_not_said_to_have_refused(fake, look_once):
    async def story():
        async with pages({}) as gone:
            url = gone.url("/robin")
        async with open_session(QUICK, allow={gone.here}, look_once=look_once) as session:
            fake.plan = [Visit("robin", url, "http")]
            return await session.read(Account("fake", "robin", url))

    snapshot = run(story())
    assert snapshot.result == "unreachable"
    [said] = snapshot.coverage.not_seen
    assert said.startswith(
        "The page was not opened, because the robots.txt of 127.0.0.1 could not be fetched: "
    )
    assert said.endswith(": the site 127.0.0.1 could not be reached.")


@pytest.mark.parametrize("status", ["503 Busy", "429 Too Many Requests"])
def test_a_robots_txt_that_was_not_given_is_a_no_with_its_own_sentence(fake, status):
    routes = {"/robots.txt": Answer(b"", status=status), "/robin": JSON}
    snapshot, site = read(fake, routes, "/robin>")
    assert snapshot.result == "robots_disallowed"
    assert (
        f"could not be read (the site answered with the code {status[:3]})" in snapshot.coverage.not_seen[0]
    )
    assert "--page" in snapshot.coverage.not_seen[0]
    assert site.hits == ["/robots.txt"]
    snapshot, _ = read(fake, routes, "/robin>", look_once=True)
    assert snapshot.result == "ok"
    assert "could not be read" in snapshot.coverage.not_seen[0]
    assert "asks programs" not in snapshot.coverage.not_seen[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("www.facebook.com did not answer", "www.facebook.com did not answer."),  # a host keeps its letters
        ("the page is gone.", "The page is gone."),
    ],
)
def test_an_error_becomes_a_sentence(words, said):
    assert sentence(AcquireError(words)) == said


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
    snapshot, site = read(fake, routes, "/robin", "/slow", manners=Manners(pause=0, profile_deadline=2))
    assert "/slow" not in site.sent
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
            reading = asyncio.create_task(session.read(account))
            async with asyncio.timeout(50):  # only so that a failure ends
                while "/slow" not in site.hits:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            os.kill(int(processes(find().path)[0].name), signal.SIGKILL)
            first = await reading
            fake.plan = [Visit("robin", site.url("/robin"))]
            return first, await session.read(account)

    first, second = run(story())
    assert first.result == "unreachable"
    assert "browser" in first.coverage.not_seen[0]
    assert second.result == "ok"


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


# where a redirect leads


def moved(address):
    return Answer(b"", status="302 Found", fields=(f"location: {address}",))


JSON = Answer(b'{"a": "Robin keeps bees"}', "application/json")


def test_a_redirect_to_a_path_that_robots_txt_closes_is_not_read(fake):
    routes = {"/robin": moved("/private/robin"), "/private/robin": JSON}
    snapshot, _ = read(fake, routes, "/robin>")
    assert snapshot.result == "robots_disallowed"
    assert snapshot.texts == ()
    snapshot, _ = read(fake, routes, "/robin>", look_once=True)
    assert snapshot.result == "ok"
    assert "you chose to look once" in snapshot.coverage.not_seen[0]


@pytest.mark.parametrize(
    ("robots", "result"), [(b"User-agent: *\nDisallow: /", "robots_disallowed"), (b"", "ok")]
)
def test_the_robots_txt_of_the_host_a_redirect_leads_to_counts(fake, robots, result):
    async def story():
        routes = {"/robots.txt": Answer(robots, "text/plain"), "/robin": JSON}
        async with pages(routes) as other, pages({}) as site:
            site.serve({"/robin": moved(other.url("/robin"))})
            async with open_session(QUICK, allow={site.here, other.here}) as session:
                fake.plan = [Visit("robin", site.url("/robin"), "http")]
                return await session.read(Account("fake", "robin", site.url("/robin"))), other

    snapshot, other = run(story())
    assert snapshot.result == result
    assert "/robots.txt" in other.hits


@pytest.mark.browser
def test_a_page_that_sends_itself_to_a_closed_path_is_not_read(fake):
    routes = {"/robin": page("<script>location = '/private/robin'</script>"), "/private/robin": page(WORDS)}
    snapshot, _ = read(fake, routes, "/robin")
    assert (snapshot.result, snapshot.texts) == ("robots_disallowed", ())


def test_a_site_that_answers_999_has_refused(fake):
    snapshot, _ = read(fake, {"/robin": Answer(b"<h1>No</h1>", status="999 Request denied")}, "/robin>")
    assert snapshot.result == "blocked"


def test_a_later_page_that_leads_to_a_closed_path_spoils_only_itself(fake):
    routes = {"/robin": JSON, "/likes": moved("/private/likes"), "/private/likes": JSON}
    snapshot, _ = read(fake, routes, "/robin>", "/likes?>")
    assert snapshot.result == "ok"
    assert "robots.txt" in snapshot.coverage.not_seen[0]


# waiting for one's turn


def slow(seconds):
    return Answer(JSON.body, JSON.kind, delay=seconds)


def _three_at_once(fake, manners):
    async def story():
        routes = {f"/{name}": slow(0.8) for name in "abc"}
        async with opened(routes, manners=manners) as (site, session):
            fake.visits = lambda account: [Visit("robin", account.url, "http")]
            return await asyncio.gather(
                *(session.read(Account("fake", name, site.url(f"/{name}"))) for name in "abc")
            )

    return run(story())


def test_waiting_for_other_profiles_of_the_same_host_does_not_count(fake):
    found = _three_at_once(fake, Manners(pause=0, profile_deadline=1.4))
    assert [snapshot.result for snapshot in found] == ["ok"] * 3


def test_waiting_is_bounded_all_the_same(fake):
    found = _three_at_once(fake, Manners(pause=0, profile_deadline=1.0, patience=0.2))
    assert sorted(snapshot.result for snapshot in found) == ["ok", "timeout", "timeout"]
    said = {sentence for snapshot in found for sentence in snapshot.coverage.not_seen}
    assert "Other profiles on the same site took too long, so the rest of this one was not read." in said


def test_the_pages_themselves_still_count(fake):
    routes = {"/robin": slow(0.7), "/likes": slow(0.7), "/more": slow(0.7)}
    manners = Manners(pause=0, profile_deadline=1.0)
    snapshot, _ = read(fake, routes, "/robin>", "/likes>", "/more>", manners=manners)
    assert snapshot.result == "ok_partial"
    assert "longer than 1 seconds" in snapshot.coverage.not_seen[0]


# what only the pages show


def test_more_is_asked_after_each_page_and_tried_names_are_not_opened_again(fake):
    async def story():
        async with opened({"/robin": JSON, "/account": JSON, "/posts": JSON}) as (site, session):
            fake.plan = [Visit("robin", site.url("/robin"), "http")]

            def told(account, pages):
                yield Visit("account", site.url("/account"), "http", optional=True)
                yield Visit("posts" if len(pages) > 1 else "feed", site.url("/posts"), "http", optional=True)

            fake.more = told
            return await session.read(Account("fake", "robin", site.url("/robin"))), site

    snapshot, site = run(story())
    assert [text.where for text in snapshot.texts] == ["robin", "account", "posts"]
    assert site.hits == ["/robots.txt", "/robin", "/account", "/posts"]


def test_a_platform_that_always_wants_more_is_bounded(fake):
    async def story():
        async with opened({f"/{n}": JSON for n in range(99)}) as (site, session):
            fake.plan = [Visit("0", site.url("/0"), "http")]
            fake.more = lambda _, pages: [Visit(str(len(pages)), site.url(f"/{len(pages)}"), "http")]
            return await session.read(Account("fake", "robin", site.url("/0")))

    assert len(run(story()).texts) == scanner.acquire.MAX_VISITS


def test_a_host_that_was_only_guessed_to_be_a_platform_is_called_a_site():
    async def story():
        async with opened({}) as (site, session):
            site.serve({"/robots.txt": Answer(b"User-agent: *\nDisallow: /", "text/plain")})
            return await session.read(Account("mastodon", "jo@127.0.0.1", site.url("/@jo")))

    snapshot = run(story())
    assert (snapshot.platform, snapshot.handle, snapshot.result) == ("site", "", "robots_disallowed")


# each profile has its own bytes


def test_a_greedy_profile_spends_only_its_own_bytes(fake, monkeypatch):
    monkeypatch.setattr(scanner.acquire, "Limits", lambda body: Limits(body=body, total=50_000))
    much = Answer(b'{"a": "%s"}' % (b"x" * 40_000), "application/json")

    async def story():
        async with opened({"/robin": much, "/likes": much}) as (site, session):
            fake.plan = [
                Visit("robin", site.url("/robin"), "http"),
                Visit("likes", site.url("/likes"), "http", optional=True),
            ]
            account = Account("fake", "robin", site.url("/robin"))
            return await asyncio.gather(session.read(account), session.read(account))

    for snapshot in run(story()):
        assert [text.where for text in snapshot.texts] == ["robin"]  # the second went over the limit


# a person who has waited enough

STOPPED = "You stopped the scan before this profile was read to the end."


def _stopping(fake, routes, *paths, after, via="http"):
    async def story():
        async with opened(routes) as (site, session):
            fake.plan = [Visit(path.strip("/"), site.url(path), via, scroll=True) for path in paths]
            stop = asyncio.Event()
            account = Account("fake", "robin", site.url(paths[0]))
            if via == "browser":
                await session._browser()
            reading = asyncio.create_task(session.read(account, stop=stop))
            await asyncio.sleep(after)
            stop.set()
            return await reading, site

    return run(story())


def test_stopping_between_pages_keeps_the_pages_read(fake):
    snapshot, site = _stopping(fake, {"/robin": JSON, "/slow": slow(20)}, "/robin", "/slow", after=1)
    assert "/slow" not in site.sent
    assert snapshot.result == "ok_partial"
    assert [text.where for text in snapshot.texts] == ["robin"]
    assert snapshot.coverage.not_seen == (STOPPED,)
    assert snapshot.coverage.complete == "unsure"


def test_stopping_before_anything_came_is_a_timeout_that_says_why(fake):
    snapshot, site = _stopping(fake, {"/slow": slow(20)}, "/slow", after=0.5)
    assert "/slow" not in site.sent
    assert (snapshot.result, snapshot.texts) == ("timeout", ())
    assert snapshot.coverage.not_seen == (STOPPED,)
    assert snapshot.coverage.complete == "unsure"


def test_one_who_stopped_beforehand_opens_nothing(fake):
    snapshot, site = _stopping(fake, {"/robin": JSON}, "/robin", after=0)
    assert snapshot.result == "timeout"
    assert site.hits == []


def test_a_profile_that_is_done_is_not_called_stopped(fake):
    snapshot, _ = _stopping(fake, {"/robin": JSON}, "/robin", after=1)
    assert snapshot.result == "ok"
    assert snapshot.coverage.not_seen == ()


@pytest.mark.browser
def test_stopping_while_a_page_is_scrolled_keeps_what_it_shows(fake):
    endless = dict(lazy(1_000_000))
    routes = {"/robin": endless.pop("/"), **endless}
    snapshot, _ = _stopping(fake, routes, "/robin", after=2, via="browser")
    assert snapshot.result == "ok_partial"
    assert "Post 1" in snapshot.texts[0].value
    assert snapshot.coverage.not_seen == (STOPPED,)
    assert snapshot.coverage.complete == "unsure"


@pytest.mark.browser
def test_stopping_while_a_page_is_still_awaited_ends_at_once(fake):
    routes = {"/robin": page(WORDS, delay=20)}
    snapshot, site = _stopping(fake, routes, "/robin", after=1, via="browser")
    assert "/robin" not in site.sent
    assert (snapshot.result, snapshot.coverage.not_seen) == ("timeout", (STOPPED,))


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


@pytest.mark.browser
def test_a_reader_that_stumbles_spoils_one_profile_and_quotes_nothing_of_it(fake):
    fake.fails = RecursionError("secret words of the page")
    snapshot, _ = read(fake, {"/robin": Answer(b"{}", "application/json")}, "/robin>")
    assert snapshot.result == "layout_changed"
    assert "RecursionError in test_session:" in snapshot.coverage.not_seen[0]
    assert "bug on our side" in snapshot.coverage.not_seen[0]
    assert "secret" not in repr(snapshot)


@pytest.mark.browser
def test_a_reader_that_never_ends_is_given_up(fake, monkeypatch):
    monkeypatch.setattr("scanner.acquire._taken.READING_S", 0.1)
    monkeypatch.setattr(fake, "parse", lambda *_: time.sleep(1.5), raising=False)
    snapshot, _ = read(fake, {"/robin": Answer(b"{}", "application/json")}, "/robin>")
    assert snapshot.result == "timeout"
    assert "given up" in snapshot.coverage.not_seen[0]
