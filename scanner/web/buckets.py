"""How often something may happen: a burst, then so many a second; in memory, and never more than so many."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable

MOST = 5000
"""Addresses that are counted at the same time; the one not seen for longest makes room."""


class Bucket:
    """Lets through a burst, then so many a second."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float]) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._left, self._at = burst, clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        if not self.has():
            return False
        self._left -= 1
        return True

    def has(self) -> bool:
        """Whether one more could pass now."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left >= 1


class Buckets:
    """One bucket for each address, known by a hash that only this process can make."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float]) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._found: OrderedDict[bytes, Bucket] = OrderedDict()
        self._key = secrets.token_bytes(16)

    def of(self, address: str) -> Bucket:
        """The bucket of an address."""
        name = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
        if name not in self._found:
            self._found[name] = Bucket(self._burst, self._rate, self._clock)
        self._found.move_to_end(name)
        while len(self._found) > MOST:
            self._found.popitem(last=False)
        return self._found[name]
