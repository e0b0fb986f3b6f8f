"""TikTok: one JSON file, or text files (one per part), in English and Dutch labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import audience, facts, labelled, settings
from scanner.exports._pieces import Count, Flag, Media, Person, Piece, Post, SignIn, Who
from scanner.exports._values import folded, when

NAME = "tiktok"
ENOUGH_MARKS, ENOUGH_FILES = 2, 3
LINES = 2_000_000
"""Lines of one text file that are read."""

_NUMBER = re.compile(r"/(?:video|photo)/(?P<id>\d{5,30})")
_SITE = re.compile(r"^https?://(?:[\w-]+\.)*tiktok(?:v)?\.com/")
_LINE = re.compile(r"(?P<label>[^:]{1,80}):\s?(?P<value>.*)")
_HEADING = re.compile(r"[_ -]*\(?\d*\)?\.(?:txt|html)$")


def tell(archive: Archive) -> float:
    """Sure where a JSON file begins with two of TikTok's own keys, or its text files stand together."""
    marks = [f'"{mark}"' for mark in facts(NAME)["marks"]]
    names = archive.names if archive.single else archive.named(*facts(NAME)["read"])
    begins = [archive.peek(name) for name in names[:4]]
    if any(sum(mark in text for mark in marks) >= ENOUGH_MARKS for text in begins):
        return 1.0
    if any(
        _begins_with_a_part(archive, name)
        for name, text in zip(names, begins, strict=False)
        if _is_json(text)
    ):
        return 1.0
    known = frozenset(facts(NAME)["files"])
    files = {folded(name.rpartition("/")[2]) for name in archive.names} & known
    told = any(re.search(facts(NAME)["link"], text) or _settings_in(text) for text in begins)
    return (0.9 if len(files) >= ENOUGH_FILES else 0.6 if archive.single else 0.0) if told else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """What the parts hold that others can see, and the settings."""
    found = _Found()
    for name in archive.names if archive.single else archive.named(*facts(NAME)["read"]):
        if _is_json(archive.peek(name, 200)):
            yield from _from_json(archive, name, found)
        elif part := _part(name):
            yield from _from_text(archive, name, part, found)
    yield from _profile(found.profile)
    yield from settings(found.settings, NAME)
    if found.places:
        yield Flag("location_on", value=True)
    for relation, number in found.people.items():
        yield Count(relation, number)


@dataclass(slots=True)
class _Found:
    """What is collected before it can be given."""

    profile: dict[str, Any] = field(default_factory=dict)
    settings: list[tuple[str, Any]] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    number: int = 0
    places: bool = False


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \r\n\t").startswith(("{", "["))


def _begins_with_a_part(archive: Archive, name: str) -> bool:
    """Whether one of the first values lies where TikTok keeps it, which a long first list can leave alone."""
    return any(_place(path)[0] for path, _ in islice(archive.items(name), 200))


def _settings_in(text: str) -> bool:
    labels = {folded(label) for row in facts(NAME)["setting"] for label in row["labels"]}
    return any(
        (m := _LINE.match(line)) and folded(m["label"].strip()) in labels for line in text.splitlines()
    )


def _from_json(archive: Archive, name: str, found: _Found) -> Iterator[Piece]:
    for path, value in archive.items(name):
        part, key = _place(path)
        if part == "profile":
            found.profile.setdefault(key, value)
        elif part == "settings":
            found.settings.append((key, value))
        elif part and isinstance(value, dict):
            yield from _item(part, value, found)


@lru_cache(maxsize=4096)
def _place(path: tuple[str, ...]) -> tuple[str, str]:
    """Which part a value belongs to, and the key it stands under in a map."""
    for part, place in facts(NAME)["path"].items():
        if path[:1] and path[0] in place["under"]:
            if path[-1] == place["key"]:
                return part, ""
            if len(path) > 1 and path[-2] == place["key"]:
                return part, path[-1]
    return "", ""


def _from_text(archive: Archive, name: str, part: str, found: _Found) -> Iterator[Piece]:
    if part == "settings":
        for line in _lines(archive, name):
            if match := _LINE.match(line):
                found.settings.append((match["label"].strip(), match["value"]))
        return
    for record in _records(_lines(archive, name)):
        if part == "profile":
            found.profile = {**record, **found.profile}
        else:
            yield from _item(part, record, found)


def _part(name: str) -> str:
    """What a text file holds, by its name."""
    return str(facts(NAME)["text"].get(_HEADING.sub("", folded(name.rpartition("/")[2])), ""))


def _lines(archive: Archive, name: str) -> Iterator[str]:
    if not name.casefold().endswith(".html"):
        yield from islice(archive.lines(name), LINES)
        return
    soup = BeautifulSoup(archive.text(name), "lxml")
    for part in soup(["script", "style", "head"]):
        part.decompose()
    for line in soup.get_text("\n", strip=True).split("\n"):
        yield f"{line}:" if folded(line) in _labels() else line


def _records(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Records of "label: value" lines; each begins where the first label comes again.

    A line without a known label goes on with the value before it.
    """
    record: dict[str, str] = {}
    first = last = ""
    for line in lines:
        label, colon, value = line.partition(":")
        label = label.strip()
        if colon and _is_label(label):
            first = first or label
            if label == first and record:
                yield {key: value.strip() for key, value in record.items()}
                record = {}
            record[label], last = value, label
        elif last:
            record[last] += f"\n{line}"
    if record:
        yield {key: value.strip() for key, value in record.items()}


@lru_cache(maxsize=512)
def _is_label(label: str) -> bool:
    return folded(label) in _labels()


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(folded(label) for told in facts(NAME)["label"].values() for label in told)


def _item(part: str, row: Mapping[str, Any], found: _Found) -> Iterator[Piece]:
    found.number += 1
    if part in ("followers", "following"):
        found.people[part] = found.people.get(part, 0) + 1
        if user := _value(row, "user"):
            yield Person(part, user)
    elif part == "posts":
        yield from _post(row, found)
    elif part == "comments":
        if text := _value(row, "comment"):
            yield Post(f"comment-{found.number}", text, "comment", when(_value(row, "date")))
    elif part == "reviews" and (text := _value(row, "review")):
        ident, date = f"review-{found.number}", when(_value(row, "date"))
        place = _value(row, "reviewed")
        extras = (Text(ident, "location", place, date=date),) if place else ()
        yield Post(ident, text, "post", date, extras=extras)


def _post(row: Mapping[str, Any], found: _Found) -> Iterator[Piece]:
    link, date = _value(row, "link"), when(_value(row, "date"))
    number = _NUMBER.search(link)
    ident = number["id"] if number else f"post-{found.number}"
    url = link.split("?")[0] if _SITE.match(link) else ""
    shown = audience(_value(row, "audience"))
    extras = []
    for kind, label in (("location", "place"), ("alt_text", "alt"), ("caption", "sticker")):
        if text := _value(row, label):
            found.places = found.places or kind == "location"
            extras.append(Text(ident, kind, text, date=date, url=url))
    title = _value(row, "title")
    if link or date or title or extras:
        media = (Media("", ident, date=date, video=True),)
        yield Post(ident, title, "caption", date, shown, url, tuple(extras), media)


def _profile(row: Mapping[str, Any]) -> Iterator[Piece]:
    if handle := _value(row, "handle"):
        yield Who(handle.lstrip("@"), _value(row, "name"))
    if email := _value(row, "email"):
        yield SignIn(email)
    if bio := _value(row, "bio"):
        yield Text("bio", "bio", bio)
    links = [
        (name, link) for name in ("website", "instagram", "youtube", "lemon8") if (link := _value(row, name))
    ]
    for number, (name, link) in enumerate(links, start=1):
        whole = link.startswith("http")
        yield Text(f"link-{number}", "link", link if whole else f"{name} {link}", url=link if whole else "")


def _value(row: Mapping[str, Any], label: str) -> str:
    return labelled(row, facts(NAME)["label"][label])
