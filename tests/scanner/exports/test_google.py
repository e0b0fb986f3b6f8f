"""Takeout besides YouTube: reviews in both layouts, pictures with their places and albums, what stays shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.exports import find, open_archive, read
from tests.exports import make_zip, picture, read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

NEW = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-0.1, 51.5]},
    "properties": {
        "date": "2023-05-01T10:00:00Z",
        "five_star_rating_published": 5,
        "google_maps_url": "https://maps.example/1",
        "location": {"name": "Corner Café", "address": "2 High Street, Harfield"},
        "review_text_published": "My local",
    },
}
OLD = {
    "type": "Feature",
    "properties": {
        "Google Maps URL": "https://maps.example/2",
        "Location": {"Business Name": "Elm Park", "Address": "Elm Road"},
        "Published": "2019-05-01T10:00:00Z",
        "Star Rating": 4,
        "Review Comment": "Nice swings",
    },
}
SILENT = {
    "type": "Feature",
    "properties": {
        "date": "2023-05-01T10:00:00Z",
        "five_star_rating_published": 5,
        "location": {"name": "Gym"},
    },
}


def reviews(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def sidecar(title: str, lat: float = 0.0, lon: float = 0.0, **more: Any) -> dict[str, Any]:
    geo = {"latitude": lat, "longitude": lon, "altitude": 0.0}
    return {
        "title": title,
        "description": "",
        "creationTime": {"timestamp": "1714557600"},
        "photoTakenTime": {"timestamp": "1714557600"},
        "geoData": geo,
        "geoDataExif": {"latitude": 0.0, "longitude": 0.0},
        **more,
    }


def test_reviews_of_both_layouts_are_posts_with_a_place(tmp_path: Path) -> None:
    found = read_zip(
        tmp_path, {"Takeout/Maps (your places)/Reviews.json": reviews(NEW, OLD, SILENT, None, {})}
    )
    assert found.account.platform == "google"
    assert [(t.kind, t.value, t.audience, t.date[:4]) for t in found.snapshot.texts] == [
        ("post", "My local", "public", "2023"),
        ("location", "Corner Café, 2 High Street, Harfield", "public", "2023"),
        ("location", "Gym", "public", "2023"),
        ("post", "Nice swings", "public", "2019"),
        ("location", "Elm Park, Elm Road", "public", "2019"),
    ]
    assert found.items["post"] == 3


@pytest.mark.parametrize("name", ["Recensies.json", "Reseñas.json", "Avis.json", "Rezensionen.json"])
def test_reviews_are_found_under_other_names(tmp_path: Path, name: str) -> None:
    assert read_zip(tmp_path, {f"Takeout/Maps/{name}": reviews(NEW)}).items["post"] == 1


ALBUM = "Takeout/Google Photos/Trip"


@pytest.mark.parametrize(
    ("facts", "file", "title"),
    [
        ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg", "IMG_1.jpg"),
        ("IMG_1.jpg.json", "IMG_1.jpg", "IMG_1.jpg"),
        ("IMG_1.jpg(1).json", "IMG_1(1).jpg", "IMG_1.jpg"),
        ("IMG_1.jpg.supplemental-metadata(1).json", "IMG_1(1).jpg", "IMG_1.jpg"),
        ("IMG_1.jpg.suppl.json", "IMG_1.jpg", "IMG_1.jpg"),
        (f"{'a' * 42}.jpg.json", f"{'a' * 42}.jpg", f"{'a' * 60}.jpg"),  # long names are cut
    ],
)
def test_each_picture_is_found_beside_its_facts(tmp_path: Path, facts: str, file: str, title: str) -> None:
    members = {
        f"{ALBUM}/{facts}": sidecar(title, 51.50001, -0.12, description="Leavers"),
        f"{ALBUM}/{file}": picture(),
        f"Takeout/Google Photos/Other/{file}": picture(1),
    }
    found = read_zip(tmp_path, members)
    assert [(image.name, image.audience) for image in found.snapshot.images] == [
        (f"{ALBUM}/{file}", "only-me")
    ]
    assert [(t.kind, t.value, t.date) for t in found.snapshot.texts] == [
        ("caption", "Leavers", "2024-05-01T10:00:00Z"),
        ("location", "51.50001, -0.12000", "2024-05-01T10:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("album", "origin", "audience"),
    [
        ({"title": "Trip", "access": "protected"}, {}, "only-me"),
        ({"title": "Trip", "access": "public"}, {}, "public"),
        ({"albumData": {"title": "Trip", "access": "public"}}, {}, "public"),
        ({"title": "Trip", "access": "protected", "sharedAlbumComments": [{"text": "nice"}]}, {}, "custom"),
        ({"title": "Trip"}, {"fromSharedAlbum": {}}, "custom"),
        (None, {}, "only-me"),
    ],
)
def test_pictures_have_the_audience_of_their_album(
    tmp_path: Path, album: Any, origin: dict[str, Any], audience: str
) -> None:
    members: dict[str, Any] = {
        f"{ALBUM}/IMG_1.jpg.json": sidecar("IMG_1.jpg", googlePhotosOrigin=origin),
        f"{ALBUM}/IMG_1.jpg": picture(),
    }
    if album:
        members[f"{ALBUM}/metadata.json"] = album
    (image,) = read_zip(tmp_path, members).snapshot.images
    assert image.audience == audience


def test_nobody_named_in_pictures_is_kept(tmp_path: Path) -> None:
    members = {
        f"{ALBUM}/IMG_1.jpg.json": sidecar("IMG_1.jpg", people=[{"name": "Sam Okoro"}]),
        f"{ALBUM}/IMG_1.jpg": picture(),
    }
    assert "Okoro" not in repr(read_zip(tmp_path, members))


def test_an_archive_with_both_parts_gives_two_accounts(tmp_path: Path) -> None:
    channel = f"Channel ID,Channel Title (Original),Channel Visibility\nUC{'a' * 22},Jo Lee,Public\n"
    owner = {
        "name": {"formattedName": "Jo Lee"},
        "displayName": "Jo Lee",
        "emails": [{"value": "jo@private.example"}],
    }
    path = make_zip(
        tmp_path / "all.zip",
        {
            "Takeout/Maps/Reviews.json": reviews(NEW),
            "Takeout/YouTube/channels/channel.csv": channel,
            "Takeout/Profile/Profile.json": owner,
        },
    )
    with open_archive(path) as archive:
        assert {reader.NAME for reader in find(archive)} == {"google", "youtube"}
    assert {export.account.platform: export.snapshot.display_name for export in read(path)} == {
        "google": "Jo Lee",
        "youtube": "Jo Lee",
    }


def test_places_mail_and_contacts_stay_shut(tmp_path: Path) -> None:
    shut: dict[str, Any] = {
        f"Takeout/{name}": {"x": CANARY}
        for name in (
            "Location History/Records.json",
            "Location History (Timeline)/Records.json",
            "Location History/Semantic Location History/2023/2023_MAY.json",
            "Maps (your places)/Saved Places.json",
            "My Activity/Maps/MyActivity.json",
            "Chrome/History.json",
            "Google Chat/Groups/g/messages.json",
            "Google Pay/metadata.json",
            "Contacts/metadata.json",
            "Mail/metadata.json",
            "Fit/metadata.json",
        )
    }
    opened, told = opened_and_told(tmp_path, {"Takeout/Maps/Reviews.json": reviews(NEW)}, shut)
    assert not opened & set(shut)
    assert "My local" in told
    assert CANARY not in told


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"features": {}}', '{"features": null}'])
def test_odd_files_do_no_harm(tmp_path: Path, body: str) -> None:
    members = {
        "Takeout/Maps/Reviews.json": body,
        "Takeout/Maps/Reviews(1).json": reviews(NEW),
        f"{ALBUM}/IMG_1.jpg.json": body,
    }
    assert read_zip(tmp_path, members).items["post"] == 1
