"""JSON that a page carries in its scripts: found, bounded and read as data, never run."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from scanner.platforms._seam import Page

MAX_HTML = 6_000_000  # characters of page looked through for scripts
MAX_SCRIPTS = 800
MAX_BLOCK = 4_000_000  # characters of one script
MAX_NODES = 200_000
MAX_TEXT = 20_000
LATEST = 4_102_444_800  # the year 2100, in seconds

_TAG = re.compile(r"<script\b(?P<attributes>[^<>]{0,2000})>", re.IGNORECASE)
_CLOSING = re.compile(r"</script", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(?P<name>id|type)\s{0,9}=\s{0,9}["']?(?P<value>[\w/+.:-]{0,200})""", re.IGNORECASE
)
_OPENING = re.compile(r"^\s*(?:<!--|(?://\s*)?<!\[CDATA\[)?\s*(?=[{\[])")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff]")
_EDGES = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069 \t\n\r\u00a0"
_GARBLED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a-\u2122\u0152-\u017e\u0192\u02c6\u02dc]")
_ESCAPED_QUOTE = re.compile(r"(?<!\\)(?:\\\\)*\\\"")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Script:
    """One script element: its id, its type, its text."""

    ident: str
    kind: str
    text: str


def scripts(page: Page) -> tuple[Script, ...]:
    """The scripts of the document as sent, then those that only the rendered page has."""
    return page.once("scripts", _scripts)


def block(page: Page, *names: str) -> Any:
    """The first JSON under one of these names: a script's id, or a variable that a script sets.

    A page that is nothing but JSON is that block, or holds it under its name.
    """
    if (bare := page.once("bare", _bare)) is not None:
        return next((bare[name] for name in names if isinstance(bare, dict) and name in bare), bare)
    found = (page.once(f"block {name}", partial(_named, name=name)) for name in names)
    return next((one for one in found if one is not None), None)


def blocks(page: Page) -> tuple[Any, ...]:
    """Every JSON block of a page besides JSON-LD, decoded once."""
    return page.once("blocks", _blocks)


def walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object inside a JSON value, in the order of the page, as many as make sense."""
    waiting, count = [value], 0
    while waiting and count < MAX_NODES:
        node = waiting.pop()
        count += 1
        if isinstance(node, dict):
            yield node
            waiting += [inner for inner in reversed(node.values()) if isinstance(inner, dict | list)]
        elif isinstance(node, list):
            waiting += [inner for inner in reversed(node) if isinstance(inner, dict | list)]


def dig(value: Any, *path: str | int) -> Any:
    """What lies at the end of a path of keys and positions; None where it breaks off."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def first(value: Any, *paths: tuple[str | int, ...]) -> Any:
    """What lies at the end of the first path that leads somewhere."""
    return next((found for path in paths if (found := dig(value, *path)) not in (None, "", [], {})), None)


def words(value: Any, *, escaped: bool = False) -> str:
    """A piece of text as its writer meant it; "" for anything else.

    Text that was read in the wrong encoding is mended. `escaped`: it holds HTML entities.
    """
    if not isinstance(value, str):
        return ""
    text = value[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _UNSEEN.sub("", mended(entities.unescape(text) if escaped else text))
    return "\n".join(line.strip(" \t\u00a0") for line in text.split("\n")).strip(_EDGES)


def mended(text: str) -> str:
    """UTF-8 that was taken for Windows-1252, put right; any other text as it is."""
    if not _GARBLED.search(text):
        return text
    try:
        return b"".join(_byte(char) for char in text).decode("utf-8")
    except UnicodeError:
        return text


def number(value: Any) -> int | None:
    """A count given as a number or in digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:15])
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def when(value: Any) -> str:
    """A moment given in seconds since 1970, as ISO text; "" where it is none."""
    seconds = number(value)
    if not seconds or seconds > LATEST:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows(value: Any, most: int = 400) -> list[Mapping[str, Any]]:
    """The objects of a list, at most so many."""
    return [row for row in value[:most] if isinstance(row, dict)] if isinstance(value, list) else []


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeError:
        return char.encode("latin-1")


def _scripts(page: Page) -> tuple[Script, ...]:
    found: dict[Script, None] = {}
    for html in dict.fromkeys((page.source, page.html)):
        text, at = html[:MAX_HTML], 0
        while len(found) < MAX_SCRIPTS and (tag := _TAG.search(text, at)):
            end = _end(text, tag.end())
            if end < 0:
                break
            named = {m["name"].lower(): m["value"] for m in _ATTRIBUTE.finditer(tag["attributes"])}
            inside = text[tag.end() : min(end, tag.end() + MAX_BLOCK)]
            if inside.strip():
                found[Script(named.get("id", ""), named.get("type", "").lower(), inside)] = None
            at = end
    return tuple(found)


def _end(text: str, at: int) -> int:
    found = _CLOSING.search(text, at)
    return found.start() if found else -1


def _bare(page: Page) -> Any:
    text = page.html.lstrip("\ufeff \t\r\n")
    return decoded(text) if text[:1] in ("{", "[") and "<html" not in text[:2000].lower() else None


def _blocks(page: Page) -> tuple[Any, ...]:
    bare = page.once("bare", _bare)
    if bare is not None:
        return (bare,)
    data = (
        s for s in scripts(page) if "json" in s.kind and "ld+json" not in s.kind and "importmap" not in s.kind
    )
    return tuple(found for s in data if isinstance(found := decoded(s.text), dict | list))


def _named(page: Page, *, name: str) -> Any:
    for script in scripts(page):
        found = decoded(script.text) if script.ident == name else None
        if found is None and name in script.text and not _is_data(script):
            found = _assigned(script.text, name)
        if isinstance(found, dict | list):
            return found
    return None


def _is_data(script: Script) -> bool:
    """Whether a script is JSON: what looks like an assignment there is somebody's words."""
    return "json" in script.kind or decoded(script.text) is not None


def decoded(text: str) -> Any:
    """The JSON a text begins with, comment marks before it left out; None where it is none."""
    opening = _OPENING.match(text)
    if not opening or len(text) > MAX_BLOCK:
        return None
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, opening.end())
    except (ValueError, RecursionError):
        return None
    return found


def _assigned(text: str, name: str) -> Any:
    """What a script sets a variable to, or hands to a function: an object, or a string that holds one."""
    setting = re.compile(
        rf"""\b{re.escape(name)}(?:["']?\]?\s{{0,9}}=\s{{0,9}}(?:JSON\.parse\(\s{{0,9}})?|\(["'][^"']{{0,200}}["'],)"""
        r"""(?P<opens>[{\["'])"""
    )
    for match in setting.finditer(text):
        at = match.start("opens")
        if match["opens"] in "{[":
            found = decoded(text[at : at + MAX_BLOCK])
        else:
            end = re.compile(rf"(?<!\\)(?:\\\\)*{match['opens']}").search(text, at + 1)
            inside = text[at + 1 : end.end() - 1] if end else ""
            quoted = match["opens"] == "'" and _ESCAPED_QUOTE.search(inside)  # it stands inside a string
            found = decoded(_unescaped(inside)) if inside and not quoted else None
        if isinstance(found, dict | list):
            return found
    return None


def _unescaped(text: str) -> str:
    """The value of a script's string."""

    def one(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return {"n": "\n", "t": "\t", "r": "\r"}.get(match[3], match[3])

    return _ESCAPE.sub(one, text)
