"""The notes of a sweep: who is told of it, and that a report is there; tried again, and failures kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from scanner.delivery import Mailer, Undeliverable
from scanner.errors import DeliveryError, StoreError
from scanner.sweeps.book import PURPOSE, Book
from scanner.sweeps.model import BY_MAIL, DUE, FAILED, SENT, Invitation, Mail, Sweep
from scanner.sweeps.tasks import words

BACK_OFF = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
MOST_TRIES = len(BACK_OFF) + 1


@dataclass(frozen=True, slots=True)
class Post:
    """Sends what is due. `domains` are the school's own: notes never go there."""

    mailer: Mailer
    domains: Callable[[str], Collection[str]] = lambda _school: ()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    say: Callable[[str], None] = lambda _: None

    async def __call__(self, book: Book, sweep: Sweep) -> None:
        """One try for every note that is due; a server that cannot be used ends the round for all."""
        for person in book.people():
            await asyncio.sleep(0)  # the pages of the same process are served meanwhile
            with suppress(StoreError):  # erased meanwhile
                invited = book.invitation(person, sweep.id)
                if invited is None or invited.skipped_at:
                    continue
                try:
                    await self._one(book, sweep, invited)
                except DeliveryError as error:
                    self.say(f"{error}. It is tried again later.")
                    return

    async def _one(self, book: Book, sweep: Sweep, invited: Invitation) -> None:
        at = self.now()
        for kind in ("notice", "ready"):
            mail: Mail = getattr(invited, kind)
            wanted = mail.state == DUE and (not mail.next_at or datetime.fromisoformat(mail.next_at) <= at)
            if not wanted or not book.consents_to(invited.person, PURPOSE, at=at):
                continue
            sent = await self._tried(book, sweep, invited, kind)
            invited = book.invitation(invited.person, sweep.id) or invited
            changed = replace(invited, **{kind: sent})  # type: ignore[arg-type]
            if kind == "notice" and sent.state == SENT and changed.told_at is None:
                changed = replace(changed, told_at=self.now(), told_by=BY_MAIL)
            with book.transaction():
                book.put_invitation(changed)
                if sent.state == FAILED:
                    book.note(invited.person, "undeliverable", at=at)
            invited = changed

    async def _tried(self, book: Book, sweep: Sweep, invited: Invitation, kind: str) -> Mail:
        mail: Mail = getattr(invited, kind)
        address = book.email(invited.person)
        if not address or self._at_school(address, invited.school):
            return replace(mail, state=FAILED)
        subject, text = letter(book, sweep, invited, kind)
        try:
            await asyncio.to_thread(self.mailer.send, address, subject, text)
        except Undeliverable:
            return replace(mail, state=FAILED, tries=mail.tries + 1)
        except DeliveryError as error:
            if "turned a note away" not in str(error):
                raise
            return self._later(mail)
        return replace(mail, state=SENT, tries=mail.tries + 1, next_at="")

    def _later(self, mail: Mail) -> Mail:
        if mail.tries + 1 >= MOST_TRIES:
            return replace(mail, state=FAILED, tries=mail.tries + 1)
        return Mail(DUE, mail.tries + 1, (self.now() + BACK_OFF[mail.tries]).isoformat())

    def _at_school(self, address: str, school: str) -> bool:
        domain = address.rpartition("@")[2].lower()
        own = [one.lower().removeprefix("www.") for one in self.domains(school)]
        return any(domain == one or domain.endswith(f".{one}") for one in own)


def letter(book: Book, sweep: Sweep, invited: Invitation, kind: str) -> tuple[str, str]:
    """Subject and words of a note: nothing in them says what was found, or that anything was."""
    mail = words()["mail"]
    known = {
        "site": sweep.site,
        "notice": sweep.notice.strip(),
        "starts": f"{sweep.starts_at.astimezone():%d %B %Y}",
        "ends": f"{sweep.ends_at.astimezone():%d %B %Y}",
        "link": f"{sweep.site}/skip/{book.shelf.token(invited.person, sweep.id)}",
    }
    return mail[f"{kind}_subject"], mail[kind].strip().format(**known) + "\n"
