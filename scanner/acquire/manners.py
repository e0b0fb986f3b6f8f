"""How we behave as a guest: who we say we are, how long we wait, what robots.txt lets us open."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from scanner.acquire.addresses import host_port
from scanner.acquire.guard import Guard
from scanner.acquire.web import fetch
from scanner.errors import AcquireError, UsageError

PRODUCT = "ExposureScanner"
"""The name robots.txt files may address us by."""

PURPOSE = "opt-in self-check of one's own public profile; one page at a time"
"""What we do, in the words a site's owner reads in their log."""

_MAX_HOSTS = 1_000
_MAX_ROBOTS = 300
_ROBOTS_BYTES = 500_000
_ROBOTS_WAIT = 15.0
_ROBOTS_AGE = 24 * 3600.0
_FAILURE_AGE = 600.0
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Manners:
    """The limits and the identity of one run.

    Raises:
        UsageError: a figure below nothing, or a contact that cannot stand in a header.
    """

    pause: float = 5.0
    """Seconds between the end of one page and the start of the next on the same host."""

    page_deadline: float = 60.0
    """Seconds for one page, from opening it to the last picture."""

    profile_deadline: float = 300.0
    """Seconds for all pages of one profile; waiting for its turn on a host does not count."""

    patience: float = 900.0
    """Seconds one profile waits for its turns altogether, pauses included."""

    max_posts: int = 200
    """Posts after which reading on stops and the profile counts as capped."""

    max_images: int = 300
    """Pictures kept of one profile."""

    max_page_height: int = 200_000
    """CSS pixels of page height after which scrolling stops."""

    max_bytes: int = 20_000_000
    """Bytes of one response."""

    max_crawl_delay: float = 30.0
    """Seconds up to which a longer pause asked for by robots.txt is kept."""

    contact: str = ""
    """Whom a site's owner can turn to, if anyone is named: an address or page in ASCII."""

    def __post_init__(self) -> None:
        if not (self.contact.isascii() and self.contact.isprintable()) or set(self.contact) & set("()\\"):
            raise UsageError("the contact must be plain ASCII without brackets, such as an e-mail address")
        figures = (
            self.pause,
            self.page_deadline,
            self.profile_deadline,
            self.patience,
            self.max_crawl_delay,
        )
        if min(figures) < 0 or min(self.max_posts, self.max_images, self.max_page_height, self.max_bytes) < 1:
            raise UsageError("a pause, deadline or limit is below what makes sense")

    @property
    def user_agent(self) -> str:
        """What we call ourselves in every request."""
        contact = f"; contact {self.contact}" if self.contact else ""
        return f"{PRODUCT}/{_version()} ({PURPOSE}{contact})"


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    users: int = 0


class Pace:
    """One page at a time per host, with a pause between, across all tasks that share this object."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @contextlib.asynccontextmanager
    async def turn(self, host: str, *, pause: float | None = None) -> AsyncIterator[None]:
        """Wait for this host to be free and rested; the block is the page.

        `pause` replaces the usual seconds where a site asks for more. First come, first served.
        """
        entry = self._entry(host.lower())
        clock = asyncio.get_running_loop().time
        entry.users += 1
        try:
            async with entry.lock:
                await asyncio.sleep(max(0.0, entry.free_at - clock()))
                try:
                    yield
                finally:
                    rest = self._pause if pause is None else max(pause, self._pause)
                    entry.free_at = clock() + rest
        finally:
            entry.users -= 1

    def _entry(self, host: str) -> _Host:
        entry = self._hosts.setdefault(host, _Host())
        self._hosts.move_to_end(host)
        if len(self._hosts) > _MAX_HOSTS:
            # hosts in use stay, so there can be as many more as there are tasks
            idle = next(
                (name for name, other in self._hosts.items() if not other.users and name != host), None
            )
            if idle is not None:
                del self._hosts[idle]
        return entry


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a robots.txt could not be had; that counts as a no, but is none of its words.

    `result` is the result state: "robots_disallowed" where the site answered, but with no such file
    that could be read; else what kept us from the site.
    """

    result: str
    why: str


@dataclass(slots=True)
class _Rules:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    parsed: Protego | None = None
    trouble: Trouble | None = None
    stale_at: float = float("-inf")


class Robots:
    """What the robots.txt files of the sites visited allow; each is fetched once a day at most.

    Follows RFC 9309: missing (4xx) allows, a server in trouble or out of reach refuses. "Too many
    requests" (429) refuses too, as the larger crawlers do.
    """

    def __init__(self, guard: Guard, manners: Manners, *, ca_file: Path | None = None) -> None:
        self._guard, self._manners, self._ca_file = guard, manners, ca_file
        self._known: OrderedDict[str, _Rules] = OrderedDict()

    async def allows(self, url: str) -> bool:
        """Whether this address may be opened.

        Raises:
            SubmissionError: not an address we would open at all.
        """
        return not await self.refuses(url)

    async def refuses(self, url: str) -> bool | Trouble:
        """Whether this address may not be opened; a `Trouble` where no file says so.

        Raises:
            SubmissionError: not an address we would open at all.
        """
        entry = await self._rules(url)
        if entry.parsed is not None:
            return not entry.parsed.can_fetch(url, PRODUCT)
        return entry.trouble or True

    async def pause(self, url: str) -> float:
        """Seconds between pages there: ours, or more if the site asks for it, up to the cap."""
        parsed = (await self._rules(url)).parsed
        asked = (parsed.crawl_delay(PRODUCT) if parsed is not None else None) or 0.0
        return max(self._manners.pause, min(asked, self._manners.max_crawl_delay))

    async def _rules(self, url: str) -> _Rules:
        """What is known of the file for this address; one that is not parsed refuses everything."""
        host, port = host_port(url)
        scheme = urlsplit(url).scheme
        origin = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
        entry = self._known.setdefault(origin, _Rules())
        self._known.move_to_end(origin)
        while len(self._known) > _MAX_ROBOTS:
            self._known.popitem(last=False)
        clock = asyncio.get_running_loop().time
        async with entry.lock:
            if clock() >= entry.stale_at:
                entry.parsed, entry.trouble = await self._read(f"{origin}/robots.txt")
                entry.stale_at = clock() + (_FAILURE_AGE if entry.parsed is None else _ROBOTS_AGE)
            return entry

    async def _read(self, url: str) -> tuple[Protego | None, Trouble | None]:
        try:
            answer = await fetch(
                self._guard,
                url,
                user_agent=self._manners.user_agent,
                max_bytes=_ROBOTS_BYTES,
                deadline=_ROBOTS_WAIT,
                accept="text/plain",
                ca_file=self._ca_file,
                cut=True,
            )
        except AcquireError as error:
            # a broken file came from the site, which was thus reached
            broken = error.result == "unreadable"
            return None, Trouble("robots_disallowed" if broken else error.result, str(error))
        if 400 <= answer.status < 500 and answer.status != _TOO_MANY:  # noqa: PLR2004 - the 4xx class
            return Protego.parse(""), None
        if answer.status != 200:  # noqa: PLR2004 - anything else is no answer
            return None, Trouble("robots_disallowed", f"the site answered with the code {answer.status}")
        return Protego.parse(answer.body.decode("utf-8-sig", "replace")), None


def _version() -> str:
    try:
        return version("exposure-scanner")
    except PackageNotFoundError:  # run from a folder, not installed
        return "0"
