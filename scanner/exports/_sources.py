"""Where an export's members come from: a ZIP, a TAR, a folder or one file. Nothing is written to disk."""

from __future__ import annotations

import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from scanner.errors import UsageError
from scanner.exports import _zip
from scanner.exports._bounds import MAX_DEPTH, MAX_MEMBERS, MAX_NAME, MAX_TOTAL, MAX_UNPACKED

_OTHER_PACKING = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\xfd7zXZ\x00": "XZ",
}
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Source(Protocol):
    """What an archive needs of the place its members lie in.

    `refused` holds members that will not be opened, with the reason. `open` raises one of `FAULTS`.
    """

    @property
    def single(self) -> bool: ...

    @property
    def sizes(self) -> Mapping[str, int]: ...

    @property
    def refused(self) -> Mapping[str, str]: ...

    def open(self, name: str, /) -> IO[bytes]: ...

    def close(self) -> None: ...


def open_source(path: Path) -> Source:
    """The members of a file or folder that a person handed over.

    Raises:
        UsageError: it cannot be read, is locked, cut short, or packed in a way that is meant to do harm.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if not path.is_file():  # a pipe would keep us waiting for ever
            raise UsageError(f"{path.name} is no file that can be read; give the ZIP as it came")
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}") from None
    if not start:
        raise UsageError(f"{path.name} is empty; ask the platform for your data again")
    for sign, name in _OTHER_PACKING.items():
        if start.startswith(sign):
            raise UsageError(f"{path.name} is packed as {name}; unpack it and give the folder")
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00"):
        return _zipped(path)
    if start[257:262] == b"ustar" or start[:2] == b"\x1f\x8b" or start[:3] == b"BZh":
        return _tarred(path)
    return _File(path, {path.name: path.stat().st_size})


def safe(name: str) -> str:
    """Why a member of that name is not touched; "" where nothing speaks against it."""
    plain = name.replace("\\", "/")
    parts = plain.split("/")
    if plain.startswith("/") or _DRIVE.match(plain) or ".." in parts or _CONTROL.search(plain):
        return "its name leads out of the archive"
    if len(plain) > MAX_NAME or len(parts) > MAX_DEPTH:
        return "its name is far too long"
    return ""


@dataclass(frozen=True, slots=True)
class _Zip:
    file: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]
    sizes: Mapping[str, int]
    refused: Mapping[str, str]
    single: bool = False

    def open(self, name: str) -> IO[bytes]:
        return self.file.open(self.members[name])

    def close(self) -> None:
        self.file.close()


def _zipped(path: Path) -> Source:
    opened = _zip.opened(path)
    refused = {name: why for name in opened.members if (why := safe(name))} | dict(opened.refused)
    members = {name: member for name, member in opened.members.items() if name not in refused}
    return _Zip(opened.file, members, {name: member.file_size for name, member in members.items()}, refused)


@dataclass(frozen=True, slots=True)
class _Tar:
    file: tarfile.TarFile
    members: Mapping[str, tarfile.TarInfo]
    sizes: Mapping[str, int]
    refused: Mapping[str, str]
    single: bool = False

    def open(self, name: str) -> IO[bytes]:
        found = self.file.extractfile(self.members[name])
        if found is None:
            raise tarfile.TarError(name)
        return found

    def close(self) -> None:
        self.file.close()


def _tarred(path: Path) -> Source:
    members: dict[str, tarfile.TarInfo] = {}
    refused: dict[str, str] = {}
    limit = max(MAX_UNPACKED, 200 * path.stat().st_size)
    total = 0
    try:
        file = tarfile.open(path, "r:*")  # noqa: SIM115 - closed with the archive
        for member in file:
            total += member.size
            _within(path.name, len(members) + len(refused), total, limit)
            if member.isdir():
                continue
            if why := safe(member.name) or ("" if member.isreg() else "it is a link"):
                refused[member.name] = why
            else:
                members[member.name.removeprefix("./")] = member
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, MemoryError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UsageError(f"{path.name} cannot be read: {error.strerror}") from None
        raise UsageError(f"{path.name} is damaged or not complete; download it again") from None
    except Exception as error:  # zlib.error has no public base of its own
        if type(error).__module__ != "zlib":
            raise
        raise UsageError(f"{path.name} is damaged or not complete; download it again") from None
    return _Tar(file, members, {name: member.size for name, member in members.items()}, refused)


def _within(name: str, members: int, total: int, limit: int) -> None:
    if members >= MAX_MEMBERS or total > min(limit, MAX_TOTAL):
        raise UsageError(f"{name} holds far more than a download of your data; it was not opened")


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path
    sizes: Mapping[str, int]
    refused: Mapping[str, str]
    single: bool = False

    def open(self, name: str) -> IO[bytes]:
        return _plainly(self.root / name)

    def close(self) -> None:
        pass


def _folder(root: Path) -> Source:
    sizes: dict[str, int] = {}
    refused: dict[str, str] = {}
    for place, folders, files in os.walk(root):
        linked = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118
        for name in (*files, *linked):
            full = Path(place, name)
            short = full.relative_to(root).as_posix()
            status = full.lstat()
            if len(sizes) + len(refused) >= MAX_MEMBERS:
                raise UsageError(f"the folder {root.name} holds far more files than a download of your data")
            if stat.S_ISREG(status.st_mode) and not (why := safe(short)):
                sizes[short] = status.st_size
            else:
                refused[short] = "it is a link" if not stat.S_ISREG(status.st_mode) else why
    if not sizes:
        raise UsageError(f"the folder {root.name} holds no files")
    return _Folder(root, sizes, refused)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    sizes: Mapping[str, int]
    refused: Mapping[str, str] = field(default_factory=dict)
    single: bool = True

    def open(self, _: str) -> IO[bytes]:
        return self.path.open("rb")

    def close(self) -> None:
        pass


def _plainly(path: Path) -> IO[bytes]:
    """Open a file that must not have become a link since it was listed."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    return os.fdopen(handle, "rb")
