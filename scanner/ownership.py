"""Showing that a profile is one's own: a neutral code in the bio for some minutes."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import data
from data import Pack
from detectors import Snapshot, Text
from scanner.errors import StoreError
from scanner.gathering import Looked
from scanner.model import Submission, was_read
from scanner.private import write_private

STRENGTHS = ("declared", "code", "export")
"""Weakest first."""
SYLLABLES = 3
DIGITS = range(10, 100)
PLACES = frozenset({"bio", "headline", "display_name", "location", "link"})
FILE = "ownership-code.json"
MOST_TRIES = 1000
HIDDEN = "•"


@dataclass(frozen=True, slots=True)
class Code:
    """What is kept while a code waits: itself, until when, and its profiles as salted hashes."""

    text: str = field(repr=False)
    expires_at: datetime
    salt: str = field(repr=False)
    profiles: frozenset[str]

    def is_for(self, urls: Iterable[str], *, at: datetime) -> bool:
        """Whether it is still good, and was made for just these addresses."""
        return at < self.expires_at and self.profiles == _hashed(urls, self.salt)


def new_code(urls: Iterable[str], *, pack: Pack, at: datetime) -> Code:
    """A fresh code for these addresses: three syllables and two digits, with nothing of the school."""
    salt = secrets.token_hex(16)
    expires = at + timedelta(minutes=int(_settings()["minutes"]))
    return Code(_text(pack), expires, salt, _hashed(urls, salt))


def carries(snapshot: Snapshot, code: str) -> bool:
    """Whether the owner's own part of a profile that was read holds the code; posts do not count."""
    if not code or not was_read(snapshot.result):
        return False
    whole = re.compile(rf"(?<![^\W_]){re.escape(code)}(?![^\W_])", re.IGNORECASE)
    return any(_on_profile(t) and t.author == "self" and whole.search(t.value) for t in snapshot.texts)


def _on_profile(text: Text) -> bool:
    """Whether a text stands on the profile itself: a post may have links and a place of its own."""
    if text.kind == "link":
        return text.where.startswith("link-")
    return text.kind in PLACES and (text.kind != "location" or text.where == "location")


def shown_by(snapshot: Snapshot, submission: Submission) -> str:
    """How far a profile that was read is shown to be the person's own."""
    return "code" if carries(snapshot, submission.code) else submission.ownership


def narrow(looked: Looked, submission: Submission) -> Looked:
    """What may be said of a profile where only what is shown to be one's own is checked in full."""
    if shown_by(looked.snapshot, submission) != "declared":
        return looked
    kept, why = frozenset(_settings()["declared"]), _settings()["declared_why"]
    return replace(
        looked,
        findings=tuple(found for found in looked.findings if found.check in kept),
        not_run={**looked.not_run, **dict.fromkeys(data.checks().keys() - kept, why)},
        crops={},
        marks=(),
        narrowed=True,
    )


def weakest(strengths: Iterable[str]) -> str:
    """The strength of a report about several profiles."""
    return min(strengths, key=STRENGTHS.index, default=STRENGTHS[0])


def hide(text: str, code: str) -> str:
    """The text with the code covered, letter by letter, so that every place in it stays the same."""
    return re.sub(re.escape(code), HIDDEN * len(code), text, flags=re.IGNORECASE) if code else text


def remember(folder: Path, code: Code) -> None:
    """Keep a code until it is used or out of date, in a file that only its owner can read.

    Raises:
        StoreError: the disk said no.
    """
    kept = {
        "code": code.text,
        "expires_at": code.expires_at.isoformat(),
        "salt": code.salt,
        "profiles": sorted(code.profiles),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / FILE, json.dumps(kept).encode())
    except OSError as error:
        raise StoreError(f"the code could not be kept in {folder}: {error.strerror}") from None


def recall(folder: Path, urls: Sequence[str], *, at: datetime) -> Code | None:
    """The code that waits for these addresses. One that is out of date or damaged is removed on the way."""
    file = folder / FILE
    try:
        kept = json.loads(file.read_bytes())
        expires = datetime.fromisoformat(kept["expires_at"])
        code = Code(str(kept["code"]), expires, str(kept["salt"]), frozenset(map(str, kept["profiles"])))
        good = at < code.expires_at
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        forget(folder)
        return None
    return code if code.is_for(urls, at=at) else None


def forget(folder: Path) -> None:
    """Remove the code that waits, if there is one."""
    (folder / FILE).unlink(missing_ok=True)


def _text(pack: Pack) -> str:
    syllables = _settings()["syllables"]
    names = "".join(filter(str.isalnum, " ".join((pack.name, *pack.aliases, *pack.acronyms)).casefold()))
    for _ in range(MOST_TRIES):
        word = "".join(secrets.choice(syllables) for _ in range(SYLLABLES))
        if word not in names and not any(rude in word for rude in _settings()["avoid"]):
            return f"{word}{secrets.choice(DIGITS)}"
    raise AssertionError("every code is avoided: look at data/ownership.toml")


def _hashed(urls: Iterable[str], salt: str) -> frozenset[str]:
    return frozenset(hashlib.sha256(f"{salt}\n{url}".encode()).hexdigest() for url in urls)


@lru_cache(maxsize=1)
def _settings() -> dict[str, Any]:
    return data.read_toml("ownership.toml")
