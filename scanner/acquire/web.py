"""Plain requests through the guard: robots.txt, public APIs, feeds, short links."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx

from scanner.acquire._verdict import RESULTS, verdict
from scanner.acquire.addresses import check_url, host_port
from scanner.acquire.guard import Guard, Purse
from scanner.errors import AcquireError, SubmissionError, UsageError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_CONTEXTS = 4


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whatever its status; header names in lower case.

    `url` is the address that answered in the end. `cut` says that the body was longer.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cut: bool = False


async def fetch(
    guard: Guard,
    url: str,
    *,
    user_agent: str,
    max_bytes: int = 20_000_000,
    deadline: float = 20.0,
    accept: str = "*/*",
    max_redirects: int = 5,
    ca_file: Path | None = None,
    cut: bool = False,
    purse: Purse | None = None,
) -> Response:
    """Get one address through the guard, following redirects that lead to public places.

    `deadline` is in seconds, for everything together. `ca_file` is trusted besides the usual
    authorities. A body over `max_bytes` is an error, or with `cut` is cut there. The bytes count
    for `purse`, or else for the house's.

    Raises:
        SubmissionError: an address that must not be opened; nothing was.
        AcquireError: no answer; `result` is timeout, unreachable, blocked, filtered or unreadable.
        UsageError: the CA file cannot be read.
    """
    check_url(url, allow=guard.allow)
    host, _ = host_port(url)
    headers = {"user-agent": user_agent, "accept": accept, "accept-encoding": "gzip"}
    wait = {"timeout": httpx.Timeout(deadline).as_dict()}
    purse = purse or guard.house
    proxy = httpx.Proxy(guard.url, auth=(purse.username, purse.password))
    try:
        async with (
            asyncio.timeout(deadline),
            # the transport itself: a client would add cookies, headers and redirects of its own
            httpx.AsyncHTTPTransport(proxy=proxy, verify=_trust(ca_file), trust_env=False) as transport,
        ):
            for _ in range(max_redirects + 1):
                host, _ = host_port(url)
                request = httpx.Request("GET", url, headers=headers, extensions=wait)
                answer = await transport.handle_async_request(request)
                try:
                    if told := verdict(url, answer.headers):
                        raise _said_by_guard(told, guard, host)
                    if answer.status_code in _REDIRECTS and "location" in answer.headers:
                        url = _next(url, answer.headers["location"], guard)
                        continue
                    body, over = await _body(answer, host=host, max_bytes=max_bytes)
                finally:
                    await answer.aclose()
                if over and not cut:
                    raise AcquireError(f"the site {host} sent more than {max_bytes} bytes", "unreadable")
                return Response(url, answer.status_code, dict(answer.headers), body, over)
    except httpx.ProxyError as error:
        raise _said_by_guard(str(error).partition(" ")[2], guard, host) from None
    except (TimeoutError, httpx.TimeoutException):
        raise AcquireError(f"the site {host} did not answer within {deadline:g} seconds", "timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise AcquireError(_why(error, host), "unreachable") from None
    raise AcquireError(f"the site {host} redirects more than {max_redirects} times", "unreachable")


@lru_cache(maxsize=_MAX_CONTEXTS)
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError):
            raise UsageError(f"{ca_file} is not a readable file of certificates") from None
    return context


def _next(url: str, location: str, guard: Guard) -> str:
    """Where a redirect leads, if it may be followed."""
    try:
        url = urldefrag(urljoin(url, location)).url
        check_url(url, allow=guard.allow)
    except (SubmissionError, ValueError) as error:
        raise AcquireError(
            f"the site sent us on to an address that is not opened: {error}", "blocked"
        ) from None
    return url


async def _body(answer: httpx.Response, *, host: str, max_bytes: int) -> tuple[bytes, bool]:
    """The body, unpacked by ourselves so that a small one cannot unpack into a huge one."""
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip"}:
        raise AcquireError(f"the site {host} sent its answer in a packing we did not ask for", "unreadable")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    packed = 0
    async for chunk in answer.aiter_raw():
        packed += len(chunk)
        room = max_bytes + 1 - len(body)
        try:
            body += unpack.decompress(chunk, room) if unpack else chunk[:room]
        except zlib.error:
            raise AcquireError(
                f"the site {host} sent an answer that cannot be unpacked", "unreadable"
            ) from None
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    if unpack and packed and not unpack.eof:
        raise AcquireError(f"the site {host} sent an answer that breaks off", "unreadable")
    return bytes(body), False


def _said_by_guard(phrase: str, guard: Guard, host: str) -> AcquireError:
    result = phrase if phrase in RESULTS else "unreachable"
    reasons = [reason for refused, reason in guard.refusals if refused == host]
    if result in {"blocked", "filtered", "unreadable"} and reasons:
        return AcquireError(f"the site {host} was not opened: {reasons[-1]}", result)
    words = "did not answer in time" if result == "timeout" else "could not be reached"
    return AcquireError(f"the site {host} {words}", result)


def _why(error: Exception, host: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return f"the certificate of {host} is not trusted; on a school network, set the network's own CA file"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"the site {host} broke off its answer"
    return f"the site {host} could not be reached"
