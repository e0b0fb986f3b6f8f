"""SIGKILL at any moment loses no finished report, makes no second one, and repeats only what was in hand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.model import DONE

from .people import WORDS, join, opened

LIFE = Path(__file__).with_name("life.py")
IN_HAND = 2
PROFILES = 2


@pytest.mark.parametrize(
    ("people", "kills", "takes"),
    [(12, 5, 0.05), pytest.param(100, 100, 0.05, marks=pytest.mark.slow)],
)
def test_kills_lose_nothing_double_nothing_and_leave_nothing_stuck(
    tmp_path: Path, people: int, kills: int, takes: float
) -> None:
    folder, visits = tmp_path / "store", tmp_path / "visits"
    with Store(folder) as store:
        book = Book(store)
        everybody = [
            join(store, f"https://{n}.one.example/a", f"https://{n}.two.example/b") for n in range(people)
        ]
        sweep = opened(book)
    killed = 0
    while killed < kills:
        life = begun(folder, visits, takes)
        wait_for(visits, life)
        time.sleep(1.5 * people * PROFILES * takes / IN_HAND / kills * os.urandom(1)[0] / 255)
        if life.poll() is None:
            life.kill()
            killed += 1
            life.communicate()
        else:
            life.communicate()
            break
    last = begun(folder, visits, takes)
    assert last.communicate(timeout=300)[0].splitlines() == ["done"]

    with Store(folder) as store:
        book = Book(store)
        for person in everybody:
            told = store.held(person, store.open(person, WORDS)).reports
            assert len(told) == 1  # none lost, none double
            assert [p["result"] for p in told[0]["profiles"]] == ["ok", "ok"]
            assert {job.state for job in book.jobs(person, sweep.id)} == {DONE}
    looked = Counter(line for line in visits.read_text().split() if line != "begun")
    assert sum(looked.values()) <= people * PROFILES + killed * IN_HAND * PROFILES
    assert killed == kills, "the sweep ended before it was killed often enough"


def begun(folder: Path, visits: Path, takes: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(LIFE), str(folder), str(visits), str(takes)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def wait_for(visits: Path, life: subprocess.Popen[str]) -> None:
    """Until the process has the store open, so that what is killed is a sweep and no import."""
    before = visits.read_text().count("begun") if visits.exists() else 0
    for _ in range(600):
        now = visits.read_text().count("begun") if visits.exists() else 0
        if now > before or life.poll() is not None:
            return
        time.sleep(0.02)
    raise AssertionError("the process did not begin")
