"""Which pictures and videos of an export are looked at where there are too many, and what is said of it."""

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
    """The pictures and videos that were chosen, and what to say of the other pictures."""

    images: tuple[Image, ...] = field(default=(), repr=False)
    videos: tuple[Image, ...] = field(default=(), repr=False)
    unreadable: int = 0
    sentence: str = ""


def choose(media: Sequence[Media], archive: Archive, rule: Sampling) -> Sample:
    """Profile pictures first, then what has words that matter, then the newest, each file once."""
    every = sorted({m.member: m for m in reversed(media)}.values(), key=lambda m: m.date, reverse=True)
    held = [m for m in every if not m.video]
    profile = [m for m in held if m.where in PROFILE][: rule.profile]
    rest = [m for m in held if m.where not in PROFILE]
    telling = _telling(rest, rule)[: rule.telling]
    chosen = list({m.member: m for m in (*profile, *telling, *rest)}.values())[: rule.pictures]
    images, unreadable = _opened(chosen, archive, rule.size)
    films = [m for m in every if m.video]
    films = list({m.member: m for m in (*_telling(films, rule), *films)}.values())[: rule.videos]
    videos, _ = _opened(films, archive, rule.video_size)
    looked = len(images) + unreadable
    if looked >= len(held):
        return Sample(images, videos, unreadable)
    shown = {image.name for image in images}
    told = sum(m.member in shown for m in telling)
    return Sample(
        images,
        videos,
        unreadable,
        f"Your download holds {len(held):,} pictures. We looked at {looked:,}: your profile pictures first, "
        f"then {told:,} with words that matter, such as school or class, then the newest.",
    )


def _telling(media: Iterable[Media], rule: Sampling) -> list[Media]:
    return [m for m in media if m.caption and rule.words.search(m.caption)]


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
