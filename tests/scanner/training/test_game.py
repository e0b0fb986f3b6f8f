"""Rounds, votes and points: fair, bounded, and nothing to be found out about a person."""

from __future__ import annotations

import pytest

from scanner.errors import UsageError
from scanner.training import cast
from scanner.training.game import BANDS, DECOYS, MOST_OPTIONS, MOST_TEAMS, Game, room_code
from scanner.training.pack import ROUNDS, words

NAMES = [f"Team {n}" for n in range(20)]


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def game(clock=None):
    made = Game(cast(1), clock or Clock(), "123456")
    made.join(NAMES)
    return made


def right(made):
    return [option.id for option in made.now.options if option.right]


def wrong(made):
    return [option.id for option in made.now.options if not option.right]


@pytest.mark.parametrize("key", sorted(cast(1).by_key))
def test_a_round_offers_true_lines_and_false_ones(key):
    made = game()
    made.start("spot", key, 3)
    member = cast(1).by_key[key]
    assert len(made.now.options) <= MOST_OPTIONS
    assert len(wrong(made)) >= DECOYS
    assert bool(right(made)) is not member.clean
    titles = {plant.title for plant in member.plants}
    assert all((option.text in titles) is option.right for option in made.now.options)
    assert len({option.text for option in made.now.options}) == len(made.now.options)


@pytest.mark.parametrize("number", range(1, 21))
def test_every_question_has_one_right_answer(number):
    made = game()
    made.start("quiz", str(number), 1)
    assert len(right(made)) == 1
    assert made.now.options[words()["quiz"][number - 1]["right"]].right


@pytest.mark.parametrize(
    ("kind", "key"), [("spot", "nobody"), ("quiz", "0"), ("quiz", "21"), ("quiz", "x"), ("other", "sport")]
)
def test_a_round_that_is_not_there_is_one_sentence(kind, key):
    with pytest.raises(UsageError, match="no such round"):
        game().start(kind, key, 3)


@pytest.mark.parametrize(
    ("rights", "wrongs", "rating", "points"),
    [
        (0, 0, "", 0),
        (2, 0, "", 2),
        (2, 1, "", 1),
        (0, 3, "", 0),  # never below nothing
        (2, 0, "today", 3),
        (2, 0, "fine", 2),
    ],
)
def test_points_are_right_ticks_less_wrong_ones_and_one_for_the_rating(rights, wrongs, rating, points):
    made = game()
    made.start("spot", "sport", 3)
    made.vote(0, right(made)[:rights] + wrong(made)[:wrongs], rating)
    made.reveal()
    assert made.score(0, {"sport": "today"}) == points


def test_leaving_a_clean_person_alone_is_worth_points():
    made = game()
    made.start("spot", ROUNDS[-1], 3)
    made.vote(0, [], "fine")
    made.reveal()
    assert made.score(0, {ROUNDS[-1]: "fine"}) == 3


def test_nothing_counts_before_the_reveal_and_nothing_is_taken_after_it():
    made = game()
    made.start("spot", "sport", 3)
    made.vote(0, right(made), "")
    assert made.score(0, {}) == 0
    made.reveal()
    before = made.score(0, {})
    assert before > 0
    with pytest.raises(UsageError, match="nothing is open"):
        made.vote(0, [], "")
    made.start("spot", "sport", 3)  # shown again, not opened again
    assert made.now.revealed
    assert made.score(0, {}) == before


def test_a_later_vote_replaces_the_one_before():
    made = game()
    made.start("spot", "sport", 3)
    made.vote(0, wrong(made), "today")
    made.vote(0, right(made)[:1], "nonsense")
    assert made.now.votes[0].ticked == frozenset(right(made)[:1])
    assert made.now.votes[0].rating == ""
    made.vote(0, ["999", right(made)[0]], BANDS[0])
    assert made.now.votes[0].ticked == frozenset(right(made)[:1])  # what was not offered is no tick


def test_the_clock_runs_down_and_votes_stay_open_until_the_reveal():
    clock = Clock()
    made = game(clock)
    made.start("spot", "sport", 3)
    assert made.left() == 180
    clock.now += 500
    assert made.left() == 0
    made.vote(0, right(made), "")
    assert made.now.votes


@pytest.mark.parametrize(("asked", "seconds"), [(0, 60), (99, 15 * 60)])
def test_a_round_has_a_sensible_length(asked, seconds):
    made = game()
    made.start("spot", "sport", asked)
    assert made.left() == seconds


def test_teams_are_bounded_and_carry_no_names_of_people():
    made = game()
    for _ in range(MOST_TEAMS - 1):
        made.join(NAMES)
    with pytest.raises(UsageError, match="taken"):
        made.join(NAMES)


def test_every_step_moves_the_pages_on():
    made = game()
    stages = [made.stage]
    for step in (lambda: made.start("spot", "sport", 3), made.reveal, lambda: made.fix("sport"), made.stop):
        step()
        stages.append(made.stage)
    assert stages == sorted(set(stages))


def test_codes_have_six_figures_and_differ():
    codes = {room_code() for _ in range(50)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 40
