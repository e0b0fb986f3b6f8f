"""WordPress, hosted or on a host of one's own: a page, the public REST answers, the feed, the uploads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bs4 import BeautifulSoup

from detectors import Snapshot
from scanner.platforms import (
    _answers,
    _dom,
    _feeds,
    _layout,
    _originals,
    _posts,
    _reading,
    _state,
    _walls,
    _who,
    _wordpress,
)
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit
from scanner.platforms._sheet import folded

NAME = "wordpress"
EXAMPLE = "https://jo-lee-bakes.wordpress.com/"
ANYWHERE = True
HOSTED = "wordpress.com"
HOSTED_API = "https://public-api.wordpress.com/wp/v2/sites"
PAGE_SIZE = 50
PRIVATE = "The site says that it is private, so strangers cannot read it."

_ARCHIVE = re.compile(r"(?:.*/)?author/(?P<slug>[\w%.-]{1,80})/?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}")


def claim(url: str) -> Account | None:
    """A hosted blog, or an address by which any WordPress site shows one of its authors.

    All other sites are found out by their page (see `shown`), as the address tells nothing.
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.lstrip("/")
    archive = _ARCHIVE.fullmatch(path)
    number = parse_qs(parts.query).get("author", [""])[0]
    if archive:
        return Account(NAME, archive["slug"], url)
    if _NUMBER.fullmatch(number) and path in ("", "index.php"):
        return Account(NAME, "", url)
    blog = host.removesuffix(f".{HOSTED}").removeprefix("www.")
    return Account(NAME, blog, url) if host.endswith(f".{HOSTED}") and blog != "www" else None


def visits(account: Account) -> Iterator[Visit]:
    """The page; what else there is to ask for shows there."""
    yield Visit("profile", account.url, scroll=True)


def shown(page: Page) -> bool:
    """Whether a page shows that WordPress made it."""
    table = _wordpress.table()["marks"]
    headers = "\n".join(f"{name.lower()}: {value}" for name, value in page.headers.items())
    if any(re.search(pattern, headers, re.IGNORECASE | re.MULTILINE) for pattern in table["headers"]):
        return True
    return _dom.whole(page).select_one(table["selector"]) is not None


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """Posts, pages and pictures of the author, the feed without them, uploads, the list of authors.

    The list comes last: where it is guarded, asking for it may end the visit.
    """
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page) or not _ours(account, page):
        return
    root = _rest(account, page)
    writer = _writer(account, pages)
    if root:
        join = "&" if "?" in root else "?"
        only = f"&author={writer.number}" if writer.number is not None else ""
        for name in ("posts", "pages", "media"):
            kind = "&media_type=image" if name == "media" else ""
            yield Visit(
                name, f"{root}{name}{join}per_page={PAGE_SIZE}{only}{kind}", via="http", optional=True
            )
    if not isinstance(_answers.told(pages, "posts"), list) and (feed := _feed(page)):
        yield Visit("feed", feed, via="http", optional=True)
    person, posts = _read(account, page, pages, writer)
    yield from _originals.visits(
        [*_originals.uploads(person, posts), *_wordpress.uploads(pages, writer)], pages
    )
    if root and not root.startswith(HOSTED_API):  # which lists nobody to strangers
        join = "&" if "?" in root else "?"
        yield Visit("users", f"{root}users{join}per_page={PAGE_SIZE}", via="http", optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The REST answers where they came, else the feed, always with what the page itself shows.

    A page that WordPress did not make is read as any other site's.
    """
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page) or not _ours(account, page):
        name = NAME if account.url.partition("//")[2].partition("/")[0].endswith(f".{HOSTED}") else "site"
        return _reading.read(Account(name, account.handle if name == NAME else "", account.url), pages[:1])
    account = replace(account, platform=NAME)
    if _private(page):
        snapshot = _layout.unread(account, "private_confirmed", PRIVATE)
        return replace(snapshot, flags={"private": True, "signed_out_visible": False})
    writer = _writer(account, pages)
    person, posts = _read(account, page, pages, writer)
    came = [name for name in ("posts", "feed") if _came(pages, name)]
    if not (posts or person.bio or person.sections or person.pictures or person.avatar):
        return _reading.read(account, [page])
    mine, kept, copies = _originals.preferred(person, posts, _originals.loaded(pages))
    listed = _answers.named(pages, "posts")
    cut = listed is not None and _header(listed, "x-wp-totalpages") > 1
    notes = [_originals.note(copies)]
    if writer.several:
        notes.append(
            "Several people write here, so posts were taken for yours only where your name stands on them."
            " Give the address of your own author page to have all of yours looked at."
        )
    if not came:
        notes.append("Only what this one page shows could be read, not the older posts.")
    if cut:
        notes.append(f"Only the newest {PAGE_SIZE} posts were read.")
    whole = came[:1] == ["posts"] and not writer.several
    return _layout.lay_out(
        account,
        mine,
        kept,
        loaded=_originals.loaded(pages),
        flags=_flags(account, page, pages, person, writer),
        counts=_counts(pages),
        complete="capped" if cut or page.complete == "capped" else ("complete" if whole else "unsure"),
        result="ok_partial" if writer.several or page.complete == "capped" else "ok",
        not_seen=[note for note in notes if note],
    )


def _ours(account: Account, page: Page) -> bool:
    return (urlsplit(account.url).hostname or "").endswith(f".{HOSTED}") or shown(page)


def _private(page: Page) -> bool:
    table = _wordpress.table()["private"]
    text = _dom.text_of(_dom.mine(page))
    return len(text) <= table["max_text"] and bool(
        re.search(table["text"], text, re.IGNORECASE | re.MULTILINE)
    )


def _rest(account: Account, page: Page) -> str:
    """Where the site answers in JSON, up to and including "wp/v2/"; "" where it does not say."""
    host = urlsplit(account.url).hostname or ""
    if host.endswith(f".{HOSTED}"):
        return f"{HOSTED_API}/{quote(host)}/"
    link = _dom.whole(page).find("link", rel="https://api.w.org/", href=True)
    root = _dom.absolute(str(link["href"]), page.url) if link else ""
    if not root:
        told = next((value for name, value in page.headers.items() if name.lower() == "link"), "")
        match = re.search(r"<([^<>]{1,300})>;\s?rel=\"?https://api\.w\.org/", told)
        root = _dom.absolute(match[1], page.url) if match else ""
    same = root.startswith("http") and _dom.parts(root).netloc == urlsplit(page.url).netloc
    return f"{root.rstrip('/')}/wp/v2/" if same else ""


def _feed(page: Page) -> str:
    """The feed the page names, of its author where there is one; never that of comments."""
    for link in _dom.whole(page).find_all("link", href=True, type=re.compile("rss|atom")):
        address = _dom.absolute(str(link["href"]), page.url)
        if "comments" not in address and _dom.parts(address).netloc == urlsplit(page.url).netloc:
            return address
    return ""


def _writer(account: Account, pages: Sequence[Page]) -> _wordpress.Writer:
    """Whose the account is: the author its address or page names, or the only one who writes there."""
    page = _answers.named(pages, "profile")
    users = _state.rows(_answers.told(pages, "users"))
    number, slug = _named_author(account, page)
    if number is not None or slug:
        return _known(users, number, slug)
    written = [row for row in _state.rows(_answers.told(pages, "posts")) if not _wordpress.sample(row)]
    ids = {_state.number(row.get("author")) for row in written}
    fed = _fed_by(pages)
    if len(ids) > 1 or len(fed) > 1:
        return _wordpress.Writer(several=True)
    if ids or (len(users) == 1 and not fed):
        return _known(users, _state.number((ids or {users[0].get("id")}).pop()), "")
    if fed:
        name = next(iter(fed))
        told = next((user for user in users if _answers.word(user.get("name")) == name), {})
        return _known(users, _state.number(told.get("id")), "", name)
    return _wordpress.Writer()


def _known(
    users: Sequence[Mapping[str, Any]], number: int | None, slug: str, name: str = ""
) -> _wordpress.Writer:
    """The writer of that number or log-in name, with what the list of authors tells of them."""
    for user in users:
        if user.get("id") == number or (slug and number is None and user.get("slug") == slug):
            return _wordpress.Writer(
                _state.number(user.get("id")), _answers.word(user.get("slug")), user, name=name
            )
    return _wordpress.Writer(number, slug, name=name)


def _fed_by(pages: Sequence[Page]) -> frozenset[str]:
    """Who signs the entries of the feed, those of a new site left out."""
    page = _answers.named(pages, "feed")
    signed = [] if page is None or _walls.wall(page) else _feeds.signers(page.html)
    return frozenset(name for title, name in signed if name and not _wordpress.is_sample(title))


def _named_author(account: Account, page: Page | None) -> tuple[int | None, str]:
    parts = urlsplit(account.url)
    number = parse_qs(parts.query).get("author", [""])[0]
    archive = _ARCHIVE.fullmatch(parts.path.lstrip("/"))
    body = _dom.whole(page).body if page else None
    names = [token for token in _dom.tokens(body) if token.startswith("author-")] if body else []
    marked = [name.removeprefix("author-") for name in names] if body and _dom.has(body, ("author",)) else []
    found = number if _NUMBER.fullmatch(number) else next((n for n in marked if _NUMBER.fullmatch(n)), "")
    slug = archive["slug"] if archive else next((n for n in marked if not _NUMBER.fullmatch(n)), "")
    return (int(found) if found else None), slug


def _read(
    account: Account, page: Page, pages: Sequence[Page], writer: _wordpress.Writer
) -> tuple[Person, list[Post]]:
    """The person and the posts: the page's own, completed by what the site answered."""
    sheet = _reading.take_apart(account, page)
    seen = _who.read_person(sheet)
    user = writer.told or {}
    name = (
        _dom.plain(_answers.word(user.get("name")))
        or writer.name
        or _shown_name(seen.display_name, sheet.whole)
    )
    seen = replace(seen, display_name=name)
    is_owner = _who.owner_test(sheet, name, writer.slug)
    told = list(_wordpress.posts(pages, writer))
    fed = [] if told else _fed(pages, is_owner)
    here = _posts.read_posts(sheet.roots, sheet.base, is_owner)
    archive = _dom.has(sheet.whole.body, ("author",)) if sheet.whole.body else False
    posts = _wordpress.joined(
        here, told or fed, sure=bool(told) and writer.number is not None, archive=archive
    )
    bio = _dom.plain(_answers.word(user.get("description")))
    lead = "" if _wordpress.is_sample(seen.bio) or folded(seen.bio) in folded(bio) else seen.bio
    titles = {"", folded(name), f"author: {folded(name)}"}
    lines = [line for line in lead.split("\n") if folded(line) not in titles]
    lead = "\n".join(line for line in lines if not _wordpress.is_sample(line))
    sections = [pair for pair in seen.sections if not _wordpress.is_sample(pair[1].partition("\n")[0])]
    if lead and bio:
        sections.insert(0, ("page", lead))
    sections += _wordpress.pages_of(pages, writer)
    own = _answers.word(user.get("url"))
    links = [*seen.links, *((("", own),) if own and own not in {a for _, a in seen.links} else ())]
    person = replace(
        seen,
        handle=writer.slug or seen.handle or account.handle,
        bio=bio or lead,
        sections=tuple(sections),
        links=tuple(links),
        pictures=(
            *seen.pictures,
            *(("media", Picture((address,))) for address in _opened(pages, posts, seen)),
        ),
    )
    return person, posts


def _shown_name(found: str, whole: BeautifulSoup) -> str:
    """The name on the page; the site's own name where that is a theme's example."""
    title = whole.select_one(_wordpress.table()["title"]["selector"])
    return title.get_text(" ", strip=True) if title and _wordpress.is_sample(found) else found


def _fed(pages: Sequence[Page], is_owner: _feeds.IsOwner) -> list[Post]:
    page = _answers.named(pages, "feed")
    return [] if page is None or _walls.wall(page) else _feeds.read_feed(page.html, is_owner)


def _opened(pages: Sequence[Page], posts: Sequence[Post], seen: Person) -> Iterator[str]:
    """Uploads that were opened although neither the page nor a post shows them."""
    shown_there = {_originals.original(a) for post in posts for p in post.pictures for a in p.addresses}
    shown_there |= {_originals.original(a) for _, p in seen.pictures for a in p.addresses}
    for page in pages:
        yield from (address for address in page.pictures if not page.html and address not in shown_there)


def _flags(
    account: Account, page: Page, pages: Sequence[Page], person: Person, writer: _wordpress.Writer
) -> dict[str, bool]:
    flags = _reading.flags_of(_reading.take_apart(account, page), person, [page])
    posts = [row for row in _state.rows(_answers.told(pages, "posts")) if writer.wrote(row)]
    if any(row.get("comment_status") == "open" for row in posts):
        flags["comments_open"] = True
    if writer.told and _answers.told(pages, "users"):
        flags["discoverable"] = True  # anyone can list the people who write here, by log-in name
    texts = " ".join([text for _, text in person.sections])
    if re.search(r"mailto:[\w.+-]{1,64}@", texts):
        flags["email_visible"] = True
    if re.search(r"tel:\+?\d", texts):
        flags["phone_visible"] = True
    return flags


def _counts(pages: Sequence[Page]) -> dict[str, int]:
    page = _answers.named(pages, "posts")
    total = _header(page, "x-wp-total") if page else 0
    return {"posts": total} if total and _came(pages, "posts") else {}


def _header(page: Page, name: str) -> int:
    value = next((value for known, value in page.headers.items() if known.lower() == name), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0  # noqa: PLR2004


def _came(pages: Sequence[Page], name: str) -> bool:
    page = _answers.named(pages, name)
    if page is None or _walls.wall(page):
        return False
    return isinstance(_answers.told(pages, name), list) if name == "posts" else "<item" in page.html
