"""The scanner at work on made-up people: one browser session and one pool for a whole training session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from detectors import Snapshot
from scanner.acquire import Session, open_session
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.detection import Detection
from scanner.model import Report
from scanner.platforms import Account
from scanner.practice.answer import Answer
from scanner.practice.pages import site_of
from scanner.practice.people import Person
from scanner.practice.site import serve_answers
from scanner.training.cast import Cast, Member
from scanner.training.trial import Outcome, compare, scan_people, standing

TRIES = 2
"""Looks at a member some of whose pictures could not be read: a busy machine may be too slow for a moment."""
SCAN_DEADLINE = 180.0
"""Seconds one member's profiles may take; on a busy old laptop some take one minute."""


@dataclass
class Crew:
    """What the session can ask for: a look at a member as built, or at changed profiles of theirs.

    `site` is where the practice site stands, as host:port.
    """

    cast: Cast
    site: str
    session: Session = field(repr=False)
    detect: Detection = field(repr=False)
    bench: dict[str, Callable[[], Answer]] = field(repr=False)
    bench_site: str
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def look(self, member: Member) -> Outcome:
        """The scanner's answer about one member, beside what was planted."""
        for _ in range(TRIES):
            async with asyncio.timeout(SCAN_DEADLINE):
                report = await scan_people(
                    member, address=self.site, cast=self.cast, acquire=self._acquire, detect=self.detect
                )
            if not any(profile.coverage.pictures_unreadable for profile in report.profiles):
                break
        return compare(member, report)

    async def again(self, member: Member, changed: Sequence[Person]) -> Report:
        """The scanner's answer about changed profiles; one such look at a time, the others wait."""
        async with self._turn, asyncio.timeout(SCAN_DEADLINE):
            self.bench.clear()
            self.bench.update(site_of(changed, self.cast.paint, listed=()))
            return await scan_people(
                replace(member, profiles=tuple(changed)),
                address=self.bench_site,
                cast=self.cast,
                acquire=self._acquire,
                detect=self.detect,
            )

    async def pdf(self, html: str) -> bytes:
        """The page, printed."""
        return await self.session.pdf(html)

    async def _acquire(
        self,
        account: Account,
        *,
        on_picture: Callable[[str, bytes], None],
        on_step: Callable[[str, int], None],
        stop: asyncio.Event | None = None,
    ) -> Snapshot:
        return await self.session.read(account, on_picture=on_picture, on_step=on_step, stop=stop)


@asynccontextmanager
async def at_work(cast: Cast, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Crew]:
    """The site, a second place for changed profiles, a browser and detectors, until the block ends.

    `host` is where the practice site listens; the scanner itself reads it on this computer alone.
    """
    people = [person for member in cast.members for person in member.profiles]
    bench: dict[str, Callable[[], Answer]] = {}
    with ExitStack() as open_sites:
        listening = open_sites.enter_context(standing(people, cast.paint, host=host, port=port))
        site = f"127.0.0.1:{listening.rpartition(':')[2]}"
        bench_site = open_sites.enter_context(serve_answers(bench))
        allow = frozenset({parse_allow(site), parse_allow(bench_site)})
        async with (
            open_session(Manners(pause=0.0), allow=allow) as session,
            Detection(cast.school) as detect,
        ):
            await detect.ready()
            yield Crew(cast, site, session, detect, bench, bench_site)
