"""Telegram: the page in front of a person or channel, and a channel's public preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import Tag

from detectors import Snapshot, Text
from scanner.platforms import _answers, _beside, _dom, _head, _layout, _pictures, _walls
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "telegram"
EXAMPLE = "https://t.me/jo_lee_example"
MAX_POSTS = 200

_PATH = re.compile(r"/(?:s/)?@?(?P<name>[A-Za-z]\w{3,31})/?", re.ASCII)
_FOLLOWED = re.compile(r"(?P<n>\d[\d\s.,]{0,12})\s?(?P<unit>[KM]?)\s?subscribers?", re.IGNORECASE)
_GROUP = re.compile(r"\bmembers?\b", re.IGNORECASE)
_GROUP_SENTENCE = "This is a group of many people, which is not ours to look at, so it was not read."


def claim(url: str) -> Account | None:
    """A person or channel by name; invitations are never opened."""
    match = _PATH.fullmatch(urlsplit(url).path)
    return Account(NAME, match["name"], f"https://t.me/{match['name']}") if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The page that a browser shows for the name."""
    yield Visit("profile", account.url)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """A channel's newest messages, where it shows them to everyone."""
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page):
        return
    links = [str(link["href"]) for link in _dom.whole(page).select(".tgme_page a[href]")]
    if any(re.search(rf"/s/{account.handle}\b", link, re.IGNORECASE) for link in links):
        yield Visit("messages", f"https://t.me/s/{account.handle}", scroll=True, optional=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The page's own fields; a page without a title stands in front of nobody."""
    page = _answers.named(pages, "profile")
    if page is None:
        return _layout.unread(account, "unreachable", "No page came back.")
    if found := _walls.wall(page):
        return _layout.unread(account, found, _walls.in_words(found))
    preview = next(
        (p for p in pages if _dom.whole(p).select_one(".tgme_channel_info") and not _walls.wall(p)), None
    )
    whole = _dom.whole(page)
    if not whole.select_one(".tgme_page_title") and preview is None:
        ours = whole.select_one(".tgme_page, .tgme_body_wrap")
        result = "not_found_or_hidden" if ours else "layout_changed"
        return _layout.unread(account, result, _walls.in_words(result))
    if any(_GROUP.search(text) for text in _texts(whole, ".tgme_page_extra")):
        return _layout.unread(account, "unreadable", _GROUP_SENTENCE)
    person = _person(account, page, preview)
    posts = list(_posts(account, preview)) if preview else []
    channel = preview is not None or any(_FOLLOWED.search(t) for t in _texts(whole, ".tgme_page_extra"))
    flags = {"signed_out_visible": True, "indexable": not _noindex(page)}
    if not channel:
        flags["messages_open"] = True  # whoever knows the name can write
    pictures = {address: data for one in pages for address, data in one.pictures.items()}
    notes = [] if preview or not channel else ["The messages of this channel could not be read."]
    return _layout.lay_out(
        account,
        person,
        posts,
        loaded=pictures,
        flags=flags,
        counts=_counts([page, *([preview] if preview else [])]),
        complete=preview.complete if preview else ("unsure" if channel else "complete"),
        result="ok_partial" if notes else "ok",
        not_seen=notes,
    )


def _person(account: Account, page: Page, preview: Page | None) -> Person:
    scopes = [_dom.whole(one) for one in (page, preview) if one]
    name = _first(scopes, ".tgme_page_title, .tgme_channel_info_header_title")
    about = _element(scopes, ".tgme_page_description, .tgme_channel_info_description")
    photo = _element(scopes, ".tgme_page_photo_image, .tgme_page_photo img, .tgme_channel_info_header img")
    said = about.get_text() if about else ""
    links = [
        ("", address)
        for link in (about.find_all("a", href=True) if about else [])
        if _beside.leads_away(address := str(link["href"]), account.url)
        and re.sub(r"^(?:https?://|mailto:|tel:)", "", address).rstrip("/") not in said
    ]
    shown = photo if photo is None or photo.name == "img" else photo.find("img")
    return Person(
        display_name=name,
        handle=account.handle,
        bio=_dom.text_of(about) if about else "",
        links=tuple(dict.fromkeys(links)),
        avatar=_pictures.of_img(shown, page.url) if isinstance(shown, Tag) else None,
    )


def _posts(account: Account, preview: Page) -> Iterator[Post]:
    for number, part in enumerate(
        _dom.whole(preview).select(".tgme_widget_message[data-post]")[:MAX_POSTS], start=1
    ):
        channel, _, ident = str(part["data-post"]).partition("/")
        text = part.select_one(".tgme_widget_message_text")
        time = part.select_one("time[datetime]")
        away = part.select_one(".tgme_widget_message_forwarded_from, .tgme_widget_message_reply")
        forwarded = part.select_one(".tgme_widget_message_forwarded_from")
        other = forwarded is not None or channel.casefold() != account.handle.casefold()
        frames = part.select(".tgme_widget_message_photo_wrap, .tgme_widget_message_video_thumb")
        pictures = [picture for frame in frames for _, picture in _pictures.shown(frame, preview.url)]
        name = ident or f"post-{number}"
        author = "other" if other else "self"
        told = _dom.text_of(text) if text else ""
        leads = [str(a["href"]) for a in (text.find_all("a", href=True) if text else ())]
        yield Post(
            name,
            told,
            author=author,
            date=str(time["datetime"]) if time else "",
            url=f"https://t.me/{channel}/{ident}",
            pictures=tuple(Picture(p.addresses, p.alt) for p in dict.fromkeys(pictures)),
            videos=len(part.select("video, .tgme_widget_message_video_player")),
            extras=tuple(
                Text(name, "link", address, author)
                for address in dict.fromkeys(leads)
                if address.startswith(("http", "mailto:", "tel:"))
                and away is None
                and re.sub(r"^(?:https?://|mailto:|tel:)", "", address).rstrip("/") not in told
            ),
        )


def _counts(pages: Sequence[Page]) -> dict[str, int]:
    for page in pages:
        for text in _texts(_dom.whole(page), ".tgme_page_extra, .tgme_channel_info_counter"):
            if match := _FOLLOWED.search(text):
                scale = {"": 1, "K": 1_000, "M": 1_000_000}[match["unit"].upper()]
                digits = re.sub(r"\s", "", match["n"]).rstrip(".,")
                plain = digits if scale > 1 else re.sub(r"[.,]", "", digits)
                try:
                    return {"followers": int(float(plain.replace(",", ".")) * scale)}
                except ValueError:
                    return {}
    return {}


def _noindex(page: Page) -> bool:
    whole = _dom.whole(page)
    return _head.read_head(whole, page, _dom.base_of(whole, page.url)).noindex


def _texts(scope: Tag, selector: str) -> list[str]:
    return [part.get_text(" ", strip=True) for part in scope.select(selector)]


def _element(scopes: Sequence[Tag], selector: str) -> Tag | None:
    return next((part for scope in scopes if (part := scope.select_one(selector))), None)


def _first(scopes: Sequence[Tag], selector: str) -> str:
    part = _element(scopes, selector)
    return " ".join(part.get_text(" ", strip=True).split()) if part else ""
