"""`scanner demo`: the main job in one command, on a practice site of made-up people."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

import detectors
from data import school_in
from scanner import report as reports
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.common import STDERR, claim, progress, report_folder, say_words
from scanner.cli.running import Settings, run
from scanner.errors import INTERRUPTED
from scanner.intake import submissions
from scanner.model import Report
from scanner.practice import Comparison, Planted, compare, planted, serve_practice

DISAGREES = 1
"""Exit code when the practice result is not what was planted: a fault in the program or this machine."""


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="A new or empty folder for the report.")
@click.option("--encrypt", is_flag=True, help="Lock the PDF with a passphrase that is shown once.")
@click.option("--json", "as_json", is_flag=True, help="Print how the result compares with what was planted.")
def demo(*, out: Path | None, encrypt: bool, as_json: bool) -> int:
    """Crawl the practice site with a real browser and write a report about its made-up people.

    The site is on this computer, so the pause between pages is left out.

    \b
    Example: scanner demo --out practice-report
    """
    folder = report_folder(out)
    claim(folder)
    school = school_in("practice/school")
    with serve_practice() as site, progress() as on_step:
        STDERR.print(f"Practice site of made-up people at {site.url}", markup=False, highlight=False)
        settings = Settings(
            manners=Manners(pause=0.0), allow=frozenset({parse_allow(site.address)}), practice=True
        )
        report, written = run(
            submissions(site.profiles.values()),
            school=school,
            settings=settings,
            on_step=on_step,
            keep=lambda _: None,
            folder=folder,
            encrypt=encrypt,
        )
    compared = compare(report.findings, _about_people(), built=detectors.built())
    if as_json:
        click.echo(json.dumps(_as_json(compared, report, written)))
        say_words(written)
    else:
        reports.show(report, Console(), written=written, practice=True)
        _say(compared)
    if report.status == "interrupted":
        return INTERRUPTED
    return 0 if compared.agrees else DISAGREES


def _about_people() -> list[Planted]:
    return [item for item in planted() if item.profile != "bench"]


def _say(compared: Comparison) -> None:
    total = len(compared.found) + len(compared.missed)
    click.echo(f"\nPractice check: {len(compared.found)} of {total} planted exposures found,", nl=False)
    click.echo(f" {len(compared.unexpected_on_clean)} false alarms on the clean people.")
    for item in compared.missed:
        click.echo(f"  missed: {item.profile}, {item.where}: {item.check} ({item.shows})")
    for found in compared.unexpected_on_clean:
        click.echo(f"  false alarm: {found.profile}, {found.location.where}: {found.check}")


def _as_json(compared: Comparison, report: Report, written: reports.Written) -> dict[str, object]:
    return {
        "status": report.status,
        "folder": str(written.folder),
        "planted": len(compared.found) + len(compared.missed),
        "found": len(compared.found),
        "missed": [f"{item.profile}/{item.where}/{item.check}" for item in compared.missed],
        "false_alarms": [f"{a.profile}/{a.location.where}/{a.check}" for a in compared.unexpected_on_clean],
    }
