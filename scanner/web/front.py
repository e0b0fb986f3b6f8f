"""Where a school's server listens, and the rules it does not start without."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import UsageError

LOOPBACK = "127.0.0.1"
PORT = 8480
NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Front:
    """One way to listen. `secure`: browsers come over an encrypted connection, ended here or by a proxy."""

    address: str
    port: int
    hosts: frozenset[str]
    secure: bool
    cert: Path | None = None
    key: Path | None = None

    @property
    def cookie(self) -> str:
        """The name of the cookie of a stay; the prefix makes browsers refuse one that somebody else set."""
        return "__Host-scanner" if self.secure else f"scanner-{self.port}"

    @property
    def home(self) -> str:
        """The address to give to people."""
        host = next(iter(sorted(self.hosts, key=lambda one: (len(one), one))))
        return f"{'https' if self.secure else 'http'}://{host}/"


def front(
    *,
    address: str = LOOPBACK,
    port: int = 0,
    names: Sequence[str] = (),
    cert: Path | None = None,
    key: Path | None = None,
    proxy: bool = False,
) -> Front:
    """How to listen.

    Raises:
        UsageError: reports would travel in the clear, or any name would do.
    """
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise UsageError(f"{address} is not a network address such as 127.0.0.1 or 0.0.0.0") from None
    if (cert is None) != (key is None):
        raise UsageError("--cert and --key belong together; give both files")
    if cert and proxy:
        raise UsageError("give either --cert and --key, or --behind-tls-proxy, not both")
    if not loopback and not cert and not proxy:
        raise UsageError(
            f"on {address} reports would travel in the clear; give --cert and --key, or --behind-tls-proxy"
        )
    secure = cert is not None or proxy
    if secure and not names:
        raise UsageError(
            "give the name that people type into their browser, as --host scanner.school.example"
        )
    for name in names:
        if not NAME.fullmatch(name):
            raise UsageError(f"--host takes a bare name such as scanner.school.example, not {name}")
    for file in (cert, key):
        if file and not file.is_file():
            raise UsageError(f"{file} is not there")
    port = port or PORT
    return Front(address, port, _hosts(names, port, loopback=loopback and not secure), secure, cert, key)


def _hosts(names: Sequence[str], port: int, *, loopback: bool) -> frozenset[str]:
    local = {f"{LOOPBACK}:{port}", f"localhost:{port}"} if loopback else set()
    lowered = [name.lower() for name in names]
    return frozenset({*local, *lowered, *(f"{name}:{port}" for name in lowered)})
