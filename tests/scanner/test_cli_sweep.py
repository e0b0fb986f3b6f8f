"""The verbs of sweeps keep their words, their exit codes, and never a number of people."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.cli import main
from scanner.cli.sweeping import Packs
from scanner.errors import UsageError
from scanner.sweeps.hours import check_quiet, open_share, quiet_until
from scanner.sweeps.schedule import SERVICE, TIMER, units, write_units
from scanner.sweeps.simulation import SHARES, breaks_first, plan
from scanner.sweeps.trend import trend


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_HOME", str(tmp_path / "store"))

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["scanner", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    return call


def test_a_sweep_is_opened_paused_resumed_and_closed(run) -> None:
    assert run("sweep", "open")[0] == 0
    assert "open already" in run("sweep", "open")[2]
    assert run("sweep", "pause")[1].startswith("Paused")
    assert run("sweep", "status")[1].startswith("Paused")
    assert run("sweep", "resume")[1] == "Going on.\n"
    assert run("sweep", "status")[1].startswith("Announced; visits begin on")
    assert run("sweep", "close", "--yes")[1].startswith("Closed")
    assert run("sweep", "close", "--yes")[0] == 2


WRONG = [
    (("open", "--quiet", "8-16"), "quiet hours look like"),
    (("open", "--quiet", "08:00-08:00"), "would leave none"),
    (("open", "--starts", "2027-01-11", "--ends", "2027-01-01"), "end after it starts"),
    (("open", "--per-host", "0"), "at least one profile"),
    (("open", "--site", "http://check.example"), "begins with https://"),
    (("run", "--pause", "1"), "at least 5 seconds"),
    (("run", "--cluster", "tcp://127.0.0.1:1"), "TLS only"),
    (("pause",), "no sweep is open"),
    (("skip", "nonsense"), "not one of ours"),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_mistake_is_one_sentence(run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run("sweep", *words)
    assert code in {2, 6}
    assert says in err
    assert out == ""


def test_running_without_a_sweep_is_no_mistake_for_a_timer(run) -> None:
    assert run("sweep", "run")[:2] == (0, "No sweep is open.\n")


def test_the_units_are_printed_and_written_once(run, tmp_path: Path) -> None:
    code, out, _ = run("sweep", "schedule", "--", "--contact", "it@school.example")
    assert code == 0
    assert "OnCalendar=hourly" in out
    assert "--contact it@school.example" in out
    assert run("sweep", "schedule", "--write", tmp_path / "units")[0] == 0
    assert run("sweep", "schedule", "--write", tmp_path / "units")[0] == 2


def test_odd_words_stay_whole_in_units() -> None:
    made = units(["/opt/a b/scanner", "50%", "$HOME"], Path("/srv/my store"))
    assert 'ExecStart="/opt/a b/scanner" "50%%" "$$HOME"' in made.service
    assert made.cron.endswith(r"'/opt/a b/scanner' '50\%' '$HOME'") or r"50\%" in made.cron


ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize(
    ("change", "complains"),
    [(("", ""), False), (("Nice=", "Nicer="), True), (("hourly", "sometimes"), True)],
    ids=["as written", "a key that is none", "no time"],
)
@pytest.mark.parametrize("home", ["store", "my store 50% $HOME"])
def test_systemd_finds_nothing_wrong_with_the_units(
    tmp_path: Path, home: str, change: tuple[str, str], complains: bool
) -> None:
    command = [sys.executable, "-m", "scanner", "sweep", "run", "--home", str(tmp_path / home)]
    files = write_units(units(command, tmp_path / home), tmp_path / "units")
    for file in files:
        file.write_text(file.read_text().replace(*change))
    checked = subprocess.run([str(ANALYZE), "verify", *files], capture_output=True, text=True, check=False)
    ours = [line for line in checked.stderr.splitlines() if "exposure-scanner" in line]
    assert bool(ours) is complains, checked.stderr


def test_the_units_say_what_is_run_and_when() -> None:
    made = units(["/opt/a b/scanner", "sweep", "run"], Path("/srv/store"))
    service, timer = (
        configparser.ConfigParser(interpolation=None),
        configparser.ConfigParser(interpolation=None),
    )
    for reader, text in ((service, made.service), (timer, made.timer)):
        reader.optionxform = str  # type: ignore[assignment,method-assign]
        reader.read_string(text)
    assert shlex.split(service["Service"]["ExecStart"]) == ["/opt/a b/scanner", "sweep", "run"]
    assert service["Service"]["ReadWritePaths"] == "/srv/store"
    assert dict(timer["Install"]) == {"WantedBy": "timers.target"}
    assert timer["Timer"]["OnCalendar"] == "hourly"
    assert TIMER.removesuffix(".timer") == SERVICE.removesuffix(".service")  # the timer starts this service
    minute, *rest, command = made.cron.split(" ", 5)
    assert (minute.isdecimal(), rest, shlex.split(command)[0]) == (True, ["*"] * 4, "/opt/a b/scanner")


def test_a_trust_has_a_pack_for_each_school(tmp_path: Path) -> None:
    (tmp_path / "beacon").mkdir()
    (tmp_path / "beacon" / "school.toml").write_text('name = "Beacon School"\n')
    (tmp_path / "oakfield.toml").write_text('name = "Oakfield School"\n')
    packs = Packs(folder=tmp_path)
    assert packs.stems() == ("beacon", "oakfield")
    assert packs.school("oakfield").pack.name == "Oakfield School"
    with pytest.raises(UsageError, match="no pack"):
        packs.school("../beacon")


def test_quiet_hours_may_go_over_midnight() -> None:
    def local(hour: int) -> datetime:
        return datetime(2026, 3, 3, hour, 30).astimezone()

    assert quiet_until("22:00-06:00", local(23)).hour == 6
    assert quiet_until("22:00-06:00", local(5)).hour == 6
    assert quiet_until("22:00-06:00", local(12)) is None
    assert quiet_until("", datetime.now(UTC)) is None
    assert open_share(check_quiet("22:00-06:00")) == pytest.approx(2 / 3)


def released(day: str, *cells: tuple[str, int]) -> dict:
    shown = [{"check": check, "band": "today", "about": about} for check, about in cells]
    return {"closed_at": day, "schools": {"": {"cells": shown, "plus_minus": 7}}}


def test_the_plot_shows_its_uncertainty_and_leaves_gaps() -> None:
    drawn = trend(
        [
            released("2026-01-01", ("location", 40)),
            released("2026-05-01"),
            released("2026-09-01", ("location", 30)),
        ]
    )
    assert drawn.count("<circle") == 2
    assert 'stroke-width="2"' not in drawn  # nothing is drawn across the gap
    assert "plus or minus 7" in drawn
    assert "Too few" in trend([released("2026-01-01")])
    assert trend([]).startswith("<svg")


def test_the_plan_grows_with_people_and_shrinks_with_budget() -> None:
    known = {"each": 18.0, "detection": 2.0, "row_bytes": 1e5, "pass_s": 0.002}
    small, large = (plan(people, 2, per_host=1000, **known) for people in (5000, 100_000))
    wide = plan(5000, 2, per_host=100_000, **known)
    assert wide.hours < small.hours < large.hours
    assert "window" in breaks_first(large)
    assert sum(SHARES.values()) == pytest.approx(1.0)
