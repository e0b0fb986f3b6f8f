"""How well the text detectors do on labelled cases, beside a plain keyword search."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import detectors
from data import School, checks, parse_pack, read_bytes, read_toml, rules, stems
from detectors._model import Finding, Location, Snapshot, Text

FOLDER = "cases/text"
SETS = "contact-and-employer-"  # other sets in the folder are labelled for other checks
REPORTED = ("finding", "question")
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled text: the checks that must answer, each with its span (None for anywhere)."""

    snapshot: Snapshot
    school: str
    part: str
    labels: tuple[tuple[str, tuple[int, int] | None], ...]

    @property
    def text(self) -> Text:
        """The text itself."""
        return self.snapshot.texts[0]


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
    def precision_interval(self) -> tuple[float, float]:
        """95 per cent Wilson interval of the precision."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """95 per cent Wilson interval of the recall."""
        return wilson(self.right, self.right + self.missed)


Finder = Callable[[Case], Iterable[Finding]]


def cases(part: str | None = None) -> tuple[Case, ...]:
    """The labelled texts, all or those of one part ("tune" or "heldout")."""
    lines = (
        json.loads(line)
        for stem in stems(FOLDER, ".jsonl")
        if stem.startswith(SETS)
        for line in read_bytes(f"{FOLDER}/{stem}.jsonl").decode().splitlines()
    )
    return tuple(_case(line) for line in lines if part in {None, line["part"]})


def evaluate(labelled: Sequence[Case], find: Finder | None = None) -> list[Score]:
    """Each check's score over the cases, for the checks that have labels or answers."""
    counts = {check: [0, 0, 0] for check in checks()}
    for case in labelled:
        answers = _by_check((find or findings)(case))
        for check, found in answers.items():
            spans = [span for labelled_check, span in case.labels if labelled_check == check]
            counts[check][1] += sum(not any(_meets(a, span) for span in spans) for a in found)
        for check, span in case.labels:
            hit = any(_meets(a, span) for a in answers.get(check, ()))
            counts[check][0 if hit else 2] += 1
    return [Score(check, *count) for check, count in counts.items() if any(count)]


def findings(case: Case) -> tuple[Finding, ...]:
    """What the detectors report on a case: findings and questions, not notes."""
    outcome = detectors.read(case.snapshot, school(case.school))
    return tuple(f for f in outcome.findings if rules()[f.rule].level(f.score) in REPORTED)


def keywords(case: Case) -> Iterator[Finding]:
    """The baseline: every literal name is the employer, every address or number is a contact."""
    pack = school(case.school).pack
    names = [
        pack.name,
        *pack.aliases,
        *pack.risky_names,
        *pack.acronyms,
        *pack.handles,
        *pack.hashtags,
        *pack.domains,
    ]
    patterns = {
        "employer-mention": "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)),
        "official-contact": "|".join(
            re.escape(w) for w in (*pack.domains, *pack.phones, pack.address.postcode) if w
        ),
        "personal-contact": r"[\w.+-]+@[\w-]+\.[\w.]+|\b0\d[\d ]{8,11}\d\b",
    }
    for check, pattern in patterns.items():
        for match in re.finditer(pattern or r"(?!)", case.text.value, re.IGNORECASE):
            yield Finding(check, "keywords", 1.0, Location(case.snapshot.id, case.text.where, match.span()))


def school(stem: str) -> School:
    """One of the invented schools the cases are about."""
    return School(parse_pack(read_toml(f"schools/{stem}.toml"), stem))


def wilson(right: int, total: int) -> tuple[float, float]:
    """The Wilson score interval at 95 per cent; (0, 1) when there is nothing to go by."""
    if not total:
        return 0.0, 1.0
    share, square = right / total, Z95**2 / total
    middle = (share + square / 2) / (1 + square)
    reach = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _case(line: dict[str, object]) -> Case:
    raw: dict[str, str] = {k: v for k, v in line.items() if isinstance(v, str)}
    text = Text(raw["id"], raw["kind"], raw["text"], raw["author"])
    labels = line["labels"]
    assert isinstance(labels, list)
    return Case(
        Snapshot(raw["id"], raw["platform"], texts=(text,)),
        raw["school"],
        raw["part"],
        tuple((label["check"], tuple(label["span"]) if label["span"] else None) for label in labels),
    )


def _by_check(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    sorted_: dict[str, list[Finding]] = {}
    for finding in found:
        sorted_.setdefault(finding.check, []).append(finding)
    return sorted_


def _meets(finding: Finding, span: tuple[int, int] | None) -> bool:
    """Whether a finding overlaps a label's span."""
    place = finding.location.span
    return span is None or place is None or (place[0] < span[1] and span[0] < place[1])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
