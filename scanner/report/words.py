"""Words for the report, and hostile words made harmless before they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import data

MAX_TEXT = 600
MAX_URL = 2000
SHOWN_URL = 64
MAX_MARKS = 3
"""Combining marks kept on one letter; more of them draw over the lines around."""

SENSITIVE_MARKS = re.compile(r"\[[a-z ]+\]")
"""What stands in a quote for covered words, such as [name]."""

JOINERS = frozenset("\u200c\u200d")
"""Format characters that some scripts and emoji need; every other one is dropped, direction marks too."""


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Any]:
    """Every word of the report, from `data/texts/report.toml`."""
    return data.read_toml("texts/report.toml")


def tidy(value: object, limit: int = MAX_TEXT) -> str:
    """Text from a page as one calm line: no control or direction characters, no piled marks, no flood."""
    kept: list[str] = []
    marks = 0
    for character in str(value)[: limit * 4]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category[0] == "Z" or character in "\n\r\t":
            kept.append(" ")
        elif (category[0] != "C" or character in JOINERS) and marks <= MAX_MARKS:
            kept.append(character)
    line = re.sub(r" +", " ", "".join(kept)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_href(url: str) -> str:
    """The address if a report may link to it, else nothing.

    Only http and https with a host; no user name in front of the host, which can dress one site up
    as another.
    """
    if len(url) > MAX_URL or re.search(r"[\s\x00-\x20\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in url:
        return ""
    return url


def shown_url(url: str) -> str:
    """An address to read: without scheme, letters of other scripts in the host spelled out, cut to fit."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode("ascii") if parts.netloc else ""
    except (ValueError, UnicodeError):
        return tidy(url, SHOWN_URL)
    rest = url.split(parts.netloc, 1)[1] if parts.netloc and parts.netloc in url else url
    return tidy((host.removeprefix("www.") + rest).rstrip("/"), SHOWN_URL)


def day(value: date) -> str:
    """A date as people write it: 3 March 2026."""
    return f"{value.day} {value:%B %Y}"


def month(value: str) -> str:
    """A month written YYYY-MM as people write it: January 2025."""
    return f"{date.fromisoformat(value + '-01'):%B %Y}"


def day_of(value: str) -> str:
    """A post's own date as people write it, or as the page wrote it if that is no ISO date."""
    try:
        return day(date.fromisoformat(value[:10]))
    except ValueError:
        return tidy(value, 40)


def amount(texts_: Mapping[str, str], key: str, n: int) -> str:
    """'1 post' or '{n} posts', from the texts `<key>_one` and `<key>_many`."""
    return texts_[f"{key}_one"] if n == 1 else texts_[f"{key}_many"].format(n=n)
