"""`scanner check`: the self-check of one person's own profiles."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from data import School
from detectors import Snapshot
from scanner import report as reports
from scanner.acquire.addresses import check_url, parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.asking import ask
from scanner.cli.common import STDERR, claim, progress, report_folder, say_words, school_option
from scanner.cli.exporting import show_people, take_in
from scanner.cli.person import default_home, home_option, keeper, person_option
from scanner.cli.proving import code_for, say_what_came
from scanner.cli.running import Settings, run
from scanner.errors import INTERRUPTED, AcquireError, ConsentError, PartMissing, UsageError
from scanner.intake import submissions
from scanner.model import Report, was_read
from scanner.platforms import Account
from scanner.saved import read_page
from scanner.stances import left_out, nothing_left, offers, refuse_switched_off

MAX_ADDRESSES = 30

QUESTION = """\
Before we look:
  - We compare with the policy of: {school}
  - We open only the addresses you gave, signed out, as any stranger could.
  - Pages and pictures are looked at on this computer and forgotten.
  - The report is written to a private folder for you alone. Nothing is sent to your school.
  - Other people's profiles are not yours to check.
"""


@click.command()
@click.argument("urls", nargs=-1)
@school_option
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="Read your own data download: the ZIP as it came, or its folder.",
)
@click.option("--page", "pages", multiple=True, metavar="URL=FILE", help="Read a saved page as that address.")
@click.option("--out", type=click.Path(path_type=Path), help="A new or empty folder for the report.")
@click.option(
    "--look-once", is_flag=True, help="Look even where robots.txt asks programs not to. It is noted."
)
@click.option("--ask", "asking", is_flag=True, help="Ask a few short questions that no page can answer.")
@click.option("--prove", is_flag=True, help="Show with a code in your bio that the profiles are yours.")
@click.option("--encrypt", is_flag=True, help="Lock the PDF with a passphrase that is shown once.")
@click.option("--keep", is_flag=True, help="Also keep the report sealed on this computer.")
@home_option
@person_option
@click.option("--yes", is_flag=True, help="Say yes to: I agree to this check, and these profiles are my own.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of a summary.")
@click.option("--allow-address", "allow", multiple=True, metavar="HOST:PORT", help="Allow one local address.")
@click.option("--proxy", envvar="SCANNER_PROXY", help="Your school network's proxy, http://HOST:PORT.")
@click.option("--contact", envvar="SCANNER_CONTACT", default="", help="An address to name in the user agent.")
@click.option("--ca", type=click.Path(path_type=Path), envvar="SCANNER_CA", help="Its certificate file.")
def check(
    urls: tuple[str, ...],
    school: School,
    *,
    exports: tuple[Path, ...],
    pages: tuple[str, ...],
    out: Path | None,
    look_once: bool,
    asking: bool,
    prove: bool,
    encrypt: bool,
    keep: bool,
    home: Path | None,
    person: str | None,
    yes: bool,
    as_json: bool,
    allow: tuple[str, ...],
    proxy: str | None,
    contact: str,
    ca: Path | None,
) -> int:
    """Look at your own public profiles and write an advice report for your eyes only.

    \b
    Example: scanner check https://mastodon.example/@me my-blog.example
             scanner check --yes - < addresses.txt
             scanner check --prove https://mastodon.example/@me
             scanner check --export instagram-download.zip
             scanner check --ask --page https://www.facebook.com/me=saved.html
    """
    saved_files = dict(_page(text) for text in pages)
    lines = [*saved_files, *_lines(urls)]  # a saved page speaks for its address, however that is spelt
    if not lines and not exports:
        raise UsageError("give at least one address of your own profile, for example my-blog.example")
    accounts = submissions(lines) if lines else []
    if len(accounts) > MAX_ADDRESSES:
        raise UsageError(f"{len(accounts)} addresses are too many for one check; {MAX_ADDRESSES} is the most")
    settings = Settings(
        manners=Manners(contact=contact),
        allow=frozenset(parse_allow(text) for text in allow),
        upstream=proxy,
        ca=ca,
        look_once=look_once,
    )
    for account in accounts:
        check_url(account.url, allow=settings.allow)
    folder = report_folder(out)
    saved = _saved(accounts, saved_files)
    if not exports:
        refuse_switched_off(accounts, saved=saved)
    _consent(school, yes=yes)
    with progress() as on_step:
        taken = take_in(exports, accounts, school=school, on_step=on_step)
    refuse_switched_off(taken.accounts, saved={*saved, *taken.exports})
    accounts = _wanted(list(taken.accounts), {*saved, *taken.exports}, yes=yes)
    at, place = datetime.now(UTC), home or default_home()
    code = code_for([a.url for a in accounts], pack=school.pack, home=place, at=at) if prove else None
    if prove and code is None:
        return 0
    claim(folder)

    kept = keeper(accounts, school=school, home=home, person=person) if keep else _nothing
    with progress() as on_step:
        report, written = run(
            accounts,
            school=school,
            settings=settings,
            on_step=on_step,
            saved=saved,
            taken=taken,
            code=code.text if code else "",
            ask=partial(ask, quietly=on_step.quietly) if asking else None,
            keep=kept,
            folder=folder,
            encrypt=encrypt,
        )
    if code:
        say_what_came(report, code, home=place, saved=list(saved))
    if as_json:
        click.echo(json.dumps(reports.to_json(report)))
        say_words(written)
    else:
        reports.show(report, Console(), written=written)
        show_people(taken, Console())
    return exit_code(report)


def exit_code(report: Report) -> int:
    """130 for an interrupted scan, 5 when nothing could be read, 8 when a detector could not run."""
    if report.status == "interrupted":
        return INTERRUPTED
    if not any(was_read(profile.result) for profile in report.profiles):
        return AcquireError.exit_code
    return PartMissing.exit_code if report.not_run else 0


def _nothing(_report: Report) -> None:
    pass


def _lines(urls: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for url in urls:
        if url == "-":
            lines += sys.stdin.read(1_000_000).splitlines()
        else:
            lines.append(url)
    return [line for line in lines if line.strip()]


def _page(text: str) -> tuple[str, Path]:
    for position in (i for i, char in enumerate(text) if char == "="):
        if (file := Path(text[position + 1 :])).is_file():
            return text[:position], file
    raise UsageError(f"--page wants URL=FILE with a file that exists, not '{text}'")


def _saved(accounts: Iterable[Account], files: dict[str, Path]) -> dict[str, Snapshot]:
    pages = {submissions([url])[0].url: file for url, file in files.items()}
    saved = {a.url: read_page(a, pages.pop(a.url)) for a in accounts if a.url in pages}
    if pages:
        raise UsageError(f"two saved pages were given for one profile; give only one of {', '.join(pages)}")
    return saved


def _wanted(accounts: list[Account], saved: Collection[str], *, yes: bool) -> list[Account]:
    """The accounts to look at, once the person heard why some platforms had better not be visited."""
    declined = set()
    for offer in offers(accounts, saved=saved):
        for line in (offer.why, *(f"  {way}" for way in offer.ways)):
            STDERR.print(line, markup=False, highlight=False)
        if not yes and not click.confirm(offer.ask, default=True, err=True):
            declined.add(offer.account)
            for line in left_out(offer.account):
                STDERR.print(line, markup=False, highlight=False)
    if wanted := [account for account in accounts if account not in declined]:
        return wanted
    raise ConsentError(nothing_left())


def _consent(school: School, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConsentError("nothing was opened: answer the consent question in a terminal, or give --yes")
    STDERR.print(QUESTION.format(school=school.pack.name), markup=False, highlight=False)
    if not click.confirm("Do you agree, and are all these profiles your own?", err=True):
        raise ConsentError("nothing was opened, because you did not agree")
