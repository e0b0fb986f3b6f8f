"""A school pack that somebody uploads: a zip or .toml file, opened with care, used only if it is whole."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from data import PackError, School
from scanner.errors import StoreError, UsageError
from scanner.packs import open_school

MOST_FILES = 2000
MOST_BYTES = 200_000_000
"""Bytes a pack may unpack to; what a zip file says of itself is not believed."""
PIECE = 1 << 16
TOML = "school.toml"


def take_pack(target: Path, name: str, body: bytes) -> School:
    """Unpack, check and put in the place of the old pack.

    Raises:
        PackError: it cannot be used.
        UsageError: it is no pack, or a bomb. The old pack stays in both cases.
        StoreError: the disk said no.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".pack-", dir=target.parent) as place:
            fresh = Path(place) / "fresh"
            fresh.mkdir(mode=0o700)
            if zipfile.is_zipfile(io.BytesIO(body)):
                _unpack(body, fresh)
            elif name.lower().endswith(".toml"):
                (fresh / TOML).write_bytes(body)
            else:
                raise UsageError("that is neither a zip file nor a .toml file")
            found = sorted(fresh.rglob(TOML), key=lambda file: len(file.parts))
            if not found:
                raise UsageError("there is no school.toml in that zip file")
            try:
                school = open_school(found[0].parent)
            except PackError as error:
                raise PackError(str(error).replace(f"{fresh}{os.sep}", "")) from None
            _replace(target, found[0].parent)
            return school
    except OSError as error:
        raise StoreError(f"the pack could not be written: {error.strerror}") from None


def _unpack(body: bytes, folder: Path) -> None:
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise UsageError(f"there are more than {MOST_FILES} files in that zip file")
            for member in members:
                place = _place(member, folder)
                if place is None:
                    continue
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with archive.open(member) as source, place.open("xb") as out:
                    while piece := source.read(PIECE):
                        left -= len(piece)
                        if left < 0:
                            raise UsageError(f"that zip file holds more than {MOST_BYTES // 1_000_000} MB")
                        out.write(piece)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, FileExistsError):
        raise UsageError("that zip file cannot be read") from None


def _place(member: zipfile.ZipInfo, folder: Path) -> Path | None:
    """Where a member goes; None for folders. A link becomes an ordinary small file, which harms nobody."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename or "\0" in member.filename:
        raise UsageError("that zip file has a member outside its own folder")
    return None if member.is_dir() else folder / path


def _replace(target: Path, fresh: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
