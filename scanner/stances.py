"""What a platform's facts say about looking at all: whether to, what to offer first, and how old they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import data
from data import Facts
from scanner.errors import SubmissionError
from scanner.platforms import Account

OLD_MONTHS = 12
"""A report warns when the facts about one of its platforms were checked longer ago than this."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What to say before one profile is opened: why not at once, better ways, and the question."""

    account: Account
    why: str
    ways: tuple[str, ...]
    ask: str


def refuse_switched_off(accounts: Iterable[Account], *, saved: Collection[str] = ()) -> None:
    """Turn away profiles on platforms that are switched off, but for pages the person saved and gives.

    Raises:
        SubmissionError: one is switched off; the sentence gives the reason.
    """
    for account in accounts:
        facts = data.facts(account.platform)
        if facts.stance == "off" and account.url not in saved:
            raise SubmissionError(_words()["off"].format(name=facts.name, reason=facts.stance_reason))


def offers(accounts: Iterable[Account], *, saved: Collection[str] = ()) -> tuple[Offer, ...]:
    """One per profile on a platform whose data download and settings come before a visit.

    A page that the person saved and gives needs none.
    """
    return tuple(
        _offer(account, facts)
        for account in accounts
        if (facts := data.facts(account.platform)).stance == "export-first" and account.url not in saved
    )


def checklist(platform: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The settings that this platform has of its own: what open means, and the steps that close it."""
    own, shared = data.facts(platform), data.facts("site")
    return tuple(
        (setting.means, setting.steps)
        for flag, setting in own.settings.items()
        if setting != shared.settings.get(flag)
    )


def old_facts(platforms: Iterable[str], *, on: date) -> tuple[str, ...]:
    """A warning for each platform whose facts are older than `OLD_MONTHS` on that day."""
    known = {facts.name: facts for facts in map(data.facts, platforms)}
    return tuple(
        _words()["old"].format(name=name, checked=f"{date.fromisoformat(f'{facts.checked}-01'):%B %Y}")
        for name, facts in known.items()
        if facts.age(on) > OLD_MONTHS
    )


def left_out(account: Account) -> tuple[str, ...]:
    """What is said of a profile that is not opened after all: the settings to go through."""
    facts = data.facts(account.platform)
    said = [_words()["left_out"].format(url=account.url), _words()["settings"].format(name=facts.name)]
    said += [f"- {means} {' '.join(steps)}" for means, steps in checklist(account.platform)]
    return tuple(said)


def nothing_left() -> str:
    """Why a check ends where every profile was left out."""
    return _words()["nothing_left"]


def _offer(account: Account, facts: Facts) -> Offer:
    words = {"name": facts.name, "reason": facts.stance_reason, "url": account.url}
    return Offer(
        account,
        _words()["why"].format(**words),
        tuple(line.format(**words) for line in _ways(facts)),
        _words()["ask"].format(**words),
    )


def _ways(facts: Facts) -> Iterator[str]:
    yield _words()["page"]
    if facts.export:
        yield f"{_words()['export']} {' '.join(facts.export.steps)} {facts.export.link}".strip()
    yield _words()["checklist"]
    yield _words()["still"]


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = data.read_toml("texts/stances.toml")
    return words
