"""A saved page of Bluesky: the owner's words apart from those that were shared, and nobody else's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.platforms import Account, find
from scanner.saved import read_page
from tests.scanner.test_saved import mhtml, picture

URL = "https://bsky.app/profile/robin.bsky.example"
CAPTURE = Path(__file__).parents[3].parent / "shared" / "captures" / "html" / "bluesky" / "profile_2026.html"
WALK = "https://cdn.example/img/feed_thumbnail/plain/walk@jpeg"


def item(writer: str, text: str, ident: str, inside: str = "") -> str:
    return (
        f'<div data-testid="feedItem-by-{writer}"><a href="/profile/{writer}/post/{ident}" '
        f'data-tooltip="January 5, 2026 at 7:50 PM">3d</a><div data-testid="postText">{text}</div>{inside}</div>'
    )


def page(*items: str, handle: str = "robin.bsky.example") -> str:
    return (
        '<!doctype html><html><body><div data-testid="profileView">'
        '<div data-testid="profileHeaderDisplayName">\u202aRobin Vale\u202c</div>'
        f'<div>\u2066@{handle}\u2069</div><div data-testid="profileHeaderDescription">Teacher in Harfield</div>'
        f"<span>12 followers</span></div>{''.join(items)}</body></html>"
    )


def read(tmp_path: Path, body: str | bytes, account: Account | None = None):
    file = tmp_path / "page.html"
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return read_page(account or find(URL), file)


def test_the_owners_posts_are_read_and_shared_ones_stay_others(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        page(item("robin.bsky.example", "A wet walk", "3kaa"), item("sam.bsky.example", "My loaf", "3kbb")),
    )
    assert (found.display_name, found.result) == ("Robin Vale", "ok_partial")
    assert {(t.where, t.value, t.author, t.date) for t in found.texts if t.kind == "post"} == {
        ("3kaa", "A wet walk", "self", "2026-01-05"),
        ("3kbb", "My loaf", "other", "2026-01-05"),
    }
    assert ("bio", "Teacher in Harfield") in {(t.where, t.value) for t in found.texts}
    assert found.counts["followers"] == 12


def test_a_file_does_not_tell_what_strangers_see(tmp_path: Path) -> None:
    found = read(tmp_path, page(item("robin.bsky.example", "A wet walk", "3kaa")))
    assert "signed_out_visible" not in found.flags
    assert any("when the page was saved" in line for line in found.coverage.not_seen)


def test_its_own_pictures_come_with_a_packed_page(tmp_path: Path) -> None:
    shown = f'<img src="{WALK}" alt="The river" width="400" height="300">'
    body = mhtml(
        page(item("robin.bsky.example", "A wet walk", "3kaa", shown)), url=URL, pictures=[(WALK, picture())]
    )
    found = read(tmp_path, body)
    assert [(image.where, image.alt) for image in found.images] == [("3kaa", "The river")]


def test_the_page_of_somebody_else_is_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, page(item("sam.bsky.example", "My loaf", "3kbb"), handle="sam.bsky.example"))
    assert (found.result, found.texts) == ("unreadable", ())
    assert "another account" in found.coverage.not_seen[0]


@pytest.mark.skipif(not CAPTURE.is_file(), reason="the captured page is not beside this checkout")
def test_a_captured_page_keeps_shared_posts_apart(tmp_path: Path) -> None:
    found = read(tmp_path, CAPTURE.read_bytes(), find("https://bsky.app/profile/stephenking.bsky.social"))
    posts = [text for text in found.texts if text.kind == "post"]
    assert [sum(text.author == who for text in posts) for who in ("self", "other")] == [26, 2]
    assert all(text.date.startswith("202") for text in posts)
