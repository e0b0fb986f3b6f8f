"""What the readers find on a page, before it is laid out as a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field

from detectors import Text


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a page shows: the addresses it may have been loaded from, best first."""

    addresses: tuple[str, ...]
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `author` is self or other; `extras` are its comments, tags, links and places.

    `videos` counts those it shows, `clips` are the ones of them that are files with an address.
    """

    id: str
    text: str
    kind: str = "post"
    author: str = "self"
    date: str = ""
    url: str = ""
    pictures: tuple[Picture, ...] = ()
    videos: int = 0
    clips: tuple[Picture, ...] = ()
    extras: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who a page says its owner is. `sections` are (where, text) beside the bio; `links` (label, address)."""

    display_name: str = ""
    handle: str = ""
    headline: str = ""
    bio: str = ""
    location: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    avatar: Picture | None = None
    banner: Picture | None = None
    pictures: tuple[tuple[str, Picture], ...] = ()
    comments: tuple[Text, ...] = ()
    videos: int = 0
    clips: tuple[tuple[str, Picture], ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)
