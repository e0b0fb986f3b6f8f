"""The general reader: any public profile or personal site, by what its page says and shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from bs4 import Tag

from detectors import Snapshot
from scanner.platforms import (
    _bounds,
    _dom,
    _head,
    _layout,
    _microformats,
    _originals,
    _posts,
    _signing,
    _videos,
    _walls,
    _who,
)
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit
from scanner.platforms._sheet import Sheet, within

LONGEST_LABEL = 60
LISTS = ("followers", "following", "friends", "likes")
_COUNT = re.compile(
    r"(?<!\d)(?<!\d[.,])(?P<n>\d[\d.,]{0,15})\s?(?P<unit>[kKmM]?)\+?\s(?P<what>posts?|followers?|following|photos?|notes)\b",
    re.IGNORECASE,
)
_WHAT = {
    "post": "posts",
    "posts": "posts",
    "follower": "followers",
    "followers": "followers",
    "following": "following",
}
_CONTACT = re.compile(r"^(?:contact(?: me)?|e-?mail(?: me)?|call(?: me)?|get in touch)$", re.IGNORECASE)
_MESSAGE = re.compile(r"^(?:send (?:me )?(?:a )?message|message(?: [\w.-]{1,30})?)$", re.IGNORECASE)
_COMMENT_FORM = "#commentform, #respond form, form.comment-form, [name=comment]:not(meta)"
_CLOSED = re.compile(
    r"^(?:this|the) (?:account|profile|page) is (?:private|protected)\.?$|^these posts are protected\.?$",
    re.IGNORECASE,
)


def read(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The first page as a profile; other pages are lists that belong to it.

    A wall or an empty page gives a snapshot without texts that says so; nothing raises for markup.
    """
    if not pages:
        return _layout.unread(account, "unreachable", "No page came back.")
    page = pages[0]
    if found := _walls.wall(page):
        return _layout.unread(account, found, _walls.in_words(found))
    sheet = take_apart(account, page)
    person = _who.read_person(sheet)
    posts = _posts.read_posts(
        sheet.roots, sheet.base, _who.owner_test(sheet, person.display_name, person.handle)
    ) or list(_told(sheet, person))
    if not (posts or person.bio or person.sections or person.links or person.pictures or person.avatar):
        return _layout.unread(account, "unreadable", _walls.in_words("unreadable"))
    loaded = _originals.loaded(pages)
    person, posts, copies = _originals.preferred(person, posts, loaded)
    notes = [*_page_notes(pages), *filter(None, (_originals.note(copies),))]
    capped = page.complete == "capped" or _bounds.cut(page)
    result = "ok_partial" if capped else "ok"
    if not _dom.text_of(sheet.mine.body or sheet.mine) and not posts:
        result = "ok_partial"
        notes.append(
            "The page itself showed almost nothing; only its summary for search engines could be read."
        )
    elif _walls.prompted(page):
        result = "ok_partial"
        notes.append("The page asked for a log-in before it showed everything.")
    flags = flags_of(sheet, person, pages)
    if _closed(sheet):
        flags["private"], result = True, "private_confirmed"
    complete = "capped" if capped or len(posts) >= _posts.MAX_POSTS else page.complete
    snapshot = _layout.lay_out(
        account,
        person,
        posts,
        loaded=loaded,
        flags=flags,
        counts=counts_of(sheet),
        complete=complete,
        result=result,
        not_seen=notes,
    )
    kinds = {text.kind for text in snapshot.texts} - {"display_name", "handle"}
    named = bool(snapshot.display_name) and not _signing.is_the_sites(snapshot.display_name, page)
    if snapshot.images or kinds - {"link"} or (named and kinds) or result == "private_confirmed":
        return snapshot
    if named:  # a name alone is a page whose contents did not come
        return replace(snapshot, result="ok_partial" if snapshot.result == "ok" else snapshot.result)
    return _layout.unread(account, "unreadable", _walls.in_words("unreadable"))


def take_apart(account: Account, page: Page) -> Sheet:
    """A page's tree, own words, posts and head, ready to be read."""
    whole, mine = _dom.whole(page), _dom.mine(page)
    base = _dom.base_of(whole, page.url)
    head = _head.read_head(whole, page, base)
    card = _microformats.card_of(mine, page.url, head.me)
    roots = _posts.roots(mine)
    return Sheet(whole, mine, roots, head, base, account, card, tuple(_posts.bylines(roots)))


def lists(account: Account, page: Page) -> Iterator[tuple[str, str]]:
    """Lists of people that the page links to under the profile's own address, as (name, address)."""
    if _walls.wall(page):
        return
    whole = _dom.whole(page)
    base = _dom.base_of(whole, page.url)
    seen: set[str] = set()
    for link in whole.find_all("a", href=True):
        address = _dom.absolute(str(link["href"]), base).split("#")[0]
        name = address.split("?")[0].rstrip("/").rpartition("/")[2].lower()
        if name in LISTS and name not in seen and _who.same_site(address, account):
            seen.add(name)
            yield name, address


def videos(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The owner's videos that the page did not load by itself."""
    if _walls.wall(pages[0]) or _dom.whole(pages[0]).find("video") is None:
        return
    sheet = take_apart(account, pages[0])
    person = _who.read_person(sheet)
    is_owner = _who.owner_test(sheet, person.display_name, person.handle)
    yield from _videos.visits(person, _posts.read_posts(sheet.roots, sheet.base, is_owner), pages)


def _told(sheet: Sheet, person: Person) -> Iterator[Post]:
    """Posts that only the page's JSON-LD tells of."""
    is_owner = _who.owner_test(sheet, person.display_name, person.handle)
    for number, entry in enumerate(sheet.head.entries, start=1):
        text = "\n".join(
            dict.fromkeys(
                filter(
                    None,
                    (
                        _head.text(entry.get(key))
                        for key in ("headline", "articleBody", "text", "description", "caption")
                    ),
                )
            )
        )
        author = entry.get("author")
        other = is_owner(_head.text(author), "") is False if author else False
        address = _head.text(entry.get("url") or entry.get("@id"))
        if text and text not in (person.bio, person.display_name):
            yield Post(
                f"post-{number}",
                text,
                "post",
                "other" if other else "self",
                _head.text(entry.get("datePublished")),
                address,
            )


def _page_notes(pages: Sequence[Page]) -> Iterator[str]:
    if pages[0].complete == "capped" or _bounds.cut(pages[0]):
        yield "The page goes on after the part that was read."
    for page in pages[1:]:
        if found := _walls.wall(page):
            yield _walls.in_words(found, f"list of {page.name}")


def flags_of(sheet: Sheet, person: Person, pages: Sequence[Page]) -> dict[str, bool]:
    """Settings and contacts that the page, its head and the lists beside it show."""
    flags = {"signed_out_visible": True, "indexable": not sheet.head.noindex}
    outside = [link for link in sheet.mine.find_all("a") if not within(link, sheet.roots)]
    hrefs = [str(link.get("href") or "").lower() for link in outside]
    hrefs += [address.lower() for _, address in person.links]  # the footer's too
    labels = [part.get_text(" ", strip=True) for part in _buttons(sheet)]
    seen = {
        "email_visible": bool(sheet.card.get("email"))
        or any(href.startswith("mailto:") and "@" in href for href in hrefs),
        "phone_visible": bool(sheet.card.get("tel")) or any(href.startswith("tel:") for href in hrefs),
        "birthday_visible": bool(
            sheet.card.get("bday")
            or sheet.head.owner.get("birthDate")
            or sheet.mine.select_one("[itemprop=birthDate], .dt-bday")
        ),
        "contact_button": any(_CONTACT.match(label) for label in labels),
        "messages_open": any(_MESSAGE.match(label) for label in labels),
        "comments_open": bool(sheet.whole.select_one(_COMMENT_FORM)),
    }
    flags |= {name: True for name, shown in seen.items() if shown}
    for name in LISTS:
        here = [
            part for part in _dom.every(sheet.mine, (name,)) if part.name in ("section", "ul", "ol", "div")
        ]
        if any(_entries(part) for part in here) or any(_open_list(page, name) for page in pages[1:]):
            flags[f"{name}_visible"] = True
    return flags


def _buttons(sheet: Sheet) -> Iterator[Tag]:
    """What a stranger could press outside menus, dialogs and posts."""
    for part in sheet.whole.select("a[href], button, [role=button]"):
        near = part.find_parent(["nav", "footer", "dialog", "article", "form"])
        if near is None and len(part.get_text(strip=True)) < LONGEST_LABEL:
            yield part


def _closed(sheet: Sheet) -> bool:
    """Whether the page says in a heading that the profile is private, and shows no post."""
    headings = sheet.mine.find_all(["h1", "h2", "h3"])
    return not sheet.roots and any(_CLOSED.match(h.get_text(" ", strip=True)) for h in headings)


def _open_list(page: Page, name: str) -> bool:
    """Whether a list page came back as itself and shows at least one entry."""
    if (
        page.name != name
        or page.status != HTTPStatus.OK
        or not page.url.split("?")[0].rstrip("/").endswith(name)
        or _walls.wall(page)
    ):
        return False
    mine = _dom.mine(page)
    main = mine.find("main") or mine
    return _entries(main) or any(item.get_text(strip=True) for item in main.find_all("li"))


def _entries(part: Tag) -> bool:
    return bool(part.select_one("li a[href], article a[href], .h-card, .vcard, tr a[href]"))


def counts_of(sheet: Sheet) -> Mapping[str, int]:
    """Numbers the profile states about itself; the first of each kind counts."""
    outside = (text for text in sheet.mine.strings if not within(text, sheet.roots))
    said = " ".join(" ".join(outside).split())
    found: dict[str, int] = {}
    for text in (said, sheet.head.meta.get("og:description", ""), sheet.head.meta.get("description", "")):
        for match in _COUNT.finditer(text):
            what = _WHAT.get(match["what"].lower())
            if what and what not in found:
                found[what] = _number(match["n"], match["unit"])
    return found


def _number(digits: str, unit: str) -> int:
    scale = {"k": 1_000, "m": 1_000_000}.get(unit.lower(), 1)
    plain = digits.rstrip(".,")
    plain = plain.replace(",", "") if scale == 1 or plain.count(",") != 1 else plain.replace(",", ".")
    if scale == 1:
        return int(plain.replace(".", "")) if plain.replace(".", "").isdigit() else 0
    try:
        return int(float(plain) * scale)
    except ValueError:
        return 0
