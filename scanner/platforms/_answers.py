"""Answers that are data: JSON a visit brought, and JSON a page carries in its scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from bs4 import BeautifulSoup

from scanner.platforms._seam import Page


def named(pages: Sequence[Page], name: str) -> Page | None:
    """The page of that visit, if it came."""
    return next((page for page in pages if page.name == name), None)


def told(pages: Sequence[Page], name: str) -> Any:
    """What a visit answered in JSON; None where it did not come, was refused, or is something else."""
    page = named(pages, name)
    return decoded(page.html) if page is not None and page.status == HTTPStatus.OK else None


def decoded(text: str) -> Any:
    """A piece of JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def after(soup: BeautifulSoup, marks: Sequence[str]) -> Mapping[str, Any]:
    """The first JSON object that follows one of these marks in a script, such as "window.state = "."""
    for script in soup.find_all("script"):
        text = script.get_text()
        for mark in marks:
            at = text.find(mark)
            if at < 0:
                continue
            rest = text[at + len(mark) :].lstrip(" \t\r\n=:")
            try:
                found, _ = json.JSONDecoder().raw_decode(rest)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
    return {}


def as_map(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def word(value: Any) -> str:
    """A plain value as text, without halves of characters; "" for objects, lists and nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
