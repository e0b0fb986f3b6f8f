"""The wheel, installed plainly in an empty environment elsewhere, does the main job."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.journeys.command import ROOT, World


@pytest.mark.slow
@pytest.mark.browser
def test_a_plain_install_of_the_wheel_runs_the_demo_from_another_folder(world: World, tmp_path: Path) -> None:
    build = f"from hatchling.build import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / "bin"
    subprocess.run(
        [binaries / "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:", wheel],
        check=True,
        capture_output=True,
        timeout=600,
    )
    environment = {k: v for k, v in world.environment.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [binaries / "scanner", "demo", "--out", "report"],
        cwd=world.base,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0 false alarms" in done.stdout
    assert (world.base / "report" / "report.pdf").is_file()
