"""Any public profile or personal site that has no module of its own.

A site that shows on its page that WordPress made it is read as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from detectors import Snapshot
from scanner.platforms import _reading, _refused, _walls, wordpress
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
    """Lists of people the profile links to, as it is worth knowing that a stranger can open them; videos."""
    if _made_by_wordpress(account, pages):
        yield from wordpress.more(account, pages)
        return
    for name, address in _reading.lists(account, pages[0]) if pages else ():
        yield Visit(name, address, optional=True)
    if pages:
        yield from _reading.videos(account, pages)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """Read the page by its own markup, else by its landmarks."""
    if _made_by_wordpress(account, pages):
        return wordpress.parse(account, pages)
    return _reading.read(account, pages)


def _made_by_wordpress(account: Account, pages: Sequence[Page]) -> bool:
    """Never on hosts of many people's profiles, whose own software it may be."""
    if not pages or _refused.owner(account.url) or _walls.wall(pages[0]):
        return False
    return wordpress.shown(pages[0])
