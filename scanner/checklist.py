"""The checklist: questions no page can answer, and what the answers are worth. Values in, values out.

A terminal or a web page shows the `Sheet`s and hands the answers back. Answers are never taken for
something that was read: they make findings, strengths and verdicts that say so, and set no flag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, TypeGuard

import data
from data import Question
from data.policy import Setting
from detectors import Finding, Location, Snapshot
from scanner.errors import UsageError
from scanner.model import Strength

Answer = Literal["yes", "no", "not sure", "skip"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "not sure", "skip")

PLACE = "checklist"
"""Where in a profile an answer stands, in findings."""
PERSON = ""
"""The profile of questions about the person; what they say goes into the first profile's part."""
MOST = 20
SURE, UNSURE = 0.95, 0.6
"""Scores of a clear answer and of "not sure": a finding and a question by the rules' thresholds."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions about one profile, or about the person (`profile` is then empty), words filled in."""

    profile: str
    title: str
    questions: tuple[Question, ...]


Answers = Mapping[str, Mapping[str, Answer]]
"""By profile (the snapshot's id, or `PERSON`), then by question."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the answers about one profile come to. `asked` says per check what was asked."""

    findings: tuple[Finding, ...] = ()
    exemptions: frozenset[str] = frozenset()
    strengths: tuple[Strength, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)


def sheets(snapshots: Sequence[Snapshot]) -> tuple[Sheet, ...]:
    """What to ask: about the person first, then per profile, without what evidence has answered."""
    if not snapshots:
        return ()
    told = frozenset().union(*(one.exemptions for one in snapshots))
    personal = tuple(q for q in data.personal_questions() if not q.exempts or q.exempts not in told)
    asked = (Sheet(one.id, _title(one), _questions(one)) for one in snapshots)
    return tuple(s for s in (Sheet(PERSON, _words()["person"], personal), *asked) if s.questions)


def hear(snapshots: Sequence[Snapshot], answers: Answers) -> tuple[Heard, ...]:
    """What the answers come to, for each snapshot in turn. What was not asked or answered is left out.

    Raises:
        UsageError: an answer is none of `ANSWERS`.
    """
    by_profile = {sheet.profile: sheet for sheet in sheets(snapshots)}
    person = list(_pairs(by_profile.get(PERSON), answers))
    exempt = frozenset(q.exempts for q, answer in person if q.exempts and answer == "yes")
    heard = []
    for number, one in enumerate(snapshots):
        pairs = list(_pairs(by_profile.get(one.id), answers))
        heard.append(replace(_heard(one, pairs if number else person + pairs), exemptions=exempt))
    return tuple(heard)


def answer(text: str) -> Answer | None:
    """The answer somebody writes: a word or its first letters, in any case; None if it is none."""
    word = " ".join(text.casefold().replace("-", " ").split())
    if not word:
        return None
    short = {"y": "yes", "n": "no", "?": "not sure", "unsure": "not sure", "ns": "not sure", "s": "skip"}
    known = short.get(word, word)
    return known if _is_answer(known) else None


def words_for(finding: Finding, *, platform: str, level: str) -> Question:
    """The question a finding came from, with the words to tell of it: `means`, `why` and `steps`."""
    every = (*data.checklist(platform), *data.personal_questions())
    question = next(_filled(q, platform) for q in every if q.id == finding.ref)
    source = _setting(question, platform) or question
    told = "{means}" if level == "finding" else _words()["asked"]["look"]
    return question.model_copy(
        update={
            "means": told.format(means=source.means),
            "why": question.why or data.rules()[finding.rule].why,
            "steps": source.steps,
            "minutes": source.minutes,
            "link": source.link,
            "mark": source.mark,
        }
    )


def _is_answer(word: str) -> TypeGuard[Answer]:
    return word in ANSWERS


def _title(snapshot: Snapshot) -> str:
    name = data.facts(snapshot.platform).name
    return f"{name[:1].upper()}{name[1:]}: {snapshot.url or snapshot.handle or snapshot.id}"


def _questions(snapshot: Snapshot) -> tuple[Question, ...]:
    """At most `MOST` that evidence leaves open; tips are not counted."""
    chosen = [q for q in data.checklist(snapshot.platform) if not _answered(q, snapshot)]
    real = [q for q in chosen if not q.tip][:MOST]
    return tuple(_filled(q, snapshot.platform) for q in chosen if q.tip or q in real)


def _answered(question: Question, snapshot: Snapshot) -> bool:
    """Whether the page or export has said it: by a flag that is open, or by all its flags."""
    flags = snapshot.flags
    if (question.sign_in and snapshot.sign_in) or (question.unless_private and flags.get("private")):
        return True
    read = [flag for flag in question.flags if flag in flags]
    return bool(read) and (
        len(read) == len(question.flags) or any(flags[f] is (f != "private") for f in read)
    )


def _filled(question: Question, platform: str) -> Question:
    name = data.facts(platform).name
    parts = ("ask", "hint", "means", "why", "closed")
    return question.model_copy(update={p: getattr(question, p).replace("{name}", name) for p in parts})


def _pairs(sheet: Sheet | None, answers: Answers) -> Iterable[tuple[Question, Answer]]:
    if sheet is None:
        return
    given = answers.get(sheet.profile, {})
    for question in sheet.questions:
        said = given.get(question.id, "skip")
        if not _is_answer(said):
            raise UsageError(f"'{said}' is no answer to question {question.id}; say {', '.join(ANSWERS)}")
        if not question.tip:
            yield question, said


def _heard(snapshot: Snapshot, pairs: Sequence[tuple[Question, Answer]]) -> Heard:
    closed = any(_says(q, said) == "as_wished" and "private" in q.flags for q, said in pairs)
    findings: list[Finding] = []
    strengths: list[Strength] = []
    said_of: dict[str, Counter[str]] = {}
    for question, said in pairs:
        if question.exempts or (closed and question.unless_private):
            continue
        rule = data.rules()[_rule(question, said)]
        says = _says(question, said)
        said_of.setdefault(rule.check, Counter())[says] += 1
        if says == "as_wished" and (good := _closed(question, snapshot)):
            strengths.append(Strength(good, _words()["asked"]["strength_why"]))
        if says in ("telling", "unsure"):
            findings.append(_finding(question, said, rule.check, rule.id, snapshot))
    return Heard(tuple(findings), frozenset(), tuple(strengths), _asked(said_of))


def _says(question: Question, said: Answer) -> str:
    """One of the keys of the texts: as_wished, telling, unsure, skipped."""
    if said == "skip":
        return "skipped"
    if said == "not sure":
        return "unsure"
    return "telling" if said == question.telling else "as_wished"


def _rule(question: Question, said: Answer) -> str:
    if question.flags:
        return f"flag-{question.flags[0].replace('_', '-')}"
    return question.unsure_rule if said == "not sure" and question.unsure_rule else question.rule


def _closed(question: Question, snapshot: Snapshot) -> str:
    setting = _setting(question, snapshot.platform)
    return setting.closed if setting else question.closed


def _setting(question: Question, platform: str) -> Setting | None:
    return data.facts(platform).settings.get(question.flags[0]) if question.flags else None


def _finding(question: Question, said: Answer, check: str, rule: str, snapshot: Snapshot) -> Finding:
    return Finding(
        check,
        rule,
        SURE if said == question.telling else UNSURE,
        Location(snapshot.id, PLACE),
        ref=question.id,
        reasons=(_words()["asked"]["reason"].format(answer=said, ask=question.ask),),
    )


def _asked(said_of: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Per check what was asked; a check whose questions were all left out was not asked about."""
    words = _words()["asked"]
    kinds = ("telling", "unsure", "as_wished", "skipped")
    return {
        check: words["told"].format(
            counts=", ".join(words[kind].format(n=counts[kind]) for kind in kinds if counts[kind])
        )
        for check, counts in said_of.items()
        if counts.total() > counts["skipped"]
    }


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return data.read_toml("texts/checklist.toml")
