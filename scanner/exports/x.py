"""X: the scripts of an archive, each of which begins with the name of what it holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from detectors import Text
from scanner.exports._archive import Archive
from scanner.exports._labels import facts
from scanner.exports._pieces import Count, Flag, Media, Note, Piece, Post, SignIn, Who
from scanner.exports._values import dig, listed, when, words

NAME = "x"
MOST_NOTES = 20_000
"""Long posts that are kept back until the short form of each has come."""

_SETS = re.compile(r"\s*window\.(?:YTD\.)?(?P<what>\w+?)(?:\.part\d+)?\s*=")
_SHARED = re.compile(r"RT @\w{1,15}:")
_CUT = "\u2026"


@dataclass(slots=True)
class _Told:
    """What is known of the account while its scripts are read."""

    handle: str = ""
    number: str = ""
    places: bool = False
    notes: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    pictures: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faces: list[str] = field(default_factory=list)


def tell(archive: Archive) -> float:
    """Sure as soon as one member sets what only these archives set."""
    names = archive.names if archive.single else archive.named(*facts(NAME)["tell"])
    return 1.0 if any(_holds(archive, name) for name in names[:5]) else 0.0


def parse(archive: Archive) -> Iterator[Piece]:
    """The account first, then its settings, then posts, long ones put back to their full length."""
    told = _Told()
    _sort_pictures(archive, told)
    members: dict[str, list[str]] = defaultdict(list)
    for name in archive.names if archive.single else archive.named(*facts(NAME)["read"]):
        if holds := _holds(archive, name):
            members[holds].append(name)
        else:
            archive.trouble(f"{name} does not begin like a script of X's archive, so it was left out.")
    yield from _account(archive, members, told)
    yield from _protected(archive, members["protected"])
    for row in _rows(archive, members["notes"]):
        _keep(row, told)
    for holds in ("posts", "circle"):
        for row in _rows(archive, members[holds]):
            yield from _post(row, told, "custom" if holds == "circle" else "")
    for date, rest in told.notes.items():
        yield from (Post(f"note-{ident}", text, date=date) for ident, text in rest)
    if told.places:
        yield Flag("location_on", value=True)
    for relation in ("followers", "following"):
        if members[relation]:
            yield Count(relation, sum(1 for _ in _rows(archive, members[relation])))
            yield Note(f"X gives your {relation} as numbers without names, so the list cannot be shown here.")


def _holds(archive: Archive, name: str) -> str:
    """What a member holds, by the name it sets; "" for any other text."""
    match = _SETS.match(archive.peek(name, 200).lstrip("\ufeff"))
    return str(facts(NAME)["holds"].get(match["what"].split(".")[0], "")) if match else ""


def _rows(archive: Archive, names: list[str]) -> Iterator[Mapping[str, Any]]:
    """The entries of scripts, without the wrapper of one key that newer ones put round each."""
    for name in names:
        for path, row in archive.items(name, skip="="):
            if isinstance(row, dict) and not path:
                inner = next(iter(row.values())) if len(row) == 1 else row
                yield inner if isinstance(inner, dict) else row


def _account(archive: Archive, members: Mapping[str, list[str]], told: _Told) -> Iterator[Piece]:
    account = next(_rows(archive, members.get("account", [])), {})
    names = {
        path[-1]: value for name in members.get("manifest", []) for path, value in _leaves(archive, name)
    }
    told.handle = words(dig(account, "username")) or words(names.get("userName"))
    told.number = words(dig(account, "accountId")) or words(names.get("accountId"))
    shown = words(dig(account, "accountDisplayName")) or words(names.get("displayName"))
    if told.handle or told.number:
        also = [f"https://twitter.com/{told.handle}"] if told.handle else []
        also += [told.number, f"https://x.com/i/user/{told.number}"] if told.number else []
        yield Who(told.handle, shown, also=tuple(also))
    if email := words(dig(account, "email")):
        yield SignIn(email)
    profile = next(_rows(archive, members.get("profile", [])), {})
    for where, kind, key in (("bio", "bio", "bio"), ("location", "location", "location")):
        if value := _plain(dig(profile, "description", key)):
            yield Text(where, kind, value)
    if site := words(dig(profile, "description", "website")):
        yield Text("link-1", "link", site, url=site)
    for where, key in (("avatar", "avatarMediaUrl"), ("banner", "headerMediaUrl")):
        if address := words(dig(profile, key)):
            yield Media(_face(told, address), where)


def _leaves(archive: Archive, name: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for path, value in archive.items(name, skip="="):
        if path[:1] == ("userInfo",):
            yield path, value


def _protected(archive: Archive, names: list[str]) -> Iterator[Piece]:
    """Whether the posts are protected: what the newest row says, the last of those of the same time."""
    newest: tuple[str, bool] | None = None
    for row in _rows(archive, names):
        action = words(dig(row, "action")).casefold()
        if action in ("protect", "unprotect"):
            at = when(dig(row, "protectedAt"))
            if newest is None or at >= newest[0]:
                newest = (at, action == "protect")
    if newest:
        yield Flag("private", value=newest[1])


def _keep(row: Mapping[str, Any], told: _Told) -> None:
    if len(told.notes) >= MOST_NOTES:
        return
    held = next((h for key in ("core", "noteTweetResults", "noteTweetContents") if (h := dig(row, key))), row)
    if text := _spelt_out(words(dig(held, "text")), held):
        told.notes[when(dig(row, "createdAt"))].append((words(dig(row, "noteTweetId")), text))


def _post(row: Mapping[str, Any], told: _Told, audience: str) -> Iterator[Piece]:
    ident = words(dig(row, "id_str")) or words(dig(row, "id"))
    text = _spelt_out(words(dig(row, "full_text")) or words(dig(row, "text")), row)
    date = when(dig(row, "created_at"))
    url = f"https://x.com/{told.handle}/status/{ident}" if told.handle and ident else ""
    if _SHARED.match(text):
        yield Post(ident, date=date, url=url, extras=(Text(ident, "post", text, "other", date, url),))
        return
    text = _whole(text, date, told)
    extras = []
    if place := words(dig(row, "place", "full_name")) or _point(row):
        told.places = True
        extras.append(Text(ident, "location", place, date=date, url=url))
    to = words(dig(row, "in_reply_to_screen_name"))
    kind = "comment" if to and to.casefold() != told.handle.casefold() else "post"
    media = tuple(_media(row, ident, told))
    if text or media or extras:
        yield Post(ident, text, kind, date, audience, url, tuple(extras), media)


def _whole(text: str, date: str, told: _Told) -> str:
    """The full length of a post that was cut, by its time and its beginning."""
    begins = text.rstrip(_CUT + " ")[:60].rsplit(" ", 1)[0]
    for number, (_, full) in enumerate(told.notes.get(date, ())):
        if full.startswith(begins):
            del told.notes[date][number]
            return full
    return text


def _media(row: Mapping[str, Any], ident: str, told: _Told) -> Iterator[Media]:
    stated = listed(dig(row, "extended_entities", "media")) or listed(dig(row, "entities", "media"))
    names = told.pictures.get(ident, [])
    for one in stated:
        video = words(dig(one, "type")) in ("video", "animated_gif")
        addresses = [words(dig(one, "media_url_https")) or words(dig(one, "media_url"))]
        addresses += (
            [words(dig(v, "url")) for v in listed(dig(one, "video_info", "variants"))] if video else []
        )
        ends = [address.split("?")[0].rpartition("/")[2].casefold() for address in addresses if address]
        found = next((n for end in reversed(ends) for n in names if end and n.casefold().endswith(end)), "")
        yield Media(found, ident, video=video, alt=_plain(dig(one, "ext_alt_text")))


def _sort_pictures(archive: Archive, told: _Told) -> None:
    """Pictures by the number of their post, with which their names begin."""
    folders, faces = facts(NAME)["pictures"], facts(NAME)["profile_pictures"]
    for name in archive.names:
        folder, _, base = name.rpartition("/")
        last = folder.rpartition("/")[2].casefold()
        if last in folders:
            told.pictures[base.partition("-")[0]].append(name)
        elif last in faces:
            told.faces.append(name)


def _face(told: _Told, address: str) -> str:
    end = address.rpartition("/")[2].casefold()
    return next((n for n in told.faces if end and end in n.rpartition("/")[2].casefold()), "")


def _spelt_out(text: str, row: Mapping[str, Any]) -> str:
    """A text with the addresses that its short links stand for; links to its own pictures go."""
    for one in (*listed(dig(row, "entities", "urls")), *listed(dig(row, "urls"))):
        short, full = words(dig(one, "url")) or words(dig(one, "shortUrl")), words(dig(one, "expanded_url"))
        full = full or words(dig(one, "expandedUrl"))
        text = text.replace(short, full) if short and full else text
    for one in listed(dig(row, "entities", "media")):
        if short := words(dig(one, "url")):
            text = text.replace(short, "")
    return _plain(text)


def _plain(value: Any) -> str:
    return unescape(words(value)).strip()


def _point(row: Mapping[str, Any]) -> str:
    pair = listed(dig(row, "geo", "coordinates"))
    return ", ".join(words(part) for part in pair) if len(pair) == 2 else ""  # noqa: PLR2004
