"""Snapchat: the account's name, its public profile and what it put where everyone can see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import facts, labelled, settings
from scanner.exports._pieces import Media, Note, Person, Piece, Post, Who
from scanner.exports._values import folded, when, words

NAME = "snapchat"
LOOKED_AT = 6
PRIVATE_PARTS = ("login", "device", "purchase", "interest", "web interactions", "location", "friend")
"""Beginnings of the parts of the account's own file that nothing is taken from."""


def tell(archive: Archive) -> float:
    """Sure where a file begins with Snapchat's own headings."""
    names = archive.names if archive.single else archive.named(*facts(NAME)["read"])
    marks = facts(NAME)["marks"]
    begins = [archive.peek(name, 8192) for name in names[:LOOKED_AT]]
    hits = sum(mark in text for mark in marks for text in begins)
    return 1.0 if hits > 1 else 0.7 if hits else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The account, its public profile, public stories; of everything else nothing is kept."""
    basic: dict[str, str] = {}
    public: dict[str, str] = {}
    found: list[tuple[str, Any]] = []
    seen: Counter[str] = Counter()
    for name in archive.names if archive.single else archive.named(*facts(NAME)["read"]):
        for path, value in archive.items(name):
            heads = [key for key in path if key]
            if not heads:
                continue
            if isinstance(value, dict):
                yield from _entry(path, value, seen, public)
            elif heads[0] in facts(NAME)["who"]["under"]:
                basic.setdefault(heads[-1], words(value))
            elif heads[0] in facts(NAME)["profile"]["under"]:
                public.setdefault(heads[-1], words(value))
            elif not folded(heads[0]).startswith(PRIVATE_PARTS):
                found.append((heads[-1], value))
    who = facts(NAME)["who"]
    if handle := basic.get(who["handle"], ""):
        yield Who(handle, labelled(basic, who["name"]))
    yield from _profile(public)
    yield from settings(found, NAME)
    yield Note("Snapchat's download does not say who can contact you or see your stories and your place.")


def _entry(
    path: tuple[str, ...], row: Mapping[str, Any], seen: Counter[str], public: dict[str, str]
) -> Iterator[Piece]:
    key = path[-1]
    if key in facts(NAME)["people"]:
        if name := labelled(row, ["Display Name", "Username"]):
            yield Person(facts(NAME)["people"][key], name)
    elif key in facts(NAME)["posts"]:
        seen[key] += 1
        yield from _post(key, row, seen[key])
    elif path[0] in facts(NAME)["profile"]["under"]:
        for label, value in row.items():
            public.setdefault(label, words(value))


def _post(key: str, row: Mapping[str, Any], number: int) -> Iterator[Piece]:
    """A snap that was shown to everyone; its picture is not in the download."""
    labels = facts(NAME)["posts"][key]
    ident = labelled(row, labels["id"]) or f"{folded(key).replace(' ', '-')}-{number}"
    text, date = labelled(row, labels["text"]), when(labelled(row, labels["date"]))
    url, kind = labelled(row, labels["url"]), labels.get("kind", "caption")
    if text or url or date:
        media = () if kind == "comment" else (Media("", ident, date=date),)
        yield Post(ident, text, kind, date, "public", url, media=media)


def _profile(public: Mapping[str, str]) -> Iterator[Piece]:
    labels = facts(NAME)["profile"]
    for where, kind in (("name", "display_name"), ("bio", "bio"), ("place", "location")):
        if value := labelled(public, labels[where]):
            place = {"name": "display_name", "place": "location"}.get(where, where)
            yield Text(place, kind, value, audience="public")
    for number, key in enumerate(("link", "email", "phone"), start=1):
        if value := labelled(public, labels[key]):
            url = value if value.startswith("http") else ""
            yield Text(f"link-{number}", "link", value, url=url, audience="public")
