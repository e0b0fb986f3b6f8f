"""Drawn pictures: the same every time, labelled truly, and like photographs where it matters."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import data
from scanner.practice import people
from scanner.practice.bench import PICTURE_SIZE, bench
from scanner.practice.crest import crest, neighbour
from scanner.practice.draw import NORTH_SEA, Picture, draw
from scanner.practice.pages import drawn

GPS = 0x8825


def opened(picture):
    return Image.open(io.BytesIO(drawn(picture).data))


def shots(**having):
    return [p for person in people() for p in person.pictures() if all(getattr(p, k) for k in having)]


def gist(image):
    """Grey, small and of unit spread: enough to say that two pictures show the same."""
    small = np.asarray(image.convert("L").resize((24, 18)), float)
    return (small - small.mean()) / small.std()


def test_the_same_seed_draws_the_same_file_and_another_seed_does_not():
    first = draw.__wrapped__(Picture("a", "park", seed=5, size=(320, 240)))
    assert draw.__wrapped__(Picture("a", "park", seed=5, size=(320, 240))) == first
    assert draw.__wrapped__(Picture("a", "park", seed=6, size=(320, 240))).data != first.data


@pytest.mark.parametrize(
    "scene",
    [
        "person",
        "jumper",
        "sign",
        "classroom",
        "park",
        "water",
        "food",
        "dog",
        "route",
        "notice",
        "group",
        "building",
    ],
)
def test_a_scene_has_the_grain_of_a_photograph(scene):
    pixels = np.asarray(
        Image.open(
            io.BytesIO(
                draw(Picture(scene, scene, size=(480, 360), words="cake" if scene == "food" else "A|B")).data
            )
        ),
        float,
    )
    assert pixels.std() > 20
    neighbours = np.abs(np.diff(pixels, axis=1))
    assert (neighbours == 0).mean() < 0.35  # flat drawings have nearly everywhere the same neighbour


def test_the_committed_crest_is_the_one_that_is_drawn():
    kept = Image.open(io.BytesIO(data.read_bytes("practice/school/crest.png"))).convert("RGBA")
    assert kept.size == crest().size
    difference = np.abs(np.asarray(kept, int) - np.asarray(crest(), int)).mean()
    assert difference < 4  # the kept file has fewer colours
    assert len(data.read_bytes("practice/school/crest.png")) < 100_000


@pytest.mark.parametrize("picture", shots(crest=1), ids=lambda picture: picture.name)
def test_a_crest_is_where_the_label_says(picture):
    result = drawn(picture)
    left, top, width, height = result.crest
    sheet = Image.open(io.BytesIO(result.data))
    assert left >= 0
    assert top >= 0
    assert left + width <= sheet.width
    assert top + height <= sheet.height
    assert picture.crest <= width <= picture.crest * 1.3
    mark = crest() if picture.badge == "school" else neighbour()
    ground = Image.new("RGBA", mark.size, "#808080")
    ground.alpha_composite(mark)
    there = gist(sheet.crop((left, top, left + width, top + height)))
    likeness = (gist(ground) * there).mean()
    elsewhere = (gist(ground) * gist(sheet.crop((0, 0, width, height)))).mean()
    assert likeness > 0.45
    assert likeness > elsewhere


def test_crests_come_in_several_sizes():
    assert {160, 200, 300} <= {picture.crest for picture in shots(crest=1)}


@pytest.mark.parametrize("picture", shots(gps=1), ids=lambda picture: picture.name)
def test_a_picture_with_a_position_carries_it_in_the_file_and_it_lies_in_the_sea(picture):
    gps = opened(picture).getexif().get_ifd(GPS)
    degrees, minutes, seconds = (float(part) for part in gps[2])
    assert gps[1] == "N"
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(NORTH_SEA[0], abs=0.001)


def test_other_pictures_carry_no_camera_data():
    plain = [p for person in people() for p in person.pictures() if not p.gps and not p.owner]
    assert len(plain) > 20
    assert [p.name for p in plain[:12] if dict(opened(p).getexif())] == []


@pytest.mark.parametrize("picture", shots(like=1), ids=lambda picture: picture.like)
def test_a_copied_photo_is_the_mirrored_reference_and_not_the_same_file(picture):
    reference = Image.open(io.BytesIO(data.read_bytes(f"practice/school/photos/{picture.like}.jpg")))
    copy = opened(picture)
    mirrored = copy.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert (gist(reference) * gist(mirrored)).mean() > 0.8
    assert (gist(reference) * gist(copy)).mean() < 0.6


def test_a_crest_needs_a_scene_with_a_place_for_it():
    with pytest.raises(ValueError, match="no place for a crest"):
        draw(Picture("x", "park", crest=100, size=(320, 240)))


def test_the_bench_has_forty_posts_and_thirty_large_pictures():
    assert len(bench().posts) == 40
    assert len(bench().pictures()) == 30
    sizes = [len(drawn(picture).data) for picture in bench().pictures()[:3]]
    assert min(sizes) >= 200_000
    assert {picture.size for picture in bench().pictures()} == {PICTURE_SIZE}
