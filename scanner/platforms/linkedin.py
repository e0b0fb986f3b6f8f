"""LinkedIn: the public profile page by its JSON-LD and its sections, in today's and older layouts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from data import read_toml
from detectors import Snapshot, Text
from scanner.platforms import _dom, _head, _owned, _pictures, _state, _walls
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "linkedin"
EXAMPLE = "https://www.linkedin.com/in/jo-lee-1a2b3c"

_PATH = re.compile(r"/(?:in|pub)/(?P<slug>[^/?#]{2,100})(?:/.*)?")
_OF_MANY = frozenset({"Organization", "Corporation", "EducationalOrganization", "CollegeOrUniversity"})
_FOLLOWERS = re.compile(r"(\d[\d.,]*\s?[KM]?)\+?\sfollowers", re.IGNORECASE)


def claim(url: str) -> Account | None:
    """A person's public profile by its name in the address."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["slug"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The public profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """JSON-LD where it tells of a person, then the sections of the page."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    card = _card(page)
    if not _state.words(card.get("name")):
        return None
    if _names_another(account, page, card):
        return _owned.another(account)
    return _snapshot(account, page, card)


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    whole = _dom.whole(page)
    if _is_organisations(page, whole):
        sentence = "This is the page of an organisation, not of a person, so it was not read."
        return _owned.unread_because(account, "unreadable", sentence)
    if not (whole.select_one(_marks()["headline"]) or whole.select_one(_marks()["summary"])):
        about = _owned.summary(page)
        words = _described(about.description)
        named = _name(about.title)
        if not words or not named or _walls.front(page):
            return None
    return _snapshot(account, page, {})


def _snapshot(account: Account, page: Page, card: Mapping[str, Any]) -> Snapshot:
    whole = _dom.tree(page.html)  # a tree of its own: parts of it are taken away
    for part in whole.select(_marks()["people"]):
        if not part.decomposed:
            part.decompose()
    said = list(_recommendations(whole))
    for part in whole.select(f"{_marks()['hints']}, {_marks()['said']}"):
        if not part.decomposed:
            part.decompose()
    person = _person(account, page, whole, card, said)
    posts = list(_posts(whole, page)) or list(_posts_of_card(page, person.display_name))
    header = _owned.lines(whole.select_one("#topcard, .top-card-layout, main"))
    followers = _FOLLOWERS.search(header)
    counts = _owned.counted(followers=followers[1]) if followers else {}
    return _owned.finish(account, page, person, posts, flags={}, counts=counts, partly=True)


def _person(
    account: Account, page: Page, whole: BeautifulSoup, card: Mapping[str, Any], said: Sequence[Text]
) -> Person:
    marks, about = _marks(), _owned.summary(page)

    def line(name: str) -> str:
        return " ".join(_owned.lines(whole.select_one(marks[name])).split("\n"))

    bio = _state.words(_head.text(card.get("description"))) if "…" not in str(card.get("description")) else ""
    shown = _owned.lines(whole.select_one(marks["summary"]))
    bio = (shown if len(shown) >= len(bio) else bio) or bio
    bio = re.sub(r"^(?:About|Summary)\n", "", bio) or _described(about.description)
    sections, pictures = _sections(whole, page)
    jobs = [words for row in _listed(card.get("jobTitle")) if (words := _plain(row))]
    where = [words for row in _listed(card.get("worksFor")) if (words := _plain(_head.text(row)))]
    learnt = [words for row in _listed(card.get("alumniOf")) if (words := _plain(_head.text(row)))]
    told = (("experience", [*jobs, *where]), ("education", learnt))
    known = {name for name, _ in sections}
    sections += [
        (name, "\n".join(dict.fromkeys(words))) for name, words in told if words and name not in known
    ]
    face = whole.select_one(marks["face"])
    links = [_owned.unwrapped(str(link["href"])) for link in whole.select(marks["links"])]
    links += [address for address in _listed(card.get("sameAs")) if isinstance(address, str)]
    return Person(
        display_name=_state.words(_head.text(card.get("name"))) or line("name") or _name(about.title),
        handle=account.handle,
        headline=line("headline") or (jobs[0] if jobs else ""),
        bio=bio,
        location=line("place") or _plain(_head.text(card.get("address"))),
        sections=tuple(sections),
        links=tuple(
            ("", address) for address in dict.fromkeys(links) if _dom.host(address) != "linkedin.com"
        ),
        avatar=_picture(face, page)
        or _owned.picture(_state.first(card, ("image", "contentUrl"), ("image",))),
        banner=_picture(whole.select_one(marks["banner"]), page),
        pictures=tuple(pictures),
        comments=tuple(said),
    )


def _sections(whole: BeautifulSoup, page: Page) -> tuple[list[tuple[str, str]], list[tuple[str, Picture]]]:
    """The page's headed parts with their pictures: an employer's logo stands beside a position."""
    texts: list[tuple[str, str]] = []
    pictures: list[tuple[str, Picture]] = []
    for name, selector in _marks()["section"].items():
        for part in whole.select(selector)[:1]:
            words = "\n".join(line for line in _owned.lines(part).split("\n") if _plain(line))
            texts += [(name, words)] if words else []
            shown = [found for face in part.find_all("img") if (found := _picture(face, page))]
            pictures += [(name, replace(one, alt="" if one.alt in words else one.alt)) for one in shown]
    return texts, pictures


def _recommendations(whole: BeautifulSoup) -> Iterator[Text]:
    """What others wrote about the owner."""
    seen: set[str] = set()
    for part in whole.select(_marks()["said"]):
        words = _owned.lines(part)
        if words and not any(words in known for known in seen):
            seen.add(words)
            yield Text("recommendations", "comment", words, "other")


def _posts(whole: BeautifulSoup, page: Page) -> Iterator[Post]:
    """The owner's own articles and posts that the page lists; liked ones are signed by others."""
    for number, part in enumerate(whole.select(_marks()["posts"]["item"]), start=1):
        title = part.select_one(_marks()["posts"]["title"])
        link = part.find("a", href=True)
        words = _owned.lines(title or part)
        if words:
            time = part.select_one("time, .time")
            yield Post(
                f"post-{number}",
                words,
                date=str(time.get("datetime") or time.get_text(" ", strip=True)) if time else "",
                url=str(link["href"]).split("?")[0] if link else "",
                pictures=tuple(found for face in part.find_all("img") if (found := _picture(face, page))),
            )


def _posts_of_card(page: Page, name: str) -> Iterator[Post]:
    entries = _owned.summary(page).head.entries
    for number, entry in enumerate(entries, start=1):
        author = _state.words(_head.text(entry.get("author")))
        words = [
            _state.words(_head.text(entry.get(key))) for key in ("headline", "name", "articleBody", "text")
        ]
        if author == name and any(words):
            yield Post(
                f"post-{number}",
                "\n".join(dict.fromkeys(filter(None, words))),
                date=_head.text(entry.get("datePublished")),
                url=_head.text(entry.get("url")),
            )


def _card(page: Page) -> Mapping[str, Any]:
    owner = _owned.summary(page).head.owner
    return owner if "Person" in _head.types(owner) else {}


def _names_another(account: Account, page: Page, card: Mapping[str, Any]) -> bool:
    """Whether the card's own address is somebody else's profile."""
    match = _PATH.fullmatch(unquote(_dom.parts(_head.text(card.get("url"))).path))
    return bool(match) and not _owned.same(account, page, match["slug"] if match else "")


def _is_organisations(page: Page, whole: BeautifulSoup) -> bool:
    key = whole.select_one("meta[name=pageKey]")
    if key and re.search(r"company|organization|school", str(key.get("content"))):
        return True
    if re.search(r"/(?:company|school|showcase)/", urlsplit(page.url).path):
        return True
    told = [_state.decoded(script.text) for script in _state.scripts(page) if "ld+json" in script.kind]
    nodes = [node for block in told for node in (block, *_state.rows(_state.dig(block, "@graph")))]
    types = frozenset(kind for node in nodes if isinstance(node, dict) for kind in _head.types(node))
    return bool(types & _OF_MANY) and "Person" not in types


def _picture(face: Tag | None, page: Page) -> Picture | None:
    if face is None:
        return None
    late = str(face.get("data-delayed-url") or face.get("data-ghost-url") or "")
    found = _pictures.of_img(face, page.url)
    if late.startswith("http"):
        return Picture((late, *(found.addresses if found else ())), str(face.get("alt") or "").strip())
    return found if found and not found.addresses[0].startswith("data:") else None


def _name(title: str) -> str:
    return re.sub(_owned.signs()["linkedin"]["tail"], "", title)


def _described(description: str) -> str:
    """The owner's words in the page's summary; LinkedIn's own sentences about itself are not."""
    own = re.search(_owned.signs()["linkedin"]["furniture"], description, re.IGNORECASE)
    return "" if own and "·" not in description else description


def _plain(words: Any) -> str:
    text = _state.words(words)
    return "" if re.match(_marks()["masked"], text) else text


def _listed(value: Any) -> list[Any]:
    return value[:60] if isinstance(value, list) else [value] if value else []


@lru_cache(maxsize=1)
def _marks() -> Mapping[str, Any]:
    return read_toml("web/linkedin.toml")
