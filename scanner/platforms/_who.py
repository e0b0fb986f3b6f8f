"""Who a page belongs to: name, handle, bio, headline, place, links, avatar and banner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import Tag

from scanner.platforms import _beside, _dom, _footer, _head, _posts, _videos
from scanner.platforms._microformats import value
from scanner.platforms._parts import Person
from scanner.platforms._seam import Account
from scanner.platforms._sheet import Sheet, folded, holds, within

ABOUT = ("about", "about me", "bio", "biography", "profile", "summary", "introduction")
LONGEST_LINE = 200
LONGEST_NAME = 100
LONGEST_TITLE = 500
MIN_NAME = 4
_TITLE_TAIL = re.compile(r"\s+[|•·—\u2013-]\s+.*$|\s*\(@[\w.-]+\).*$|\s+\(@?[\w.-]+\)\s*/\s*X$")
_AT = re.compile(r"^@[\w.-]+(?:@[\w.-]+)?$")


def read_person(sheet: Sheet) -> Person:
    """Everything the page says about its owner outside the posts."""
    comments = [
        part
        for part in _dom.every(sheet.mine, _dom.words()["post"]["comment"])
        if not within(part, sheet.roots)
    ]
    comments = [
        part
        for part in comments
        if not within(part, comments) and part.find(["li", "p", "article", "div", "blockquote"])
    ]
    people = [
        part
        for part in _dom.every(sheet.mine, _dom.words()["post"]["people"])
        if part.find("a") and part.name != "a"
    ]
    people += _about_others(sheet)
    away = [*sheet.roots, *comments, *people]
    heading = _heading(sheet, away)
    person = _dom.words()["person"]

    name, name_from = _name(sheet, heading, away)
    headline = _one(sheet, person["headline"], away)
    place = _one(sheet, person["location"], away)
    handle = _handle(sheet, away)
    bio_parts = _bio_elements(sheet, person["bio"], away)
    title = (
        heading if heading is not None and folded(heading.get_text(" ", strip=True)) in folded(name) else None
    )
    used = [*away, *filter(None, (title, name_from, headline, place, handle)), *bio_parts]

    hubs = _beside.hubs(sheet, used)
    sections = _beside.sections(sheet, [*used, *hubs])
    skip = [*used, *hubs, *(part for part, _, _ in sections)]
    headings = {h.get_text(" ", strip=True) for h in sheet.mine.find_all(["h2", "h3"])}
    lead = _beside.cleaned(
        _dom.text_of(sheet.mine.body or sheet.mine, skip),
        drop={name, handle.get_text(strip=True) if handle else "", *headings},
    )
    bio = _beside.cleaned("\n".join(_dom.text_of(part, away) for part in bio_parts)) or value(
        sheet.card.get("note")
    )
    bio = bio or _head.text(sheet.head.owner.get("description"))
    extra = tuple((where, text) for _, where, text in sections)
    about = next((pair for pair in extra if pair[1].split("\n")[0].lower() in ABOUT), None)
    if about and not bio:
        bio = about[1].partition("\n")[2]
        extra = tuple(pair for pair in extra if pair is not about)
    if bio:
        extra = (*((("page", lead),) if lead and lead not in bio else ()), *extra)
    else:
        bio = lead or _summary(sheet)
    foot, foot_links = _footer.read_footer(sheet, name)
    extra += (("footer", foot),) if foot else ()
    avatar, banner, rest = _beside.faces(sheet, away, name, [(part, where) for part, where, _ in sections])
    text = "\n".join([bio, *(text for _, text in extra)])
    links = list(_beside.links(sheet, away, hubs, text))
    links += [("", address) for address in foot_links if address not in {known for _, known in links}]
    return Person(
        display_name=name,
        handle=_handle_text(sheet, handle),
        headline=(headline.get_text(" ", strip=True) if headline else "") or _work(sheet, text),
        bio=bio,
        location=(" ".join(_dom.text_of(place).split()) if place else "") or _place(sheet),
        sections=extra,
        links=tuple(links),
        avatar=avatar,
        banner=banner,
        pictures=rest,
        comments=tuple(
            _posts.read_comments(
                comments, "comments", owner_test(sheet, name, _handle_text(sheet, handle)), sheet.base
            )
        ),
        videos=sum(1 for video in sheet.mine.find_all("video") if not within(video, away)),
        clips=tuple(
            ("bio", clip)
            for holder, clip in _videos.shown(sheet.mine.body or sheet.mine, sheet.base)
            if not within(holder, away)
        ),
    )


def _heading(sheet: Sheet, away: Sequence[Tag]) -> Tag | None:
    found = [h for h in sheet.mine.find_all("h1") if not within(h, away) and h.get_text(strip=True)]
    return next((h for h in found if h.find_parent("main")), found[0] if found else None)


def _about_others(sheet: Sheet) -> Iterator[Tag]:
    for heading in sheet.mine.find_all(["h2", "h3", "h4"]):
        if re.search(
            _dom.words()["post"]["people_heading"], heading.get_text(" ", strip=True), re.IGNORECASE
        ):
            holder = heading.find_parent(["section", "aside", "div"])
            if holder is not None and not holder.find(["h1", "main"]) and not holds(holder, sheet.roots):
                yield holder


def owner_test(sheet: Sheet, name: str, handle: str) -> Callable[[str, str], bool | None]:
    """A test that tells the owner's name in a byline from another person's.

    Where the page names nobody else and all posts are signed by one name, that is the owner.
    """
    urls = {
        sheet.account.url.rstrip("/"),
        *(str(url).rstrip("/") for url in sheet.card.get("url", []) if isinstance(url, str)),
    }
    names = {
        folded(known)
        for known in (name, value(sheet.card.get("name")), _head.text(sheet.head.owner.get("name")))
        if known
    }
    handles = {
        folded(known).lstrip("@").partition("@")[0] for known in (handle, sheet.account.handle) if known
    }
    signed = {folded(line) for line in sheet.signed}
    if len(signed) == 1 and not handles and not sheet.card and not sheet.head.owner:
        names |= signed

    def is_owner(line: str, address: str) -> bool | None:
        if address and address.rstrip("/") in urls:
            return True
        text = folded(line)
        said = set(re.findall(r"[\w.-]+", text))
        if not said:
            return None
        if "@" in text and handles:
            return any(handle in {word.lstrip("@") for word in said} for handle in handles) or any(
                known in text for known in names if len(known) >= MIN_NAME
            )
        if any(known and (known in text or said <= set(re.findall(r"[\w.-]+", known))) for known in names):
            return True
        if handles & said:
            return True
        return False if names or handles else None

    return is_owner


def _free(sheet: Sheet, names: Sequence[str], away: Sequence[Tag]) -> Iterator[Tag]:
    for part in _dom.every(sheet.mine, names):
        if part not in away and not within(part, away) and part.get_text(strip=True):
            yield part


def _one(sheet: Sheet, names: Sequence[str], away: Sequence[Tag]) -> Tag | None:
    return next(
        (
            part
            for part in _free(sheet, names, away)
            if len(part.get_text(strip=True)) < LONGEST_LINE and not part.find(["h1", "section"])
        ),
        None,
    )


def _name(sheet: Sheet, heading: Tag | None, away: Sequence[Tag]) -> tuple[str, Tag | None]:
    said = value(sheet.card.get("name")) or _head.text(sheet.head.owner.get("name"))
    part = next(
        (
            found
            for found in _free(sheet, _dom.words()["person"]["name"], away)
            if len(found.get_text(strip=True)) < LONGEST_NAME
        ),
        None,
    )
    if said and len(said) < LONGEST_NAME:
        return said, part if part is not None and folded(part.get_text(" ", strip=True)) == folded(
            said
        ) else None
    if part is not None:
        return " ".join(part.get_text(" ", strip=True).split()), part
    meta = sheet.head.meta
    signed = meta.get("author") or meta.get("article:author") or ""
    if signed and any(folded(signed) in folded(line) for line in sheet.signed):
        return signed, None
    if heading is not None:
        return re.sub(
            r"^(?:Author|User)\s*:\s*", "", " ".join(heading.get_text(" ", strip=True).split())
        ), None
    if signed and not signed.startswith("http"):
        return signed, None
    title = " ".join((meta.get("og:title") or meta.get("twitter:title") or sheet.head.title).split())
    return _TITLE_TAIL.sub("", title[:LONGEST_TITLE]).strip(), None


def _handle(sheet: Sheet, away: Sequence[Tag]) -> Tag | None:
    found = _one(sheet, _dom.words()["person"]["handle"], away)
    if found is not None:
        return found
    header = next((h for h in sheet.mine.find_all("header") if not within(h, away)), None)
    leaves = (part for part in _dom.elements(header) if not part.find()) if header else iter(())
    return next((part for part in leaves if _AT.match(part.get_text(strip=True))), None)


def _handle_text(sheet: Sheet, part: Tag | None) -> str:
    said = part.get_text(" ", strip=True) if part else ""
    other = (
        value(sheet.card.get("nickname"))
        or sheet.head.meta.get("profile:username", "")
        or _head.text(sheet.head.owner.get("alternateName"))
    )
    found = said or other
    if not found and (match := re.search(r"\((@[\w.-]+)\)", sheet.head.meta.get("og:title", ""))):
        found = match[1]
    return found.lstrip("@") or sheet.account.handle


def _bio_elements(sheet: Sheet, names: Sequence[str], away: Sequence[Tag]) -> list[Tag]:
    kept: list[Tag] = []
    for part in _free(sheet, names, away):
        big = part.find(["h1", "main"]) or holds(part, sheet.roots)
        section = part.name == "section" and part.find(["h2", "h3"])
        if not big and not section and not within(part, kept) and part.name not in ("a", "li", "nav"):
            kept.append(part)
    return kept[:5]


def _summary(sheet: Sheet) -> str:
    return sheet.head.meta.get("og:description") or sheet.head.meta.get("description") or ""


def _work(sheet: Sheet, text: str) -> str:
    title = value(sheet.card.get("job-title")) or _head.text(sheet.head.owner.get("jobTitle"))
    employer = value(sheet.card.get("org")) or _head.text(sheet.head.owner.get("worksFor"))
    said = " at ".join(filter(None, (title, employer)))
    return said if said and not (title in text and employer in text) else ""


def _place(sheet: Sheet) -> str:
    card = ", ".join(
        filter(
            None,
            (value(sheet.card.get(key)) for key in ("street-address", "locality", "region", "postal-code")),
        )
    )
    owner = sheet.head.owner
    return (
        card or value(sheet.card.get("adr")) or _head.text(owner.get("homeLocation") or owner.get("address"))
    )


def same_site(url: str, account: Account) -> bool:
    """Whether an address lies at or below the account's own."""
    here, there = urlsplit(account.url), urlsplit(url)
    root = here.path.rstrip("/")
    return here.netloc == there.netloc and (
        there.path.rstrip("/") == root or there.path.startswith(f"{root}/")
    )
