"""Who may come in: a token that opens once, and the cookie it becomes."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from hmac import compare_digest

IDLE_S = 30 * 60.0
"""Seconds without a request after which the stay ends and everything is forgotten."""


class Gate:
    """One door for one person. Secrets are kept as hashes; a token that was used opens nothing."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(32)
        self._door: bytes = _hash(self.token)
        self._cookie = b""
        self._clock = clock
        self._last = clock()

    def open(self, token: str) -> str:
        """The cookie for whoever comes first with the token, else nothing."""
        if not self._door or not compare_digest(_hash(token), self._door):
            return ""
        cookie = secrets.token_urlsafe(32)
        self._door, self._cookie, self.token = b"", _hash(cookie), ""
        self._last = self._clock()
        return cookie

    def knows(self, cookie: str) -> bool:
        """Whether this is the person who came in; being here counts as not idle."""
        if not cookie or not self._cookie or not compare_digest(_hash(cookie), self._cookie):
            return False
        if self.idle():
            return False
        self._last = self._clock()
        return True

    def idle(self) -> bool:
        """Whether nobody asked for anything for too long."""
        return self._clock() - self._last > IDLE_S

    def close(self) -> None:
        """Let nobody in any more."""
        self._door, self._cookie, self.token = b"", b"", ""


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
