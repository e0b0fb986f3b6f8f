"""Disk full, clock jumps, no network, a crashed browser, hung and poisoned pages: the sweep goes on and says so."""

from __future__ import annotations

import asyncio
import resource
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.report import to_json
from scanner.store import Unwritable
from scanner.sweeps import running
from scanner.sweeps.book import Book
from scanner.sweeps.looking import HUNG, STUMBLED
from scanner.sweeps.running import run

from .people import NOW, WORDS, Clock, Nothing, Site, join, opened, parts


def reports(book: Book, person: str) -> list[dict]:
    return list(book.store.held(person, book.store.open(person, WORDS)).reports)


def until_done(book: Book, site: Site, clock: Clock, **changes) -> list[str]:
    """Run as a timer would, hour by hour, until all is done; gives what was said."""
    said: list[str] = []
    for _ in range(200):
        ended = asyncio.run(run(book, parts(site, clock, say=said.append, **changes)))
        if ended.why == "done":
            return said
        clock.on(hours=1)
    raise AssertionError(f"it never ended: {ended}")


def test_a_full_disk_is_waited_for_and_the_report_is_kept_in_memory(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = join(book.store, "https://one.example/a")
    opened(book)
    full, writes = [3], book.store.add_report

    def add_report(*args, **rest):
        if full[0]:
            full[0] -= 1
            raise Unwritable("the database could not be written (no space left); is the disk full?")
        return writes(*args, **rest)

    monkeypatch.setattr(book.store, "add_report", add_report)
    site, said = Site(), []
    asyncio.run(run(book, parts(site, Clock(), say=said.append)))
    assert len(reports(book, person)) == 1
    assert len(site.visits) == 1  # nothing was read twice
    assert len([line for line in said if "disk full" in line]) == 3


def test_a_disk_that_is_really_full_loses_no_report_and_makes_no_second_one(
    book: Book, tmp_path: Path
) -> None:
    people = [join(book.store, f"https://{n}.example/a") for n in range(12)]
    opened(book)
    most = max(file.stat().st_size for file in (tmp_path / "store").iterdir() if file.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    resource.setrlimit(resource.RLIMIT_FSIZE, (most + 100_000, hard))
    try:
        fat = parts(Site(), Clock(), say=say, pack=lambda report: {**to_json(report), "fat": "x" * 60_000})
        assert asyncio.run(run(book, fat)).why == "done"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "is the disk full?" in said[0]
    assert [len(reports(book, person)) for person in people] == [1] * 12


def test_a_disk_that_stays_full_ends_the_run_and_the_next_one_goes_on(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = join(book.store, "https://one.example/a")
    opened(book)
    with monkeypatch.context() as patched:
        patched.setattr(running, "MOST_DISK_WAITS", 2)

        def full(*_args, **_rest):
            raise Unwritable("the database could not be written (no space left); is the disk full?")

        patched.setattr(book.store, "add_report", full)
        with pytest.raises(StoreError, match="nothing was lost"):
            asyncio.run(run(book, parts(Site(), Clock())))
    assert reports(book, person) == []
    assert asyncio.run(run(book, parts(Site(), Clock()))).why == "done"
    assert len(reports(book, person)) == 1


def test_a_clock_set_forward_beyond_the_window_stops_visits_and_loses_nothing(book: Book) -> None:
    people = [join(book.store, f"https://{n}.example/a") for n in range(3)]
    opened(book)
    clock = Clock()
    site = Site(on_visit=lambda _: clock.on(days=40))
    said: list[str] = []
    ended = asyncio.run(run(book, parts(site, clock, at_once=1, say=said.append)))
    assert ended.why == "over"
    assert any("clock has jumped" in line for line in said)
    clock.at = NOW + timedelta(hours=1)
    site.on_visit = lambda _: None
    assert asyncio.run(run(book, parts(site, clock))).why == "done"
    assert [len(reports(book, person)) for person in people] == [1, 1, 1]


def test_a_clock_set_back_leaves_no_job_waiting_for_years(book: Book) -> None:
    person = join(book.store, "https://one.example/a")
    opened(book)
    clock = Clock(NOW + timedelta(days=20))
    site = Site({"https://one.example/a": ["timeout", "ok"]})
    assert asyncio.run(run(book, parts(site, clock))).why == "waiting"
    clock.at = NOW
    assert asyncio.run(run(book, parts(site, clock))).why == "done"
    assert len(reports(book, person)) == 1


def test_when_nothing_answers_the_sweep_waits_and_blames_no_profile(book: Book) -> None:
    people = [join(book.store, f"https://{n}.example/a") for n in range(8)]
    opened(book)
    gone = [True]

    class Network(Site):
        async def __call__(self, account, **rest):
            self.answers[account.url] = ["unreachable" if gone[0] else "ok"]
            return await super().__call__(account, **rest)

    site, clock, said = Network(), Clock(), []
    for _ in range(6):
        asyncio.run(run(book, parts(site, clock, at_once=1, say=said.append)))
        clock.on(minutes=30)
    assert len(site.visits) < 8 * 3  # it does not run through everybody again and again
    assert any("network" in line for line in said)
    gone[0] = False
    until_done(book, site, clock)
    results = [reports(book, person)[0]["profiles"][0]["result"] for person in people]
    assert results == ["ok"] * 8


FAULTS = [
    (["unreachable", "ok"], "ok", "the browser crashed once"),
    (["unreachable"], "unreachable", "the page never answers"),
    ([RuntimeError("poisoned")], "unreadable", "our program stumbles every time"),
    ([RuntimeError("once"), "ok"], "ok", "it stumbled once"),
    ([MemoryError()], "unreadable", "a page that eats all memory"),
]


@pytest.mark.parametrize(("answers", "result", "why"), FAULTS, ids=[why for *_, why in FAULTS])
def test_one_bad_profile_costs_the_others_nothing(book: Book, answers, result: str, why: str) -> None:
    bad = join(book.store, "https://bad.example/a")
    good = [join(book.store, f"https://good.example/{n}") for n in range(3)]
    opened(book)
    until_done(book, Site({"https://bad.example/a": list(answers)}), Clock())
    (told,) = reports(book, bad)
    assert told["profiles"][0]["result"] == result, why
    if isinstance(answers[-1], Exception):
        assert STUMBLED in told["profiles"][0]["coverage"]["not_seen"]
    assert [reports(book, one)[0]["profiles"][0]["result"] for one in good] == ["ok"] * 3


def test_a_page_that_hangs_is_given_up_after_its_deadline(book: Book) -> None:
    bad = join(book.store, "https://bad.example/a")
    opened(book)
    site = Site(takes=60.0)
    until_done(book, site, Clock(), deadline=0.05)
    (told,) = reports(book, bad)
    assert told["profiles"][0]["result"] == "timeout"
    assert HUNG in told["profiles"][0]["coverage"]["not_seen"]
    assert len(site.visits) == 3


def test_a_report_that_trips_our_program_up_is_told_so_and_the_others_go_on(book: Book) -> None:
    bad, good = (join(book.store, f"https://{name}.example/a") for name in ("bad", "good"))
    opened(book)

    class Stumbling(Nothing):
        async def join(self, snapshots):
            if "bad" in snapshots[0].url:
                raise KeyError("poisoned")
            return await super().join(snapshots)

    @asynccontextmanager
    async def detection(_school):
        yield Stumbling()

    assert until_done(book, Site(), Clock(), detection=detection) == [running.STUMBLES]
    (told,) = reports(book, bad)
    assert told["profiles"][0]["result"] == "unreadable"
    assert STUMBLED in told["profiles"][0]["coverage"]["not_seen"][0]
    assert reports(book, good)[0]["profiles"][0]["result"] == "ok"
