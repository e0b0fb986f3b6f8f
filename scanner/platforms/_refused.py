"""Addresses that are plainly no profile of a person: posts, groups, organisations, searches."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from data import read_toml

_HOST_KINDS = ("short", "invite", "number", "service")


def refusal(url: str) -> str | None:
    """Why we do not open this canonical address, in one sentence; None for what may be a profile."""
    table = _table()
    parts = urlsplit(url)
    host, path = (parts.hostname or ""), parts.path.lstrip("/")
    for kind in _HOST_KINDS:
        if host in table[kind]["hosts"] or (
            kind == "short" and host.removeprefix("www.") in table[kind]["hosts"]
        ):
            return str(table["kinds"][kind])
    if re.search(table["anywhere"]["file"], path, re.IGNORECASE):
        return str(table["anywhere"]["file_sentence"])
    for platform in table["platform"]:
        if any(host == known or host.endswith("." + known) for known in platform["hosts"]):
            return _on(platform, path, table["kinds"])
    if re.match(table["anywhere"]["fediverse_post"], path):
        return str(table["anywhere"]["fediverse_sentence"])
    return None


def _on(platform: dict[str, Any], path: str, kinds: dict[str, str]) -> str | None:
    words = {"name": platform["name"], "example": platform["example"]}
    if not path.strip("/"):
        return kinds["front"].format(**words)
    for row in platform["refuse"]:
        if re.match(row["path"], path, re.IGNORECASE):
            return kinds[row["kind"]].format(what=row.get("what", "post"), **words)
    return None


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/refused.toml")
