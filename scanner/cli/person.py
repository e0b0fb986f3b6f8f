"""`scanner export` and `scanner erase`: a person's rights over what is kept on this computer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from scanner import report as reports
from scanner.errors import StoreError, UsageError
from scanner.model import Report
from scanner.store import Store, erase_person
from scanner.store.keys import Keyring, write_private

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="SCANNER_HOME",
    help="The folder of the store. Default: your own data folder.",
)
person_option = click.option("--person", help="The id, where more than one person is kept here.")


def default_home() -> Path:
    """Where `check --keep` keeps sealed reports."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "exposure-scanner"


def keeper(*, keep: bool, home: Path | None = None) -> Callable[[Report], None]:
    """What happens to a finished report besides its files: nothing, or sealing it into the store.

    The passphrase is asked for before the scan, so that nothing is lost to a typing mistake after it.
    """
    if not keep:
        return lambda _: None
    folder = home or default_home()
    with Store(folder) as store:
        people = store.people()
        if not people:
            passphrase = click.prompt(
                "Choose a passphrase", hide_input=True, confirmation_prompt=True, err=True
            )
            person, recovery = store.sign_up(passphrase)
            click.echo(f"Your recovery code, shown this once: {recovery}", err=True)
            click.echo("If you lose both the passphrase and this code, the report is lost.", err=True)
        else:
            person = _only(people, None)

    def keep_report(report: Report) -> None:
        with Store(folder) as store:
            store.add_report(person, reports.to_json(report))

    return keep_report


@click.command()
@home_option
@person_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write (JSON).")
def export(home: Path | None, person: str | None, out: Path) -> None:
    r"""Write everything kept about you into one file.

    \b
    Example: scanner export --out mine.json
    """
    if out.exists():
        raise UsageError(f"{out} is there already; nothing was changed")
    folder = _existing(home)
    with Store(folder) as store:
        chosen = _only(store.people(), person)
        owner = store.open(chosen, click.prompt("Passphrase or recovery code", hide_input=True, err=True))
        held = store.held(chosen, owner)
    try:
        write_private(out, json.dumps(asdict(held), indent=2).encode())
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    click.echo(f"Wrote {len(held.reports)} reports and {len(held.consents)} consents to {out}.")


@click.command()
@home_option
@person_option
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase(home: Path | None, person: str | None, *, yes: bool) -> None:
    r"""Destroy your keys and remove everything kept about you.

    \b
    Example: scanner erase
    """
    folder = _existing(home)
    chosen = _only(tuple(Keyring(folder / "keys").people()), person)
    if not yes:
        click.confirm("Erase everything kept about you? This cannot be undone.", abort=True, err=True)
    if erase_person(folder, chosen):
        click.echo("Erased: the keys are destroyed and the database was rewritten without you.")
    else:
        click.echo("Erased: the keys are destroyed, so nothing about you can be read any more.")
        click.echo("Another program has the database open; it removes the unreadable rows when it closes it.")


def _existing(home: Path | None) -> Path:
    folder = home or default_home()
    if not (folder / "exposure.duckdb").exists():
        raise StoreError(f"nothing is kept in {folder}")
    return folder


def _only(people: tuple[str, ...], person: str | None) -> str:
    if person:
        return person
    if len(people) != 1:
        raise UsageError(
            "nobody is kept here" if not people else "several people are kept here; give --person"
        )
    return people[0]
