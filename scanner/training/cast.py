"""The people of a training session: the same lessons for every seed, told about other people each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import data
from data import School
from scanner.checklist import Answer
from scanner.practice.draw import Drawn, Picture, draw
from scanner.practice.people import Person
from scanner.training import profiles
from scanner.training.place import Place, place

PARTS = ("staff", "lessons", "chatter", "lures", "names")
Texts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plant:
    """One thing a stranger can find on a profile, and how it is put right.

    `where` is a post's id, or bio, flags; `level` is the least certainty the scanner ought to have. `shows`
    is what stands there, `safe` what could stand there instead; empty: take it away. `lesson` names its
    texts, and is "settings" for what a switch puts right.
    """

    lesson: str
    check: str
    level: Literal["finding", "question", "note"]
    profile: str
    where: str
    title: str
    fix: str
    shows: str = ""
    safe: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One made-up member of staff. A `clean` one has nothing to put right."""

    key: str
    name: str
    role: str
    phase: str
    age: int
    story: str
    clean: bool
    answers: Mapping[str, Answer]
    profiles: tuple[Person, ...]
    plants: tuple[Plant, ...]

    @property
    def first(self) -> str:
        """The given name."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Cast:
    """Everyone of one seed, and the school they work at."""

    seed: int
    place: Place
    members: tuple[Member, ...]

    @property
    def school(self) -> School:
        """The pack the scanner is given."""
        return self.place.school

    @cached_property
    def by_key(self) -> Mapping[str, Member]:
        """The members by their key in the staff file, which is the same for every seed."""
        return {member.key: member for member in self.members}

    @cached_property
    def plants(self) -> tuple[Plant, ...]:
        """Everything that is planted."""
        return tuple(plant for member in self.members for plant in member.plants)

    def paint(self, picture: Picture) -> Drawn:
        """The picture's file, with this school's crest, or made from one of its photos."""
        reference = self.place.photo(picture.like) if picture.like else b""
        return draw(picture, reference, self.place.crest)


@lru_cache(maxsize=8)
def cast(seed: int) -> Cast:
    """The people of that seed; the same each time."""
    rng = random.Random(f"cast {seed}")  # noqa: S311 - a draw of names, not a secret
    staff, lessons, chatter, lures, names = (data.read_toml(f"training/{part}.toml") for part in PARTS)
    given = rng.sample(names["given"], len(staff) + 4)
    family = rng.sample(names["family"], len(staff) + 4)
    named = [f"{one} {other}" for one, other in zip(given, family, strict=True)]
    here = place(seed, rng, head=named[-1], lead=named[-2], colleague=named[-3], deputy=named[-4])
    talk = {
        key: rng.sample([*row["posts"]], len(row["posts"])) for key, row in chatter.items() if "posts" in row
    }
    scenes = {key: row["scene"] for key, row in chatter.items()}
    quiet = rng.sample(lures["posts"], len(lures["posts"]))
    nicks = rng.sample(names["nicknames"], len(names["nicknames"]))
    members = []
    for number, (key, row) in enumerate(staff.items()):
        writer = profiles.Writer(
            key=key,
            name=named[number],
            nick=f"{nicks[number % len(nicks)]}{rng.randint(11, 98)}",
            row=row,
            place=here,
            rng=random.Random(f"cast {seed} {key}"),  # noqa: S311
            lessons=lessons,
            talk=talk,
            scenes=scenes,
            lures=quiet,
            names=names,
        )
        members.append(_member(key, writer))
    return Cast(seed, here, tuple(members))


def _member(key: str, writer: profiles.Writer) -> Member:
    row = writer.row
    made = [writer.profile(number) for number in range(len(row["profiles"]))]
    people = tuple(person for person, _ in made)
    planted = tuple(Plant(**fields) for _, plants in made for fields in plants)
    return Member(
        key=key,
        name=writer.name,
        role=row["role"],
        phase=row["phase"],
        age=row["age"],
        story=row["story"],
        clean=row.get("clean", False),
        answers=row.get("answers", {}),
        profiles=people,
        plants=(*planted, *(Plant(**fields) for fields in joined(row, people))),
    )


def joined(row: Texts, people: tuple[Person, ...]) -> Iterator[dict[str, Any]]:
    """What only two profiles together show."""
    for told in row.get("joined", ()):
        yield {
            "lesson": "joined",
            "check": "account-linkage",
            "level": told["level"],
            "profile": people[told["profile"]].name,
            "where": "any",
            "title": told["title"],
            "fix": told["fix"],
        }
