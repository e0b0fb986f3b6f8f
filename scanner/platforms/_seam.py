"""The values that acquisition and the platforms hand each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from detectors import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """One profile: where it is, in its canonical address."""

    platform: str
    handle: str
    url: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing to open.

    `via` "browser" renders the page, "http" fetches an API answer or feed, "picture" fetches one
    picture file as it was uploaded, "video" a video file: its bytes are then the only thing in the
    page's `pictures`.
    `scroll` reads on to the end of the page. `optional`: a failure here does not spoil the profile.
    """

    name: str
    url: str
    via: Literal["browser", "http", "picture", "video"] = "browser"
    scroll: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What came back for one visit.

    `html` is the rendered DOM (or the body, for "http"), `source` the main document as sent.
    `pictures` maps the address of each picture and video the page itself loaded to its bytes.
    `complete` is "complete", "capped" or "unsure" for scrolled pages.
    """

    name: str
    url: str
    status: int
    html: str = field(repr=False)
    source: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    complete: str = "unsure"
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, name: str, make: Callable[[Page], T]) -> T:
        """What `make` works out of this page, done the first time only and freed with the page.

        The same name must always come with the same `make`, and what it gave must not be changed.
        """
        if name not in self._made:
            self._made[name] = make(self)
        made: T = self._made[name]
        return made


class Platform(Protocol):
    """What a platform module offers.

    A module may also define `more(account, pages)`: visits that only the pages show, such as a
    list the profile links to, or an answer whose address holds an id. It is asked again after each
    page; the first visit whose name was not tried yet is opened next.
    """

    NAME: str
    EXAMPLE: str

    def claim(self, url: str) -> Account | None: ...

    def visits(self, account: Account) -> Iterator[Visit]: ...

    def parse(self, account: Account, pages: Sequence[Page]) -> Snapshot: ...
