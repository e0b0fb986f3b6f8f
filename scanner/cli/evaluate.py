"""`scanner evaluate`: the detectors' report card on labelled cases, beside simple baselines."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import click

import detectors
from detectors import PhotoTrials, ReadingReport, Score
from scanner.cli.common import progress


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
    "--references", type=click.IntRange(1, 20_000), default=500, show_default=True, help="Known photos."
)
@click.option(
    "--copies", type=click.IntRange(1, 1000), default=10, show_default=True, help="Copies per edit."
)
@click.option(
    "--unrelated", type=click.IntRange(0, 50_000), default=200, show_default=True, help="Other pictures."
)
@click.option(
    "--views", type=click.IntRange(1, 20), default=1, show_default=True, help="Of each sign, card and paper."
)
@click.option(
    "--first",
    type=click.IntRange(0, 100_000_000),
    default=0,
    show_default=True,
    help="Number of the first drawn photo; another number draws other photos.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def pictures(*, references: int, copies: int, unrelated: int, views: int, first: int, as_json: bool) -> None:
    r"""How well copies of known photos are found, and badges and the school's name read; all of it drawn.

    With 5,000 references it takes half an hour on two cores. The workers of a scan do their sums on one
    thread; OPENBLAS_NUM_THREADS=1 times them so here.

    \b
    Example: OPENBLAS_NUM_THREADS=1 scanner evaluate pictures --references 5000 --copies 60 --unrelated 3000
    """
    with progress() as on_step:
        trials = detectors.photo_trials(
            references=references,
            copies=copies,
            unrelated=unrelated,
            first=first,
            seen=lambda done, total: on_step("pictures", f"of {total}", done),
        )
        on_step("pictures", "with words", 0)
        reading = detectors.reading_report(rounds=views)
    click.echo(_as_json(trials, reading) if as_json else _as_table(trials))
    if not as_json:
        click.echo("\n".join(reading.lines()))


def _as_json(trials: PhotoTrials, reading: ReadingReport) -> str:
    edits = [{**asdict(one), "recall": round(one.recall, 4)} for one in trials.edits]
    return json.dumps(
        {
            **asdict(trials),
            "edits": edits,
            "precision": round(trials.precision, 4),
            "reading": asdict(reading),
        }
    )


def _as_table(trials: PhotoTrials) -> str:
    lines = [
        f"known-photo: {trials.references} drawn reference photos, {trials.skipped} too plain to be kept",
        f"{'edit':<26} {'copies':>6} {'recall':>7} {'bar':>5} {'whole hash, eight ways':>23}",
    ]
    for one in trials.edits:
        plain = one.baseline / max(1, one.tried)
        lines.append(f"{one.edit:<26} {one.tried:>6} {one.recall:>7.3f} {one.bar:>5.2f} {plain:>23.3f}")
    stages = ", ".join(f"{stage} {spent}" for stage, spent in trials.stages.items())
    unrelated = f"{trials.unrelated}, {trials.false} wrongly findings, {trials.asked} questions"
    wrong = f"copies found as another photo: {trials.wrong}; precision {trials.precision:.3f}"
    return "\n".join(
        [
            *lines,
            f"unrelated pictures: {unrelated}; {wrong}",
            f"milliseconds per unrelated picture, medians of processor time: {stages}",
            f"fingerprint file {trials.file_bytes / 1e6:.1f} MB, in memory {trials.index_bytes / 1e6:.1f} MB",
        ]
    )


def _with(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.2f} [{interval[0]:.2f}-{interval[1]:.2f}]"


def _mean(scores: list[Score]) -> float:
    """The mean F1 of the checks that have labels; NaN without any."""
    known = [score.f1 for score in scores if score.right + score.missed]
    return sum(known) / len(known) if known else math.nan


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
