import cv2
import numpy as np
import pytest

from data import Pack, PackError, Reference, School, rules
from detectors import Image, Unavailable, known_photo, photo_fingerprints
from detectors._fingerprints import fingerprint, read_fingerprints, school_fingerprints
from detectors._pictures import decode
from tests import pictures

COUNT = 24


def photo(seed: int) -> np.ndarray:
    return pictures.scene(seed, 640, 420)


PHOTOS = tuple(Reference(f"trip-{i}", pictures.encode(photo(i), "JPEG", quality=90)) for i in range(COUNT))
SCHOOL = School(Pack(name="Oakfield School"), photos=PHOTOS)


def look(pixels: np.ndarray, school: School = SCHOOL) -> list:
    picture = decode(Image("p1", "x.jpg", pictures.encode(np.ascontiguousarray(pixels), "JPEG", quality=80)))
    return list(known_photo.look(picture, school))


def sure(findings: list) -> list:
    return [f for f in findings if rules()[f.rule].level(f.score) == "finding"]


EDITS = {
    "the same": lambda p: p,
    "strong compression": lambda p: pictures.jpeg_round(p, 25),
    "a thumbnail": lambda p: cv2.resize(p, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA),
    "mirrored": lambda p: p[:, ::-1],
    "upside down": lambda p: p[::-1],
    "half a turn": lambda p: np.rot90(p, 2),
    "a quarter turn": np.rot90,
    "three quarters": lambda p: np.rot90(p, 3),
    "turned and mirrored": lambda p: np.rot90(p)[:, ::-1],
    "mirrored on the other diagonal": lambda p: np.rot90(p, 3)[:, ::-1],
    "gray": lambda p: np.dstack([cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)] * 3),
    "blurred": lambda p: cv2.GaussianBlur(p, (0, 0), 4),
    "brighter": lambda p: np.clip(p * 1.15 + 10, 0, 255).astype(np.uint8),
    "a tenth cut off the side": lambda p: p[:, : int(p.shape[1] * 0.9)][: int(p.shape[0] * 0.9)],
    "a fifth cut off around": lambda p: p[42:378, 64:576],
    "white bars": lambda p: cv2.copyMakeBorder(p, 90, 90, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255)),
}


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_a_reposted_school_photo_is_found_and_named(edit):
    for seed in range(0, COUNT, 4):
        (finding,) = sure(look(EDITS[edit](photo(seed))))
        assert (finding.check, finding.ref) == ("known-photo", f"trip-{seed}")


def test_other_pictures_are_not_even_questions():
    levels = [rules()[f.rule].level(f.score) for i in range(60) for f in look(photo(500 + i))]

    assert set(levels) <= {"candidate"}


@pytest.mark.parametrize(
    "plain",
    [
        np.full((200, 300, 3), 120, np.uint8),
        np.dstack([np.tile(np.linspace(0, 255, 300, dtype=np.uint8), (200, 1))] * 3),
        np.full((8, 8, 3), 9, np.uint8),
    ],
    ids=["one tone", "a slope", "an icon"],
)
def test_a_picture_with_too_little_detail_matches_nothing(plain):
    assert look(plain) == []
    with_plain = School(
        Pack(name="Oakfield School"), photos=(*PHOTOS[:2], Reference("wall", pictures.encode(plain)))
    )
    assert look(plain, with_plain) == []
    assert [name for name, _ in school_fingerprints(with_plain).skipped] == ["wall"]


def test_the_pictures_can_be_deleted_once_fingerprinted():
    report = photo_fingerprints(PHOTOS)
    school = School(Pack(name="Oakfield School"), photos=(Reference("fingerprints", report.data),))

    assert report.kept == COUNT
    assert look(np.rot90(photo(3)), school) == look(np.rot90(photo(3)))
    assert len(report.data) < COUNT * 1000


def test_fingerprints_read_back_as_they_were_written():
    back, made = read_fingerprints(fingerprint(PHOTOS)), school_fingerprints(SCHOOL)

    assert back.names == made.names
    assert np.array_equal(back.hashes, made.hashes)
    assert np.array_equal(back.owner, made.owner)


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", fingerprint(PHOTOS[:2])[:-5], fingerprint(PHOTOS[:2])[:50], fingerprint(PHOTOS[:2]).replace(b'"owner": [0', b'"owner": [9', 1)],
    ids=["empty", "something else", "cut short", "cut in the head", "wrong owner"],
)  # fmt: skip
def test_a_damaged_fingerprint_file_is_a_mistake_in_the_pack(data):
    with pytest.raises(PackError):
        read_fingerprints(data)


def test_references_that_cannot_be_read_make_the_check_unavailable():
    school = School(Pack(name="Oakfield School"), photos=(Reference("gone", b"not a picture"),))

    with pytest.raises(Unavailable):
        look(photo(1), school)
    with pytest.raises(PackError):
        photo_fingerprints(school.photos)


def test_a_school_without_photos_has_nothing_to_compare():
    assert look(photo(1), School(Pack(name="Oakfield School"))) == []
