"""What somebody can change on a made-up profile: switches turned off, posts changed or taken away."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import data
from scanner.practice.draw import Picture
from scanner.practice.people import Person, Post
from scanner.training.cast import Member, Plant

Choice = Literal["keep", "safe", "own", "drop"]
MOST_WORDS = 500
"""Characters of a text in somebody's own words."""
FILES = frozenset({"hidden-place", "hidden-owner"})
"""Lessons about what hides in a picture's file: the picture stays, its file is cleaned."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to decide about: a switch, or a plant that can be kept, changed or taken away."""

    id: str
    plant: Plant
    choices: tuple[Choice, ...]


def changes(member: Member) -> tuple[Change, ...]:
    """Everything on a member's profiles that can be put right, in the order of the profiles."""
    return tuple(
        Change(f"{plant.profile}.{number}", plant, _choices(plant))
        for number, plant in enumerate(member.plants)
    )


def fixed(member: Member, chosen: Mapping[str, str]) -> tuple[Person, ...]:
    """The profiles after the choices, by the id of each change; what is not named is kept.

    "own:" and a text puts that text in place of what was there.
    """
    people = {person.name: person for person in member.profiles}
    for change in changes(member):
        choice, _, own = chosen.get(change.id, "keep").partition(":")
        if choice != "keep" and choice in change.choices:
            plant = replace(change.plant, safe=own[:MOST_WORDS]) if choice == "own" else change.plant
            people[plant.profile] = _apply(people[plant.profile], plant, choice)
    return tuple(people.values())


def _choices(plant: Plant) -> tuple[Choice, ...]:
    if plant.lesson == "settings":
        return ("keep", "drop")
    if plant.lesson == "joined":
        return ("keep", "safe")
    own: tuple[Choice, ...] = ("own",) if plant.lesson in _written() else ()
    safe: tuple[Choice, ...] = ("safe",) if plant.safe else ()
    return ("keep", *safe, *own, "drop")


@lru_cache(maxsize=1)
def _written() -> frozenset[str]:
    """Lessons that are a text of the person's own, so that other words can stand in its place."""
    lessons = data.read_toml("training/lessons.toml")
    return frozenset(key for key, row in lessons.items() if row.get("where") in {"post", "bio"})


def _apply(person: Person, plant: Plant, choice: str) -> Person:
    if plant.lesson == "settings":
        return _switched(person, plant.shows)
    if plant.lesson == "joined":
        return _another(person)
    if plant.where == "bio":
        return _with(person, bio="" if choice == "drop" else plant.safe)
    if plant.where.startswith("link-"):
        return _with(person, links=tuple(one for one in person.links if _bare(plant.shows) not in one.href))
    if "edits" in person.extra and plant.where == "any":
        edits = [title for title in person.extra["edits"] if title != plant.shows]
        return _with(person, extra={**person.extra, "edits": edits})
    posts = (_changed(post, plant, choice) if post.id == plant.where else post for post in person.posts)
    return _with(person, posts=tuple(post for post in posts if post is not None))


def _switched(person: Person, switch: str) -> Person:
    if switch == "listed":
        return _with(person, robots="noindex, nofollow")
    return _with(person, open=tuple(one for one in person.open if one != switch))


def _another(person: Person) -> Person:
    """The same profile under a user name and a picture that nobody knows from elsewhere."""
    rng = random.Random(f"another {person.name}")  # noqa: S311 - a name, not a secret
    handle = "".join(rng.choice("bdfglmnprst") + rng.choice("aeiou") for _ in range(4))
    avatar = Picture(f"{person.name}-new", "water", rng.randrange(1, 2**31), (420, 420))
    return _with(person, handle=handle, display_name=handle.capitalize(), avatar=avatar)


def _changed(post: Post, plant: Plant, choice: str) -> Post | None:
    if choice == "drop":
        return None
    if plant.lesson in FILES:
        clean = tuple(_clean(one) for one in post.pictures)
        return post.model_copy(update={"pictures": clean})
    return post.model_copy(update={"text": plant.safe, "replies": ()})


def _clean(picture: Picture) -> Picture:
    return replace(picture, name=f"{picture.name}-clean", gps=False, owner="")


def _bare(shows: str) -> str:
    return shows.replace(" ", "")


def _with(person: Person, **update: Any) -> Person:
    return person.model_copy(update=update)
