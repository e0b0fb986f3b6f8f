import io
import struct
import zlib
from pathlib import Path

import PIL.Image
import PIL.PngImagePlugin
import pytest
from PIL.TiffImagePlugin import IFDRational

from data import Pack, School
from detectors import Image, Unavailable, _exif, metadata
from detectors._pictures import Unreadable, decode

SHARED = Path(__file__).parents[3] / "shared" / "captures" / "images"
SCHOOL = School(Pack(name="Oakfield School"))
SOMEWHERE = {1: "N", 2: (52.0, 30.0, 36.0), 3: "W", 4: (1.0, 15.0, 0.0)}


def file(kind="JPEG", *, main=None, camera=None, gps=None, **options) -> bytes:
    exif = PIL.Image.Exif()
    exif.update(main or {})
    if camera:
        exif.get_ifd(0x8769).update(camera)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(out, kind, exif=exif.tobytes(), **options)
    return out.getvalue()


def look(data: bytes) -> dict[str, str]:
    findings = list(metadata.look(decode(Image("p", "x", data)), SCHOOL))
    assert len({f.rule for f in findings}) == len(findings)
    return {f.rule: f.excerpt for f in findings}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_place_camera_and_owner_are_read_from_every_kind_of_file(kind):
    data = file(kind, main={0x013B: "Sam Example"}, camera={0xA431: "XK4410972"}, gps=SOMEWHERE)

    assert look(data) == {"photo-gps": "52.51, -1.25", "photo-serial": "…72", "photo-owner": "Sam Example"}


def test_png_tags_behind_the_pixels_are_read_too():
    data = file("PNG", gps=SOMEWHERE)
    at = data.index(b"eXIf") - 4
    length = int.from_bytes(data[at : at + 4]) + 12
    moved = data[:at] + data[at + length : -12] + data[at : at + length] + data[-12:]

    assert look(moved) == {"photo-gps": "52.51, -1.25"}


@pytest.mark.parametrize(
    ("gps", "shown"),
    [
        (SOMEWHERE, "52.51, -1.25"),
        (SOMEWHERE | {1: "S", 3: "E"}, "-52.51, 1.25"),
        (SOMEWHERE | {2: (52.51, 0.0, 0.0)}, "52.51, -1.25"),
        (SOMEWHERE | {2: (152.0, 0.0, 0.0)}, None),  # no such latitude
        (SOMEWHERE | {4: (200.0, 0.0, 0.0)}, None),
        (SOMEWHERE | {2: (52.0, 75.0, 0.0)}, None),  # no such minute
        (SOMEWHERE | {2: (IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))}, None),
        (SOMEWHERE | {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None),  # a camera without a fix
        ({2: (52.0, 30.0, 36.0), 4: (1.0, 15.0, 0.0)}, None),  # which half of the world?
        (SOMEWHERE | {1: "Q"}, None),
        ({1: "N", 2: (52.0, 30.0, 36.0)}, None),  # half a position
    ],
)
def test_only_a_sensible_place_is_reported(gps, shown):
    assert look(file(gps=gps)).get("photo-gps") == shown


def test_an_excerpt_never_holds_more_than_two_decimals():
    assert look(file(gps=SOMEWHERE | {2: (52.0, 30.0, 36.789)}))["photo-gps"] == "52.51, -1.25"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Sam Example", True),
        ("Żaneta Przykład", True),
        ("Picasa 3.0", False),  # a program
        ("OLYMPUS DIGITAL CAMERA", False),  # a default
        ("unknown", False),
        ("   ", False),
        ("1234", False),
    ],
)
def test_names_are_told_from_programs_and_defaults(name, told):
    assert ("photo-owner" in look(file(main={0x013B: name.encode()}))) is told


@pytest.mark.parametrize(
    ("serial", "told"), [("XK4410972", True), ("00000000", False), ("none", False), ("12", False)]
)
def test_placeholder_serials_are_passed_over(serial, told):
    assert ("photo-serial" in look(file(camera={0xA431: serial}))) is told


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
 exif:GPSLatitude="52,30.6N" exif:GPSLongitude="1,15.0W" aux:SerialNumber="XK4410972">
<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Seq><rdf:li>Sam Example</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def packed_png(text: str) -> bytes:
    info = PIL.PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", text, zip=True)
    return file("PNG", pnginfo=info)


@pytest.mark.parametrize(
    "data",
    [file("JPEG", xmp=XMP.encode()), file("WEBP", xmp=XMP.encode()), packed_png(XMP)],
    ids=["jpeg", "webp", "packed png"],
)
def test_the_same_is_read_from_xmp(data):
    assert look(data) == {"photo-gps": "52.51, -1.25", "photo-serial": "…72", "photo-owner": "Sam Example"}


def directory(*entries: tuple[int, int, int, bytes]) -> bytes:
    """A JPEG whose EXIF holds one hand-written directory: tag, type, count, four bytes of value."""
    rows = b"".join(struct.pack(">HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + rows + b"\0\0\0\0"
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    "entry",
    [
        (0x8825, 4, 1, b"\0\0\0\x08"),  # the place directory is this directory
        (0x8825, 4, 1, b"\xff\xff\xff\xff"),
        (0x8825, 2, 4, b"here"),
        (0x8769, 4, 0xFFFFFFFF, b"\0\0\0\0"),
        (0x013B, 2, 90_000, b"\0\0\0\x20"),  # a name longer than the file
        (0x013B, 99, 1, b"Sam\0"),  # no such type
        (0x0112, 3, 1, b"\0\x63\0\0"),  # orientation 99
        (0x011A, 5, 1, b"\xff\xff\xff\xff"),
    ],
)
def test_broken_tags_are_passed_over(entry):
    assert look(directory(entry)) == {}


def test_tags_overwritten_at_any_place_are_passed_over_or_told():
    data = file("JPEG", main={0x013B: "Sam Example"}, camera={0xA431: "XK4410972"}, gps=SOMEWHERE)
    start = data.index(b"Exif")
    length = int.from_bytes(data[start - 2 : start]) - 2
    read = []
    for at in range(start, start + length - 3):
        broken = data[:at] + b"\xff\xff\xff" + data[at + 3 :]
        try:
            read.append("photo-gps" in look(broken))
        except Unavailable as reason:  # a count of 65535 tags
            read.append("hidden tags" not in str(reason))
    assert 0 < sum(read) < len(read)


def bomb(entries: int, size: int, *, inside: int = 0) -> bytes:
    """Tags whose every entry claims the whole block; `inside` puts them in the directory of that number."""
    rows = b"".join(struct.pack("<HHII", 0x9000 + n, 5, (size - 100) // 8, 8) for n in range(entries))
    head = b"II*\0" + struct.pack("<I", 8)
    if inside:
        head += struct.pack("<HHHIII", 1, inside, 4, 1, 26, 0)
    block = head + struct.pack("<H", entries) + rows + bytes(4)
    return block + b"\1" * (size - len(block))


def png_with(exif: bytes) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    body = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    return out.getvalue()[:33] + body + out.getvalue()[33:]


def jpeg_with(exif: bytes) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=b"Exif\0\0" + exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (jpeg_with(bomb(5000, 65_000)), "5000 hidden tags"),
        (png_with(bomb(5000, 65_000)), "5000 hidden tags"),
        (png_with(bomb(400, 1_000_000)), "64 kB"),
        (jpeg_with(bomb(501, 60_000, inside=0x8769)), "501 hidden tags"),
        (jpeg_with(bomb(501, 60_000, inside=0x8825)), "501 hidden tags"),
    ],
    ids=["jpeg", "png", "large png", "camera directory", "place directory"],
)
def test_a_tag_bomb_is_told_and_never_handed_to_pillow(data, reason, monkeypatch):
    monkeypatch.setattr(PIL.Image.Exif, "load", lambda *_: pytest.fail("decoded"))
    picture = decode(Image("p", "x", data))

    assert picture.rgb.shape == (30, 40, 3)  # its pixels are judged all the same
    with pytest.raises(Unavailable, match=reason):
        list(metadata.look(picture, SCHOOL))


def test_an_avif_tag_bomb_is_refused_before_pillow_opens_it(monkeypatch):
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(out, "AVIF", exif=bomb(5000, 65_000))
    monkeypatch.setattr(PIL.Image.Exif, "load", lambda *_: pytest.fail("decoded"))

    with pytest.raises(Unreadable, match="5000 hidden tags"):
        decode(Image("p", "x", out.getvalue()))


def test_multi_picture_tags_of_a_jpeg_are_not_decoded_either():
    segment = b"MPF\0" + bomb(5000, 60_000)
    plain = jpeg_with(bomb(0, 200))
    data = plain[:2] + b"\xff\xe2" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]

    assert _exif.without_exif(data).count(b"MPF\0") == 0
    assert look(data) == {}


def test_tags_a_camera_writes_by_the_hundred_are_still_read():
    rows = {0xC000 + n: "x" for n in range(300)}
    assert look(file(main=rows | {0x013B: "Sam Example"})) == {"photo-owner": "Sam Example"}


def test_a_value_is_read_to_a_bounded_length():
    found = _exif.read_exif(_exif.jpeg_exif(file(main={0x013B: "Sam " * 5000})))
    assert len(found.main[0x013B]) <= _exif.MOST_TEXT


def test_a_file_without_tags_says_nothing():
    out = io.BytesIO()
    PIL.Image.new("RGB", (40, 30)).save(out, "JPEG")
    assert look(out.getvalue()) == {}


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the captures beside the checkout")
@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("exif/DSCN0010.jpg", {"photo-gps"}),
        ("exif/pil_exif_gps.jpg", set()),  # its position is 4294967295 degrees
        ("exif/landscape_6.jpg", set()),
        ("hostile/exif_gps_typeerror.jpg", set()),
        ("hostile/hopper_bad_exif.jpg", set()),
        ("hostile/multiple_exif.jpg", set()),
    ],
)
def test_real_files_with_odd_tags(name, rules):
    assert set(look((SHARED / name).read_bytes())) == rules
