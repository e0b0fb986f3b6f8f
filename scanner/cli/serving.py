"""The work behind the web pages: a browser session and detectors for each check, in memory alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime

from data import School
from detectors import Coverage, Image, Outcome, Snapshot, Text
from scanner import __version__
from scanner import report as reports
from scanner.acquire.addresses import HostPort, check_url
from scanner.cli.engine import Engine
from scanner.cli.wishing import at_hand, put_together, submitted, unpacker
from scanner.errors import PartMissing, UsageError
from scanner.gathering import gather
from scanner.intake import submissions
from scanner.model import Consent, Report
from scanner.pipeline import OnStep, scan, weigh
from scanner.platforms import Account
from scanner.renewing import Renewed, renewed
from scanner.saved import MAX_BYTES, read_body
from scanner.web.desk import Desk, Drafted, OnOpen, Result, Wishes

SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<url>https?://[^\s>]+)"
)
Allowed = AbstractSet[HostPort]
"""Local addresses that may be opened, as for `--allow-address`."""
NOTHING_MORE = Wishes()
HEAD = 20_000
"""Bytes of a saved page in which browsers write where it came from."""


def desk_of(school: School, engine: Engine, *, allow: Allowed = frozenset(), person: str = "") -> Desk:
    """Everything the pages need, for this school; `person` is whose turn it is on a shared engine."""

    async def look(
        accounts: Sequence[Account],
        *,
        saved: Mapping[str, Snapshot],
        consent: Consent,
        on_step: OnStep,
        stop: asyncio.Event,
        wishes: Wishes = NOTHING_MORE,
        on_open: OnOpen = lambda *_: None,
    ) -> Result:
        return await _look(
            accounts,
            school=school,
            engine=engine,
            person=person,
            saved=saved,
            consent=consent,
            on_step=on_step,
            stop=stop,
            wishes=wishes,
            on_open=on_open,
        )

    async def printed(report: Report) -> bytes | None:
        async with engine.session() as session:
            try:
                return await session.pdf(_page(report, school, engine))
            except PartMissing:
                return None

    async def draft(text: str, picture: bytes) -> Drafted:
        return await _draft(text, picture, school, engine)

    def allowed(url: str) -> None:
        check_url(url, allow=allow)

    return Desk(school, look, draft, hand_over, allowed, __version__, unpacker(school), printed)


async def _look(
    accounts: Sequence[Account],
    *,
    school: School,
    engine: Engine,
    person: str,
    saved: Mapping[str, Snapshot],
    consent: Consent,
    on_step: OnStep,
    stop: asyncio.Event,
    wishes: Wishes,
    on_open: OnOpen,
) -> Result:
    given = submitted(accounts, consent=consent, saved=saved, wishes=wishes)
    async with engine.session() as session, engine.detection(school) as detect:

        async def acquire(
            account: Account,
            *,
            on_picture: Callable[[str, bytes], None],
            on_step: Callable[[str, int], None],
            stop: asyncio.Event | None = None,
        ) -> Snapshot:
            parts = at_hand(account, saved=saved, wishes=wishes)
            if account.url not in saved and account.url not in wishes.closed:
                async with engine.turn(person):
                    seen = await session.read(
                        account,
                        on_picture=on_picture,
                        on_step=on_step,
                        on_open=on_open,
                        stop=stop,
                        once=wishes.once,
                    )
                parts.append(("visit", seen))
            return put_together(parts, wishes=wishes)

        report = await scan(
            given,
            at=datetime.now(UTC),
            school=school,
            acquire=acquire,
            detect=detect,
            on_step=on_step,
            stop=stop,
            ask=wishes.ask,
            strict=engine.hosted,
        )
        new = renewed(wishes.renews, report) if wishes.renews else Renewed(report)
        try:
            return Result(new.report, await session.pdf(_page(new.report, school, engine)), new.unseen)
        except PartMissing as error:
            notes = (*new.report.notes, f"The PDF could not be printed: {error}")
            return Result(replace(new.report, notes=notes), unseen=new.unseen)


def _page(report: Report, school: School, engine: Engine) -> str:
    return reports.to_html(
        report,
        pack=school.pack,
        hosted=engine.hosted,
        card=reports.report_card(),
        version=__version__,
        pages=True,
    )


async def _draft(text: str, picture: bytes, school: School, engine: Engine) -> Drafted:
    texts = (Text("draft", "post", text),) if text.strip() else ()
    pictures = (Image("draft", "the picture", picture),) if picture else ()
    coverage = Coverage(posts_seen=1, complete="complete")
    snapshot = Snapshot("draft", "draft", texts=texts, images=pictures, coverage=coverage)
    async with engine.detection(school, workers=1) as detect:
        read = await detect.read(snapshot)
        seen: list[tuple[Image, Outcome]] = [
            (one, await detect.look(one, snapshot.id)) for one in snapshot.images
        ]
    looked = gather(snapshot, read, seen)
    unchecked = [f"{name}: {why}." for name, why in looked.unreadable]
    unchecked += [f"{check}: {why}." for check, why in looked.not_run.items()]
    return Drafted(weigh(looked, looked.findings, school), tuple(unchecked))


def hand_over(address: str, name: str, body: bytes) -> list[tuple[Account, Snapshot]]:
    """A saved page as the profile it shows. Other kinds of file, such as data exports, join here.

    Raises:
        UsageError: there is no file, it is too large, no page, or nobody knows whose.
        SubmissionError: the address is no profile.
    """
    if not body:
        raise UsageError("there is no file; choose the page that you saved")
    if len(body) > MAX_BYTES:
        raise UsageError("the file is larger than 30 MB; save the page alone, without its pictures")
    if not address:
        found = SAVED_FROM.search(body[:HEAD])
        if not found:
            raise UsageError("the file does not say where it came from; please give the address of that page")
        address = found["url"].decode("ascii", "replace")
    accounts = submissions([address])
    if len(accounts) != 1:
        raise UsageError("a saved page is one page; please give one address")
    return [(accounts[0], read_body(accounts[0], body, name=name or "the file"))]
