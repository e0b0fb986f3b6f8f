"""Who comes with a request, and what they may ask for: one person alone, or many on a school's server."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import RedirectResponse, Response

from scanner.web.buckets import Bucket, Buckets
from scanner.web.render import Room
from scanner.web.stays import Stay, Stays
from scanner.web.visit import Visit

DOOR = "/open/"
PERSON = (120.0, 20.0)
STRANGER = (30.0, 1.0)
HOUSE = (3000.0, 300.0)
"""All strangers of a school's server together: a burst, and requests a second after it."""
ADDRESS = (1200.0, 100.0)
"""Strangers from one address, which may be a whole school."""
AWAY = "/away"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody with a request. Without a room they find nothing; `instead` is an answer at once."""

    room: Place | None
    buckets: Sequence[Bucket]
    instead: Response | None = None


class Knows(Protocol):
    """Who tells people by their cookie."""

    def knows(self, cookie: str, /) -> bool: ...


class Place(Protocol):
    """Where pages are asked for; the room of one person, or of a training session."""

    @property
    def cookie(self) -> str: ...


class Doors(Protocol):
    """Tells who comes, by cookies and, for counting alone, by address."""

    def meet(self, method: str, path: str, cookies: Mapping[str, str], address: str) -> Guest: ...


class Alone:
    """One room: a person on their own computer, or a training session.

    `open_paths` are those that strangers may ask for, as often as `strangers` says: a burst, and how many
    a second after it.
    """

    def __init__(
        self,
        gate: Knows,
        room: Place,
        *,
        open_paths: Collection[str] = (),
        strangers: tuple[float, float] = STRANGER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gate, self._room, self._open = gate, room, open_paths
        self._person, self._strangers = Bucket(*PERSON, clock), Bucket(*strangers, clock)

    def meet(self, method: str, path: str, cookies: Mapping[str, str], address: str) -> Guest:  # noqa: ARG002 - the seam
        """Whoever is known, or a stranger, who may knock with a token."""
        if self._gate.knows(cookies.get(self._room.cookie, "")):
            return Guest(self._room, (self._person,))
        knocks = (method == "GET" and path.startswith(DOOR)) or path in self._open
        return Guest(self._room if knocks else None, (self._strangers,))


class School:
    """Many people, each with a stay of their own; and nobody yet, who sees the doors alone.

    `roles` says who may ask for what, by method and path; what is not in it is not there.
    """

    def __init__(
        self,
        stays: Stays,
        *,
        roles: Mapping[tuple[str, str], frozenset[str]],
        nobody: Callable[[Visit], Room],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stays, self._roles, self._nobody, self._clock = stays, roles, nobody, clock
        self._everybody = Bucket(*HOUSE, clock)
        self._addresses = Buckets(*ADDRESS, clock)
        self._secret = secrets.token_bytes(32)

    @property
    def latch(self) -> str:
        """The name of the cookie that ties a form before the door to one browser."""
        return f"{self._stays.cookie}-door"

    def meet(self, method: str, path: str, cookies: Mapping[str, str], address: str) -> Guest:
        """Whoever the cookie belongs to, in their role."""
        cookie = cookies.get(self._stays.cookie, "")
        stay = self._stays.find(cookie, counts=path != "/progress/events")
        if stay is None or stay.locked:
            buckets = (self._addresses.of(address), self._everybody)
            if self._may("nobody", method, path):
                return Guest(self._nobody(Visit(csrf=self.token(cookies.get(self.latch, "")))), buckets)
            away = stay is not None and method in ("GET", "HEAD")
            return Guest(None, buckets, RedirectResponse(AWAY, 303) if away else None)
        room = stay.room if self._may(stay.room.role, method, path) else None
        return Guest(room, (self._bucket(stay),))

    def token(self, latch: str) -> str:
        """What a form before the door must carry; without a cookie, nothing that anybody can know."""
        if not latch:
            return secrets.token_urlsafe(24)
        return hmac.new(self._secret, latch.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _may(self, role: str, method: str, path: str) -> bool:
        method = "GET" if method == "HEAD" else method
        links = f"{path.rpartition('/')[0]}/{{token}}"
        return role in (self._roles.get((method, path)) or self._roles.get((method, links)) or ())

    def _bucket(self, stay: Stay) -> Bucket:
        if stay.bucket is None:
            stay.bucket = Bucket(*PERSON, self._clock)
        return stay.bucket
