"""A person's own data download, read on this machine: the platform is told by what is inside.

A reader is one module here without a leading underscore, plus `data/exports/<name>.toml` (what may be
opened) and a test. It defines:

    NAME            the platform's key, as reports use it
    tell(archive)   how sure it is that the archive is of its platform, 0 to 1, by content
    parse(archive)  the pieces of the profile, one after another

Both get a view of the archive that opens nothing but the members on the reader's allow-list. Readers never
fetch, never write, and never raise on odd shapes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

import data
from data import School
from detectors import Snapshot
from scanner.errors import UsageError
from scanner.exports import _rules
from scanner.exports._archive import Archive, open_archive
from scanner.exports._gather import Gathered, gather, lay_out
from scanner.exports._names import last
from scanner.exports._owner import account_of
from scanner.exports._pieces import Piece
from scanner.platforms import Account

__all__ = ["Archive", "Export", "Reader", "find", "named", "names", "open_archive", "read"]

SURE = 0.5
"""From this on a reader claims an archive."""


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str

    def tell(self, archive: Archive) -> float: ...

    def parse(self, archive: Archive) -> Iterator[Piece]: ...


@dataclass(frozen=True, slots=True)
class Export:
    """One account's part of a download.

    `ownership` is "export" where the download names the account, else "declared". `read` counts what each
    file gave, `left_alone` the files of each kind that were not opened. `people` holds names from the
    owner's lists, for the owner's screen only: it goes into no report and no store.
    """

    account: Account
    snapshot: Snapshot
    ownership: str
    read: Mapping[str, int]
    items: Mapping[str, int]
    left_alone: Mapping[str, int]
    trouble: tuple[str, ...] = ()
    sampled: str = ""
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


def names() -> tuple[str, ...]:
    """The platforms whose downloads can be read."""
    found = (name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_"))
    return tuple(sorted(found))


@lru_cache(maxsize=32)
def named(name: str) -> Reader:
    """The reader of that platform."""
    return cast("Reader", importlib.import_module(f"{__name__}.{name}"))


def find(archive: Archive) -> tuple[Reader, ...]:
    """The readers that know an archive by what is in it, the surest first; one may hold two profiles."""
    sure = [(named(name).tell(archive.view(_rules.allowed(name))), name) for name in names()]
    return tuple(
        named(name) for score, name in sorted(sure, key=lambda row: (-row[0], row[1])) if score >= SURE
    )


def read(
    path: Path,
    submitted: Sequence[Account] = (),
    *,
    school: School | None = None,
    on_step: Callable[[int], None] = lambda _: None,
) -> tuple[Export, ...]:
    """The accounts in a person's download, each as a snapshot.

    `submitted` are the profiles the person gave: where one is of the same platform, the download must be of
    it. The `school`'s names make a picture's caption matter, and its domains an address to sign in with.

    Raises:
        UsageError: the file cannot be opened, or is no download that we know.
        SubmissionError: the download is of another account than the one that was given.
    """
    with open_archive(path) as archive:
        readers = find(archive)
        if not readers:
            raise UsageError(unknown(archive))
        parts = [_part(reader, archive, on_step) for reader in readers]
        laid = [_laid(*part, submitted, school=school, source=path.name) for part in parts]
        opened = {name for _, view, _ in parts for name in view.ledger.opened}
        left = _rules.left_alone(archive, opened)
        return tuple(replace(export, left_alone=left) for export in laid)


def unknown(archive: Archive) -> str:
    """Why a file is no download that can be read, with what was looked for."""
    known = ", ".join(data.facts(name).name for name in names())
    if archive.ledger.damaged:
        which = ", ".join(sorted(map(last, archive.ledger.damaged))[:3])
        return f"{archive.name} is damaged: {which} cannot be read; download it again"
    inside = " It holds another archive; unpack it first." if _nested(archive) else ""
    return (
        f"{archive.name} is no data download that we know.{inside} We looked for the files of: {known}. "
        "Ask the platform for your data, choose JSON where you can, and give the file as it came"
    )


def _nested(archive: Archive) -> bool:
    return any(
        name.casefold().endswith((".zip", ".tar", ".tgz", ".gz", ".7z", ".rar")) for name in archive.names
    )


def _part(
    reader: Reader, archive: Archive, on_step: Callable[[int], None]
) -> tuple[Reader, Archive, Gathered]:
    view = archive.fresh(_rules.allowed(reader.NAME))
    view.say_refused()
    return reader, view, gather(reader.parse(view), view, on_step=on_step)


def _laid(
    reader: Reader,
    archive: Archive,
    found: Gathered,
    submitted: Sequence[Account],
    *,
    school: School | None,
    source: str,
) -> Export:
    account, proven = account_of(reader.NAME, found.who, submitted, source=source)
    pack = school.pack if school else None
    mail = tuple(address for address in found.sign_in if school and school.has_address(address))
    rule = _rules.sampling((pack.name, *pack.aliases, *pack.acronyms) if pack else ())
    snapshot, sample = lay_out(found, account, archive, rule)
    return Export(
        account,
        replace(snapshot, sign_in=mail),
        "export" if proven and found.items else "declared",
        read=dict(found.files),
        items={**found.kinds, "pictures": found.pictures, "videos": found.videos},
        left_alone={},
        trouble=tuple(archive.ledger.trouble),
        sampled=sample.sentence,
        people={relation: tuple(people) for relation, people in found.people.items()},
    )
