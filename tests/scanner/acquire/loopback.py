"""Small servers on loopback for the tests of the acquisition room."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, TypeVar

from scanner.acquire.addresses import Address
from scanner.acquire.guard import Guard, Purse

T = TypeVar("T")
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

RESET = b"<reset>"


@dataclass
class Site:
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def here(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Names:
    """A resolver that gives a name's answers in turn, the last one for ever, and counts questions."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        turns = self.answers.get(host, [[]])
        turn = turns[min(self.asked.count(host), len(turns)) - 1]
        return [ip_address(text) for text in turn]


def run(promise: Coroutine[Any, Any, T]) -> T:
    async def within() -> T:
        async with asyncio.timeout(20):
            return await promise

    return asyncio.run(within())


@contextlib.asynccontextmanager
async def serve(*answers: bytes | Answer, host: str = "127.0.0.1") -> AsyncIterator[Site]:
    """A site that gives its answers in turn, the last one for ever; a function may misbehave."""
    site = Site()
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            site.requests.append(head)
            site.asked.set()
            answer = answers[min(len(site.requests), len(answers)) - 1]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            with contextlib.suppress(OSError):
                writer.close()
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, host, 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def ask(guard: Guard, request: bytes, *, credential: bool = True, purse: Purse | None = None) -> bytes:
    """Send raw bytes to the guard, with its credential after the first line; all that comes back."""
    if credential:
        line, end, rest = request.partition(b"\r\n")
        request = (
            line
            + end
            + f"Proxy-Authorization: {(purse or guard.house).credential.decode()}\r\n".encode()
            + rest
        )
    reader, writer = await asyncio.open_connection("127.0.0.1", int(guard.url.rpartition(":")[2]))
    got = b""
    try:
        writer.write(request)
        await writer.drain()
        while chunk := await reader.read(65536):
            got += chunk
    except ConnectionError:
        got += RESET
    finally:
        writer.transport.abort()
    return got


def get(url: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", "Host: wrong.example", *fields, "", ""]).encode()


def ok(body: bytes = b"hello", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields, b"", body]
    return b"\r\n".join([*head[:-2], b"", body])
