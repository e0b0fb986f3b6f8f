"""`scanner evaluate`: the detectors' report card on labelled cases, beside simple baselines."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import click

import detectors
from detectors import Score


@click.group()
def evaluate() -> None:
    """Measure the detectors on labelled cases."""


@evaluate.command()
@click.option(
    "--part",
    type=click.Choice(["heldout", "tune"]),
    default="heldout",
    show_default=True,
    help="Which cases.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def text(*, part: str, as_json: bool) -> None:
    r"""Precision, recall and F1 of each text check, beside a plain keyword search.

    \b
    Example: scanner evaluate text
    """
    cases = detectors.cases(part)
    ours = detectors.evaluate(cases)
    plain = {score.check: score for score in detectors.evaluate(cases, detectors.keywords)}
    if as_json:
        rows = [{**asdict(score), "f1": _number(score.f1)} for score in ours]
        click.echo(json.dumps({"part": part, "cases": len(cases), "checks": rows}))
        return
    click.echo(f"{len(cases)} {part} cases; findings and questions count as answers, notes do not")
    click.echo(f"{'check':<20} {'precision':>21} {'recall':>21} {'F1':>5} {'keywords F1':>12}")
    for score in ours:
        base = plain.get(score.check)
        click.echo(
            f"{score.check:<20} {_with(score.precision, score.precision_interval):>21} "
            f"{_with(score.recall, score.recall_interval):>21} {score.f1:>5.2f} "
            f"{base.f1 if base else 0:>12.2f}"
        )
    click.echo(
        f"macro F1 {_mean(ours):.2f}; keywords {_mean(list(plain.values())):.2f}; 95 % Wilson intervals"
    )


def _with(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.2f} [{interval[0]:.2f}-{interval[1]:.2f}]"


def _mean(scores: list[Score]) -> float:
    known = [score.f1 for score in scores if not math.isnan(score.f1)]
    return sum(known) / len(known) if known else math.nan


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
