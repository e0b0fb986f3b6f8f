"""SVG logos, drawn only when they are small, plain and sanely measured: the renderer has no limits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from data import PackError, Reference

SIDE = 768
DPI = 96
MOST_SIDE = 1024
MAX_BYTES = 1_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 20_000
MAX_LINKS = 40_000
MAX_DRAWN = 50_000
"""Elements after every reference is followed; ten references to ten references soon are a million."""
MAX_CHAIN = 20
MAX_LENGTH = 100_000.0
LEAST_LENGTH = 0.001
MOST_OBLONG = 10
UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}

_OUTSIDE = re.compile(
    r"""(?:href|src)\s*=\s*["'](?!\s*(?:#|data:))|url\(\s*["']?(?!\s*(?:#|data:))|<!ENTITY|@import""",
    re.IGNORECASE,
)
_FILTER = re.compile(r"(?<![\w-])filter(?:\s|/\*.*?\*/)*:(?!\s*none)", re.IGNORECASE | re.DOTALL)
_NUMBER = r"[-+]?(?:\d{1,12}\.?\d{0,12}|\.\d{1,12})(?:[eE][-+]?\d{1,3})?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([a-z%]{{0,2}})\s*")
_LINK = re.compile(r"#([^\s\"'();#]+)")
# references to gradients multiply nothing
_FLAT = frozenset({"linearGradient", "radialGradient"})


@dataclass(slots=True)
class _Part:
    elements: int = 0
    links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """What has been seen of a drawing: the open elements' own parts (None where unnamed), outermost first."""

    name: str
    opened: list[_Part | None] = field(default_factory=list)
    parts: dict[str, _Part] = field(default_factory=dict)
    whole: _Part = field(default_factory=_Part)
    root: dict[str, str] = field(default_factory=dict)


def rasterised(reference: Reference) -> bytes:
    """An SVG as PNG, 768 pixels wide and at most 1024 tall.

    Raises:
        PackError: it refers to other files, holds a filter or a picture, is too large, too deep, too
            oblong, or is no SVG; judged before anything is drawn.
    """
    name = reference.name
    if len(reference.data) > MAX_BYTES:
        raise PackError(f"the logo '{name}' is an SVG larger than 1 MB; save it as PNG")
    text = reference.data.decode("utf-8", errors="replace")
    if _OUTSIDE.search(text):
        raise PackError(f"the logo '{name}' refers to other files; save it as one plain SVG or as PNG")
    if _FILTER.search(text):
        raise _filtered(name)
    reading = _read(text, name)
    if _drawn(reading.whole, reading.parts, {}, 0) > MAX_DRAWN:
        raise PackError(f"the logo '{name}' repeats its parts too many times; save it as PNG")
    width, height = _measures(reading.root, name)
    try:
        import resvg_py  # noqa: PLC0415  only schools with an SVG logo need it
    except ImportError:
        raise PackError(f"the logo '{name}' is an SVG, which needs resvg-py; save it as PNG") from None
    try:
        side = max(1, min(SIDE, int(MOST_SIDE * width / height)))
        return bytes(resvg_py.svg_to_bytes(svg_string=text, width=side, dpi=DPI))
    except (ValueError, RuntimeError):
        raise _undrawable(name) from None


def _read(text: str, name: str) -> _Reading:
    reading = _Reading(name)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda tag, attributes: _start(reading, tag, attributes)
    parser.EndElementHandler = lambda _tag: reading.opened.pop()
    try:
        parser.Parse(text.encode("utf-8"), True)  # noqa: FBT003  the parser's own signature
    except expat.ExpatError:
        raise _undrawable(name) from None
    return reading


def _start(reading: _Reading, tag: str, attributes: dict[str, str]) -> None:
    name, kind = reading.name, tag.rpartition(":")[2]
    many = reading.whole.elements >= MAX_ELEMENTS or len(reading.whole.links) > MAX_LINKS
    if many or len(reading.opened) >= MAX_DEPTH:
        raise PackError(f"the logo '{name}' is an SVG of too many or too deeply nested parts; save it as PNG")
    if kind == "filter" or attributes.get("filter", "none").strip() != "none":
        raise _filtered(name)
    if kind in {"image", "feImage"}:
        raise PackError(f"the logo '{name}' is an SVG with a picture inside; save it as PNG")
    if not reading.opened:
        reading.root = attributes
    named = "id" in attributes and kind not in _FLAT
    part = reading.parts.setdefault(attributes["id"], _Part()) if named else None
    links = [link for value in attributes.values() for link in _LINK.findall(value)]
    reading.opened.append(part)
    for each in (reading.whole, *(part for part in reading.opened if part)):
        each.elements += 1
        each.links += links


def _drawn(part: _Part, parts: dict[str, _Part], known: dict[str, int], chain: int) -> int:
    """Elements a part comes to; references in circles and long chains count as too many."""
    total = part.elements if chain <= MAX_CHAIN else MAX_DRAWN + 1
    for link in part.links:
        if total > MAX_DRAWN:
            break
        if link in parts:
            if link not in known:
                known[link] = _drawn(parts[link], parts, known, chain + 1)
            total += known[link]
    return total


def _measures(root: dict[str, str], name: str) -> tuple[float, float]:
    """Width and height in pixels."""
    box = re.findall(_NUMBER, root.get("viewBox", ""))
    if "viewBox" in root and (len(box) != 4 or re.sub(_NUMBER, "", root["viewBox"]).strip(" ,\t\r\n")):  # noqa: PLR2004
        raise _mismeasured(name)
    seen = [float(value) for value in box[2:]] or [0.0, 0.0]
    sides = [_length(root.get(side), own, name) for side, own in zip(("width", "height"), seen, strict=True)]
    if box and not any(side in root for side in ("width", "height")):
        sides = seen
    elif box and "width" not in root:
        sides[0] = sides[1] * seen[0] / seen[1] if seen[1] > 0 else 0.0
    elif box and "height" not in root:
        sides[1] = sides[0] * seen[1] / seen[0] if seen[0] > 0 else 0.0
    measured = [*sides, *(seen if box else [])]
    if not all(math.isfinite(value) and LEAST_LENGTH <= value <= MAX_LENGTH for value in measured):
        raise _mismeasured(name)
    if any(abs(float(value)) > MAX_LENGTH for value in box):
        raise _mismeasured(name)
    for width, height in (sides, seen if box else sides):
        if height > MOST_OBLONG * width:
            raise PackError(f"the logo '{name}' is far taller than wide; save the drawing alone")
        if width > MOST_OBLONG * height:
            raise PackError(f"the logo '{name}' is far wider than tall; save the drawing alone")
    return sides[0], sides[1]


def _length(value: str | None, whole: float, name: str) -> float:
    if value is None:
        return whole
    found = _LENGTH.fullmatch(value)
    if not found or (found[2] != "%" and found[2] not in UNITS):
        raise _mismeasured(name)
    return float(found[1]) * (whole / 100 if found[2] == "%" else UNITS[found[2]])


def _mismeasured(name: str) -> PackError:
    return PackError(
        f"the logo '{name}' is an SVG without a sensible width, height or viewBox; save it as PNG"
    )


def _filtered(name: str) -> PackError:
    return PackError(f"the logo '{name}' is an SVG with a filter effect; save it plain or as PNG")


def _undrawable(name: str) -> PackError:
    return PackError(f"the logo '{name}' is not an SVG that can be drawn; save it as PNG")
