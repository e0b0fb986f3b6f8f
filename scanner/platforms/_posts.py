"""The posts on a page: which elements they are, what they say, and whose they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from detectors import Text
from scanner.platforms import _dom, _pictures, _videos
from scanner.platforms._parts import Picture, Post

MAX_POSTS = 2000
Siblings = dict[tuple[int, str, str | None], Counter[str]]
_ITEM = re.compile(
    r"schema\.org/(?:BlogPosting|SocialMediaPosting|Article|NewsArticle|Photograph|DiscussionForumPosting)$"
)
_TEST_ID = re.compile(r"^(?:tweet|feeditem|postthread|post-)", re.IGNORECASE)
_LEFTOVER = re.compile(
    r"^(?:[\W_]+|(?:posted|published|written|shared|updated)(?: (?:on|by|in|at))?:?|by:?|on|in|at|share|reply"
    r"|likes?|repost|read more.*|continue reading.*|permalink|edit"
    r"|\d+ (?:likes?|comments?|repl(?:y|ies)|reposts?|shares?|boosts?))$",
    re.IGNORECASE,
)
LONGEST_NAME = 120
LONGEST_CHROME = 200
_PERMALINK = (
    "a.u-url[href], a[rel~=bookmark][href], a:has(time)[href], h2 a[href], h3 a[href], a.permalink[href], "
    "figure > a[href]"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "p")
_MARKED = "[role=article], .h-entry, .hentry"


def roots(mine: BeautifulSoup) -> list[Tag]:
    """The elements that each hold one post, outermost only, in page order."""
    siblings: Siblings = {}
    candidates = [element for element in _dom.elements(mine) if _may_be_post(element, siblings)]
    known = {id(element) for element in candidates}
    found: list[Tag] = []
    taken: set[int] = set()
    for element in candidates:
        if any(id(parent) in taken for parent in element.parents) or _elsewhere(element):
            continue
        inner = [other for other in _dom.elements(element) if id(other) in known and not _minor(other)]
        if len(inner) > 1 or (len(inner) == 1 and not _dated(element, without=inner[0])):
            continue
        if _whole_page(element, mine):
            continue
        taken.add(id(element))
        found.append(element)
        if len(found) >= MAX_POSTS:
            break
    return found


def _may_be_post(element: Tag, siblings: Siblings) -> bool:
    if element.name in ("html", "body", "main", "header", "ul", "ol"):
        return False
    if (
        element.name == "article"
        or element.get("role") == "article"
        or _dom.has(element, ("h-entry", "hentry"))
    ):
        return True
    if _ITEM.search(str(element.get("itemtype") or "")) or _TEST_ID.match(
        str(element.get("data-testid") or "")
    ):
        return True
    if element.name == "figure":
        return (
            element.find(["img", "video", "picture"]) is not None
            and element.find(["figcaption", "time"]) is not None
        )
    if element.name == "li":
        return element.find("time") is not None and _repeated(element, "time", siblings)
    named = set(_dom.words()["post"]["root"].split())
    return _dom.has(element, named) and (
        element.find("time") is not None or _repeated(element, None, siblings)
    )


def _repeated(element: Tag, inner: str | None, siblings: Siblings) -> bool:
    """Whether another element beside this one is of its kind; each parent's children are counted once."""
    parent = element.parent
    if parent is None:
        return False
    key = (id(parent), element.name, inner)
    if key not in siblings:
        counted: Counter[str] = Counter()
        for other in parent.find_all(element.name, recursive=False):
            if inner is None or other.find(inner):
                counted.update({"", *_dom.tokens(other)})
        siblings[key] = counted
    mine = set(_dom.tokens(element)) - {str(element.get("id") or "").lower()}
    return any(siblings[key][name] > 1 for name in mine or {""})


def _minor(element: Tag) -> bool:
    """Parts of a post rather than posts: quotes, comments, a picture in an article."""
    if element.name == "figure" and not element.find("time"):
        return True
    wanted = set(_dom.words()["post"]["comment"])
    return (
        any(_dom.has(part, wanted) for part in (element, *element.parents))
        or element.find_parent("blockquote") is not None
    )


def _dated(element: Tag, *, without: Tag) -> bool:
    return any(not (time is without or without in time.parents) for time in element.find_all("time"))


def _elsewhere(element: Tag) -> bool:
    """Inside comments, a list of people, or a section such as "Experience": not a post of its own."""
    table = _dom.words()["post"]
    if any(
        _dom.has(parent, table["comment"]) or _dom.has(parent, table["people"])
        for parent in (element, *element.parents)
    ):
        return True
    if element.name == "article" or element.select_one(_MARKED) or _dom.has(element, ("h-entry", "hentry")):
        near = [parent for parent in element.parents if parent.name == "section"]
    else:
        near = [parent for parent in element.parents if parent.name in ("section", "div")]
    return any(_dom.has(parent, table["section"]) or _headed(parent, table["section"]) for parent in near)


def _headed(section: Tag, names: Sequence[str]) -> bool:
    heading = section.find(["h2", "h3", "h4"]) if section.name == "section" else None
    first = heading.get_text(" ", strip=True).lower().split() if heading else []
    return bool(first) and first[0] in names


def _whole_page(element: Tag, mine: BeautifulSoup) -> bool:
    """An article that holds the page's own heading and no date is the page, not a post."""
    heading = mine.find("h1")
    return bool(
        heading
        and element in heading.parents
        and not element.find("time")
        and not _dom.has(element, ("h-entry", "hentry"))
    )


def read_posts(elements: Sequence[Tag], base: str, is_owner: Callable[[str, str], bool | None]) -> list[Post]:
    """Each post as it stands. `is_owner(name, address)` tells the owner's name from another's."""
    posts: list[Post] = []
    seen: set[str] = set()
    for number, element in enumerate(elements, start=1):
        try:
            post = _read(element, number, base, is_owner)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            # one malformed element must not hide the others; its plain text still counts
            post = Post(f"post-{number}", _dom.text_of(element))
        if post.id in seen:
            post = _renamed(post, f"{post.id}-{number}")
        seen.add(post.id)
        if post.text or post.pictures or post.videos or post.extras:
            posts.append(post)
    return posts


def _renamed(post: Post, name: str) -> Post:
    return replace(post, id=name, extras=tuple(replace(extra, where=name) for extra in post.extras))


def _read(element: Tag, number: int, base: str, is_owner: Callable[[str, str], bool | None]) -> Post:
    table = _dom.words()["post"]
    comments = list(_outermost(element, table["comment"]))
    quotes = [part for part in element.find_all(["article"]) if not _inside(part, comments)]
    quotes += [part for part in element.select(".h-cite, [data-testid=quoteTweet]") if part not in comments]
    aside = [*comments, *quotes]
    byline = _byline(element, aside)
    address = _permalink(element, base, aside)
    ident = str(element.get("id") or element.get("data-id") or "") or _slug(address) or f"post-{number}"
    reposted = _dom.has(element, table["repost"]) or any(
        _dom.has(part, table["repost"]) for part in _dom.elements(element) if part not in comments
    )
    owned = is_owner(byline.get_text(" ", strip=True), _href(byline, base)) if byline else None
    author = "other" if reposted or owned is False else "self"

    time = _time(element, aside)
    tags = [part for part in _dom.every(element, table["tags"]) if part.find("a") or part.name in ("p", "li")]
    places = [
        part for part in _dom.every(element, _dom.words()["person"]["location"]) if not _inside(part, aside)
    ]
    chrome = [
        part
        for part in _dom.every(element, table["chrome"])
        if len(part.get_text(strip=True)) < LONGEST_CHROME
    ]
    heads = [
        part
        for part in element.find_all("header")
        if byline is not None and byline in list(part.descendants) and not part.find(_HEADINGS)
    ]
    skip = [*aside, *tags, *places, *chrome, *heads, *filter(None, (byline, time))]
    lines = [line for line in _dom.text_of(element, skip).split("\n") if line and not _LEFTOVER.match(line)]
    text = "\n".join(lines)

    apart = [*aside, *filter(None, (byline,))]
    pictures, videos = _shown(element, base, apart)
    clips = (clip for holder, clip in _videos.shown(element, base) if not _inside(holder, apart))
    caption = element.name == "figure" or (
        bool(pictures) and not element.find(["p", "h2", "h3"]) and element.find("figcaption") is not None
    )
    date = _date(time)
    return Post(
        ident,
        text,
        kind="caption" if caption else "post",
        author=author,
        date=date,
        url=address,
        pictures=pictures,
        videos=videos,
        clips=tuple(dict.fromkeys(clips)),
        extras=(
            *_named("hashtags", tags, ident, author, date),
            *_named("location", places, ident, author, date),
            *_links(element, base, text, skip=aside, where=ident, author=author),
            *(
                Text(ident, "post", _dom.text_of(part), "other", date)
                for part in quotes
                if _dom.text_of(part)
            ),
            *read_comments(comments, ident, is_owner, base),
        ),
    )


def read_comments(
    areas: Sequence[Tag], where: str, is_owner: Callable[[str, str], bool | None], base: str
) -> Iterator[Text]:
    """Each comment of some areas; other people's unless signed by the owner."""
    table = _dom.words()["post"]
    for area in areas:
        singles = [
            part
            for part in _dom.elements(area)
            if part.name == "article" or _dom.has(part, table["one_comment"])
        ]
        singles = [part for part in singles if not any(other in part.parents for other in singles)]
        for part in singles or area.find_all("li", recursive=True) or [area]:
            byline, time = _byline(part, []), _time(part, [])
            mine = (
                bool(byline) and is_owner(byline.get_text(" ", strip=True), _href(byline, base)) is True
                if byline
                else False
            )
            text = _dom.text_of(part, [*filter(None, (byline, time))])
            lines = [line for line in text.split("\n") if not _LEFTOVER.match(line)]
            if lines:
                yield Text(where, "comment", "\n".join(lines), "self" if mine else "other", _date(time))


def bylines(elements: Sequence[Tag]) -> list[str]:
    """Who signs each post, as written; posts without a name are left out."""
    found = (
        _byline(element, list(_outermost(element, _dom.words()["post"]["comment"]))) for element in elements
    )
    return [part.get_text(" ", strip=True) for part in found if part]


def _byline(element: Tag, aside: Sequence[Tag]) -> Tag | None:
    explicit = element.select(".p-author, [rel~=author], [itemprop=author], .author")
    named = [*explicit, *_dom.every(element, _dom.words()["post"]["author"])]
    contents = list(_dom.every(element, _dom.words()["post"]["content"]))
    for part in named:
        text = part.get_text(" ", strip=True) or str(part.get("content") or "")
        paragraph = part.find_parent("p")
        in_words = paragraph is not None and len(paragraph.get_text(strip=True)) > len(text) + 40
        if text and len(text) < LONGEST_NAME and not in_words and not _inside(part, [*aside, *contents]):
            return part
    return None


def _inside(part: Tag, areas: Sequence[Tag]) -> bool:
    known = {id(area) for area in areas}
    return id(part) in known or any(id(parent) in known for parent in part.parents)


def _outermost(element: Tag, names: Sequence[str]) -> Iterator[Tag]:
    found: list[Tag] = []
    for part in _dom.every(element, names):
        if part.find(["p", "li", "article", "div", "blockquote"]) is None and part.name not in (
            "p",
            "li",
            "article",
            "div",
            "blockquote",
            "section",
        ):
            continue  # a counter or a link "3 comments"
        if not _inside(part, found):
            found.append(part)
            yield part


def _time(element: Tag, aside: Sequence[Tag]) -> Tag | None:
    for part in element.select(
        "time, .dt-published, .published, [itemprop=datePublished], .date, .timestamp"
    ):
        if not _inside(part, aside):
            return part
    return None


def _date(time: Tag | None) -> str:
    if time is None:
        return ""
    stated = time.get("datetime") or time.get("content") or time.get("title")
    return str(stated or time.get_text(" ", strip=True)).strip()[:40]


def _href(part: Tag | None, base: str) -> str:
    if part is None:
        return ""
    link = part if part.name == "a" else part.find("a", href=True)
    return _dom.absolute(str(link.get("href") or ""), base) if link and link.get("href") else ""


def _permalink(element: Tag, base: str, aside: Sequence[Tag]) -> str:
    for part in element.select(_PERMALINK):
        if not _inside(part, aside):
            return _dom.absolute(str(part["href"]), base)
    return ""


def _slug(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.fragment or parts.path.rstrip("/").rpartition("/")[2])[:80]


def _named(kind: str, parts: Sequence[Tag], where: str, author: str, date: str) -> Iterator[Text]:
    for part in parts:
        if value := " ".join(_dom.text_of(part).split()):
            yield Text(where, kind, value, author, date)


def _links(
    element: Tag, base: str, text: str, *, skip: Sequence[Tag], where: str, author: str
) -> Iterator[Text]:
    seen: set[str] = set()
    for link in element.find_all("a", href=True):
        address = _dom.absolute(str(link["href"]), base)
        bare = re.sub(r"^(?:mailto:|tel:|https?://(?:www\.)?)", "", address).rstrip("/")
        outside = address.startswith(("mailto:", "tel:")) or (
            address.startswith("http") and _dom.host(address) != _dom.host(base)
        )
        if outside and bare not in text and address not in seen and not _inside(link, skip):
            seen.add(address)
            yield Text(where, "link", address, author)


def _shown(element: Tag, base: str, aside: Sequence[Tag]) -> tuple[tuple[Picture, ...], int]:
    faces = _dom.words()["person"]["avatar"]
    pictures: list[Picture] = []
    for holder, picture in _pictures.shown(element, base):
        face = any(
            _dom.has(part, faces)
            for part in (holder, *holder.parents)
            if part is holder or element in part.parents
        )
        if not _inside(holder, aside) and not (face and not _dom.has(holder, ("u-photo",))):
            pictures.append(picture)
    videos = sum(1 for video in element.find_all("video") if not _inside(video, aside))
    return tuple(dict.fromkeys(pictures)), videos
