"""The facilitator's pack as one page: running order, rounds on paper, quiz, handout, sheets."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from PIL import Image

import data
from data import Pack
from scanner.advising import given
from scanner.practice.draw import Picture
from scanner.practice.people import Person
from scanner.report import environment
from scanner.training.cast import Cast, Member, Plant

ROUNDS = ("infants", "sport", "sixth", "office", "trainee", "music")
"""Who comes in the rounds, in order; the last has nothing to find."""
NARROW = 420
"""Pixels across of a printed picture."""
CONTACTS = ("dsl", "head", "lado", "dpo", "union")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture on paper, as an address that holds it."""

    href: str
    says: str


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Every word of the pack, from `data/training/pack.toml`."""
    return data.read_toml("training/pack.toml")


def pack_html(cast: Cast, *, pack: Pack, on: date) -> str:
    """The pack for one school: `pack` is theirs, the people are made up. Nothing in it is fetched."""
    policy = data.policy(pack.policy)
    known = {
        "school": pack.name,
        "dsl": pack.contacts.dsl if given(pack.contacts.dsl) else words()["no_contact"],
        "head": pack.contacts.head,
        "version": policy.version,
        "policy": policy.title,
        "made_up": cast.school.pack.name,
        "due": policy.review_due,
    }
    members = [cast.by_key[key] for key in ROUNDS]
    return (
        environment("scanner.training")
        .get_template("pack.html")
        .render(
            p=words(),
            say=lambda text: text.format_map(known),
            seed=cast.seed,
            overdue=policy.overdue(on),
            sample=bool(policy.school) and policy.school != pack.name,
            contacts=list(_contacts(pack)),
            rounds=[(member, [(one, _shots(cast, one)) for one in member.profiles]) for member in members],
            answers=[(member, list(_answers(member))) for member in members],
            lines=lambda check: lines(check, pack),
            sheets=[sheet(name) for name in words()["sheets"]],
        )
    )


def lines(check: str, pack: Pack) -> tuple[tuple[str, str], ...]:
    """The first two lines of the school's policy that a check touches: their ids and what they say."""
    cited = data.policy(pack.policy).cited(check)
    return tuple((clause.id, clause.says) for clause in cited[:2])


def sheet(platform: str) -> Mapping[str, Any]:
    """What is known about one platform, switch by switch."""
    facts, shared = data.facts(platform), data.facts("site")
    own = {flag: one for flag, one in facts.settings.items() if one != shared.settings.get(flag)}
    return {
        "name": facts.name,
        "checked": facts.checked,
        "visibility": facts.visibility,
        "settings": [one for one in own.values() if one.steps],
        "actions": facts.actions,
        "export": facts.export,
    }


def _contacts(pack: Pack) -> Iterator[tuple[str, str]]:
    roles = words()["words"]["roles"]
    for role in CONTACTS:
        if given(who := getattr(pack.contacts, role)):
            yield roles[role], who
    for line in pack.contacts.helplines:
        if given(line):
            yield roles["helplines"], line


def _answers(member: Member) -> Iterator[tuple[Plant, str]]:
    sites = {person.name: person.platform.capitalize() for person in member.profiles}
    seen = set()
    for plant in member.plants:
        if (plant.lesson, plant.title, plant.profile) not in seen:
            seen.add((plant.lesson, plant.title, plant.profile))
            yield plant, sites[plant.profile]


def _shots(cast: Cast, person: Person) -> Mapping[str, Shot]:
    """The pictures of a profile, small, by name."""
    shown: Sequence[Picture] = person.pictures() if person.state == "open" else ()
    return {picture.name: _shot(cast, picture) for picture in shown if "cover" not in picture.name}


def _shot(cast: Cast, picture: Picture) -> Shot:
    full = Image.open(io.BytesIO(cast.paint(picture).data))
    full.thumbnail((NARROW, NARROW))
    out = io.BytesIO()
    full.save(out, "JPEG", quality=72)
    return Shot("data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode(), picture.alt)
