"""What the guard says of itself in an answer, told from what a site may write there."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

STATUS_FIELD = "proxy-status"
"""In every answer the guard makes itself (RFC 9209); the guard takes it out of a site's plain answers."""

RESULTS = frozenset({"blocked", "filtered", "timeout", "unreachable", "unreadable"})
_TOKEN = secrets.token_urlsafe(24)  # new at each launch, so that no site can know it


def signed(result: str) -> str:
    """The field's value for a result, with the word that only this launch knows."""
    return f"exposure-scanner; details={result}; token={_TOKEN}"


def verdict(url: str, headers: Mapping[str, str]) -> str | None:
    """The guard's result for a plain http address, or None where the site itself answered.

    Inside the tunnel of an https address the guard says nothing, whatever the field there claims.
    """
    said = headers.get(STATUS_FIELD)
    if said is None or not url.lower().startswith("http://"):
        return None
    told, _, token = said.partition("; token=")
    if not hmac.compare_digest(token.encode("utf-8", "replace"), _TOKEN.encode()):
        return None
    result = told.rpartition("details=")[2]
    return result if result in RESULTS else "unreachable"
