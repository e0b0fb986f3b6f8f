"""YouTube in Google's Takeout: channel, videos, comments, live chat, in any language of the account."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import audience, facts
from scanner.exports._pieces import Flag, Media, Piece, Post, Who
from scanner.exports._values import dig, folded, listed, when, words

NAME = "youtube"
LOOKED_AT = 8
MOST_PARTS = 200
"""Pieces that one comment is made of: words, times, mentions."""

_CHANNEL = re.compile(r"UC[\w-]{22}")
_VIDEO = re.compile(r"[\w-]{11}")
_LENGTH = 11
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_PIECES = re.compile(r'^\s*\[?\s*\{\s*"(?:text|takeoutSegments)"\s*:')
_SAID = re.compile(r"\b(?:text|tekst|texto|texte|testo)|komentuoti tekst|textul|kommentartext|reactietekst")
_ITEM = re.compile(r"<li\b[^>]{0,200}>(?P<inside>.*?)(?=<li\b|</ul>|</body>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,2000}>")
_COMMENT_LINK = re.compile(r"watch\?v=(?P<video>[\w-]{11})&(?:amp;)?lc=(?P<comment>[\w.-]{3,80})")


def tell(archive: Archive) -> float:
    """Sure where a table has YouTube's own columns, or a page links to comments there."""
    own = re.compile(facts(NAME)["tell"])
    names = archive.names if archive.single else archive.named(*facts(NAME)["read"])
    for name in names[:LOOKED_AT]:
        begins = archive.peek(name, 16_384).lstrip("\ufeff")
        first = folded(begins.split("\n", 1)[0])
        if own.search(first) and not first.startswith(("{", "[")):
            return 1.0
        if _COMMENT_LINK.search(begins) and "<li" in begins:
            return 0.9
        if '"privacyStatus"' in begins and '"snippet"' in begins:
            return 0.9
    return 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The channel first; of several, the first gives its name to the others' videos too."""
    tables: dict[str, list[_Table]] = defaultdict(list)
    for name in archive.names if archive.single else archive.named(*facts(NAME)["read"]):
        kind, header = _kind(archive, name)
        tables[kind].append(_Table(name, header))
    channels = [row for table in tables["channel"] for row in archive.rows(table.name, *table.header[:2])]
    rows = (row for table in tables["vanity"] for row in archive.rows(table.name, *table.header[:2]))
    yield from _channel(channels, next((name for row in rows if (name := _by(row, "vanity"))), ""))
    for table in tables["videos"]:
        for row in archive.rows(table.name, *table.header[:2]):
            yield from _video(archive, row)
    for table in tables["json"]:
        for _, value in archive.items(table.name):
            yield from _old_video(value)
    for table in tables["said"]:
        yield from _said(archive, table.name, table.header)
    for table in tables["page"]:
        yield from _page(archive, table.name)


@dataclass(frozen=True, slots=True)
class _Table:
    """A member and, where it is a table, the header of it."""

    name: str
    header: list[str]


def _kind(archive: Archive, name: str) -> tuple[str, list[str]]:
    """What a member holds, and the header of a table; ("", []) for what is not of use here."""
    begins = archive.peek(name, 16_384).lstrip("\ufeff")
    if begins.lstrip()[:1] in ("[", "{"):
        return "json" if '"snippet"' in begins else "", []
    if begins.lstrip()[:1] == "<":
        return "page" if _COMMENT_LINK.search(begins) else "", []
    header, sample = _beginning(begins)
    return _table(header, sample), header


def _table(header: list[str], sample: list[str]) -> str:
    has = {field for field in facts(NAME)["column"] if any(_is(field, cell) for cell in header)}
    if "vanity" in has:
        return "vanity"
    if {"title", "privacy"} <= has:
        return "videos"
    text = _text_column(header)
    if {"channel", "title", "visibility"} <= has and not text:
        return "channel"
    return "said" if any(_PIECES.match(cell) for cell in sample) or ("channel" in has and text) else ""


def _beginning(text: str) -> tuple[list[str], list[str]]:
    """The header and the first row of a table, as far as the beginning of a file shows them."""
    try:
        rows = [row for row, _ in zip(csv.reader(text.splitlines()), range(2), strict=False)]
    except csv.Error:
        return [], []
    header, sample = [*rows, [], []][:2]
    return [cell.strip() for cell in header], sample


def _is(field: str, column: str) -> bool:
    return re.search(facts(NAME)["column"][field], folded(column)) is not None


def _by(row: Mapping[str, str], field: str) -> str:
    """What stands in the column of that meaning; names of languages are no titles."""
    return next(
        (
            value
            for column, cell in row.items()
            if (value := words(cell)) and _is(field, column) and not _is("language", column)
        ),
        "",
    )


def _text_column(header: list[str]) -> str:
    return next((cell for cell in header if _SAID.search(folded(cell))), "")


def _channel(rows: Sequence[Mapping[str, str]], vanity: str) -> Iterator[Piece]:
    for row in rows[:1]:
        number = next((cell for cell in row.values() if _CHANNEL.fullmatch(cell)), "") or _by(row, "channel")
        url = "" if vanity else f"https://www.youtube.com/channel/{number}"
        also = [each for other in rows for each in other.values() if _CHANNEL.fullmatch(each)]
        also += [f"https://www.youtube.com/channel/{each}" for each in also]
        yield Who(vanity.lstrip("@") or number, _by(row, "title"), url, tuple(also))
        if told := _by(row, "description"):
            yield Text("bio", "bio", told)
        seen = audience(_by(row, "visibility"))
        if seen == "only-me":
            yield Flag("private", value=True)
        elif seen == "public":
            yield Flag("signed_out_visible", value=True)


def _video(archive: Archive, row: Mapping[str, str]) -> Iterator[Piece]:
    title, told = _by(row, "title"), _by(row, "description")
    ident = next((cell for cell in row.values() if _VIDEO.fullmatch(cell)), "")
    stamps = [cell for cell in row.values() if _STAMP.match(cell)]
    date = when(_by(row, "published")) or when(next(iter(stamps), ""))
    url = f"https://www.youtube.com/watch?v={ident}" if ident else ""
    text = "\n".join(dict.fromkeys(part for part in (title, told) if part))
    media = (Media(archive.locate(f"videos/{title}.mp4") if title else "", ident, date=date, video=True),)
    if text or ident:
        yield Post(ident, text, "post", date, audience(_by(row, "privacy")), url, media=media)


def _said(archive: Archive, name: str, header: list[str]) -> Iterator[Piece]:
    """Comments, messages in live chats and posts: the text is in pieces of JSON, or plain."""
    column = _text_column(header)
    places: dict[Callable[[str], bool], int] = {}
    kind = "post" if folded(header[0]).startswith("post") else "comment"
    for number, row in enumerate(archive.rows(name, *header[:2]), start=1):
        # a comment's number may look like anything, but it comes first
        first, *cells = row.values()
        usual = row.get(column, "")
        found = usual if _in_pieces(usual) else next(filter(_in_pieces, cells), "")
        text = _joined(found) if found else words(usual)
        if text:
            ident = first or f"{kind}-{number}"
            video, date = _first(cells, _is_video, places), _first(cells, _is_time, places)
            url = f"https://www.youtube.com/watch?v={video}&lc={ident}" if video else ""
            yield Post(ident, text, kind, when(date), "", url)


def _first(
    cells: Sequence[str], fits: Callable[[str], bool], places: dict[Callable[[str], bool], int]
) -> str:
    """The first cell of a kind, looked for first where the row before had it, as columns have any name."""
    place = places.get(fits, 0)
    if place < len(cells) and fits(cells[place]):
        return cells[place]
    for number, cell in enumerate(cells):
        if fits(cell):
            places[fits] = number
            return cell
    return ""


def _is_video(cell: str) -> bool:
    return len(cell) == _LENGTH and _VIDEO.fullmatch(cell) is not None


def _is_time(cell: str) -> bool:
    return cell[:2] == "20" and _STAMP.match(cell) is not None


def _in_pieces(cell: str) -> bool:
    return cell[:1] in ("{", "[") and _PIECES.match(cell) is not None


def _joined(cell: str) -> str:
    """The words of `{"text":"It starts at "},{"text":"5:02","videoLink":{...}}`."""
    found: list[str] = []
    for part in _parts(cell):
        inside = part.get("takeoutSegments") if isinstance(part, dict) else None
        for one in listed(inside or part):
            text = one.get("text") if isinstance(one, dict) else None
            if isinstance(text, str):
                found.append(text)
    return "".join(found).strip()


def _parts(cell: str) -> list[Any]:
    """The values that stand one after another in a cell, up to the first that is damaged."""
    with suppress(ValueError, RecursionError):
        whole = _DECODER.decode(f"[{cell}]")
        return list(whole[:MOST_PARTS])
    found: list[Any] = []
    at = 0
    with suppress(ValueError, RecursionError):
        while len(found) < MOST_PARTS:
            match = _BETWEEN.match(cell, at)
            part, at = _DECODER.raw_decode(cell, match.end() if match else at)
            found.append(part)
    return found


def _old_video(value: Any) -> Iterator[Piece]:
    """A video in the layout before 2022: the answer of YouTube's interface, as JSON."""
    told = dig(value, "snippet")
    if not isinstance(told, dict):
        return
    text = "\n".join(part for key in ("title", "description") if (part := words(dig(told, key))))
    ident, date = words(dig(value, "id")), when(dig(told, "publishedAt"))
    url = f"https://www.youtube.com/watch?v={ident}" if _VIDEO.fullmatch(ident) else ""
    shown = audience(dig(value, "status", "privacyStatus"))
    if text:
        yield Post(ident, text, "post", date, shown, url, media=(Media("", ident, date=date, video=True),))


def _page(archive: Archive, name: str) -> Iterator[Piece]:
    """Comments in the layout before 2023: a list in a page, each entry with a link, a time and the text."""
    for number, match in enumerate(_ITEM.finditer(archive.text(name)), start=1):
        inside = match["inside"]
        link = _COMMENT_LINK.search(inside)
        about, *rest = _BREAK.split(inside)
        text = unescape(_TAG.sub("", "\n".join(rest))).strip()
        date = (
            when(found[0])
            if (found := re.search(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?", about))
            else ""
        )
        if text:
            ident = link["comment"] if link else f"comment-{number}"
            url = f"https://www.youtube.com/watch?v={link['video']}&lc={ident}" if link else ""
            yield Post(ident, text, "comment", date, "", url)
