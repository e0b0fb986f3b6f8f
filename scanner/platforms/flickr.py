"""Flickr: the photostream or profile as the page's own data gives it, and the files as uploaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from detectors import Snapshot
from scanner.platforms import _answers, _dom, _head, _layout, _originals, _reading, _state, _walls
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "flickr"
EXAMPLE = "https://www.flickr.com/photos/jo_lee_example/"

_MARKS = ("modelExport:", "modelExport =")
_ABOUT = (("occupation", "Occupation"), ("hometown", "Hometown"), ("location", "Lives in"))


def claim(url: str) -> Account | None:
    """A photostream or profile, by name or by number such as 12345678@N00."""
    kind, _, rest = unquote(urlsplit(url).path).strip("/").partition("/")
    name = rest.partition("/")[0]
    return Account(NAME, name, url) if kind in ("photos", "people") and name else None


def visits(account: Account) -> Iterator[Visit]:
    """The page, to its end."""
    yield Visit("profile", account.url, scroll=True)


def more(account: Account, pages: Sequence[Page]) -> Iterator[Visit]:
    """The files as uploaded, where the owner lets strangers have them."""
    page = _answers.named(pages, "profile")
    if page is None or _walls.wall(page):
        return
    main = _models(page)
    if owner := _owner(account, main):
        files = [post.pictures[0].addresses[0] for post in _posts(main, owner) if post.pictures]
        yield from _originals.visits((file for file in files if "_o." in file), pages)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's node of the page's data; a page without it is read as it looks.

    The page's script empties it under another host's name; what was sent still holds the data.
    """
    page = _answers.named(pages, "profile")
    main = _models(page) if page and not _walls.wall(page) else {}
    owner = _owner(account, main)
    if page is None or not owner:
        return _reading.read(account, pages[:1])
    nsid = _answers.word(owner.get("id"))
    posts = list(_posts(main, owner))
    counts = _counts(main, nsid)
    whole = _dom.whole(page)
    noindex = _head.read_head(whole, page, _dom.base_of(whole, page.url)).noindex
    engaged = [_answers.as_map(photo.get("engagement")) for photo in _photos(main, nsid)]
    flags = {"signed_out_visible": True, "indexable": not noindex}
    if any(one.get("canDownload") is True for one in engaged):
        flags["downloads_open"] = True
    if any(photo.get("canPublicComment") is True for photo in _photos(main, nsid)):
        flags["comments_open"] = True
    if any(_answers.as_map(photo.get("geo")).get("latitude") for photo in _photos(main, nsid)):
        flags["location_on"] = True
    loaded = _originals.loaded(pages)
    copies = sum(
        not any("_o." in address and address in loaded for address in picture.addresses)
        and any(address in loaded for address in picture.addresses)
        for post in posts
        for picture in post.pictures
    )
    capped = len(posts) < counts.get("posts", len(posts))
    return _layout.lay_out(
        account,
        _person(account, main, owner),
        posts,
        loaded=loaded,
        flags=flags,
        counts=counts,
        complete="capped" if capped else "complete",
        result="ok_partial" if capped else "ok",
        not_seen=[note for note in (_originals.note(copies),) if note],
    )


def _models(page: Page) -> Mapping[str, Any]:
    """The page's data by kind of model, from the page as it stands or else as it was sent."""
    return page.once("flickr", _exported)


def _exported(page: Page) -> Mapping[str, Any]:
    found = _answers.as_map(_answers.after(_dom.whole(page), _MARKS).get("main"))
    if not found and page.source:
        found = _answers.as_map(_answers.after(_dom.tree(page.source), _MARKS).get("main"))
    return found


def _owner(account: Account, main: Mapping[str, Any]) -> Mapping[str, Any]:
    """The person whose name or number stands in the address."""
    streams = [_answers.as_map(row.get("owner")) for row in _state.rows(main.get("photostream-models"))]
    for row in [*streams, *_state.rows(main.get("person-models"))]:
        known = {_answers.word(row.get(key)).casefold() for key in ("id", "pathAlias")} - {""}
        if account.handle.casefold() in known:
            return row
    return {}


def _mine(main: Mapping[str, Any], kind: str, nsid: str) -> Mapping[str, Any]:
    rows = _state.rows(main.get(kind))
    return next((row for row in rows if _answers.word(row.get("id")) == nsid), {})


def _person(account: Account, main: Mapping[str, Any], owner: Mapping[str, Any]) -> Person:
    profile = _mine(main, "person-profile-models", _answers.word(owner.get("id")))
    about = _dom.tree(_said(profile.get("description")))
    leads = [_said(profile.get("website")), *(str(link["href"]) for link in about.find_all("a", href=True))]
    sites = dict.fromkeys(site for site in leads if site.startswith(("http", "mailto:")))
    return Person(
        display_name=_said(owner.get("realname")) or _said(owner.get("username")) or account.handle,
        handle=_said(owner.get("pathAlias")) or account.handle,
        bio=_dom.text_of(about),
        location=_said(profile.get("location")),
        sections=tuple(
            (key, f"{label}: {value}") for key, label in _ABOUT[:2] if (value := _said(profile.get(key)))
        ),
        links=tuple(("", site) for site in sites),
        avatar=_picture(_answers.as_map(owner.get("buddyicon")), ("retina", "large", "medium", "default")),
        banner=_picture(_answers.as_map(profile.get("coverPhotoUrls")), ("h", "l", "s")),
    )


def _picture(addresses: Mapping[str, Any], sizes: Sequence[str]) -> Picture | None:
    found = tuple(filter(None, (_full(addresses.get(size)) for size in sizes)))
    return Picture(found) if found else None


def _photos(main: Mapping[str, Any], nsid: str) -> Iterator[Mapping[str, Any]]:
    """The photographs of this owner; a page can hold those of others beside them."""
    for stream in _state.rows(main.get("photostream-models")):
        for photo in _state.rows(_answers.as_map(stream.get("photoPageList")).get("_data")):
            told = _answers.word(_answers.as_map(photo.get("engagement")).get("ownerNsid"))
            owner = _answers.as_map(photo.get("owner"))
            if nsid in (told, _answers.word(owner.get("id"))):
                yield photo


def _posts(main: Mapping[str, Any], owner: Mapping[str, Any]) -> Iterator[Post]:
    nsid = _answers.word(owner.get("id"))
    alias = _said(owner.get("pathAlias")) or nsid
    for number, photo in enumerate(_photos(main, nsid), start=1):
        sizes = [size for size in _answers.as_map(photo.get("sizes")).values() if isinstance(size, dict)]
        sizes.sort(key=lambda size: -(_state.number(size.get("width")) or 0))
        found = tuple(dict.fromkeys(filter(None, (_full(size.get("url")) for size in sizes))))
        ident = _answers.word(photo.get("id")) or f"photo-{number}"
        text = "\n".join(filter(None, (_said(photo.get(key)) for key in ("title", "description"))))
        yield Post(
            ident,
            _dom.plain(text) if "<" in text else text,
            kind="caption",
            url=f"https://www.flickr.com/photos/{alias}/{ident}/",
            pictures=(Picture(found),) if found else (),
            videos=int(photo.get("mediaType") == "video"),
        )


def _counts(main: Mapping[str, Any], nsid: str) -> dict[str, int]:
    profile = _mine(main, "person-profile-models", nsid)
    contacts = _mine(main, "person-contacts-count-models", nsid)
    told = {
        "posts": profile.get("photoCount"),
        "followers": contacts.get("followerCount"),
        "following": contacts.get("followingCount"),
    }
    return {name: count for name, value in told.items() if (count := _state.number(value)) is not None}


def _said(value: Any) -> str:
    """A text of the page's data, which comes percent-encoded, in UTF-8 or as JavaScript's `escape` does."""
    text = re.sub(r"%u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), _answers.word(value))
    try:
        return unquote(text, errors="strict").strip()
    except UnicodeDecodeError:
        return unquote(text, encoding="latin-1").strip()


def _full(value: Any) -> str:
    address = _answers.word(value)
    return f"https:{address}" if address.startswith("//") else address if address.startswith("http") else ""
