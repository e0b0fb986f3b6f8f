"""Small downloads of every layout, damaged at random: bytes, structure and names."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scanner.errors import ScannerError
from scanner.exports import read
from tests.exports import make_zip, picture

LONGEST = 5.0
"""Seconds one damaged archive may take."""
ODD: Sequence[Any] = (
    None, "", [], {}, 0, -1, 10**30, 1e308, True, "x" * 5000, "\ud83d", "\x00", [[[]]], {"a": {"b": []}}, "N/A",
    "../../etc/passwd", "https://a.example/x", {"value": {"value": None}}, [None, 1, "x"], float("nan"),
)  # fmt: skip
HTML = (
    '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_a6-h">T</div><div class="_a6-p">'
    '<img src="media/a.png"/><table><tr><td>Username</td><td>robin</td></tr></table></div>'
    '<div class="_3-94 _a6-o">Jan 05, 2024 3:04 pm</div></div>'
)
POST = {"media": [{"uri": "media/posts/a.png", "creation_timestamp": 1704100000, "title": "x"}], "title": "y"}
SEEDS: Sequence[dict[str, Any]] = (
    {
        "personal_information.json": {
            "profile_user": [
                {
                    "string_map_data": {"Username": {"value": "robin"}, "Private Account": {"value": "True"}},
                    "media_map_data": {"Profile Photo": {"uri": "media/posts/a.png"}},
                }
            ]
        },
        "media/posts_1.json": [POST, POST],
        "stories.json": {"ig_stories": [{"uri": "media/posts/a.png", "title": "s"}]},
        "post_comments_1.json": [{"string_map_data": {"Comment": {"value": "c"}, "Time": {"timestamp": 1}}}],
        "followers_1.json": [
            {"string_list_data": [{"value": "sam", "href": "https://www.instagram.com/sam"}]}
        ],
        "threads/threads_and_replies.json": {"text_post_app_text_posts": [POST]},
        "media/posts/a.png": picture(1),
    },
    {
        "profile.json": {"username": "robin", "private_account": False, "biography": "b", "date_joined": "x"},
        "media.json": {
            "photos": [{"caption": "c", "taken_at": "2019-05-06T07:08:09", "path": "p/a.png"}],
            "profile": [],
        },
        "comments.json": {"media_comments": [["2019-05-06T07:08:09", "t", "sam"]]},
        "connections.json": {"followers": {"sam": "2019"}},
    },
    {
        "profile_information.json": {
            "profile_v2": {
                "name": {"full_name": "Robin"},
                "emails": {"emails": ["a@b.example"]},
                "work_experiences": [{"employer": "e", "title": "t"}],
            }
        },
        "your_posts_1.json": [
            {
                "timestamp": 1,
                "data": [{"post": "x"}],
                "attachments": [
                    {"data": [{"media": {"uri": "media/posts/a.png"}}, {"place": {"name": "p"}}]}
                ],
                "privacy": "Public",
            }
        ],
        "comments.json": {
            "comments_v2": [{"timestamp": 1, "data": [{"comment": {"comment": "c", "timestamp": 1}}]}]
        },
        "friends.json": {"friends_v2": [{"name": "Sam"}]},
        "album/0.json": {"name": "Profile pictures", "photos": [{"uri": "media/posts/a.png"}]},
        "media/posts/a.png": picture(1),
    },
    {"personal_information.html": HTML + "instagram.com", "posts_1.html": HTML * 3, "followers_1.html": HTML},
    {"profile_information.html": HTML + "facebook.com", "your_posts_1.html": HTML * 3, "comments.html": HTML},
    {
        "data/account.js": 'window.YTD.account.part0 = [{"account": {"username": "robin", "email": "a@b.example", "accountId": "1"}}]',
        "data/profile.js": 'window.YTD.profile.part0 = [{"profile": {"description": {"bio": "b", "website": "w"}}}]',
        "data/tweets.js": 'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "t", "created_at": "Wed Nov 04 13:18:50 +0000 2020", "entities": {}}}]',
        "data/protected-history.js": 'window.YTD.protected_history.part0 = [{"protectedHistory": {"action": "Protect"}}]',
    },
    {
        "user_data_tiktok.json": {
            "Profile And Settings": {"Settings": {"SettingsMap": {"Private Account": "Disabled"}}},
            "Your Activity": {
                "Follower List": {"FansList": [{"Date": "2024-01-01 00:00:00", "UserName": "sam"}]}
            },
            "Post": {"Posts": {"VideoList": [{"Date": "2024-01-01 00:00:00", "Title": "t"}]}},
        }
    },
    {
        "Profile.csv": "First Name,Last Name,Headline,Summary\nRobin,Vale,Teacher,s\n",
        "Connections.csv": 'Notes:\n"x, y"\n\nFirst Name,Last Name,URL\nSam,P,u\n',
        "Shares.csv": "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n2024-01-01 10:00:00,l,text,,,MEMBER_NETWORK\n",
    },
    {
        "actor.json": {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "Person",
            "preferredUsername": "robin",
            "url": "https://social.example/@robin",
            "summary": "<p>Rain</p>",
            "icon": {"url": "avatar.png"},
        },
        "outbox.json": {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "OrderedCollection",
            "orderedItems": [
                {
                    "type": "Create",
                    "to": ["https://www.w3.org/ns/activitystreams#Public"],
                    "published": "2024-01-01T10:00:00Z",
                    "object": {"type": "Note", "content": "<p>x</p>", "attachment": [{"url": "media/a.png"}]},
                }
            ],
        },
    },
    {
        "posts.csv": "id,permalink,date,ip,subreddit,gildings,title,url,body\n"
        "1,https://www.reddit.com/r/rain/comments/1/,2024-01-01 10:00:00 UTC,192.0.2.1,rain,0,t,,b\n",
        "comments.csv": "id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n"
        "2,https://www.reddit.com/r/rain/comments/1/_/2,2024-01-01 10:00:00 UTC,192.0.2.1,rain,0,l,p,b,\n",
        "statistics.csv": "statistic,value\naccount name,robin\n",
    },
    {
        "json/account.json": {
            "Basic Information": {"Username": "robin", "Name": "Robin"},
            "Device History": [],
        },
        "json/user_profile.json": {"App Profile": {"Country": "GB"}, "Cohort Age": ""},
        "json/friends.json": {"Friends": [{"Username": "sam"}], "Friend Requests Sent": []},
    },
    {
        "YouTube/channels/channel.csv": "Channel ID,Channel Title (Original),Channel Visibility\nUC1,Robin,Public\n",
        "YouTube/comments/comments.csv": "Comment ID,Channel ID,Comment Create Timestamp,Comment Text\n"
        '1,UC1,2024-01-01T10:00:00+00:00,"{""text"":""x""}"\n',
    },
    {
        "Takeout/Google Photos/Photos from 2024/a.jpg.json": {
            "title": "a.jpg",
            "description": "d",
            "photoTakenTime": {"timestamp": "1704100000"},
            "geoData": {"latitude": 1.5, "longitude": 2.5},
            "googlePhotosOrigin": {"mobileUpload": {}},
        },
        "Takeout/Google Photos/Photos from 2024/a.jpg": picture(1),
    },
)


def damaged(seed: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """Archives without end, each named by its number; the same seed gives the same ones."""
    number = 0
    path = folder / "damaged.zip"
    while True:
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 - to be had again
        members = dict(chance.choice(SEEDS))
        kind = chance.randrange(5)
        if kind <= 1:
            for _ in range(chance.randint(1, 4)):
                name = chance.choice(list(members))
                members[name] = _structure(chance, members[name])
        elif kind == 2:
            name = chance.choice(list(members))
            members[name] = _bytes(chance, _body(members[name]))
        elif kind == 3:
            name = chance.choice(list(members))
            members[
                chance.choice([name.upper(), f"x/{name}", name[::-1], f"{name}_2", name.replace(".", "_1.")])
            ] = members.pop(name)
        make_zip(path, members)
        if kind == 4 or chance.random() < 0.1:
            path.write_bytes(_bytes(chance, path.read_bytes()))
        yield number, path
        number += 1


def outcome(path: Path) -> tuple[str, float]:
    """What reading came to, and the seconds it took; anything but our own errors passes through."""
    started = time.perf_counter()
    try:
        exports = read(path)
        said = "read" if any(export.items for export in exports) else "empty"
    except ScannerError:
        said = "refused"
    return said, time.perf_counter() - started


def _body(value: Any) -> bytes:
    return (
        value
        if isinstance(value, bytes)
        else (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")
    )


def _structure(chance: random.Random, value: Any) -> Any:
    """The value with one part of it exchanged for something odd."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        changed = {**value, key: _structure(chance, value[key])}
        if chance.random() < 0.1:
            changed[chance.choice(["", "\u00e4", "x" * 300, key.upper()])] = changed.pop(key)
        return changed
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], _structure(chance, value[at]), *value[at + 1 :]] * chance.choice([1, 1, 1, 3])
    if isinstance(value, bytes):
        return _bytes(chance, value)
    if isinstance(value, str) and chance.random() < 0.5:
        return _bytes(chance, value.encode("utf-8", "replace")).decode("latin-1")
    return chance.choice(ODD)


def _bytes(chance: random.Random, body: bytes) -> bytes:
    """The bytes with some changed, cut out, doubled, or the end gone."""
    changed = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 30)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 60)]
            case _:
                changed[at : at + 4] = chance.randbytes(4)
    return bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.15 else changed)
