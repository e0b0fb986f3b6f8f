"""How fast downloads are read, and in how much memory: made-up archives, each in a fresh process."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from scanner.exports import read
from scanner.measuring import pss_mb

PATIENCE = 600
"""Seconds a child may take."""
MEGABYTE = 1_000_000
EVERY = 20_000
"""Items between two looks at the memory."""
PIECE = 2_000
"""Posts written at a time."""
STAMP = 1_600_000_000
WORDS = (
    *("rain", "bread", "garden", "bicycle", "morning", "river", "kettle", "ladder", "orchard", "letter"),
    *("Saturday", "music", "window", "bridge", "market", "wool", "harbour", "lantern", "meadow", "biscuit"),
)


@dataclass(frozen=True, slots=True)
class ReadSpeed:
    """One kind of archive: its unpacked text, what came of it, and the largest memory of the process."""

    name: str
    megabytes: float
    items: int
    pictures: int
    seconds: float
    processor_seconds: float
    megabytes_per_second: float
    memory_mb: float


def read_speeds(megabytes: int, pictures: int) -> list[ReadSpeed]:
    """Texts of several shapes of about that size, then an archive of that many pictures."""
    with tempfile.TemporaryDirectory() as folder:
        made = [
            (name, _archive(Path(folder) / f"{number}.zip", member, make, megabytes))
            for number, (name, member, make) in enumerate(SHAPES)
        ]
        made.append((f"{pictures:,} pictures", _pictures(Path(folder) / "pictures.zip", pictures)))
        return [_measured(name, path) for name, path in made]


def _archive(path: Path, member: str, make: Callable[[int], Iterator[str]], megabytes: int) -> Path:
    size = 0
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w") as file,
    ):
        for piece in make(megabytes * MEGABYTE):
            size += file.write(piece.encode())
    return path


def _text(number: int) -> str:
    return (
        " ".join(WORDS[(number * step + step) % len(WORDS)] for step in range(1, 24))
        + f" \u00c3\u00a9 {number}"
    )


def _listed(most: int, one: Callable[[int], object]) -> Iterator[str]:
    size = number = 0
    yield "["
    while size < most:
        piece = json.dumps([one(number + step) for step in range(PIECE)])[1:-1]
        yield ("," if number else "") + piece
        size += len(piece)
        number += PIECE
    yield "]"


def _instagram(most: int) -> Iterator[str]:
    yield from _listed(most, _instagram_post)


def _instagram_post(number: int) -> object:
    media = {
        "uri": f"media/posts/202001/{number}.jpg",
        "creation_timestamp": STAMP + number,
        "title": _text(number),
    }
    return {"media": [{**media, "media_metadata": {"camera_metadata": {"has_camera_metadata": False}}}]}


def _facebook(most: int) -> Iterator[str]:
    yield '{"comments_v2": '
    yield from _listed(most, _facebook_comment)
    yield "}"


def _facebook_comment(number: int) -> object:
    comment = {"timestamp": STAMP + number, "comment": _text(number), "author": "Robin Vale"}
    return {
        "timestamp": STAMP + number,
        "data": [{"comment": comment}],
        "title": "Robin Vale commented on a post.",
    }


def _x(most: int) -> Iterator[str]:
    yield "window.YTD.tweets.part0 = "
    yield from _listed(most, _tweet)


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
        "created_at": "Wed Nov 04 13:18:50 +0000 2020",
        "favorited": False,
        "full_text": _text(number),
        "lang": "en",
    }
    return {"tweet": tweet}


SHAPES = (
    ("Instagram posts", "your_instagram_activity/media/posts_1.json", _instagram),
    ("Facebook comments", "your_facebook_activity/comments_and_reactions/comments.json", _facebook),
    ("X posts", "data/tweets.js", _x),
)


def _pictures(path: Path, pictures: int) -> Path:
    """An archive whose pictures are stored as they are, 200 kB each up to one gigabyte, then smaller."""
    body = b"\xff\xd8\xff\xe0" + os.urandom(min(200_000, 1_000 * MEGABYTE // max(1, pictures)))
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("your_instagram_activity/media/posts_1.json", "w") as file:
            file.write(json.dumps([_instagram_post(number) for number in range(pictures)]).encode())
        for number in range(pictures):
            archive.writestr(f"media/posts/202001/{number}.jpg", body + number.to_bytes(4, "big"))
    return path


def _measured(name: str, path: Path) -> ReadSpeed:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(name, path, there), daemon=True)
    child.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            raise TimeoutError("the measured process took too long")
        speed = here.recv()
    finally:
        child.terminate()
        child.join()
    assert isinstance(speed, ReadSpeed)
    return speed


def _child(name: str, path: Path, out: Connection) -> None:
    with zipfile.ZipFile(path) as archive:
        texts = [
            member.file_size for member in archive.infolist() if member.filename.endswith((".json", ".js"))
        ]
    peak = 0.0

    def on_step(done: int) -> None:
        nonlocal peak
        if done % EVERY:
            return  # looking at the memory takes time of its own
        peak = max(peak, pss_mb(os.getpid()))

    begun, worked = time.perf_counter(), time.process_time()
    (export,) = read(path, on_step=on_step)
    took, processor = time.perf_counter() - begun, time.process_time() - worked
    on_step(0)
    size = sum(texts) / MEGABYTE
    items = sum(number for kind, number in export.items.items() if kind not in ("pictures", "videos"))
    out.send(ReadSpeed(name, size, items, len(export.snapshot.images), took, processor, size / took, peak))
