"""Work beside the loop ends in time for whoever waits, whatever the work does."""

from __future__ import annotations

import asyncio
import threading

import pytest

from scanner.acquire._aside import aside


def test_what_the_work_gives_or_raises_comes_back():
    assert asyncio.run(aside(5, lambda: 7)) == 7
    with pytest.raises(KeyError):
        asyncio.run(aside(5, lambda: {}["x"]))


def test_late_work_is_left_behind_in_a_thread_that_does_not_hold_up_the_end():
    go = threading.Event()

    async def story():
        with pytest.raises(TimeoutError):
            await aside(0.05, lambda: go.wait(10))
        return [thread.daemon for thread in threading.enumerate() if thread.name == "aside"]

    try:
        assert asyncio.run(story()) == [True]
    finally:
        go.set()
