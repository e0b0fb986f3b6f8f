"""Saved pages and screenshots: the same readers, and honest words about what a picture cannot show."""

from __future__ import annotations

import base64
import io
import quopri
import random
import sys
import time
from types import SimpleNamespace

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest

from detectors import Image, Unavailable, read_screen
from scanner.errors import UsageError
from scanner.mhtml import is_mhtml, read_mhtml
from scanner.platforms import find
from scanner.saved import ELSEWHERE, SEEN_AS, read_page

URL = "https://robin-vale.example/"
ACCOUNT = find(URL)
HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Robin Vale</title></head>
<body class="h-card"><h1 class="p-name">Robin Vale</h1><p class="p-note">I like rain, caf\u00e9s and long walks by the river.</p>
<article class="h-entry"><p class="e-content">A wet walk along the river with the dog today.</p>
<img src="https://robin-vale.example/pics/walk.png" alt="A wet walk" width="400" height="300"></article></body></html>"""


def picture(width: int = 400, height: int = 300, kind: str = "PNG", lines=()) -> bytes:
    drawn = PIL.Image.new("RGB", (width, height), "white")
    pen = PIL.ImageDraw.Draw(drawn)
    font = PIL.ImageFont.load_default(size=24)
    for number, line in enumerate(lines):
        pen.text((40, 40 + 90 * number), line, fill="black", font=font)
    body = io.BytesIO()
    drawn.save(body, kind)
    return body.getvalue()


def mhtml(
    html: str = HTML, *, url: str = URL, pictures=(), coding: str = "quoted-printable", end: str = "\r\n"
) -> bytes:
    packed = (
        base64.encodebytes(html.encode())
        if coding == "base64"
        else quopri.encodestring(html.encode())
        if coding == "quoted-printable"
        else html.encode()
    ).decode()
    parts = [
        f"Content-Type: text/html; charset=utf-8\nContent-ID: <main@mhtml.blink>\nContent-Transfer-Encoding: {coding}\nContent-Location: {url}\n\n{packed}"
    ]
    parts += [
        f"Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: {address}\n\n{base64.encodebytes(body).decode()}"
        for address, body in pictures
    ]
    head = (
        f"From: <Saved by Blink>\nSnapshot-Content-Location: {url}\nSubject: Robin\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="----MultipartBoundary--x----"\n\n\n'
    )
    text = (
        head
        + "".join(f"------MultipartBoundary--x----\n{part}\n" for part in parts)
        + "------MultipartBoundary--x------\n"
    )
    return text.replace("\r\n", "\n").replace("\n", end).encode()


def saved(tmp_path, body: bytes, name: str = "page.html"):
    file = tmp_path / name
    file.write_bytes(body)
    return read_page(ACCOUNT, file)


def words(snapshot) -> str:
    return "\n".join(text.value for text in snapshot.texts)


@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_page_in_one_file_reads_like_the_page(tmp_path, coding, end):
    plain = saved(tmp_path, HTML.encode())
    packed = saved(tmp_path, mhtml(coding=coding, end=end), "page.mhtml")
    assert "caf\u00e9s" in words(packed)
    assert (packed.texts, packed.flags, packed.result) == (plain.texts, plain.flags, plain.result)


def test_its_pictures_come_with_it(tmp_path):
    shown = picture()
    read = saved(
        tmp_path, mhtml(pictures=[("https://robin-vale.example/pics/walk.png", shown)]), "page.mhtml"
    )
    assert [image.data for image in read.images] == [shown]


def test_a_file_renamed_to_html_is_told_by_its_content(tmp_path):
    assert "river" in words(saved(tmp_path, mhtml(), "page.html"))


def test_a_page_of_another_address_is_read_and_noted(tmp_path):
    read = saved(tmp_path, mhtml(url="https://someone-else.example/"), "page.mhtml")
    assert ELSEWHERE in read.coverage.not_seen
    assert ELSEWHERE not in saved(tmp_path, mhtml(), "page.mhtml").coverage.not_seen


@pytest.mark.parametrize(
    "body",
    [
        mhtml()[:300],
        mhtml().replace(b"text/html; charset", b"text/plain; charset"),
        mhtml().replace(b"------MultipartBoundary--x----", b"--other"),
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="a"\r\n\r\n' + b"--a\r\n" * 20_000,
    ],
)
def test_a_damaged_file_is_one_clear_sentence(tmp_path, body):
    with pytest.raises(UsageError, match=r"damaged: it holds no web page"):
        saved(tmp_path, body, "page.mhtml")


def test_no_mutation_of_a_packed_page_crashes_or_hangs(tmp_path):
    dice = random.Random(20261125)  # noqa: S311 - cases, not secrets
    good = mhtml(pictures=[("https://robin-vale.example/pics/walk.png", picture())])
    for _ in range(300):
        body = bytearray(good)
        for _ in range(dice.randint(1, 12)):
            spot = dice.randrange(len(body))
            body[spot : spot + dice.randint(0, 40)] = dice.randbytes(dice.randint(0, 20))
        if is_mhtml(bytes(body)):
            read_mhtml(bytes(body))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://www.pinterest.co.uk/robinvale/", set()),  # people save such pages signed in
        ("https://www.reddit.com/user/robin_vale", set()),
        (URL, {"indexable"}),  # a site of one's own has no other side
    ],
)
def test_a_file_does_not_tell_what_strangers_and_search_engines_get(tmp_path, url, told):
    file = tmp_path / "page.html"
    file.write_text(HTML, encoding="utf-8")
    read = read_page(find(url), file)
    assert set(read.flags) & {"signed_out_visible", "indexable"} == told


def test_pictures_in_the_folder_beside_a_page_are_its_pictures(tmp_path):
    folder = tmp_path / "page_files"
    folder.mkdir()
    (folder / "my walk.png").write_bytes(shown := picture())
    (folder / "script.js").write_text("alert(1)")
    (folder / "linked.png").symlink_to("/etc/hostname")
    html = HTML.replace("https://robin-vale.example/pics/walk.png", "./page_files/my%20walk.png")
    read = saved(tmp_path, html.encode())
    assert [image.data for image in read.images] == [shown]


@pytest.mark.parametrize("body", [b"", b"just words", b"%PDF-1.7 x", b"\x00" * 5000, b"{}"])
def test_anything_else_is_refused_by_what_is_taken(tmp_path, body):
    with pytest.raises(UsageError, match=r"HTML or MHTML.*PNG or JPEG"):
        saved(tmp_path, body)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_screenshot_is_looked_at_whatever_its_words(tmp_path, kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading())
    read = saved(tmp_path, picture(kind=kind), "shot.html")
    assert len(read.images) == 1
    assert read.result == "ok_partial"
    assert SEEN_AS in read.coverage.not_seen


def test_a_broken_screenshot_is_one_clear_sentence(tmp_path):
    with pytest.raises(UsageError, match="is no picture we can read"):
        saved(tmp_path, picture()[:60], "shot.png")


def test_without_the_part_that_reads_words_they_are_reported_as_not_read(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "detectors._ocr", None)
    read = saved(tmp_path, picture(lines=["Teacher at Harfield"]), "shot.png")
    assert read.texts == ()
    assert len(read.images) == 1
    assert any("could not be read here" in line for line in read.coverage.not_seen)


def test_a_missing_weight_is_reported_the_same_way(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading(missing="the weight is not there"))
    read = saved(tmp_path, picture(), "shot.png")
    assert any("the weight is not there" in line for line in read.coverage.not_seen)


def test_words_of_a_screenshot_become_texts_of_the_page(tmp_path, monkeypatch):
    lines = [("I teach at Harfield", 40, 40), ("Green School.", 40, 68), ("Rain again", 40, 200)]
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading(*lines))
    read = saved(tmp_path, picture(), "shot.png")
    assert [text.value for text in read.texts] == ["I teach at Harfield Green School.", "Rain again"]
    assert {text.where for text in read.texts} == {"page"}


def test_columns_and_rows_of_a_screenshot_are_kept_apart(tmp_path, monkeypatch):
    lines = [("Friends", 40, 40), ("312", 130, 41), ("About me", 700, 40), ("Intro", 40, 72)]
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading(*lines))
    read = saved(tmp_path, picture(1000, 300), "shot.png")
    assert [text.value for text in read.texts] == ["Friends 312 Intro", "About me"]


def test_a_screenshot_of_a_log_in_page_is_no_profile(tmp_path, monkeypatch):
    lines = [
        ("Log in to Facebook", 40, 40),
        ("Email address or phone number", 40, 110),
        ("Password", 40, 180),
        ("Forgotten account?", 40, 250),
    ]
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading(*lines))
    file = tmp_path / "shot.png"
    file.write_bytes(picture())
    read = read_page(find("https://www.facebook.com/robin.vale.example"), file)
    assert read.result == "login_wall"


@pytest.mark.parametrize(("height", "parts"), [(900, 1), (1280, 1), (1281, 2), (4000, 4)])
def test_a_long_screenshot_is_looked_at_in_parts_that_leave_nothing_out(height, parts, monkeypatch):
    monkeypatch.setitem(sys.modules, "detectors._ocr", reading())
    shown = read_screen(Image("page", "shot.png", picture(600, height))).parts
    sizes = [PIL.Image.open(io.BytesIO(part.data)).size for part in shown]
    assert len({part.name for part in shown}) == len(shown) == parts
    assert sum(tall for _, tall in sizes) == height
    assert max(tall for _, tall in sizes) <= 1280


def test_a_line_of_letters_is_never_cut_in_two(monkeypatch):
    seen = []

    def read_lines(page):
        seen.append(page.rgb)
        return ()

    monkeypatch.setitem(sys.modules, "detectors._ocr", SimpleNamespace(read_lines=read_lines))
    read_screen(Image("page", "a", picture(600, 2000, lines=[f"Line {n} of a page" for n in range(21)])))
    assert len(seen) > 3
    for band in seen:
        assert int(np.ptp(band[0])) == int(np.ptp(band[-1])) == 0


def test_real_lettering_is_read_where_the_weights_are(tmp_path):
    pytest.importorskip("detectors._ocr", reason="the part that reads words in pictures is not in this build")
    lines = ["I teach maths at Harfield", "Ring me on 01632 960123"]
    read = saved(tmp_path, picture(900, 400, lines=lines), "shot.png")
    if any("could not be read here" in line for line in read.coverage.not_seen):
        pytest.skip("the weights that read words in pictures are not installed")
    assert "01632 960123" in words(read)
    assert "Harfield" in words(read)


def reading(*lines, missing: str = "") -> SimpleNamespace:
    """Stands in for the reader of words: gives these lines (text, left, top) for the first band only."""
    given = list(lines)

    def read_lines(_picture):
        if missing:
            raise Unavailable(missing)
        found = [
            SimpleNamespace(
                text=text,
                score=0.9,
                quad=np.array(
                    [(x, y), (x + 11 * len(text), y), (x + 11 * len(text), y + 24), (x, y + 24)], np.float32
                ),
            )
            for text, x, y in given
        ]
        given.clear()
        return tuple(found)

    return SimpleNamespace(read_lines=read_lines)


def test_a_page_that_takes_too_long_is_given_up_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.saved.READING_S", 0.05)
    monkeypatch.setattr("scanner.saved._parsed", lambda *_: time.sleep(5))
    page = tmp_path / "page.html"
    page.write_text(HTML, encoding="utf-8")
    snapshot = read_page(ACCOUNT, page)
    assert snapshot.result == "timeout"
    assert "given up" in snapshot.coverage.not_seen[0]
