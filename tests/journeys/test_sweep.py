"""Two sweeps in a real browser: opened, run, asked about meanwhile, sealed, compared, closed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.model import Consent, Submission
from scanner.practice import Practice
from scanner.store import Store
from scanner.sweeps.book import Book
from tests.journeys.command import ROOT, World

WORDS = "three plain words"
PACK = str(ROOT / "data" / "practice" / "school")


@pytest.mark.browser
def test_a_sweep_from_opening_to_the_counts(world: World, site: Practice) -> None:
    home = world.base / "store"
    now = datetime.now(UTC)
    with Store(home) as store:
        person, _ = store.sign_up(WORDS)
        for purpose in ("sweeps", "counts"):
            store.add_consent(person, Consent(purpose, "1", now, now + timedelta(days=100)))
        consent = Consent("self-check", "1", now, now + timedelta(days=1))
        for name in ("dan", "priya"):
            profile = Submission(site.profiles[name], "site", consent, ownership="code")
            store.add_submission(person, profile)

    sweep = ("sweep",)
    at_home = ("--home", str(home))
    yesterday = f"{now - timedelta(days=1):%Y-%m-%d}"
    for _ in range(2):
        opened = world.run(*sweep, "open", *at_home, "--starts", yesterday)
        assert opened.code == 0, opened.err
        assert "Announce it" in opened.out
        with Store(home) as store:
            Book(store).seen(person, at=datetime.now(UTC))
        run(world, *at_home, "--allow-address", site.address)
        closed = world.run(*sweep, "close", *at_home, "--yes", "--json")
        assert json.loads(closed.out)["release"]["schools"][""]["enough"] is False

    with Store(home) as store:
        held = store.held(person, store.open(person, WORDS))
    assert len(held.reports) == 2
    assert held.reports[0]["findings"]
    assert held.changes is not None
    assert (held.changes.new, held.changes.gone) == ((), ())
    assert set(held.changes.still) == {finding["id"] for finding in held.reports[0]["findings"]}

    stats = world.run("stats", *at_home, "--plot", "trend.svg")
    assert stats.out.count("Too few took part") == 2
    assert "18 for life" in stats.out
    assert (world.base / "trend.svg").read_text().startswith("<svg")
    assert world.run(*sweep, "status", *at_home).out == "No sweep is open.\n"


def run(world: World, *options: str) -> None:
    """Run the sweep, and ask about it from another process while it owns the store."""
    command = [sys.executable, "-m", "scanner", "sweep", "run", *options, "--pause", "0", "--school", PACK]
    with subprocess.Popen(
        command,
        env=world.environment,
        cwd=world.base,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        status, tries = "", 0
        while not status.startswith("Running") and running.poll() is None and tries < 100:
            status = world.run("sweep", "status", *options[:2]).out
            tries += 1
            time.sleep(0.05)
        out, err = running.communicate(timeout=150)
    assert running.returncode == 0, err
    assert "All profiles have an answer" in out
    assert status == "Running, less than an hour left.\n"
