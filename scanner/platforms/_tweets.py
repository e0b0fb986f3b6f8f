"""Users and posts of X as its state and its answers tell them, in the older and the newer layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from detectors import Text
from scanner.platforms import _answers, _owned, _state
from scanner.platforms._parts import Person, Post
from scanner.platforms._seam import Account, Page

MAX_POSTS = 400
_TELLING = ("legacy", "core", "description", "screen_name", "privacy", "profile_bio")


def owner(account: Account, page: Page) -> dict[str, Any]:
    """The account's own node; of several, the one that says most. Empty where there is none.

    A page that is one bare answer without any name is taken for the account's.
    """
    found: list[Mapping[str, Any]] = []
    for whole in _wholes(page):
        nodes = (node for node in _state.walk(whole) if any(key in node for key in _TELLING))
        found += [node for node in nodes if _owned.same(account, page, handle(node))]
        if isinstance(whole, dict) and "rest_id" in whole and not handle(whole) and _is_bare(page):
            found.append(whole)
    best: Mapping[str, Any] = max(found, key=_size, default={})
    return dict(best)


def _size(node: Mapping[str, Any]) -> int:
    return sum(len(value) if isinstance(value, dict) else 1 for value in node.values())


def handle(user: Mapping[str, Any]) -> str:
    """The name after the @."""
    return _state.words(
        _state.first(user, ("core", "screen_name"), ("legacy", "screen_name"), ("screen_name",))
    )


def person(user: Mapping[str, Any]) -> Person:
    """The owner by those fields, short links opened up from the state's own list."""
    said = _state.words(_field(user, "description") or _state.dig(user, "profile_bio", "description"))
    site = _state.rows(_state.first(user, ("legacy", "entities", "url", "urls"), ("entities", "url", "urls")))
    links = [_state.words(row.get("expanded_url")) or _state.words(row.get("url")) for row in site]
    if not site and (
        plain := _state.words(_state.first(user, ("website", "url"), ("legacy", "url"), ("url",)))
    ):
        links = [plain]
    place = user.get("location")
    place = _state.dig(place, "location") if isinstance(place, dict) else place or _field(user, "location")
    face = _state.words(
        _state.first(
            user, ("avatar", "image_url"), ("legacy", "profile_image_url_https"), ("profile_image_url_https",)
        )
    )
    born = _state.dig(user, "legacy_extended_profile", "birthdate")
    date = (
        "-".join(str(born[key]) for key in ("year", "month", "day") if key in born)
        if isinstance(born, dict)
        else ""
    )
    return Person(
        _state.words(_state.first(user, ("core", "name"), ("legacy", "name"), ("name",))),
        handle(user),
        bio=_opened(
            said, _state.first(user, ("legacy", "entities", "description"), ("entities", "description"))
        ),
        location=_state.words(place),
        sections=(("birthday", date),) if date else (),
        links=tuple(("", link) for link in links if link),
        avatar=next(iter(_owned.pictures([face.replace("_normal.", "_400x400."), face])), None),
        banner=_owned.picture(_field(user, "profile_banner_url")),
    )


def flags(user: Mapping[str, Any]) -> dict[str, bool]:
    """Settings the state holds for the owner."""
    found = {
        "private": _state.first(user, ("privacy", "protected"), ("legacy", "protected"), ("protected",)),
        "messages_open": _state.first(user, ("dm_permissions", "can_dm"), ("legacy", "can_dm"), ("can_dm",)),
        "tagging_open": _state.first(
            user, ("media_permissions", "can_media_tag"), ("legacy", "can_media_tag"), ("can_media_tag",)
        ),
    }
    told = {name: value for name, value in found.items() if isinstance(value, bool)}
    if _state.dig(user, "professional", "professional_type"):
        told["professional_account"] = True
    if _state.dig(user, "legacy_extended_profile", "birthdate", "day"):
        told["birthday_visible"] = True
    return told


def counts(user: Mapping[str, Any]) -> dict[str, int]:
    """Posts, followers, following."""
    return _owned.counted(
        posts=_state.first(
            user, ("tweet_counts", "tweets"), ("legacy", "statuses_count"), ("statuses_count",)
        ),
        followers=_state.first(
            user, ("relationship_counts", "followers"), ("legacy", "followers_count"), ("followers_count",)
        ),
        following=_state.first(
            user, ("relationship_counts", "following"), ("legacy", "friends_count"), ("friends_count",)
        ),
    )


def posts(account: Account, page: Page) -> list[Post]:
    """What the state holds of the timeline, each with its writer; posts of others count as others'."""
    found: dict[str, Post] = {}
    quoted: set[str] = set()
    users = {
        str(number): handle(node)
        for whole in _wholes(page)
        for number, node in _answers.as_map(_state.dig(whole, "entities", "users", "entities")).items()
        if isinstance(node, dict)
    }
    for whole in _wholes(page):
        for node in _state.walk(whole):
            legacy = node.get("legacy") if isinstance(node.get("legacy"), dict) else node
            ident = _state.words(
                _state.first(node, ("rest_id",), ("id_str",)) or _state.dig(legacy, "id_str")
            )
            if not ident or not isinstance(legacy, dict) or "full_text" not in legacy:
                continue
            inner = _state.first(node, ("quoted_status_result", "result"))
            quoted |= {_state.words(_state.dig(inner, "rest_id"))} if inner else set()
            again = _state.first(legacy, ("retweeted_status_result", "result"), ("retweeted_status",))
            writer = _writer(node, users)
            if ident in found or ident in quoted or len(found) >= MAX_POSTS:
                continue
            mine = again is None and _owned.same(account, page, writer)
            if again is not None and (known := _state.words(_state.dig(again, "rest_id"))):
                quoted.add(known)
            if mine or again is not None:
                found[ident] = _post(node, legacy, ident, account, mine=mine, quoted=inner)
    return list(found.values())


def _writer(node: Mapping[str, Any], users: Mapping[str, str]) -> str:
    told = _state.first(node, ("core", "user_results", "result"), ("user",))
    return handle(told) if isinstance(told, dict) else users.get(str(told or ""), "")


def _post(
    node: Mapping[str, Any],
    legacy: Mapping[str, Any],
    ident: str,
    account: Account,
    *,
    mine: bool,
    quoted: Any,
) -> Post:
    note = _state.dig(node, "note_tweet", "note_tweet_results", "result")
    text = _state.words(_state.dig(note, "text") or legacy.get("full_text"), escaped=True)
    media = _state.rows(_state.first(legacy, ("extended_entities", "media"), ("entities", "media")))
    for part in media:
        text = text.replace(_state.words(part.get("url")) or "\0", "").strip()
    who, date = "self" if mine else "other", _date(legacy.get("created_at"))
    extras: list[Text] = []
    if place := _state.words(_state.dig(legacy, "place", "full_name")):
        extras.append(Text(ident, "location", place, who, date))
    if words := _state.words(_state.dig(quoted, "legacy", "full_text"), escaped=True):
        extras.append(Text(ident, "post", words, "other"))
    return Post(
        ident,
        _opened(text, _state.dig(note, "entity_set") or legacy.get("entities")),
        author=who,
        date=date,
        url=f"https://x.com/{account.handle}/status/{ident}",
        pictures=tuple(
            p
            for part in media
            for p in _owned.pictures([part.get("media_url_https")], part.get("ext_alt_text"))
        ),
        videos=sum(1 for part in media if part.get("type") in ("video", "animated_gif")),
        extras=tuple(extras),
    )


def _opened(text: str, entities: Any) -> str:
    """A text with its short links written out, as the page shows them."""
    for row in _state.rows(_state.dig(entities, "urls")):
        short, full = _state.words(row.get("url")), _state.words(row.get("expanded_url"))
        if short and full:
            text = text.replace(short, full)
    return text


def _date(value: Any) -> str:
    try:
        return datetime.strptime(str(value), "%a %b %d %H:%M:%S %z %Y").strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return ""


def _field(user: Mapping[str, Any], key: str) -> Any:
    return _state.first(user, ("legacy", key), (key,))


def _wholes(page: Page) -> Iterator[Any]:
    if state := _state.block(page, "__INITIAL_STATE__"):
        yield state
    yield from _state.blocks(page)


def _is_bare(page: Page) -> bool:
    return page.html.lstrip()[:1] in ("{", "[")
