"""LinkedIn: the tables of "Get a copy of your data", known by their columns."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from html import unescape

from bs4 import BeautifulSoup

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import audience, facts, labelled
from scanner.exports._pieces import Media, Note, Person, Piece, Post, SignIn, Who
from scanner.exports._values import folded, when, words

NAME = "linkedin"
LOOKED_AT = 12
"""Members whose header is read to tell the platform."""
MOST_ARTICLES = 500

_STEM = re.compile(r"(?P<stem>[a-z][a-z _]*?)(?:[ _-]*\(?\d+\)?)*\.csv$")
_BRACKETED = re.compile(r"^\[(?P<inside>.*)\]$", re.DOTALL)
_LABEL = re.compile(r"^[A-Z_ ]{2,20}:(?=\S)")
_LINE_ENDS = re.compile(r'"\n(?:"{1,2}\n)*"')
_UPDATE = re.compile(r"(?:urn(?:%3A|:)li(?:%3A|:)\w+(?:%3A|:))(?P<id>\d{5,25})", re.IGNORECASE)


def tell(archive: Archive) -> float:
    """Sure where a table has columns that only LinkedIn's have."""
    names = archive.names if archive.single else archive.named(*facts(NAME)["read"])
    tables = facts(NAME)["table"]
    kinds = (_kind(archive, name) for name in names[:LOOKED_AT])
    return 1.0 if any(kind in tables and tables[kind]["tell"] for kind in kinds) else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The profile, its parts, what others wrote there, then posts, articles, comments and lists."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for name in archive.names if archive.single else archive.named(*facts(NAME)["read"]):
        by_kind[_kind(archive, name)].append(name)
    for kind, reader in _READERS.items():
        for name in by_kind[kind]:
            yield from reader(archive, name)
    yield Note("LinkedIn's download does not say who can see your profile and your connections.")


def _kind(archive: Archive, name: str) -> str:
    """What a member is: a table by the columns of its header, else "part"; "article" for a page."""
    if name.casefold().endswith(".html"):
        return "article"
    for cells in _cells(archive.peek(name, 4096).lstrip("\ufeff").splitlines()[:8]):
        found = {cell.strip().casefold() for cell in cells}
        for kind, table in facts(NAME)["table"].items():
            if {column.casefold() for column in table["columns"]} <= found:
                return str(kind)
    return "part"


def _cells(lines: list[str]) -> list[list[str]]:
    try:
        return list(csv.reader(lines))
    except csv.Error:
        return []


def _columns(kind: str) -> tuple[str, ...]:
    return tuple(facts(NAME)["table"][kind]["columns"])


def _rows(archive: Archive, name: str, *columns: str) -> Iterator[Mapping[str, str]]:
    """The rows of a table; LinkedIn writes quotes inside comments with a backslash instead of doubled."""
    if '\\"' not in archive.peek(name):
        yield from archive.rows(name, *columns)
        return
    wanted = {column.casefold() for column in columns}
    header: list[str] = []
    reader = csv.reader(line.replace('\\"', '""') + "\n" for line in archive.lines(name))
    try:
        for row in reader:
            cells = [cell.strip().lstrip("\ufeff") for cell in row]
            if header:
                yield dict(zip(header, cells, strict=False))
            elif wanted <= {cell.casefold() for cell in cells}:
                header = cells
    except csv.Error:
        archive.trouble(f"The file {name.rpartition('/')[2]} is damaged; it was read only up to the damage.")


def _profile(archive: Archive, name: str) -> Iterator[Piece]:
    for row in _rows(archive, name, *_columns("profile")):
        if shown := _full_name(row):
            yield Who(display_name=shown)
        yield from _said(
            Text("headline", "headline", _plain(labelled(row, ["Headline"]))),
            Text("bio", "bio", _plain(labelled(row, ["Summary"]))),
            Text("industry", "bio", _plain(labelled(row, ["Industry"]))),
            Text("location", "location", _plain(labelled(row, ["Geo Location", "Location"]))),
        )
        links = [*_listed(labelled(row, ["Websites"])), *_listed(labelled(row, ["Instant Messengers"]))]
        links += [f"https://x.com/{h.lstrip('@')}" for h in _listed(labelled(row, ["Twitter Handles"]))]
        for number, link in enumerate(links, start=1):
            yield Text(f"link-{number}", "link", link, url=link if link.startswith("http") else "")


def _part(archive: Archive, name: str) -> Iterator[Piece]:
    """One of the other tables that the profile page shows, a text for each row."""
    match = _STEM.search(folded(name.rpartition("/")[2]))
    stem = match["stem"].strip() if match else ""
    section = next((key for key in facts(NAME)["section"] if stem.startswith(key)), "")
    if not section:
        return
    columns = facts(NAME)["section"][section]
    where = {"positions": "experience", "volunteer": "volunteering"}.get(section, section)
    for row in _rows(archive, name, columns[0]):
        *lines, span = [
            *(_plain(labelled(row, [column])) for column in columns if not _is_time(column)),
            _span(row, [column for column in columns if _is_time(column)]),
        ]
        yield from _said(Text(where, "bio", "\n".join(line for line in (*lines, span) if line)))


def _is_time(column: str) -> bool:
    return column.endswith((" On", " Date"))


def _span(row: Mapping[str, str], columns: list[str]) -> str:
    """From when to when, as the profile page writes it: by this a past employer is told."""
    begins, *ends = [labelled(row, [column]) for column in columns] or [""]
    if not begins or not ends:
        return begins
    return f"{begins} - {ends[0] or 'Present'}"


def _recommendations(archive: Archive, name: str) -> Iterator[Piece]:
    given = "given" in folded(name.rpartition("/")[2])
    for number, row in enumerate(_rows(archive, name, "First Name", "Text"), start=1):
        text = _plain(labelled(row, ["Text", "Body"]))
        date = when(labelled(row, ["Creation Date", "Created Date"]))
        shown = "" if folded(labelled(row, ["Status"])) in ("", "visible") else "only-me"
        if text and given:
            yield Post(f"recommendation-{number}", text, "comment", date, shown)
        elif text:
            yield Text("recommendations", "comment", text, "other", date, audience=shown)


def _shares(archive: Archive, name: str) -> Iterator[Piece]:
    own = facts(NAME)["audience"]
    for number, row in enumerate(_rows(archive, name, *_columns("shares")), start=1):
        url, date = labelled(row, ["ShareLink"]), when(labelled(row, ["Date"]))
        ident = match["id"] if (match := _UPDATE.search(url)) else f"post-{number}"
        text = _plain(_unquoted(labelled(row, ["ShareCommentary"])))
        shared = labelled(row, ["SharedUrl"]).strip('"')
        extras = (Text(ident, "link", shared, date=date, url=shared),) if shared.startswith("http") else ()
        media = (Media("", ident),) if labelled(row, ["MediaUrl"]).strip('"') else ()
        if text or extras or media:
            shown = audience(labelled(row, ["Visibility"]), own)
            yield Post(ident, text, "post", date, shown, url, extras, media)


def _comments(archive: Archive, name: str) -> Iterator[Piece]:
    for number, row in enumerate(_rows(archive, name, *_columns("comments")), start=1):
        if text := _plain(labelled(row, ["Message"])):
            date, url = when(labelled(row, ["Date"])), labelled(row, ["Link"])
            yield Post(f"comment-{number}", text, "comment", date, "", url)


def _article(archive: Archive, name: str) -> Iterator[Piece]:
    soup = BeautifulSoup(archive.text(name), "lxml")
    for part in soup(["script", "style", "title"]):
        part.decompose()
    text = "\n".join(line for line in soup.get_text("\n", strip=True).split("\n") if line)
    dates = [when(word) for word in re.findall(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?", text[:2000])]
    if text:
        yield Post(f"article-{name.rpartition('/')[2]}", text, "post", next(iter(dates), ""))


def _summary(archive: Archive, name: str) -> Iterator[Piece]:
    for row in _rows(archive, name, "Profile Summary"):
        yield from _said(Text("bio", "bio", _plain(labelled(row, ["Profile Summary"]))))


def _connections(archive: Archive, name: str) -> Iterator[Piece]:
    for row in _rows(archive, name, *_columns("connections")):
        if full := _full_name(row):
            yield Person("connections", full)


def _sign_in(archive: Archive, name: str) -> Iterator[Piece]:
    for row in _rows(archive, name, *_columns("emails")):
        if value := labelled(row, ["Email Address"]):
            yield SignIn(value)


def _full_name(row: Mapping[str, str]) -> str:
    return f"{labelled(row, ['First Name'])} {labelled(row, ['Last Name'])}".strip()


def _said(*texts: Text) -> Iterator[Text]:
    return (text for text in texts if text.value)


def _listed(value: str) -> list[str]:
    """The parts of "[PORTFOLIO:https://a.example,BLOG:https://b.example]", without their labels."""
    inside = match["inside"] if (match := _BRACKETED.match(value)) else value
    return [_LABEL.sub("", part.strip()) for part in inside.split(",") if part.strip()]


def _unquoted(text: str) -> str:
    """A post as written: LinkedIn ends each of its lines with a quote and begins the next with one."""
    return _LINE_ENDS.sub(lambda match: "\n" * match[0].count("\n"), text)


def _plain(value: str) -> str:
    return unescape(words(value)).strip()


_READERS: Mapping[str, Callable[[Archive, str], Iterator[Piece]]] = {
    "profile": _profile,
    "summary": _summary,
    "emails": _sign_in,
    "positions": _part,
    "education": _part,
    "part": _part,
    "received": _recommendations,
    "shares": _shares,
    "article": _article,
    "comments": _comments,
    "connections": _connections,
}
