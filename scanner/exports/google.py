"""Google's Takeout besides YouTube: reviews on Maps, and what Google Photos says of each picture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import audience, facts
from scanner.exports._pieces import Media, Note, Piece, Post, SignIn, Who
from scanner.exports._values import dig, folded, listed, when, words

NAME = "google"
LOOKED_AT = 6
MOST_ALBUMS = 20_000

_SIDECAR = re.compile(r"\.(?:s\w{0,11}(?:-\w{0,8})?)?(?:\(\d+\))?\.?json$", re.IGNORECASE)
_NUMBERED = re.compile(r"\((\d+)\)(?:\.s[\w-]*)?\.json$", re.IGNORECASE)
_VIDEOS = (".mp4", ".mov", ".m4v", ".3gp", ".avi", ".mkv", ".webm")


def tell(archive: Archive) -> float:
    """Sure where a member names its values as only Takeout does."""
    if archive.single:
        names = archive.names
    else:
        known = archive.named(*facts(NAME)["reviews"], *facts(NAME)["profile"])
        names = (*known[:LOOKED_AT], *archive.named(*facts(NAME)["read"])[:LOOKED_AT])
    marks = facts(NAME)["marks"]
    return 1.0 if any(mark in archive.peek(name, 16_384) for name in names for mark in marks) else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """Whose archive it is, the reviews, then the pictures with the audience of their album."""
    if archive.single:
        yield from _reviews(archive, archive.names[0])
        return
    known = facts(NAME)
    for name in archive.named(*known["profile"]):
        yield from _owner(archive, name)
    reviews = archive.named(*known["reviews"])
    for name in reviews:
        yield from _reviews(archive, name)
    albums = archive.named(*known["albums"])
    shown = {_folder(name): _of_album(archive, name) for name in albums[:MOST_ALBUMS]}
    passed = {*reviews, *albums, *archive.named(*known["profile"])}
    seen: Counter[str] = Counter()
    for name in archive.named(*known["read"]):
        if name not in passed:
            for piece in _picture(archive, name, shown.get(_folder(name), "only-me")):
                seen[piece.audience] += 1
                yield piece
    if seen["only-me"]:
        yield Note(f"{seen['only-me']} pictures lie in your own library, where nobody else sees them.")


def _owner(archive: Archive, name: str) -> Iterator[Piece]:
    told = archive.json(name)
    shown = words(dig(told, "displayName")) or words(dig(told, "name", "formattedName"))
    emails = tuple(text for one in listed(dig(told, "emails")) if (text := words(dig(one, "value"))))
    if shown and (dig(told, "name") or emails):
        yield Who(display_name=shown, also=emails)
        yield from (SignIn(email) for email in emails)


def _reviews(archive: Archive, name: str) -> Iterator[Piece]:
    for number, (path, row) in enumerate(archive.items(name), start=1):
        if path[-1:] != ("features",) or not isinstance(row, dict):
            continue
        ident, date, url = f"review-{number}", when(_found(row, "date")), _found(row, "url")
        text = _found(row, "text")
        place = ", ".join(dict.fromkeys(p for p in (_found(row, "place"), _found(row, "address")) if p))
        extras = (Text(ident, "location", place, date=date, url=url, audience="public"),) if place else ()
        if text or place:
            yield Post(ident, text, "post", date, "public", url, extras)


def _found(row: Mapping[str, Any], key: str) -> str:
    return next((text for path in facts(NAME)["review"][key] if (text := words(dig(row, *path)))), "")


def _of_album(archive: Archive, name: str) -> str:
    """Who can see an album's pictures; one that others could comment on was shared."""
    told = archive.json(name)
    inner = dig(told, "albumData") or told
    own = facts(NAME)["audience"]
    stated = audience(dig(inner, "access"), own)
    if stated != "public" and (dig(inner, "sharedAlbumComments") or dig(told, "sharedAlbumComments")):
        return "custom"
    return stated or "only-me"


def _picture(archive: Archive, name: str, shown: str) -> Iterator[Post]:
    told = archive.json(name)
    title = words(dig(told, "title"))
    if not isinstance(told, dict) or not title or dig(told, "photoTakenTime") is None:
        return
    if dig(told, "googlePhotosOrigin", "fromSharedAlbum") is not None and shown == "only-me":
        shown = "custom"
    date = when(dig(told, "photoTakenTime", "timestamp"))
    ident = name.rpartition("/")[2].removesuffix(".json")
    extras = []
    if place := _place(told):
        extras.append(Text(ident, "location", place, date=date, audience=shown))
    member = _beside(archive, name, title)
    video = (member or title).casefold().endswith(_VIDEOS)
    told_words = words(dig(told, "description"))
    media = (Media(member, ident, told_words, date, shown, video),)
    yield Post(ident, told_words, "caption", date, shown, "", tuple(extras), media)


def _place(told: Mapping[str, Any]) -> str:
    """Where a picture was taken, if that is known: Google writes 0, 0 where it is not."""
    for key in ("geoData", "geoDataExif"):
        pair = [dig(told, key, side) for side in ("latitude", "longitude")]
        if all(isinstance(number, int | float) for number in pair) and any(pair):
            return ", ".join(f"{number:.5f}" for number in pair)
    return ""


def _beside(archive: Archive, name: str, title: str) -> str:
    """The picture that a file of facts lies beside: long names are cut, doubles carry their number."""
    folder = _folder(name)
    base = name.rpartition("/")[2]
    stem, dot, suffix = title.rpartition(".")
    number = found[1] if (found := _NUMBERED.search(base)) else ""
    numbered = f"{stem}({number}){dot}{suffix}" if number else title
    for candidate in (
        numbered,
        _SIDECAR.sub("", base),
        f"{stem[:46]}{dot}{suffix}",
        f"{stem[:47]}{dot}{suffix}",
    ):
        member = archive.locate(f"{folder}/{candidate}" if folder else candidate)
        if candidate and member and folded(_folder(member)) == folded(folder):
            return member
    return ""


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
