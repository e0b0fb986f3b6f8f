"""Runs a notebook's cells in a process of their own, as a fresh kernel does, and gives what each one shows.

    python tests/clean_kernel.py notebooks/some.ipynb            the outputs, as JSON
    python tests/clean_kernel.py --write notebooks/some.ipynb    the same, written into the notebook

It knows what our notebooks use: print, `display(picture)` and `plt.show()`.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

DPI = 84
COLOURS = 96


def run(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """For each code cell its text and its pictures, as base64 of PNG files."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown: list[str] = []
    builtins.display = lambda picture: shown.append(_picture(picture))  # type: ignore[attr-defined]
    plt.show = lambda: shown.extend(_figures())
    told = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec("".join(cell["source"]), names)  # noqa: S102 - our own cells
        told.append({"text": printed.getvalue(), "pictures": list(shown)})
        shown.clear()
    return told


def _figures() -> list[str]:
    made = [
        _png(lambda out, n=number: plt.figure(n).savefig(out, dpi=DPI, bbox_inches="tight"))
        for number in plt.get_fignums()
    ]
    plt.close("all")
    return made


def _picture(picture: Any) -> str:
    """Few colours, so that the notebook stays small."""
    return _png(lambda out: picture.convert("RGB").quantize(COLOURS).save(out, "PNG"))


def _png(save: Any) -> str:
    out = io.BytesIO()
    save(out)
    return base64.b64encode(out.getvalue()).decode()


def _written(notebook: dict[str, Any], told: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, (cell, one) in enumerate(zip(cells, told, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": png}}
            for png in one["pictures"]
        ]
        if one["text"]:
            lines = one["text"].splitlines(keepends=True)
            cell["outputs"].append({"output_type": "stream", "name": "stdout", "text": lines})
    return notebook


def main(file: Path, *, write: bool) -> None:
    """Run the notebook; print or write what it shows."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    told = run(notebook)
    if write:
        file.write_text(
            json.dumps(_written(notebook, told), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    else:
        sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[-1]), write="--write" in sys.argv)
