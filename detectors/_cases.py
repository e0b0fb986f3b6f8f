"""Labelled texts and profiles: what each gives away, marked by the hand that wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from data import School, parse_pack, read_bytes, read_toml, stems
from detectors._model import Snapshot, Text

TEXTS = "cases/text"
PROFILES = "cases/profiles"
PARTS = "cases/parts.toml"
LINES = ("display_name", "bio", "location")
OPENED = re.compile(r"\[\[([a-z?+-]+):\s*")
CLOSED = "]]"
# the first sets were labelled for these checks alone
FIRST_CHECKS = frozenset({"employer-mention", "official-contact", "personal-contact"})


@dataclass(frozen=True, slots=True)
class Label:
    """Telling words of a text: a span, or None for anywhere. `asked`: a question is the right answer."""

    check: str
    span: tuple[int, int] | None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled text. `checks` are those it was labelled for; None stands for all of them."""

    snapshot: Snapshot
    school: str
    part: str
    writer: str
    labels: tuple[Label, ...]
    checks: frozenset[str] | None = None

    @property
    def text(self) -> Text:
        """The text itself."""
        return self.snapshot.texts[0]

    def covers(self, check: str) -> bool:
        """Whether the case says anything about a check."""
        return self.checks is None or check in self.checks


@dataclass(frozen=True, slots=True)
class ProfileCase:
    """One labelled profile: labels by place; `inferable` lists the places that give the school away."""

    snapshot: Snapshot
    school: str
    part: str
    writer: str
    labels: Mapping[str, tuple[Label, ...]]
    inferable: tuple[str, ...] | None

    @property
    def clean(self) -> bool:
        """Whether a stranger learns nothing here."""
        return self.inferable is None and not any(self.labels.values())


def cases(part: str | None = None) -> tuple[Case, ...]:
    """The labelled texts, all or those of one part ("train", "tune" or "heldout")."""
    return tuple(
        _case(line, writer, part_of(writer))
        for writer in stems(TEXTS, ".jsonl")
        if part in {None, part_of(writer)}
        for line in _lines(f"{TEXTS}/{writer}.jsonl")
    )


def profiles(part: str | None = None) -> tuple[ProfileCase, ...]:
    """The labelled profiles, all or those of one part."""
    return tuple(
        _profile(line, writer, part_of(writer))
        for writer in stems(PROFILES, ".jsonl")
        if part in {None, part_of(writer)}
        for line in _lines(f"{PROFILES}/{writer}.jsonl")
    )


def profile_texts(profile: ProfileCase) -> Iterator[Case]:
    """Each text of a profile as a case of its own."""
    for text in profile.snapshot.texts:
        alone = Snapshot(f"{profile.snapshot.id}/{text.where}", profile.snapshot.platform, texts=(text,))
        yield Case(alone, profile.school, profile.part, profile.writer, profile.labels.get(text.where, ()))


def part_of(writer: str) -> str:
    """The part a writer's cases belong to."""
    return _parts().get(writer, "train")


@lru_cache(maxsize=64)
def school(stem: str) -> School:
    """One of the invented schools the cases are about."""
    return School(parse_pack(read_toml(f"schools/{stem}.toml"), stem))


def unmarked(marked: str) -> tuple[str, tuple[Label, ...]]:
    """A text without its `[[check+check?: telling words]]` marks, and what they said."""
    pieces: list[str] = []
    labels: list[Label] = []
    length = place = 0
    while match := OPENED.search(marked, place):
        end = marked.index(CLOSED, match.end())
        while marked.startswith(CLOSED, end + 1):
            end += 1  # the telling words themselves end with a bracket
        words = marked[match.end() : end]
        pieces += [marked[place : match.start()], words]
        length += match.start() - place
        span = length, length + len(words)
        labels += [Label(name.rstrip("?"), span, name.endswith("?")) for name in match[1].split("+")]
        length, place = span[1], end + len(CLOSED)
    return "".join([*pieces, marked[place:]]), tuple(labels)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in read_bytes(name).decode().splitlines() if line.strip())


def _case(line: Mapping[str, Any], writer: str, part: str) -> Case:
    if "marked" in line:
        value, labels = unmarked(line["marked"])
        checks = None
    else:
        value, checks = line["text"], FIRST_CHECKS
        labels = tuple(
            Label(one["check"], tuple(one["span"]) if one["span"] else None) for one in line["labels"]
        )
    text = Text(line["id"], line["kind"], value, line["author"])
    snapshot = Snapshot(line["id"], line["platform"], texts=(text,))
    return Case(snapshot, line["school"], part, writer, labels, checks)


def _profile(line: Mapping[str, Any], writer: str, part: str) -> ProfileCase:
    texts: list[Text] = []
    labels: dict[str, tuple[Label, ...]] = {}
    for key in LINES:
        if line.get(key):
            value, labels[key] = unmarked(line[key])
            texts.append(Text(key, key, value))
    for post in line["posts"]:
        value, labels[post["id"]] = unmarked(post["text"])
        texts.append(Text(post["id"], post.get("kind", "post"), value, post["author"]))
    snapshot = Snapshot(
        line["id"],
        line["platform"],
        handle=line.get("handle", ""),
        display_name=unmarked(line.get("display_name") or "")[0],
        texts=tuple(texts),
    )
    told = line.get("inferable")
    evidence = tuple(told["evidence"]) if told else None
    return ProfileCase(snapshot, line["school"], part, writer, labels, evidence)


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    return {writer: part for part, writers in read_toml(PARTS).items() for writer in writers}
