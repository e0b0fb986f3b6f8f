"""Mastodon: the archive of an account, in the words of ActivityPub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import facts
from scanner.exports._pieces import Count, Flag, Media, Note, Person, Piece, Post, Who
from scanner.exports._values import dig, listed, when, words

NAME = "mastodon"
SHOWN = frozenset({"Note", "Question", "Article", "Page"})
LISTS = {"following_accounts.csv": "following", "followers.csv": "followers"}
_ACTOR = re.compile(r'"preferredUsername"\s*:')
_END = re.compile(r"<(?:br\s*/?|/?(?:p|li|blockquote)(?:\s[^<>]*)?)>")
_TAG = re.compile(r"</?(?:a|span|b|i|em|strong|u|s|del|ul|ol|pre|code)(?:\s[^<>]*)?>")
_OUTBOX = re.compile(r'"type"\s*:\s*"OrderedCollection"|"orderedItems"\s*:')


def tell(archive: Archive) -> float:
    """Sure by the shape of its two files; either is enough."""
    for name in archive.named("actor.json", "outbox.json"):
        start = archive.peek(name)
        if "activitystreams" in start and (_ACTOR.search(start) or _OUTBOX.search(start)):
            return 1.0
    return 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The account, then what it wrote for more than the people named in it."""
    actor: Mapping[str, Any] = {}
    for name in _named(archive, "actor.json", _ACTOR):
        told = archive.json(name)
        if isinstance(told, dict) and words(dig(told, "preferredUsername")):
            actor = told
            yield from _account(archive, told)
    for name in _named(archive, "outbox.json", _OUTBOX):
        yield from _posts(archive, name, actor)
    for table, relation in LISTS.items() if not archive.single else ():
        for name in archive.named(table):
            for row in archive.rows(name, "Account address"):
                yield Person(relation, words(row.get("Account address")))


def _named(archive: Archive, name: str, shape: re.Pattern[str]) -> list[str]:
    """The members of that name; one file given alone goes by its shape."""
    return [one for one in archive.named(name) if not archive.single or shape.search(archive.peek(one))]


def _posts(archive: Archive, name: str, actor: Mapping[str, Any]) -> Iterator[Piece]:
    posts = left = 0
    for path, activity in archive.items(name):
        if path != ("orderedItems",) or words(dig(activity, "type")) != "Create":
            continue
        if not actor and (ident := words(dig(activity, "actor"))):  # the outbox was given alone
            actor = {"id": ident}
            yield Who(ident.rstrip("/").rpartition("/")[2].lstrip("@"), url=ident)
        note = dig(activity, "object")
        if not (seen_by := audience(activity, actor)):
            left += 1  # written to those it names alone: a message, so its words are not looked at
        elif isinstance(note, dict) and words(dig(note, "type")) in SHOWN:
            posts += 1
            yield _post(archive, note, actor, seen_by)
    if posts:
        yield Count("posts", posts)
    if left:
        were = "post was" if left == 1 else "posts were"
        yield Note(f"{left:,} {were} written to named people alone and left alone, as messages are.")


def audience(activity: Any, actor: Mapping[str, Any]) -> str:
    """Who can read a post, by whom it is addressed to; "" for a message to those it names alone."""
    to = {words(one) for key in ("to", "cc") for one in listed(dig(activity, key))}
    if to & set(facts(NAME)["public"]):
        return "public"  # unlisted ones too: they stand on the profile for anyone
    followers = words(dig(actor, "followers"))
    return "followers" if any(one == followers or one.endswith("/followers") for one in to if one) else ""


def _account(archive: Archive, actor: Mapping[str, Any]) -> Iterator[Piece]:
    url, ident = words(dig(actor, "url")), words(dig(actor, "id"))
    handle = words(dig(actor, "preferredUsername"))
    host = urlsplit(url or ident).hostname or ""
    also = tuple(filter(None, (url, ident, f"{handle}@{host}" if host else "")))
    yield Who(handle, words(dig(actor, "name")), url or ident, also)
    yield from _flags(actor)
    if bio := plain(dig(actor, "summary")):
        yield Text("bio", "bio", bio)
    rows = (one for one in listed(dig(actor, "attachment")) if dig(one, "type") == "PropertyValue")
    for number, row in enumerate(rows, 1):
        said = f"{plain(dig(row, 'name'))} {plain(dig(row, 'value'))}".strip()
        yield Text(f"link-{number}", "link", said, url=_address(dig(row, "value")))
    for where, key in (("avatar", "icon"), ("banner", "image")):
        if file := words(dig(actor, key, "url")):
            yield Media(_member(archive, file), where)


def _flags(actor: Mapping[str, Any]) -> Iterator[Flag]:
    """Only what an actor's word settles: who approves followers may still post for everyone."""
    if dig(actor, "manuallyApprovesFollowers") is False:
        yield Flag("private", value=False)
    if isinstance(value := dig(actor, "discoverable"), bool):
        yield Flag("discoverable", value)
    if dig(actor, "indexable") is True:  # a no speaks of searching posts, not of search engines
        yield Flag("indexable", value=True)


def _post(archive: Archive, note: Mapping[str, Any], actor: Mapping[str, Any], seen_by: str) -> Post:
    url = words(dig(note, "url")) or words(dig(note, "id"))
    ident = words(dig(note, "id")).rstrip("/").rpartition("/")[2]
    to, mine = words(dig(note, "inReplyTo")), words(dig(actor, "id")).rstrip("/") or "-"
    said = [plain(dig(note, key)) for key in ("summary", "name", "content")]
    answers = [words(dig(one, "name")) for key in ("oneOf", "anyOf") for one in listed(dig(note, key))]
    return Post(
        ident,
        "\n".join(filter(None, (*said, *answers))),
        "comment" if to and not to.startswith(f"{mine}/") else "post",
        when(dig(note, "published")),
        seen_by,
        url if url.startswith("https://") else "",
        tuple(_places(note, ident)),
        tuple(_media(archive, note)),
    )


def _places(note: Mapping[str, Any], ident: str) -> Iterator[Text]:
    if place := words(dig(note, "location", "name")):
        yield Text(ident, "location", place)


def _media(archive: Archive, note: Mapping[str, Any]) -> Iterator[Media]:
    for one in listed(dig(note, "attachment")):
        kind = words(dig(one, "mediaType"))
        if kind.startswith(("image/", "video/")) and (file := words(dig(one, "url"))):
            yield Media(_member(archive, file), video=kind.startswith("video/"), alt=words(dig(one, "name")))


def _member(archive: Archive, address: str) -> str:
    """The file of a picture; some servers write its address on the web, whose path names it too."""
    return archive.locate(urlsplit(address).path.lstrip("/") if "://" in address else address.lstrip("/"))


def plain(value: Any) -> str:
    """The text of a piece of HTML, with its lines."""
    text = words(value)
    if "<" not in text and "&" not in text:
        return text
    usual = _TAG.sub("", _END.sub("\n", text))
    if "<" not in usual and ">" not in usual:
        return _tidy(unescape(usual))
    soup = BeautifulSoup(text, "lxml")
    for hidden in soup.select("script, style"):
        hidden.decompose()
    for end in soup.find_all(["br", "p", "li", "blockquote"]):
        end.append("\n")
    return _tidy(soup.get_text())


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _address(value: Any) -> str:
    found = re.search(r'href="(https?://[^"]{1,500})"', words(value))
    return found[1] if found else ""
