"""What the words in exports mean: labels in several languages, switches, who can see a thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from data import read_toml
from scanner.exports._pieces import Flag, Note
from scanner.exports._values import folded, words

_KEPT_SHUT = frozenset({"private"})
"""Flags that are good news: with two settings for one of them, both must say so."""


@lru_cache(maxsize=32)
def facts(platform: str) -> Mapping[str, Any]:
    """The file of labels of a reader, or "words" for those they share."""
    return read_toml(f"exports/{platform}.toml")


def labelled(row: Mapping[str, Any], labels: Sequence[str]) -> str:
    """What stands in a row under the first of these labels that says something, case aside."""
    if labels and labels[0] in row and ((text := words(row[labels[0]])) or len(labels) == 1):
        return text
    for key in _keys(tuple(row), tuple(labels)):
        if text := words(row[key]):
            return text
    return ""


def audience(value: Any, own: Mapping[str, str] | None = None) -> str:
    """Who can see a thing, in the words of `detectors.Text`; "" where the word is not known."""
    word = folded(words(value))
    mine = next((name for key, name in (own or {}).items() if _plain(key) == word), "")
    return mine or _audiences().get(word, "")


def switch(value: Any) -> bool | None:
    """Whether a setting is on, or open to everyone; None for a word that is not known."""
    word = "true" if value is True else "false" if value is False else folded(words(value))
    return True if word in _switches()[0] else False if word in _switches()[1] else None


def settings(found: Iterable[tuple[str, Any]], platform: str) -> Iterator[Flag | Note]:
    """The flags that settings stand for, by the `setting` tables of the reader's file.

    Where two settings stand for one flag, it is open as soon as one of them is. A known setting with
    an unknown word gives a sentence, so that it is not taken for closed.
    """
    names = {folded(label): str(row["flag"]) for row in facts(platform)["setting"] for label in row["labels"]}
    flags: dict[str, bool] = {}
    for label, value in found:
        flag = names.get(folded(label.strip()))
        if flag is None or not (isinstance(value, bool) or words(value)):
            continue
        is_on = switch(value)
        if is_on is None:
            yield Note(f"The setting \u201c{label.strip()}\u201d holds a word that is not known here.")
            continue
        known = flags.get(flag, is_on)
        flags[flag] = (known and is_on) if flag in _KEPT_SHUT else (known or is_on)
    for flag, is_on in flags.items():
        yield Flag(flag, is_on)


@lru_cache(maxsize=4096)
def _keys(present: tuple[str, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
    """Which keys of a row carry these labels, in the order of the labels; rows of one list share keys."""
    by_name = {folded(key): key for key in reversed(present)}
    return tuple(by_name[name] for label in labels if (name := folded(label)) in by_name)


@lru_cache(maxsize=256)
def _plain(label: str) -> str:
    return folded(label)


@lru_cache(maxsize=1)
def _audiences() -> Mapping[str, str]:
    return {folded(word): name for name, told in facts("words")["audience"].items() for word in told}


@lru_cache(maxsize=1)
def _switches() -> tuple[frozenset[str], frozenset[str]]:
    on, off = (frozenset(folded(word) for word in facts("words")[name]) for name in ("on", "off"))
    return on, off
