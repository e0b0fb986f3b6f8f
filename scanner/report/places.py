"""Where something stands, in words, and the address of the person's own page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

import data
from detectors import Location, clock
from scanner.model import Assessment, ProfileReport
from scanner.report.words import amount, day_of, safe_href, shown_url, texts, tidy

LINK = re.compile(r"link-\d+")
EDIT = re.compile(r"edit-\d+")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
COUNTED = ("post", "post_dated", "photo", "picture", "picture_in", "video", "video_in", "link", "edit")
"""Places of which there are many: they are counted, not named one by one."""


def words_for(place: Location, date: str = "") -> str:
    """The place as its owner would say it: "your bio", "a post of 3 March 2026"."""
    words = _words()
    kind = kind_of(place)
    if kind == "picture" and place.second is not None:
        return words["video"].format(at=clock(place.second))
    if kind != "post":
        return words[kind]
    post = words["post_dated"].format(day=day_of(date)) if date else words["post"]
    if place.second is not None:
        return words["video_in"].format(place=post, at=clock(place.second))
    return words["picture_in"].format(place=post) if place.image else post


def kind_of(place: Location) -> str:
    """The key of the place's words in the texts; "post" for everything that is none of the others."""
    where = place.where
    if not where:
        return "picture" if place.image else "profile"
    if LINK.fullmatch(where):
        return "link"
    if EDIT.fullmatch(where):
        return "edit"
    if where in _words() and where not in COUNTED:
        return where
    return "line" if re.sub(r"-\d+$", "", where) in _sections() else "post"


def together(found: Iterable[Assessment]) -> str:
    """All places of one problem in one phrase: "your bio, a link on your page and 2 posts"."""
    named: dict[str, None] = {}
    counted: dict[str, list[Assessment]] = {}
    for one in {(a.location.where, a.location.image): a for a in found}.values():
        kind = kind_of(one.location)
        if kind == "post":
            counted.setdefault("pictures" if one.location.image else "posts", []).append(one)
        elif kind in COUNTED:
            counted.setdefault(f"{kind}s", []).append(one)
        else:
            named[_words()[kind]] = None
    parts = list(named)
    for kind, several in counted.items():
        first = several[0]
        single = words_for(first.location, first.date)
        parts.append(single if len(several) == 1 else amount(_words(), kind, len(several)))
    return listed(parts)


def listed(parts: Iterable[str]) -> str:
    """Words in a row: "a, b and c"."""
    *rest, last = list(parts) or [""]
    return f"{', '.join(rest)} {texts()['and']} {last}" if rest else last


def on_site(place: str, site: str) -> str:
    """The place with its site, if that has a name."""
    return str(texts()["finding"]["place_on"]).format(place=place, site=site) if site else place


def own_address(found: Assessment) -> str:
    """The post if it stands on the person's own site, else the profile; never somebody else's page."""
    post = safe_href(found.url)
    if post and kind_of(found.location) != "link" and _same_site(post, found.profile):
        return post
    return safe_href(found.profile)


def site_of(profile: ProfileReport) -> str:
    """What the site is called: its name, or its host."""
    facts = data.facts(profile.platform or "site")
    return host_of(profile.url) if facts.kind == "site" else tidy(facts.name, 40)


def host_of(url: str) -> str:
    """The host of an address as shown; nothing for a page on this computer, which has no name."""
    if not safe_href(url) or is_local(url):
        return ""
    return shown_url(f"https://{urlsplit(url).hostname or ''}")


def is_local(url: str) -> bool:
    """Whether an address is on this computer, such as the practice site, and gone when it stops."""
    return bool(safe_href(url)) and (urlsplit(url).hostname or "") in LOOPBACK


def shown(url: str, *, practice: bool = False) -> str:
    """An address to read; in `practice` without this computer's own host and port, which mean nothing."""
    if practice and is_local(url):
        return tidy(urlsplit(url).path.strip("/"), 64) or shown_url(url)
    return shown_url(url)


def _same_site(one: str, other: str) -> bool:
    first, second = _host(one), _host(other)
    return bool(first) and (first == second or first.endswith(f".{second}") or second.endswith(f".{first}"))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if safe_href(url) else ""


def _words() -> Mapping[str, str]:
    places: Mapping[str, str] = texts()["places"]
    return places


@lru_cache(maxsize=1)
def _sections() -> frozenset[str]:
    """The names of parts beside the bio, such as "experience", as web pages and downloads call them."""
    pages: list[str] = data.read_toml("web/chrome.toml")["post"]["section"]
    downloads: list[str] = data.read_toml("exports/common.toml")["lines"]
    return frozenset((*pages, *downloads))
