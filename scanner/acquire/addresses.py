"""Which addresses may be contacted at all: public hosts on the web's own ports, nothing else."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import idna

from scanner.errors import SubmissionError, UsageError

Address = IPv4Address | IPv6Address
HostPort = tuple[str, int]

WEB_PORTS = frozenset({80, 443})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_URL = 8_000

# `is_global` of Python 3.11 calls several of these public, and changes between releases
_DENIED_4 = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this computer itself"),
        ("127.0.0.0/8", "this computer itself"),
        ("10.0.0.0/8", "in a private network"),
        ("172.16.0.0/12", "in a private network"),
        ("192.168.0.0/16", "in a private network"),
        ("100.64.0.0/10", "in a provider's inner network"),
        ("169.254.0.0/16", "a link-local address, as cloud servers use for their secrets"),
        ("168.63.129.16/32", "a cloud provider's inner service"),
        ("192.0.0.0/24", "set aside for inner services"),
        ("192.88.99.0/24", "a tunnel into another network"),
        ("198.18.0.0/15", "set aside for test networks"),
        ("240.0.0.0/4", "reserved"),
    )
)
_DENIED_6 = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("::/96", "this computer itself, or an old form of an IPv4 address"),
        ("::ffff:0:0:0/96", "a translated IPv4 address"),
        ("64:ff9b:1::/48", "a translated IPv4 address"),
        ("2001::/23", "a tunnel or set aside for inner services"),
        ("2001:db8::/32", "set aside for examples"),
        ("2002::/16", "a tunnel into another network"),
        ("3fff::/20", "set aside for examples"),
        ("100::/64", "set aside to discard traffic"),
        ("5f00::/16", "set aside for routing inside a network"),
        ("fc00::/7", "in a private network"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "in a private network"),
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})

_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INNER_NAME = re.compile(
    r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion)"
)


def check_url(url: str, *, allow: AbstractSet[HostPort] = frozenset()) -> None:
    """Refuse an address that must not be opened, before anything is resolved or contacted.

    `allow` holds the exact hosts and ports of `--allow-address`. What a name resolves to is
    checked by the guard, at the moment of connecting.

    Raises:
        SubmissionError: one sentence that says what is wrong with it.
    """
    host, port = host_port(url)
    check_target(host, port, allow=allow)


def host_port(url: str) -> HostPort:
    """The host of a web address in its one canonical spelling, and the port it stands for.

    Raises:
        SubmissionError: not http or https, or written in a way two readers could read differently.
    """
    if len(url) > _MAX_URL:
        raise SubmissionError(f"that address is longer than {_MAX_URL} characters")
    if " " in url or "\\" in url or not url.isprintable():
        raise SubmissionError("that address has a space, backslash or hidden character in it")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SubmissionError("that is not a web address we can read") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise SubmissionError("only addresses that begin with http:// or https:// are opened")
    if "@" in parts.netloc:
        raise SubmissionError("an address with a user name or password in it is not opened")
    return split_authority(parts.netloc, default_port=_DEFAULT_PORTS[parts.scheme])


def split_authority(text: str, *, default_port: int | None = None) -> HostPort:
    """The canonical host and the port of `host:port`.

    Raises:
        SubmissionError: no such host can exist, or a port is missing and there is no default.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        raise SubmissionError("that address has no host we can read")
    port = int(match["port"]) if match["port"] else default_port
    if port is None:
        raise SubmissionError("that address has no port")
    return canonical_host(match["host"]), port


def canonical_host(text: str) -> str:
    """Lower case, punycode, no final dot; IPv6 addresses without their brackets.

    Raises:
        SubmissionError: not a host name, or a number in any notation but four plain decimals.
    """
    if text.startswith("["):
        try:
            address = IPv6Address(text[1:-1])
        except ValueError:
            raise SubmissionError("that address has an IPv6 number we cannot read") from None
        if address.scope_id is not None:
            raise SubmissionError("an address that names a network card is not opened")
        return str(address)

    host = _to_ascii(text).lower().removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise SubmissionError(
                "that address hides a number in an unusual notation and is not opened"
            ) from None
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):  # noqa: PLR2004 - the limit of DNS
        raise SubmissionError("that address has no host name that can exist")
    return host


def check_target(host: str, port: int, *, allow: AbstractSet[HostPort] = frozenset()) -> None:
    """Refuse a canonical host and port by what is written, without resolving it.

    Raises:
        SubmissionError: a port other than the web's, a non-public number, or an inner name.
    """
    if (host, port) in allow:
        return
    if port not in WEB_PORTS:
        raise SubmissionError(f"port {port} is not opened; web pages are on port 80 or 443")
    if address := literal(host):
        if reason := refusal(address):
            raise SubmissionError(f"{host} is {reason}, and is not opened")
    elif "." not in host or _INNER_NAME.fullmatch(host):
        raise SubmissionError(f"{host} is a name inside a network, and is not opened")


def literal(host: str) -> Address | None:
    """The IP address a canonical host is, if it is one."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refusal(address: Address) -> str | None:
    """Why an IP address may not be contacted, to follow "it is"; None for a public one.

    The deny list adds to `is_global` what it misses: cloud providers' inner services, and IPv4
    addresses inside IPv6 ones.
    """
    if address.is_multicast:
        return "a multicast group"
    if isinstance(address, IPv6Address):
        return _refusal_6(address)
    for network, reason in _DENIED_4:
        if address in network:
            return reason
    return None if address.is_global else "not a public address"


def parse_allow(text: str) -> HostPort:
    """The exact host and port of one `--allow-address HOST:PORT`.

    Raises:
        UsageError: not a host and a port.
    """
    try:
        host, port = split_authority(text.strip())
    except SubmissionError:
        port = 0
    if not 0 < port <= 65535:  # noqa: PLR2004 - the highest port
        raise UsageError(f"--allow-address takes HOST:PORT, such as 127.0.0.1:8000, not {text!r}")
    return host, port


def _to_ascii(text: str) -> str:
    if text.isascii():
        return text
    if len(text) > 253:  # noqa: PLR2004 - the limit of DNS; idna is slow on long input
        raise SubmissionError("that address has no host name that can exist")
    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise SubmissionError("that address has letters no host name may have") from None


def _refusal_6(address: IPv6Address) -> str | None:
    number = int(address)
    inner = IPv4Address(number & 0xFFFFFFFF)
    if address.scope_id is not None:
        return "bound to one network card"
    if address.ipv4_mapped is not None or address in _NAT64:
        return refusal(inner)
    for network, reason in _DENIED_6:
        if address in network:
            return reason
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return "a tunnel into another network"
    if address not in _GLOBAL_UNICAST or not address.is_global:
        return "not a public address"
    return None
