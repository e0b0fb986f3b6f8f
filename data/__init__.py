"""What we know that is not code; this package is the only reader of its files.

Import from here: nobody else opens a path under `data/`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from data.asking import Question
from data.policy import (
    Advice,
    CheckAdvice,
    Clause,
    Facts,
    How,
    IllegalContent,
    Policy,
    Setting,
    Severity,
    Wording,
)
from data.school import Pack, PackError, Reference, School, load_school, parse_pack

__all__ = [
    "Advice",
    "Check",
    "CheckAdvice",
    "Clause",
    "Facts",
    "How",
    "IllegalContent",
    "Level",
    "Pack",
    "PackError",
    "Policy",
    "Question",
    "Reference",
    "Rule",
    "School",
    "Setting",
    "Severity",
    "Weight",
    "Wording",
    "advice",
    "checklist",
    "checks",
    "facts",
    "folder",
    "illegal_content",
    "load_school",
    "parse_pack",
    "personal_questions",
    "policies",
    "policy",
    "read_bytes",
    "read_toml",
    "rules",
    "school_in",
    "stems",
    "weights",
]

Level = Literal["finding", "question", "note", "candidate"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Frozen):
    """One of the 22 public check names, with the words a report uses for it.

    `hides` says what its quotes never show: every number, or every word that may be a name.
    """

    id: str
    title: str
    reports: str
    looks_at: Literal["texts", "pictures", "settings"]
    hides: Literal["", "numbers", "names"] = ""
    no_picture: bool = False


class Example(_Frozen):
    """A text that a rule must hit or miss, with who says it where."""

    text: str
    kind: str = "post"
    author: str = "self"
    platform: str = "web"


class Rule(_Frozen):
    """What one detector looks for: when it is sure, when it asks, and why it matters.

    A score at or above `finding_at` is a finding, at or above `question_at` a question, below that
    a candidate that is not reported. `max_level` caps this, e.g. "note" for a past employer. A picture
    with a `no_picture` rule in it is never shown, whatever else was found there.
    """

    id: str
    check: str
    title: str
    why: str
    finding_at: float
    question_at: float
    max_level: Literal["finding", "question", "note"] = "finding"
    no_picture: bool = False
    hits: tuple[str | Example, ...] = ()
    misses: tuple[str | Example, ...] = ()

    def level(self, score: float) -> Level:
        """The certainty a score stands for."""
        if score < self.question_at:
            return "candidate"
        if self.max_level == "note":
            return "note"
        return "finding" if score >= self.finding_at and self.max_level == "finding" else "question"


class Weight(_Frozen):
    """A model file inside a pinned package; loaded only after its hash agrees.

    An `optional` one is used when its package is installed, and not missed otherwise.
    """

    id: str
    package: str
    version: str
    path: str
    sha256: str
    licence: str
    used_for: str
    optional: bool = False


def _file(name: str) -> Traversable:
    return files("data").joinpath(*name.split("/"))


def read_bytes(name: str) -> bytes:
    """The bytes of a shipped file, named relative to `data/`."""
    return _file(name).read_bytes()


def read_toml(name: str) -> dict[str, Any]:
    """A shipped TOML file, named relative to `data/`."""
    return tomllib.loads(_file(name).read_text(encoding="utf-8"))


def folder() -> Path:
    """Where the shipped files lie, for those that only a library of its own can read."""
    return Path(str(files("data")))


def stems(folder: str, suffix: str = ".toml") -> tuple[str, ...]:
    """Names without suffix of the shipped files in a folder, sorted."""
    names = (entry.name for entry in _file(folder).iterdir())
    return tuple(sorted(name[: -len(suffix)] for name in names if name.endswith(suffix)))


def school_in(name: str) -> School:
    """A shipped school pack, named relative to `data/`: a folder or a .toml file."""
    with as_file(_file(name)) as place:
        return load_school(place)


@lru_cache(maxsize=1)
def checks() -> Mapping[str, Check]:
    """All public checks by id, in the order reports use."""
    return {key: Check(id=key, **value) for key, value in read_toml("checks.toml").items()}


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Every rule of every detector, by rule id."""
    found: dict[str, Rule] = {}
    for stem in stems("rules"):
        for key, value in read_toml(f"rules/{stem}.toml").items():
            if key in found:
                raise ValueError(f"rule '{key}' stands in two rule files")
            found[key] = Rule(id=key, **value)
    return found


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Weight]:
    """Every packaged model file we load, by id."""
    return {key: Weight(id=key, **value) for key, value in read_toml("weights.toml").items()}


def policies() -> tuple[str, ...]:
    """The ids of the shipped policies."""
    return stems("policies")


@lru_cache(maxsize=16)
def policy(id: str) -> Policy:  # noqa: A002 - the word the pack uses
    """A shipped policy by its id.

    Raises:
        PackError: there is no policy of that id; the sentence names those there are.
    """
    if id not in policies():
        raise PackError(f"there is no policy '{id}'; known policies: {', '.join(policies())}")
    return Policy(id=id, **read_toml(f"policies/{id}.toml"))


@lru_cache(maxsize=1)
def advice() -> Advice:
    """What reports advise, per check."""
    return Advice.model_validate(read_toml("advice.toml"))


@lru_cache(maxsize=1)
def illegal_content() -> IllegalContent:
    """The words said instead of a finding when content may be illegal."""
    return IllegalContent.model_validate(read_toml("illegal-content.toml"))


def facts(platform: str) -> Facts:
    """What is known about a platform, by the key reports use.

    `site` stands in for every platform without a file of its own: its steps name no menus. A name
    it does not list as a kind of website is taken for a social platform.
    """
    return _facts(platform.strip().lower() or "site")


def checklist(platform: str) -> tuple[Question, ...]:
    """The questions about one profile on a platform, in the order to ask them, names not filled in.

    A platform's own questions come first. Settings it is not known to have are not asked about.
    """
    own = _questions(f"checklist/{platform}.toml") if platform in stems("checklist") else ()
    about, shared = facts(platform), facts("site")
    known = {flag for flag, setting in about.settings.items() if setting != shared.settings.get(flag)}
    if about.private_mode is False:
        known.discard("private")
    rest = (
        question
        for question in _questions("checklist/each.toml")
        if (question.sites or about.kind == "social")
        and (not question.flags or (not own and not known.isdisjoint(question.flags)))
    )
    return (*own, *rest)


def personal_questions() -> tuple[Question, ...]:
    """The questions that are asked once, about the person and not about one profile."""
    return _questions("checklist/you.toml")


@lru_cache(maxsize=32)
def _questions(name: str) -> tuple[Question, ...]:
    return tuple(Question(**value) for value in read_toml(name)["questions"])


@lru_cache(maxsize=128)
def _facts(platform: str) -> Facts:
    if platform == "site":
        return Facts.model_validate(read_toml("platforms/site.toml"))
    site = _facts("site")
    if platform in stems("platforms"):
        own = Facts.model_validate(read_toml(f"platforms/{platform}.toml"))
        return own.model_copy(update={"settings": {**site.settings, **own.settings}})
    if platform in (others := _other_names()):
        return _facts(others[platform])
    return site.model_copy(update={"name": platform.capitalize(), "kind": "social"})


@lru_cache(maxsize=1)
def _other_names() -> Mapping[str, str]:
    """The platform that each of the other names in the facts files stands for."""
    return {
        name: stem
        for stem in stems("platforms")
        for name in read_toml(f"platforms/{stem}.toml").get("also_named", ())
    }
