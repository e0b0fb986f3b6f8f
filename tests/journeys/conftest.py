"""Each journey gets a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.practice import Practice, serve_practice
from tests.journeys.command import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(scope="session")
def site() -> Iterator[Practice]:
    with serve_practice() as running:
        yield running
