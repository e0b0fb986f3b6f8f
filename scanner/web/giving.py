"""What a person gives: consent, addresses, saved pages, and the word that they are their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from data import facts
from scanner.errors import ScannerError, UsageError
from scanner.intake import submissions
from scanner.report.words import shown_url, tidy
from scanner.saved import MAX_BYTES
from scanner.stances import Offer, offers, refuse_switched_off
from scanner.web.forms import read_form
from scanner.web.render import Room, go, page, room, words
from scanner.web.uploads import Upload, read_upload
from scanner.web.visit import Profile, Visit

MAX_TEXT = 20_000
FIRST = frozenset({"about", "prove"})
"""Pages that one may go to before the check starts."""


@dataclass(frozen=True, slots=True)
class Row:
    """One profile as a line on a page; `offer` says why it had better not be visited at once.

    `saved` and `download` say what a file told of it; `kept` that it is called the person's own already.
    """

    url: str
    site: str
    shown: str
    saved: bool
    download: bool = False
    proven: bool = False
    closed: bool = False
    kept: bool = False
    offer: Offer | None = None
    ways: tuple[str, ...] = ()


async def consent(request: Request) -> Response:
    """What one may agree to; nothing is ticked."""
    return _consent(request)


async def agree(request: Request) -> Response:
    """Keep what was ticked, or take it all back."""
    visit = room(request).visit
    given = await read_form(request, visit)
    purposes = {one["id"]: one for one in words()["consent"]["purposes"]}
    ticked = frozenset(given.all("purpose")) & purposes.keys()
    missing = any(one["needed"] and name not in ticked for name, one in purposes.items())
    visit.agree(frozenset() if missing else ticked, words()["consent"]["version"])
    if given.one("withdraw"):
        return _consent(request, said=words()["consent"]["withdrawn"])
    return _consent(request, said=words()["consent"]["none"]) if missing else go("/addresses")


def _consent(request: Request, *, said: str = "") -> Response:
    visit = room(request).visit
    at = visit.agreed_at.astimezone() if visit.agreed_at else None
    return page(request, "consent", said=said, purposes=visit.purposes, at=f"{at:%H:%M}" if at else "")


async def addresses(request: Request) -> Response:
    """The list, and two ways to add to it."""
    if not room(request).visit.purposes:
        return _consent(request, said=words()["addresses"]["consent_first"])
    return _addresses(request)


async def add(request: Request) -> Response:
    """Add the addresses that were pasted; a wrong one keeps the text, with the reason."""
    here = room(request)
    given = await read_form(request, here.visit)
    if not here.visit.purposes:
        return go("/consent")
    text = given.one("addresses")[:MAX_TEXT]
    try:
        found = submissions(text.splitlines())
        for account in found:
            here.desk.allowed(account.url)
        refuse_switched_off(found)
        here.visit.add([(account, None) for account in found])
    except ScannerError as error:
        return _addresses(request, text=text, wrong=_sentence(error), status=422)
    return go("/addresses#list")


async def add_page(request: Request) -> Response:
    """Add what a file tells: a saved page, a picture of one, or a data download. It is read and gone."""
    here = room(request)
    async with read_upload(request, here.visit) as (given, files):
        if not here.visit.purposes:
            return go("/consent")
        address = given.one("address").strip()[:MAX_TEXT]
        try:
            if not files:
                raise UsageError(words()["addresses"]["no_file"])
            for file in files:
                await _take(here, file, address)
        except ScannerError as error:
            return _addresses(request, address=address, wrong_page=_sentence(error), status=422)
    return go("/addresses#list")


async def _take(here: Room, file: Upload, address: str) -> None:
    if file.packed:
        accounts = [profile.account for profile in here.visit.profiles.values()]
        with file.at_path() as path:
            here.visit.take(await run_in_threadpool(here.desk.unpack, path, accounts))
    elif file.size > MAX_BYTES:
        raise UsageError(words()["addresses"]["too_large"])
    else:
        body = await file.read()
        here.visit.add(await run_in_threadpool(here.desk.hand_over, address, tidy(file.name, 80), body))


async def remove(request: Request) -> Response:
    """Take one profile off the list."""
    visit = room(request).visit
    visit.profiles.pop((await read_form(request, visit)).one("url"), None)
    return go("/addresses#list")


def _addresses(request: Request, *, status: int = 200, **values: Any) -> Response:
    shown = {"text": "", "address": "", "wrong": "", "wrong_page": "", **values}
    return page(request, "addresses", status=status, rows=_rows(room(request).visit), **shown)


async def mine(request: Request) -> Response:
    """One box for each profile, none ticked."""
    visit = room(request).visit
    if not visit.purposes or not visit.profiles:
        return go("/addresses")
    return _mine(request)


async def begin(request: Request) -> Response:
    """Start the check of what is the person's own, and may be opened."""
    here = room(request)
    visit = here.visit
    given = await read_form(request, visit)
    if not visit.purposes or not visit.profiles:
        return go("/addresses")
    own, anyway = set(given.all("own")), set(given.all("anyway"))
    visit.ticked, visit.asking = frozenset(own & visit.profiles.keys()), bool(given.one("questions"))
    if given.one("then") in FIRST:
        return go(f"/{given.one('then')}")
    chosen = [row.url for row in _rows(visit) if _wanted(row, own, anyway)]
    if not chosen:
        return _mine(request, said=words()["mine"]["none"])
    visit.begin(here.desk.look, chosen)
    return go("/progress")


def _mine(request: Request, *, said: str = "") -> Response:
    visit = room(request).visit
    return page(
        request,
        "mine",
        status=422 if said else 200,
        rows=_rows(visit),
        said=said,
        asking=visit.asking,
        told=visit.exemptions,
        code=visit.code,
    )


def _wanted(row: Row, own: Collection[str], anyway: Collection[str]) -> bool:
    return row.url in own and not row.closed and (row.offer is None or row.url in anyway)


def _rows(visit: Visit) -> list[Row]:
    saved = {url for url, profile in visit.profiles.items() if not profile.visited}
    offered = {o.account.url: o for o in offers([p.account for p in visit.profiles.values()], saved=saved)}
    return [_row(profile, visit, offered.get(url)) for url, profile in visit.profiles.items()]


def _row(profile: Profile, visit: Visit, offer: Offer | None) -> Row:
    account = profile.account
    known = facts(account.platform)
    ways: list[str] = []
    if offer:
        ways.append(words()["mine"]["by_page"])
        if known.export:
            ways.append(" ".join((words()["mine"]["by_export"], *known.export.steps)))
    return Row(
        url=account.url,
        site=known.name if account.platform != "site" else "",
        shown=shown_url(account.url),
        saved=profile.saved is not None,
        download=bool(profile.exports),
        proven=any(one.ownership == "export" for one in profile.exports),
        closed=profile.visited and not profile.exports and "visit" not in visit.purposes,
        kept=account.url in visit.ticked,
        offer=offer,
        ways=tuple(ways),
    )


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
