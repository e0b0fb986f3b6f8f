"""The house keeps its shape: imports run one way, data has one reader, the wheel is whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scanner.cli import VERBS

ROOT = Path(__file__).parents[1]
CODE = [file for room in ("scanner", "detectors", "data") for file in (ROOT / room).rglob("*.py")]


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_top_level_holds_only_the_agreed_rooms() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not tracked:
        pytest.skip("not a git checkout")
    agreed = {"scanner", "detectors", "data", "notebooks", "tests", "pyproject.toml", "README.md"}
    agreed |= {"Makefile", "LICENSE", "requirements.lock"}
    found = {name.split("/")[0] for name in tracked}
    assert {name for name in found if not name.startswith(".")} <= agreed


def test_only_data_opens_files_of_data() -> None:
    for file in CODE:
        if file.parent.name != "data":
            source = file.read_text(encoding="utf-8")
            assert not re.search(r"""files\(["']data["']\)""", source), file
            assert "import_module('data" not in source, file


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_module_begins_with_what_it_is_for(file: Path) -> None:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()[0]) > 15


def test_no_module_is_a_giant() -> None:
    long = {file.name: n for file in CODE if (n := len(file.read_text().splitlines())) > 400}
    assert long == {}


def test_the_readme_names_every_verb() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if not re.search(rf"`?\b{verb}\b", readme)] == []


def test_the_wheel_holds_code_and_data_and_runs_from_elsewhere(tmp_path: Path) -> None:
    build = "from hatchling.build import build_wheel; print(build_wheel({out!r}))"
    done = subprocess.run(
        [sys.executable, "-c", build.format(out=str(tmp_path))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wheel = next(tmp_path.glob("*.whl"))
    elsewhere = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(elsewhere)
    shipped = {str(p.relative_to(ROOT)) for p in (ROOT / "data").rglob("*.toml")}
    missing = {name for name in shipped if not (elsewhere / name).is_file()}
    assert missing == set()
    program = "import scanner, data; print(scanner.__file__); print(len(data.rules()), data.policy('altus-2023').id)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(elsewhere), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert str(elsewhere) in ran.stdout
