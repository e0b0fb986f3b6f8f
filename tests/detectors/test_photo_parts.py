"""The pieces that copy finding stands on: hashes of turned pictures, marks, parts of a picture."""

from itertools import islice

import cv2
import numpy as np
import pytest

from detectors import _keypoints, _marks, _photo_trials, _wholes
from tests import pictures


def gray(seed: int, width: int = 640, height: int = 480) -> np.ndarray:
    return cv2.cvtColor(pictures.scene(seed, width, height), cv2.COLOR_RGB2GRAY)


def turned(picture: np.ndarray, way: int) -> np.ndarray:
    over, across, down = _wholes.WAYS[way]
    picture = picture.T if over else picture
    picture = picture[:, ::-1] if across else picture
    return np.ascontiguousarray(picture[::-1] if down else picture)


def differing(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


@pytest.mark.parametrize("way", range(8))
def test_the_hash_of_a_turned_picture_comes_without_turning_it(way):
    hashes, _ = _wholes.eight_ways(gray(1))
    again, _ = _wholes.eight_ways(turned(gray(1), way))

    assert differing(hashes[way], again[0]) <= 4  # ties at the median


@pytest.mark.parametrize("way", range(8))
def test_the_cells_of_a_turned_picture_come_without_turning_it(way):
    every, alone = _wholes.eight_cells(gray(2))[way], _wholes.eight_cells(turned(gray(2), way))[0]

    assert differing(every, alone) <= 10  # of 1,715: signs of waves that are all but zero


@pytest.mark.parametrize("way", range(8))
def test_a_turned_picture_is_laid_back_on_the_one_it_came_from(way):
    whole = np.diag([640.0, 480, 1]) @ _wholes.way_to(way)
    known = _wholes.cells(turned(gray(3), way))
    seen, inside = _wholes.seen_cells(gray(3), whole)

    use = known != 0
    assert inside.all()
    assert np.median(np.bitwise_count(known[use] ^ seen[use])) <= 2


def test_cells_beyond_the_edge_are_not_seen():
    _, inside = _wholes.seen_cells(gray(3), np.diag([1280.0, 480, 1]))

    assert inside.reshape(7, 7).any(axis=0).tolist() == [True] * 3 + [False] * 4


def test_marks_of_a_mirrored_picture_are_the_marks_with_some_numbers_negated():
    picture = gray(4)
    plain = _keypoints.features(picture, side=640, limit=400)
    mirror = _keypoints.features(np.ascontiguousarray(picture[:, ::-1]), side=640, limit=400)
    ours, theirs = _marks.mirrored(_marks.codes(plain.descriptors)), _marks.codes(mirror.descriptors)
    near = np.abs(plain.points[:, None] - ((639, 0) + mirror.points * (-1, 1))[None]).max(axis=2) < 0.5
    alike = np.linalg.norm(ours[:, None] - theirs[None], axis=2)

    met = near.any(axis=1)
    assert met.sum() > 100
    assert np.median(np.where(near, alike, np.inf)[met].min(axis=1)) < 0.2  # others are 1 apart


def test_marks_are_few_and_spread_over_the_picture():
    marks = _marks.chosen(gray(5), without=())

    assert len(marks) == _marks.MOST
    quarters = (marks.frames[:, 0] > 2048).astype(int) + 2 * (marks.frames[:, 1] > 1536)
    assert np.bincount(quarters, minlength=4).min() >= 10


def test_a_picture_on_a_page_is_one_of_the_parts():
    page = np.full((900, 600), 248, np.uint8)
    page[200:560, 60:540] = gray(6, 480, 360)
    cv2.putText(page, "said by somebody", (60, 700), cv2.FONT_HERSHEY_SIMPLEX, 1, 20, 2)

    corners = [region.matrix @ (0, 0, 1) for region in _wholes.regions(page)]
    sizes = [(region.matrix[0, 0], region.matrix[1, 1]) for region in _wholes.regions(page)]

    assert any(
        np.allclose(c[:2], (60, 200), atol=4) and np.allclose(s, (480, 360), atol=6)
        for c, s in zip(corners, sizes, strict=True)
    )


def test_the_quarters_of_a_collage_are_parts():
    collage = np.vstack([np.hstack([gray(i), gray(i + 1)]) for i in (1, 3)])
    places = [tuple(np.round(region.matrix @ (0.5, 0.5, 1))[:2]) for region in _wholes.regions(collage)]

    for middle in ((320, 240), (960, 240), (320, 720), (960, 720)):
        assert any(np.allclose(middle, place, atol=12) for place in places)


def test_the_report_card_counts_what_was_tried(monkeypatch):
    for group in ("EASY", "HARD"):
        few = dict(islice(getattr(_photo_trials, group).items(), 3))
        monkeypatch.setattr(_photo_trials, group, few)
    steps = []
    trials = _photo_trials.photo_trials(
        references=6, copies=1, unrelated=3, seen=lambda done, total: steps.append((done, total))
    )

    assert trials.references == 6
    assert [one.tried for one in trials.edits] == [1] * 6
    assert sum(one.found for one in trials.edits) >= 0.8 * len(trials.edits)
    assert (trials.unrelated, trials.false, trials.wrong) == (3, 0, 0)
    assert set(trials.stages) == set(_photo_trials.STAGES)
    assert steps[-1] == (len(steps), len(steps))
