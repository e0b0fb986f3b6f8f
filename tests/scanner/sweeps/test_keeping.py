"""What was read is kept in memory until it is sealed: nobody else opens it, and it goes when its person goes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from detectors import Finding, Location, Snapshot, Text
from scanner.gathering import Looked
from scanner.sweeps import closing, keeping
from scanner.sweeps.book import Book
from scanner.sweeps.closing import close
from scanner.sweeps.keeping import Kept, memory_folder
from scanner.sweeps.model import RUNNING, Job
from scanner.sweeps.queue import GIVE_UP
from scanner.sweeps.running import run

from .people import NOW, WORDS, Clock, Site, join, opened, parts

A, B = "https://one.example/markerqz7", "https://two.example/b"
LOOKED = Looked(
    Snapshot(A, "site", A, texts=(Text("bio", "bio", "markerqz7"),), result="ok"),
    (Finding("employer-mention", "employer-stated", 0.9, Location(A, "bio", span=(0, 6)), "markerqz7"),),
    crops={("a.jpg", (1, 2, 3, 4)): b"a picture"},
)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    folder = tmp_path / "memory"
    folder.mkdir()
    return folder


@pytest.fixture
def job(book: Book) -> Job:
    person = join(book.store, A)
    return book.jobs(person, opened(book).id)[0]


def test_what_was_kept_comes_back_whole_also_for_the_next_process(book: Book, memory: Path, job: Job) -> None:
    Kept(book, memory).put(job, LOOKED)
    assert Kept(book, memory).get(replace(job, state=RUNNING, crashes=1)) == LOOKED


def test_what_lies_in_memory_can_be_read_by_nobody_else(book: Book, memory: Path, job: Job) -> None:
    kept = Kept(book, memory)
    kept.put(job, LOOKED)
    (file,) = kept.folder.iterdir()
    assert (kept.folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    for word in (b"markerqz7", job.person.encode(), job.row.encode()):
        assert word not in file.read_bytes()
        assert word.decode() not in str(file)


def damage(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[-1] ^= 1
    file.write_bytes(body)


UNUSED: list[tuple[Callable[[Path], object], str]] = [
    (damage, "it was changed"),
    (lambda file: file.write_bytes(b""), "it is empty"),
    (lambda file: os.utime(file, (0, 0)), "it is older than a day"),
    (lambda file: os.utime(file, (2e10, 2e10)), "the clock was set back"),
]


@pytest.mark.parametrize(("happens", "why"), UNUSED, ids=[why for _, why in UNUSED])
def test_what_is_not_surely_ours_and_new_is_read_again(
    book: Book, memory: Path, job: Job, happens: Callable[[Path], object], why: str
) -> None:
    kept = Kept(book, memory)
    kept.put(job, LOOKED)
    (file,) = kept.folder.iterdir()
    happens(file)
    assert kept.get(job) is None, why
    kept.tidy()
    assert not file.exists()


def test_nobody_opens_what_was_kept_of_somebody_erased(book: Book, memory: Path, job: Job) -> None:
    kept = Kept(book, memory)
    kept.put(job, LOOKED)
    book.store._keyring.destroy(job.person)
    assert kept.get(job) is None


def test_one_profile_is_never_taken_for_another(book: Book, memory: Path, job: Job) -> None:
    kept = Kept(book, memory)
    kept.put(job, LOOKED)
    other = replace(job, row="another")
    (file,) = kept.folder.iterdir()
    file.rename(kept.folder / book.shelf.blind(other.row))
    assert kept.get(other) is None
    assert kept.get(replace(job, url=B)) is None


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_FILES"])
def test_memory_is_bounded(
    book: Book, memory: Path, job: Job, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, limit, 0)
    kept = Kept(book, memory)
    kept.put(job, LOOKED)
    assert list(kept.folder.iterdir()) == []


def test_a_link_that_somebody_else_put_there_is_not_written_to_nor_emptied(
    book: Book, memory: Path, job: Job, tmp_path: Path
) -> None:
    kept, theirs = Kept(book, memory), tmp_path / "theirs"
    theirs.mkdir()
    theirs.joinpath("precious").touch()
    kept.folder.symlink_to(theirs)
    kept.put(job, LOOKED)
    kept.drop([job])
    kept.tidy()
    assert [file.name for file in theirs.iterdir()] == ["precious"]


def test_a_run_that_ends_with_a_part_read_leaves_the_rest_to_the_next(book: Book, memory: Path) -> None:
    person = join(book.store, A, B)
    opened(book)
    site, clock = Site({A: ["timeout", "ok"]}), Clock()
    for ends in ("waiting", "done"):
        assert asyncio.run(run(book, parts(site, clock, memory=memory))).why == ends
        clock.on(minutes=11)
    assert (site.visits.count(A), site.visits.count(B)) == (2, 1)
    (told,) = book.store.held(person, book.store.open(person, WORDS)).reports
    assert [p["result"] for p in told["profiles"]] == ["ok", "ok"]
    assert list(memory.iterdir()) == []


def part_read(book: Book, memory: Path) -> str:
    person = join(book.store, A, B)
    opened(book)
    asyncio.run(run(book, parts(Site({A: ["timeout"]}), Clock(), memory=memory)))
    assert len([*memory.glob("*/*")]) == 1
    return person


def test_withdrawing_takes_what_was_kept_along(book: Book, memory: Path) -> None:
    person = part_read(book, memory)
    book.store.withdraw(person, next(iter(book.store.consents(person))), at=NOW)
    asyncio.run(run(book, parts(Site(), Clock(), memory=memory)))
    assert list(memory.iterdir()) == []


def test_closing_takes_what_was_kept_along(book: Book, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part_read(book, memory)
    monkeypatch.setattr(closing, "memory_folder", lambda: memory)
    close(book, at=NOW + timedelta(days=31), noise=lambda _: 0)
    assert list(memory.iterdir()) == []


@pytest.mark.parametrize(
    ("crashes", "visits", "result"),
    [(0, [], "ok"), (GIVE_UP - 1, [], "unreadable")],
    ids=["once", "too often"],
)
def test_a_process_that_dies_over_the_report_does_not_do_so_for_ever(
    book: Book, memory: Path, job: Job, crashes: int, visits: list[str], result: str
) -> None:
    Kept(book, memory).put(job, LOOKED)
    book.put_job(replace(job, state=RUNNING, run="dead", lease_until=NOW, crashes=crashes))
    site = Site()
    assert asyncio.run(run(book, parts(site, Clock(), memory=memory))).why == "done"
    assert site.visits == visits
    (told,) = book.store.held(job.person, book.store.open(job.person, WORDS)).reports
    assert told["profiles"][0]["result"] == result


def test_a_disk_is_never_taken_for_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(keeping, "MOUNTS", mounts)
    for line in ("/dev/sda1 /dev/shm ext4 rw 0 0\n", "tmpfs /dev/shm tmpfs ro 0 0\n", ""):
        mounts.write_text(line)
        assert memory_folder() is None
    mounts.unlink()
    assert memory_folder() is None
