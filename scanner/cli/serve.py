"""`scanner serve`: the self-check as web pages."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from data import School
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.common import STDERR, school_option
from scanner.cli.running import Settings
from scanner.cli.serving import desk_of
from scanner.errors import UsageError
from scanner.web import serve as serve_pages


@click.command()
@click.option(
    "--just-me", is_flag=True, help="For one person on their own computer: no account, nothing stored."
)
@school_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to use. Default: a free one."
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
    port: int,
    no_browser: bool,
    allow: tuple[str, ...],
    proxy: str | None,
    contact: str,
    ca: Path | None,
) -> int:
    """Open the self-check in your browser, for you alone, on this computer.

    The address works once and only here. Nothing is stored. It ends when you leave.

    \b
    Example: scanner serve --just-me
    """
    if not just_me:
        raise UsageError("the web app for a whole school is not built yet; use scanner serve --just-me")
    settings = Settings(
        manners=Manners(contact=contact),
        allow=frozenset(parse_allow(text) for text in allow),
        upstream=proxy,
        ca=ca,
    )

    def opened(address: str) -> None:
        if not no_browser and webbrowser.open(address):
            STDERR.print("Your browser opens now. Leave with the button there, or with Ctrl-C here.")
            STDERR.print("If it does not open:")
        STDERR.print(f"Open this in your browser; it works once: {address}", markup=False, soft_wrap=True)

    serve_pages(desk_of(school, settings), port=port, opened=opened)
    STDERR.print("Everything is forgotten.")
    return 0
