"""What the downloads of Facebook, Instagram and Threads share: garbled text, labels, audiences, media."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from detectors import Text
from scanner.exports import _rules
from scanner.exports._archive import Archive
from scanner.exports._pieces import Media
from scanner.exports._values import dig, folded, listed, when, words

_VIDEOS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".3gp")
_VERSION = re.compile(r"_v\d+$")


def said(value: Any) -> str:
    """A text, repaired where its UTF-8 was taken for Latin-1; what is right already stays as it is."""
    if not value:
        return ""
    text = words(value)
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def labelled(value: Any, name: str) -> Any:
    """What stands under a label in any language: in a map of labels, or a list of `label` and `value`."""
    if not value:
        return None
    wanted = _labels(name)
    if isinstance(value, Mapping):
        return next((inner for key, inner in value.items() if _plain(str(key)) in wanted), None)
    for pair in listed(value):
        if _plain(words(dig(pair, "label"))) in wanted:
            found = dig(pair, "value")
            return found if found is not None else dig(pair, "timestamp_value") or dig(pair, "dict")
    return None


def value_of(value: Any, name: str) -> str:
    """The same as a repaired text, whether it stands alone or as `{"value": ...}`."""
    if not value:
        return ""
    found = labelled(value, name)
    return said(dig(found, "value") if isinstance(found, Mapping) else found)


def stamp_of(value: Any, name: str = "time") -> str:
    """The time under a label."""
    found = labelled(value, name)
    return when(dig(found, "timestamp") or dig(found, "value")) if isinstance(found, Mapping) else when(found)


def switch(value: str) -> bool | None:
    """Yes or no in the languages we know; None for anything else."""
    plain = _plain(value)
    if plain in _words("yes"):
        return True
    return False if plain in _words("no") else None


def everyone(value: str) -> bool:
    """Whether a setting says that everybody may."""
    return _plain(value) in _words("everyone")


def audience(value: Any) -> str:
    """Who may see a post, as `detectors.Text` has it; "custom" for words we do not know, "" for none."""
    if not value:
        return ""
    keys = ("description", "value", "name")
    text = value if isinstance(value, str) else next((found for k in keys if (found := dig(value, k))), "")
    plain = _plain(said(text)) if text else ""
    return _audiences().get(plain, "custom" if plain else "")


def media(archive: Archive, item: Any, *, audience: str = "") -> Media | None:
    """One picture or video that an export names by its own path; None where there is no path."""
    if not isinstance(item, dict):
        return None
    uri = item.get("uri") or item.get("path")
    if not isinstance(uri, str) or not uri or uri.startswith(("http:", "https:")):
        return None
    return Media(
        archive.locate(uri),
        caption=said(item.get("title") or item.get("caption")),
        date=when(item.get("creation_timestamp") or item.get("taken_at")),
        audience=audience,
        video=is_video(uri),
    )


def is_video(name: str) -> bool:
    """Whether a file's name is that of a video."""
    return name.endswith(_VIDEOS) or name[-5:].lower().endswith(_VIDEOS)


def place(item: Any) -> Iterator[Text]:
    """The place a post names, without its position on the map."""
    name = said(dig(item, "name") if isinstance(item, Mapping) else item)
    address = said(dig(item, "address"))
    if name:
        yield Text("", "location", f"{name}, {address}" if address and address not in name else name)


def listing(path: tuple[str, ...], platform: str) -> str:
    """The relation that a list's key stands for, whatever its version; "" for other lists."""
    known: Mapping[str, str] = _rules.of(platform)["lists"]
    return next((known[key] for part in path if (key := bare(part)) in known), "")


def bare(key: str) -> str:
    """A key without the version at its end: `comments_v2` is `comments`."""
    return _VERSION.sub("", key)


@lru_cache(maxsize=512)
def month(word: str) -> int:
    """The month that a word begins with, in any language we know; 0 for none."""
    plain = folded(word)
    fitting = [(len(start), number) for start, number in _months() if plain.startswith(start)]
    return max(fitting)[1] if fitting else 0


def _plain(label: str) -> str:
    text = said(label)
    return folded(re.sub(r"\s*\(.*?\)\s*$", "", text)).strip().rstrip(":").strip()


@lru_cache(maxsize=64)
def _labels(name: str) -> frozenset[str]:
    return frozenset(map(folded, _rules.of("meta")["labels"][name]))


@lru_cache(maxsize=8)
def _words(name: str) -> frozenset[str]:
    return frozenset(map(folded, _rules.of("meta")["words"][name]))


@lru_cache(maxsize=1)
def _audiences() -> Mapping[str, str]:
    return {folded(word): name for name, said_ in _rules.of("meta")["audiences"].items() for word in said_}


@lru_cache(maxsize=1)
def _months() -> tuple[tuple[str, int], ...]:
    return tuple(
        (folded(start), int(number))
        for number, starts in _rules.of("meta")["months"].items()
        for start in starts
    )
