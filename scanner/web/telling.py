"""Says where a bug is without saying what it was about: a message may hold what a person gave."""

from __future__ import annotations

import traceback

MOST = 6


def describe(error: BaseException) -> str:
    """The kind of an error and the last lines it came through, without its message or any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join((type(error).__name__, *(f"{f.filename}:{f.lineno}" for f in frames[-MOST:])))
