"""Bluesky: the repository of an account as its server hands it out, record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._car import Repository, open_repository
from scanner.exports._cbor import Broken, Link
from scanner.exports._labels import facts
from scanner.exports._pieces import Count, Flag, Media, Note, Piece, Post, Who
from scanner.exports._values import dig, listed, when, words

NAME = "bluesky"
MAX_CAR = 300_000_000
"""Bytes; a repository of a hundred thousand posts has about 60 MB."""
HIDDEN = "!no-unauthenticated"
POST = "app.bsky.feed.post"
READ = frozenset({"app.bsky.actor.profile", POST, "chat.bsky.actor.declaration"})
_MORE = frozenset({"facets", "tags"})
PICTURES = ("", ".jpg", ".jpeg", ".png", ".webp", ".gif")


def tell(archive: Archive) -> float:
    """A CAR file says so in its first bytes, and a repository names its owner soon after."""
    for name in archive.names if archive.single else archive.named("*.car")[:3]:
        start = archive.peek(name, 4096)
        if "eroots" in start[:40] and "gversion" in start and ("did:" in start or "app.bsky." in start):
            return 1.0
    return 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """Profile and posts that still stand; what was deleted, liked or blocked is left alone."""
    for name in archive.names if archive.single else archive.named("*.car"):
        try:
            repository = open_repository(archive.data(name, MAX_CAR))
        except Broken:
            archive.trouble(f"{name} holds no posts that can be read, or is damaged, so it was left out.")
            continue
        if repository.missing:
            archive.trouble(f"{repository.missing:,} posts or other parts of {name} are missing or damaged.")
        yield from _repository(archive, repository)


def _repository(archive: Archive, repository: Repository) -> Iterator[Piece]:
    did = repository.did
    yield Who(url=f"https://bsky.app/profile/{did}", also=(did,))
    counted: Counter[str] = Counter()
    lost = 0
    others = facts(NAME)["words"]
    for path, link in repository.records.items():
        kind, _, key = path.partition("/")
        counted[kind] += 1
        if kind not in READ and kind not in others:
            continue
        record = repository.load(link)
        if not isinstance(record, dict):
            lost += 1
        elif kind == POST:
            yield _post(archive, did, key, record)
        else:
            yield from _record(archive, kind, key, record)
    if lost:
        archive.trouble(f"{lost:,} records of your Bluesky download are damaged, so they were left out.")
    yield from _totals(counted)


def _record(archive: Archive, kind: str, key: str, record: Mapping[str, Any]) -> Iterator[Piece]:
    match kind:
        case "app.bsky.actor.profile":
            if key == "self":
                yield from _profile(archive, record)
        case "chat.bsky.actor.declaration":
            if allowed := words(dig(record, "allowIncoming")):
                yield Flag("messages_open", value=allowed == "all")
        case _:
            said = "\n".join(filter(None, (words(dig(record, word)) for word in facts(NAME)["words"][kind])))
            yield Post(key, said, date=when(dig(record, "createdAt")), audience="public")


def _profile(archive: Archive, record: Mapping[str, Any]) -> Iterator[Piece]:
    labels = [dig(label, "val") for label in listed(dig(record, "labels", "values"))]
    yield Flag("signed_out_visible", value=HIDDEN not in labels)
    if shown := words(dig(record, "displayName")):
        yield Who(display_name=shown)
    if bio := words(dig(record, "description")):
        yield Text("bio", "bio", bio)
    if site := words(dig(record, "website")):
        yield Text("link-1", "link", site, url=site)
    for where in ("avatar", "banner"):
        if isinstance(link := dig(record, where, "ref"), Link):
            yield Media(_file(archive, link), where)


def _post(archive: Archive, did: str, key: str, record: Mapping[str, Any]) -> Post:
    embed = record.get("embed")
    held = dig(embed, "media") or embed
    text = words(record.get("text"))
    to = words(dig(record.get("reply"), "parent", "uri"))
    return Post(
        key,
        text,
        "comment" if to and not to.startswith(f"at://{did}/") else "post",
        when(record.get("createdAt")),
        "public",
        f"https://bsky.app/profile/{did}/post/{key}",
        tuple(_extras(record, held, key, text)) if held or not _MORE.isdisjoint(record) else (),
        tuple(_media(archive, held)) if held else (),
    )


def _media(archive: Archive, held: Any) -> Iterator[Media]:
    for one in listed(dig(held, "images")):
        yield Media(_file(archive, dig(one, "image", "ref")), alt=words(dig(one, "alt")))
    if isinstance(link := dig(held, "video", "ref"), Link):
        yield Media(_file(archive, link), video=True, alt=words(dig(held, "alt")))


def _extras(record: Mapping[str, Any], held: Any, key: str, text: str) -> Iterator[Text]:
    addresses = [words(dig(held, "external", "uri"))] if held else []
    for facet in listed(record.get("facets")):
        addresses += [words(dig(feature, "uri")) for feature in listed(dig(facet, "features"))]
    for address in dict.fromkeys(filter(None, addresses)):
        if address.partition("://")[2].rstrip("/") not in text:
            yield Text(key, "link", address)
    if tags := " ".join(f"#{tag}" for tag in map(words, listed(record.get("tags"))) if tag):
        yield Text(key, "hashtags", tags)


def _file(archive: Archive, link: Any) -> str:
    """The member that holds a picture, where pictures were put beside the repository."""
    if not isinstance(link, Link):
        return ""
    return next((found for end in PICTURES if (found := archive.locate(f"{link}{end}"))), "")


def _totals(counted: Mapping[str, int]) -> Iterator[Piece]:
    yield Count("posts", counted.get(POST, 0))
    follows = counted.get("app.bsky.graph.follow", 0)
    yield Count("following", follows)
    if follows:
        yield Note("Bluesky gives whom you follow as numbers without names, so that list is not here.")
