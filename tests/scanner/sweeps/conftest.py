"""A store in a fresh folder with quick stretching of passphrases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store import Store, sealing
from scanner.sweeps.book import Book


@pytest.fixture(autouse=True)
def _quick_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "OPSLIMIT", sealing.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(sealing, "MEMLIMIT", sealing.argon2id.MEMLIMIT_MIN)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Store(tmp_path / "store") as store:
        yield Book(store)
