"""Downloads of six platforms are told apart by what is in them, whatever they and their folders are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.exports import find, open_archive
from tests.exports import make_folder, make_zip
from tests.scanner.exports import test_google, test_linkedin, test_snapchat, test_tiktok, test_x, test_youtube

DOWNLOADS: dict[str, tuple[str, dict[str, Any]]] = {
    "x": ("x", test_x.members()),
    "tiktok, newer": ("tiktok", {"user_data_tiktok.json": test_tiktok.newer()}),
    "tiktok, older": ("tiktok", {"user_data.json": test_tiktok.older()}),
    "tiktok, text": ("tiktok", test_tiktok.TEXT_FILES),
    "linkedin": ("linkedin", test_linkedin.members(**{"Connections.csv": test_linkedin.CONNECTIONS})),
    "youtube": ("youtube", test_youtube.members()),
    "google": ("google", {"Takeout/Maps (your places)/Reviews.json": test_google.reviews(test_google.NEW)}),
    "snapchat": ("snapchat", test_snapchat.members(**{"json/friends.json": test_snapchat.FRIENDS})),
}


def bare(members: dict[str, Any], folder: str) -> dict[str, Any]:
    """The same members in one folder whose name says nothing."""
    return {f"{folder}{name.rpartition('/')[2]}": body for name, body in members.items()}


@pytest.mark.parametrize("folder", ["", "stuff/", "instagram-jo_lee/"])  # a name is no proof of anything
@pytest.mark.parametrize(("platform", "members"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_exactly_one_reader_claims_a_download(
    tmp_path: Path, platform: str, members: dict[str, Any], folder: str
) -> None:
    with open_archive(make_zip(tmp_path / "facebook.zip", bare(members, folder))) as archive:
        assert [reader.NAME for reader in find(archive)] == [platform]


@pytest.mark.parametrize(("platform", "members"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_an_unpacked_download_is_told_too(tmp_path: Path, platform: str, members: dict[str, Any]) -> None:
    with open_archive(make_folder(tmp_path / "unpacked", members)) as archive:
        assert [reader.NAME for reader in find(archive)] == [platform]
