"""The stays of many people: a cookie each, locked when idle, ended after a while, never too many."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.errors import UsageError
from scanner.web.buckets import Bucket
from scanner.web.render import LOCK_S, Room

END_S = 60 * 60.0
"""Seconds without a request after which the cookie is forgotten too."""
LONGEST_S = 4 * 60 * 60.0
"""Seconds a stay lasts at the most, however busy."""
MOST = 600


@dataclass(slots=True)
class Stay:
    """One browser that somebody came in with. `words` are those offered to somebody who joins."""

    room: Room
    began: float
    last: float
    words: str = field(default="", repr=False)
    locked: bool = False
    bucket: Bucket | None = field(default=None, repr=False)


class Stays:
    """All stays of a server. Cookies are kept as hashes."""

    def __init__(self, cookie: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.cookie = cookie
        self._clock = clock
        self._found: dict[bytes, Stay] = {}

    def begin(self, room: Room, *, words: str = "") -> str:
        """A new stay; gives its cookie, which nobody has had before.

        Raises:
            UsageError: the house is full.
        """
        self.tidy()
        if sum(not stay.locked for stay in self._found.values()) >= MOST:
            raise UsageError("very many people are here right now; please try again in some minutes")
        while len(self._found) >= 2 * MOST:
            self._found.pop(min(self._found, key=lambda one: self._found[one].last))
        cookie, now = secrets.token_urlsafe(32), self._clock()
        self._found[_hash(cookie)] = Stay(room, now, now, words)
        return cookie

    def find(self, cookie: str, *, counts: bool = True) -> Stay | None:
        """Whose cookie this is. Asking counts as being there, unless a page asks by itself."""
        stay = self._found.get(_hash(cookie)) if cookie else None
        if stay is None:
            return None
        self._age(stay)
        if self._over(stay):
            self._found.pop(_hash(cookie), None)
            return None
        if counts and not stay.locked:
            stay.last = self._clock()
        return stay

    def of(self, room: Room) -> Stay | None:
        """The stay that goes on in a room."""
        return next((stay for stay in self._found.values() if stay.room is room), None)

    def end(self, room: Room) -> None:
        """Forget a stay and everything opened in it; a check that runs goes on."""
        for name, stay in list(self._found.items()):
            if stay.room is room:
                _lock(stay)
                del self._found[name]

    def end_person(self, person: str) -> None:
        """Forget every stay of somebody, on whatever device."""
        for stay in list(self._found.values()):
            if stay.room.member and stay.room.member.id == person:
                self.end(stay.room)

    def tidy(self) -> None:
        """Lock and end what is due, also where nobody asks any more."""
        for name, stay in list(self._found.items()):
            self._age(stay)
            if self._over(stay):
                del self._found[name]

    def __len__(self) -> int:
        return len(self._found)

    def _age(self, stay: Stay) -> None:
        now = self._clock()
        if now - stay.last > LOCK_S or now - stay.began > LONGEST_S:
            _lock(stay)

    def _over(self, stay: Stay) -> bool:
        now = self._clock()
        return now - stay.last > END_S or now - stay.began > LONGEST_S + END_S


def _lock(stay: Stay) -> None:
    stay.locked, stay.words = True, ""
    stay.room.visit.release()
    stay.room.member, stay.room.office = None, None


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()
