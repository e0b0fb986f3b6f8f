"""Opening a ZIP that may be hostile: its table of contents is judged before it is trusted."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanner.errors import UsageError
from scanner.exports._bounds import MAX_DIRECTORY, MAX_MEMBERS, MAX_RATIO, RATIO_FROM

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30
_UTF8, _LOCKED = 0x800, 0x1
AGAIN = "again"
"""The folder under which members are refused whose name another one has."""
_LONGEST_REMARK = 65_535
_64 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Opened:
    """An open ZIP: its members by their tidy names, and those that will not be opened, with the reason."""

    file: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]
    refused: Mapping[str, str]


def opened(path: Path) -> Opened:
    """The members of a ZIP.

    Raises:
        UsageError: it is cut short, damaged, locked with a password, or built to do harm.
    """
    try:
        with path.open("rb") as file:
            _count(file, path.name)
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError, EOFError):
        raise UsageError(f"{path.name} is damaged or not complete; download it again") from None
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror or 'it is damaged'}") from None
    try:
        _apart(archive, path.name)
        return _sorted(archive, path.name)
    except UsageError:
        archive.close()
        raise


def _count(file: BinaryIO, name: str) -> None:
    """Count the entries of the table of contents before anything is made of them."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_REMARK - _END.size - _LOCATOR.size))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise zipfile.BadZipFile
    _, disk, _, _, _, length, offset, _ = _END.unpack_from(tail, place)
    end = size - len(tail) + place
    if place >= _LOCATOR.size and tail[place - _LOCATOR.size :][:4] == b"PK\x06\x07":
        _, _, where, _ = _LOCATOR.unpack_from(tail, place - _LOCATOR.size)
        if where > size - _END_64.size:
            raise zipfile.BadZipFile
        file.seek(where)
        found = _END_64.unpack(file.read(_END_64.size))
        length, end = found[8], where
    elif _64 in (length, offset):
        raise zipfile.BadZipFile
    if disk not in (0, 0xFFFF):
        raise UsageError(f"{name} is one part of several; give the whole ZIP or the unpacked folder")
    if length > end:
        raise zipfile.BadZipFile
    if length <= MAX_DIRECTORY:
        file.seek(end - length)
        if file.read(length).count(_ENTRY) <= MAX_MEMBERS:
            return
    raise UsageError(f"{name} holds far more files than a download of your data; it was not opened")


def _apart(archive: zipfile.ZipFile, name: str) -> None:
    """Members that lie over each other unpack the same bytes again and again."""
    end = archive.start_dir
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset, reverse=True):
        start = member.header_offset
        if start < 0 or start + _LOCAL_HEADER + member.compress_size > end:
            raise UsageError(f"{name} is built in a way that only harmful archives are; it was not opened")
        end = start


def _sorted(archive: zipfile.ZipFile, name: str) -> Opened:
    members: dict[str, zipfile.ZipInfo] = {}
    refused: dict[str, str] = {}
    locked = 0
    for member in archive.infolist():
        if member.is_dir():
            continue
        tidy = _named(member).removeprefix("./")
        if tidy in members:
            refused[f"{AGAIN}/{tidy}"] = "its name is there twice"
            continue
        members[tidy] = member
        mode = member.external_attr >> 16
        if stat.S_ISLNK(mode):
            refused[tidy] = "it is a link"
        elif member.flag_bits & _LOCKED:
            locked += 1
            refused[tidy] = "it is locked with a password"
        elif member.file_size > max(RATIO_FROM, MAX_RATIO * member.compress_size):
            refused[tidy] = "it is packed far too tightly"
    if locked and locked == len(members):
        raise UsageError(f"{name} is locked with a password; unpack it and give the folder")
    if not members:
        raise UsageError(f"{name} is an empty archive; ask the platform for your data again")
    return Opened(archive, members, refused)


def _named(member: zipfile.ZipInfo) -> str:
    """The member's name; some packers write UTF-8 without saying so."""
    name = member.filename
    if not member.flag_bits & _UTF8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name
