"""Link hubs: Linktree by its page's data, Gravatar by its public answer, the others as they look.

The links are shown to their owner and never followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from detectors import Snapshot
from scanner.platforms import _answers, _dom, _layout, _originals, _reading, _state, _walls
from scanner.platforms._parts import Person, Picture
from scanner.platforms._seam import Account, Page, Visit

NAME = "linkhub"
EXAMPLE = "https://linktr.ee/jo_lee_example"
GRAVATAR = "gravatar.com"

_MAIL = re.compile(r"^(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}$", re.IGNORECASE)
_PHONE = re.compile(r"^(?:tel:|sms:|https?://(?:wa\.me|api\.whatsapp\.com)/)", re.IGNORECASE)


def claim(url: str) -> Account | None:
    """A hub by the name in its path, or in front of the host."""
    parts = urlsplit(url)
    name = unquote(parts.path).strip("/").partition("/")[0].lstrip("@")
    if not name and (parts.hostname or "").removeprefix("www.").count(".") > 1:
        name = (parts.hostname or "").partition(".")[0]
    return Account(NAME, name, url) if name else None


def visits(account: Account) -> Iterator[Visit]:
    """The page."""
    yield Visit("profile", account.url, scroll=True)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """Gravatar's public answer about the same name."""
    host = urlsplit(account.url).hostname or ""
    if pages and (host == GRAVATAR or host.endswith(f".{GRAVATAR}")):
        yield Visit("answer", f"https://{GRAVATAR}/{quote(account.handle)}.json", via="http", optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's node of the data; a hub without one is read as it looks."""
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page):
        return _reading.read(account, pages[:1])
    told = _linktree(account, page)
    person = _from_linktree(told) if told else _from_gravatar(account, pages)
    if person is None or not (person.links or person.bio or person.avatar):
        return _reading.read(account, pages[:1])
    sheet = _reading.take_apart(account, page)
    flags = {"signed_out_visible": True, "indexable": not sheet.head.noindex}
    addresses = [address for _, address in person.links]
    if any(_MAIL.match(address) for address in addresses):
        flags["email_visible"] = True
    if any(_PHONE.match(address) for address in addresses):
        flags["phone_visible"] = True
    return _layout.lay_out(
        account,
        person,
        [],
        loaded=_originals.loaded(pages),
        flags=flags,
        counts={},
        complete="complete",
    )


def _linktree(account: Account, page: Page) -> Mapping[str, Any]:
    data = _answers.as_map(_answers.as_map(_state.block(page, "__NEXT_DATA__")).get("props"))
    told = _answers.as_map(data.get("pageProps"))
    owner = _answers.as_map(told.get("account")) or told
    same = _answers.word(owner.get("username")).casefold() == account.handle.casefold()
    if not same:
        return {}
    links = owner.get("links") or told.get("links")
    social = owner.get("socialLinks") or told.get("socialLinks")
    return {**owner, "links": links, "socialLinks": social}


def _from_linktree(told: Mapping[str, Any]) -> Person:
    rows = _state.rows(told.get("links"))
    headers = [_answers.word(row.get("title")) for row in rows if not row.get("url")]
    links = [(_answers.word(row.get("title")), _answers.word(row.get("url"))) for row in rows]
    links += [("", _contact(row)) for row in _state.rows(told.get("socialLinks"))]
    photo = _answers.word(told.get("profilePictureUrl"))
    name = _answers.word(told.get("username"))
    return Person(
        display_name=_answers.word(told.get("pageTitle")).lstrip("@") or name,
        handle=name,
        bio=_dom.plain(_answers.word(told.get("description"))),
        sections=tuple((f"heading-{n}", title) for n, title in enumerate(headers, start=1) if title),
        links=tuple(dict.fromkeys((label, address) for label, address in links if address)),
        avatar=Picture((photo,)) if photo.startswith("http") else None,
    )


def _contact(row: Mapping[str, Any]) -> str:
    """A social link; an e-mail address given as bare text becomes a link like any other."""
    address = _answers.word(row.get("url"))
    bare = _answers.word(row.get("type")) == "EMAIL_ADDRESS" and not address.startswith("mailto:")
    return f"mailto:{address}" if bare and address else address


def _from_gravatar(account: Account, pages: Sequence[Page]) -> Person | None:
    page = _answers.named(pages, "answer")
    told = _answers.as_map(_answers.told(pages, "answer")) if page else {}
    entry = next(iter(_state.rows(told.get("entry"))), None)
    if page is None or page.status != HTTPStatus.OK or entry is None:
        return None
    full = _answers.as_map(entry.get("name"))
    links = [
        (_answers.word(row.get("title")), _answers.word(row.get("value")))
        for row in _state.rows(entry.get("urls"))
    ]
    links += [("", _answers.word(row.get("url"))) for row in _state.rows(entry.get("accounts"))]
    links += [("", f"mailto:{_answers.word(row.get('value'))}") for row in _state.rows(entry.get("emails"))]
    links += [
        ("", f"tel:{_answers.word(row.get('value'))}") for row in _state.rows(entry.get("phoneNumbers"))
    ]
    photo = _answers.word(entry.get("thumbnailUrl"))
    return Person(
        display_name=_answers.word(full.get("formatted")) or _answers.word(entry.get("displayName")),
        handle=_answers.word(entry.get("preferredUsername")) or account.handle,
        headline=" at ".join(
            filter(None, (_answers.word(entry.get("job_title")), _answers.word(entry.get("company"))))
        ),
        bio=_answers.word(entry.get("aboutMe")),
        location=_answers.word(entry.get("currentLocation")),
        links=tuple(
            dict.fromkeys((label, address) for label, address in links if len(address) > len("mailto:"))
        ),
        avatar=Picture((photo,)) if photo.startswith("http") else None,
    )
