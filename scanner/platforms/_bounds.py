"""How much of a page is read: a hostile one must not be able to keep its reader busy for ever."""

from __future__ import annotations

import re

from scanner.platforms._seam import Page

MAX_HTML = 3_000_000  # characters
MAX_ELEMENTS = 60_000
MAX_TAGS = 2 * MAX_ELEMENTS + 20_000  # opening and closing
MAX_NESTING = 400

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30})")
_RAW = frozenset({"script", "style", "textarea", "title"})
# never hold other elements, or are ended by the next of their kind
_FLAT = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
    r"|p|li|d[td]|t[rdh]|t(?:head|body|foot)|option|optgroup|colgroup|rp|rt"
)


def bounded(html: str) -> str:
    """The part of a page before it becomes too long, too full of elements, or too deep to be read."""
    text = html[:MAX_HTML]
    nest: list[str] = []
    raw = ""
    elements = 0
    for number, tag in enumerate(_TAG.finditer(text)):
        name = tag["name"].lower()
        if raw and not (tag["end"] and name == raw):
            continue
        raw = ""
        if number >= MAX_TAGS or elements >= MAX_ELEMENTS or len(nest) >= MAX_NESTING:
            return text[: tag.start()]
        if tag["end"]:
            if name in nest:
                while nest.pop() != name:
                    pass
            continue
        elements += 1
        if name in _RAW:
            raw = name
        elif not _FLAT.fullmatch(name):
            nest.append(name)
    return text


def cut(page: Page) -> bool:
    """Whether a page goes on after the part that is read."""
    return len(page.once("bounded", lambda page: bounded(page.html))) < len(page.html)
