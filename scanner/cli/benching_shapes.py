"""Made-up downloads of one long list each, in the shapes that platforms give them, for measuring."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

PIECE: Final = 2_000
"""Posts written at a time."""
STAMP: Final = 1_600_000_000
WORDS: Final = (
    *("rain", "bread", "garden", "bicycle", "morning", "river", "kettle", "ladder", "orchard", "letter"),
    *("Saturday", "music", "window", "bridge", "market", "wool", "harbour", "lantern", "meadow", "biscuit"),
)
DID: Final = "did:plc:abcdefghijklmnopqrstuvwx"
CHANNEL: Final = "UC" + "a" * 22

Shape = Callable[[int], Iterator[bytes]]
"""Pieces of a member that together have about as many bytes as asked for."""


def instagram_post(number: int) -> object:
    """One post with one picture, whose file is named by the number."""
    media = {
        "uri": f"media/posts/202001/{number}.jpg",
        "creation_timestamp": STAMP + number,
        "title": _text(number),
    }
    return {"media": [{**media, "media_metadata": {"camera_metadata": {"has_camera_metadata": False}}}]}


def _text(number: int) -> str:
    return (
        " ".join(WORDS[(number * step + step) % len(WORDS)] for step in range(1, 24))
        + f" \u00c3\u00a9 {number}"
    )


def _facebook_comment(number: int) -> object:
    comment = {"timestamp": STAMP + number, "comment": _text(number), "author": "Robin Vale"}
    return {
        "timestamp": STAMP + number,
        "data": [{"comment": comment}],
        "title": "Robin Vale commented on a post.",
    }


def _tweet(number: int) -> object:
    """With the fields that a real one has besides, most of which nobody reads."""
    ident = str(1_300_000_000_000_000_000 + number)
    edits = {"editTweetIds": [ident], "editableUntil": "2020-11-04T14:18:50.000Z", "isEditEligible": True}
    tweet = {
        "edit_info": {"initial": {**edits, "editsRemaining": "5"}},
        "retweeted": False,
        "source": '<a href="https://x.example/web" rel="nofollow">Web App</a>',
        "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
        "display_text_range": ["0", "140"],
        "favorite_count": "0",
        "id_str": ident,
        "truncated": False,
        "retweet_count": "0",
        "id": ident,
        "created_at": f"Wed Nov 04 13:{number // 60 % 60:02}:{number % 60:02} +0000 2020",
        "favorited": False,
        "full_text": _text(number),
        "lang": "en",
    }
    return {"tweet": tweet}


def _tiktok_comment(number: int) -> object:
    return {"date": _clock(number), "comment": _text(number), "photo": "N/A", "url": "N/A"}


def _tiktok_lines(number: int) -> str:
    return f"Date: {_clock(number)} UTC\nComment: {_text(number)}\nPhoto: N/A\nUrl: N/A\n\n"


def _toot(number: int) -> object:
    me, public = "https://chirper.example/users/robin_vale", "https://www.w3.org/ns/activitystreams#Public"
    to = {"to": [public], "cc": [f"{me}/followers"], "published": f"{_clock(number).replace(' ', 'T')}Z"}
    note = {
        "id": f"{me}/statuses/{number}",
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "url": f"https://chirper.example/@robin_vale/{number}",
        "attributedTo": me,
        "sensitive": False,
        "content": f"<p>{_text(number)}</p>",
        "contentMap": {"en": f"<p>{_text(number)}</p>"},
        "attachment": [],
        "tag": [],
        **to,
    }
    return {"id": f"{me}/statuses/{number}/activity", "type": "Create", "actor": me, **to, "object": note}


def _review(number: int) -> object:
    where = {"name": "Corner Caf\u00e9", "address": "2 High Street, Harfield", "country_code": "GB"}
    told = {
        "date": f"{_clock(number).replace(' ', 'T')}Z",
        "five_star_rating_published": 5,
        "google_maps_url": f"https://maps.example/{number}",
        "location": where,
        "review_text_published": _text(number),
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-0.1, 51.5]},
        "properties": told,
    }


def _shared(number: int) -> object:
    return {"Created": f"{_clock(number)} UTC", "Content": _text(number), "Story Id": f"s{number}"}


def _reddit_row(number: int) -> str:
    link = f"/r/baking/comments/{number:x}/my_loaf/"
    return (
        f"{number:x},{link}{number:x}/,{_clock(number)} UTC,192.0.2.7,baking,0,"
        f'https://www.reddit.com{link},1a,"{_text(number)}, and ""more"" of it",\r\n'
    )


def _linkedin_row(number: int) -> str:
    link = f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{6_000_000_000_000_000_000 + number}"
    return f'{_clock(number)},{link},"{_text(number)}, and ""more"" of it",,,MEMBER_NETWORK\r\n'


def _youtube_row(number: int) -> str:
    moment = f"{_clock(number).replace(' ', 'T')}.896921+00:00"
    return (
        f"Ugx{number},{CHANNEL},{moment},0,,,vidBBBBBBB1,"
        f'"{{""text"":""{_text(number)}""}},{{""text"":"" and more""}}",\r\n'
    )


def _page_block(number: int) -> str:
    """As Meta writes a post with one picture into a page."""
    moment = f"Jan {number % 28 + 1:02}, 2024, {number % 12 + 1}:{number % 60:02} pm"
    file = f"media/posts/202401/{279_482_910 + number}_114508932{number}_n_{17_951_234_567_890 + number}.jpg"
    return (
        f'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">'
        f'{_text(number)} &amp; more</h2><div class="_3-95 _a6-p"><div><div><a target="_blank" href="{file}">'
        f'<img src="{file}" class="_a6_o _3-96" /></a></div></div></div>'
        f'<div class="_3-94 _a6-o">{moment}</div></div>'
    )


def _clock(number: int) -> str:
    days, rest = divmod(number, 86_400)
    hour, rest = divmod(rest, 3_600)
    return f"2024-0{days // 28 % 9 + 1}-{days % 28 + 1:02} {hour:02}:{rest // 60:02}:{rest % 60:02}"


def _json(before: str, one: Callable[[int], object], after: str = "") -> Shape:
    def make(most: int) -> Iterator[bytes]:
        yield f"{before}[".encode()
        size = number = 0
        while size < most:
            piece = json.dumps([one(number + step) for step in range(PIECE)])[1:-1]
            yield (("," if number else "") + piece).encode()
            size += len(piece)
            number += PIECE
        yield f"]{after}".encode()

    return make


def _lines(before: str, one: Callable[[int], str], after: str = "") -> Shape:
    def make(most: int) -> Iterator[bytes]:
        yield before.encode()
        size = number = 0
        while size < most:
            piece = "".join(one(number + step) for step in range(PIECE)).encode()
            yield piece
            size += len(piece)
            number += PIECE
        yield after.encode()

    return make


def _repository(most: int) -> Iterator[bytes]:
    """Posts alone, which are the dearest to read, in a tree four wide, as the specification has it."""
    blocks: list[bytes] = []
    links: list[bytes] = []
    size = 0
    while size < most:
        number = len(links)
        post = {"text": _text(number), "$type": "app.bsky.feed.post", "langs": ["en"]}
        post["createdAt"] = f"{_clock(number).replace(' ', 'T')}.123Z"
        blocks.append(_cbor(post))
        links.append(_cid(blocks[-1]))
        size += len(blocks[-1]) + 110  # its frame, and its share of the tree
    top = _tree(links, 0, len(links), blocks)
    blocks.append(
        _cbor({"did": DID, "version": 3, "data": _Cid(top), "rev": "3k", "prev": None, "sig": b"x"})
    )
    first = _cbor({"version": 1, "roots": [_Cid(_cid(blocks[-1]))]})
    yield _varint(len(first)) + first
    for block in blocks:
        yield _varint(36 + len(block)) + _cid(block) + block


class _Cid(bytes):
    """The name of a block, to be written as a link."""


def _tree(links: list[bytes], start: int, end: int, blocks: list[bytes]) -> bytes:
    """The name of the node over these posts: every fourth stands in it, or all where they are few."""
    step = 1
    while step * 4 < end - start:
        step *= 4
    tops = range(start + step - 1, end, step) if step > 1 else range(start, end)
    left = _Cid(_tree(links, start, tops[0], blocks)) if tops[0] > start else None
    entries: list[Mapping[str, Any]] = []
    last = b""
    for place, here in enumerate(tops):
        after = tops[place + 1] if place + 1 < len(tops) else end
        key = f"app.bsky.feed.post/3k{here:011d}".encode()
        shared = next((at for at, (a, b) in enumerate(zip(last, key, strict=False)) if a != b), len(last))
        below = _Cid(_tree(links, here + 1, after, blocks)) if after > here + 1 else None
        entries.append({"k": key[shared:], "p": shared, "t": below, "v": _Cid(links[here])})
        last = key
    blocks.append(_cbor({"e": entries, "l": left}))
    return _cid(blocks[-1])


def _cid(block: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()


def _cbor(value: Any) -> bytes:
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(_cbor(key) + _cbor(inner) for key, inner in value.items())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(_cbor, value))
    if isinstance(value, _Cid):
        return b"\xd8\x2a" + _cbor(b"\x00" + bytes(value))
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, str | bytes):
        body = value.encode() if isinstance(value, str) else value
        return _head(3 if isinstance(value, str) else 2, len(body)) + body
    return b"\xf6"


def _head(major: int, number: int) -> bytes:
    if number < 24:  # noqa: PLR2004 - smaller numbers stand in the first byte
        return bytes((major << 5 | number,))
    if number < 256:  # noqa: PLR2004 - one byte more
        return bytes((major << 5 | 24, number))
    return bytes((major << 5 | 25,)) + struct.pack(">H", number)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:  # noqa: PLR2004 - the top bit says that more follows
        out.append(number & 127 | 128)
        number >>= 7
    return bytes((*out, number))


_REDDIT = "id,permalink,date,ip,subreddit,gildings,link,parent,body,media\r\n"
_LINKEDIN = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"
_YOUTUBE = (
    "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Post ID,Video ID,Comment Text,"
    "Top-Level Comment ID\r\n"
)
_PAGE = '<html><head><title>Instagram</title></head><body><div class="_a705"><div class="_a706" role="main">'
_TIKTOK = '{"App Settings": {"Settings": {"SettingsMap": {}}}, "Comment": {"Comments": {"CommentsList": '
_TOOTS = '{"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection", "orderedItems": '

SHAPES: Final[tuple[tuple[str, str, Shape], ...]] = (
    ("Instagram posts", "your_instagram_activity/media/posts_1.json", _json("", instagram_post)),
    ("Instagram pages", "your_instagram_activity/media/posts_1.html", _lines(_PAGE, _page_block)),
    (
        "Facebook comments",
        "your_facebook_activity/comments_and_reactions/comments.json",
        _json('{"comments_v2": ', _facebook_comment, "}"),
    ),
    ("X posts", "data/tweets.js", _json("window.YTD.tweets.part0 = ", _tweet)),
    ("TikTok comments", "user_data_tiktok.json", _json(_TIKTOK, _tiktok_comment, "}}}")),
    ("TikTok text file", "Comments.txt", _lines("Comments\n\n", _tiktok_lines)),
    ("LinkedIn table", "Shares.csv", _lines(_LINKEDIN, _linkedin_row)),
    ("Reddit table", "comments.csv", _lines(_REDDIT, _reddit_row)),
    ("YouTube table", "Takeout/YouTube/comments/comments.csv", _lines(_YOUTUBE, _youtube_row)),
    ("Google reviews", "Takeout/Maps/Reviews.json", _json('{"features": ', _review, "}")),
    ("Snapchat stories", "json/shared_story.json", _json('{"Shared Story": ', _shared, "}")),
    ("Mastodon posts", "outbox.json", _json(_TOOTS, _toot, "}")),
    ("Bluesky repository", "repo.car", _repository),
)
"""What it is called, the member's name, and how it is made."""

BESIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "Comments.txt": {
        "Posts.txt": "Date: 2024-05-01 10:00:00 UTC\nLink: https://www.tiktokv.com/share/video/7123456789012345678/\n",
        "Settings.txt": "Private Account: Disabled\n",
    }
}
"""Small members by which a platform is told where the long list alone does not say it."""
