"""A data download given to the pages is read, shows whose it is, and leaves nothing on the disk."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from data import school_in
from scanner.cli.wishing import at_hand, put_together, submitted, unpacker
from scanner.exports import Export
from scanner.intake import submissions
from scanner.platforms import Account
from scanner.web import uploads
from scanner.web.desk import Wishes
from scanner.web.visit import MAX_EXPORTS
from tests import builders
from tests.exports import make_zip
from tests.scanner.exports.test_mastodon import members
from tests.scanner.web.fakes import MINE, Person, Work, pages, said
from tests.scanner.web.test_deciding import Series, told

SCHOOL = school_in("practice/school")


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    return make_zip(tmp_path / "robin-vale.zip", members()).read_bytes()


async def give(person: Person, name: str, body: bytes, address: str = "") -> Any:
    return await person.post("/addresses/page", data={"address": address}, files={"file": (name, body)})


def reads(person: Person, paths: list[Path] | None = None) -> None:
    """Let the pages read downloads as the real desk does."""
    unpack = unpacker(SCHOOL)

    def seen(path: Path, accounts: Sequence[Account]) -> Sequence[Export]:
        if paths is not None:
            paths.append(path)
        return unpack(path, accounts)

    person.room.desk = replace(person.room.desk, unpack=seen)


def test_a_download_is_read_and_shows_that_the_profile_is_ones_own(archive: bytes) -> None:
    async def act() -> None:
        work = Series(reports=[told()])
        async with pages(work) as person:
            reads(person)
            await person.post("/consent", data={"purpose": ["self-check"]})
            assert (await give(person, "robin-vale.zip", archive)).status_code == 303
            assert "your own data" in said((await person.http.get("/addresses")).text)
            assert "Your own data shows that it is yours." in said((await person.http.get("/mine")).text)
            (url,) = person.room.visit.profiles
            await person.post("/mine", data={"own": [url]})
            await asyncio.sleep(0.01)
            assert work.wishes[0].closed == {url}
            assert work.wishes[0].exports[url][0].ownership == "export"

    asyncio.run(act())


def test_nothing_of_a_download_is_left_and_its_name_is_used_nowhere(archive: bytes, tmp_path: Path) -> None:
    async def act() -> None:
        paths: list[Path] = []
        async with pages() as person:
            reads(person, paths)
            await person.agree()
            await give(person, "canary-robin.zip", archive)
            assert "canary" not in str(paths[0])
            assert not paths[0].exists()
            assert not paths[0].parent.exists()
            assert "canary" not in (await person.http.get("/addresses")).text

    before = set(Path(tempfile.gettempdir()).iterdir())
    asyncio.run(act())
    left = set(Path(tempfile.gettempdir()).iterdir()) - before
    assert not [path for path in left if path.name.startswith("tmp")]


def test_a_download_lies_on_the_disk_without_a_name_where_the_system_can(archive: bytes) -> None:
    async def act() -> None:
        kinds: list[bool] = []

        def seen(path: Path, accounts: Sequence[Account]) -> Sequence[Export]:
            kinds.append(path.is_symlink() and "(deleted)" in str(Path.readlink(Path(Path.readlink(path)))))
            return ()

        async with pages() as person:
            person.room.desk = replace(person.room.desk, unpack=seen)
            await person.agree()
            await give(person, "a.zip", archive)
        assert kinds == [True]

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system has no files without a name")
    asyncio.run(act())


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_file_for_which_there_is_no_room_is_refused_before_it_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act() -> None:
        async with pages() as person:
            await person.agree()
            monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 9, 1))
            got = await give(person, "big.zip", b"PK\x03\x04" + b"x" * 40_000_000)
            assert got.status_code == 400
            assert "not enough room" in said(got.text)

    asyncio.run(act())


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.zip", b"PK\x03\x04 damaged", "our-download.zip"),
        ("a.rar", b"Rar!\x1a\x07 any", "packed as RAR"),
        ("a.html", b"<" * (uploads.MAX_BYTES + 1), "larger than 30 MB"),
        ("a.html", b"", "no file yet"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(name: str, body: bytes, says: str) -> None:
    async def act() -> None:
        async with pages() as person:
            reads(person)
            await person.agree()
            got = await give(person, name, body)
            assert got.status_code == 422
            assert says in said(got.text)
            assert not person.room.visit.profiles

    asyncio.run(act())


def test_somebody_elses_download_is_refused(archive: bytes) -> None:
    async def act() -> None:
        async with pages() as person:
            reads(person)
            await person.agree()
            await person.post("/addresses", data={"addresses": "https://chirper.example/@kim"})
            await give(person, "a.zip", archive)
            kept = person.room.visit.profiles
            assert not kept["https://chirper.example/@kim"].exports

    asyncio.run(act())


def test_parts_of_downloads_have_a_bound(archive: bytes, tmp_path: Path) -> None:
    async def act() -> None:
        async with pages() as person:
            visit = person.room.visit
            (export,) = unpacker(SCHOOL)(make_zip(tmp_path / "x.zip", members()), ())
            visit.take([export] * MAX_EXPORTS)
            person.room.desk = replace(person.room.desk, unpack=lambda *_: [export])
            await person.agree()
            got = await give(person, "a.zip", archive)
            assert f"{MAX_EXPORTS} parts" in said(got.text)

    asyncio.run(act())


def test_a_profile_that_was_given_too_is_visited_besides(archive: bytes) -> None:
    async def act() -> None:
        work = Series(reports=[told()])
        async with pages(work) as person:
            reads(person)
            await person.agree()
            await person.post("/addresses", data={"addresses": MINE})
            await give(person, "a.zip", archive)
            assert list(person.room.visit.profiles) == [MINE]
            await person.post("/mine", data={"own": [MINE]})
            await asyncio.sleep(0.01)
            assert work.wishes[0].closed == frozenset()
            assert len(work.wishes[0].exports[MINE]) == 1

    asyncio.run(act())


def test_a_check_puts_all_evidence_together_and_knows_whose_it_is(tmp_path: Path) -> None:
    exports = unpacker(SCHOOL)(make_zip(tmp_path / "x.zip", members()), ())
    (account,) = submissions([MINE])
    wishes = Wishes(exports={MINE: exports}, exemptions=frozenset({"union_officer"}), code="bado12")
    page = {MINE: builders.snapshot(builders.text("Saved words.", "p9"))}
    ((_, given),) = submitted([account], consent=builders.consent(), saved={}, wishes=wishes)
    assert (given.ownership, given.code) == ("export", "bado12")
    assert given.imported is not None
    ((_, saved),) = submitted([account], consent=builders.consent(), saved=page, wishes=wishes)
    assert saved.code == ""  # anyone can write into a saved page
    whole = put_together(at_hand(account, saved=page, wishes=wishes), wishes=wishes)
    assert {"Saved words."} < {text.value for text in whole.texts}
    assert whole.exemptions >= {"union_officer"}


def test_a_picture_of_a_page_is_handed_on_with_its_address() -> None:
    async def act() -> None:
        given: list[tuple[str, bytes]] = []

        def hand_over(address: str, name: str, body: bytes) -> list[Any]:
            given.append((address, body[:4]))
            return [(submissions([MINE])[0], builders.snapshot())]

        async with pages(Work(), hand_over=hand_over) as person:
            await person.agree()
            await give(person, "shot.png", b"\x89PNG\r\n\x1a\n rest", address=MINE)
            assert given == [(MINE, b"\x89PNG")]
            assert person.room.visit.profiles[MINE].saved is not None

    asyncio.run(act())
