import io
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from detectors import _pictures
from detectors._model import Image
from detectors._pictures import Unreadable, decode
from tests import pictures

HOSTILE = Path(__file__).parents[3] / "shared" / "captures" / "images" / "hostile"
ART = pictures.scene(1, 200, 120)


def image(data: bytes, name: str = "x.jpg") -> Image:
    return Image("", name, data)


def saved(picture: PIL.Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def gif_that_says(width: int, height: int) -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x00\x00\x00,\0\0\0\0"
        + struct.pack("<HH", width, height)
        + b"\0\x02\x02D\x01\0;"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
def test_a_picture_is_known_by_its_content_whatever_its_name(kind):
    picture = decode(image(pictures.encode(ART, kind), "holiday.txt"))

    assert (picture.width, picture.height) == (200, 120)
    assert np.abs(picture.rgb.astype(int) - ART).mean() < 30  # palettes and compression change a little


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "not a picture"),
        (b"<html><body>not here</body></html>", "not a picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"%PDF-1.7\n" + pictures.encode(ART, "JPEG"), "not a picture"),  # a polyglot is what it begins as
        (pictures.encode(ART, "JPEG")[:900], "cut short"),
        (pictures.encode(ART, "PNG")[:-600], "cut short"),
        (pictures.encode(ART, "WEBP")[:400], "cut short"),
        (b"\xff\xd8\xff\xe0", "not a picture"),
        (png_that_says(8000, 8000), "more than we open"),  # the header is enough to refuse it
        (png_that_says(60000, 60000), "more pixels than we open"),
        (png_that_says(40000, 10), "more than we open"),
        (png_that_says(0, 10), "broken|no pixels|not a picture"),
        (gif_that_says(65535, 65535), "more pixels than we open"),
        (pictures.encode(ART, "JPEG") + b"\xff\xda" * 101, "passes"),
        (saved(PIL.Image.fromarray(ART), "TIFF"), "not a picture"),  # a format nobody posts
        (b"\xff" * (_pictures.MAX_BYTES + 1), "40 MB"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_plain_reason(data, reason):
    with pytest.raises(Unreadable, match=reason):
        decode(image(data))


def test_garbage_after_any_cut_never_escapes_as_another_error():
    whole = pictures.encode(ART, "PNG") + pictures.encode(ART, "JPEG")
    rng = np.random.default_rng(0)
    refused = 0
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        good = pictures.encode(ART, kind)
        for _ in range(25):
            broken = bytearray(good)
            for at in rng.integers(0, len(good), 12):
                broken[at] = int(rng.integers(256))
            try:
                decode(image(bytes(broken[: int(rng.integers(4, len(good)))])))
            except Unreadable:
                refused += 1
    assert refused > 60
    assert decode(image(whole)).width == 200  # what follows a whole picture is ignored


@pytest.mark.parametrize(
    "make",
    [
        lambda: saved(PIL.Image.fromarray(np.full((50, 80), 40000, np.uint16)), "PNG"),
        lambda: saved(PIL.Image.new("CMYK", (80, 50), (0, 0, 0, 90)), "JPEG"),
        lambda: saved(PIL.Image.new("P", (80, 50), 3), "GIF"),
        lambda: saved(PIL.Image.new("1", (80, 50), 1), "PNG"),
        lambda: saved(PIL.Image.new("LA", (80, 50), (150, 120)), "PNG"),
        lambda: saved(PIL.Image.new("P", (80, 50), 3), "PNG", transparency=b"\x40" * 4),
    ],
    ids=["16 bit", "cmyk", "palette", "one bit", "gray and alpha", "palette and alpha"],
)
def test_every_colour_mode_becomes_eight_bit_rgb(make):
    picture = decode(image(make()))

    assert picture.rgb.shape == (50, 80, 3)
    assert picture.rgb.dtype == np.uint8


def test_sixteen_bits_keep_their_brightness():
    deep = saved(PIL.Image.fromarray(np.full((50, 80), 32896, np.uint16)), "PNG")

    assert abs(int(decode(image(deep)).rgb[25, 40, 0]) - 128) <= 1


def test_white_art_on_clear_ground_does_not_vanish():
    art = np.zeros((60, 60, 4), np.uint8)
    art[20:40, 20:40] = 255

    rgb = decode(image(pictures.encode(art))).rgb

    assert int(rgb[30, 30, 0]) - int(rgb[5, 5, 0]) > 150


def test_an_animation_is_judged_by_its_first_frame():
    frames = [PIL.Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert decode(image(moving)).rgb[20, 30].tolist() == [255, 0, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(orientation):
    upright = np.zeros((90, 160, 3), np.uint8)
    upright[:30, :40] = (255, 0, 0)  # the red corner belongs at the top left
    ways = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.swapaxes(0, 1), 6: np.rot90, 7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: lambda a: np.rot90(a, -1)}  # fmt: skip
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(ways[orientation](upright))

    picture = decode(image(pictures.encode(stored, "JPEG", exif=exif.tobytes(), quality=95)))

    assert (picture.width, picture.height) == (160, 90)
    assert picture.rgb[10, 10, 0] > 200
    assert picture.rgb[80, 150, 0] < 50


def test_large_pictures_shrink_and_boxes_come_back_in_source_pixels():
    picture = decode(image(pictures.encode(pictures.scene(2, 3000, 1500), "JPEG")))

    assert max(picture.rgb.shape) <= _pictures.WORKING_SIDE
    assert (picture.width, picture.height) == (3000, 1500)
    x, _y, width, _height = picture.source_box(0.5 * picture.rgb.shape[1], 0, 10, 10)
    assert abs(x - 1500) <= 3
    assert 20 <= width <= 27
    assert picture.source_box(-50, -50, 9999, 9999) == (0, 0, 3000, 1500)


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("WEBP", (4100, 4000), {"lossless": True, "method": 0}),
        ("AVIF", (4100, 4000), {"speed": 10}),
        ("PNG", (6100, 4000), {}),
        ("GIF", (6100, 4000), {}),
        ("JPEG", (6100, 4000), {"progressive": True}),  # held whole while decoded
        ("JPEG", (8100, 5000), {}),
    ],
)
def test_each_format_has_the_limit_its_decoder_can_bear(kind, size, options, monkeypatch):
    data = saved(PIL.Image.new("L" if kind != "AVIF" else "RGB", size, 90), kind, **options)
    monkeypatch.setattr(_pictures, "_pixels", lambda _: pytest.fail("decoded"))

    with pytest.raises(Unreadable, match=f"{size[0]} by {size[1]} pixels"):
        decode(image(data))


def test_a_jpeg_larger_than_other_formats_may_be_is_decoded_small():
    picture = decode(image(saved(PIL.Image.new("L", (6100, 4000), 90), "JPEG")))

    assert (picture.width, picture.height) == (6100, 4000)
    assert max(picture.rgb.shape) <= _pictures.WORKING_SIDE


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "I;16"])
def test_a_picture_shrunk_in_strips_is_the_picture_shrunk_whole(mode, monkeypatch):
    art = PIL.Image.fromarray(pictures.scene(3, 2600, 1700))
    if mode == "I;16":
        art = PIL.Image.fromarray(np.asarray(art.convert("L")).astype(np.uint16) * 257)
    data = image(saved(art if mode == "I;16" else art.convert(mode), "PNG"))
    strips = decode(data).rgb
    monkeypatch.setattr(_pictures, "WHOLE", 10**9)
    whole = decode(data).rgb

    assert strips.shape == whole.shape
    assert np.abs(strips.astype(int) - whole).mean() < 2


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="needs the captures beside the checkout")
@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("broken.png", False),
        ("crash-2020-10-test.tif", False),
        ("decompression_bomb.gif", False),
        ("ossfuzz-4836216264589312.pcx", False),
        ("png_decompression_dos.png", False),
        ("jpeg_renamed_as.svg", True),
        ("hopper_bad_exif.jpg", True),
        ("broken_exif_dpi.jpg", True),
        ("exif_gps_typeerror.jpg", True),
        ("multiple_exif.jpg", True),
    ],
)
def test_files_that_broke_other_programs_are_read_or_refused(name, readable):
    hostile = image((HOSTILE / name).read_bytes(), name)
    if readable:
        assert decode(hostile).width > 0
    else:
        with pytest.raises(Unreadable):
            decode(hostile)
