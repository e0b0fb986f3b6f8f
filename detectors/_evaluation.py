"""How well the text detectors do on labelled cases, counted beside two simple baselines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import detectors
from data import School, checks, rules
from detectors._cases import Case, Label, ProfileCase, school
from detectors._language import Doc
from detectors._model import Finding, Snapshot
from detectors._normal import fold

REPORTED = ("finding", "question")
INFERABLE = "employer-inferable"
ALLOWED_AT_WORK = frozenset({"employer-mention", INFERABLE})
"""What a professional site may show; the policies drop it there."""
Z95 = 1.959964
HALF = 0.5
F2_WEIGHT = 4
"""How much a missed label counts against a wrong answer in F2."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts for one check: right, wrong and missed answers.

    Notes are for information and count neither way; questions count as answers.
    """

    check: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of answers that were right; NaN without any."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of labels that were found; NaN without any."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    @property
    def f2(self) -> float:
        """The mean that holds a missed label for twice as bad as a wrong answer."""
        right = (1 + F2_WEIGHT) * self.right
        return _share(right, right + F2_WEIGHT * self.missed + self.wrong)

    @property
    def precision_interval(self) -> tuple[float, float]:
        """95 per cent Wilson interval of the precision."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """95 per cent Wilson interval of the recall."""
        return wilson(self.right, self.right + self.missed)


@dataclass(frozen=True, slots=True)
class Quiet:
    """How quiet the detectors are where they should be; each is (how many, of how many).

    `flagged`: texts without any label that got an answer. `said_right`: findings, not questions, that
    were right. `alarmed`: clean profiles with an answer. `inferred`: profiles that give the school
    away and were found.
    """

    flagged: tuple[int, int]
    said_right: tuple[int, int]
    alarmed: tuple[int, int]
    inferred: tuple[int, int]


Finder = Callable[[Case], Iterable[Finding]]


def evaluate(labelled: Sequence[Case], find: Finder | None = None) -> list[Score]:
    """Each check's score over the cases, for the checks that have labels or answers."""
    counts = {check: [0, 0, 0] for check in checks()}
    for case in labelled:
        doc = Doc(case.text.value, fold(case.text.value))
        answers = _by_check(f for f in (find or findings)(case) if case.covers(f.check))
        for check, found in answers.items():
            counts[check][1] += sum(not right(a, case.labels, doc) for a in found)
        for label in case.labels:
            hit = any(_meets(a, label, doc) for a in answers.get(label.check, ()))
            counts[label.check][0 if hit else 2] += 1
    return [Score(check, *count) for check, count in counts.items() if any(count)]


def quiet(labelled: Sequence[Case], whole: Sequence[ProfileCase], find: Finder | None = None) -> Quiet:
    """How many answers stand where none should; profiles are judged by the detectors alone."""
    fully = [case for case in labelled if case.checks is None and not case.labels]
    flagged = sum(any(True for _ in (find or findings)(case)) for case in fully)
    correct = total = 0
    for case in labelled:
        doc = Doc(case.text.value, fold(case.text.value))
        for finding in (find or findings)(case):
            if case.covers(finding.check) and _level(finding) == "finding":
                total += 1
                correct += right(finding, case.labels, doc)
    clean = [profile for profile in whole if profile.clean]
    alarmed = sum(bool(profile_findings(profile)) for profile in clean)
    given_away = [profile for profile in whole if profile.inferable is not None]
    found = sum(any(f.check == INFERABLE for f in profile_findings(p)) for p in given_away)
    return Quiet((flagged, len(fully)), (correct, total), (alarmed, len(clean)), (found, len(given_away)))


def findings(case: Case) -> tuple[Finding, ...]:
    """What would be reported on a case: findings and questions, not notes, nor what its site may say."""
    pack = school(case.school)
    return _reported(case.snapshot, pack, detectors.read(case.snapshot, pack).findings)


def profile_findings(profile: ProfileCase) -> tuple[Finding, ...]:
    """What the detectors report on a whole profile, joined findings too."""
    pack = school(profile.school)
    read, joined = detectors.read(profile.snapshot, pack), detectors.join([profile.snapshot], pack)
    return _reported(profile.snapshot, pack, (*read.findings, *joined.findings))


def _reported(snapshot: Snapshot, pack: School, found: Iterable[Finding]) -> tuple[Finding, ...]:
    allowed = ALLOWED_AT_WORK if pack.may_be_named_on(platform=snapshot.platform, url=snapshot.url) else ()
    return tuple(f for f in found if _level(f) in REPORTED and f.check not in allowed)


def right(finding: Finding, labels: Iterable[Label], doc: Doc) -> bool:
    """Whether a finding is one of the labels."""
    return any(label.check == finding.check and _meets(finding, label, doc) for label in labels)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The Wilson score interval at 95 per cent; (0, 1) when there is nothing to go by."""
    if not total:
        return 0.0, 1.0
    share, square = right / total, Z95**2 / total
    middle = (share + square / 2) / (1 + square)
    reach = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _level(finding: Finding) -> str:
    rule = rules().get(finding.rule)
    return rule.level(finding.score) if rule else "finding"  # a baseline has no rules


def _by_check(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    sorted_: dict[str, list[Finding]] = {}
    for finding in found:
        sorted_.setdefault(finding.check, []).append(finding)
    return sorted_


def _meets(finding: Finding, label: Label, doc: Doc) -> bool:
    """Whether a finding covers half of a label, or half of it is covered, or both share a sentence."""
    found, wanted = finding.location.span, label.span
    if found is None or wanted is None:
        return True
    shared = min(found[1], wanted[1]) - max(found[0], wanted[0])
    if shared >= HALF * min(found[1] - found[0], wanted[1] - wanted[0]):
        return True
    left, right = doc.sentence(*doc.fold_span(*found)), doc.sentence(*doc.fold_span(*wanted))
    return max(left[0], right[0]) < min(left[1], right[1])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
