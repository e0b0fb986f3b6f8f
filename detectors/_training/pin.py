"""Pin a freshly made file: its hash goes into `data/weights.toml`, so that it may be loaded."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from data import folder

LIST = "weights.toml"


def pin(model: str, made: Path) -> None:
    """Note the hash of a model of ours; a file outside `data` is left unpinned."""
    if not made.resolve().is_relative_to(folder()):
        return
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    place = folder() / LIST
    entry = re.compile(rf'(\["{re.escape(model)}"\]\n(?:\w+ = .*\n)*?sha256 = ")[0-9a-f]{{64}}')
    text, count = entry.subn(rf"\g<1>{digest}", place.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"'{model}' stands {count} times in {LIST}")
    place.write_text(text, encoding="utf-8")
