"""A hostile or broken archive gives one clear sentence, writes nothing, and costs no time or memory."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.exports import open_archive
from scanner.exports._archive import Archive
from scanner.exports._names import Allowed
from tests.exports import make_folder, make_zip

ALL = Allowed.of(("*",), ())


def view(path: Path, *read: str, never: tuple[str, ...] = ()) -> Archive:
    return open_archive(path).view(Allowed.of(read or ("*",), never))


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        open_archive(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../../etc/passwd.json", "leads out of the archive"),
        ("/etc/shadow.json", "leads out of the archive"),
        ("C:\\Windows\\x.json", "leads out of the archive"),
        ("a\\..\\..\\x.json", "leads out of the archive"),
        ("a\nb.json", "leads out of the archive"),
        ("d/" * 60 + "x.json", "far too long"),
        ("x" * 2000 + ".json", "far too long"),
    ],
)
def test_a_name_that_leads_out_is_never_opened(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("plain.json")
        info.filename = name
        archive.writestr(info, "[1]")
        archive.writestr("posts.json", "[2]")
    found = view(path)
    assert found.names == ("posts.json",)
    assert why in next(iter(found.refused.values()))
    assert [v for _, v in found.items("posts.json")] == [2]


def test_a_link_inside_an_archive_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("posts.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("other.json", "[]")
    assert view(path).names == ("other.json",)


def test_a_link_inside_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text("[1]")
    folder = make_folder(tmp_path / "download", {"posts.json": [2]})
    (folder / "linked.json").symlink_to(secret)
    (folder / "inside").symlink_to(tmp_path, target_is_directory=True)
    found = view(folder)
    assert found.names == ("posts.json",)
    assert set(found.refused) == {"linked.json", "inside"}


def test_an_archive_locked_with_a_password_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"posts.json": [1], "more.json": [2]})
    body = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(sign)
        while at >= 0:
            body[at + place] |= 1
            at = body.find(sign, at + 4)
    path.write_bytes(body)
    assert "locked with a password" in refused(path)


@pytest.mark.parametrize("kept", [10, 60, 0.5, 0.9, -1])
def test_a_truncated_archive_is_said_to_be_incomplete(tmp_path: Path, kept: float) -> None:
    path = make_zip(tmp_path / "a.zip", {f"posts_{n}.json": [os.urandom(50).hex()] for n in range(9)})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])
    assert "not complete" in refused(path)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"7z\xbc\xaf\x27\x1c rest", "7z"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"\x1f\x8b\x08\x00garbage", "damaged"),
    ],
)
def test_other_packings_are_named(tmp_path: Path, body: bytes, word: str) -> None:
    path = tmp_path / "download"
    path.write_bytes(body)
    assert word in refused(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "no file" in refused(tmp_path / "pipe")


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Many entries of the table that all mean the same packed bytes, as the better-known bombs have."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(b"0" * 1_000_000) + kernel.flush()
    local = (
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 1_000_000, 1, 0)
        + b"a"
        + packed
    )
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), 1_000_000, 1, 0, 0, 0, 0, 0, 0
    )
    table = b"".join(entry + letter for letter in (b"a", b"b", b"c"))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(table), len(local), 0)
    path = tmp_path / "a.zip"
    path.write_bytes(local + table + end)
    assert "harmful" in refused(path)


def test_a_million_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    table = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(table), 0, 0)
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 26 + table + end)
    started = time.perf_counter()
    assert "far more files" in refused(path)
    assert time.perf_counter() - started < 5


def test_a_member_that_grows_beyond_all_measure_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("posts.json", "w") as file:
            for _ in range(80):
                file.write(b" " * 1_000_000)
        archive.writestr("more.json", "[1]")
    found = view(path)
    assert found.names == ("more.json",)
    assert "too tightly" in found.refused["posts.json"]


def test_archives_within_archives_stay_shut(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"posts.json": [1]})
    found = view(make_zip(tmp_path / "a.zip", {"inner.zip": inner.read_bytes(), "more.json": [1]}), "*.json")
    assert found.named("*") == ("more.json",)


def test_what_is_not_on_the_allow_list_cannot_be_opened(tmp_path: Path) -> None:
    found = view(
        make_zip(tmp_path / "a.zip", {"posts.json": [1], "x/messages/posts.json": [2]}),
        "posts.json",
        never=("messages/",),
    )
    assert found.named("posts.json") == ("posts.json",)
    for ask in (found.text, found.peek, found.picture, found.json, lambda name: list(found.items(name))):
        with pytest.raises(LookupError):
            ask("x/messages/posts.json")
    assert found.ledger.opened == {}


def test_opening_an_archive_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", {"posts.json": [1], "p.png": b"\x89PNG"})
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    found = view(path)
    assert list(found.items("posts.json"))
    assert found.picture("p.png")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_broken_member_is_said_and_its_neighbours_are_read(tmp_path: Path) -> None:
    found = view(
        make_zip(tmp_path / "a.zip", {"a.json": '[{"x": 1}, {"x": ', "b.json": "{nonsense", "c.json": [3]})
    )
    assert [v for _, v in found.items("a.json")] == [{"x": 1}]
    assert found.json("b.json") is None
    assert found.json("c.json") == [3]
    assert len(found.ledger.trouble) == 2


def test_damaged_bytes_end_a_member_not_the_import(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.json": [os.urandom(99).hex() for _ in range(99)], "b.json": [2]})
    body = bytearray(path.read_bytes())
    body[200:260] = b"\xff" * 60
    path.write_bytes(body)
    found = view(path)
    list(found.items("a.json"))
    assert found.ledger.trouble == ["The file a.json is damaged; it was read only up to the damage."]
    assert found.json("b.json") == [2]


def test_a_huge_member_streams_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    row = json.dumps({"text": os.urandom(200).hex()})
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.json", "w") as file,
    ):
        file.write(b"[" + row.encode())
        for _ in range(60):
            file.write(("," + row).encode() * 2000)
        file.write(b"]")
    found = view(path)
    tracemalloc.start()
    count = sum(1 for _ in found.items("a.json"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 120_001
    assert found.size("a.json") > 49_000_000
    assert peak < 20_000_000


def test_a_member_too_large_for_any_text_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.exports._archive.MAX_TEXT", 10)
    monkeypatch.setattr("scanner.exports._archive.MAX_WHOLE", 10)
    found = view(make_zip(tmp_path / "a.zip", {"a.json": ["x" * 50]}))
    assert list(found.items("a.json")) == []
    assert found.json("a.json") is None
    assert found.ledger.trouble == ["The file a.json is far too large, so it was left out."]


@pytest.mark.parametrize(
    "body",
    [
        '["caf\u00e9"]'.encode(),
        b"\xef\xbb\xbf" + '["caf\u00e9"]'.encode(),
        '["caf\u00e9"]'.encode("utf-16"),
        '["caf\u00e9"]'.encode("utf-16-le"),
        '["caf\u00e9"]'.encode("latin-1"),  # no UTF-8: taken for old Windows
    ],
)
def test_encodings_are_told_by_their_bytes(tmp_path: Path, body: bytes) -> None:
    found = view(make_zip(tmp_path / "a.zip", {"a.json": body}))
    assert [v for _, v in found.items("a.json")] == ["caf\u00e9"]
    assert found.json("a.json") == ["caf\u00e9"]


def test_a_table_is_found_below_its_preamble(tmp_path: Path) -> None:
    text = 'Notes:\n"When exporting, some rows, may\nbe missing"\n\nFirst Name,URL,Name,Name\nAnn , u1,x,y\n\n=2+2,u2,,\n'
    found = view(make_zip(tmp_path / "a.zip", {"a.csv": "\ufeff" + text}))
    rows = list(found.rows("a.csv", "first name", "url"))
    assert rows[0] == {"First Name": "Ann", "URL": "u1", "Name": "x"}
    assert rows[1]["First Name"] == "=2+2"  # a formula is a text like any other
    assert list(found.rows("a.csv", "no such column")) == []


def test_a_path_in_an_export_finds_its_member_in_any_folder(tmp_path: Path) -> None:
    members = {"top/media/posts/1/a.jpg": b"1", "top/media/posts/2/a.jpg": b"2", "top/media/B C.jpg": b"3"}
    found = view(make_zip(tmp_path / "a.zip", members))
    assert found.locate("media/posts/2/a.jpg") == "top/media/posts/2/a.jpg"
    assert found.locate("../media/b%20c.JPG") == "top/media/B C.jpg"
    assert found.locate("https://cdn.example/media/posts/2/a.jpg") == ""
    assert found.locate("media/none.jpg") == ""


def test_shards_come_in_their_order_and_stubs_do_not(tmp_path: Path) -> None:
    names = ["posts_10.json", "posts_2.json", "posts_1.json", "__MACOSX/._posts_1.json", "._posts_3.json"]
    found = view(make_zip(tmp_path / "a.zip", dict.fromkeys(names, "[]")))
    assert found.named("posts_*.json") == ("posts_1.json", "posts_2.json", "posts_10.json")


def test_a_tar_is_read_and_its_links_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, body in (("posts.json", b"[1]"), ("../out.json", b"[2]")):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found = view(path)
    assert found.names == ("posts.json",)
    assert found.json("posts.json") == [1]
    assert set(found.refused) == {"../out.json", "link.json"}


def test_nothing_but_a_picture_passes_for_one(tmp_path: Path) -> None:
    found = view(make_zip(tmp_path / "a.zip", {"a.jpg": b"#!/bin/sh", "b.jpg": b"\xff\xd8\xff\xe0 picture"}))
    assert found.picture("a.jpg") == b""
    assert found.picture("b.jpg")


def changed(path: Path, place: int, number: int, size: str = "<L") -> Path:
    """The same archive with another number in the first entry of its table of contents."""
    body = bytearray(path.read_bytes())
    struct.pack_into(size, body, body.find(b"PK\x01\x02") + place, number)
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("place", "number", "size"),
    [
        (24, 100, "<L"),  # fewer bytes than there are: what is left of them has another checksum
        (16, 1, "<L"),  # another checksum
        (10, 99, "<H"),  # a way of packing that nobody knows
    ],
)
def test_a_table_of_contents_that_lies_about_a_member_costs_only_that_member(
    tmp_path: Path, place: int, number: int, size: str
) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.json": ["x" * 5000], "b.json": [2]})
    found = view(changed(path, place, number, size))
    assert [v for _, v in found.items("a.json")] == []
    assert found.ledger.trouble == ["The file a.json is damaged; it was read only up to the damage."]
    assert found.json("b.json") == [2]


def test_a_member_that_says_it_unpacks_to_far_more_cannot_be_opened(tmp_path: Path) -> None:
    found = view(changed(make_zip(tmp_path / "a.zip", {"a.json": [1], "b.json": [2]}), 24, 0x7FFFFFF))
    found.say_refused()
    assert found.ledger.trouble == ["The file a.json was left out: it is packed far too tightly."]
    assert found.json("b.json") == [2]
    with pytest.raises(LookupError):
        found.json("a.json")


def test_a_member_that_claims_more_packed_bytes_than_there_are_is_refused(tmp_path: Path) -> None:
    assert "harmful" in refused(changed(make_zip(tmp_path / "a.zip", {"a.json": [1]}), 20, 0x7FFFFFFF))


def test_a_member_that_is_called_otherwise_where_it_lies_is_not_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"posts.json": [1], "more.json": [2]})
    path.write_bytes(path.read_bytes().replace(b"posts.json", b"inbox.json", 1))
    found = view(path)
    assert list(found.items("posts.json")) == []
    assert found.json("more.json") == [2]


def test_of_two_members_with_one_name_the_second_is_said_to_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.json", "[1]")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("posts.json", "[2]")
    found = view(path)
    assert found.json("posts.json") == [1]
    found.say_refused()
    assert found.ledger.trouble == ["The file posts.json was left out: its name is there twice."]


def test_a_member_packed_in_another_known_way_is_read(tmp_path: Path) -> None:
    for number, way in enumerate((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w", way) as archive:
            archive.writestr("posts.json", "[1]")
        assert view(path).json("posts.json") == [1]


def test_lists_within_lists_end_the_member(tmp_path: Path) -> None:
    found = view(make_zip(tmp_path / "a.zip", {"a.json": "[" * 200_000, "b.json": '{"a":' * 200_000}))
    assert list(found.items("a.json")) == []
    assert list(found.items("b.json")) == []
    assert len(found.ledger.trouble) == 2
