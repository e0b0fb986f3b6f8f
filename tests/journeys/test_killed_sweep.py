"""A sweep in a real browser, killed again and again: each report is sealed once, and little is read twice."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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
from tests.journeys.command import ROOT, World

WORDS = "three plain words"
PACK = str(ROOT / "data" / "practice" / "school")
LIFE = Path(__file__).with_name("browsing_life.py")
CHANCE = random.SystemRandom()
EACH = 2
"""Profiles of one person."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose temporary folder the browser's own user can reach, so that all it leaves lies there."""
    monkeypatch.setattr(sealing, "OPSLIMIT", sealing.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(sealing, "MEMLIMIT", sealing.argon2id.MEMLIMIT_MIN)
    place = Path(tempfile.mkdtemp(prefix="killed-sweep-"))
    place.chmod(0o711)
    yield World(place)
    shutil.rmtree(place)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the practice site is asked for, in order."""
    paths: list[str] = []
    monkeypatch.setattr(practice._Handler, "log_request", lambda self, *_: paths.append(self.path))
    return paths


@pytest.mark.browser
@pytest.mark.skipif(memory_folder() is None, reason="no folder in memory: a kill repeats the people in hand")
@pytest.mark.parametrize(
    ("people", "kills", "lanes", "detectors"),
    [
        pytest.param(4, 3, 1, True, id="with-detectors"),
        pytest.param(100, 100, 4, False, marks=pytest.mark.slow, id="without-detectors"),
    ],
)
def test_kills_lose_nothing_double_nothing_and_repeat_only_what_was_in_hand(
    world: World, asked: list[str], people: int, kills: int, lanes: int, detectors: bool
) -> None:
    home = world.base / "store"
    with serve_practice() as site:
        everybody = opt_in(home, site, people)
        command = [sys.executable, str(LIFE), str(home), site.address, str(lanes)]
        if detectors:
            command = [sys.executable, "-m", "scanner", "sweep", "run", "--home", str(home), "--school", PACK]
            command += ["--pause", "0", "--allow-address", site.address, "--at-once", str(lanes)]
        lives = []
        for killed in range(kills):
            began = len(asked)
            life = subprocess.Popen(command, env=world.environment, cwd=world.base, stdout=subprocess.DEVNULL)
            opened = CHANCE.randint(0, 2 * max(1, people * EACH // kills - 1))
            wait_for(home, asked, life, began, opened=opened)
            time.sleep(CHANCE.uniform(0, 1))
            assert life.poll() is None, f"the sweep ended after {killed} kills"
            life.kill()
            life.wait()
            lives.append((profiles(asked[began:]), len(asked), left_in_hand(home)))
        ended = subprocess.run(
            command,
            env=world.environment,
            cwd=world.base,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert ended.stdout in {
            "All profiles have an answer. scanner sweep close releases the counts.\n",
            "done\n",
        }

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
    left = b"".join(file.read_bytes() for file in (world.base / "tmp").rglob("*") if file.is_file())
    assert b"Whitlow" not in left  # a killed browser leaves no page behind
    figures = [f"{kills} kills", f"{people * EACH} profiles", f"{lanes} in hand at most"]
    figures += [f"{sum(map(len, again))} opened again", f"{max(map(len, again))} at most after one kill"]
    print(", ".join(figures))  # noqa: T201


def opt_in(home: Path, site: Practice, people: int) -> list[str]:
    """Invented people with two practice profiles each; the same page is told apart by its query."""
    now = datetime.now(UTC)
    given, until = now - timedelta(minutes=1), now + timedelta(days=30)
    pages = [site.profiles[name] for name in ("dan", "priya", "marlow", "carys")]
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


def wait_for(home: Path, asked: list[str], life: subprocess.Popen[bytes], began: int, *, opened: int) -> None:
    """Until the process owns the store, and has opened so many profiles."""
    until = time.monotonic() + 120
    while time.monotonic() < until and life.poll() is None:
        if (home / "owner.socket").exists() and len(profiles(asked[began:])) >= opened:
            return
        time.sleep(0.02)
    assert life.poll() is None, "the sweep ended by itself"
    raise AssertionError("the process did not begin")


def left_in_hand(home: Path) -> set[str]:
    """The profiles that a killed process had begun and not finished."""
    with Store(home) as store:
        book = Book(store)
        kept = Kept(book, memory_folder())
        jobs = [job for job in book.all_jobs(book.wanted().id) if job.state == RUNNING]
        return {job.url.rpartition("=")[2] for job in jobs if kept.get(job) is None}
