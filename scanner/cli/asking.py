"""The checklist at the terminal: short questions, one at a time, and any of them may be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

import click

from data import Question, read_toml
from detectors import Snapshot
from scanner.checklist import Answer, Answers, Sheet, answer, sheets
from scanner.cli.common import STDERR

STOP = frozenset({"stop", "quit", "q", "end"})
TRIES = 5
"""Wrong answers to one question after which it is left out."""


def ask(
    snapshots: Sequence[Snapshot], *, quietly: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Answers:
    """Put the questions that are open to the person, who answers on standard input.

    Ctrl-C, "stop" or the end of the input leave the rest out. `quietly` holds progress bars back meanwhile.
    """
    asked = sheets(snapshots)
    if not asked:
        return {}
    with quietly():
        for line in ("intro", "how", "stop"):
            _say(_words()[line])
        answers: dict[str, dict[str, Answer]] = {}
        try:
            for sheet in asked:
                answers[sheet.profile] = given = {}
                for question, said in _sheet(sheet):
                    given[question.id] = said
        except (click.Abort, EOFError):
            _say(_words()["ended"])
        return answers


def _sheet(sheet: Sheet) -> Iterator[tuple[Question, Answer]]:
    _say(f"\n{sheet.title}")
    number, most = 0, sum(not question.tip for question in sheet.questions)
    for question in sheet.questions:
        if question.tip:
            _say(f"\n{question.ask} {question.hint}")
            continue
        number += 1
        _say(f"\n{number} of {most}. {question.ask}")
        if question.hint:
            _say(f"    {question.hint}")
        yield question, _answer()


def _answer() -> Answer:
    for _ in range(TRIES):
        written = str(click.prompt(f"    {_words()['prompt']}", default="", show_default=False, err=True))
        if written.strip().casefold() in STOP:
            raise EOFError
        if said := answer(written):
            return said
        _say(f"    {_words()['again']}")
    return "skip"


def _say(line: str) -> None:
    STDERR.print(line, markup=False, highlight=False)


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = read_toml("texts/checklist.toml")
    return words
