"""The worker pool: a worker may die or hang, the scan goes on and says so."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import replace

import pytest

from data import Pack, School, school_in
from detectors import Image, Snapshot, Text
from scanner import detection
from scanner.detection import Detection

SCHOOL = School(Pack(name="Harfield Green School"))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(60)


def test_texts_and_pictures_are_judged_in_workers_that_may_die() -> None:
    async def journey() -> None:
        async with Detection(SCHOOL, workers=1) as detect:
            broken = await detect.look(Image("p1", "a.png", b"not a picture"), "me")
            assert broken.unreadable

            with pytest.raises(detection.BrokenProcessPool):
                await detect._run(20, crash)

            text = Text("bio", "bio", "I teach at Harfield Green School")
            after = await detect.read(Snapshot("me", "site", texts=(text,)))
            assert {found.check for found in after.findings} == {"employer-mention"}

            started = time.monotonic()
            with pytest.raises(TimeoutError):
                await detect._run(0.5, hang)
            assert time.monotonic() - started < 10

    asyncio.run(journey())


def test_a_job_that_starts_a_worker_and_long_texts_get_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def journey() -> None:
        async with Detection(SCHOOL, workers=1) as detect:
            assert await detect._run(0.01, pow, 2, 5) == 32  # starting takes longer than that
            with pytest.raises(TimeoutError):
                await detect._run(0.3, hang)  # nothing starts any more
            await detect.ready()
            monkeypatch.setattr(detection, "TEXT_DEADLINE", 0.0)
            one = Text("bio", "bio", "I teach at Harfield Green School")
            many = Snapshot("me", "site", texts=tuple(replace(one, where=f"p{n}") for n in range(600)))
            assert not (await detect.read(many)).not_run
            monkeypatch.setattr(detection, "EACH_TEXT", 0.0)
            assert (await detect.read(many)).not_run

    asyncio.run(journey())


def test_the_schools_photos_are_fingerprinted_once_for_all_workers() -> None:
    school = school_in("practice/school")

    async def prepared(*hooks: str) -> School:
        async with Detection(school, workers=1, hooks=hooks) as detect:
            return detect.school

    ready = asyncio.run(prepared("look"))
    assert [photo.name for photo in ready.photos] == ["fingerprints"]
    assert asyncio.run(prepared("read")) is school


def test_the_time_that_models_take_to_load_is_no_pictures_fault() -> None:
    async def first() -> int:
        async with Detection(school_in("practice/school"), workers=1) as detect:
            return await detect._run(0.5, os.getpid)  # importing alone takes longer

    assert asyncio.run(first()) != os.getpid()
