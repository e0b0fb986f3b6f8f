"""TikTok: the profile's own state in the page, in the layout of today and the two before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from detectors import Snapshot, Text
from scanner.platforms import _answers, _dom, _owned, _state
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page, Visit

NAME = "tiktok"
EXAMPLE = "https://www.tiktok.com/@jo.lee_runs"
ANSWERS = True

_PATH = re.compile(r"/@(?P<user>[\w.]{2,24})/?", re.ASCII)
_AVATARS = ("avatarLarger", "avatarMedium", "avatarThumb")
_COVERS = ("originCover", "cover", "dynamicCover", "reflowCover")
_NUMBER = re.compile(r"/(?:video|photo)/(?P<id>\d{5,30})")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a layout tells: the answer's number, the owner's fields and counts, the owner's list of items."""

    status: int
    user: Mapping[str, Any]
    stats: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]
    more: bool = False


def claim(url: str) -> Account | None:
    """A profile by its name."""
    match = _PATH.fullmatch(unquote(urlsplit(url).path))
    return Account(NAME, match["user"], url) if match else None


def visits(account: Account) -> Iterator[Visit]:
    """The profile page."""
    yield Visit("profile", account.url, scroll=True)


def parse(account: Account, pages: Sequence[Page]) -> Snapshot:
    """The owner's node of the page's state; else what the page shows."""
    return _owned.read(account, pages, told=_told, shown=_shown)


def _told(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    found = _today(page) or _sigi(page) or _next(page) or _bare(page, account)
    if found is None:
        return None
    state = _owned.signs()["tiktok"]["status"].get(str(found.status))
    named = str(found.user.get("uniqueId") or "")
    if named and not _owned.same(account, page, named):
        return _owned.another(account)
    if not named and state == "private_confirmed":
        return _owned.unread(account, state, {"private": True, "signed_out_visible": False})
    if not named:
        return _owned.unread(account, state) if state else None
    flags = _flags(found.user, closed=state == "private_confirmed")
    posts = [
        post
        for number, item in enumerate(found.items, start=1)
        if (post := _post(item, found.user, number)) is not None
    ]
    if not posts and not flags["private"]:
        posts = list(_on_page(page, named))
    if any(extra.kind == "location" for post in posts for extra in post.extras):
        flags["location_on"] = True
    return _owned.finish(
        account,
        page,
        _person(found.user),
        posts,
        flags=flags,
        counts=_owned.counted(
            posts=_state.first(found.stats, ("videoCount",)),
            followers=_state.first(found.stats, ("followerCount",)),
            following=_state.first(found.stats, ("followingCount",)),
        ),
        partly=found.more,
    )


def _today(page: Page) -> _Told | None:
    whole = _state.block(page, "__UNIVERSAL_DATA_FOR_REHYDRATION__")
    detail = _state.dig(whole, "__DEFAULT_SCOPE__", "webapp.user-detail") or _state.dig(
        whole, "webapp.user-detail"
    )
    return _detail(detail) or _detail(whole)


def _detail(detail: Any) -> _Told | None:
    """The answer for one user, as today's page and the API behind it give it."""
    if not isinstance(detail, dict) or not ("userInfo" in detail or "statusCode" in detail):
        return None
    info = _state.dig(detail, "userInfo") or {}
    items = _state.first(detail, ("userInfo", "itemList"), ("itemList",), ("items",))
    return _Told(
        _state.number(detail.get("statusCode")) or 0,
        _answers.as_map(_state.dig(info, "user")),
        _answers.as_map(_state.first(info, ("statsV2",), ("stats",))),
        _state.rows(items),
    )


def _sigi(page: Page) -> _Told | None:
    """The layout of 2021 to 2023: many people's values side by side; only the page's owner's are taken."""
    whole = _state.block(page, "SIGI_STATE", "sigi-persisted-data")
    users = _state.dig(whole, "UserModule", "users")
    about = _answers.as_map(_state.dig(whole, "UserPage"))
    if not isinstance(users, dict) and "statusCode" not in about:
        return None
    users = users if isinstance(users, dict) else {}
    named = str(about.get("uniqueId") or (next(iter(users)) if len(users) == 1 else ""))
    listed = _state.dig(whole, "ItemList", "user-post", "list")
    module = _answers.as_map(_state.dig(whole, "ItemModule"))
    items = [module[str(key)] for key in (listed if isinstance(listed, list) else []) if str(key) in module]
    return _Told(
        _state.number(about.get("statusCode")) or 0,
        _answers.as_map(_state.dig(users, named)),
        _answers.as_map(_state.dig(whole, "UserModule", "stats", named)),
        _state.rows(items),
        more=_state.dig(whole, "ItemList", "user-post", "hasMore") is True,
    )


def _next(page: Page) -> _Told | None:
    return _detail(_state.dig(_state.block(page, "__NEXT_DATA__"), "props", "pageProps"))


def _bare(page: Page, account: Account) -> _Told | None:
    """A saved answer that holds `user` and `stats` side by side."""
    for whole in _state.blocks(page):
        for node in _state.walk(whole):
            user = node.get("user")
            if (
                isinstance(user, dict)
                and "stats" in node
                and _owned.same(account, page, str(user.get("uniqueId")))
            ):
                return _detail({"userInfo": node, "statusCode": 0})
    return None


def _person(user: Mapping[str, Any]) -> Person:
    link = _state.words(_state.first(user, ("bioLink", "link"), ("bioLink",)))
    return Person(
        display_name=_state.words(user.get("nickname")),
        handle=_state.words(user.get("uniqueId")),
        bio=_state.words(user.get("signature")),
        links=(("", link),) if link else (),
        avatar=next(iter(_owned.pictures([user.get(key) for key in _AVATARS])), None),
    )


def _flags(user: Mapping[str, Any], *, closed: bool) -> dict[str, bool]:
    flags = {"private": closed or user.get("privateAccount") is True or user.get("secret") is True}
    flags |= _owned.switches(user, {"likes_visible": "openFavorite"})
    business = _state.dig(user, "commerceUserInfo", "commerceUser")
    if isinstance(business, bool):
        flags["professional_account"] = business
    for name, row in _owned.signs()["tiktok"]["setting"].items():
        value = user.get(name)
        if isinstance(value, bool) or value not in (*row["open"], *row["closed"]):
            continue
        # two settings may stand for one flag: it is open where either is
        flags[row["flag"]] = value in row["open"] or flags.get(row["flag"], False)
    return flags


def _post(item: Mapping[str, Any], user: Mapping[str, Any], number: int) -> Post | None:
    author = item.get("author")
    name = author.get("uniqueId") if isinstance(author, dict) else author
    ident = _state.words(item.get("id")) or f"post-{number}"
    mine = str(name or "").casefold() == str(user.get("uniqueId")).casefold() if name else True
    if item.get("authorId") and user.get("id"):
        mine = mine and str(item["authorId"]) == str(user["id"])
    who = "self" if mine else "other"
    date = _state.when(item.get("createTime"))
    extras = [
        Text(ident, "caption", words, who, date)
        for sticker in _state.rows(item.get("stickersOnItem"))
        for line in _listed(sticker.get("stickerText"))
        if (words := _state.words(line))
    ]
    if place := _state.words(_state.first(item, ("poi", "name"), ("locationInfo", "name"))):
        extras.append(Text(ident, "location", place, who, date))
    shots = _state.rows(_state.dig(item, "imagePost", "images"))
    covers = _owned.pictures([_state.dig(item, "video", key) for key in _COVERS])
    handle = name or user.get("uniqueId")
    return Post(
        ident,
        _state.words(item.get("desc")),
        "caption",
        who,
        date,
        f"https://www.tiktok.com/@{handle}/video/{ident}",
        tuple(p for shot in shots for p in _owned.pictures(_listed(_state.dig(shot, "imageURL", "urlList"))))
        or covers,
        videos=0 if shots else 1,
        extras=tuple(extras),
    )


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _shown(account: Account, page: Page, _: Sequence[Page]) -> Snapshot | None:
    """The rendered page by its own marks, where scripts took the state away."""
    whole = _dom.whole(page)

    def marked(name: str) -> Tag | None:
        return whole.select_one(f"[data-e2e='{name}']")

    handle = _owned.lines(marked("user-title")).lstrip("@") or _owned.summary(page).handle
    if not handle:
        return None
    if not _owned.same(account, page, handle):
        return _owned.another(account)
    link = marked("user-link")
    face = whole.select_one("[data-e2e='user-avatar'] img")
    name, bio = _owned.lines(marked("user-subtitle")), _owned.lines(marked("user-bio"))
    about = _owned.summary(page)
    if not (bio or marked("user-title") or _counts_in(about.description)):
        return None
    posts = list(_on_page(page, handle))
    private = not posts and _owned.says_private(account, page, bio)
    return _owned.finish(
        account,
        page,
        Person(
            name or about.name,
            handle,
            bio=bio or _bio_in(about.description),
            links=(("", _owned.unwrapped(str(link.get("href") or _owned.lines(link)))),) if link else (),
            avatar=_owned.picture(face.get("src")) if face else _owned.picture(about.picture),
        ),
        posts,
        flags={"private": True} if private else {},
        counts=_owned.counted(
            followers=_owned.lines(marked("followers-count")),
            following=_owned.lines(marked("following-count")),
        )
        or _counts_in(about.description),
        partly=True,
    )


def _on_page(page: Page, handle: str) -> Iterator[Post]:
    """The owner's videos as the rendered page lists them; other people's lists have other marks."""
    for part in _dom.whole(page).select("[data-e2e='user-post-item']"):
        link = part.find("a", href=_NUMBER)
        found = _NUMBER.search(str(link["href"])) if link else None
        if link is None or found is None or f"/@{handle}/".casefold() not in str(link["href"]).casefold():
            continue
        face = part.find("img")
        words = _state.words(str(face.get("alt") or "")) if face else ""
        yield Post(
            found["id"],
            words,
            "caption",
            url=str(link["href"]),
            pictures=_owned.pictures([face.get("src")], words) if face else (),
            videos=1,
        )


def _bio_in(description: str) -> str:
    """What the page's summary quotes of the bio, after its sentence about likes and followers."""
    match = re.search(
        r"\(@[\w.]+\) on TikTok \|(?:[^.|]{0,20}\d[^.]{0,20}(?:\.\d[^.]{0,20})?\.\s*){0,3}(?P<bio>.*)",
        description,
        re.DOTALL,
    )
    bio = match["bio"] if match else ""
    return re.sub(r"\s*Watch (?:the latest video|[^.]{1,80} videos?).*$", "", bio, flags=re.DOTALL).strip(
        " ."
    )


def _counts_in(description: str) -> dict[str, int]:
    found = re.search(r"([\d.,]+\s?[KMB]?)\s(?:Fans|Followers)\b", description)
    return _owned.counted(followers=found[1]) if found else {}
