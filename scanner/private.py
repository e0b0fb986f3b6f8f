"""Files that only their owner can read, written all or nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_private(file: Path, content: bytes) -> None:
    """Write a file only its owner can read, all or nothing."""
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def create_private(file: Path, content: bytes) -> None:
    """Write a file only if there is none; of two who try at once, one wins and both find the same."""
    if file.exists():
        return
    mine = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    write_private(mine, content)
    try:
        os.link(mine, file)
    except FileExistsError:
        pass
    finally:
        mine.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make what was renamed or removed in a folder last, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
