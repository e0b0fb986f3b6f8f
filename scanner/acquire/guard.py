"""The one way out: a proxy on loopback that resolves, checks and pins every address it connects to.

Browser and plain requests alike go through it, so that no page can make this computer talk to
itself, the school's network or a cloud provider's inner services.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import socket
import struct
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Self
from urllib.parse import urlsplit

from scanner.acquire._dial import (
    Dialer,
    RefusedError,
    Resolve,
    Streams,
    as_refusal,
    authority,
    basic,
    parse_upstream,
    system_resolver,
)
from scanner.acquire._verdict import STATUS_FIELD, signed
from scanner.acquire._wire import (
    MAX_HEAD,
    BadHeadError,
    Head,
    read_head,
    render,
    request_line,
    status_line,
    without_hops,
)
from scanner.acquire.addresses import HostPort, host_port, split_authority

_CHUNK = 65_536
_MAX_REFUSALS = 100
_MAX_INFORMATIONAL = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one guard lets through; bytes and seconds.

    Inside an encrypted tunnel single responses cannot be seen: `tunnel` bounds them all together.
    `total` is for each purse.
    """

    body: int = 20_000_000
    upload: int = 1_000_000
    tunnel: int = 200_000_000
    total: int = 500_000_000
    connections: int = 128
    waiting: int = 384
    head: float = 10.0
    resolve: float = 10.0
    connect: float = 10.0
    answer: float = 20.0
    idle: float = 30.0
    lifetime: float = 600.0


@dataclass(slots=True, eq=False)
class Purse:
    """A credential at the guard, and how many bytes have passed under it."""

    url: str = ""
    username: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    seen: int = 0

    @property
    def credential(self) -> bytes:
        """What a request's proxy authorization must be."""
        return basic(self.username, self.password).encode()


class _CutError(Exception):
    """A limit was reached in mid-body."""


class Guard:
    """A proxy for one launch, with its own port; use with `async with`.

    Requests carry the credential of a purse: `house` for what is nobody's in particular, and one
    from `purse` for each profile, so that a greedy page spends only its own profile's bytes.
    `allow` are the exact hosts and ports that may be private. `resolve` stands in for the system's
    resolver. `upstream` is the network's own http proxy: names are resolved and checked here all
    the same, and it is asked for the checked address.

    Raises:
        UsageError: `upstream` is not a proxy's address.
    """

    def __init__(
        self,
        *,
        allow: AbstractSet[HostPort] = frozenset(),
        resolve: Resolve | None = None,
        upstream: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.allow = frozenset(allow)
        self.limits = limits or Limits()
        self.house = Purse()
        self._purses = {self.house}
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="resolve")
        self._dialer = Dialer(
            allow=self.allow,
            resolve=resolve or system_resolver(self._pool),
            upstream=parse_upstream(upstream) if upstream else None,
            resolve_wait=self.limits.resolve,
            connect_wait=self.limits.connect,
        )
        self._refusals: dict[tuple[str, str], None] = {}
        self._slots = asyncio.Semaphore(self.limits.connections)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def refusals(self) -> tuple[tuple[str, str], ...]:
        """The first hundred different (host, reason) that were refused or cut, for the report."""
        return tuple(self._refusals)

    @property
    def url(self) -> str:
        """The proxy's address, without a credential."""
        return self.house.url

    @property
    def username(self) -> str:
        """The house's name at the proxy."""
        return self.house.username

    @property
    def password(self) -> str:
        """The house's password at the proxy."""
        return self.house.password

    @contextlib.contextmanager
    def purse(self) -> Iterator[Purse]:
        """A credential with a byte budget of its own, good until the block ends."""
        purse = Purse(self.url)
        self._purses.add(purse)
        try:
            yield purse
        finally:
            self._purses.discard(purse)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_HEAD)
        self.house.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= self.limits.connections + self.limits.waiting:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve((reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: Streams) -> None:
        writer = client[1]
        try:
            async with self._slots, asyncio.timeout(self.limits.lifetime):
                try:
                    await self._answer(client)
                except RefusedError as refused:
                    if refused.host:
                        self._note(refused.host, str(refused))
                    writer.write(_own_answer(refused))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (_CutError, OSError, EOFError):  # a TimeoutError is an OSError
            _reset(writer)
        finally:
            writer.transport.abort()

    async def _answer(self, client: Streams) -> None:
        try:
            async with asyncio.timeout(self.limits.head):
                head = await read_head(client[0])
        except TimeoutError:
            raise RefusedError(408, "timeout", "the request did not come in time") from None
        except BadHeadError as error:
            raise RefusedError(error.status, "unreachable", str(error)) from None

        given = head.values("proxy-authorization")
        known = (p for p in self._purses if len(given) == 1 and _same(given[0], p))
        purse = next(known, None)
        if purse is None:
            raise RefusedError(407, "unreachable", "this proxy needs its credential")
        try:
            method, target = request_line(head.line)
            if method == "CONNECT":
                await self._tunnel(client, target, purse)
            else:
                await self._forward(client, method, target, head, purse)
        except BadHeadError as error:
            raise RefusedError(error.status, "unreachable", str(error)) from None

    async def _tunnel(self, client: Streams, target: str, purse: Purse) -> None:
        """Bytes both ways to a checked address, for https and web sockets."""
        with as_refusal(target):
            host, port = split_authority(target)
        self._check_total(host, purse)
        async with self._dialer.open(host, port) as remote:
            client[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._noting_cuts(host):
                async with asyncio.timeout(self.limits.idle) as idle:
                    ways = [(client[0], remote[1]), (remote[0], client[1])]
                    pass_on = partial(self._pump, cap=self.limits.tunnel, idle=idle, purse=purse)
                    pumps = [asyncio.create_task(pass_on(*way)) for way in ways]
                    try:
                        await asyncio.gather(*pumps)
                    finally:
                        for pump in pumps:
                            pump.cancel()

    async def _forward(self, client: Streams, method: str, target: str, head: Head, purse: Purse) -> None:
        """One plain http request and its answer; the next needs a new connection and a new check."""
        if not target.lower().startswith("http://"):
            raise BadHeadError("only http addresses are forwarded")
        with as_refusal(target):
            host, port = host_port(target)
        self._check_total(host, purse)
        length = head.length() or 0
        if head.values("transfer-encoding"):
            raise BadHeadError("a request body without a length", status=411)
        if length > self.limits.upload:
            raise BadHeadError("a request body too large", status=413)

        asked = authority(host, port, default=80)
        parts = urlsplit(target)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # unpacked answers only, so that what the guard counts is what the browser holds
        kept = (f for f in without_hops(head) if f[0] not in {"host", "accept-encoding"})
        fields = [("host", asked), *kept]
        async with self._dialer.open(host, port) as remote:
            remote[1].write(render(f"{method} {path} HTTP/1.1", [*fields, ("connection", "close")]))
            with self._noting_cuts(host):
                async with asyncio.timeout(self.limits.idle) as idle:
                    cap = self.limits.upload
                    await self._pump(client[0], remote[1], cap=cap, idle=idle, purse=purse, length=length)
                    await self._respond(
                        remote[0], client[1], method=method, host=host, idle=idle, purse=purse
                    )

    async def _respond(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        method: str,
        host: str,
        idle: asyncio.Timeout,
        purse: Purse,
    ) -> None:
        try:
            async with asyncio.timeout(self.limits.answer):
                head, status, phrase = await _final_head(source)
            length = head.length()
        except TimeoutError:
            raise RefusedError(504, "timeout", f"{host} does not answer in time") from None
        except (EOFError, OSError):
            raise RefusedError(502, "unreachable", f"{host} closed the connection") from None

        fields = without_hops(head)
        if head.values("transfer-encoding"):
            # the chunks pass as they came, so that a body that was cut cannot look whole
            fields = [one for one in fields if one[0] != "content-length"]
            fields.append(("transfer-encoding", "chunked"))
            length = None
        empty = method == "HEAD" or status in {204, 304}
        if length is not None and length > self.limits.body and not empty:
            reason = f"an answer of more than {self.limits.body} bytes"
            raise RefusedError(502, "unreadable", reason, host=host)
        sink.write(render(f"HTTP/1.1 {status} {phrase}", [*fields, ("connection", "close")]))
        if not empty:
            await self._pump(source, sink, cap=self.limits.body, idle=idle, purse=purse, length=length)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        cap: int,
        idle: asyncio.Timeout,
        purse: Purse,
        length: int | None = None,
    ) -> None:
        """Pass bytes on, up to `length` or else to the end; each piece puts the idle deadline off."""
        seen = 0
        clock = asyncio.get_running_loop().time
        while length is None or seen < length:
            chunk = await source.read(_CHUNK if length is None else min(_CHUNK, length - seen))
            if not chunk:
                break
            seen += len(chunk)
            purse.seen += len(chunk)
            if seen > cap:
                raise _CutError(f"cut after {cap} bytes")
            if purse.seen > self.limits.total:
                raise _CutError(f"cut at the limit of {self.limits.total} bytes for one profile")
            sink.write(chunk)
            await sink.drain()
            idle.reschedule(clock() + self.limits.idle)
        if length is None and sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    def _check_total(self, host: str, purse: Purse) -> None:
        if purse.seen > self.limits.total:
            reason = f"the limit of {self.limits.total} bytes for one profile was reached"
            raise RefusedError(403, "blocked", reason, host=host)

    @contextlib.contextmanager
    def _noting_cuts(self, host: str) -> Iterator[None]:
        try:
            yield
        except _CutError as cut:
            self._note(host, str(cut))
            raise

    def _note(self, host: str, reason: str) -> None:
        if len(self._refusals) < _MAX_REFUSALS:
            self._refusals[host[:253], reason] = None


async def _final_head(source: asyncio.StreamReader) -> tuple[Head, int, str]:
    """The head of the answer itself, after any that only announce it.

    Raises:
        BadHeadError: not an answer, or one that would change the protocol or its framing.
    """
    for _ in range(_MAX_INFORMATIONAL):
        head = await read_head(source, max_line=MAX_HEAD)
        status, phrase = status_line(head.line)
        if status == 101:  # noqa: PLR2004 - Upgrade is never passed on
            break
        if status >= 200:  # noqa: PLR2004 - below are announcements
            if head.values("transfer-encoding") not in ([], ["chunked"]):
                break
            return head, status, phrase
    raise BadHeadError("an answer that cannot be passed on", status=502)


def _same(given: str, purse: Purse) -> bool:
    """Whether this is the purse's credential, told in a time that does not give it away."""
    return hmac.compare_digest(given.encode(), purse.credential)


def _own_answer(refused: RefusedError) -> bytes:
    """An answer of the guard's own; its phrase is the result, which is all a client sees of CONNECT."""
    body = str(refused).encode()
    fields = [
        (STATUS_FIELD, signed(refused.result)),
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(len(body))),
        ("connection", "close"),
    ]
    if refused.status == 407:  # noqa: PLR2004 - the credential is missing
        fields.append(("proxy-authenticate", 'Basic realm="guard"'))
    return render(f"HTTP/1.1 {refused.status} {refused.result}", fields) + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """End with a reset: a body without a length would look whole after an ordinary end."""
    with contextlib.suppress(OSError):
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
