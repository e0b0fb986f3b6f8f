"""A sweep in a real browser, killed again and again: each report is sealed once, and little is read twice."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.model import Consent, Submission
from scanner.practice import Practice, serve_practice
from scanner.practice import site as practice
from scanner.store import Store, sealing
from scanner.sweeps.book import Book
from scanner.sweeps.keeping import Kept, memory_folder
from scanner.sweeps.model import DONE, RUNNING
from scanner.sweeps.opening import open_sweep
from tests.journeys.browsing_life import live
from tests.journeys.command import ROOT, World

WORDS = "three plain words"
PACK = str(ROOT / "data" / "practice" / "school")
LIVES = multiprocessing.get_context("forkserver")
LIVES.set_forkserver_preload(["tests.journeys.browsing_life"])
CHANCE = random.SystemRandom()
EACH = 2
"""Profiles of one person."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose temporary folder the browser's own user can reach, so that all it leaves lies there."""
    monkeypatch.setattr(sealing, "OPSLIMIT", sealing.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(sealing, "MEMLIMIT", sealing.argon2id.MEMLIMIT_MIN)
    place = Path(tempfile.mkdtemp(prefix="killed-sweep-"))
    for folder in (place, place / "home", place / "tmp"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
    yield World(place)
    shutil.rmtree(place)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the practice site is asked for, in order."""
    paths: list[str] = []
    monkeypatch.setattr(practice._Handler, "log_request", lambda self, *_: paths.append(self.path))
    return paths


@dataclass(frozen=True)
class Life:
    """One process that carries the sweep out."""

    alive: Callable[[], object]
    kill: Callable[[], None]
    wait: Callable[[], object]


def command(world: World, home: Path, address: str, lanes: int) -> Life:
    """The command as it is shipped, with all detectors."""
    line = [sys.executable, "-m", "scanner", "sweep", "run", "--home", str(home), "--school", PACK]
    line += ["--pause", "0", "--allow-address", address, "--at-once", str(lanes)]
    process = subprocess.Popen(line, env=world.environment, cwd=world.base, stdout=subprocess.DEVNULL)
    return Life(lambda: process.poll() is None, process.kill, process.wait)


def bare(world: World, home: Path, address: str, lanes: int) -> Life:
    """The same browser and queue without detectors, and without waiting for Python's imports."""
    process = LIVES.Process(target=live, args=(home, address, lanes, world.base / "tmp"))
    process.start()
    return Life(process.is_alive, process.kill, process.join)


@pytest.mark.browser
@pytest.mark.skipif(memory_folder() is None, reason="no folder in memory: a kill repeats the people in hand")
@pytest.mark.parametrize(
    ("begin", "people", "kills", "lanes"),
    [(command, 4, 3, 1), pytest.param(bare, 100, 100, 4, marks=pytest.mark.slow)],
)
def test_kills_lose_nothing_double_nothing_and_repeat_only_what_was_in_hand(
    world: World, asked: list[str], begin: Callable[..., Life], people: int, kills: int, lanes: int
) -> None:
    home = world.base / "store"
    with serve_practice() as site:
        everybody = opt_in(home, site, people)
        lives = []
        for killed in range(kills):
            began = len(asked)
            life = begin(world, home, site.address, lanes)
            opened = CHANCE.randint(0, 2 * max(1, people * EACH // kills - 1))
            wait_for(home, asked, life, began, opened=opened)
            time.sleep(CHANCE.uniform(0, 1))
            assert life.alive(), f"the sweep ended after {killed} kills"
            life.kill()
            life.wait()
            lives.append((profiles(asked[began:]), len(asked), left_in_hand(home)))
        begin(world, home, site.address, lanes).wait()

    with Store(home) as store:
        book = Book(store)
        for person in everybody:
            reports = store.held(person, store.open(person, WORDS)).reports
            assert len(reports) == 1  # none lost, none double
            assert all(one["coverage"]["complete"] == "complete" for one in reports[0]["profiles"])
        sweep = book.wanted()
        assert {job.state for job in book.all_jobs(sweep.id)} == {DONE}
        assert not Kept(book, memory_folder()).folder.exists()
    again = []
    for seen, until, in_hand in lives:
        again.append(seen & profiles(asked[until:]))
        assert again[-1] <= in_hand  # what was finished is not opened again
        assert len(in_hand) <= lanes
    remains = [*(world.base / "tmp").glob("scanner-browser-*")]
    assert remains
    left = b"".join(file.read_bytes() for file in (world.base / "tmp").rglob("*") if file.is_file())
    assert b"Lathwell" not in left  # a killed browser leaves no page behind
    figures = [f"{kills} kills", f"{people * EACH} profiles", f"{lanes} in hand at most"]
    figures += [f"{sum(map(len, again))} opened again", f"{max(map(len, again))} at most after one kill"]
    print(", ".join(figures))  # noqa: T201


def opt_in(home: Path, site: Practice, people: int) -> list[str]:
    """Invented people with two practice profiles each; the same page is told apart by its query."""
    now = datetime.now(UTC)
    given, until = now - timedelta(minutes=1), now + timedelta(days=30)
    pages = [site.profiles[name] for name in ("priya", "jan", "carys")]
    with Store(home) as store:
        for number in range(people):
            person, _ = store.sign_up(WORDS)
            consent = Consent("sweeps", "1", given, until)
            store.add_consent(person, consent)
            for part in range(EACH):
                url = f"{pages[(number + part) % len(pages)]}?of={number * EACH + part}"
                store.add_submission(person, Submission(url, "site", consent, ownership="code"))
        book = Book(store)
        open_sweep(book, at=now, starts_at=now, ends_at=now + timedelta(days=20), notice="")
        for person in book.people():
            book.seen(person, at=now)
        return list(book.people())


def profiles(paths: list[str]) -> set[str]:
    """The profiles among the addresses that were asked for."""
    return {path.rpartition("=")[2] for path in paths if "?of=" in path}


def wait_for(home: Path, asked: list[str], life: Life, began: int, *, opened: int) -> None:
    """Until the process has opened so many profiles."""
    until = time.monotonic() + 180
    while time.monotonic() < until and life.alive():
        if (home / "owner.socket").exists() and len(profiles(asked[began:])) >= opened:
            return
        time.sleep(0.02)
    assert life.alive(), "the sweep ended by itself"
    raise AssertionError("the process did not get that far")


def left_in_hand(home: Path) -> set[str]:
    """The profiles that a killed process had begun and not finished."""
    with Store(home) as store:
        book = Book(store)
        kept = Kept(book, memory_folder())
        jobs = [job for job in book.all_jobs(book.wanted().id) if job.state == RUNNING]
        return {job.url.rpartition("=")[2] for job in jobs if kept.get(job) is None}
