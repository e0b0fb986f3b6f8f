"""How we behave: who we say we are, that we wait our turn, and that robots.txt is obeyed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from itertools import pairwise

import pytest

from scanner.acquire import manners as module
from scanner.acquire.guard import Guard
from scanner.acquire.manners import Manners, Pace, Robots
from scanner.errors import SubmissionError, UsageError
from tests.scanner.acquire.loopback import Names, ok, run, serve

# who we are


def test_the_user_agent_says_what_we_do_and_names_the_contact_it_was_given():
    agent = Manners(contact="it@school.example").user_agent
    assert agent.startswith("ExposureScanner/")
    said = "(opt-in self-check of one's own public profile; one page at a time"
    assert agent.endswith(f" {said}; contact it@school.example)")
    assert "Mozilla" not in agent
    assert Manners().user_agent.endswith(f" {said})")  # nobody is named who was not given


@pytest.mark.parametrize(
    "wrong",
    [{"contact": "a\r\nX: b"}, {"contact": "zoë"}, {"contact": "a)b"}, {"contact": "a\\b"}, {"pause": -1},
     {"max_posts": 0}, {"max_bytes": 0}, {"page_deadline": -0.1}, {"patience": -1}],
)  # fmt: skip
def test_manners_that_make_no_sense_are_a_usage_error(wrong):
    with pytest.raises(UsageError):
        Manners(**wrong)


def test_the_shipped_manners_are_the_polite_ones():
    shipped = Manners()
    assert shipped.pause >= 5.0
    assert shipped.page_deadline < shipped.profile_deadline


# one page at a time


async def _visits(pace, hosts, *, page=0.0):
    """Start and end of each page, all asked for at once."""
    times = []

    async def one(host):
        async with pace.turn(host):
            began = time.monotonic()
            await asyncio.sleep(page)
            times.append((host, began, time.monotonic()))

    await asyncio.gather(*(one(host) for host in hosts))
    return times


def test_one_host_is_visited_one_page_at_a_time_with_a_pause_between():
    times = run(_visits(Pace(0.1), ["a.example", "A.example", "a.example"], page=0.05))
    for (_, _, end), (_, start, _) in pairwise(times):
        assert start - end >= 0.095


def test_hosts_do_not_wait_for_each_other():
    times = run(_visits(Pace(3600.0), [f"{n}.example" for n in range(5)], page=0.01))
    assert len(times) == 5  # with a wait, the run would end at its own deadline


def test_turns_are_first_come_first_served():
    async def story():
        order = []
        pace = Pace(0.01)

        async def one(number):
            async with pace.turn("a.example"):
                order.append(number)

        await asyncio.gather(*(one(number) for number in range(5)))
        return order

    assert run(story()) == [0, 1, 2, 3, 4]


def test_the_pause_is_kept_after_a_page_that_failed_or_was_given_up():
    async def story():
        pace = Pace(0.1)
        for wrong in (ValueError, asyncio.CancelledError):
            with contextlib.suppress(wrong):
                async with pace.turn("a.example"):
                    raise wrong
            began = time.monotonic()
            async with pace.turn("a.example"):
                assert time.monotonic() - began >= 0.095

    run(story())


def test_one_who_stops_waiting_holds_nobody_up():
    async def story():
        pace = Pace(0.05)
        async with pace.turn("a.example"):
            waiting = asyncio.create_task(_visits(pace, ["a.example"]))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        return await _visits(pace, ["a.example"])

    assert len(run(story())) == 1


def test_a_site_may_ask_for_a_longer_pause_but_not_for_a_shorter_one():
    async def story(asked):
        pace = Pace(0.1)
        async with pace.turn("a.example", pause=asked):
            end = time.monotonic()
        async with pace.turn("a.example"):
            return time.monotonic() - end

    assert run(story(0.3)) >= 0.295
    assert run(story(0.0)) >= 0.095


def test_hosts_are_forgotten_beyond_a_bound_but_never_one_in_use(monkeypatch):
    monkeypatch.setattr(module, "_MAX_HOSTS", 10)

    async def story():
        pace = Pace(0.0)
        async with pace.turn("kept.example"):
            for number in range(100):
                async with pace.turn(f"{number}.example"):
                    pass
            return dict(pace._hosts)

    hosts = run(story())
    assert len(hosts) == 10
    assert "kept.example" in hosts


# robots.txt

TEXT = b"""\
User-agent: *
Disallow: /private
Crawl-delay: 7
User-agent: ExposureScanner
Disallow: /staff/*/photos$
Allow: /staff/lee/photos
Crawl-delay: 12
"""


async def _allows(answer, *paths, **options):
    async with serve(answer) as site, Guard(allow={site.here}) as guard:
        robots = Robots(guard, Manners(**options))
        return [await robots.allows(site.url + path) for path in paths], site.requests


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", True),  # a group of our own replaces the group for everybody
        ("/staff/jo/photos", False),
        ("/staff/jo/photos/1", True),
        ("/staff/lee/photos", True),
    ],
)
def test_the_group_that_names_us_decides(path, allowed):
    assert run(_allows(ok(TEXT), path))[0] == [allowed]


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (ok(b""), True),
        (ok(b"User-agent: *\nDisallow: /"), False),
        (ok(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n"), False),  # a byte order mark
        (ok(b"User-Agent: exposurescanner\nDisallow: /"), False),
        (ok(b"User-agent: OtherBot\nDisallow: /"), True),
        (ok(b"<!doctype html><title>Welcome</title>", b"Content-Type: text/html"), True),
        (ok(b"\xff\xfe\x00 not text"), True),
        (ok(b"", status=b"404 Not Found"), True),
        (ok(b"User-agent: *\nDisallow: /", status=b"404 Not Found"), True),
        (ok(b"", status=b"401 Unauthorized"), True),
        (ok(b"", status=b"403 Forbidden"), True),
        (ok(b"", status=b"410 Gone"), True),
        (ok(b"", status=b"429 Too Many Requests"), False),  # asks us to keep away
        (ok(b"", status=b"500 Oops"), False),
        (ok(b"", status=b"503 Busy"), False),
        (ok(b"", status=b"304 Not Modified"), False),  # to a question we did not ask
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nUser-agent", False),  # broke off
        (b"", False),
        (ok(b"", b"Location: /robots.txt", status=b"302 Found"), False),  # for ever
        (ok(b"", b"Location: http://10.0.0.1/", status=b"302 Found"), False),
        (
            ok(b"User-agent: *\nDisallow: /\n" + b"# much more\n" * 60_000),
            False,
        ),  # cut, and what was read holds
    ],
)
def test_what_a_missing_broken_or_unreachable_file_means(answer, allowed):
    assert run(_allows(answer, "/jo"))[0] == [allowed]


def test_a_redirected_file_is_followed():
    async def story():
        moved = ok(b"", b"Location: /other.txt", status=b"301 Moved")
        async with (
            serve(moved, ok(b"User-agent: *\nDisallow: /jo")) as site,
            Guard(allow={site.here}) as guard,
        ):
            return await Robots(guard, Manners()).allows(site.url + "/jo")

    assert run(story()) is False


def test_a_site_out_of_reach_or_inside_is_not_allowed():
    async def story():
        names = Names({"inner.example": [["10.0.0.1"]]})
        async with Guard(resolve=names) as guard:
            robots = Robots(guard, Manners())
            return [await robots.allows(f"https://{host}.example/") for host in ("inner", "nowhere")]

    assert run(story()) == [False, False]


@pytest.mark.parametrize(
    ("answer", "result", "word"),
    [
        (ok(b"User-agent: *\nDisallow: /"), None, ""),  # the file's own word
        (ok(b"", status=b"503 Busy"), "robots_disallowed", "503"),
        (ok(b"", status=b"429 Too Many Requests"), "robots_disallowed", "429"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nUser-agent", "unreachable", "broke off"),
        (ok(b"", b"Location: http://10.0.0.1/", status=b"302 Found"), "blocked", "not opened"),
    ],
)
def test_a_refusal_tells_a_files_word_from_trouble_in_getting_it(answer, result, word):
    async def story():
        async with serve(answer) as site, Guard(allow={site.here}) as guard:
            return await Robots(guard, Manners()).refuses(site.url + "/jo")

    refused = run(story())
    if result is None:
        assert refused is True
    else:
        assert isinstance(refused, module.Trouble)
        assert refused.result == result
        assert word in refused.why


def test_the_file_is_asked_for_once_however_many_ask_at_once():
    async def story():
        async with serve(ok(TEXT)) as site, Guard(allow={site.here}) as guard:
            robots = Robots(guard, Manners())
            urls = [f"{site.url}/{n}" for n in range(10)]
            answers = await asyncio.gather(*(robots.allows(url) for url in urls))
            answers.append(await robots.allows(urls[0]))
            await robots.pause(urls[0])
            return answers, site.requests

    answers, requests = run(story())
    assert all(answers)
    assert len(requests) == 1
    assert requests[0].startswith(b"GET /robots.txt HTTP/1.1\r\n")
    assert b"ExposureScanner/" in requests[0]


def test_after_a_failure_the_file_is_asked_for_again_but_not_after_an_answer(monkeypatch):
    monkeypatch.setattr(module, "_FAILURE_AGE", 0.0)

    async def story():
        async with serve(ok(b"", status=b"503 Busy"), ok(b"")) as site, Guard(allow={site.here}) as guard:
            robots = Robots(guard, Manners())
            return [await robots.allows(site.url + "/") for _ in range(3)], len(site.requests)

    assert run(story()) == ([False, True, True], 2)


def test_one_who_stops_waiting_for_the_file_leaves_it_to_the_next():
    async def story():
        async def slow(reader, writer):
            await asyncio.sleep(0.2)
            writer.write(ok(b"User-agent: *\nDisallow: /"))

        async with serve(slow) as site, Guard(allow={site.here}) as guard:
            robots = Robots(guard, Manners())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await robots.allows(site.url + "/")
            return await robots.allows(site.url + "/")

    assert run(story()) is False


def test_known_files_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX_ROBOTS", 5)

    async def story():
        async with Guard(resolve=Names({})) as guard:
            robots = Robots(guard, Manners())
            for number in range(20):
                await robots.allows(f"https://{number}.example/")
            return len(robots._known)

    assert run(story()) == 5


def test_an_address_we_would_not_open_is_no_question_for_a_robots_file():
    async def story():
        async with Guard() as guard:
            with pytest.raises(SubmissionError):
                await Robots(guard, Manners()).allows("http://10.0.0.1/")

    run(story())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, 12.0),
        (b"User-agent: *\nCrawl-delay: 7\nDisallow: /private", 7.0),
        (b"User-agent: *\nCrawl-delay: 1\nDisallow: /private", 5.0),
        (b"User-agent: *\nCrawl-delay: 86400\nDisallow: /private", 30.0),  # up to the cap
        (b"User-agent: *\nCrawl-delay: nan\nDisallow: /private", 5.0),
        (b"User-agent: *\nCrawl-delay: inf\nDisallow: /private", 5.0),  # no number
        (b"User-agent: *\nCrawl-delay: -3\nDisallow: /private", 5.0),
        (b"User-agent: *\nCrawl-delay: soon\nDisallow: /private", 5.0),
        (b"", 5.0),
    ],
)
def test_a_pause_a_site_asks_for_is_kept_up_to_a_cap(text, expected):
    async def story():
        async with serve(ok(text)) as site, Guard(allow={site.here}) as guard:
            return await Robots(guard, Manners()).pause(site.url + "/")

    assert run(story()) == expected


def test_a_hostile_file_does_not_take_long():
    text = b"User-agent: *\n" + b"".join(b"Disallow: /" + b"*a" * 20 + b"%d\n" % n for n in range(9_000))
    began = time.process_time()
    assert run(_allows(ok(text), "/" + "a" * 2_000))[0] == [True]
    assert time.process_time() - began < 5
