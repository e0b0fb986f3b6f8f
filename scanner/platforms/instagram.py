"""Instagram: the account's own fields in the page's state, else the sentence in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from detectors import Snapshot
from scanner.platforms import _dom, _grams, _owned, _state
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "instagram"
EXAMPLE = "https://www.instagram.com/jo.lee.runs"
ANSWERS = True

_PATH = re.compile(r"/@?(?P<user>(?!\.)(?!.*\.\.)[\w.]{1,30}(?<!\.))/?", re.ASCII)
_POST = re.compile(r"/(?:(?P<user>[\w.]{1,30})/)?(?P<kind>p|reel)/(?P<code>[\w-]{5,40})/?", re.ASCII)
_QUOTED = re.compile(r":\s*[\"“«„](?P<bio>.*?)[\"”»“]?\s*$", re.DOTALL)
_COUNTS = re.compile(
    r"^\s*(?P<followers>\d[\d.,\u00a0\u202f]*\s?[KMkm]?)\s+[^\d,،]{2,30}[,،]\s+(?P<following>\d[\d.,\u00a0\u202f]*\s?[KMkm]?)"
    r"\s+[^\d,،]{2,30}[,،]\s+(?P<posts>\d[\d.,\u00a0\u202f]*\s?[KMkm]?)\s"
)


def claim(url: str) -> Account | None:
    """A profile by its name."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["user"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's fields of the page's state; else the page's summary of itself."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    user = _grams.owner(account, page)
    if not user:
        return None
    said = _summary(account, page)
    flags = _owned.switches(user, {"private": "is_private"}) | _grams.contact_flags(user)
    work = [
        user[key]
        for key in ("is_professional_account", "is_business_account")
        if isinstance(user.get(key), bool)
    ]
    if work:
        flags["professional_account"] = any(work)
    person = _grams.person(user)
    known = bool(flags) or bool(person.bio) or bool(_grams.counts(user))
    if not known and said is None:  # a name in passing, as in a list of people
        return None
    if said is not None:
        person = _filled(person, said[0])
    return _owned.finish(
        account,
        page,
        person,
        _grams.posts(account, page, user, "https://www.instagram.com/p/") or list(_on_page(account, page)),
        flags=flags,
        counts=(said[1] if said else {}) | _grams.counts(user),
    )


def _filled(person: Person, said: Person) -> Person:
    return Person(
        person.display_name or said.display_name,
        person.handle or said.handle,
        bio=person.bio or said.bio,
        location=person.location,
        sections=person.sections,
        links=person.links,
        avatar=person.avatar or said.avatar,
    )


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    about = _owned.summary(page)
    if about.handle and not _owned.same(account, page, about.handle):
        return _owned.another(account)
    found = _summary(account, page)
    if found is None:
        return None
    person, counts = found
    posts = list(_on_page(account, page))
    private = not posts and _owned.says_private(account, page, person.bio)
    note = "The page itself showed almost nothing; only its summary for search engines could be read."
    bare = not _dom.text_of(_dom.mine(page).body or _dom.mine(page))
    return _owned.finish(
        account,
        page,
        person,
        posts,
        flags={"private": True} if private else {},
        counts=counts,
        notes=[note] if bare else [],
        partly=True,
    )


def _on_page(account: Account, page: Page) -> Iterator[Post]:
    """The grid of pictures on the rendered page: each links to its post, under the owner's name or none."""
    seen: set[str] = set()
    for link in _dom.whole(page).select("main a[href]"):
        match = _POST.fullmatch(_dom.parts(str(link["href"])).path)
        face = link.find("img")
        if not match or face is None or match["code"] in seen:
            continue
        if match["user"] and not _owned.same(account, page, match["user"]):
            continue
        seen.add(match["code"])
        yield Post(
            match["code"],
            "",
            "caption",
            url=f"https://www.instagram.com/p/{match['code']}/",
            pictures=_owned.pictures([face.get("src")], str(face.get("alt") or "")),
            videos=int(match["kind"] == "reel"),
        )


def _summary(account: Account, page: Page) -> tuple[Person, dict[str, int]] | None:
    """Name, bio and counts out of the head; None where it tells of nobody, or of a name alone."""
    about = _owned.summary(page)
    if not about.handle or not _owned.same(account, page, about.handle):
        return None
    quoted = _QUOTED.search(about.description)
    counted = _COUNTS.match(about.description)
    if not (quoted or counted):
        return None
    return (
        Person(
            about.name,
            about.handle,
            bio=_state.words(quoted["bio"]) if quoted else "",
            avatar=_owned.picture(about.picture),
        ),
        _owned.counted(**counted.groupdict()) if counted else {},
    )
