"""How fast downloads are read, and in how much memory: made-up archives, each in a fresh process."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from scanner.cli.benching_shapes import BESIDE, SHAPES, Shape, instagram_post
from scanner.errors import UsageError
from scanner.exports import read
from scanner.measuring import most_mb

PATIENCE = 600
"""Seconds a child may take."""
MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
RESERVE = 5 * GIGABYTE
"""Bytes of the disk that are left free."""


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
    megabytes_per_processor_second: float
    memory_mb: float


def read_speeds(megabytes: int, pictures: int, gigabytes: float) -> list[ReadSpeed]:
    """Texts of several shapes of about that size, then an archive of that many pictures, in all so large.

    Raises:
        UsageError: there is no room on the disk for the archive of pictures.
    """
    room = shutil.disk_usage(tempfile.gettempdir()).free
    if gigabytes * GIGABYTE > room - RESERVE:
        raise UsageError(f"there is no room for {gigabytes:g} GB of pictures in {tempfile.gettempdir()}")
    with tempfile.TemporaryDirectory() as folder:
        made = [
            (name, _archive(Path(folder) / f"{number}.zip", member, make, megabytes))
            for number, (name, member, make) in enumerate(SHAPES)
        ]
        made.append((f"{pictures:,} pictures", _pictures(Path(folder) / "pictures.zip", pictures, gigabytes)))
        return [_measured(name, path) for name, path in made]


def _archive(path: Path, member: str, make: Shape, megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(member, "w") as file:
            for piece in make(megabytes * MEGABYTE):
                file.write(piece)
        for name, text in BESIDE.get(member, {}).items():
            archive.writestr(name, text)
    return path


def _pictures(path: Path, pictures: int, gigabytes: float) -> Path:
    """An archive whose pictures are stored as they are; each differs from all others in its last bytes."""
    each = max(1_000, int(gigabytes * GIGABYTE / max(1, pictures)))
    body = b"\xff\xd8\xff\xe0" + os.urandom(min(each, MEGABYTE)) * (each // MEGABYTE + 1)
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        with archive.open("your_instagram_activity/media/posts_1.json", "w") as file:
            file.write(json.dumps([instagram_post(number) for number in range(pictures)]).encode())
        for number in range(pictures):
            archive.writestr(f"media/posts/202001/{number}.jpg", body[:each] + number.to_bytes(4, "big"))
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
        texts = [member.file_size for member in archive.infolist() if not member.filename.endswith(".jpg")]
    begun, worked = time.perf_counter(), time.process_time()
    (export,) = read(path)
    took, processor = time.perf_counter() - begun, time.process_time() - worked
    size = sum(texts) / MEGABYTE
    items = sum(number for kind, number in export.items.items() if kind not in ("pictures", "videos"))
    seen = len(export.snapshot.images)
    out.send(ReadSpeed(name, size, items, seen, took, processor, size / took, size / processor, most_mb()))
