"""What is known of an address without opening it: whose it is, and whether it is plainly no profile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from data import read_toml

_HOST_KINDS = ("short", "invite", "number", "chat", "wrapper", "service")
_NUMBER = re.compile(r"\d{6}")


def refusal(url: str) -> str | None:
    """Why we do not open this canonical address, in one sentence; None for what may be a profile."""
    table = _table()
    parts = urlsplit(url)
    host, path = (parts.hostname or ""), parts.path.lstrip("/")
    for kind in _HOST_KINDS:
        if kind == "number" and not _NUMBER.search(f"{path}?{parts.query}"):
            continue
        if host in table[kind]["hosts"] or (
            kind == "short" and host.removeprefix("www.") in table[kind]["hosts"]
        ):
            return str(table["kinds"][kind])
    if _under(host, table["finder"]["hosts"]):
        return str(table["kinds"]["finder"])
    if re.search(table["anywhere"]["file"], path, re.IGNORECASE):
        return str(table["anywhere"]["file_sentence"])
    for platform in table["platform"]:
        if _under(host, platform["hosts"]):
            return _on(platform, host, path, parts.query, table["kinds"])
    if re.match(table["anywhere"]["fediverse_post"], path):
        return str(table["anywhere"]["fediverse_sentence"])
    return None


def odd(url: str) -> str:
    """The sentence for an address on a known platform's host that its reader does not claim."""
    table, host = _table(), urlsplit(url).hostname or ""
    row = next(platform for platform in table["platform"] if _under(host, platform["hosts"]))
    return str(table["kinds"]["odd"]).format(name=row["name"], example=row["example"])


def owner(url: str) -> str | None:
    """The module that reads this address's host: "site" for known sites without one, None for the rest."""
    host = urlsplit(url).hostname or ""
    for platform in _table()["platform"]:
        if _under(host, platform["hosts"]):
            return str(platform.get("reader", "site"))
    return "site" if _under(host, _table()["known"]["hosts"]) else None


def key(url: str) -> str:
    """The platform's name in reports and facts, such as "pinterest"; "" for hosts without a row."""
    host = urlsplit(url).hostname or ""
    rows = (platform for platform in _table()["platform"] if _under(host, platform["hosts"]))
    return next((_key(platform) for platform in rows), "")


def keys() -> frozenset[str]:
    """The names of all platforms that have hosts of their own."""
    return frozenset(map(_key, _table()["platform"]))


def called(url: str) -> str:
    """What the platform of this address is called, as far as it has a row of its own; else ""."""
    host = urlsplit(url).hostname or ""
    found = (platform["name"] for platform in _table()["platform"] if _under(host, platform["hosts"]))
    return str(next(found, ""))


def shared(url: str) -> bool:
    """Whether the host holds many people's profiles side by side, unlike a subdomain for each."""
    host = urlsplit(url).hostname or ""
    if any(
        _under(host, platform["hosts"]) and not _apart(platform, host) for platform in _table()["platform"]
    ):
        return True
    return host.removeprefix("www.") in _table()["known"]["hosts"]


def owners() -> frozenset[str]:
    """The modules with hosts of their own."""
    return frozenset(str(platform["reader"]) for platform in _table()["platform"] if "reader" in platform)


def _key(platform: dict[str, Any]) -> str:
    return str(platform.get("key", platform["name"].lower()))


def _apart(platform: dict[str, Any], host: str) -> bool:
    """Whether this is one person's own subdomain, on hosts that give one to each."""
    return bool(platform.get("apart")) and host.removeprefix("www.") not in platform["hosts"]


def _under(host: str, known: Sequence[str]) -> bool:
    return any(host == name or host.endswith("." + name) for name in known)


def _on(platform: dict[str, Any], host: str, path: str, query: str, kinds: dict[str, str]) -> str | None:
    words = {"name": platform["name"], "example": platform["example"]}
    if not path.strip("/") and not _apart(platform, host):
        return kinds["front"].format(**words)
    for row in platform["refuse"]:
        spared = ("unless" in row and re.search(row["unless"], query) is not None) or (
            row.get("only") == "shared" and _apart(platform, host)
        )
        if re.match(row["path"], path, re.IGNORECASE) and not spared:
            return kinds[row["kind"]].format(what=row.get("what", "post"), **words)
    return None


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/refused.toml")
