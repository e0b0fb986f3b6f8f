"""What a person said about findings: fixed, not right, not theirs, allowed, or later.

A frozen value for the owner alone: ids, days and picture hashes, never a text or a picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from scanner.errors import UsageError
from scanner.model import Assessment, Report

Choice = Literal["fixed", "not-right", "not-mine", "allowed", "remind"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
UNTIL_SEEN: frozenset[Choice] = frozenset({"fixed", "remind"})
"""Choices that end where a later look still sees the thing."""

NEAR = 31
"""Differing bits, of 256, up to which two pictures are taken for copies; the figure PDQ (2019) gives."""
MOST = 5000
"""Decisions kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice, about one check, made at a moment. `print` is the picture's hash in hex, or empty."""

    choice: Choice
    at: datetime
    check: str
    print: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Decisions:
    """All choices of one person, by finding id."""

    made: Mapping[str, Decision] = field(default_factory=dict)

    def decide(self, findings: Iterable[Assessment], choice: Choice, *, at: datetime) -> Decisions:
        """With this choice about these findings, in place of earlier ones."""
        new = {one.id: Decision(choice, at, one.check, one.print) for one in findings}
        kept = {key: value for key, value in self.made.items() if key not in new}
        return Decisions(dict([*kept.items(), *new.items()][-MOST:]))

    def take_back(self, findings: Iterable[Assessment]) -> Decisions:
        """Without what was said of these findings, be it of themselves or of a copy of their picture."""
        gone = {key for one in findings if (key := self._key(one))}
        return Decisions({key: value for key, value in self.made.items() if key not in gone})

    def of(self, finding: Assessment) -> Decision | None:
        """What was said of this finding, or of a copy of its picture under the same check."""
        key = self._key(finding)
        return self.made[key] if key else None

    def to_json(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {
            key: {"choice": one.choice, "at": one.at.isoformat(), "check": one.check, "print": one.print}
            for key, one in self.made.items()
        }

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> Decisions:
        """Those that `to_json` gave; choices of a newer version are left out.

        Raises:
            UsageError: it is not what `to_json` gives.
        """
        try:
            return Decisions(
                {
                    str(key): Decision(
                        one["choice"],
                        datetime.fromisoformat(one["at"]),
                        str(one["check"]),
                        _hex(one["print"]),
                    )
                    for key, one in kept.items()
                    if one["choice"] in CHOICES
                }
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UsageError("what you decided earlier cannot be read, so it is left out") from None

    def _key(self, finding: Assessment) -> str:
        if finding.id in self.made:
            return finding.id
        if not finding.print:
            return ""
        near = (
            (_distance(finding.print, one.print), key)
            for key, one in self.made.items()
            if one.print and one.check == finding.check
        )
        bits, key = min(near, default=(NEAR + 1, ""))
        return key if bits <= NEAR else ""


@dataclass(frozen=True, slots=True)
class Split:
    """A report's findings in two: those that wait for the person, and those they dealt with.

    `again` holds what was said earlier of findings that a later look still saw; they wait once more.
    """

    open: tuple[Assessment, ...]
    decided: Mapping[str, Decision]
    again: Mapping[str, Decision]


def split(report: Report, decisions: Decisions) -> Split:
    """Part a report's findings by what the person decided about them."""
    looked = {one.url: one.looked_at or report.created_at for one in report.profiles}
    waiting: list[Assessment] = []
    decided: dict[str, Decision] = {}
    again: dict[str, Decision] = {}
    for found in report.findings:
        said = decisions.of(found)
        if said is None:
            waiting.append(found)
        elif said.choice in UNTIL_SEEN and looked.get(found.profile, report.created_at) > said.at:
            again[found.id] = said
            waiting.append(found)
        else:
            decided[found.id] = said
    return Split(tuple(waiting), decided, again)


def _distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _hex(value: str) -> str:
    if value:
        int(value, 16)
    return value
