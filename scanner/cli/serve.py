"""`scanner serve`: the self-check as web pages, for oneself or for the staff of a school."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from datetime import UTC, datetime
from pathlib import Path

import click

import data
from data import School
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.common import STDERR, school_option
from scanner.cli.engine import Alone, Shared
from scanner.cli.running import Settings
from scanner.cli.serving import desk_of
from scanner.cli.sweeping import known_mailer
from scanner.cli.touring import touring
from scanner.cli.wellness import lines
from scanner.delivery import Mailer
from scanner.errors import DeliveryError, UsageError
from scanner.hosting import Hosted, Installation, default_folder, read_basis
from scanner.packs import open_school
from scanner.store import Store
from scanner.sweeps.verbs import carry_out
from scanner.web import Front, front, serve_school
from scanner.web import serve as serve_pages
from scanner.web.front import LOOPBACK
from scanner.web.house import Basis, Line


@click.command()
@click.option(
    "--just-me", is_flag=True, help="For one person on their own computer: no account, nothing stored."
)
@click.option(
    "--make-admin", is_flag=True, help="Make the office's words, show them once, and end. Ends earlier ones."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    envvar="SCANNER_FOLDER",
    help="Where a school's server keeps its things.",
)
@click.option("--address", default=LOOPBACK, show_default=True, help="The network address to listen on.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="The name people type. Repeatable.")
@click.option("--cert", type=click.Path(path_type=Path), help="The certificate, as a PEM file.")
@click.option("--key", type=click.Path(path_type=Path), help="The certificate's key, as a PEM file.")
@click.option(
    "--behind-tls-proxy", "proxy_tls", is_flag=True, help="A proxy of yours encrypts, and passes Host on."
)
@school_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port. Default: a free one; for a school 8480.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option("--allow-address", "allow", multiple=True, metavar="HOST:PORT", help="Allow one local address.")
@click.option("--proxy", envvar="SCANNER_PROXY", help="Your school network's proxy, http://HOST:PORT.")
@click.option("--contact", envvar="SCANNER_CONTACT", default="", help="An address to name in the user agent.")
@click.option("--ca", type=click.Path(path_type=Path), envvar="SCANNER_CA", help="Its certificate file.")
def serve(
    school: School,
    *,
    just_me: bool,
    make_admin: bool,
    folder: Path | None,
    address: str,
    names: tuple[str, ...],
    cert: Path | None,
    key: Path | None,
    proxy_tls: bool,
    port: int,
    no_browser: bool,
    allow: tuple[str, ...],
    proxy: str | None,
    contact: str,
    ca: Path | None,
) -> int:
    """Open the self-check as pages in a browser: for you alone, or for all staff of a school.

    For you alone, the address works once and only here, and nothing is stored. For a school, the folder
    needs a filled lawful-basis.toml and somebody who runs it; off this computer, pages are encrypted. Sweeps
    are carried out by the server; SCANNER_SMTP and SCANNER_MAIL_FROM name the mail server for notes.

    \b
    Example: scanner serve --just-me
             scanner serve --make-admin --folder /srv/scanner
             scanner serve --folder /srv/scanner --school harfield --address 0.0.0.0 \\
                 --host scanner.school.example --cert cert.pem --key key.pem
    """
    settings = Settings(
        manners=Manners(contact=contact),
        allow=frozenset(parse_allow(text) for text in allow),
        upstream=proxy,
        ca=ca,
    )
    if just_me:
        return _alone(school, settings, port=port, no_browser=no_browser)
    installation = Installation((folder or default_folder()).absolute())
    if make_admin:
        return _make_admin(installation)
    way = front(address=address, port=port, names=names, cert=cert, key=key, proxy=proxy_tls)
    basis = read_basis(installation.folder)
    installation.settings()
    mailer = known_mailer()
    if installation.pack.exists():
        school = open_school(installation.pack)
    with Store(installation.folder) as store:
        asyncio.run(
            _school(
                store, installation, basis=basis, school=school, settings=settings, way=way, mailer=mailer
            )
        )
    return 0


def _alone(school: School, settings: Settings, *, port: int, no_browser: bool) -> int:
    def opened(address: str) -> None:
        if not no_browser and webbrowser.open(address):
            STDERR.print("Your browser opens now. Leave with the button there, or with Ctrl-C here.")
            STDERR.print("If it does not open:")
        STDERR.print(f"Open this in your browser; it works once: {address}", markup=False, soft_wrap=True)

    serve_pages(desk_of(school, Alone(settings), allow=settings.allow), port=port, opened=opened)
    STDERR.print("Everything is forgotten.")
    return 0


def _make_admin(installation: Installation) -> int:
    words = installation.make_office(on=datetime.now(UTC).date())
    read = "Fill in lawful-basis.toml there, then start: scanner serve"
    click.echo(f"The office's words, shown this once: {words}")
    click.echo(f"They open /office/in. The folder is {installation.folder}. {read}")
    try:
        read_basis(installation.folder)
    except UsageError as error:
        STDERR.print(str(error), markup=False, soft_wrap=True)
    return 0


async def _school(
    store: Store,
    installation: Installation,
    *,
    basis: Basis,
    school: School,
    settings: Settings,
    way: Front,
    mailer: Mailer | None,
) -> None:
    async with Shared(settings) as engine:
        house = Hosted(
            store,
            installation,
            basis=basis,
            school=school,
            make_desk=lambda pack, person: desk_of(pack, engine, allow=settings.allow, person=person),
            health=lambda: (*lines(installation.folder, basis, house.desktop.school), _round(house)),
            notify=(lambda to: _note(mailer, to)) if mailer else None,
        )

        def ready() -> None:
            STDERR.print(f"Open for staff at {way.home} until Ctrl-C.", markup=False, soft_wrap=True)

        async with touring(house, engine, mailer):
            try:
                await serve_school(house, way, ready=ready)
            finally:
                await house.close()


def _round(house: Hosted) -> Line:
    said = carry_out(house.book, "status", {}, at=datetime.now(UTC))["says"]
    return Line("Sweep", well=True, says=said)


def _note(mailer: Mailer, address: str) -> None:
    note = data.read_toml("texts/school.toml")["note"]
    try:
        mailer.send(address, note["subject"], note["body"])
    except DeliveryError as error:
        print(f"note.failed {error}", file=sys.stderr)  # noqa: T201
