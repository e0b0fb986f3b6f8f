"""Members by their names: which a pattern means, their order, and what an export's own path means."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Self
from urllib.parse import unquote

from scanner.exports._values import folded

MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|heic|heif|avif|tiff?|bmp|mp4|mov|m4v|webm|3gp|mp3|m4a|aac|ogg|wav)$"
)
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Some globs over folded names: on a file's name, on the last parts of its path, or on a folder above it.

    There is no wildcard in most of them, so names are looked up first, and each folder is judged once.
    """

    files: frozenset[str]
    globs: re.Pattern[str]
    tails: re.Pattern[str]
    folders: re.Pattern[str]
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Self:
        """`name*`, `folder/name*`, or `folder/` for all that lies in it."""
        plain = [folded(one) for one in patterns]
        inside = [one.rstrip("/") for one in plain if one.endswith("/")]
        tails = [one for one in plain if "/" in one.rstrip("/") and not one.endswith("/")]
        files = [one for one in plain if "/" not in one]
        exact = frozenset(one for one in files if not re.search(r"[*?[]", one))
        return cls(
            exact,
            re.compile(_any(rf"{_glob(one)}\Z" for one in files if one not in exact)),
            re.compile(_any(rf"(?:^|/){_glob(one)}\Z" for one in tails)),
            re.compile(_any(rf"(?:^|/){_glob(one)}(?:/|\Z)" for one in inside)),
        )

    def fit(self, name: str) -> bool:
        """Whether a folded name is meant."""
        folder, _, last = name.rpartition("/")
        if last in self.files or self.globs.match(last):
            return True
        if not folder:
            return bool(self.tails.search(name))
        if folder not in self._known:
            self._known[folder] = bool(self.folders.search(folder))
        return self._known[folder] or bool(self.tails.search(name))


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which members may be opened: `never` wins over `read`. See `data/exports/common.toml` for the form."""

    read: Patterns
    never: Patterns

    @classmethod
    def of(cls, read: Iterable[str], never: Iterable[str]) -> Self:
        """The allow-list of some patterns."""
        return cls(Patterns.of(read), Patterns.of(never))

    def fit(self, name: str) -> bool:
        """Whether a folded name may be opened."""
        return self.read.fit(name) and not self.never.fit(name)


class Index:
    """The names of an archive's members, worked out once for all readers."""

    def __init__(self, members: Iterable[str]) -> None:
        self._members = [name for name in members if not _JUNK.search(name)]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All of them in natural order."""
        return tuple(sorted(self._members, key=natural))

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Those that are no pictures or films, each with its folded form."""
        found = ((name, folded(name)) for name in self.names)
        return tuple((name, plain) for name, plain in found if not MEDIA.search(plain))

    def like(self, uri: str) -> str:
        """The member that a path means, whatever folder it was packed in; "" for none."""
        for spelt in (uri, unquote(uri)) if "%" in uri else (uri,):
            parts = folded(spelt.replace("\\", "/")).lstrip("./").split("/")
            candidates = self._by_last.get(parts[-1], ())
            if len(candidates) == 1:
                return candidates[0]
            for start in range(len(parts) if candidates else 0):
                tail = "/" + "/".join(parts[start:])
                if fitting := [name for name in candidates if ("/" + folded(name)).endswith(tail)]:
                    return min(fitting, key=len)
        return ""

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._members:
            found.setdefault(folded(name.rpartition("/")[2]), []).append(name)
        return found


@lru_cache(maxsize=512)
def patterns(*globs: str) -> Patterns:
    """The patterns a reader asks for, made once."""
    return Patterns.of(globs)


def natural(name: str) -> list[tuple[int, int | str]]:
    """A key for sorting by which `_2` comes before `_10`."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in _NUMBERS.split(name)]


def last(name: str) -> str:
    """A member's file name, shortened for a sentence."""
    return name.rsplit("/", 1)[-1][:80]


_NUMBERS = re.compile(r"(\d{1,18})")


def _any(expressions: Iterable[str]) -> str:
    return "|".join(expressions) or r"(?!)"


def _glob(pattern: str) -> str:
    glob = fnmatch.translate(pattern).removeprefix("(?s:").removesuffix(r")\Z")
    return glob.replace(".*", "[^/]*")
