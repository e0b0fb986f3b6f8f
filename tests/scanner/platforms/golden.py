"""Saved, invented pages as the acquisition room would hand them over."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from scanner.platforms import Account, Page, named

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Case:
    platform: str
    name: str
    account: Account
    pages: tuple[Page, ...]
    expected: dict[str, Any]


def cases() -> list[Case]:
    return [_case(folder) for folder in sorted(PAGES.glob("*/*")) if folder.is_dir()]


def _case(folder: Path) -> Case:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    platform = folder.parent.name
    account = named(platform).claim(expected["url"])
    assert account is not None
    order = {"profile": 0, "account": 1}
    files = sorted(
        (f for f in folder.iterdir() if f.stem != "expected"), key=lambda f: (order.get(f.stem, 2), f.stem)
    )
    return Case(platform, folder.name, account, tuple(_page(f, account, expected) for f in files), expected)


def _page(file: Path, account: Account, expected: dict[str, Any]) -> Page:
    html = file.read_text(encoding="utf-8")
    url = account.url if file.stem in ("profile", "page") else f"{account.url}/{file.stem}"
    root = re.match(r"https?://[^/]+", url)
    assert root
    shown = re.findall(r"(?:src=\"|url\(')([^\"']+)", html) if file.suffix == ".html" else []
    pictures = {
        (address if address.startswith("http") else root[0] + address): picture()
        for address in shown
        if not any(gone in address for gone in expected.get("missing", []))
    }
    return Page(file.stem, url, 200, html, pictures=pictures, complete="complete")


def picture(side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()
