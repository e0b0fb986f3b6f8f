"""Threads: the account's own fields in the page's state, else the sentence in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from detectors import Snapshot
from scanner.platforms import _grams, _owned, _state
from scanner.platforms._parts import Person
from scanner.platforms._seam import Account, Page, Visit

NAME = "threads"
EXAMPLE = "https://www.threads.com/@jo.lee.runs"
ANSWERS = True

_PATH = re.compile(r"/@(?P<user>[\w.]{1,30})/?", re.ASCII)
_COUNTED = re.compile(
    r"^\s*(?P<followers>\d[\d.,]*\s?[KMkm]?)\s+[^\d•·]{2,30}[•·](?:\s*\d[\d.,]*\s?[KMkm]?\s+[^\d•·]{2,30}[•·])?\s*"
)


def claim(url: str) -> Account | None:
    """A profile by its name."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["user"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's fields of the page's state; else the page's summary of itself."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    user = _grams.owner(account, page)
    person = _grams.person(user)
    # `is_private` would speak of the Instagram account of the same name
    flags = _owned.switches(user, {"private": "text_post_app_is_private"})
    if not user or not (flags or person.bio or _grams.counts(user)):
        return None
    posts = _grams.posts(account, page, user, f"https://www.threads.com/@{person.handle}/post/")
    counts = {name: n for name, n in _grams.counts(user).items() if name != "posts"}  # Instagram's
    return _owned.finish(account, page, person, posts, flags=flags, counts=counts, partly=True)


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    about = _owned.summary(page)
    if not about.handle:
        return None
    if not _owned.same(account, page, about.handle):
        return _owned.another(account)
    counted = _COUNTED.match(about.description)
    bio = _state.words(
        re.sub(_owned.signs()["threads"]["invites"], "", about.description[counted.end() if counted else 0 :])
    )
    if not counted and not bio:
        return None
    private = _owned.says_private(account, page, bio)
    return _owned.finish(
        account,
        page,
        Person(about.name, about.handle, bio=bio, avatar=_owned.picture(about.picture)),
        [],
        flags={"private": True} if private else {},
        counts=_owned.counted(followers=counted["followers"]) if counted else {},
        partly=True,
    )
