"""The HTML form of Meta's downloads, block by block: what each says, when, and which files it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

from detectors import Text
from scanner.exports import _meta
from scanner.exports._archive import Archive
from scanner.exports._pieces import Media, Piece, Post
from scanner.exports._values import EARLIEST, LATEST

MAX_BLOCK = 2_000_000
"""Characters of one block; more is taken for damage."""

_BLOCK = re.compile(r'<(?:div|section)[^>]{0,200}class="[^"]{0,200}(?:uiBoxWhite|_a6-g)(?:\s[^"]{0,200})?"')
_DATED = re.compile(r"(?:^|\s)(?:_a6-o|_2lem|_3-94)(?:\s|$)")
_TITLED = re.compile(r"(?:^|\s)(?:_a6-h|_2lek|_a6-i)(?:\s|$)")
_TIME = re.compile(
    r"(?P<H>\d{1,2})[:.](?P<M>\d{2})(?:[:.](?P<S>\d{2}))?\s*(?P<half>[ap])?\.?m?", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_USUAL = re.compile(
    r"(?P<month>[^\W\d_]{3,12})\.? (?P<d>\d{1,2}),? (?P<y>(?:19|20)\d\d),? "
    r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::\d\d)?[ \u202f]?(?P<half>[ap])?\.?m?\.?",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"(?:((?:<(?:div|span|section|p|h[1-6]|table|tbody|b|i)(?: class=\"[^\"<>]*\")?>\s*)+)"
    r"|<([a-z][a-z0-9]{0,20})([^<>]*)>|((?:</[a-z][a-z0-9]{0,20}\s*>\s*)+))([^<]*)|(<(?![a-z/])[^<]*)"
)
_OPENED = re.compile(r"<([a-z][a-z0-9]*)([^<>]*)>")
_NAME = re.compile(r"[a-z][a-z0-9]*")
_ADDRESS = re.compile(r"(?:src|href)=\"([^\"]*)\"")
_CLASS = re.compile(r"class=\"(?P<kind>[^\"]*)\"")
_EMPTY = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_OWN = re.compile(r"https?://(?:[\w-]+\.)*(?:facebook|instagram|threads)\.(?:com|net)(?:/|$)")
_PAGE = re.compile(r"\.html?(?:#.*)?$")
_LINES = frozenset({"div", "p", "br", "tr", "li", "h1", "h2", "h3", "table", "section"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its heading, the lines of its text, labels with values, its time, and the files it shows."""

    title: str = ""
    lines: tuple[str, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    files: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def blocks(archive: Archive, name: str) -> Iterator[Block]:
    """The blocks of an HTML member. Streams."""
    rest = ""
    for chunk in archive.chunks(name):
        rest += chunk
        starts = [match.start() for match in _BLOCK.finditer(rest)]
        for start, end in pairwise(starts):
            yield _block(rest[start:end])
        if starts:
            rest = rest[starts[-1] :]
        if len(rest) > MAX_BLOCK:
            archive.trouble("A page of your download has a part that is far too long, so it was left out.")
            rest = rest[-200:]
    if match := _BLOCK.search(rest):
        yield _block(rest[match.start() :])


def date_of(text: str) -> str:
    """The time that a line is, as "Jan 05, 2024 3:04 pm" or "5 janv. 2024, 15:04"; "" for other lines."""
    if len(text) > 60:  # noqa: PLR2004 - no date is a sentence
        return ""
    if (usual := _USUAL.fullmatch(text)) and (month := _meta.month(usual["month"])):
        return _date(usual["y"], month, usual["d"], usual)
    if not (year := _YEAR.search(text)):
        return ""
    clock = _TIME.search(text)
    rest = text.replace(year[0], " ", 1)
    rest = rest.replace(clock[0], " ", 1) if clock else rest
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", rest)
    month = next((found for word in re.findall(r"[^\W\d_]{3,}", rest) if (found := _meta.month(word))), 0)
    return _date(year[0], month, day[0], clock) if day and month else ""


def _date(year: str, month: int, day: str, clock: re.Match[str] | None) -> str:
    if not (1 <= int(day) <= 31 and EARLIEST <= int(year) < LATEST):  # noqa: PLR2004
        return ""
    hour, minute, half = clock.group("H", "M", "half") if clock else ("0", "00", None)
    if half:
        hour = str(int(hour) % 12 + (12 if half in "pP" else 0))
    if int(hour) >= 24 or int(minute) >= 60:  # noqa: PLR2004 - no time of day
        hour, minute = "0", "00"
    return f"{year}-{month:02}-{day.zfill(2)}T{hour.zfill(2)}:{minute}:00Z"


def _block(source: str) -> Block:
    """One block, sign by sign; Meta's pages are regular, and a tree for each block takes twice as long."""
    page = _Page()
    for begins, tag, rest, ends, text, odd in _SIGN.findall(source, 0, MAX_BLOCK):
        if begins:
            page.enter(_begins(begins))
        elif tag:
            page.single(tag, rest)
        elif ends:
            page.leave(_ends(ends))
        if (said := text or odd) and not said.isspace():
            page.say(unescape(said) if "&" in said else said)
    if page.line:
        page.turn()
    date = page.date or next((found for line in page.lines if (found := date_of(line))), "")
    lines = tuple(line for line in page.lines if not date_of(line) and not _meta.is_video(line))
    return Block(
        page.title,
        lines,
        page.pairs,
        date,
        tuple(dict.fromkeys(page.files)),
        tuple(dict.fromkeys(page.links)),
    )


@dataclass(frozen=True, slots=True)
class _Boxes:
    """How many boxes open or close at once, whether a line or a row ends there, which is heading or time."""

    count: int
    line: bool = False
    row: bool = False
    titled: int | None = None
    dated: int | None = None


@dataclass(slots=True)
class _Page:
    """What has come of a block so far. `held` is the box whose text is its heading or time."""

    title: str = ""
    date: str = ""
    lines: list[str] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    depth: int = 0
    held: tuple[str, int] = ("", 0)
    words: list[str] = field(default_factory=list)
    link: tuple[str, int] = ("", 0)

    def say(self, text: str) -> None:
        """Text between two tags."""
        plain = " ".join(text.split())
        if self.link[0]:
            self.links[-1] = (f"{self.links[-1][0]} {plain}".strip(), self.link[0])
        (self.words if self.held[0] else self.line).append(plain)
        if self.cells:
            self.cells[-1].append(plain)

    def enter(self, boxes: _Boxes) -> None:
        """Boxes open, one in another; the first that is a heading, or else the time, holds what comes."""
        if self.line and boxes.line:
            self.turn()
        if not self.held[0]:
            if boxes.titled is not None and not self.title:
                self.held, self.words = ("title", self.depth + boxes.titled), []
            elif boxes.dated is not None:
                self.held, self.words = ("date", self.depth + boxes.dated), []
        self.depth += boxes.count

    def single(self, tag: str, rest: str) -> None:
        """A box opens that may lead somewhere, or is a part of a table."""
        if "src=" in rest or "href=" in rest:
            self.leads(tag, rest)
            rest = ""  # what leads somewhere is neither a heading nor a time
        self.enter(_begins(f"<{tag}{rest}>"))
        if tag == "tr":
            self.cells = []
        elif tag == "td":
            self.cells.append([])

    def leads(self, tag: str, rest: str) -> None:
        """Where a box leads, by its attributes."""
        for written in _ADDRESS.findall(rest):
            where = unescape(written) if "&" in written else written
            where = unquote(where) if "%" in where else where
            if where.startswith(("http:", "https:")):
                self.links.append(("", where))
                self.link = (where, self.depth) if tag == "a" else self.link
            elif where and not where.startswith(("#", "data:", "javascript:")) and "icons/" not in where:
                self.files.append(where.removeprefix("../"))

    def leave(self, boxes: _Boxes) -> None:
        """Boxes close."""
        self.depth -= boxes.count
        if self.link[0] and self.depth <= self.link[1]:
            self.link = ("", 0)
        if self.held[0] and self.depth <= self.held[1]:
            self.told(self.held[0], " ".join(self.words))
            self.held = ("", 0)
        if self.line and boxes.line:
            self.turn()
        if self.cells and boxes.row:
            said = [" ".join(cell) for cell in self.cells] if len(self.cells) > 1 else self.cells[0]
            if len(said) > 1 and said[0]:
                self.pairs.setdefault(said[0], said[1])
            self.cells = []

    def told(self, kind: str, text: str) -> None:
        """The heading or the time is whole; a box that only looked like one is a line."""
        if kind == "title":
            self.title = text
        elif found := date_of(text):
            self.date = found
        elif text:
            self.lines.append(text)

    def turn(self) -> None:
        """The line ends."""
        self.lines.append(" ".join(self.line))
        self.line = []


@lru_cache(maxsize=1024)
def _begins(tags: str) -> _Boxes:
    """What tags open that follow one another; the few kinds there are come again and again."""
    found = _OPENED.findall(tags)
    kinds = [match["kind"] if (match := _CLASS.search(rest)) else "" for _, rest in found]
    titled = (n for n, kind in enumerate(kinds) if _TITLED.search(kind) and "_a6-p" not in kind)
    dated = (n for n, kind in enumerate(kinds) if _DATED.search(kind))
    return _Boxes(
        sum(name not in _EMPTY and not rest.endswith("/") for name, rest in found),
        line=any(name in _LINES for name, _ in found),
        titled=next(titled, None),
        dated=next(dated, None),
    )


@lru_cache(maxsize=1024)
def _ends(tags: str) -> _Boxes:
    """What tags close that follow one another."""
    names = _NAME.findall(tags)
    return _Boxes(len(names), line=not _LINES.isdisjoint(names), row="tr" in names)


def labelled(block: Block, name: str) -> str:
    """The value of a labelled row, in any language."""
    return _meta.value_of(block.pairs, name)


def post(archive: Archive, block: Block, *, kind: str) -> Iterator[Piece]:
    """A block that shows something as a post; of kind "avatar" as profile pictures."""
    files = [
        Media(archive.locate(file), date=block.date, video=_meta.is_video(file))
        for file in block.files
        if ".htm" not in file or not _PAGE.search(file)
    ]
    if kind == "avatar":
        yield from (replace(file, where="avatar") for file in files)
        return
    said = labelled(block, "caption") or "\n".join((*filter(None, (block.title,)), *block.lines))
    if files or said:
        ident = files[0].member.rpartition("/")[2] if files else ""
        audience = _meta.audience(labelled(block, "audience")) if block.pairs else ""
        links = (Text("", "link", where, url=where) for text, where in block.links if text)
        extras = tuple(link for link in links if not _OWN.match(link.value))
        yield Post(ident, said, kind, block.date, audience, "", extras, tuple(files))
