"""What a reader finds in an export, piece by piece, before it is laid out as a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from detectors import Text


@dataclass(frozen=True, slots=True)
class Who:
    """Whose export it is. `also` holds other handles, numbers or addresses of the same account."""

    handle: str = ""
    display_name: str = ""
    url: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or video in the archive. `member` "" says that the export names one it does not hold."""

    member: str
    where: str = ""
    caption: str = ""
    date: str = ""
    audience: str = ""
    video: bool = False
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One post, caption or comment with what belongs to it. `audience` is as in `detectors.Text`."""

    id: str
    text: str = ""
    kind: str = "post"
    date: str = ""
    audience: str = ""
    url: str = ""
    extras: tuple[Text, ...] = ()
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A setting that was positively read, by the names reports use."""

    name: str
    value: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A number the export states: posts, followers, following or images."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a list such as "followers": shown to the owner, never kept, never scored."""

    relation: str
    name: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """An e-mail address the account is run with. Nobody sees it, so it counts only if it is the school's."""

    value: str


@dataclass(frozen=True, slots=True)
class Note:
    """A plain sentence on what could not be seen."""

    sentence: str


Piece: TypeAlias = Who | Post | Media | Text | Flag | Count | Person | SignIn | Note
