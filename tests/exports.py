"""Small downloads of invented people, made in code, and one call that reads them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.exports import Export, read
from scanner.platforms import Account

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)
"""A picture of one dot."""


def picture(number: int = 0) -> bytes:
    """A picture that differs from every other number's, after its end, where no reader looks."""
    return PIXEL + number.to_bytes(4, "big")


def body(value: Any) -> bytes:
    """A member's bytes: text and bytes as they are, all else as JSON."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


def make_zip(path: Path, members: Mapping[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, body(value))
    return path


def make_folder(path: Path, members: Mapping[str, Any]) -> Path:
    for name, value in members.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body(value))
    return path


def read_zip(
    tmp_path: Path,
    members: Mapping[str, Any],
    *,
    name: str = "download.zip",
    submitted: Sequence[Account] = (),
    **more: Any,
) -> Export:
    """The only account in a download with these members."""
    (export,) = read(make_zip(tmp_path / name, members), submitted, **more)
    return export


def mojibake(text: str) -> str:
    """A text as Meta writes it into JSON: its UTF-8 taken for Latin-1."""
    return text.encode().decode("latin-1")
