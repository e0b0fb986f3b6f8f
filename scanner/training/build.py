"""Writes a set of made-up people to disk: school pack, profiles with pictures, and every label."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import data
from scanner.errors import UsageError
from scanner.practice.draw import Picture
from scanner.practice.people import Person
from scanner.training.cast import Cast
from scanner.training.expected import expected


def build(cast: Cast, folder: Path) -> None:
    """Write the set into a new or empty folder; `scanner inspect` reads what lies under `people`.

    Raises:
        UsageError: something is there already, or the disk says no.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; choose another --out")
    try:
        for name, body in _files(cast):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from None


def labels(cast: Cast) -> Iterator[dict[str, Any]]:
    """Every plant with its clauses, then every verdict that should come out."""
    policy = data.policy(cast.school.pack.policy)
    for plant in cast.plants:
        yield {
            "profile": plant.profile,
            "check": plant.check,
            "level": plant.level,
            "where": plant.where,
            "lesson": plant.lesson,
            "title": plant.title,
            "clauses": [clause.id for clause in policy.cited(plant.check)],
            "fix": plant.fix,
            "shows": plant.shows,
        }
    for member in cast.members:
        for one in dict.fromkeys(expected(member)):
            yield {"profile": one.profile, "check": one.check, "verdict": one.verdict}


def _files(cast: Cast) -> Iterator[tuple[str, bytes]]:
    pack = cast.school.pack.model_dump(mode="json", exclude_defaults=True)
    yield "school/school.toml", _toml(pack).encode()
    yield "school/crest.png", cast.place.crest
    for name, photo in cast.place.photos.items():
        yield f"school/photos/{name}.jpg", photo
    yield "labels.jsonl", "".join(json.dumps(row) + "\n" for row in labels(cast)).encode()
    yield "staff.json", (json.dumps([_staff(cast, key) for key in cast.by_key], indent=2) + "\n").encode()
    for member in cast.members:
        for person in member.profiles:
            if person.state != "wall":
                yield f"people/{person.name}.json", (json.dumps(_profile(person), indent=2) + "\n").encode()
                for picture in person.pictures():
                    yield f"people/{_file(picture)}", cast.paint(picture).data


def _staff(cast: Cast, key: str) -> Mapping[str, Any]:
    member = cast.by_key[key]
    return {
        "name": member.name,
        "role": member.role,
        "phase": member.phase,
        "age": member.age,
        "story": member.story,
        "clean": member.clean,
        "profiles": {person.name: person.path for person in member.profiles},
    }


def _profile(person: Person) -> Mapping[str, Any]:
    """In the form that `scanner inspect` reads; a private one gives what strangers see of it."""
    flags = {
        f"{name}_{'open' if name in {'comments', 'messages'} else 'visible'}": True for name in person.open
    }
    if person.state == "private":
        flags["private"] = True
    return {
        "platform": person.platform,
        "handle": person.handle,
        "display_name": person.display_name,
        "bio": person.bio,
        "flags": {**flags, "indexable": person.robots.startswith(("index", "all"))},
        "avatar": _file(person.avatar) if person.avatar else None,
        "banner": _file(person.banner) if person.banner else None,
        "posts": [
            {
                "id": post.id,
                "kind": "post",
                "author": "self",
                "date": post.date,
                "text": post.text,
                "images": [_file(picture) for picture in post.pictures],
            }
            for post in (person.posts if person.state == "open" else ())
        ],
    }


def _file(picture: Picture) -> str:
    return f"pictures/{picture.name}.jpg"


def _toml(table: Mapping[str, Any], inside: str = "") -> str:
    """Strings, lists of strings and one level of tables: all that a pack holds. JSON writes those alike."""
    own = [f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)]
    parts = [f"\n[{inside}{key}]\n{_toml(value)}" for key, value in table.items() if isinstance(value, dict)]
    return "\n".join([*own, *parts]) + "\n"
