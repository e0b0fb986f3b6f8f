"""Puts a report into a private folder: everything or nothing, and never over something else."""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf

import data
from data import Pack
from scanner.errors import DeliveryError, UsageError
from scanner.model import Report
from scanner.report.html import to_html
from scanner.report.record import CardFigure, to_json

PASSPHRASE_WORDS = 4
MAX_REPORTS_A_DAY = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """Where the report lies. `passphrase` opens the encrypted PDF; it is kept nowhere, so show it once."""

    folder: Path
    files: tuple[str, ...]
    passphrase: str = field(default="", repr=False)


def write(
    report: Report,
    folder: Path,
    *,
    pdf: bytes | None,
    encrypt: bool = False,
    pack: Pack | None = None,
    card: Mapping[str, CardFigure] | None = None,
    version: str = "",
    practice: bool = False,
) -> Written:
    """Write `report.html`, `report.json` and, when printed, `report.pdf`, readable by their owner alone.

    With `encrypt` the PDF is AES-256 under a passphrase made here; the other two stay readable.

    Raises:
        UsageError: the folder is not empty, or is no folder; nothing was written.
        DeliveryError: there is no PDF to encrypt, or the disk said no; nothing is left half written.
    """
    if encrypt and pdf is None:
        raise DeliveryError(
            "the PDF could not be printed, so there is nothing to encrypt; nothing was written"
        )
    words = passphrase() if encrypt else ""
    page = to_html(report, pack=pack, card=card, version=version, practice=practice)
    record = json.dumps(to_json(report, card=card), indent=2) + "\n"
    contents = {"report.html": page.encode(), "report.json": record.encode()}
    if pdf is not None:
        contents["report.pdf"] = lock_pdf(pdf, words) if encrypt else pdf
    _place(folder, contents)
    return Written(folder, tuple(sorted(contents)), words)


def default_folder(on: date, *, home: Path | None = None) -> Path:
    """A folder in the home directory that does not exist yet: exposure-report-2026-03-03, then ...-2."""
    base = (home or Path.home()) / f"exposure-report-{on:%Y-%m-%d}"
    names = (base, *(base.with_name(f"{base.name}-{n}") for n in range(2, MAX_REPORTS_A_DAY)))
    for name in names:
        if not os.path.lexists(name):
            return name
    raise UsageError(f"there are too many reports beside {base}; choose a folder with --out")


def passphrase(words: int = PASSPHRASE_WORDS) -> str:
    """Plain words picked by chance, about 10 bits each, easy to read out and to type."""
    return "-".join(secrets.choice(word_list()) for _ in range(words))


def bits(words: int = PASSPHRASE_WORDS) -> float:
    """How hard such a passphrase is to guess, in bits."""
    return words * math.log2(len(word_list()))


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """The words a passphrase is made of."""
    return tuple(data.read_bytes("texts/words.txt").decode("ascii").split())


def lock_pdf(pdf: bytes, words: str) -> bytes:
    """AES-256 that these words open, with screen readers let in, as reading aloud is not copying."""
    locked = BytesIO()
    allow = pikepdf.Permissions(accessibility=True)
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner=words, user=words, R=6, allow=allow))
    return locked.getvalue()


def _place(folder: Path, contents: Mapping[str, bytes]) -> None:
    created = _make(folder)
    written: list[Path] = []
    stage = None
    try:
        stage = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
        for name, content in contents.items():
            _write_private(stage / name, content)
        for name in contents:
            written.append(folder / name)
            (stage / name).rename(folder / name)
    except BaseException as error:
        for file in written:
            file.unlink(missing_ok=True)
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        if created:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise DeliveryError(_why(error, folder)) from None
        raise
    stage.rmdir()


def _make(folder: Path) -> bool:
    """Make the folder private; says whether it is new."""
    try:
        if not os.path.lexists(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=stat.S_IRWXU)
            return True
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder; choose another with --out")
        if any(folder.iterdir()):
            raise UsageError(
                f"{folder} is not empty, and a report never overwrites; choose another with --out"
            )
        folder.chmod(stat.S_IRWXU)
    except OSError as error:
        raise DeliveryError(_why(error, folder)) from None
    return False


def _write_private(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _why(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full, so the report could not be written to {folder}; nothing was left there"
    return f"the report could not be written to {folder} ({error.strerror}); nothing was left there"
