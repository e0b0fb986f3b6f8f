"""Puts a school's pages together: which path is for whom, and what stands before all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from time import monotonic

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scanner.web import agreeing, bureau, coming, rights, rounds
from scanner.web.app import HANDLERS, LIMITS, PATHS, Page
from scanner.web.coming import Porter
from scanner.web.doors import AWAY, School
from scanner.web.house import House
from scanner.web.render import Room, go, page, room
from scanner.web.rounds import meeting
from scanner.web.shield import Shield
from scanner.web.stays import Stays
from scanner.web.visit import Visit

ROLES = ("nobody", "joining", "person", "admin")
ALL = frozenset(ROLES)
NOBODY, JOINING, PERSON, ADMIN = (frozenset({role}) for role in ROLES)
ALONE = frozenset({"/open/{token}", "/", "/forget", "/leave", "/consent"})
"""Paths of somebody alone that a school has otherwise, or not at all."""
OPEN = frozenset({"/report.css", "/web.css", "/web.js"})
UPLOAD = 500_000_000
"""Bytes of one data download; larger ones are for a computer of one's own."""


async def first(request: Request) -> Response:
    """What this is, and who can see what; or on to where somebody was."""
    here = room(request)
    if here.role in ("joining", "admin"):
        return go("/join/words" if here.role == "joining" else "/office")
    met = await run_in_threadpool(meeting, here)
    return page(
        request, "start", forgotten=False, warnings=here.warnings, interrupted=here.interrupted, **met
    )


def _kept(page_: Page) -> Page:
    """A page after which a changed mind is sealed to its owner."""

    @wraps(page_)
    async def keeping(request: Request) -> Response:
        here = room(request)
        visit, before = here.visit, here.visit.decisions
        answer = await page_(request)
        if here.member and visit.decisions is not before:
            await run_in_threadpool(here.member.keep_decisions, visit.decisions.to_json())
        return answer

    return keeping


PAGES: tuple[tuple[str, str, Page, frozenset[str]], ...] = (
    ("GET", "/", first, ALL),
    ("GET", "/in", coming.come_in, ALL),
    ("POST", "/in", coming.open_door, NOBODY),
    ("GET", AWAY, coming.away, ALL),
    ("GET", "/join", coming.first_time, ALL),
    ("POST", "/join", coming.invited, NOBODY),
    ("GET", "/join/words", coming.offered, JOINING),
    ("POST", "/join/words", coming.take, JOINING),
    ("GET", "/skip/{token}", rounds.ask, ALL),
    ("POST", "/skip/{token}", rounds.skip, ALL),
    ("POST", "/skip", rounds.skip_mine, PERSON),
    ("POST", "/leave", coming.leave, JOINING | PERSON | ADMIN),
    ("GET", "/consent", agreeing.consent, PERSON),
    ("POST", "/consent", agreeing.agree, PERSON),
    ("GET", "/rights", rights.rights, PERSON),
    ("GET", "/everything.json", rights.everything, PERSON),
    ("GET", "/opened", rights.opened, PERSON),
    ("POST", "/rights/remove", rights.remove, PERSON),
    ("POST", "/rights/email", rights.set_email, PERSON),
    ("POST", "/rights/delete", rights.delete, PERSON),
    ("GET", "/office/in", coming.office_door, ALL),
    ("POST", "/office/in", coming.open_office, NOBODY),
    ("GET", "/office", bureau.bureau, ADMIN),
    ("POST", "/office/invitation", bureau.invite, ADMIN),
    ("POST", "/office/pack", bureau.take_pack, ADMIN),
    ("POST", "/office/retention", bureau.shorten, ADMIN),
    ("POST", "/office/switches", bureau.switch, ADMIN),
    *(
        (method, path, _kept(page_) if method == "POST" else page_, ALL if path in OPEN else PERSON)
        for method, path, page_ in PATHS
        if path not in ALONE
    ),
)
"""Every door of a school's pages, and for whom; the tests walk all of them in every other role."""

SIZES = {**LIMITS, "/addresses/page": UPLOAD, "/office/pack": bureau.PACK_BYTES}


def for_school(
    house: House,
    *,
    hosts: Collection[str],
    cookie: str,
    secure: bool,
    clock: Callable[[], float] = monotonic,
) -> tuple[Shield, Porter]:
    """The pages of a school's server, and what keeps its doors.

    `hosts` are the names, with port where one is needed, that browsers may ask for. `cookie` is the name of
    the cookie of a stay. `secure`: pages come over an encrypted connection.
    """
    roles = {(method, path): for_whom for method, path, _, for_whom in PAGES}
    stays = Stays(cookie, clock=clock)

    def nobody(visit: Visit) -> Room:
        return Room(house.desk(), None, cookie, visit=visit, role="nobody", house=house)

    doors = School(stays, roles=roles, nobody=nobody, clock=clock)
    app = Starlette(
        routes=[Route(path, page_, methods=[method]) for method, path, page_, _ in PAGES],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False  # one address for each page
    app.state.porter = porter = Porter(house, stays, doors, secure=secure, clock=clock)
    return Shield(app, doors=doors, hosts=hosts, limits=SIZES, secure=secure), porter
