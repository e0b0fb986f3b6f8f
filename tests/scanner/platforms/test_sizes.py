"""Sizes are read from the first bytes only, and hostile bytes say nothing."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import pytest
from PIL import Image

from scanner.platforms import _pictures
from scanner.platforms._sizes import size_of

SIZES = [(1, 1), (31, 400), (640, 480), (3000, 7)]
WAYS = [
    ("PNG", {}), ("GIF", {}), ("JPEG", {}), ("JPEG", {"progressive": True}),
    ("JPEG", {"comment": b"x" * 60_000, "exif": b"Exif\0\0" + b"\xff\xc0" * 500}),  # a size that is none
    ("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0abc"}),
]  # fmt: skip


def drawn(size, kind, options):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "options"), WAYS, ids=[f"{k} {' '.join(o)}" for k, o in WAYS])
@pytest.mark.parametrize("size", SIZES)
def test_the_size_agrees_with_what_a_decoder_finds(size, kind, options):
    assert size_of(drawn(size, kind, options)) == size


@pytest.mark.parametrize(("kind", "options"), WAYS, ids=[f"{k} {' '.join(o)}" for k, o in WAYS])
def test_cut_or_spoilt_bytes_never_raise(kind, options):
    whole = drawn((640, 480), kind, options)
    noise = random.Random(5)  # noqa: S311 - the same noise every time
    for at in range(min(len(whole), 300)):
        assert size_of(whole[:at]) in (None, (640, 480))
    for _ in range(2_000):
        spoilt = bytearray(whole[:400])
        for _ in range(noise.randrange(1, 8)):
            spoilt[noise.randrange(len(spoilt))] = noise.randrange(256)
        found = size_of(bytes(spoilt))
        assert found is None or min(found) > 0


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xff\xff", b"GIF89a", b"GIF89a\x05\x00",
        b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f",
        b"\xff\xd8\xff\xe0\x00\x00" * 9,  # a length below itself, which would never move on
        b"\xff\xd8\xff\xe0\x00\x01\xff\xc0",
        b"\xff\xd8\xff\xda\x00\x02\xff\xc0\x00\x0b\x08\x00\x05\x00\x05",  # a size after the picture has begun
        b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x05",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 8,  # no pixels at all
        b"BM" + b"\0" * 60, b"II*\0" + b"\0" * 60, b"\0\0\x01\0\x01\0\x10\x10",  # formats left to the workers
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 5 5\n",
    ],
)  # fmt: skip
def test_what_does_not_say_its_size_is_kept_for_the_workers(data):
    assert size_of(data) is None
    assert not _pictures.small(data)


def test_a_hostile_jpeg_does_not_take_long():
    began = time.process_time()
    assert size_of(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 2_000_000) is None
    assert size_of(b"\xff\xd8" + b"\xff" * 8_000_000) is None
    assert size_of(b"\xff\xd8" + b"\xff\xd0" * 4_000_000) is None
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("size", "small"), [((31, 400), True), ((400, 31), True), ((32, 32), False)])
def test_icons_and_spacers_are_small(size, small):
    assert _pictures.small(drawn(size, "PNG", {})) is small


def test_no_platform_opens_a_picture():
    for file in Path(_pictures.__file__).parent.glob("*.py"):
        assert "PIL" not in file.read_text(encoding="utf-8"), file.name
