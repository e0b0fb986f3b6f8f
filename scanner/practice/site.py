"""Serves the practice site on loopback: invented people, a bench profile, and pages that misbehave."""

from __future__ import annotations

import hashlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from scanner.practice import pages, trouble
from scanner.practice.answer import Answer, page
from scanner.practice.bench import bench
from scanner.practice.people import people

_CHANGED = "Sat, 15 Jun 2024 09:00:00 GMT"
_IDLE = 30.0  # seconds a silent connection is kept


@dataclass(frozen=True, slots=True)
class Practice:
    """A running practice site. `profiles` maps each person's name to their address."""

    url: str
    address: str
    profiles: Mapping[str, str]
    bench: str

    def at(self, path: str) -> str:
        """The full address of a path on the site."""
        return self.url.rstrip("/") + path


@contextmanager
def serve_practice(
    *, latency: float = 0.0, host: str = "127.0.0.1", port: int = 0, draw_first: Sequence[str] = ()
) -> Iterator[Practice]:
    """Serve the site until the block ends; every open answer is cut off then.

    Args:
        latency: seconds each answer waits before its first byte.
        host: the loopback address to listen on.
        port: 0 takes a free one.
        draw_first: names whose pictures are drawn before the first request, so that drawing is not
            timed; other pictures are drawn when they are first asked for, then kept in memory.
    """
    for person in (*people(), bench()):
        if person.name in draw_first:
            for picture in person.pictures():
                pages.drawn(picture)
    answers = {**pages.answers(), **trouble.answers()}
    with serve_answers(answers, latency=latency, host=host, port=port) as address:
        url = f"http://{address}/"
        profiles = {person.name: url.rstrip("/") + person.path for person in people()}
        yield Practice(url=url, address=address, profiles=profiles, bench=url.rstrip("/") + bench().path)


@contextmanager
def serve_answers(
    answers: Mapping[str, Callable[[], Answer]],
    *,
    latency: float = 0.0,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[str]:
    """Serve those paths until the block ends; gives the address as host:port. Others are not found."""
    server = _Server((host, port), latency, answers)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="practice", daemon=True
    )
    thread.start()
    try:
        yield f"{host}:{server.server_address[1]}"
    finally:
        server.stop()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], latency: float, answers: Mapping[str, Callable[[], Answer]]
    ) -> None:
        super().__init__(address, _Handler)
        self.latency = latency
        self.answers = answers
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def stop(self) -> None:
        """Stop listening and cut every connection that is still open."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who leaves in the middle is no error; anything else is a bug and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Practice"
    sys_version = ""
    timeout = _IDLE
    server: _Server

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer with headers alone."""
        self._answer(body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        if self.server.stopping.wait(self.server.latency):
            return
        make = self.server.answers.get(_normal(self.path))
        answer = make() if make else page("<h1>Page not found</h1><p>There is nobody here.</p>", status=404)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.kept and self.headers.get("If-None-Match") == tag:
            self._head(Answer(status=HTTPStatus.NOT_MODIFIED, kept=True), tag, None)
            return
        if answer.stream:
            self._stream(answer, body=body)
            return
        self._head(answer, tag, len(answer.body))
        if body:
            self.wfile.write(answer.body)

    def _stream(self, answer: Answer, *, body: bool) -> None:
        self.close_connection = True
        self._head(answer, "", answer.length)
        for piece in answer.stream(self.server.stopping) if body and answer.stream else ():
            self.wfile.write(piece)

    def _head(self, answer: Answer, tag: str, length: int | None) -> None:
        self.send_response(answer.status)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if answer.kept:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", _CHANGED)
        self.send_header("Cache-Control", "public, max-age=3600" if answer.kept else "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def _normal(path: str) -> str:
    return urlsplit(path).path.rstrip("/") or "/"
