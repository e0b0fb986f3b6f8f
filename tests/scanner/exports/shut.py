"""Whether what must stay shut stayed shut: a word planted in private parts, and the list of what was opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scanner.exports import find, open_archive
from scanner.exports._rules import allowed
from tests.exports import make_zip

CANARY = "canary-4417"


def opened_and_told(tmp_path: Path, members: dict[str, Any], shut: dict[str, Any]) -> tuple[set[str], str]:
    """The members that were opened, and everything all readers found, with those shut members beside the others."""
    path = make_zip(tmp_path / "download.zip", {**shut, **members})
    opened: set[str] = set()
    told: list[object] = []
    with open_archive(path) as archive:
        for reader in find(archive):
            view = archive.view(allowed(reader.NAME))
            told += reader.parse(view)
            opened |= set(view.ledger.opened)
    return opened, repr(told)
