"""What may be opened of each platform's export, and which pictures are looked at: read from data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import data
from scanner.exports._archive import Archive
from scanner.exports._names import MEDIA, Allowed, Patterns
from scanner.exports._values import folded


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many pictures and videos are looked at, their bytes in all, and whose words make one matter."""

    pictures: int
    size: int
    videos: int
    video_size: int
    profile: int
    telling: int
    words: re.Pattern[str]


@lru_cache(maxsize=32)
def allowed(platform: str) -> Allowed:
    """The allow-list of a platform's reader."""
    facts = of(platform)
    never = [one for kind in _common()["never"].values() for one in kind]
    return Allowed.of(facts["read"], (*never, *facts.get("never", ())))


@lru_cache(maxsize=32)
def of(platform: str) -> Mapping[str, Any]:
    """The facts file of a platform's exports."""
    return data.read_toml(f"exports/{platform}.toml")


def left_alone(archive: Archive, opened: Container[str]) -> dict[str, int]:
    """How many members were not opened, by kind; "other files" are those no list speaks of."""
    counted: Counter[str] = Counter()
    names = _common()["names"]
    for name in archive.names:
        if name not in opened:
            plain = folded(name)
            kind = next((title for title, never in _kinds() if never.fit(plain)), "")
            counted[kind or (names["media"] if MEDIA.search(plain) else names["rest"])] += 1
    if archive.refused:
        counted[names["refused"]] = len(archive.refused)
    return dict(counted)


def sampling(names: Iterable[str] = ()) -> Sampling:
    """The sampling rule; `names` are the school's, which matter in a caption too."""
    facts = _common()["sampling"]
    said = [*facts["words"], *(re.escape(name) for name in names if name)]
    words = re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)", re.IGNORECASE)
    return Sampling(
        facts["pictures"],
        facts["bytes"],
        facts["videos"],
        facts["video_bytes"],
        facts["profile"],
        facts["telling"],
        words,
    )


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, Patterns], ...]:
    return tuple((title, Patterns.of(globs)) for title, globs in _common()["never"].items())


@lru_cache(maxsize=1)
def _common() -> Mapping[str, Any]:
    return data.read_toml("exports/common.toml")
