"""Platforms: which addresses are theirs, what to open, and how to read it. They never fetch.

A platform is one module here without a leading underscore, plus a facts file in `data/platforms`
and golden pages in the tests. It defines:

    NAME       the key used in reports, e.g. "mastodon"
    EXAMPLE    an address it claims
    claim(url)           the `Account` if the address looks like a profile of this platform, else None
    visits(account)      what to open, in order; the first visit decides whether there is a profile
    more(account, pages) optional: what to open besides, now that those pages are known
    parse(account, pages)    the pages that came back, as a `Snapshot`
    ANYWHERE   optional, True: it has hosts of its own and also runs on hosts of other people
    ANSWERS    optional, True: a saved answer in JSON may stand for the page

A platform with hosts of its own is the `reader` of those hosts in `data/web/refused.toml`, and is asked
for nothing else unless it runs `ANYWHERE`. One that does, or has no hosts of its own, claims by the look of
an address, on hosts that nobody owns: a guess, which its `parse` must confirm by what came back, or read
the page as `site`. `site` claims all that is left.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

from scanner.errors import SubmissionError
from scanner.platforms._refused import key, keys, odd, owner, owners, refusal
from scanner.platforms._seam import Account, Page, Platform, Visit
from scanner.platforms._walls import in_words, wall

__all__ = [
    "Account",
    "Page",
    "Platform",
    "Visit",
    "find",
    "in_words",
    "more",
    "named",
    "names",
    "unread",
    "wall",
]


def names() -> tuple[str, ...]:
    """The platforms with a module of their own."""
    found = (name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_"))
    return tuple(sorted(found))


@lru_cache(maxsize=64)
def named(name: str) -> Platform:
    """The module that reads the platform of that name; `site` reads those without one of their own."""
    if name not in names() and name in keys():
        name = "site"
    return cast("Platform", importlib.import_module(f"{__name__}.{name}"))


def find(url: str) -> Account:
    """The account a canonical address stands for; `site` takes what nobody else claims.

    What it reads on the hosts of a known platform still goes by that platform's name.

    Raises:
        SubmissionError: the address is no profile we may open; the sentence says what to paste.
    """
    if reason := refusal(url):
        raise SubmissionError(reason)
    owned = owner(url)
    for name in [owned] if owned else _guessing():
        if name != "site" and (account := named(name).claim(url)):
            return account
    if owned and owned != "site":  # left to `site`, it would escape that platform's switch
        raise SubmissionError(odd(url))
    account = named("site").claim(url)
    assert account is not None
    known = key(url)
    return replace(account, platform=known) if known and known not in names() else account


def more(account: Account, pages: Sequence[Page]) -> tuple[Visit, ...]:
    """What else to open, now that these pages are known, tried or not; empty for most platforms."""
    hook = getattr(named(account.platform), "more", None)
    return tuple(hook(account, pages)) if hook else ()


def unread(account: Account) -> Account:
    """The account as a report calls it when nothing was read: a platform that was guessed is a site."""
    guessed = account.platform in _guessing() and not owner(account.url)
    return Account("site", "", account.url) if guessed else account


def _guessing() -> tuple[str, ...]:
    """The platforms that claim by the look of an address."""
    return tuple(
        name
        for name in names()
        if name != "site" and (name not in owners() or getattr(named(name), "ANYWHERE", False))
    )
