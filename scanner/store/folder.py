"""What lies in a store's folder beside the database, and what any process may ask of it or leave there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scanner.errors import StoreError
from scanner.private import write_private
from scanner.store.keys import Keyring

FILE = "exposure.duckdb"
KEYS = "keys"
PENDING = "erasure-pending"
"""Rows to remove and rewrite without, left for the process that owns the database file."""


def is_store(folder: Path) -> bool:
    """Whether something is kept in that folder."""
    return (folder / FILE).exists()


def people_in(folder: Path) -> tuple[str, ...]:
    """Random ids of the people kept in a folder, also while another process owns its database."""
    return tuple(Keyring(folder / KEYS).people())


def leave_for_owner(folder: Path, tags: Mapping[str, bytes]) -> None:
    """Write down rows of somebody whose key is destroyed, by table, for the owner to remove.

    Raises:
        StoreError: the disk said no.
    """
    pending = folder / PENDING
    try:
        already = pending.read_text(encoding="ascii").split() if pending.exists() else []
        lines = [*already, *(f"{table}:{tag.hex()}" for table, tag in tags.items())]
        write_private(pending, "\n".join(lines).encode())
    except OSError as error:
        raise StoreError(
            f"the keys are destroyed, nothing can be read any more; rewriting failed: {error.strerror}"
        ) from None


@contextmanager
def left_for_owner(folder: Path) -> Iterator[Sequence[tuple[str, bytes]]]:
    """What was left, as tables and tags; forgotten when the block ends well."""
    pending = folder / PENDING
    lines = pending.read_text(encoding="ascii").split() if pending.exists() else []
    yield [(table, bytes.fromhex(tag)) for table, _, tag in (line.partition(":") for line in lines)]
    if lines:
        pending.unlink(missing_ok=True)
