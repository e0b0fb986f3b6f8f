"""Platforms: which addresses are theirs, what to open, and how to read it. They never fetch.

A platform is one module here without a leading underscore, plus a facts file in `data/platforms`
and golden pages in the tests. It defines:

    NAME       the key used in reports, e.g. "mastodon"
    EXAMPLE    an address it claims
    claim(url)           the `Account` if the address is a profile of this platform, else None
    visits(account)      what to open, in order; the first visit decides whether there is a profile
    more(account, pages) optional: what to open besides, now that those pages are known
    parse(account, pages)    the pages that came back, as a `Snapshot`

`site` claims every address nobody else does.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from scanner.errors import SubmissionError
from scanner.platforms._refused import refusal
from scanner.platforms._seam import Account, Page, Platform, Visit
from scanner.platforms._walls import wall

__all__ = ["Account", "Page", "Platform", "Visit", "find", "more", "named", "names", "wall"]


def names() -> tuple[str, ...]:
    """The platforms with a module of their own."""
    found = (name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_"))
    return tuple(sorted(found))


@lru_cache(maxsize=64)
def named(name: str) -> Platform:
    """The platform module of that name."""
    return cast("Platform", importlib.import_module(f"{__name__}.{name}"))


def find(url: str) -> Account:
    """The account a canonical address stands for; `site` takes what nobody else claims.

    Raises:
        SubmissionError: the address is no profile we may open; the sentence says what to paste.
    """
    if reason := refusal(url):
        raise SubmissionError(reason)
    for name in names():
        if name != "site" and (account := named(name).claim(url)):
            return account
    account = named("site").claim(url)
    assert account is not None
    return account


def more(account: Account, pages: Sequence[Page]) -> tuple[Visit, ...]:
    """What else to open, now that the first pages are known; empty for most platforms."""
    hook = getattr(named(account.platform), "more", None)
    return tuple(hook(account, pages)) if hook else ()
