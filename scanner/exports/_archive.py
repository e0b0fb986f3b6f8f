"""One export, opened for reading by an allow-list; whatever is not on it cannot be opened by mistake."""

from __future__ import annotations

import codecs
import csv
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import IO, Any, Self

from scanner.exports import _json
from scanner.exports._bounds import CHUNK, MAX_ALL_TEXT, MAX_PICTURE, MAX_TEXT, MAX_TROUBLE, MAX_WHOLE
from scanner.exports._names import Allowed, Index, last, patterns
from scanner.exports._sources import Source, open_source
from scanner.exports._values import folded

FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
)
"""What a damaged or hostile member can make the standard readers raise while it is unpacked."""

PEEK = 65_536
MAX_FIELD = 2_000_000
"""Characters of one field of a CSV."""
MAX_PREAMBLE = 40
"""Lines before a table's header in which it is looked for."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*", b"\x1aE\xdf\xa3")


@dataclass(slots=True)
class Ledger:
    """What was opened, how many bytes came of it, and what went wrong: shared by all views of an archive.

    `damaged` are members whose very beginning cannot be unpacked.
    """

    opened: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    text: int = 0
    current: str = ""
    damaged: set[str] = field(default_factory=set)

    def say(self, sentence: str) -> None:
        """Note a sentence once; a thousand broken members do not make a thousand sentences."""
        if sentence not in self.trouble:
            if len(self.trouble) == MAX_TROUBLE:
                self.trouble.append("More files of this kind could not be read.")
            elif len(self.trouble) < MAX_TROUBLE:
                self.trouble.append(sentence)


class Archive:
    """The members of one export. Nothing is written to disk, no address in it is ever fetched.

    Broken members never raise: what could be read is given, and a sentence is noted.
    """

    def __init__(
        self, source: Source, name: str, allowed: Allowed, ledger: Ledger, index: Index | None = None
    ) -> None:
        self.name = name
        self.allowed = allowed
        self.ledger = ledger
        self.single = source.single
        self._source = source
        self._index = index or Index(source.sizes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    def view(self, allowed: Allowed) -> Archive:
        """The same archive, opening only these members."""
        return Archive(self._source, self.name, allowed, self.ledger, self._index)

    def fresh(self, allowed: Allowed) -> Archive:
        """The same with an account of its own of what was opened and what went wrong."""
        return Archive(self._source, self.name, allowed, Ledger(), self._index)

    @property
    def names(self) -> tuple[str, ...]:
        """Every member whose name is safe, whether it may be opened or not, in natural order."""
        return self._index.names

    @property
    def refused(self) -> dict[str, str]:
        """Members that nobody may open, with the reason."""
        return dict(self._source.refused)

    def say_refused(self) -> None:
        """Note those that would have been read; a file that was left out must not pass for an empty one."""
        for name, why in self._source.refused.items():
            if self.allowed.fit(folded(name)):
                self.trouble(f"The file {last(name)} was left out: {why}.")

    def size(self, name: str) -> int:
        """Bytes a member says it has."""
        return self._source.sizes[name]

    def allows(self, name: str) -> bool:
        """Whether the allow-list has that member. One plain file was handed over on purpose."""
        return self.single or self.allowed.fit(folded(name))

    def named(self, *globs: str) -> tuple[str, ...]:
        """Members on the allow-list whose file name, or last parts, match; `posts_2` before `posts_10`.

        Pictures and films are never among them: they are found by what a text says of them.
        """
        if self.single:
            return self.names
        wanted = patterns(*globs)
        return tuple(name for name, plain in self._allowed if wanted.fit(plain))

    def locate(self, uri: object) -> str:
        """The member that an export's own path means, whatever folder it was packed in.

        "" where there is none, for addresses, and for what is never opened.
        """
        if not isinstance(uri, str) or not uri or "://" in uri or uri.startswith("data:"):
            return ""
        found = uri if uri in self._source.sizes else self._index.like(uri)
        return "" if found and self.allowed.never.fit(folded(found)) else found

    def peek(self, name: str, size: int = PEEK) -> str:
        """The beginning of a member as text; "" when it cannot be read."""
        try:
            with self._open(name) as file:
                return _decoded(file.read(size))
        except FAULTS:
            self.ledger.damaged.add(name)
            return ""

    def text(self, name: str) -> str:
        """A member whole, as text; "" when it cannot be read."""
        return _decoded(self.data(name, MAX_WHOLE))

    def json(self, name: str) -> Any:
        """A member whole, as JSON; None when it is none. For what grows with the years take `items`."""
        body = self.text(name)
        try:
            return json.loads(body.lstrip("\ufeff"), strict=False) if body else None
        except (ValueError, RecursionError):
            self.trouble(f"The file {last(name)} is damaged, so it was left out.")
            return None

    def items(self, name: str, *, skip: str = "") -> Iterator[_json.Item]:
        """Each element of each list in a JSON member, with the keys that lead there. Streams."""
        known = len(self.ledger.trouble)
        try:
            yield from _json.items(self.chunks(name), skip=skip)
        except _json.Broken:
            if len(self.ledger.trouble) == known:
                self.trouble(f"The file {last(name)} is damaged; it was read only up to the damage.")

    def lines(self, name: str) -> Iterator[str]:
        """Each line of a text member, without its end. Streams."""
        rest = ""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split("\n")
            for line in whole:
                yield line.removesuffix("\r")
            if len(rest) > MAX_FIELD:
                self.trouble(
                    f"The file {last(name)} has a line that is far too long, so its rest was left out."
                )
                return
        if rest:
            yield rest.removesuffix("\r")

    def rows(self, name: str, *columns: str) -> Iterator[dict[str, str]]:
        """Each row of a CSV member by column, values stripped. Streams.

        The header is the first row that has those columns (in any case); of doubled columns the first
        counts. Without such a row the table is not what was expected, and nothing is given.
        """
        csv.field_size_limit(MAX_FIELD)
        wanted = {column.casefold() for column in columns}
        header: list[str] = []
        first: list[bool] = []
        reader = csv.reader(line + "\n" for line in self.lines(name))
        try:
            for number, row in enumerate(reader):
                if header:
                    if any(row):
                        yield dict(zip(header, map(str.strip, compress(row, first)), strict=False))
                    continue
                found = [cell.strip().lstrip("\ufeff") for cell in row]
                if wanted <= {cell.casefold() for cell in found} and any(found):
                    first = [column not in found[:place] for place, column in enumerate(found)]
                    header = list(compress(found, first))
                elif number >= MAX_PREAMBLE:
                    break
        except csv.Error:
            self.trouble(f"The file {last(name)} is damaged; it was read only up to the damage.")

    def data(self, name: str, most: int) -> bytes:
        """A member whole, as bytes; b"" when it is larger than `most` or cannot be read."""
        if self._source.sizes.get(name, 0) > most:
            self.trouble(f"The file {last(name)} is far too large, so it was left out.")
            return b""
        try:
            with self._open(name) as file:
                body = file.read(most + 1)
        except FAULTS:
            self.trouble(f"The file {last(name)} is damaged, so it was left out.")
            return b""
        self.ledger.opened[name] = len(body)
        if len(body) > most:
            self.trouble(f"The file {last(name)} is far too large, so it was left out.")
            return b""
        return body

    def picture(self, name: str) -> bytes:
        """A picture's or video's bytes, not decoded; b"" when it is none or cannot be read.

        Raises:
            LookupError: it lies among what is never opened.
        """
        if not self.single and self.allowed.never.fit(folded(name)):
            raise LookupError(f"{name} is never opened")
        if self._source.sizes.get(name, 0) > MAX_PICTURE:
            return b""
        try:
            with self._source.open(name) as file:
                body = file.read(MAX_PICTURE + 1)
        except FAULTS:
            return b""
        self.ledger.opened[name] = len(body)
        known = body.startswith(_PICTURES) or body[4:8] == b"ftyp"
        return body if known and len(body) <= MAX_PICTURE else b""

    def trouble(self, sentence: str) -> None:
        """Note for the report what could not be read."""
        self.ledger.say(sentence)

    @cached_property
    def _allowed(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, plain) for name, plain in self._index.texts if self.allowed.fit(plain))

    def _open(self, name: str) -> IO[bytes]:
        """Open a member that is on the allow-list, and write it down."""
        if not self.allows(name):
            raise LookupError(f"{name} is not on the allow-list")
        self.ledger.opened.setdefault(name, 0)
        self.ledger.current = name
        return self._source.open(name)

    def chunks(self, name: str) -> Iterator[str]:
        """A member as text, piece by piece; ends early, with a sentence, where it can no longer be read."""
        if self._source.sizes.get(name, 0) > MAX_TEXT or self.ledger.text > MAX_ALL_TEXT:
            self.trouble(f"The file {last(name)} is far too large, so it was left out.")
            return
        try:
            with self._open(name) as file:
                start = file.read(CHUNK)
                decoder = codecs.getincrementaldecoder(_encoding(start))(errors="exports")
                while start:
                    self.ledger.opened[name] += len(start)
                    self.ledger.text += len(start)
                    yield decoder.decode(start)
                    start = file.read(CHUNK)
                yield decoder.decode(b"", final=True)
        except FAULTS:
            self.trouble(f"The file {last(name)} is damaged; it was read only up to the damage.")


def open_archive(path: Path) -> Archive:
    """An export of which nothing may be opened yet; take a `view` of it.

    Raises:
        UsageError: it cannot be read, is locked, cut short, or packed in a way that is meant to do harm.
    """
    nothing = Allowed.of((), ())
    return Archive(open_source(path), path.name, nothing, Ledger())


def _encoding(start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    head = start[:64]
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return "utf-8"


def _decoded(body: bytes) -> str:
    return body.decode(_encoding(body), errors="exports")


def _byte_by_byte(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are taken for the Western encoding of old Windows programs."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error("exports", _byte_by_byte)
