"""The invented people of the practice site, read from `data/practice/people`, and what is planted on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

import data
from scanner.model import Assessment
from scanner.practice.draw import Picture

PLACES = ("bio", "avatar", "banner", "flags")
_STRENGTH = {"candidate": 0, "note": 1, "question": 2, "finding": 3}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Link(_Frozen):
    """A link as the person set it."""

    label: str
    href: str


class Reply(_Frozen):
    """What somebody else wrote under a post."""

    author: str
    text: str


class Post(_Frozen):
    """One post; `date` is as ISO 8601 writes it."""

    id: str
    date: str
    text: str
    title: str = ""
    place: str = ""
    pictures: tuple[Picture, ...] = ()
    replies: tuple[Reply, ...] = ()


class Person(_Frozen):
    """One profile. `state` is "open", "wall" (log-in page) or "private"; `extra` is the platform's own."""

    name: str
    about: str = ""
    platform: str
    handle: str
    display_name: str
    headline: str = ""
    bio: str = ""
    location: str = ""
    joined: str = "2019"
    robots: str = "noindex, nofollow"
    state: Literal["open", "wall", "private"] = "open"
    followers: int = 0
    following: int = 0
    open: tuple[Literal["followers", "following", "comments", "messages", "likes"], ...] = ()
    avatar: Picture | None = None
    banner: Picture | None = None
    links: tuple[Link, ...] = ()
    posts: tuple[Post, ...] = ()
    extra: Mapping[str, Any] = {}

    @property
    def path(self) -> str:
        """Where the profile stands on the site."""
        return f"/{self.platform}/{self.handle}"

    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the profile, avatar and banner first."""
        first = tuple(picture for picture in (self.avatar, self.banner) if picture)
        return first + tuple(picture for post in self.posts for picture in post.pictures)


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing the scanner ought to report: `where` is a post's id or one of `PLACES`.

    `also` lists other places a reader may put the same thing; `level` is the least certainty expected.
    `picture` names the picture it stands in. Unless `built`, no detector for it is expected yet.
    """

    profile: str
    check: str
    where: str
    level: Literal["finding", "question", "note"]
    shows: str
    picture: str = ""
    also: tuple[str, ...] = ()
    built: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """The scanner's answer beside the planted list.

    `unexpected_on_clean` are findings and questions about people who have nothing to change.
    """

    found: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    unexpected_on_clean: tuple[Assessment, ...]

    @property
    def agrees(self) -> bool:
        """Whether all that was planted was found, and nothing on the clean people."""
        return not self.missed and not self.unexpected_on_clean


@lru_cache(maxsize=1)
def people() -> tuple[Person, ...]:
    """Everyone on the practice site, by name."""
    folder = "practice/people"
    return tuple(
        Person.model_validate({"name": stem, **data.read_toml(f"{folder}/{stem}.toml")})
        for stem in data.stems(folder)
    )


@lru_cache(maxsize=1)
def planted() -> tuple[Planted, ...]:
    """Everything planted on the practice site, and on the bench profile."""
    rows = data.read_toml("cases/practice.toml")["planted"]
    return tuple(Planted(**{**row, "also": tuple(row.get("also", ()))}) for row in rows)


@lru_cache(maxsize=1)
def clean() -> frozenset[str]:
    """The people who must come out clean."""
    return frozenset(data.read_toml("cases/practice.toml")["clean"])


def compare(
    report_findings: Iterable[Assessment], planted: Iterable[Planted], *, built: AbstractSet[str]
) -> Comparison:
    """Hold a report's findings against the planted list.

    Planted things whose check is not among `built` are left out on both sides. A finding belongs to
    a profile by its name or by the path of its address, and must be at least as sure as planted.
    """
    findings = tuple(report_findings)
    expected = [item for item in planted if item.built and item.check in built]
    found = tuple(item for item in expected if any(_is(finding, item) for finding in findings))
    return Comparison(
        found=found,
        missed=tuple(item for item in expected if item not in found),
        unexpected_on_clean=tuple(
            finding
            for finding in findings
            if _STRENGTH[finding.level] >= _STRENGTH["question"]
            and any(_of(finding, name) for name in clean())
        ),
    )


def path_of(name: str) -> str:
    """Where a named profile stands on the site.

    Raises:
        KeyError: nobody there has that name.
    """
    return _paths()[name]


@lru_cache(maxsize=1)
def _paths() -> Mapping[str, str]:
    return {person.name: person.path for person in people()} | {"bench": "/bench/forty"}


def _is(finding: Assessment, item: Planted) -> bool:
    return (
        finding.check == item.check
        and _of(finding, item.profile)
        and _STRENGTH[finding.level] >= _STRENGTH[item.level]
        and _place(finding.location.where) in {item.where, *item.also}
    )


def _of(finding: Assessment, name: str) -> bool:
    return finding.profile == name or urlsplit(finding.profile).path.rstrip("/") == _paths().get(name)


def _place(where: str) -> str:
    """A post's id, also where a reader gives the post's whole address."""
    return where.rstrip("/").rpartition("/")[2].rpartition("#")[2]
