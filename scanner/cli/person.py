"""`scanner export` and `scanner erase`: a person's rights over what is kept on this computer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from data import School
from scanner import report as reports
from scanner.cli.running import NOTICE
from scanner.errors import StoreError, UsageError
from scanner.model import Consent, Report, Submission
from scanner.platforms import Account
from scanner.private import write_private
from scanner.store import MIN_PASSPHRASE, Store, erase_person, is_store, people_in

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


def keeper(
    accounts: Sequence[Account], *, school: School, home: Path | None, person: str | None
) -> Callable[[Report], None]:
    """Ask for what keeping needs before the scan; what comes back seals the finished report.

    The consent and the addresses are kept with it, encrypted like everything else. What is older
    than the school lets us keep is removed on the way.
    """
    folder = home or default_home()
    with Store(folder) as store:
        if store.people():
            chosen = _only(store.people(), person)
        else:
            chosen, recovery = store.sign_up(_new_passphrase())
            click.echo(f"Your recovery code, shown this once: {recovery}", err=True)
            click.echo("If you lose both the passphrase and this code, the report is lost.", err=True)

    def keep(report: Report) -> None:
        retention = school.pack.retention
        expires = report.created_at + timedelta(days=retention.report)
        consent = Consent("self-check", NOTICE, report.created_at, expires)
        with Store(folder) as store:
            store.add_consent(chosen, consent)
            shown = {profile.url: profile.ownership for profile in report.profiles}
            for account in accounts:
                ownership = shown.get(account.url, "declared")
                store.add_submission(
                    chosen, Submission(account.url, account.platform, consent, ownership=ownership)
                )
            store.add_report(chosen, reports.to_json(report))
            store.forget_old(
                at=report.created_at, report_days=retention.report, memory_days=retention.owner_memory
            )

    return keep


def _new_passphrase() -> str:
    question = f"Choose a passphrase (at least {MIN_PASSPHRASE} characters; three words do well)"
    while True:
        chosen = str(click.prompt(question, hide_input=True, confirmation_prompt=True, err=True))
        if len(chosen) >= MIN_PASSPHRASE:
            return chosen
        click.echo("That is too short.", err=True)


@click.command()
@home_option
@person_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write (JSON).")
def export(home: Path | None, person: str | None, out: Path) -> None:
    """Write everything kept about you into one file.

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
    """Destroy your keys and remove everything kept about you.

    \b
    Example: scanner erase
    """
    folder = _existing(home)
    chosen = _only(people_in(folder), person)
    if not yes:
        click.confirm("Erase everything kept about you? This cannot be undone.", abort=True, err=True)
    if erase_person(folder, chosen):
        click.echo("Erased: the keys are destroyed and the database was rewritten without you.")
        click.echo("Report folders in your home folder are yours: delete those by hand.")
    else:
        click.echo("Erased: the keys are destroyed, so nothing about you can be read any more.")
        click.echo("Another program has the database open; it removes the unreadable rows when it ends.")


def _existing(home: Path | None) -> Path:
    folder = home or default_home()
    if not is_store(folder):
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
