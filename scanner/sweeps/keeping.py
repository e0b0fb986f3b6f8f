"""What was read of a profile, kept in the machine's memory until the report is sealed: a kill repeats little.

Pages are never stored, so this is no file on a disk: the folder lies in memory, survives a process and no
shutdown, and holds what the person's own data key opens. Without such memory a killed process begins the
people in hand again.
"""

from __future__ import annotations

import os
import pickle
import secrets
import stat
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from detectors import Coverage, Finding, Image, Location, Mark, Snapshot, Text
from scanner.checklist import Heard
from scanner.errors import StoreError
from scanner.gathering import Looked
from scanner.sweeps.book import Book
from scanner.sweeps.model import Job

MEMORY = Path("/dev/shm")  # noqa: S108 - looked at before it is used: in memory, and the folder in it ours
MOUNTS = Path("/proc/self/mounts")
MOST_AGE = 24 * 3600.0
"""Seconds after which a profile is read anew instead."""
MOST_BYTES = 8_000_000
MOST_FILES = 400
"""Beyond these a profile is not kept."""
SHAPE = repr([[one.name for one in fields(kind)] for kind in (Looked, Snapshot, Coverage, Image)])
SHAPE += repr([[one.name for one in fields(kind)] for kind in (Text, Finding, Location, Mark, Heard)])
"""What another version of this program kept, with other fields, does not open."""


def memory_folder() -> Path | None:
    """A folder that is this machine's memory and no disk; None where there is none."""
    with suppress(OSError):
        if f" {MEMORY} tmpfs rw" in MOUNTS.read_text(encoding="utf-8") and os.access(MEMORY, os.W_OK):
            return MEMORY
    return None


class Kept:
    """What was read and is not sealed yet, by job. Everything works without a folder, and keeps nothing."""

    def __init__(self, book: Book, memory: Path | None) -> None:
        self._shelf = book.shelf
        self.folder = memory and memory / f"exposure-scanner-{self._shelf.blind('kept')}"

    def put(self, job: Job, looked: Looked) -> None:
        """Keep one; where there is no room for it, it is not."""
        folder = self.folder
        if folder is None:
            return
        plain = pickle.dumps(looked)
        part = folder / f".{secrets.token_hex(8)}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if len(plain) > MOST_BYTES or len(self._files()) >= MOST_FILES or not _is_ours(folder):
                return
            try:
                body = self._shelf.lock(job.person, plain, name=self._bound(job))
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                    stream.write(body)
                part.replace(self._file(folder, job))
            finally:
                part.unlink(missing_ok=True)

    def get(self, job: Job) -> Looked | None:
        """What was read of a job; None where nothing was, or it is too old, or not what we kept."""
        folder = self.folder
        if folder is None or not _is_ours(folder):
            return None
        file = self._file(folder, job)
        try:
            if not 0 <= time.time() - file.stat().st_mtime <= MOST_AGE:
                file.unlink()
                return None
            plain = self._shelf.unlock(job.person, file.read_bytes(), name=self._bound(job))
        except (OSError, StoreError):
            return None
        try:
            looked: Looked = pickle.loads(plain)  # noqa: S301 - it opened with this person's key: we wrote it
        except (AttributeError, ImportError, TypeError, pickle.UnpicklingError):
            return None  # another version of this program did
        return looked

    def drop(self, jobs: Iterable[Job]) -> None:
        """Forget what was kept of some jobs."""
        if self.folder is not None:
            self._remove({self._file(self.folder, job) for job in jobs})

    def tidy(self, wanted: Collection[Job] = ()) -> None:
        """Forget all but what was kept of these jobs."""
        folder = self.folder
        if folder is not None:
            self._remove({*self._files()} - {self._file(folder, job) for job in wanted})

    def _remove(self, files: Iterable[Path]) -> None:
        if self.folder is None or not _is_ours(self.folder):
            return
        with suppress(OSError):  # gone meanwhile, or not empty
            for file in files:
                file.unlink(missing_ok=True)
            self.folder.rmdir()

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return list(self.folder.iterdir()) if self.folder else []
        return []

    def _file(self, folder: Path, job: Job) -> Path:
        return folder / self._shelf.blind(job.row)

    def _bound(self, job: Job) -> str:
        return f"{job.row}/{job.url}/{SHAPE}"


def _is_ours(folder: Path) -> bool:
    """Whether a folder, in a place where anybody may put something, is one that we made, and no link."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
