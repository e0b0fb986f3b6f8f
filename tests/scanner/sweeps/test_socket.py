"""While one process owns the store, others ask it through a socket that only the same user can open."""

from __future__ import annotations

import asyncio
import socket as sockets
import stat
from pathlib import Path

import pytest

from scanner.cli.sweeping import carried
from scanner.errors import ScannerError, StoreError
from scanner.store import Store
from scanner.sweeps.attending import attend
from scanner.sweeps.book import Book
from scanner.sweeps.socket import NAME, ask, doorway

from .people import NOW, Clock, Site, join, opened, parts


def asked(book: Book, folder: Path, *questions: tuple[str, dict], site: Site | None = None) -> list:
    """What an owner answers to questions of another thread, as another process would put them."""

    async def both() -> list:
        stop = asyncio.Event()
        owner = asyncio.create_task(attend(book, parts(site or Site(), Clock()), folder, stop=stop))
        while not (folder / NAME).exists():  # noqa: ASYNC110 - a file appears
            await asyncio.sleep(0.01)
        try:
            answers = []
            for verb, words in questions:
                try:
                    answers.append(await asyncio.to_thread(ask, folder, verb, words))
                except ScannerError as error:
                    answers.append(error)
            return answers
        finally:
            stop.set()
            await owner

    return asyncio.run(both())


def test_verbs_work_through_the_owner(book: Book, tmp_path: Path) -> None:
    join(book.store, "https://one.example/a")
    opened(book)
    status, paused, again, resumed = asked(
        book, tmp_path / "store", ("status", {}), ("pause", {}), ("pause", {}), ("resume", {})
    )
    assert "hour" in status["says"]
    assert paused["state"] == "paused"
    assert isinstance(again, ScannerError)
    assert again.exit_code == 2
    assert resumed["state"] == "open"


def test_the_owner_carries_out_a_sweep_that_is_opened_through_it(book: Book, tmp_path: Path) -> None:
    person = join(book.store, "https://one.example/a")
    words = {"starts": NOW.isoformat(), "notice": "A round."}
    (answer,) = asked(book, tmp_path / "store", ("open", words))
    assert answer["state"] == "open"
    assert book.invitation(person, book.wanted().id)


def test_no_answer_tells_a_number_of_people(book: Book, tmp_path: Path) -> None:
    for n in range(17):
        join(book.store, f"https://{n}.example/a")
    opened(book)
    book.change(book.wanted(), "open")
    (status,) = asked(book, tmp_path / "store", ("status", {}), site=Site(takes=9))
    assert "17" not in str({k: v for k, v in status.items() if k not in {"starts", "ends"}})
    assert set(status) == {"state", "starts", "ends", "hours_left", "says"}


def test_only_its_owner_may_open_the_socket(tmp_path: Path) -> None:
    async def look() -> int:
        async with doorway(tmp_path, carry):
            return (tmp_path / NAME).stat().st_mode

    async def carry(verb, words):
        return {}

    assert stat.S_IMODE(asyncio.run(look())) == 0o600
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"{}\n", b'{"verb": 1, "words": 3}\n', b"\xff\xfe\n"])
def test_a_senseless_question_gets_an_answer_and_harms_nothing(tmp_path: Path, line: bytes) -> None:
    async def carry(verb, words):
        raise AssertionError("never reached")

    async def both() -> bytes:
        async with doorway(tmp_path, carry):
            return await asyncio.to_thread(put, line)

    def put(line: bytes) -> bytes:
        with sockets.socket(sockets.AF_UNIX) as one:
            one.settimeout(10)
            one.connect(str(tmp_path / NAME))
            one.sendall(line)
            return one.recv(1000)

    assert b"not one of ours" in asyncio.run(both())


def test_an_owner_that_does_not_answer_is_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another process owns the store"):
        ask(tmp_path, "status", {})


def test_a_path_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="too long"):
        ask(tmp_path / ("x" * 120), "status", {})


def test_without_an_owner_the_verb_is_carried_out_here(tmp_path: Path) -> None:
    assert carried(tmp_path / "store", "status", {})["says"] == "No sweep is open."
    with Store(tmp_path / "store") as store:
        assert Book(store).current() is None
