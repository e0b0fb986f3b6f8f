"""Which pictures of an export are looked at when there are too many, and the sentence that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from detectors import Image
from scanner.exports._archive import Archive
from scanner.exports._pieces import Media
from scanner.exports._rules import Sampling

PROFILE = ("avatar", "banner")


@dataclass(frozen=True, slots=True)
class Sample:
    """The pictures that were chosen, and what to say of the others."""

    images: tuple[Image, ...] = field(default=(), repr=False)
    unreadable: int = 0
    sentence: str = ""


def choose(media: Sequence[Media], archive: Archive, rule: Sampling) -> Sample:
    """Profile pictures first, then pictures whose words matter, then the newest, each file once."""
    held = list({m.member: m for m in reversed(media)}.values())
    held.sort(key=lambda m: m.date, reverse=True)
    profile = [m for m in held if m.where in PROFILE][: rule.profile]
    rest = [m for m in held if m.where not in PROFILE]
    telling = [m for m in rest if m.caption and rule.words.search(m.caption)][: rule.telling]
    chosen = list({m.member: m for m in (*profile, *telling, *rest)}.values())[: rule.pictures]
    images, unreadable = _opened(chosen, archive, rule.size)
    looked = len(images) + unreadable
    if looked >= len(held):
        return Sample(images, unreadable)
    shown = {image.name for image in images}
    told = sum(m.member in shown for m in telling)
    return Sample(
        images,
        unreadable,
        f"Your download holds {len(held):,} pictures. We looked at {looked:,}: your profile pictures first, "
        f"then {told:,} with words that matter, such as school or class, then the newest.",
    )


def _opened(chosen: Iterable[Media], archive: Archive, most: int) -> tuple[tuple[Image, ...], int]:
    images: list[Image] = []
    seen: set[bytes] = set()
    unreadable = size = 0
    for media in chosen:
        if size >= most:
            break
        body = archive.picture(media.member)
        if not body:
            unreadable += 1
            continue
        digest = hashlib.sha256(body).digest()
        if digest in seen:
            continue
        seen.add(digest)
        size += len(body)
        images.append(Image(media.where, media.member, body, media.alt, audience=media.audience))
    return tuple(images), unreadable
