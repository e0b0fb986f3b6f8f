"""One session's rounds and votes: who ticked what, until when, and what it is worth. In memory alone."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scanner.errors import UsageError
from scanner.training.cast import Cast, Member, Plant
from scanner.training.pack import words

BANDS = ("today", "this-week", "worth-a-look", "fine")
MOST_OPTIONS = 10
DECOYS = 4
"""Lines of a round that are not true, at least."""
MOST_TEAMS = 12
MOST_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Option:
    """One line to tick. `plant` is what it speaks of, where it is true of a person."""

    id: str
    text: str
    right: bool
    plant: Plant | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """What one team sent; `rating` is how soon they would put the person's pages right."""

    ticked: frozenset[str]
    rating: str = ""


@dataclass(slots=True)
class Task:
    """A round or a question. `key` is a member's key, or the number of a question."""

    kind: Literal["spot", "quiz"]
    key: str
    options: tuple[Option, ...]
    ends_at: float = 0.0
    revealed: bool = False
    votes: dict[int, Vote] = field(default_factory=dict)

    def points(self, team: int, band: str) -> int:
        """One for each right tick, one off for each wrong one, never below nothing; one for the rating."""
        vote = self.votes.get(team)
        if vote is None:
            return 0
        right = sum(option.right for option in self.options if option.id in vote.ticked)
        wrong = len(vote.ticked) - right
        if self.kind == "spot" and not any(option.right for option in self.options) and not vote.ticked:
            right = 2  # leaving a clean person alone is a find too
        return max(0, right - wrong) + (bool(band) and vote.rating == band)


@dataclass(slots=True)
class Game:
    """The whole session. `stage` goes up whenever every page should show something else."""

    cast: Cast
    clock: Callable[[], float]
    code: str
    teams: list[str] = field(default_factory=list)
    tasks: dict[tuple[str, str], Task] = field(default_factory=dict)
    now: Task | None = None
    fixing: str = ""
    stage: int = 0

    def join(self, names: Sequence[str]) -> int:
        """A new team's number.

        Raises:
            UsageError: there are as many as the room can hold.
        """
        if len(self.teams) >= min(MOST_TEAMS, len(names)):
            raise UsageError("all teams are taken")
        self.teams.append(names[len(self.teams)])
        return len(self.teams) - 1

    def start(self, kind: str, key: str, minutes: int) -> None:
        """Open a round or a question for votes, or show again one that was revealed.

        Raises:
            UsageError: there is no such round.
        """
        task = self.tasks.get((kind, key)) or _task(self.cast, kind, key)
        self.tasks[kind, key] = task
        if not task.revealed:
            task.ends_at = self.clock() + 60 * min(max(minutes, 1), MOST_MINUTES)
        self.now, self.fixing = task, ""
        self.stage += 1

    def vote(self, team: int, ticked: Sequence[str], rating: str) -> None:
        """Take a team's vote; a later one replaces it until the reveal.

        Raises:
            UsageError: nothing is open for votes.
        """
        if self.now is None or self.now.revealed:
            raise UsageError("nothing is open for votes")
        known = {option.id for option in self.now.options}
        self.now.votes[team] = Vote(frozenset(ticked) & known, rating if rating in BANDS else "")

    def reveal(self) -> None:
        """Close the votes and show the answers."""
        if self.now is not None:
            self.now.revealed = True
            self.stage += 1

    def stop(self) -> None:
        """Back to the list of rounds."""
        self.now, self.fixing = None, ""
        self.stage += 1

    def fix(self, key: str) -> None:
        """Open a member's pages for every team to put right.

        Raises:
            UsageError: there is nobody of that key.
        """
        if key not in self.cast.by_key:
            raise UsageError("there is no such person")
        self.now, self.fixing = None, key
        self.stage += 1

    def left(self) -> int:
        """Seconds until the votes should be in; they are taken until the reveal all the same."""
        return max(0, round(self.now.ends_at - self.clock())) if self.now else 0

    def score(self, team: int, bands: Mapping[str, str]) -> int:
        """A team's points in all that was revealed; `bands` says what the scanner thinks of each member."""
        return sum(
            task.points(team, bands.get(task.key, "")) for task in self.tasks.values() if task.revealed
        )


def room_code() -> str:
    """A code that is quick to read out and slow to guess."""
    return f"{secrets.randbelow(900_000) + 100_000}"


def _task(cast: Cast, kind: str, key: str) -> Task:
    if kind == "spot" and key in cast.by_key:
        return Task("spot", key, _lines(cast, cast.by_key[key]))
    quiz = words()["quiz"]
    if kind == "quiz" and key.isdecimal() and 0 < int(key) <= len(quiz):
        row = quiz[int(key) - 1]
        options = (Option(str(n), choice, n == row["right"]) for n, choice in enumerate(row["choices"]))
        return Task("quiz", key, tuple(options))
    raise UsageError("there is no such round")


def _lines(cast: Cast, member: Member) -> tuple[Option, ...]:
    """What is true of a person and what is not, in an order that tells nothing."""
    rng = random.Random(f"lines {cast.seed} {member.key}")  # noqa: S311 - an order, not a secret
    true = list({plant.title: plant for plant in member.plants}.values())
    rng.shuffle(true)
    true = true[: MOST_OPTIONS - DECOYS]
    checks = {plant.check for plant in member.plants}
    others = {plant.title: plant for plant in cast.plants if plant.check not in checks}
    false = rng.sample(sorted(others), min(len(others), max(DECOYS, 8 - len(true))))
    told = [(plant.title, plant) for plant in true] + [(title, None) for title in false]
    rng.shuffle(told)
    return tuple(Option(str(n), title, plant is not None, plant) for n, (title, plant) in enumerate(told))
