"""A person's own downloads at the command line: which profiles they are of, and lists for their eyes only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import click
from rich.columns import Columns
from rich.console import Console

from data import School, facts, read_toml
from scanner.cli.common import STDERR
from scanner.errors import UsageError
from scanner.exports import Export, read
from scanner.model import Imported
from scanner.platforms import Account

MAX_FILES = 40
SHORTEST = 3
"""Names in a list from which on there is something to go through."""


@dataclass(frozen=True, slots=True)
class Taken:
    """All profiles of a check, those among them that are to be visited, and the downloads of each address."""

    accounts: tuple[Account, ...]
    visited: frozenset[str]
    exports: Mapping[str, tuple[Export, ...]] = field(repr=False)


def take_in(
    files: Sequence[Path],
    accounts: Sequence[Account],
    *,
    school: School,
    on_step: Callable[[str, str, int], None],
) -> Taken:
    """Read downloads and put each to its profile; a profile that only a download names is not visited.

    Raises:
        UsageError: a file cannot be read, or is no download that we know.
        SubmissionError: a download is of another account than the one given.
    """
    if len(files) > MAX_FILES:
        raise UsageError(f"{len(files)} downloads are too many for one check; {MAX_FILES} is the most")
    found: list[Export] = []
    for file in files:
        step = _step(file.name, on_step)
        found += read(file, accounts, school=school, on_step=step)
    found = [_settled(export, found) for export in found]
    exports: dict[str, tuple[Export, ...]] = {}
    for export in found:
        exports[export.account.url] = (*exports.get(export.account.url, ()), export)
    named = {account.url: account for account in accounts}
    more = {export.account.url: export.account for export in found if export.account.url not in named}
    visited = {url for url, account in named.items() if url not in exports or _may_visit(account)}
    return Taken((*accounts, *more.values()), frozenset(visited), exports)


def imported(exports: Sequence[Export]) -> Imported | None:
    """What the report says of a profile's downloads; None without any."""
    if not exports:
        return None
    return Imported(
        read=_summed(export.read for export in exports),
        items=_summed(export.items for export in exports),
        left_alone=_summed(export.left_alone for export in exports),
        sampled=" ".join(dict.fromkeys(export.sampled for export in exports if export.sampled)),
    )


def show_people(taken: Taken, console: Console) -> None:
    """Offer the owner's lists for going through, on this screen only; nothing of them is kept."""
    lists = list(_lists(taken))
    if not lists or not (STDERR.is_terminal and sys.stdin.isatty()):
        return
    words = _words()
    console.print(words["offer"].format(n=sum(len(people) for _, _, people in lists)), markup=False)
    if not click.confirm(words["ask"], default=False, err=True):
        return
    with console.pager():
        for line in words["advice"].splitlines():
            console.print(line, markup=False, highlight=False)
        for site, relation, people in lists:
            console.print(f"\n{site}: {relation} ({len(people)})", markup=False, highlight=False)
            console.print(Columns((_tidy(name) for name in people), padding=(0, 3)), markup=False)


def _settled(export: Export, others: Sequence[Export]) -> Export:
    """A part that names nobody belongs to the only profile on its platform that another part names."""
    if export.account.handle or export.ownership == "export":
        return export
    named = {
        other.account.url: other.account
        for other in others
        if other.account.platform == export.account.platform and other.ownership == "export"
    }
    if len(named) != 1:
        return export
    (account,) = named.values()
    return replace(
        export,
        account=account,
        snapshot=replace(export.snapshot, id=account.url, url=account.url, handle=account.handle),
    )


def _may_visit(account: Account) -> bool:
    """Whether a profile is looked at besides its download: not where the platform asks programs not to."""
    return facts(account.platform).stance not in ("export-first", "off")


def _step(name: str, on_step: Callable[[str, str, int], None]) -> Callable[[int], None]:
    return lambda done: on_step(name, "items", done)


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for key, number in part.items():
            total[key] = total.get(key, 0) + number
    return total


def _lists(taken: Taken) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for exports in taken.exports.values():
        for export in exports:
            for relation, people in export.people.items():
                if len(people) >= SHORTEST:
                    yield export.account.url, relation, tuple(sorted(people, key=str.casefold))


def _tidy(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:60]


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    words: Mapping[str, str] = read_toml("texts/exports.toml")["people"]
    return words
