"""What a picture file says about where it was taken, by which camera, and whose that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data import School
from detectors._model import Finding, Location, Unavailable
from detectors._pictures import Picture
from detectors._tags import Tags, position, read_tags, words, xmp_value

CHECKS = ("photo-metadata",)

BODY_SERIALS = (0xA431, 0xC62F)
LENS_SERIAL = 0xA435
CAMERA_OWNER, ARTIST, WINDOWS_AUTHOR = 0xA430, 0x013B, 0x9C9D
XMP_SERIALS = ("BodySerialNumber", "SerialNumber")
XMP_NAMES = ("CameraOwnerName", "OwnerName", "creator", "Owner")
SHORTEST_SERIAL = 4
SHOWN = 2
"""Digits of a serial number an excerpt keeps, and decimals of a coordinate: about a kilometre."""
NO_NAME = frozenset(
    {
        "unknown",
        "none",
        "null",
        "na",
        "default",
        "owner",
        "user",
        "admin",
        "administrator",
        "author",
        "artist",
    }
    | {
        "camera",
        "digital",
        "photographer",
        "picasa",
        "photoshop",
        "adobe",
        "apple",
        "iphone",
        "android",
        "google",
    }
    | {"samsung", "canon", "nikon", "sony", "olympus", "panasonic", "fujifilm"}
)


def look(picture: Picture, school: School) -> Iterator[Finding]:  # noqa: ARG001  every detector has this shape
    """GPS place, serial numbers and names in EXIF or XMP; broken tags are passed over.

    Raises:
        Unavailable: after what could be read, where the file holds more tags than are safe to read.
    """
    tags = read_tags(picture)
    place = picture.place or position(tags)
    if place:
        shown = f"{place[0]:.{SHOWN}f}, {place[1]:.{SHOWN}f}"
        yield _finding("photo-gps", 0.99, shown, "the file holds the place where it was taken")
    serial = _serial(tags)
    if serial:
        yield _finding(
            "photo-serial", 0.9, f"…{serial[-SHOWN:]}", "the file holds the camera's serial number"
        )
    name = _name(tags)
    if name:
        score = 0.9 if " " in name else 0.6  # one word may be a brand or a program
        yield _finding("photo-owner", score, name, "the file holds the name of its owner or maker")
    if tags.unread:
        raise Unavailable(f"a picture was not searched for tags: {tags.unread}")


def _finding(rule: str, score: float, excerpt: str, reason: str) -> Finding:
    return Finding("photo-metadata", rule, score, Location(""), excerpt, reasons=(reason,))


def _serial(tags: Tags) -> str:
    values = [words(tags.camera.get(tag) or tags.main.get(tag)) for tag in (*BODY_SERIALS, LENS_SERIAL)]
    values += [xmp_value(tags.xmp, name) for name in XMP_SERIALS]
    return next((value for value in values if _is_serial(value)), "")


def _is_serial(value: str) -> bool:
    """Not a placeholder such as zeros or one repeated sign."""
    signs = re.sub(r"\W", "", value)
    return len(signs) >= SHORTEST_SERIAL and any(c.isdigit() for c in signs) and len(set(signs)) > 1


def _name(tags: Tags) -> str:
    values = [
        words(tags.camera.get(CAMERA_OWNER)),
        words(tags.main.get(ARTIST)),
        words(tags.main.get(WINDOWS_AUTHOR)),
    ]
    values += [xmp_value(tags.xmp, name) for name in XMP_NAMES]
    return next((value for value in values if _is_name(value, words(tags.main.get(0x010F)))), "")


def _is_name(value: str, maker: str) -> bool:
    letters = sum(c.isalpha() for c in value)
    parts = re.findall(r"[^\W\d_]+", value.lower())
    plain = all(part in NO_NAME or part in maker.lower() for part in parts)
    return letters > 1 and letters >= len(value) / 2 and not plain
