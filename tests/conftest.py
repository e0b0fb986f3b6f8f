"""What every test leaves as it was."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """A store makes files private for its whole process; the next test begins as a new one would."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
