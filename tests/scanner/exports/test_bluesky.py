"""Bluesky's repository: what still stands in its tree, and nothing that breaks the reader."""

from __future__ import annotations

import hashlib
import random
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import SubmissionError, UsageError
from scanner.exports import read
from scanner.exports._car import open_repository
from scanner.exports._cbor import Broken, Link, decode
from scanner.platforms import find
from tests.exports import picture, read_zip

CAPTURE = Path(__file__).parents[4] / "shared/captures/exports/bluesky/repo.car"
DID = "did:plc:abcdefghijklmnopqrstuvwx"
SEED = 20261125
FACE, PHOTO = picture(1), picture(2)


def link(block: bytes, codec: int = 0x71) -> Link:
    return Link(bytes((1, codec, 0x12, 0x20)) + hashlib.sha256(block).digest())


def head(major: int, number: int) -> bytes:
    for small, size, letter in ((24, 1, "B"), (25, 2, "H"), (26, 4, "I"), (27, 8, "Q")):
        if number < 24:
            return bytes((major << 5 | number,))
        if number < 1 << (8 * size):
            return bytes((major << 5 | small,)) + struct.pack(f">{letter}", number)
    raise AssertionError(number)


def encode(value: Any) -> bytes:  # noqa: PLR0911 - one way a kind
    match value:
        case None | bool():
            return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
        case Link():
            return b"\xd8\x2a" + encode(b"\x00" + bytes(value))
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list():
            return head(4, len(value)) + b"".join(map(encode, value))
    return head(5, len(value)) + b"".join(
        encode(key) + encode(value[key]) for key in sorted(value, key=lambda k: (len(k), k))
    )


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes((number & 127 | 128,))
        number >>= 7
    return out + bytes((number,))


def framed(name: bytes, block: bytes) -> bytes:
    return varint(len(name) + len(block)) + name + block


def car(
    records: Mapping[str, Any], *, stray: tuple[Any, ...] = (), did: str = DID, width: int = 3, drop: int = 0
) -> bytes:
    """A repository of those records, in a tree with `width` entries a node; `stray` blocks hang on nothing."""
    blocks = {link(block): block for block in map(encode, (*records.values(), *stray))}

    def tree(paths: list[str]) -> Link:
        here = paths[:: max(1, len(paths) // width)] if len(paths) > width else paths
        entries, last = [], b""
        for number, path in enumerate(here):
            after = paths[
                paths.index(path) + 1 : paths.index(here[number + 1]) if number + 1 < len(here) else None
            ]
            key = path.encode()
            shared = next(
                (i for i, (a, b) in enumerate(zip(last, key, strict=False)) if a != b),
                min(len(last), len(key)),
            )
            entries.append(
                {
                    "p": shared,
                    "k": key[shared:],
                    "v": link(encode(records[path])),
                    "t": tree(after) if after else None,
                }
            )
            last = key
        block = encode({"l": None, "e": entries})
        blocks[link(block)] = block
        return link(block)

    commit = encode(
        {"did": did, "version": 3, "data": tree(sorted(records)), "rev": "3k", "prev": None, "sig": b"x" * 64}
    )
    first = encode({"version": 1, "roots": [link(commit)]})
    kept = list(blocks.items())[drop:]
    return (
        varint(len(first))
        + first
        + framed(link(commit), commit)
        + b"".join(framed(name, block) for name, block in kept)
    )


def post(text: str, **more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2024-05-01T10:00:00.000Z", **more}


def blob(body: bytes) -> dict[str, Any]:
    return {"$type": "blob", "ref": link(body, 0x55), "mimeType": "image/png", "size": len(body)}


RECORDS: dict[str, Any] = {
    "app.bsky.actor.profile/self": {
        "$type": "app.bsky.actor.profile",
        "displayName": "Robin Vale",
        "description": "Year 4 at Harfield \U0001f327",
        "avatar": blob(FACE),
    },
    "app.bsky.feed.post/3ka": post(
        "Wet walk",
        embed={"$type": "app.bsky.embed.images", "images": [{"alt": "A wet walk", "image": blob(PHOTO)}]},
    ),
    "app.bsky.feed.post/3kb": post(
        "Nice!", reply={"parent": {"uri": "at://did:plc:someoneelse/app.bsky.feed.post/1"}}
    ),
    "app.bsky.feed.post/3kc": post(
        "And so on", reply={"parent": {"uri": f"at://{DID}/app.bsky.feed.post/3ka"}}
    ),
    "app.bsky.feed.post/3kd": post(
        "See here",
        facets=[{"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://me.example/a"}]}],
        tags=["rain"],
    ),
    "app.bsky.feed.like/3ke": {"$type": "app.bsky.feed.like", "subject": {"uri": "at://x"}},
    "app.bsky.graph.block/3kf": {"$type": "app.bsky.graph.block", "subject": "did:plc:rude"},
    "app.bsky.graph.follow/3kg": {"$type": "app.bsky.graph.follow", "subject": "did:plc:friend"},
    "app.bsky.graph.list/3kh": {
        "$type": "app.bsky.graph.list",
        "name": "Colleagues",
        "description": "People at work",
    },
    "chat.bsky.actor.declaration/self": {"$type": "chat.bsky.actor.declaration", "allowIncoming": "all"},
    "com.example.thing/3ki": {"text": "Not ours to read"},
}


def export(tmp_path: Path, body: bytes, *, name: str = "whatever.bin", submitted: Any = ()) -> Any:
    file = tmp_path / name
    file.write_bytes(body)
    (found,) = read(file, submitted)
    return found


def words(found: Any) -> dict[str, str]:
    return {f"{t.where} {t.kind}": t.value for t in found.snapshot.texts}


def test_profile_posts_replies_and_lists_are_read(tmp_path: Path) -> None:
    found = export(tmp_path, car(RECORDS))
    assert (found.account.platform, found.account.url) == ("bluesky", f"https://bsky.app/profile/{DID}")
    assert (found.items["post"], found.items["comment"]) == (4, 1)
    said = words(found)
    assert said["display_name display_name"] == "Robin Vale"
    assert said["bio bio"] == "Year 4 at Harfield \U0001f327"
    assert said["3ka post"] == "Wet walk"
    assert said["3kb comment"] == "Nice!"
    assert said["3kc post"] == "And so on"  # an answer to oneself is one's own thread
    assert said["3kh post"] == "Colleagues\nPeople at work"
    assert (said["3kd link"], said["3kd hashtags"]) == ("https://me.example/a", "#rain")
    assert said["3ka alt_text"] == "A wet walk"
    assert {t.date for t in found.snapshot.texts if t.where == "3ka"} == {"2024-05-01T10:00:00Z"}


def test_what_others_made_and_what_we_do_not_know_is_ignored(tmp_path: Path) -> None:
    said = " ".join(words(export(tmp_path, car(RECORDS))).values())
    assert "Not ours" not in said
    assert "rude" not in said


def test_a_deleted_post_whose_block_is_still_there_is_not_read(tmp_path: Path) -> None:
    found = export(tmp_path, car(RECORDS, stray=(post("I wish I had not said this"),)))
    assert "wish" not in repr(found)


def test_settings_become_flags(tmp_path: Path) -> None:
    assert export(tmp_path, car(RECORDS)).snapshot.flags == {
        "signed_out_visible": True,
        "messages_open": True,
    }
    hidden = {"$type": "app.bsky.actor.profile", "labels": {"values": [{"val": "!no-unauthenticated"}]}}
    found = export(tmp_path, car({**RECORDS, "app.bsky.actor.profile/self": hidden}))
    assert found.snapshot.flags["signed_out_visible"] is False


def test_pictures_that_did_not_come_are_counted_and_those_beside_it_are_looked_at(tmp_path: Path) -> None:
    assert "2 pictures" in " ".join(export(tmp_path, car(RECORDS)).snapshot.coverage.not_seen)
    beside = read_zip(
        tmp_path,
        {
            "repo.car": car(RECORDS),
            f"blobs/{link(PHOTO, 0x55)}": PHOTO,
            f"blobs/{link(FACE, 0x55)}.png": FACE,
        },
    )
    assert {i.where for i in beside.snapshot.images} == {"avatar", "3ka"}


def test_a_handle_says_nothing_about_a_did_so_it_proves_nothing(tmp_path: Path) -> None:
    named = find("https://bsky.app/profile/robin.example.social")
    found = export(tmp_path, car(RECORDS), submitted=[named])
    assert (found.account, found.ownership) == (named, "declared")


def test_a_did_is_compared(tmp_path: Path) -> None:
    assert (
        export(tmp_path, car(RECORDS), submitted=[find(f"https://bsky.app/profile/{DID}")]).ownership
        == "export"
    )
    with pytest.raises(SubmissionError, match="another account"):
        export(
            tmp_path,
            car(RECORDS),
            submitted=[find("https://bsky.app/profile/did:plc:zzzzzzzzzzzzzzzzzzzzzzzz")],
        )


@pytest.mark.parametrize("width", [1, 2, 5, 100])
def test_a_deep_or_flat_tree_gives_every_record(width: int) -> None:
    many = {f"app.bsky.feed.post/{number:05}": post(f"Post {number}") for number in range(120)}
    assert set(open_repository(car(many, width=width)).records) == set(many)


def test_what_a_file_that_was_cut_short_still_holds_is_read(tmp_path: Path) -> None:
    body = car(RECORDS)
    found = export(tmp_path, body[: body.index(b"And so on") + 3])
    assert any("missing or damaged" in line for line in found.trouble)


def test_a_block_that_is_not_what_its_name_says_is_left_out(tmp_path: Path) -> None:
    found = export(tmp_path, car(RECORDS).replace(b"Wet walk", b"Bad talk"))
    assert "Bad talk" not in repr(found)
    assert any("damaged" in line for line in found.trouble)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        23,
        24,
        255,
        256,
        65536,
        2**40,
        -1,
        -25,
        -(2**33),
        1.5,
        "",
        "h\u00e5",
        b"",
        b"x" * 300,
        [],
        [1, [2, [3]]],
        {},
        {"a": {"b": [None]}},
        link(b"x"),
    ],
)
def test_every_kind_of_value_comes_back(value: Any) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\x18",
        b"\x1c",
        b"\x5f",
        b"\x62a",
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x81" * 5000,
        b"\xc1\x00",
        b"\xd8\x2a\x41\x01",
        b"\xa1\x01\x02",
        b"\xf9\x00\x00",
        b"\x00\x00",
    ],
)
def test_a_block_that_is_not_well_formed_is_refused_at_once(block: bytes) -> None:
    start = time.perf_counter()
    with pytest.raises(Broken):
        decode(block)
    assert time.perf_counter() - start < 0.5


def test_a_tree_that_leads_back_to_itself_ends() -> None:
    leaf = encode({"l": None, "e": []})
    node = encode(
        {
            "l": link(leaf),
            "e": [{"p": 0, "k": b"app.bsky.feed.post/1", "v": link(leaf), "t": link(leaf)}] * 50,
        }
    )
    commit = encode({"did": DID, "version": 3, "data": link(node)})
    first = encode({"version": 1, "roots": [link(commit)]})
    body = varint(len(first)) + first + b"".join(framed(link(block), block) for block in (commit, node, leaf))
    assert list(open_repository(body).records) == ["app.bsky.feed.post/1"]


def mutated(body: bytes, dice: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        spot = dice.randrange(len(changed))
        size = dice.randint(0, 9)
        changed[spot : spot + size] = dice.randbytes(size if dice.random() < 0.7 else dice.randint(0, 9))
    return bytes(changed)


def test_no_mutation_of_a_file_crashes_or_hangs() -> None:
    dice = random.Random(SEED)  # noqa: S311 - cases, not secrets
    good, opened, start = car(RECORDS), 0, time.perf_counter()
    for _ in range(2000):
        try:
            repository = open_repository(mutated(good, dice))
        except Broken:
            continue
        opened += 1
        for name in repository.records.values():
            repository.load(name)
    assert opened > 500
    assert time.perf_counter() - start < 20


def test_no_mutation_of_a_block_crashes_or_hangs() -> None:
    dice = random.Random(SEED)  # noqa: S311 - cases, not secrets
    blocks = [encode(record) for record in RECORDS.values()]
    read_, start = 0, time.perf_counter()
    for _ in range(3000):
        try:
            decode(mutated(dice.choice(blocks), dice))
        except Broken:
            continue
        read_ += 1
    assert 100 < read_ < 3000
    assert time.perf_counter() - start < 20


def test_another_car_file_is_no_download(tmp_path: Path) -> None:
    block = encode({"some": "other data"})
    first = encode({"version": 1, "roots": [link(block)]})
    with pytest.raises(UsageError, match="no data download"):
        export(tmp_path, varint(len(first)) + first + framed(link(block), block))


@pytest.mark.skipif(not CAPTURE.exists(), reason="the captures are not beside this repository")
def test_a_real_repository_gives_what_its_server_showed() -> None:
    (found,) = read(CAPTURE)
    assert (found.account.platform, found.items["post"], found.items["pictures"]) == ("bluesky", 2, 2)
    assert {t.kind for t in found.snapshot.texts} == {"display_name", "bio", "post", "alt_text"}
    assert found.snapshot.flags == {"signed_out_visible": True}
    assert found.trouble == ()
