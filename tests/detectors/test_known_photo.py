from pathlib import Path

import cv2
import numpy as np
import pytest

from data import Pack, PackError, Reference, School, rules
from detectors import Image, Unavailable, _copies, _faces, known_photo, photo_fingerprints
from detectors import _fingerprints as fingerprints
from detectors._fingerprints import make_fingerprints, prepared, read_fingerprints, written
from detectors._photo_edits import EASY, HARD
from detectors._pictures import decode
from tests import pictures

COUNT = 10
CAPTURES = Path(__file__).parents[3] / "shared" / "captures" / "images"
PHOTOS = tuple(
    Reference(f"trip-{i}", pictures.encode(pictures.scene(i, 640, 420), "JPEG", quality=90))
    for i in range(COUNT)
)
SCHOOL = School(Pack(name="Oakfield School"), photos=PHOTOS)


def photo(seed: int) -> np.ndarray:
    return pictures.scene(seed, 640, 420)


def opened(pixels: np.ndarray):
    data = pictures.encode(np.ascontiguousarray(pixels), "JPEG", quality=80)
    return decode(Image("p1", "x.jpg", data))


def look(pixels: np.ndarray, school: School = SCHOOL) -> list:
    return list(known_photo.look(opened(pixels), school))


def sure(findings: list) -> list:
    return [f for f in findings if rules()[f.rule].level(f.score) == "finding"]


def with_photos(*photos: Reference) -> School:
    return School(Pack(name="Oakfield School"), photos=photos)


EDITS = {
    **EASY,
    **HARD,
    "upside down in a mirror": lambda p, _: p[::-1],
    "mirrored on the other diagonal": lambda p, _: np.rot90(p, 3)[:, ::-1],
    "squeezed to a square": lambda p, _: cv2.resize(p, (400, 400), interpolation=cv2.INTER_AREA),
    "a thumbnail": lambda p, _: cv2.resize(p, (160, 105), interpolation=cv2.INTER_AREA),
    "white bars": lambda p, _: cv2.copyMakeBorder(
        p, 90, 90, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255)
    ),
}


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_a_reposted_school_photo_is_found_and_named(edit):
    for seed in range(0, COUNT, 5):
        findings = sure(look(EDITS[edit](photo(seed), np.random.default_rng(seed))))
        assert [(f.check, f.ref) for f in findings] == [("known-photo", f"trip-{seed}")]


def test_a_copy_inside_a_larger_picture_is_boxed():
    page = np.full((1400, 900, 3), 250, np.uint8)
    page[300:720, 100:740] = photo(3)

    (finding,) = sure(look(page))

    assert np.allclose(finding.location.box, (100, 300, 640, 420), atol=12)
    assert look(photo(3))[0].location.box is None


def test_two_school_photos_side_by_side_are_both_named():
    findings = sure(look(np.hstack([photo(1), photo(2)])))

    assert {f.ref for f in findings} == {"trip-1", "trip-2"}


def test_a_photo_kept_twice_is_named_once():
    school = with_photos(*PHOTOS[:3], Reference("trip-1-again", PHOTOS[1].data))

    assert len(sure(look(photo(1), school))) == 1


def test_other_pictures_are_not_even_questions():
    found = [f for i in range(10) for f in look(photo(500 + i))]

    assert {rules()[f.rule].level(f.score) for f in found} <= {"candidate"}


@pytest.mark.parametrize("frame", ["phone screenshot", "desktop screenshot"])
def test_other_pictures_in_the_same_frame_are_not_copies(frame):
    shots = {seed: EDITS[frame](photo(1), np.random.default_rng(seed)) for seed in range(3)}
    school = with_photos(*(Reference(f"shot-{seed}", pictures.encode(shot)) for seed, shot in shots.items()))

    for seed in range(3, 6):
        assert sure(look(EDITS[frame](photo(600 + seed), np.random.default_rng(seed)), school)) == []


def test_a_crest_that_two_pictures_share_does_not_make_one_a_copy():
    art = pictures.crest(4)
    known, other = (
        _with_crest(photo(seed), art, place) for seed, place in ((7, (40, 60)), (607, (330, 200)))
    )
    school = with_photos(Reference("sports-day", pictures.encode(known)), *PHOTOS[:4])

    assert [f.ref for f in sure(look(known, school))] == ["sports-day"]
    assert sure(look(other, school)) == []


def _with_crest(scene: np.ndarray, art: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    small = cv2.resize(art, (150, 150), interpolation=cv2.INTER_AREA).astype(np.float32)
    x, y = place
    cover = small[..., 3:] / 255
    mixed = scene.copy()
    mixed[y : y + 150, x : x + 150] = small[..., :3] * cover + mixed[y : y + 150, x : x + 150] * (1 - cover)
    return mixed


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
    assert sure(look(plain)) == []
    school = with_photos(*PHOTOS[:2], Reference("wall", pictures.encode(plain)))
    assert sure(look(plain, school)) == []
    assert [name for name, _ in make_fingerprints(school.photos).skipped] == ["wall"]


def test_the_pictures_can_be_deleted_once_fingerprinted():
    report = photo_fingerprints(PHOTOS)
    school = with_photos(Reference("fingerprints", report.data))

    assert report.kept == COUNT
    assert look(np.rot90(photo(3)), school) == look(np.rot90(photo(3)))
    assert len(report.data) < COUNT * 4_200


def test_marks_in_faces_are_not_kept(monkeypatch):
    whole = make_fingerprints(PHOTOS[:1])
    monkeypatch.setattr(_faces, "find_faces", lambda *_args, **_options: ((200, 100, 200, 200),))

    kept = make_fingerprints(PHOTOS[:1]).frames[:, :2].astype(float) * 640 / 4096
    before = whole.frames[:, :2].astype(float) * 640 / 4096

    assert _inside(before)
    assert not _inside(kept)
    assert len(kept) > 20


def _inside(points: np.ndarray) -> bool:
    return bool(((points > (190, 90)) & (points < (410, 310))).all(axis=1).any())


def test_without_the_face_model_nothing_is_fingerprinted(monkeypatch):
    def missing(*_args, **_options):
        raise Unavailable("the weight is missing")

    monkeypatch.setattr(_faces, "find_faces", missing)
    with pytest.raises(Unavailable):
        photo_fingerprints(PHOTOS[:1])
    school = with_photos(*PHOTOS[:1])
    assert prepared(school) is school


def test_a_school_is_prepared_once_and_means_the_same():
    school = with_photos(*PHOTOS[:2], Reference("gone", b"not a picture"))
    ready = prepared(school)

    assert [photo.data.startswith(fingerprints.MAGIC) for photo in ready.photos] == [True]
    assert prepared(ready) is ready
    assert prepared(with_photos()) == with_photos()
    assert look(photo(1), ready) == look(photo(1), school)
    assert [name for name, _ in read_fingerprints(ready.photos[0].data).skipped] == ["gone"]


def test_without_usable_photos_a_prepared_school_still_says_so():
    with pytest.raises(Unavailable):
        look(photo(1), prepared(with_photos(Reference("gone", b"not a picture"))))


def test_fingerprints_read_back_as_they_were_written():
    made = make_fingerprints(PHOTOS[:5])
    back = read_fingerprints(written(made))

    assert back.names == made.names
    for name, _, _ in fingerprints.LAYOUT:
        assert np.array_equal(getattr(back, name), getattr(made, name)), name


def test_sealed_and_new_photos_are_known_together():
    sealed = Reference("fingerprints", photo_fingerprints(PHOTOS[:3]).data)
    school = with_photos(sealed, *PHOTOS[3:6])

    assert [sure(look(photo(i), school))[0].ref for i in (2, 5)] == ["trip-2", "trip-5"]


GOOD = written(make_fingerprints(PHOTOS[:2]))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a fingerprint file"),
        (b"PK\x03\x04", "not a fingerprint file"),
        (b"exposure-scanner fingerprints 1\n{}\n", "another version"),
        (GOOD[:-5], "damaged"),
        (GOOD + b"x", "damaged"),
        (GOOD[:50], "damaged"),
        (GOOD.replace(b'"names": ["trip-0", ', b'"names": [', 1), "damaged"),  # more rows than names
        (GOOD.replace(b'"rows": [', b'"rows": [-1, ', 1), "damaged"),
    ],
    ids=["empty", "something else", "version", "cut short", "too long", "cut in the head", "names", "rows"],
)  # fmt: skip
def test_a_damaged_fingerprint_file_is_a_mistake_in_the_pack(data, says):
    with pytest.raises(PackError, match=says):
        read_fingerprints(data)


def test_references_that_cannot_be_read_make_the_check_unavailable():
    school = with_photos(Reference("gone", b"not a picture"))

    with pytest.raises(Unavailable):
        look(photo(1), school)
    with pytest.raises(PackError):
        photo_fingerprints(school.photos)


def test_a_school_without_photos_has_nothing_to_compare():
    assert look(photo(1), School(Pack(name="Oakfield School"))) == []


def test_the_same_picture_gives_the_same_answer():
    twice = [
        [f.score for f in look(EDITS["crop 30 %"](photo(9), np.random.default_rng(1)))] for _ in range(2)
    ]

    assert twice[0] == twice[1] != []


def test_a_published_photo_is_found_through_its_published_edits():
    folder = CAPTURES / "dup"
    if not folder.is_dir():
        pytest.skip("needs ../shared/captures, which is not here")
    original = Reference("bridge", (folder / "bridge_aaa-orig.jpg").read_bytes())
    library = _copies.library(make_fingerprints((*PHOTOS[:2], original)))
    for file in sorted(folder.glob("*.jpg")):
        picture = decode(Image("", file.name, file.read_bytes()))
        best = max(_copies.likenesses(library, picture), key=known_photo.score)
        assert library.prints.names[best.suspect.photo] == "bridge", file.name
        assert rules()["known-photo"].level(known_photo.score(best)) == "finding", file.name
