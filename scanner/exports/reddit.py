"""Reddit: tables of what an account posted and commented."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import facts
from scanner.exports._pieces import Count, Flag, Note, Person, Piece, Post, SignIn, Who
from scanner.exports._values import folded, when, words

NAME = "reddit"
POSTS, COMMENTS = "posts.csv", "comments.csv"
_OWN = re.compile(r"(?:^|reddit\.com)/(?:r|user|u)/")


def tell(archive: Archive) -> float:
    """Sure when a table has the columns and addresses of Reddit; one with no rows is likely enough."""
    best = 0.0
    for name in archive.named(POSTS, COMMENTS)[:4]:
        start = archive.peek(name)
        columns = {folded(cell.strip().lstrip("\ufeff")) for cell in next(csv.reader(start.splitlines()), [])}
        if set(facts(NAME)["tell"]) <= columns:
            best = max(best, 1.0 if re.search(facts(NAME)["site"], start) else 0.7)
    return best


def parse(archive: Archive) -> Iterator[Piece]:
    """Whose it is, the settings, then posts and comments. Computers' addresses stay unread."""
    yield from _owner(archive)
    yield from _settings(archive)
    posts = 0
    for name in archive.named(POSTS, COMMENTS):
        comments = _comments(archive, name)
        for row in archive.rows(name, *facts(NAME)["tell"]):
            if (post := _post(row, comments=comments)) is not None:
                posts += not comments
                yield post
    if posts:
        yield Count("posts", posts)
    if not archive.single:
        for name in archive.named("friends.csv"):
            for row in archive.rows(name, "username"):
                yield Person("friends", words(row.get("username")))
    yield Note("Reddit's download does not say which of your communities are private. We took all as open.")


def _owner(archive: Archive) -> Iterator[Piece]:
    if archive.single:
        return
    known = facts(NAME)
    for name in archive.named("statistics.csv"):
        for row in archive.rows(name, "statistic", "value"):
            title = folded(row.get("statistic", ""))
            if title in known["name"] and (handle := words(row.get("value"))):
                yield Who(handle.removeprefix("u/"))
            elif title in known["email"] and "@" in (address := words(row.get("value"))):
                yield SignIn(address)


def _settings(archive: Archive) -> Iterator[Piece]:
    if archive.single:
        return
    for name in archive.named("user_preferences.csv"):
        told = {
            folded(row.get("preference", "")): folded(row.get("value", ""))
            for row in archive.rows(name, "preference", "value")
        }
        for one in facts(NAME)["preference"]:
            if value := told.get(one["name"]):
                yield Flag(one["flag"], value == one["open"])


def _comments(archive: Archive, name: str) -> bool:
    """Whether a table holds comments, whatever its name: posts have a title."""
    return "title" not in archive.peek(name, 4096).partition("\n")[0].casefold()


def _post(row: Mapping[str, str], *, comments: bool) -> Post | None:
    ident = words(row.get("id"))
    said = [words(row.get(key)) for key in ("title", "body")]
    text = "\n".join(part for part in said if part and folded(part) not in facts(NAME)["gone"])
    if not text:
        return None
    link = words(row.get("url"))
    away = link.startswith("http") and not _OWN.search(link)
    date = when(words(row.get("date")))
    extras = (Text(ident, "link", link, url=link),) if away else ()
    return Post(
        ident,
        text,
        "comment" if comments else "post",
        date,
        "public",
        _permalink(words(row.get("permalink"))),
        extras,
    )


def _permalink(path: str) -> str:
    if path.startswith(("/r/", "/user/", "/u/")):
        return f"https://www.reddit.com{path}"
    return path if path.startswith("https://") else ""
