"""Connections to addresses that were resolved once and checked, and to nothing else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from scanner.acquire._wire import MAX_HEAD, BadHeadError, Field, read_head, render, status_line
from scanner.acquire.addresses import (
    Address,
    HostPort,
    canonical_host,
    check_target,
    literal,
    refusal,
)
from scanner.errors import SubmissionError, UsageError

Resolve = Callable[[str, int], Awaitable[list[Address]]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_TRIES = 4


class RefusedError(Exception):
    """A request the guard answers itself; `result` is the word a report uses for it.

    Those with a `host` belong in the guard's list of refusals.
    """

    def __init__(self, status: int, result: str, reason: str, *, host: str = "") -> None:
        super().__init__(reason)
        self.status, self.result, self.host = status, result, host


@dataclass(frozen=True, slots=True)
class Upstream:
    """The network's own http proxy."""

    host: str
    port: int
    fields: tuple[Field, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Dialer:
    """How to get from a host and port to a connection; waits are in seconds."""

    allow: frozenset[HostPort]
    resolve: Resolve
    upstream: Upstream | None
    resolve_wait: float
    connect_wait: float

    @contextlib.asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[Streams]:
        """A connection that ends with the block.

        Raises:
            RefusedError: not contacted, or no answer.
        """
        addresses = await self._checked(host, port)
        streams = await self._first(addresses, host, port)
        try:
            yield streams
        finally:
            streams[1].transport.abort()

    async def _checked(self, host: str, port: int) -> list[Address]:
        """Every address of a host, resolved once; one that may not be contacted refuses the host."""
        with as_refusal(host):
            check_target(host, port, allow=self.allow)
        if address := literal(host):
            return [address]
        try:
            async with asyncio.timeout(self.resolve_wait):
                addresses = await self.resolve(host, port)
        except TimeoutError:
            raise RefusedError(504, "timeout", f"{host} could not be looked up in time") from None
        except (OSError, ValueError):
            addresses = []
        if not addresses:
            raise RefusedError(502, "unreachable", f"{host} is not known to the name servers")
        for address in addresses if (host, port) not in self.allow else ():
            if reason := refusal(address):
                raise RefusedError(403, "blocked", f"{host} leads to {address}, which is {reason}", host=host)
        return addresses

    async def _first(self, addresses: list[Address], host: str, port: int) -> Streams:
        """A connection to the first address that answers."""
        failure = RefusedError(502, "unreachable", f"{host} does not answer")
        for address in addresses[:_TRIES]:
            try:
                if self.upstream is not None:
                    return await self._through_upstream(str(address), port, shown=host)
                return await self._connect(str(address), port)
            except TimeoutError:
                failure = RefusedError(504, "timeout", f"{host} does not answer in time")
            except OSError:
                continue
        raise failure

    async def _through_upstream(self, host: str, port: int, *, shown: str) -> Streams:
        assert self.upstream is not None
        try:
            streams = await self._connect(self.upstream.host, self.upstream.port)
        except OSError:  # a TimeoutError is one
            raise RefusedError(502, "unreachable", "the network's own proxy does not answer") from None
        asked = authority(host, port)
        try:
            async with asyncio.timeout(self.connect_wait):
                streams[1].write(
                    render(f"CONNECT {asked} HTTP/1.1", [("host", asked), *self.upstream.fields])
                )
                status, _ = status_line((await read_head(streams[0], max_line=MAX_HEAD)).line)
        except (BadHeadError, EOFError, OSError):
            status = 0
        except asyncio.CancelledError:
            streams[1].transport.abort()
            raise
        if status == 200:  # noqa: PLR2004 - the tunnel is open
            return streams
        streams[1].transport.abort()
        result = "filtered" if status in {403, 451} else "unreachable"
        reason = f"the network's own proxy answered {status or 'nothing we can read'}"
        raise RefusedError(502, result, reason, host=shown)

    async def _connect(self, host: str, port: int) -> Streams:
        async with asyncio.timeout(self.connect_wait):
            return await asyncio.open_connection(host, port, limit=MAX_HEAD)


@contextlib.contextmanager
def as_refusal(host: str) -> Iterator[None]:
    """Say a bad address as the guard says it."""
    try:
        yield
    except SubmissionError as error:
        raise RefusedError(403, "blocked", str(error), host=host) from None


def authority(host: str, port: int, *, default: int | None = None) -> str:
    """`host:port` as it is written in requests."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port == default else f"{shown}:{port}"


def basic(username: str, password: str) -> str:
    """The value of an Authorization field."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def parse_upstream(url: str) -> Upstream:
    """The proxy of `http://[name:password@]host:port`.

    Raises:
        UsageError: not such an address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = canonical_host(
            f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        )
    except (ValueError, SubmissionError):
        port = None
    if port is None or parts.scheme != "http":
        raise UsageError("the upstream proxy must be written as http://host:port")
    if parts.username is None:
        return Upstream(host, port)
    secret = basic(unquote(parts.username), unquote(parts.password or ""))
    return Upstream(host, port, (("proxy-authorization", secret),))


def system_resolver(pool: ThreadPoolExecutor) -> Resolve:
    """The system's own resolver, on threads of its own: a slow name server must not hold up others."""

    async def resolve(host: str, port: int) -> list[Address]:
        # the final dot keeps the network's own search names out
        name = f"{host}." if "." in host else host
        found = await asyncio.get_running_loop().run_in_executor(
            pool, lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(ip_address(str(row[4][0])) for row in found))

    return resolve
