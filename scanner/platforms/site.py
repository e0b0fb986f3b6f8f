"""Any public profile or personal site that has no module of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from detectors import Snapshot
from scanner.platforms import _reading
from scanner.platforms._seam import Account, Page, Visit

NAME = "site"
EXAMPLE = "https://jo.example/about"


def claim(url: str) -> Account | None:
    """Every web address may be somebody's site; the handle is read off the page."""
    return Account(NAME, "", url) if urlsplit(url).hostname else None


def visits(account: Account) -> Iterator[Visit]:
    """The page itself, read to its end."""
    yield Visit("profile", account.url, scroll=True)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """Lists of people the profile links to: that a stranger can open them is worth knowing."""
    for name, address in _reading.lists(account, pages[0]) if pages else ():
        yield Visit(name, address, optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """Read the page by its own markup, else by its landmarks."""
    return _reading.read(account, pages)
