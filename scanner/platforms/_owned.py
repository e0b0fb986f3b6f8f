"""What the readers of the big platforms share: whose page it is, its own summary, an honest ending."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from data import read_toml
from detectors import Snapshot
from scanner.platforms import _bounds, _dom, _head, _layout, _state, _walls
from scanner.platforms._head import Head
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page

ENOUGH = 200
"""Characters of visible text from which on a page that we cannot read is our fault, not an empty shell."""

Told = Callable[[Account, Page, Sequence[Page]], Snapshot | None]

_NUMBER = re.compile(
    r"(?<![\d.,])(?P<n>\d[\d.,\u00a0\u202f]{0,15})\s?(?P<unit>[kmb]|mil\b|millones|mill\.|mio\.?|tsd\.?)?(?![\w])",
    re.IGNORECASE,
)
_UNITS = {"k": 1_000, "mil": 1_000, "tsd": 1_000, "m": 1_000_000, "mio": 1_000_000, "millones": 1_000_000}
_UNITS |= {"mill": 1_000_000, "b": 1_000_000_000}
_PROFILE = re.compile(r"/@?(?P<name>[\w.]{1,40})/?$")
_MENTION = re.compile(r"\(\s*@(?P<handle>[\w.]{1,40})\s*\)|^@(?P<alone>[\w.]{1,40})\b")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a page's head says of its owner, line breaks kept. `handle` is the one it writes with an @."""

    head: Head
    name: str = ""
    handle: str = ""
    title: str = ""
    description: str = ""
    picture: str = ""


def read(account: Account, pages: Sequence[Page], *, told: Told, shown: Told) -> Snapshot:
    """The first page as a profile.

    `told` reads the owner out of what the page says to programs, and goes before any look at walls;
    `shown` reads the page's summary and what stands on it. Each gives None where it finds no owner.
    """
    if not pages:
        return _layout.unread(account, "unreachable", "No page came back.")
    page = pages[0]
    if page.status >= HTTPStatus.BAD_REQUEST:
        return unread(account, _walls.front(page) or "unreachable")
    if found := told(account, page, pages):
        return found
    if state := _walls.front(page):
        return unread(account, state)
    if found := shown(account, page, pages):
        return found
    whole = _dom.whole(page)
    text = _dom.text_of(whole, skip=whole.find_all(["script", "style", "head", "noscript"]))
    return unread(account, "layout_changed" if len(text) >= ENOUGH else "unreadable")


def unread(account: Account, state: str, flags: Mapping[str, bool] | None = None) -> Snapshot:
    """A profile of which nothing could be read, with the sentence for that state."""
    return _layout.unread(account, state, _walls.in_words(state), flags)


def unread_because(account: Account, state: str, sentence: str) -> Snapshot:
    """The same with a sentence of the reader's own."""
    return _layout.unread(account, state, sentence)


def another(account: Account) -> Snapshot:
    """The page is about somebody else than its address: nothing of it may count."""
    sentence = "The page shows another account than the one in the address, so it was not read."
    return _layout.unread(account, "unreadable", sentence)


def same(account: Account, page: Page, handle: str) -> bool:
    """Whether a handle is that of the account, or of the address at which the visit ended."""
    last = unquote(urlsplit(page.url).path).rstrip("/").rpartition("/")[2].lstrip("@")
    return bool(handle) and handle.lstrip("@").casefold() in {account.handle.casefold(), last.casefold()}


def summary(page: Page) -> Summary:
    """What the head says, read once."""
    return page.once("summary", _summary)


def finish(
    account: Account,
    page: Page,
    person: Person,
    posts: Sequence[Post],
    *,
    flags: Mapping[str, bool],
    counts: Mapping[str, int],
    notes: Sequence[str] = (),
    partly: bool = False,
) -> Snapshot:
    """The snapshot of a page whose owner was found.

    It is whole only where nothing is missing: all posts it counts were there, nothing asked for a log-in.
    """
    private = flags.get("private") is True
    stated = {"indexable": not summary(page).head.noindex} if _head_came(page) else {}
    said = list(notes)
    short = counts.get("posts", len(posts)) > len(posts)
    asked = _walls.prompted(page)
    if asked and not private:
        said.append("The page asked for a log-in before it showed everything.")
    capped = page.complete == "capped" or _bounds.cut(page)
    if capped:
        said.append("The page goes on after the part that was read.")
    bare = not (posts or person.bio or person.headline or person.sections or person.links)
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=page.pictures,
        flags={"signed_out_visible": not private, **stated, **flags},
        counts=counts,
        complete="capped" if capped or short else page.complete,
        result="private_confirmed"
        if private
        else "ok_partial"
        if partly or short or asked or capped or bare
        else "ok",
        not_seen=said,
    )


def picture(address: Any, alt: Any = "") -> Picture | None:
    """A picture by its address; None without one."""
    found = _state.words(address)
    return Picture((found,), _state.words(alt)) if found.startswith(("http", "data:image")) else None


def pictures(addresses: Sequence[Any], alt: Any = "") -> tuple[Picture, ...]:
    """One picture that may have been loaded from any of these addresses."""
    found = tuple(
        dict.fromkeys(a for address in addresses if (a := _state.words(address)).startswith("http"))
    )
    return (Picture(found, _state.words(alt)),) if found else ()


def count(value: Any) -> int | None:
    """The first number in a text such as "1,234 posts", "6,8 K" or "4,69 M de suscriptores"."""
    if not isinstance(value, str):
        return _state.number(value)
    match = _NUMBER.search(value)
    if not match:
        return None
    unit = _UNITS.get((match["unit"] or "").lower().rstrip("."), 1)
    digits = match["n"].strip(".,\u00a0\u202f").replace("\u00a0", "").replace("\u202f", "")
    if unit == 1:
        return int(re.sub(r"\D", "", digits))
    whole, dot, rest = digits.replace(",", ".").rpartition(".")
    return round(float(f"{whole.replace('.', '')}{dot}{rest}") * unit)


def counted(**values: Any) -> dict[str, int]:
    """Those counts that are numbers."""
    return {name: number for name, value in values.items() if (number := count(value)) is not None}


def switches(node: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, bool]:
    """Flags by the name of the field that holds each, where it holds yes or no."""
    return {flag: node[key] for flag, key in names.items() if isinstance(node.get(key), bool)}


def unwrapped(address: str) -> str:
    """Where a link leads that only leads on, told from its own address."""
    query = parse_qs(_dom.parts(address).query) if re.match(r"https?://", address) else {}
    host = _dom.host(address)
    if re.match(r"(?:l|lm)\.(?:facebook|instagram|threads)\.|(?:[\w-]+\.)?(?:linkedin|youtube)\.com$", host):
        inner = next((query[key][0] for key in ("u", "url", "q") if key in query), "")
        return inner if inner.startswith("http") else address
    return address


def lines(element: Tag | None) -> str:
    """What an element shows, one line per block, cleaned."""
    return _state.words(_dom.text_of(element)) if element is not None else ""


def says_private(account: Account, page: Page, bio: str) -> bool:
    """Whether an element outside posts is nothing but the platform's notice of a private account.

    The same words in the owner's bio, or beside a link to somebody else, are no notice.
    """
    notices = {_folded(line) for line in signs()["private"]} - {_folded(bio)}
    return any(_folded(text) in notices for text in _short_texts(_dom.whole(page), account, page))


@lru_cache(maxsize=1)
def signs() -> dict[str, Any]:
    """What the platforms write on their pages, in several languages."""
    return read_toml("web/signs.toml")


def _short_texts(soup: BeautifulSoup, account: Account, page: Page) -> Iterator[str]:
    outside = ["article", "aside", "nav", "footer", "a", "li"]
    for part in soup.find_all(["h1", "h2", "h3", "h4", "span", "p", "div"]):
        if part.find(True) or part.find_parent(outside) or _beside_another(part, account, page):  # noqa: FBT003
            continue
        yield part.get_text(" ", strip=True)


def _beside_another(part: Tag, account: Account, page: Page) -> bool:
    """Whether the smallest box around an element that holds profile links leads to somebody else's."""
    for box in islice(part.parents, 3):
        if box.name in ("main", "body"):
            return False
        paths = [_dom.parts(str(link["href"])).path for link in box.select("a[href]")]
        if names := [match["name"] for path in paths if (match := _PROFILE.match(path))]:
            return not any(same(account, page, name) for name in names)
    return False


def _folded(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().rstrip(".").split())


def _head_came(page: Page) -> bool:
    return bool(_dom.whole(page).find("meta")) or any(name.lower() == "x-robots-tag" for name in page.headers)


def _summary(page: Page) -> Summary:
    whole = _dom.whole(page)
    head = _head.read_head(whole, page, _dom.base_of(whole, page.url))
    title = _state.words(_meta(whole, "og:title") or head.title)
    description = _state.words(_meta(whole, "description") or _meta(whole, "og:description"))
    match = _MENTION.search(title)
    name = _state.words(title[: match.start()]) if match and match["handle"] else ""
    handle = (match["handle"] or match["alone"]) if match else ""
    return Summary(head, name, handle, title, description, _meta(whole, "og:image"))


def _meta(soup: BeautifulSoup, name: str) -> str:
    """A meta element's content as written, line breaks kept."""
    for key in ("property", "name"):
        for element in soup.find_all("meta", attrs={key: name}):
            if content := str(element.get("content") or "").strip():
                return content
    return ""
