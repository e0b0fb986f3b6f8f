"""The people of a school's server: who comes in with which words, and what is kept for each of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from data import School
from detectors import Snapshot
from scanner.errors import ScannerError, StoreError, UsageError
from scanner.hosting.installation import Installation
from scanner.hosting.office import Desktop
from scanner.hosting.rounds import announced, counts, leave, news, skip
from scanner.hosting.sealed import packed, published, unpacked
from scanner.intake import submissions
from scanner.model import Consent, Submission
from scanner.pipeline import OnStep
from scanner.platforms import Account
from scanner.report import passphrase
from scanner.store import Forged, OpenOwner, Store, Swapped, Unfit, plain
from scanner.sweeps.book import PURPOSE, Book
from scanner.web.desk import Desk, OnOpen, Result, Wishes
from scanner.web.house import Basis, Joined, Line, Opened, Round
from scanner.web.visit import Job, Profile

WORDS = 5
"""Words of a passphrase: 52 bits, each guess as slow as Argon2id."""
MOST_CHECKS = 100
"""Checks that run or wait; more people are asked to come again later."""
EMAIL = re.compile(r"[^\s@<>\"',;:\\\x00-\x1f]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}", re.IGNORECASE)
MOST_EMAIL = 254
NOTHING_MORE = Wishes()
GRACE_S = 20.0
"""Seconds that checks have to write down what they saw when the server ends."""

MakeDesk = Callable[[School, str], Desk]
"""A desk for this school; the text says whose turn its checks take."""


class Hosted:
    """What the pages are handed; one per process, as one process owns the store.

    `notify` sends a note that contains nothing to an address; None where no mail can be sent.
    """

    def __init__(
        self,
        store: Store,
        installation: Installation,
        *,
        basis: Basis,
        school: School,
        make_desk: MakeDesk,
        health: Callable[[], Sequence[Line]] = tuple,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self.store, self.installation, self.basis = store, installation, basis
        self.book = Book(store)
        self.desktop = Desktop(installation, school, counts=partial(counts, self.book), health=health)
        self.notify = notify
        self.running: dict[str, Job] = {}
        self._make_desk = make_desk
        store.mark_interrupted()
        self.housekeep()

    @property
    def notes(self) -> bool:
        """Whether e-mail notes can be sent."""
        return self.notify is not None

    def desk(self, person: str = "") -> Desk:
        """The desk for the school as its office has set it."""
        made = self._make_desk(self.desktop.school(), person)
        off = self.installation.settings().off

        def allowed(url: str) -> None:
            made.allowed(url)
            for account in submissions([url]):
                if account.platform in off:
                    raise UsageError("your school has switched this site off here; check it at home instead")

        return replace(made, allowed=allowed)

    def invited(self, code: str) -> bool:
        """Whether this is the code that all staff share."""
        return self.installation.invited(code)

    def new_words(self) -> str:
        """Words for a passphrase."""
        return passphrase(WORDS)

    def join(self, words: str) -> Joined:
        """Make a person of these words."""
        person, recovery = self.store.sign_up_unnamed(words)
        return Joined(_Member(self, person, self.store.open(person, plain(words))), recovery)

    def come_in(self, secret: str) -> _Member | None:
        """Whoever the passphrase or recovery code belongs to, with their keys opened."""
        person = self.store.find(secret)
        if person is None:
            return None
        try:
            return _Member(self, person, self.store.open(person, plain(secret)))
        except Unfit:
            raise Swapped(
                "your words are right, but somebody changed your keys here; do not go on, and ask the DPO"
            ) from None

    def office(self, secret: str) -> Desktop | None:
        """The office, for whoever has its passphrase."""
        return self.desktop if self.installation.is_office(secret) else None

    def skip(self, token: str) -> None:
        """Leave one round out, by the link of a note."""
        self.book.skip(token, at=datetime.now(UTC))

    def housekeep(self) -> None:
        """Remove what is older than the office lets us keep, and the rows of erased people."""
        kept = self.desktop.school().pack.retention
        self.store.housekeep()
        self.store.forget_old(at=datetime.now(UTC), report_days=kept.report, memory_days=kept.owner_memory)

    async def close(self) -> None:
        """End the checks that run; what they have so far is sealed, marked as interrupted."""
        tasks = [job.task for job in self.running.values() if job.task]
        for job in list(self.running.values()):
            job.stop.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Member:
    """One person who has just shown their passphrase."""

    _house: Hosted = field(repr=False)
    id: str = field(repr=False)
    _owner: OpenOwner = field(repr=False)

    @property
    def desk(self) -> Desk:
        """The school's desk, with checks that are kept for this person."""
        desk = self._house.desk(self.id)

        async def look(
            accounts: Sequence[Account],
            *,
            saved: Mapping[str, Snapshot],
            consent: Consent,
            on_step: OnStep,
            stop: asyncio.Event,
            wishes: Wishes = NOTHING_MORE,
            on_open: OnOpen | None = None,  # noqa: ARG001 - it is written down here, for this person
        ) -> Result:
            scan = await asyncio.to_thread(self._begin, accounts, consent)
            status = "failed"
            try:
                result = await desk.look(
                    accounts,
                    saved=saved,
                    consent=consent,
                    on_step=on_step,
                    stop=stop,
                    wishes=wishes,
                    on_open=self._on_open,
                )
                await asyncio.to_thread(self._keep, scan, result, consent)
                status = ""
            except asyncio.CancelledError:
                status = "interrupted"
                raise
            finally:
                if status:
                    with suppress(StoreError):  # erased meanwhile
                        store = self._house.store
                        store.end_scan(self.id, scan, at=datetime.now(UTC), status=status)
            await asyncio.to_thread(self._note)
            return result

        return replace(desk, look=look)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether something sealed to this person is not what it was."""
        store, found = self._house.store, []
        for opened in (store.latest, store.decisions, store.opened):
            try:
                opened(self.id, self._owner)
            except Forged as error:
                found.append(str(error))
        return tuple(dict.fromkeys(found))

    def consents(self) -> dict[str, Consent]:
        """What is agreed to now, by purpose."""
        now = datetime.now(UTC)
        return {one.purpose: one for one in self._house.store.consents(self.id).values() if one.covers(now)}

    def agree(self, purposes: Mapping[str, timedelta], notice: str) -> None:
        """Record each purpose for that long, in place of what was agreed to before."""
        self._end(tuple(purposes))
        now = datetime.now(UTC)
        for purpose, lasts in purposes.items():
            self._house.store.add_consent(self.id, Consent(purpose, notice, now, now + lasts))

    def withdraw(self, purposes: Sequence[str]) -> None:
        """Take these back from now on; whoever takes sweeps back is out of the one that runs."""
        self._end(purposes)
        if PURPOSE in purposes:
            leave(self._house.book, self.id)

    def _end(self, purposes: Sequence[str]) -> None:
        now, store = datetime.now(UTC), self._house.store
        for row, consent in store.consents(self.id).items():
            if consent.purpose in purposes and consent.covers(now):
                store.withdraw(self.id, row, at=now)

    def profiles(self) -> dict[str, Profile]:
        """The addresses given before, as far as they may still be opened."""
        found: dict[str, Profile] = {}
        for row in self._house.store.submissions(self.id).values():
            with suppress(ScannerError):
                found |= {account.url: Profile(account) for account in submissions([row["url"]])}
        return found

    def latest(self) -> Result | None:
        """The newest report; None also where it is not what was sealed."""
        try:
            body = self._house.store.latest(self.id, self._owner)
        except Forged:
            return None
        return unpacked(body) if body else None

    def before(self) -> dict[str, Any] | None:
        """The report before the newest one."""
        try:
            body = self._house.store.latest(self.id, self._owner, skip=1)
        except Forged:
            return None
        return published(body) if body else None

    def job(self) -> Job | None:
        """The check that runs now."""
        return self._house.running.get(self.id)

    def began(self, job: Job) -> None:
        """Remember a check beyond this stay, until it ends.

        Raises:
            UsageError: too many people wait.
        """
        running = self._house.running
        running[self.id] = job
        if job.task:
            job.task.add_done_callback(lambda _: running.pop(self.id, None))

    def interrupted(self) -> bool:
        """Whether the last check was cut off and left no report."""
        scans = self._house.store.scans(self.id)
        return bool(scans) and scans[0]["status"] == "interrupted" and not self._has_report(scans[0])

    def held(self) -> dict[str, Any]:
        """Everything there is about this person, opened."""
        store = self._house.store
        held = store.held(self.id, self._owner)
        return {
            **asdict(held),
            "reports": [published(report) for report in held.reports],
            "decisions": store.decisions(self.id, self._owner),
            "opened": store.opened(self.id, self._owner),
            "rounds": self._house.book.shelf.every(self.id),
            "email": store.address(self.id),
        }

    def opened(self) -> list[Opened]:
        """Every page opened, newest first."""
        rows = self._house.store.opened(self.id, self._owner)
        return [Opened(row["url"], row["via"], datetime.fromisoformat(row["created_at"])) for row in rows]

    def round(self) -> Round | None:
        """The round that is open, if this person was asked to it."""
        return announced(self._house.book, self.id, at=datetime.now(UTC))

    def skip_round(self) -> None:
        """Leave that round out."""
        skip(self._house.book, self.id, at=datetime.now(UTC))

    def news(self) -> list[str]:
        """What is to be told once."""
        return news(self._house.book, self.id)

    def remove(self, url: str) -> None:
        """Take one address out of what is kept."""
        for row, kept in self._house.store.submissions(self.id).items():
            if kept["url"] == url:
                self._house.store.remove_submission(self.id, row)

    def email(self) -> str:
        """The private address, or nothing."""
        return self._house.store.address(self.id)

    def set_email(self, address: str) -> None:
        """Keep it, or remove it if it is empty."""
        domain = address.rpartition("@")[2].lower()
        own = [one.lower().removeprefix("www.") for one in self._house.desktop.school().pack.domains]
        if address and (len(address) > MOST_EMAIL or not EMAIL.fullmatch(address)):
            raise UsageError("that is not an e-mail address")
        if any(domain == one or domain.endswith(f".{one}") for one in own):
            raise UsageError(
                "please give a private address: others at your school could see what comes to this one"
            )
        self._house.store.set_address(self.id, address)

    def decisions(self) -> dict[str, Any] | None:
        """What was decided; None also where it is not what was sealed."""
        try:
            return self._house.store.decisions(self.id, self._owner)
        except Forged:
            return None

    def keep_decisions(self, body: Mapping[str, Any]) -> None:
        """Seal what this person decided."""
        self._house.store.keep_decisions(self.id, body)

    async def erase(self) -> bool:
        """End what runs, destroy the keys, remove the rows, and look whether it is so."""
        job = self.job()
        if job and job.task:
            job.stop.set()
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        await asyncio.to_thread(leave, self._house.book, self.id)
        return await asyncio.to_thread(self._house.store.erase, self.id)

    def _begin(self, accounts: Sequence[Account], consent: Consent) -> str:
        if len(self._house.running) > MOST_CHECKS:
            raise UsageError("many people are checking right now; please try again in an hour")
        store = self._house.store
        for account in accounts:
            store.add_submission(self.id, Submission(account.url, account.platform, consent))
        return store.begin_scan(self.id, at=datetime.now(UTC))

    def _keep(self, scan: str, result: Result, consent: Consent) -> None:
        store = self._house.store
        for profile in result.report.profiles:
            store.add_submission(
                self.id, Submission(profile.url, profile.platform, consent, ownership=profile.ownership)
            )
        store.add_report(self.id, packed(result), scan=scan)

    def _on_open(self, url: str, via: str) -> None:
        self._house.store.note_opened(self.id, url, via, at=datetime.now(UTC))

    def _note(self) -> None:
        if self._house.notify and (address := self._house.store.address(self.id)):
            self._house.notify(address)

    def _has_report(self, scan: Mapping[str, Any]) -> bool:
        try:
            body = self._house.store.latest(self.id, self._owner)
        except Forged:
            return False
        return body is not None and body["created_at"] == scan["created_at"]
