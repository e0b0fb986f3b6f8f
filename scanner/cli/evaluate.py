"""`scanner evaluate`: the detectors' report card on labelled cases, beside simple baselines."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import click

import detectors
from detectors import Score


@click.group(invoke_without_command=True)
@click.pass_context
def evaluate(context: click.Context) -> None:
    """Measure the detectors on labelled cases; without more words, the text checks.

    \b
    Example: scanner evaluate text
    """
    if context.invoked_subcommand is None:
        context.invoke(text, part="heldout", as_json=False, card=None)


@evaluate.command()
@click.option(
    "--part",
    type=click.Choice(["heldout", "tune"]),
    default="heldout",
    show_default=True,
    help="Which cases.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--card", type=click.Path(path_type=Path), help="Also write the figures that reports print.")
def text(*, part: str, as_json: bool, card: Path | None) -> None:
    """Precision, recall, F1 and F2 of each text check, beside two simple ways to do the same.

    \b
    Example: scanner evaluate text
    """
    cases, whole = detectors.cases(part), detectors.profiles(part)
    found = {case.snapshot.id: detectors.findings(case) for case in cases}
    ours = detectors.evaluate(cases, lambda case: found[case.snapshot.id])
    calm = detectors.quiet(cases, whole, lambda case: found[case.snapshot.id])
    plain = {score.check: score for score in detectors.evaluate(cases, detectors.keywords)}
    better = {score.check: score for score in detectors.evaluate(cases, detectors.entities)}
    if card:
        card.write_text(_card(ours, part, len(cases)), encoding="utf-8")
    if as_json:
        rows = [{**asdict(score), "f1": _number(score.f1), "f2": _number(score.f2)} for score in ours]
        click.echo(json.dumps({"part": part, "cases": len(cases), "checks": rows, "quiet": asdict(calm)}))
        return
    click.echo(
        f"{len(cases)} {part} texts, {len(whole)} profiles; findings and questions are answers, notes are not"
    )
    click.echo(
        f"{'check':<22} {'precision':>18} {'recall':>18} {'F1':>5} {'F2':>5} "
        f"{'keywords F1':>12} {'names F1':>9}"
    )
    for score in ours:
        base, names = plain.get(score.check), better.get(score.check)
        click.echo(
            f"{score.check:<22} {_with(score.precision, score.precision_interval):>18} "
            f"{_with(score.recall, score.recall_interval):>18} {score.f1:>5.2f} {score.f2:>5.2f} "
            f"{base.f1 if base else 0:>12.2f} {names.f1 if names else 0:>9.2f}"
        )
    click.echo(
        f"macro F1 {_mean(ours):.2f}; keywords {_mean(list(plain.values())):.2f}; "
        f"names and words {_mean(list(better.values())):.2f}; 95 % Wilson intervals"
    )
    for words, (count, total) in (
        ("texts without a label that got an answer", calm.flagged),
        ("findings (not questions) that were right", calm.said_right),
        ("clean profiles with an answer", calm.alarmed),
        ("profiles that give the school away, found", calm.inferred),
    ):
        click.echo(f"{words:<42} {count:>4} of {total}{f' ({count / total:.1%})' if total else ''}")


def _card(scores: list[Score], part: str, count: int) -> str:
    """The figures as the file that reports print from."""
    lines = [f"# Measured by `scanner evaluate text --card`; {count} texts of the {part} part."]
    for score in scores:
        lines += ["", f"[{score.check}]"]
        for key, value in (("precision", score.precision), ("recall", score.recall)):
            if not math.isnan(value):
                lines.append(f"{key} = {value:.2f}")
        labels = score.right + score.missed
        lines.append(f'measured_on = "{labels} labelled places in {count} made-up texts"')
    return "\n".join(lines) + "\n"


@evaluate.command()
@click.option(
    "--views", type=click.IntRange(1, 20), default=1, show_default=True, help="Of each sign, card and paper."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def pictures(*, views: int, as_json: bool) -> None:
    r"""How well badges and the school's name are read; all of it drawn.

    \b
    Example: scanner evaluate pictures --views 4
    """
    report = detectors.reading_report(rounds=views)
    click.echo(json.dumps(asdict(report)) if as_json else "\n".join(report.lines()))


def _with(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.2f} [{interval[0]:.2f}-{interval[1]:.2f}]"


def _mean(scores: list[Score]) -> float:
    """The mean F1 of the checks that have labels; NaN without any."""
    known = [score.f1 for score in scores if score.right + score.missed]
    return sum(known) / len(known) if known else math.nan


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
