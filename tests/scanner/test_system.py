"""`setup` gets a browser or says how; `doctor` tells what is missing without falling over it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scanner import system
from scanner.acquire.browser import Browser
from scanner.errors import PartMissing
from scanner.system import Line, doctor, setup

FOUND = Browser(Path("/usr/lib/chromium/chromium-headless-shell"), "chromium-headless-shell", "156.0.1")


class Machine:
    """A machine on which a browser appears once `appears_after` has been run."""

    def __init__(self, appears_after: str = "", *, works: bool = True) -> None:
        self.appears_after, self.works = appears_after, works
        self.ran: list[str] = []
        self.settings: dict[str, str] = {}
        self.updated = works

    def look(self) -> Browser:
        if self.appears_after and any(self.appears_after in command for command in self.ran) and self.updated:
            return FOUND
        raise PartMissing("nothing was scanned, because no browser was found")

    def run(self, command, settings) -> int:
        self.ran.append(" ".join(command))
        self.settings = dict(settings)
        if command[-1] == "update":
            self.updated = True
            return 0
        return 0 if self.updated else 100


def be(monkeypatch, *, debian: bool, uid: int) -> None:
    monkeypatch.setattr(system, "is_debian", lambda: debian)
    monkeypatch.setattr(system, "own_uid", lambda: uid)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_a_browser_that_is_there_is_kept(monkeypatch):
    be(monkeypatch, debian=True, uid=0)
    machine = Machine()
    assert setup(run=machine.run, look=lambda: FOUND) == FOUND
    assert machine.ran == []


def test_root_on_debian_gets_debians_package_without_extras_and_waits_for_the_lock(monkeypatch):
    be(monkeypatch, debian=True, uid=0)
    machine = Machine("chromium-headless-shell")
    assert setup(run=machine.run, look=machine.look) == FOUND
    assert machine.ran == [
        "apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium-headless-shell"
    ]
    assert machine.settings["DEBIAN_FRONTEND"] == "noninteractive"


def test_old_package_lists_are_renewed_once(monkeypatch):
    be(monkeypatch, debian=True, uid=0)
    machine = Machine("install", works=False)
    assert setup(run=machine.run, look=machine.look) == FOUND
    assert [command.split()[3] for command in machine.ran] == ["install", "update", "install"]


@pytest.mark.parametrize(("debian", "uid"), [(True, 1000), (False, 1000), (False, 0)])
def test_everyone_else_gets_playwrights_own(monkeypatch, debian, uid):
    be(monkeypatch, debian=debian, uid=uid)
    machine = Machine("playwright install chromium-headless-shell")
    heard = []
    assert setup(run=machine.run, look=machine.look, say=heard.append) == FOUND
    assert len(machine.ran) == 1
    assert heard
    if uid == 0 and sys.platform == "linux":
        # a folder that the unprivileged user may read
        assert machine.settings["PLAYWRIGHT_BROWSERS_PATH"] == "/var/lib/exposure-scanner/browsers"


@pytest.mark.parametrize(
    ("debian", "uid", "says"),
    [
        (True, 0, "apt-get install --no-install-recommends chromium-headless-shell"),
        (True, 1000, "sudo apt-get install --no-install-recommends chromium-headless-shell"),
        (False, 1000, "scanner doctor"),
    ],
)
def test_when_none_can_be_had_one_sentence_says_what_to_run(monkeypatch, debian, uid, says):
    be(monkeypatch, debian=debian, uid=uid)
    machine = Machine(works=False)
    with pytest.raises(PartMissing, match="nothing can be scanned") as caught:
        setup(run=machine.run, look=machine.look)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_command_that_is_not_there_is_a_failure_and_no_traceback():
    assert system._run(["/nowhere/apt-get"], {}) != 0


def named(lines: list[Line], name: str) -> Line:
    return next(line for line in lines if line.name == name)


def test_the_doctor_says_what_to_do_without_a_browser(monkeypatch, tmp_path):
    monkeypatch.setattr(system, "SWITCHES", {str(tmp_path / "off"): "0"})
    (tmp_path / "off").write_text("0\n")
    monkeypatch.setattr(system.detectors, "weights_status", lambda: [("ears", False, "its hash is wrong")])
    monkeypatch.setattr(system.tempfile, "gettempdir", lambda: str(tmp_path / "missing"))
    lines = doctor(look=Machine().look)
    assert not named(lines, "browser").ok
    assert "no browser" in named(lines, "browser").says
    assert not any(line.name == "sandbox" for line in lines)
    assert not named(lines, "user namespaces").ok
    assert named(lines, "weights ears") == Line("weights ears", ok=False, says="its hash is wrong")
    assert not named(lines, "temporary folder").ok
    assert named(lines, "Python").ok


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(system, "OLDEST", (99, 0))
    assert "is too old" in named(doctor(look=Machine().look), "Python").says


@pytest.mark.browser
def test_the_doctor_really_starts_the_browser():
    lines = doctor()
    assert named(lines, "browser").ok
    assert named(lines, "sandbox").ok
    assert any(line.name.startswith("weights ") for line in lines)
