"""A notebook, run from a clean kernel, shows what is stored in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.test_data import reading

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FOR_ALL = [file for file in NOTEBOOKS if file.stem[0].isdigit()]
"""Those that anyone should be able to read."""
DOORS = {"data", "detectors", "scanner.training", "scanner.practice", "scanner.report", "scanner.pipeline"}


def cells(notebook, kind):
    return [
        cell
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == kind
    ]


def test_there_are_five_for_everyone():
    assert [file.stem[0] for file in FOR_ALL] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_clean_kernel_shows_what_is_stored(notebook):
    done = subprocess.run(
        [sys.executable, "tests/clean_kernel.py", str(notebook)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for cell, told in zip(cells(notebook, "code"), json.loads(done.stdout), strict=True):
        texts = ["".join(out["text"]) for out in cell["outputs"] if "text" in out]
        pictures = [out for out in cell["outputs"] if "data" in out]
        assert told["text"] == "".join(texts), cell["id"]
        assert len(told["pictures"]) == len(pictures), cell["id"]


@pytest.mark.parametrize("notebook", FOR_ALL, ids=lambda path: path.stem)
def test_a_picture_comes_first_and_the_words_are_easy(notebook):
    first = cells(notebook, "code")[0]
    assert "data" in first["outputs"][0]
    said = " ".join("".join(cell["source"]) for cell in cells(notebook, "markdown"))
    plain = re.sub(r"[#*`_]|\[([^\]]*)\]\([^)]*\)", r"\1", said)
    sentences = [
        line.strip() + ("" if line.strip().endswith((".", "?", "!", ":")) else ".")
        for line in plain.split("\n")
        if line.strip()
    ]
    assert reading(sentences)[0] <= 6


@pytest.mark.parametrize("notebook", FOR_ALL, ids=lambda path: path.stem)
def test_only_front_doors_are_opened(notebook):
    code = "\n".join("".join(cell["source"]) for cell in cells(notebook, "code"))
    ours = re.findall(r"^\s*(?:from|import) ((?:data|detectors|scanner)[\w.]*)", code, re.MULTILINE)
    assert set(ours) <= DOORS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small(notebook):
    assert notebook.stat().st_size < 700_000
