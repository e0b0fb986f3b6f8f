"""`scanner setup` gets a browser; `scanner doctor` says what is there and what is missing."""

from __future__ import annotations

import json

import click

from scanner import system
from scanner.cli.common import STDERR
from scanner.errors import PartMissing


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing when a browser is already there.")
def setup(*, quiet: bool) -> int:
    """Find a browser, or get one.

    \b
    Example: scanner setup
    """
    browser = system.setup(say=lambda line: STDERR.print(line, markup=False, highlight=False))
    if not quiet:
        click.echo(f"Browser ready: {browser.kind} {browser.version}".rstrip())
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def doctor(*, as_json: bool) -> int:
    """Check browser, sandbox, weights and folders.

    \b
    Example: scanner doctor
    """
    lines = system.doctor()
    if as_json:
        click.echo(json.dumps([{"name": one.name, "ok": one.ok, "says": one.says} for one in lines]))
    else:
        for one in lines:
            click.echo(f"{'ok     ' if one.ok else 'MISSING'} {one.name}: {one.says}")
    return 0 if all(one.ok for one in lines) else PartMissing.exit_code
