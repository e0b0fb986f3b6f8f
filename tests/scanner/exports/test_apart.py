"""Downloads of eleven platforms are told apart by what is in them, whatever they and their folders are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.exports import names, read
from tests.exports import make_folder, make_zip
from tests.scanner.exports import (
    test_bluesky,
    test_facebook,
    test_google,
    test_instagram,
    test_linkedin,
    test_mastodon,
    test_reddit,
    test_snapchat,
    test_threads,
    test_tiktok,
    test_x,
    test_youtube,
)

REPOSITORY = test_bluesky.car(test_bluesky.RECORDS)
DOWNLOADS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "facebook": ({"facebook"}, {"posts/your_posts_1.json": [test_facebook.post("Rain")]}),
    "facebook, pages": ({"facebook"}, {"posts/your_posts_1.html": test_facebook.HTML}),
    "instagram": ({"instagram"}, {"media/posts_1.json": [test_instagram.post("Rain")]}),
    "instagram, pages": ({"instagram"}, {"media/posts_1.html": test_instagram.HTML + "instagram.com"}),
    "threads": ({"threads", "instagram"}, test_threads.MEMBERS),
    "x": ({"x"}, test_x.members(test_x.tweet("5", "Rain"))),
    "tiktok, newer": ({"tiktok"}, {"user_data_tiktok.json": test_tiktok.newer()}),
    "tiktok, older": ({"tiktok"}, {"user_data.json": test_tiktok.older()}),
    "tiktok, text": ({"tiktok"}, test_tiktok.TEXT_FILES),
    "linkedin": ({"linkedin"}, test_linkedin.members(**{"Connections.csv": test_linkedin.CONNECTIONS})),
    "youtube": ({"youtube"}, test_youtube.members()),
    "google": ({"google"}, {"Takeout/Maps (your places)/Reviews.json": test_google.reviews(test_google.NEW)}),
    "snapchat": ({"snapchat"}, test_snapchat.members(**{"json/friends.json": test_snapchat.FRIENDS})),
    "reddit": ({"reddit"}, test_reddit.MEMBERS),
    "mastodon": ({"mastodon"}, test_mastodon.members()),
    "bluesky": ({"bluesky"}, {"repo.car": REPOSITORY}),
}


def bare(members: dict[str, Any], folder: str) -> dict[str, Any]:
    """The same members in one folder whose name says nothing."""
    return {f"{folder}{name.rpartition('/')[2]}": body for name, body in members.items()}


def told(path: Path) -> dict[str, int]:
    """What each reader that claims a download makes of it: how many posts, comments and settings."""
    found = read(path)
    return {one.account.platform: sum(one.items.values()) + len(one.snapshot.flags) for one in found}


def test_every_platform_is_among_them() -> None:
    assert set().union(*(platforms for platforms, _ in DOWNLOADS.values())) == set(names())


@pytest.mark.parametrize("folder", ["", "stuff/", "instagram-jo_lee/"])  # a name is no proof of anything
@pytest.mark.parametrize(("platforms", "members"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_only_its_own_reader_claims_a_download_and_reads_something(
    tmp_path: Path, platforms: set[str], members: dict[str, Any], folder: str
) -> None:
    found = told(make_zip(tmp_path / "facebook.zip", bare(members, folder)))
    assert set(found) == platforms
    assert all(found.values())


@pytest.mark.parametrize(("platforms", "members"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_an_unpacked_download_is_told_too(
    tmp_path: Path, platforms: set[str], members: dict[str, Any]
) -> None:
    assert set(told(make_folder(tmp_path / "unpacked", members))) == platforms
