"""Word lists from `data/lexicons`, compiled for matching in folded text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from data import read_toml

NOTHING = r"(?!)"
BLANK = re.compile(r"\[[^\]]*\]| \?| ")
INSERTED = re.compile(r"\{(?:(\w+)\.)?([a-z_]+)\}")


@lru_cache(maxsize=32)
def lexicon(name: str) -> dict[str, Any]:
    """One lexicon file as it stands."""
    return read_toml(f"lexicons/{name}.toml")


@lru_cache(maxsize=256)
def phrases(name: str, key: str) -> re.Pattern[str]:
    """A list of phrases as one pattern on whole words.

    An entry is a regular expression over lower-case text in which a space stands for any white
    space, and `{key}` or `{file.key}` for the alternatives of another list.
    """
    return re.compile(rf"(?<![^\W_]){alternatives(name, key)}(?![^\W_])")


@lru_cache(maxsize=256)
def alternatives(name: str, key: str) -> str:
    """The phrases of one list as a single group, to be used inside a larger pattern."""
    lists = lexicon(name).get("talk", lexicon(name))
    entries = (
        INSERTED.sub(lambda m: alternatives(m[1] or name, m[2]), BLANK.sub(_white, entry))
        for entry in lists[key]
    )
    return f"(?:{'|'.join(entries) or NOTHING})"


def _white(match: re.Match[str]) -> str:
    return {" ": r"\s+", " ?": r"\s*"}.get(match[0], match[0])
