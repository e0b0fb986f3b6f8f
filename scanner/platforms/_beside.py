"""What a page shows beside its owner's name and bio: headed parts, links, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from scanner.platforms import _dom, _head, _pictures
from scanner.platforms._microformats import value
from scanner.platforms._parts import Picture
from scanner.platforms._sheet import Sheet, folded, within

MAX_SECTIONS = 60
MAX_LINKS = 300
MIN_HUB = 3
_COUNT_LINE = re.compile(
    r"^[\d.,]+\s*[kKmM]?\s*(?:posts?|photos?|followers?|following|friends|connections?|likes?|videos?)$|^[\W_]+$",
    re.IGNORECASE,
)


def sections(sheet: Sheet, used: Sequence[Tag]) -> list[tuple[Tag, str, str]]:
    """Headed parts beside the bio, such as jobs and education: element, place name, text."""
    found: list[tuple[Tag, str, str]] = []
    names: set[str] = set()
    for part in sheet.mine.find_all("section"):
        if within(part, [*used, *(known for known, _, _ in found)]) or part in used or part.find("h1"):
            continue
        heading = part.find(["h2", "h3", "h4"])
        text = cleaned(_dom.text_of(part, used))
        if heading is None or not text or text == heading.get_text(" ", strip=True):
            continue
        where = (
            re.sub(
                r"[^a-z0-9]+", "-", str(part.get("id") or heading.get_text(" ", strip=True)).lower()
            ).strip("-")[:40]
            or "section"
        )
        where = (
            where
            if where not in names and where not in ("bio", "handle", "headline", "location")
            else f"{where}-{len(found) + 1}"
        )
        names.add(where)
        found.append((part, where, text))
        if len(found) >= MAX_SECTIONS:
            break
    return found


def cleaned(text: str, drop: set[str] | frozenset[str] = frozenset()) -> str:
    """Text without lines that only count or divide."""
    return "\n".join(
        line for line in text.split("\n") if line and not _COUNT_LINE.match(line) and line not in drop
    )


def hubs(sheet: Sheet, used: Sequence[Tag]) -> list[Tag]:
    """Lists that are nothing but links, as on a link page."""
    found: list[Tag] = []
    for part in sheet.mine.find_all(["ul", "ol", "div", "section", "p"]):
        children = [
            child
            for child in part.find_all(recursive=False)
            if child.get_text(strip=True) and child.name not in ("h2", "h3")
        ]
        plain = [child for child in children if _only_link(child, sheet.base)]
        if (
            len(plain) >= MIN_HUB
            and len(plain) >= 0.7 * len(children)
            and not within(part, [*used, *found])
            and part not in used
        ):
            found.append(part)
    return found


def _only_link(child: Tag, base: str) -> bool:
    anchors = [child] if child.name == "a" else child.find_all("a")
    if len(anchors) != 1 or len(anchors[0].get_text(strip=True)) < 0.6 * len(child.get_text(strip=True)):
        return False
    return leads_away(_dom.absolute(str(anchors[0].get("href") or ""), base), base)


def leads_away(address: str, base: str) -> bool:
    """Whether an address is a contact or lies on another host."""
    if address.startswith(("mailto:", "tel:", "sms:", "whatsapp:")):
        return True
    return address.startswith("http") and _dom.host(address) != _dom.host(base)


def links(sheet: Sheet, away: Sequence[Tag], hubs: Sequence[Tag], text: str) -> Iterator[tuple[str, str]]:
    """Where the page leads, as (label, address): the label only for lists of links."""
    seen: set[str] = set()
    for link in sheet.mine.find_all("a", href=True):
        address = _dom.absolute(str(link["href"]), sheet.base)
        listed = within(link, hubs)
        ours = leads_away(address, sheet.base)
        bare = re.sub(r"^(?:mailto:|tel:|https?://(?:www\.)?)", "", address).rstrip("/")
        if address in seen or within(link, away) or not (ours or listed) or (not listed and bare in text):
            continue
        seen.add(address)
        label = " ".join(link.get_text(" ", strip=True).split())
        yield (label if listed and label != bare else "", address)
        if len(seen) >= MAX_LINKS:
            return
    for address in sheet.head.me:
        if (
            address not in seen
            and address.startswith(("http", "mailto:"))
            and _dom.host(address) != _dom.host(sheet.base)
        ):
            seen.add(address)
            yield ("", address)


def faces(
    sheet: Sheet, away: Sequence[Tag], name: str, sections: Sequence[tuple[Tag, str]]
) -> tuple[Picture | None, Picture | None, tuple[tuple[str, Picture], ...]]:
    """The avatar, the banner, and the other pictures outside posts with their place."""
    person = _dom.words()["person"]
    avatar = banner = None
    rest: list[tuple[str, Picture]] = []
    photo = value(sheet.card.get("photo")) if sheet.card else ""
    for holder, picture in _pictures.shown(sheet.mine.body or sheet.mine, sheet.base):
        if within(holder, away) or holder in away:
            continue
        near = [holder, *list(holder.parents)[:2]]
        if avatar is None and (
            photo in picture.addresses or any(_dom.has(part, person["avatar"]) for part in near)
        ):
            avatar = picture
        elif banner is None and any(_dom.has(part, person["banner"]) for part in near):
            banner = picture
        else:
            where = next((where for part, where in sections if part in holder.parents), "bio")
            rest.append((where, picture))
    if avatar is None:
        avatar = next((p for _, p in rest if name and folded(name) in folded(p.alt)), None)
        rest = [(where, picture) for where, picture in rest if picture is not avatar]
    if avatar is None:
        said = sheet.head.owner.get("image")
        address = (
            str(said.get("contentUrl") or said.get("url") or "")
            if isinstance(said, dict)
            else _head.text(said)
        )
        address = (
            photo
            or address
            or (sheet.head.meta.get("og:image", "") if sheet.head.meta.get("og:type") == "profile" else "")
        )
        avatar = Picture((_dom.absolute(address, sheet.base),)) if address else None
    return avatar, banner, tuple(dict.fromkeys(rest))
