"""Bluesky's page as a browser saved it, for a person who hands it over; a visit asks the API instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from bs4 import Tag

from detectors import Snapshot
from scanner.platforms import _dom, _layout, _pictures, _reading
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page

ITEM = "feedItem-by-"
ELSEWHERE = "The page you saved is of another account than the one you gave."
ONLY_THIS = "Only what was on the screen when the page was saved could be read."

_POST_LINK = re.compile(r"/profile/[^/]+/post/(?P<id>[\w.~-]{1,80})")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def is_saved(page: Page) -> bool:
    """Whether a page is the profile as the site's own application shows it, and not an answer of the API."""
    return 'data-testid="profileHeaderDisplayName"' in page.html


def read(account: Account, page: Page) -> Snapshot:
    """The profile and the posts on the page; those of others, which were shared, stay theirs."""
    whole = _dom.whole(page)
    header = whole.select_one('[data-testid="profileView"]') or whole
    shown = _MARKS.sub("", header.get_text(" ", strip=True))
    if not account.handle.startswith("did:") and f"@{account.handle.casefold()}" not in shown.casefold():
        return _layout.unread(account, "unreadable", ELSEWHERE)
    person = Person(
        display_name=_said(whole, "profileHeaderDisplayName"),
        handle=account.handle,
        bio=_said(whole, "profileHeaderDescription"),
        avatar=next(_of(whole.select('[data-testid="profileHeaderAviButton"] img'), page.url), None),
        banner=next(_of(whole.select('[data-testid="userBannerImage"] img'), page.url), None),
    )
    items = whole.select(f'[data-testid^="{ITEM}"]')
    return _layout.lay_out(
        account,
        person,
        [_post(item, account.handle, page.url, number) for number, item in enumerate(items, start=1)],
        loaded=page.pictures,
        flags={},
        counts=_reading.counts_of(_reading.take_apart(account, page)),
        complete="unsure",
        result="ok_partial",
        not_seen=[ONLY_THIS],
    )


def _post(item: Tag, handle: str, base: str, number: int) -> Post:
    writer = str(item["data-testid"]).removeprefix(ITEM)
    link = item.select_one('a[href*="/post/"]')
    address = _dom.absolute(str(link["href"]), base) if link else ""
    match = _POST_LINK.search(address)
    return Post(
        match["id"] if match else f"post-{number}",
        _said(item, "postText"),
        author="self" if writer.casefold() == handle.casefold() else "other",
        date=_date(str(link.get("data-tooltip") or link.get("aria-label") or "")) if link else "",
        url=address,
        pictures=tuple(_of(item.select("img"), base)),
        videos=len(item.select("video")),
    )


def _said(scope: Tag, name: str) -> str:
    part = scope.select_one(f'[data-testid="{name}"]')
    return _MARKS.sub("", part.get_text()).strip() if part else ""


def _of(images: list[Tag], base: str) -> Iterator[Picture]:
    """Pictures of posts or of the profile; beside each post stands the writer's own small one."""
    for image in images:
        of_writer = image.find_parent(attrs={"data-testid": "userAvatarImage"})
        small = of_writer is not None and "avatar" in str(image.get("src"))
        if not small and (picture := _pictures.of_img(image, base)):
            yield picture


def _date(said: str) -> str:
    """The day of "January 26, 2026 at 7:50 PM"; the hour is that of whoever saved the page."""
    with suppress(ValueError):
        return f"{datetime.strptime(said.partition(' at ')[0], '%B %d, %Y'):%Y-%m-%d}"  # noqa: DTZ007 - a day alone
    return ""
