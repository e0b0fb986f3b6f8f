"""Real fragments of downloads, where they lie beside this checkout; they are never part of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scanner.exports import Export, read

CAPTURES = Path(__file__).parents[3].parent / "shared" / "captures" / "exports"
SUMS = CAPTURES.parent / "MANIFEST.tsv"

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the captured downloads are not beside this checkout"
)


def one(name: str) -> Export:
    place = CAPTURES / name
    for file in [place] if place.is_file() else place.iterdir():
        assert hashlib.sha256(file.read_bytes()).hexdigest() in SUMS.read_text(encoding="utf-8")
    (export,) = read(place)
    return export


def test_a_facebook_profile() -> None:
    export = one("facebook/profile_information_pseudonymised.json")
    assert export.account.platform == "facebook"
    assert [text.where for text in export.snapshot.texts] == ["display_name"]
    assert export.snapshot.result != "unreadable"


def test_facebook_comments_with_garbled_words() -> None:
    export = one("facebook/mojibake_real_lines.json")
    assert export.account.platform == "facebook"
    assert export.items == {"comment": 2, "pictures": 0, "videos": 0}
    words = " ".join(text.value for text in export.snapshot.texts)
    assert "\u00f3timo" in words
    assert "H\u00e5kan" in words
    assert "\U0001f622" in words
    assert all(text.date.startswith("20") for text in export.snapshot.texts)


def test_an_instagram_carousel_whose_pictures_did_not_come() -> None:
    export = one("instagram/test_images/posts.json")
    assert export.account.platform == "instagram"
    assert export.items == {"caption": 1, "pictures": 5, "videos": 0}
    assert export.snapshot.coverage.posts_seen == 1
    assert any("5 pictures" in line for line in export.snapshot.coverage.not_seen)
    assert "http" not in " ".join(image.name for image in export.snapshot.images)
