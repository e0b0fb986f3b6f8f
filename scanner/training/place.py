"""The made-up school of a training session: its pack, its crest and the photos it keeps."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

import data
from data import Reference, School, parse_pack
from scanner.practice.draw import Picture, draw
from scanner.training.crest import crest

PHOTOS: Mapping[str, Picture] = {
    "front-gate": Picture("front-gate", "building", 1, (1200, 900)),
    "brook": Picture("brook", "water", 2, (1200, 900)),
    "summer-lawn": Picture("summer-lawn", "park", 3, (1200, 900)),
}
"""The school's own photos, drawn anew for every seed."""


@dataclass(frozen=True)
class Place:
    """A school, where it lies, and the words that texts about it are filled with."""

    school: School
    crest: bytes
    words: Mapping[str, str]
    photos: Mapping[str, bytes]

    def photo(self, name: str) -> bytes:
        """The file of one of the school's photos."""
        return self.photos[name]


def place(seed: int, rng: random.Random, *, head: str, lead: str, colleague: str, deputy: str) -> Place:
    """The school of that seed; `deputy` is one more name that its own site gives."""
    known = data.read_toml("training/places.toml")
    row = rng.choice(known["schools"])
    town, street, road = (rng.choice(known[key]) for key in ("towns", "streets", "roads"))
    slug = re.sub(r"[^a-z]", "", row["short"].lower())
    tag = "".join(word.capitalize() for word in row["short"].split())
    first, second, third = (f"01632 960{number}" for number in rng.sample(range(120, 180), 3))
    domain = f"{slug}.example"
    council = f"{town} Council"
    own, home = rng.sample(known["postcodes"], 2)
    pack = parse_pack(
        {
            "name": row["name"],
            "risky_names": [row["short"]],
            "acronyms": [row["acronym"]],
            "phase": "all-through",
            "type": "made-up school",
            "nation": "england",
            "domains": [domain],
            "handles": [f"{tag}Sch"],
            "hashtags": [f"Team{tag}", row["name"].replace(" ", "")],
            "phones": [first, second],
            "local_authority": council,
            "head": head,
            "colleagues": [head, lead, colleague, deputy],
            "uniqueness": [f"the only all-through school in {town}"],
            "professional_sites": ["ladderline.example"],
            "address": {"street": f"1 {road}", "town": town, "postcode": own},
            "references": {"logos": ["crest.png"], "photos": "photos"},
            "contacts": {
                "dsl": f"{lead}, safeguarding lead, {third}",
                "head": f"{head}, head teacher, {first}",
                "lado": f"{council} LADO, 01632 960770",
                "dpo": f"Data protection officer, dpo@{domain}",
                "union": "Your own union's representative",
                "helplines": ["A helpline for school staff, 01632 960780"],
            },
        },
        "the training school",
    )
    badge = crest(seed, row["short"], row["motto"])
    photos = _photos(seed)
    words = {
        "school": row["name"],
        "short": row["short"],
        "tag": f"Team{tag}",
        "handle": f"{tag}Sch",
        "domain": domain,
        "town": town,
        "street": street,
        "road": road,
        "head": head,
        "colleague": colleague,
        "office": f"office@{domain}",
        "reception": first,
        "fact": f"the only all-through school in {town}",
        "postcode": home,
        "water": rng.choice(known["waters"]),
        "park": rng.choice(known["parks"]),
    }
    school = School(
        pack,
        (Reference("crest", badge),),
        tuple(Reference(name, body) for name, body in photos.items()),
    )
    return Place(school, badge, words, photos)


def _photos(seed: int) -> Mapping[str, bytes]:
    return {
        name: draw(Picture(name, one.scene, seed * 977 + one.seed, one.size)).data
        for name, one in PHOTOS.items()
    }
