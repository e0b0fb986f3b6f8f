"""A file that may be large: pages stay in memory, archives lie on the disk without a name.

Nobody can open such a file but this program, and nothing of it stays once it was read, however that ends.
Where a system has no files without a name, it lies in a folder of its own that is removed after reading.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartParser
from starlette.requests import Request

from scanner.errors import UsageError
from scanner.saved import MAX_BYTES
from scanner.web.forms import Given, open_form
from scanner.web.visit import Visit

MAX_UPLOAD = 2_000_000_000
"""Bytes of one upload; larger downloads are for `scanner check --export`, which reads them where they lie."""
SPARE = 500_000_000
"""Bytes that must stay free on the disk."""
NAME = "your-download"
"""What sentences call the file, whose real name may hold a person's."""
ENDS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".car", ".json", ".csv", ".7z", ".rar", ".xz")

PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ")
CAR = b"eroots"
"""Stands in the first bytes of a repository as Bluesky exports it."""


class _OnDiskWhenLarge(MultiPartParser):
    spool_max_size = MAX_BYTES + 500_000  # a saved page that is read stays in memory


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came; `head` is how it begins."""

    name: str
    size: int
    head: bytes = field(repr=False)
    file: UploadFile = field(repr=False)

    @property
    def packed(self) -> bool:
        """Whether it is an archive, as data downloads are."""
        tarred = self.head[257:262] == b"ustar"
        return self.head.startswith(PACKED) or tarred or CAR in self.head[:16]

    async def read(self) -> bytes:
        """All of it."""
        await self.file.seek(0)
        return await self.file.read()

    @contextmanager
    def at_path(self) -> Iterator[Path]:
        """A path under which readers can open it, for as long as the block lasts."""
        end = next((end for end in ENDS if self.name.casefold().endswith(end)), "")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{NAME}{end}")
            _put(self.file, path)
            yield path


@asynccontextmanager
async def read_upload(request: Request, visit: Visit) -> AsyncIterator[tuple[Given, list[Upload]]]:
    """The form's fields and files; the files are gone when the block ends.

    Raises:
        UsageError: there is no room for a file of that size, or it is no form.
        Forged: it is no form of this stay.
    """
    _room_for(request.headers.get("content-length", ""))
    async with open_form(request, visit, _OnDiskWhenLarge) as (fields, files):
        yield Given(fields), [await _upload(file) for file in files]


def _room_for(declared: str) -> None:
    size = int(declared) if declared.isascii() and declared.isdigit() else 0
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if size > _OnDiskWhenLarge.spool_max_size and size + SPARE > free:
        raise UsageError(
            "there is not enough room on this computer to read a file of that size; "
            "free some space, or ask for your data again without photos and videos"
        )


async def _upload(file: UploadFile) -> Upload:
    head = await file.read(512)
    await file.seek(0)
    return Upload(file.filename or "", file.size or 0, head, file)


def _put(file: UploadFile, path: Path) -> None:
    inner: IO[bytes] = file.file
    roll = getattr(inner, "rollover", None)
    if roll:
        roll()
    open_file = Path(f"/proc/{os.getpid()}/fd/{inner.fileno()}")
    inner.flush()
    if open_file.exists():
        path.symlink_to(open_file)
        return
    inner.seek(0)
    with path.open("xb") as copy:
        shutil.copyfileobj(inner, copy)
