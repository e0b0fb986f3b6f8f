"""Which moments of a video are kept, and how what they show is told once."""

import numpy as np
import pytest

from detectors import Finding, Location
from detectors._moments import MOST, SIDE, Keeper, clock, look_of, told_once


def tone(level: int, *, spot: int = 0) -> np.ndarray:
    gray = np.full((SIDE, SIDE), level, np.uint8)
    gray[4 : 4 + spot, 4 : 4 + spot] = 255 - level
    return look_of(gray)


def kept(*offered: tuple[float, np.ndarray], most: int = MOST) -> list[float]:
    keeper = Keeper[None](most)
    for second, look in offered:
        keeper.offer(second, look, None)
    return [second for second, _ in keeper.kept()]


def test_a_small_new_thing_makes_a_moment_of_its_own_and_noise_does_not():
    assert kept((0, tone(50)), (1, tone(52)), (2, tone(50, spot=2)), (3, tone(50))) == [0, 2]


def test_of_like_moments_the_first_stays():
    assert kept((0, tone(10)), (1, tone(90)), (2, tone(10)), (3, tone(91))) == [0, 1]


def test_the_first_and_the_last_stay_and_the_rest_is_spread():
    seconds = kept(*((n, tone((n * 89) % 251)) for n in range(100)), most=6)
    assert (len(seconds), seconds[0], seconds[-1]) == (6, 0, 99)
    assert max(np.diff(seconds)) < 50


def test_where_room_is_short_the_more_unlike_moment_stays():
    faint = [(n, tone(100 + 11 * n)) for n in range(5)]
    assert 2 in kept(*faint[:2], (2, tone(100, spot=10)), *faint[3:], most=4)


def found(check: str, score: float, *, ref: str | None = None, faces: int = 0) -> Finding:
    rule = {"school-logo": "logo-in-picture", "pupil-image": "people-seen", "photo-metadata": "photo-gps"}
    evidence = tuple(Location("", box=(n, 0, 9, 9)) for n in range(faces))
    place = Location("me", box=(1, 2, 30, 30), image="clip")
    return Finding(check, rule[check], score, place, ref=ref, evidence=evidence, reasons=("seen",))


def test_one_logo_seen_often_is_one_finding_at_its_clearest():
    (told,) = told_once(
        [(n, [found("school-logo", score, ref="crest")]) for n, score in ((1, 0.93), (7.4, 0.99), (65, 0.94))]
    )
    assert (told.score, told.location.second) == (0.99, 7.4)
    assert told.reasons == ("seen", "in the video at 0:07, also at 0:01 and 1:05")


def test_a_moment_where_it_is_only_guessed_is_not_named():
    (told,) = told_once(
        [(1, [found("school-logo", 0.99, ref="crest")]), (5, [found("school-logo", 0.02, ref="crest")])]
    )
    assert told.reasons[-1] == "in the video at 0:01"


def test_two_logos_are_two_findings():
    told = told_once(
        [(1, [found("school-logo", 0.99, ref="crest"), found("school-logo", 0.98, ref="badge")])]
    )
    assert {one.ref for one in told} == {"crest", "badge"}


def test_people_are_told_where_most_of_them_are_seen_and_their_places_name_the_second():
    (told,) = told_once(
        [(1, [found("pupil-image", 0.1, faces=1)]), (4, [found("pupil-image", 0.1, faces=5)])]
    )
    assert len(told.evidence) == 5
    assert {place.second for place in told.evidence} == {4}


def test_what_the_file_says_has_no_second():
    (told,) = told_once([(1, [found("photo-metadata", 0.99)])])
    assert (told.location.second, told.reasons) == (None, ("seen",))


@pytest.mark.parametrize(
    ("second", "said"), [(0, "0:00"), (7.9, "0:07"), (59.99, "0:59"), (60, "1:00"), (754, "12:34")]
)
def test_a_moment_is_said_as_players_show_it(second, said):
    assert clock(second) == said
