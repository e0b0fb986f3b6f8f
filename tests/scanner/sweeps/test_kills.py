"""SIGKILL at any moment loses no finished report, makes no second one, and repeats only what was in hand."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.keeping import Kept, memory_folder
from scanner.sweeps.model import DONE

from .people import WORDS, join, opened

LIFE = Path(__file__).with_name("life.py")
PROFILES = 2
CHANCE = random.SystemRandom()


@pytest.mark.skipif(memory_folder() is None, reason="no folder in memory: a kill repeats the people in hand")
@pytest.mark.parametrize(
    ("people", "kills", "takes", "lanes"),
    [
        (8, 4, 0.05, 1),
        (12, 5, 0.05, 2),
        pytest.param(100, 100, 0.05, 1, marks=pytest.mark.slow),
        pytest.param(100, 100, 0.05, 4, marks=pytest.mark.slow),
    ],
)
def test_kills_lose_nothing_double_nothing_and_leave_nothing_stuck(
    tmp_path: Path, people: int, kills: int, takes: float, lanes: int
) -> None:
    folder, visits = tmp_path / "store", tmp_path / "visits"
    with Store(folder) as store:
        book = Book(store)
        everybody = [
            join(store, f"https://{n}.one.example/a", f"https://{n}.two.example/b") for n in range(people)
        ]
        sweep = opened(book)
    killed, share = 0, people * PROFILES // kills - 1
    while killed < kills:
        life = begun(folder, visits, takes, lanes)
        wait_for(visits, life, lives=killed + 1, opened=CHANCE.randint(0, 2 * share))
        time.sleep(CHANCE.uniform(0, 2 * takes / lanes))
        if life.poll() is None:
            life.kill()
            killed += 1
            life.communicate()
        else:
            life.communicate()
            break
    last = begun(folder, visits, takes, lanes)
    assert last.communicate(timeout=300)[0].splitlines() == ["done"]

    with Store(folder) as store:
        book = Book(store)
        for person in everybody:
            told = store.held(person, store.open(person, WORDS)).reports
            assert len(told) == 1  # none lost, none double
            assert [p["result"] for p in told[0]["profiles"]] == ["ok", "ok"]
            assert {job.state for job in book.jobs(person, sweep.id)} == {DONE}
        kept = Kept(book, memory_folder())
        assert not kept.folder.exists()  # nothing is left in memory
    repeats = repeated(visits)
    assert sum(repeats) > 0 or kills < 20  # of many kills some come with a profile in hand
    assert max(repeats) <= lanes  # in each life, no more than the one job in hand of each lane
    assert killed == kills, "the sweep ended before it was killed often enough"
    print(f"{lanes} lanes, {killed} kills: {sum(repeats)} profiles opened again, {max(repeats)} at most")  # noqa: T201


def repeated(visits: Path) -> list[int]:
    """For each life, how many of the profiles that it opened were opened again by a later one."""
    lives = [life.split() for life in visits.read_text().split("begun\n")[1:]]
    return [
        sum(any(url in later for later in lives[number + 1 :]) for url in life)
        for number, life in enumerate(lives)
    ]


def begun(folder: Path, visits: Path, takes: float, lanes: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(LIFE), str(folder), str(visits), str(takes), str(lanes)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def wait_for(visits: Path, life: subprocess.Popen[str], *, lives: int, opened: int) -> None:
    """Until that many processes had the store open, and the last has opened so many profiles."""
    for _ in range(3000):
        now = visits.read_text().split("begun\n") if visits.exists() else []
        if (len(now) > lives and now[-1].count("\n") >= opened) or life.poll() is not None:
            return
        time.sleep(0.01)
    raise AssertionError("the process did not begin")
