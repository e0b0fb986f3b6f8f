"""Users and posts as Instagram and Threads tell them: fields of one name in many layouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detectors import Text
from scanner.platforms import _owned, _state
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account, Page

MAX_POSTS = 400
_TELLING = frozenset(
    {
        "bio", "bio_links", "biography", "edge_followed_by", "edge_owner_to_timeline_media", "external_url",
        "follower_count", "followers", "full_name", "is_business_account", "is_private",
        "is_professional_account", "media_count", "profile_pic_url", "text_post_app_is_private",
    }
)  # fmt: skip


def owner(account: Account, page: Page) -> dict[str, Any]:
    """Everything the page's state says of the account itself, its parts joined; empty where it says nothing.

    A state names many people; only nodes that carry the account's own name count, and of two that do,
    the one that says more goes first.
    """
    nodes = [
        node
        for whole in _wholes(page)
        for node in _state.walk(whole)
        if _TELLING & node.keys() and _owned.same(account, page, str(node.get("username") or ""))
    ]
    joined: dict[str, Any] = {}
    for node in sorted(nodes, key=lambda node: -len(_TELLING & node.keys())):
        for key, value in node.items():
            if joined.get(key) in (None, "", [], {}):
                joined[key] = value
    return joined


def person(user: Mapping[str, Any]) -> Person:
    """The owner by those fields."""
    links: dict[str, str] = {}
    for row in user.get("bio_links") or () if isinstance(user.get("bio_links"), list) else ():
        address = _state.words(row if isinstance(row, str) else _state.first(row, ("url",), ("lynx_url",)))
        if address:
            links[_owned.unwrapped(address)] = _state.words(_state.dig(row, "title"))
    for key in ("external_url", "external_lynx_url"):
        if address := _owned.unwrapped(_state.words(user.get(key))):
            links.setdefault(address, "")
    faces = [
        _state.first(user, ("hd_profile_pic_url_info", "url"), ("hd_profile_pic_versions", -1, "url")),
        *(user.get(key) for key in ("profile_pic_url_hd", "profile_pic_url", "profile_image")),
    ]
    titles = [_state.words(row.get("title")) for row in _state.rows(user.get("highlights"))]
    said = [_state.words(user.get(key)) for key in ("category_name", "business_category_name", "category")]
    place = _state.words(_state.first(user, ("city_name",), ("address_street",)))
    told = (("highlights", "\n".join(filter(None, titles))), ("category", next(filter(None, said), "")))
    return Person(
        display_name=_state.words(_state.first(user, ("full_name",), ("name",))),
        handle=_state.words(user.get("username")),
        bio=_state.words(
            _state.first(user, ("biography",), ("bio",), ("biography_with_entities", "raw_text"))
        ),
        location=place,
        sections=tuple((where, words) for where, words in (*told, *_contacts(user)) if words),
        links=tuple((label, address) for address, label in links.items()),
        avatar=next(iter(_owned.pictures(faces)), None),
    )


def contact_flags(user: Mapping[str, Any]) -> dict[str, bool]:
    """What the contact buttons of a work-type account give away."""
    mail = any(_state.words(user.get(key)) for key in ("public_email", "business_email"))
    phone = any(
        _state.words(user.get(key))
        for key in ("public_phone_number", "business_phone_number", "contact_phone_number")
    )
    found = {"email_visible": mail, "phone_visible": phone, "contact_button": mail or phone}
    return {name: True for name, shown in found.items() if shown}


def counts(user: Mapping[str, Any]) -> dict[str, int]:
    """Posts, followers, following as the state counts them."""
    return _owned.counted(
        posts=_state.first(
            user, ("edge_owner_to_timeline_media", "count"), ("media_count",), ("posts_count",)
        ),
        followers=_state.first(user, ("edge_followed_by", "count"), ("follower_count",), ("followers",)),
        following=_state.first(user, ("edge_follow", "count"), ("following_count",), ("follows",)),
    )


def posts(account: Account, page: Page, user: Mapping[str, Any], root: str) -> list[Post]:
    """The owner's posts. Those of other people are left out, save what the owner put on the own page.

    `root` is the address that a post's code completes.
    """
    nested = {
        id(node)
        for edge in _state.rows(_state.dig(user, "edge_owner_to_timeline_media", "edges"))
        if isinstance(node := edge.get("node"), dict)
    }
    found: dict[str, Post] = {}
    for whole in _wholes(page):
        for node in _state.walk(whole):
            code = _state.words(_state.first(node, ("code",), ("shortcode",)))
            dated = _state.first(node, ("taken_at",), ("taken_at_timestamp",))
            if not code or dated is None or code in found or len(found) >= MAX_POSTS:
                continue
            mine = _is_owners(node, user, account, page)
            if mine or (mine is None and id(node) in nested):
                found[code] = _post(node, code, root)
    return list(found.values())


def _wholes(page: Page) -> Iterator[Any]:
    """The page's data in today's layout, then in those that set a variable or call a function with it."""
    yield from _state.blocks(page)
    for name in ("_sharedData", "__additionalDataLoaded"):
        if found := _state.block(page, name):
            yield found


def _contacts(user: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    keys = (
        "public_email",
        "business_email",
        "public_phone_number",
        "business_phone_number",
        "contact_phone_number",
    )
    yield "contact", "\n".join(dict.fromkeys(filter(None, (_state.words(user.get(key)) for key in keys))))


def _is_owners(node: Mapping[str, Any], user: Mapping[str, Any], account: Account, page: Page) -> bool | None:
    """Whether the account wrote a post, or is named as one of its writers; None where nobody is named."""
    writer = node.get("user") or node.get("owner")
    if not isinstance(writer, dict):
        return None
    names = [writer, *_state.rows(node.get("coauthor_producers"))]
    if any(_owned.same(account, page, str(row.get("username") or "")) for row in names):
        return True
    if writer.get("username"):
        return False
    known = {str(user[key]) for key in ("id", "pk") if user.get(key)}
    numbers = {str(writer[key]) for key in ("id", "pk") if writer.get(key)}
    return bool(known & numbers) if numbers else None


def _post(node: Mapping[str, Any], code: str, root: str) -> Post:
    caption = _state.first(
        node, ("caption", "text"), ("edge_media_to_caption", "edges", 0, "node", "text"), ("caption",)
    )
    date = _state.when(_state.first(node, ("taken_at",), ("taken_at_timestamp",)))
    parts = _state.rows(node.get("carousel_media")) or [
        inner
        for edge in _state.rows(_state.dig(node, "edge_sidecar_to_children", "edges"))
        if isinstance(inner := edge.get("node"), dict)
    ]
    place = _state.words(_state.dig(node, "location", "name"))
    return Post(
        code,
        _state.words(caption),
        "caption" if "instagram" in root else "post",
        date=date,
        url=f"{root}{code}/",
        pictures=tuple(picture for part in parts or [node] for picture in _pictures(part)),
        videos=sum(1 for part in parts or [node] if part.get("is_video") or part.get("video_versions")),
        extras=(Text(code, "location", place, "self", date),) if place else (),
    )


def _pictures(node: Mapping[str, Any]) -> Sequence[Picture]:
    sizes = _state.rows(_state.dig(node, "image_versions2", "candidates"))
    addresses = [node.get("display_url"), *(row.get("url") for row in sizes), node.get("thumbnail_src")]
    return _owned.pictures(addresses, node.get("accessibility_caption"))
