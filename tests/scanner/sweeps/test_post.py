"""Notes go out over TLS, hold nothing, are tried again, and what could not be delivered is told at log-in."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from scanner.delivery import Mailer, mailer_of
from scanner.errors import DeliveryError, UsageError
from scanner.sweeps.book import Book
from scanner.sweeps.post import MOST_TRIES, Post
from scanner.sweeps.running import run

from .people import Clock, Site, join, opened, parts

MINE = "robin@private.example"


@dataclass
class Box:
    """A real mail server's inbox; `refuse` is what it answers to each recipient."""

    mails: list[bytes] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    refuse: str = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope.content)
        self.secure.append(session.ssl is not None)
        return "250 OK"


class Server(Controller):
    def __init__(self, box: Box, context: ssl.SSLContext | None) -> None:
        super().__init__(box, hostname="127.0.0.1", port=0, ready_timeout=20)
        self.tls = context

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self.tls, require_starttls=self.tls is not None)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class Running:
    box: Box
    port: int
    ca: Path

    def mailer(self, **changes) -> Mailer:
        known = {"host": "localhost", "port": self.port, "sender": "notes@school.example", "ca": self.ca}
        return Mailer(**{**known, **changes})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA, tmp_path: Path) -> Iterator[Running]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    running = Server(Box(), context)
    running.start()
    try:
        yield Running(running.handler, running.port, tmp_path / "ca.pem")
    finally:
        running.stop()


def invited(book: Book, *, email: str = MINE, told: bool = False) -> tuple[str, object]:
    person = join(book.store, "https://one.example/a")
    book.shelf.put("addresses", person, {"email": email})
    return person, opened(book, told=told, site="https://check.school.example")


def test_the_notice_has_a_link_to_skip_and_starts_the_seven_days(book: Book, server: Running) -> None:
    person, sweep = invited(book)
    clock = Clock()
    asyncio.run(Post(server.mailer(), now=clock)(book, sweep))
    (mail,) = server.box.mails
    plain = mail.decode().replace("=\r\n", "").replace("=3D", "=")
    assert "https://check.school.example/skip/" in plain
    assert server.box.secure == [True]
    assert book.invitation(person, sweep.id).told_at == clock.at
    token = plain.split("/skip/")[1].split()[0]
    book.skip(token, at=clock.at)
    assert book.may(person, sweep, at=clock.at) == "skipped"


def test_the_note_that_a_report_is_there_says_nothing_else(book: Book, server: Running) -> None:
    _, sweep = invited(book, told=True)
    clock = Clock()
    post = Post(server.mailer(), now=clock)
    asyncio.run(run(book, parts(Site(), clock, post=post)))
    asyncio.run(post(book, sweep))
    words = [mail.decode().lower() for mail in server.box.mails]
    assert len(words) == 2  # the notice, and that there is something to read
    for word in ("finding", "expos", "scan", "risk", "problem", "one.example", "profile"):
        assert word not in words[1], word
    assert "subject: a note for you" in words[1]


def test_the_same_note_is_not_sent_twice(book: Book, server: Running) -> None:
    _, sweep = invited(book)
    for _ in range(3):
        asyncio.run(Post(server.mailer(), now=Clock())(book, sweep))
    assert len(server.box.mails) == 1


def test_a_note_turned_away_for_now_is_tried_again_and_in_the_end_told(book: Book, server: Running) -> None:
    person, sweep = invited(book)
    server.box.refuse = "450 Try again later"
    clock = Clock()
    for _ in range(MOST_TRIES):
        assert book.notes(person) == {}
        asyncio.run(Post(server.mailer(), now=clock)(book, sweep))
        clock.on(hours=13)
    assert list(book.notes(person).values()) == ["undeliverable"]
    server.box.refuse = ""
    asyncio.run(Post(server.mailer(), now=clock)(book, sweep))
    assert server.box.mails == []  # it was given up


def test_an_address_that_is_not_known_is_told_at_once_and_then_forgotten(book: Book, server: Running) -> None:
    person, sweep = invited(book)
    server.box.refuse = "550 No such user"
    asyncio.run(Post(server.mailer(), now=Clock())(book, sweep))
    ((row, kind),) = book.notes(person).items()
    assert kind == "undeliverable"
    assert book.invitation(person, sweep.id).told_at is None
    book.told(person, row)
    assert book.notes(person) == {}


def test_nothing_goes_to_an_address_at_the_school(book: Book, server: Running) -> None:
    person, sweep = invited(book, email="r.vale@mail.school.example")
    post = Post(server.mailer(), domains=lambda _: ["school.example"], now=Clock())
    asyncio.run(post(book, sweep))
    assert server.box.mails == []
    assert list(book.notes(person).values()) == ["undeliverable"]


def test_a_server_that_is_down_costs_nobody_a_try(book: Book, server: Running) -> None:
    person, sweep = invited(book)
    said: list[str] = []
    asyncio.run(Post(server.mailer(port=9), now=Clock(), say=said.append)(book, sweep))
    assert book.invitation(person, sweep.id).notice.tries == 0
    assert "could not be used" in said[0]


def test_a_certificate_that_nobody_vouches_for_stops_the_note(server: Running) -> None:
    with pytest.raises(DeliveryError, match="cannot be trusted"):
        server.mailer(ca=None).send(MINE, "A note", "words")
    assert server.box.mails == []


def test_a_certificate_of_another_name_stops_the_note(server: Running) -> None:
    with pytest.raises(DeliveryError, match="cannot be trusted"):
        server.mailer(host="127.0.0.1").send(MINE, "A note", "words")


def test_a_server_without_tls_gets_nothing(server: Running) -> None:
    box = Box()
    plain = Server(box, None)
    plain.start()
    try:
        with pytest.raises(DeliveryError, match="no TLS"):
            server.mailer(port=plain.port).send(MINE, "A note", "words")
    finally:
        plain.stop()
    assert box.mails == []


ADDRESSES = [
    ("smtps://user@mail.example", 465, True),
    ("smtp://mail.example:2525", 2525, False),
    ("smtp://mail.example", 587, False),
]


@pytest.mark.parametrize(("url", "port", "implicit"), ADDRESSES)
def test_a_mail_server_is_named_by_its_address(url: str, port: int, implicit: bool) -> None:
    mailer = mailer_of(url, sender="notes@school.example")
    assert (mailer.port, mailer.implicit) == (port, implicit)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://user:secret@mail.example", "smtp://mail.example:x"]
)
def test_a_senseless_mail_server_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        mailer_of(url, sender="notes@school.example")
