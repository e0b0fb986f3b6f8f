"""The bench profile: forty posts and thirty large pictures, the same every time, for measuring speed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

import data
from scanner.practice.draw import Picture
from scanner.practice.people import Person, Post

PICTURE_SIZE = (1280, 960)
LATENCY = 0.02  # seconds, as in the reference measurement
_SCENES = ("park", "food", "dog", "water", "building", "person", "group")


@lru_cache(maxsize=1)
def bench() -> Person:
    """The bench profile, at /bench/forty."""
    facts = data.read_toml("practice/bench.toml")
    special = {row["id"]: row for row in facts["special"]}
    rng = np.random.default_rng(40)
    posts = [_post(place, facts["lines"], special, rng) for place in range(1, 41)]
    return Person(
        name="bench",
        platform="bench",
        handle="forty",
        display_name=facts["display_name"],
        bio=facts["bio"],
        robots="index, follow",
        followers=210,
        following=198,
        posts=tuple(posts),
        extra={"batch": 10, "template": "fernpost"},
    )


def _post(place: int, lines: list[str], special: dict[str, dict[str, str]], rng: np.random.Generator) -> Post:
    """Three posts of four carry a picture."""
    name = f"f{place:02}"
    extra = special.get(name, {})
    picture = {
        "name": name,
        "scene": _SCENES[int(rng.integers(len(_SCENES)))],
        "seed": 400 + place,
        "size": PICTURE_SIZE,
        "alt": "",
        **extra.get("picture", {}),  # type: ignore[dict-item]
    }
    return Post(
        id=name,
        date=f"2024-{6 - (place - 1) // 8:02}-{28 - (place - 1) % 8 * 3:02}T18:30:00+01:00",
        text=extra.get("text", lines[(place - 1) % len(lines)]),
        pictures=(Picture(**picture),) if place % 4 else (),  # type: ignore[arg-type]
    )
