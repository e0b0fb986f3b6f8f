"""A page taken apart, and small questions the readers ask about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from scanner.platforms._head import Head
from scanner.platforms._seam import Account


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page taken apart: whole tree, own tree, the elements that are posts and who signs them, its head."""

    whole: BeautifulSoup
    mine: BeautifulSoup
    roots: Sequence[Tag]
    head: Head
    base: str
    account: Account
    card: Mapping[str, Any]
    signed: Sequence[str] = ()


def folded(text: str) -> str:
    """A name as compared: lower case, single spaces, without "by"."""
    return " ".join(
        re.sub(r"^(?:posted |written )?by\s+", "", text.strip(), flags=re.IGNORECASE).casefold().split()
    )


def holds(part: Tag, areas: Sequence[Tag]) -> bool:
    """Whether an element holds the first of some areas."""
    return any(parent is part for area in areas[:1] for parent in area.parents)


def within(part: PageElement, areas: Sequence[Tag]) -> bool:
    """Whether an element lies inside one of some areas; an area is not inside itself."""
    known = {id(area) for area in areas if area is not part}
    return any(id(parent) in known for parent in part.parents)
