"""The `scanner` command: verbs, one sentence for each user mistake, and the exit codes."""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click
from click import Command, Context, Group

from data import PackError
from scanner import __version__
from scanner.errors import INTERRUPTED, ScannerError, UsageError

VERBS = {
    "demo": "demo",
    "check": "check",
    "draft": "draft",
    "inspect": "inspect",
    "serve": "serve",
    "sweep": "sweep",
    "stats": "stats",
    "school": "school",
    "train": "train",
    "erase": "person",
    "export": "person",
    "evaluate": "evaluate",
    "bench": "bench",
    "setup": "system",
    "doctor": "system",
}
"""Verb to module; a verb's module is imported only when it is asked for."""


class _Verbs(Group):
    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in VERBS:
            return None
        command = getattr(importlib.import_module(f"scanner.cli.{VERBS[cmd_name]}"), cmd_name)
        assert isinstance(command, Command)
        return command


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scanner")
def cli() -> None:
    """See what strangers can see of you online, checked against your school's policy.

    \b
    Check yourself      scanner check URL...        your own profiles; the report is yours alone
                        scanner serve --just-me     the same as pages in your browser
                        scanner draft               would this post or picture be flagged?
    Train with others   scanner train serve         a session on made-up people, in the browser
                        scanner demo                the practice site in one command
    Look again          scanner sweep               once a term, for everyone who opted in
    For the school      scanner school init         make the school's pack
                        scanner inspect FILE...     detectors only, for other programs
    """


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except (ScannerError, PackError) as error:
        click.echo(f"scanner: {_plain(str(error))}", err=True)
        sys.exit(error.exit_code if isinstance(error, ScannerError) else UsageError.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("scanner: stopped", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _plain(message: str) -> str:
    """One line without the control characters that a hostile name could speak to a terminal with."""
    return "".join(char if char.isprintable() else " " for char in message)
