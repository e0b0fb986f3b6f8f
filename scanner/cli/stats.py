"""`scanner stats`: what was released of all people together, with its noise and its budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import data
from scanner.cli.person import default_home, home_option
from scanner.cli.sweeping import carried
from scanner.errors import UsageError
from scanner.sweeps.trend import trend


@click.command()
@home_option
@click.option("--school", "stem", default="", help="The school's stem, where there are many.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the trend over all sweeps (SVG).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def stats(*, home: Path | None, stem: str, plot: Path | None, as_json: bool) -> None:
    """Show the counts that were released when sweeps closed.

    \b
    Example: scanner stats --plot trend.svg
    """
    releases: list[dict[str, Any]] = carried(home or default_home(), "stats", {})["releases"]
    if plot:
        try:
            with plot.open("x", encoding="utf-8") as stream:
                stream.write(trend(releases, stem))
        except FileExistsError:
            raise UsageError(f"{plot} is there already; nothing was changed") from None
        except OSError as error:
            raise UsageError(f"{plot} cannot be written: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps({"releases": releases}))
        return
    if not releases:
        click.echo("Nothing was released yet.")
    for one in releases:
        for school, release in one["schools"].items():
            if not stem or school == stem:
                _show(one["closed_at"][:10], school, release)


def _show(day: str, school: str, release: dict[str, Any]) -> None:
    click.echo(f"\nSweep closed on {day}{f', {school}' if school else ''}")
    if not release["cells"]:
        click.echo("  Too few took part for any figure to be told.")
    for cell in release["cells"]:
        check = data.checks().get(cell["check"])
        title = check.title if check else cell["check"]
        click.echo(f"  about {cell['about']:>4}  {title} ({cell['band']})")
    click.echo(
        f"  Noise on purpose: each figure plus or minus {release['plus_minus']} in 19 of 20 cases. A figure "
        f"is told from {release['told_from']} on, any only where they come to {release['people_from']}."
    )
    click.echo(
        f"  Privacy budget of one person: {release['epsilon']:g} for this sweep "
        f"(delta {release['delta']:g}), {release['lifetime']:g} for life."
    )
