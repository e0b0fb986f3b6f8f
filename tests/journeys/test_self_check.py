"""A person checks their own profile, from address to report, in a real browser."""

from __future__ import annotations

import json
import re

import pikepdf
import pytest

from scanner.practice import Practice
from tests.journeys.command import World

pytestmark = pytest.mark.browser


def test_the_demo_finds_what_was_planted_and_nothing_on_the_clean_people(world: World) -> None:
    done = world.run("demo", "--out", "report", "--json")
    said = json.loads(done.out)
    assert (said["missed"], said["false_alarms"]) == ([], [])
    assert done.code == 0
    folder = world.base / "report"
    assert {file.name for file in folder.iterdir()} == {"report.html", "report.json", "report.pdf"}
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    assert all(file.stat().st_mode & 0o077 == 0 for file in (folder, *folder.iterdir()))
    report = json.loads((folder / "report.json").read_text())
    assert {profile["result"] for profile in report["profiles"]} == {"ok", "login_wall", "private_confirmed"}


def test_nothing_is_left_but_the_report(world: World, site: Practice) -> None:
    """The post's words are on the page, and in no file afterwards: not in the browser's, not in ours."""
    done = world.run(
        "check", site.profiles["marlow"], "--yes", "--allow-address", site.address, "--out", "report"
    )
    assert done.code == 0, done.err
    left = [file for file in world.base.rglob("*") if file.is_file()]
    assert {file.name for file in left} >= {"report.html", "report.json", "report.pdf"}
    outside = [file for file in left if file.parent != world.base / "report"]
    for file in outside:
        raw = file.read_bytes()
        assert b"marlow" not in raw.lower(), file
        assert b"Marlow Finch" not in raw, file


def test_without_consent_nothing_is_opened(world: World, site: Practice) -> None:
    done = world.run("check", site.profiles["marlow"], "--allow-address", site.address)
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert list((world.base / "home").iterdir()) == []


REFUSED = [
    ("http://127.0.0.1:9/", 4),  # loopback, not allowed by hand
    ("http://169.254.169.254/latest/meta-data", 4),
    ("http://[::1]/", 4),
    ("http://10.0.0.1/me", 4),
    ("file:///etc/passwd", 4),
    ("javascript:alert(1)", 4),
    ("https://www.facebook.com/groups/12345", 4),
    ("https://www.instagram.com/p/Cxyz/", 4),
]


@pytest.mark.parametrize(("address", "code"), REFUSED)
def test_an_address_we_may_not_open_is_refused_in_one_sentence(world: World, address: str, code: int) -> None:
    done = world.run("check", address, "--yes")
    assert done.code == code, done.err
    assert done.err.startswith("scanner: ")
    assert "Traceback" not in done.err
    assert list((world.base / "home").iterdir()) == []


def test_a_wall_is_reported_and_nothing_could_be_read(world: World, site: Practice) -> None:
    done = world.run("check", site.profiles["ravi"], "--yes", "--allow-address", site.address, "--out", "r")
    assert done.code == 5
    report = json.loads((world.base / "r" / "report.json").read_text())
    assert report["profiles"][0]["result"] == "login_wall"
    assert {v["verdict"] for v in report["profiles"][0]["verdicts"].values()} == {"could-not-check"}


def test_ctrl_c_writes_what_is_done_and_marks_it(world: World, site: Practice) -> None:
    slow = site.at("/trouble/never-ending")
    done = world.interrupt("check", slow, "--yes", "--allow-address", site.address, "--out", "r", after=6.0)
    assert done.code == 130, done.err
    report = json.loads((world.base / "r" / "report.json").read_text())
    assert report["status"] == "interrupted"
    assert any("stopped the scan" in said for said in report["profiles"][0]["coverage"]["not_seen"])


def test_a_report_never_overwrites(world: World, site: Practice) -> None:
    (world.base / "r").mkdir()
    (world.base / "r" / "mine.txt").write_text("mine")
    done = world.run("check", "https://me.example/", "--yes", "--out", "r")
    assert done.code == 2
    assert (world.base / "r" / "mine.txt").read_text() == "mine"


def test_an_encrypted_pdf_shows_nothing_without_its_words(world: World, site: Practice) -> None:
    done = world.run(
        "check", site.profiles["dan"], "--yes", "--allow-address", site.address, "--out", "r", "--encrypt"
    )
    assert done.code == 0, done.err
    words = re.search(r"\b[a-z]+-[a-z]+-[a-z]+-[a-z]+\b", done.out)
    assert words
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(world.base / "r" / "report.pdf")
    pikepdf.open(world.base / "r" / "report.pdf", password=words[0]).close()
    assert b"Dan Whitlow" not in (world.base / "r" / "report.pdf").read_bytes()


def test_a_saved_page_is_read_without_going_out(world: World, site: Practice) -> None:
    page = world.base / "saved.html"
    page.write_text(
        "<html lang=en><title>Jo</title><main><h1>Jo Bell</h1>"
        "<p class=bio>I teach at The Altus School. Ring me on 01632 960983.</p></main></html>",
        encoding="utf-8",
    )
    done = world.run("check", "--page", f"https://jo.example/={page}", "--yes", "--out", "r")
    assert done.code == 0, done.err
    report = json.loads((world.base / "r" / "report.json").read_text())
    assert {f["check"] for f in report["findings"]} >= {"employer-mention", "personal-contact"}


TROUBLE = ["broken-html", "wrong-encoding", "huge-image", "redirect-private", "binary"]


def test_trouble_is_a_result_and_never_a_traceback(world: World, site: Practice) -> None:
    addresses = [site.at(f"/trouble/{name}") for name in TROUBLE]
    done = world.run("check", *addresses, "--yes", "--allow-address", site.address, "--out", "r", timeout=280)
    assert done.code in (0, 5), done.err
    assert "Traceback" not in done.err
    report = json.loads((world.base / "r" / "report.json").read_text())
    assert len(report["profiles"]) == len(TROUBLE)
    read = {p["url"].rpartition("/")[2]: p["result"] for p in report["profiles"]}
    for name in ("redirect-private", "binary"):
        assert read[name] not in ("ok", "ok_partial"), name


def test_no_browser_is_one_sentence_and_exit_8(world: World) -> None:
    done = world.run("check", "https://me.example", "--yes", SCANNER_BROWSER="/nowhere/browser")
    assert done.code == 8, done.err
    assert done.err.count("\n") == 1
    assert list((world.base / "home").iterdir()) == []


def test_no_network_is_a_result_and_never_a_traceback(world: World) -> None:
    done = world.run("check", "https://nobody.invalid/me", "--yes", "--out", "r")
    assert done.code == 5, done.err
    report = json.loads((world.base / "r" / "report.json").read_text())
    assert report["profiles"][0]["result"] == "unreachable"
