"""`scanner sweep`: open, run, status, pause, resume, close and schedule a sweep."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from data import School
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.common import STDERR, school_option
from scanner.cli.person import default_home, home_option
from scanner.cli.running import Settings
from scanner.cli.sweeping import Going, Packs, carried, run_here
from scanner.errors import INTERRUPTED, UsageError
from scanner.sweeps.cluster import Cluster
from scanner.sweeps.running import Ended
from scanner.sweeps.schedule import units, write_units

F = TypeVar("F", bound=Callable[..., Any])
SAYS = {
    "done": "All profiles have an answer. scanner sweep close releases the counts.",
    "paused": "The sweep is paused.",
    "stopped": "Stopped; scanner sweep run goes on where it was.",
    "over": "The window is over. scanner sweep close releases the counts.",
}

schools_option = click.option(
    "--schools",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SCANNER_SCHOOLS",
    help="A folder with a pack for each school of a trust.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def sweep() -> None:
    """Look again at everyone who opted in; only they read what came of it.

    \b
    Example: scanner sweep open --site https://check.school.example --notice notice.txt
             scanner sweep run
             scanner sweep status
             scanner sweep close
    """


@sweep.command("open")
@home_option
@click.option("--starts", type=click.DateTime(["%Y-%m-%d"]), help="First day of visits. Default: in 7 days.")
@click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), help="Last day. Default: 21 days later.")
@click.option("--notice", type=click.Path(exists=True, path_type=Path), help="A file with your own words.")
@click.option("--quiet", default="", metavar="HH:MM-HH:MM", help="Hours in which no page is opened.")
@click.option("--per-host", default=1000, show_default=True, help="Profiles a day on one site at most.")
@click.option("--site", default="", envvar="SCANNER_SITE", help="The web app's address, for links in notes.")
@schools_option
@json_option
def open_(
    *,
    home: Path | None,
    starts: datetime | None,
    ends: datetime | None,
    notice: Path | None,
    quiet: str,
    per_host: int,
    site: str,
    schools: Path | None,
    as_json: bool,
) -> None:
    """Open a sweep and invite everyone with an unexpired opt-in.

    \b
    Example: scanner sweep open --starts 2027-01-11 --ends 2027-01-29 --quiet 08:00-16:00
    """
    if site and not site.startswith("https://"):
        raise UsageError("the web app's address for links begins with https://")
    words = {
        "starts": starts.replace(tzinfo=UTC).isoformat() if starts else "",
        "ends": ends.replace(tzinfo=UTC).isoformat() if ends else "",
        "notice": _text(notice),
        "quiet": quiet,
        "per_host": per_host,
        "site": site,
        "schools": list(Packs(folder=schools).stems()),
    }
    _told(carried(home or default_home(), "open", words), as_json=as_json)


@sweep.command()
@home_option
@school_option
@schools_option
@click.option("--at-once", default=4, show_default=True, type=click.IntRange(1, 64), help="People in hand.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes for detection. Default: one a core.")
@click.option("--cluster", "address", metavar="tls://HOST:PORT", help="Detect on a Dask cluster of yours.")
@click.option("--cluster-ca", type=click.Path(path_type=Path), default="ca.pem", help="Its CA.")
@click.option(
    "--cluster-cert", type=click.Path(path_type=Path), default="client.pem", help="Our certificate."
)
@click.option("--cluster-key", type=click.Path(path_type=Path), default="client-key.pem", help="Our key.")
@click.option("--pause", type=float, default=5.0, show_default=True, help="Seconds between pages of a site.")
@click.option("--allow-address", "allow", multiple=True, metavar="HOST:PORT", help="Allow one local address.")
@click.option("--proxy", envvar="SCANNER_PROXY", help="Your school network's proxy, http://HOST:PORT.")
@click.option("--contact", envvar="SCANNER_CONTACT", default="", help="An address to name in the user agent.")
@click.option("--ca", type=click.Path(path_type=Path), envvar="SCANNER_CA", help="Its certificate file.")
@json_option
def run(
    *,
    home: Path | None,
    school: School,
    schools: Path | None,
    at_once: int,
    workers: int | None,
    address: str | None,
    cluster_ca: Path,
    cluster_cert: Path,
    cluster_key: Path,
    pause: float,
    allow: tuple[str, ...],
    proxy: str | None,
    contact: str,
    ca: Path | None,
    as_json: bool,
) -> int:
    """Go on with the sweep until nothing can be done now; begin it again at any time.

    A shorter pause than 5 seconds is for local addresses only.

    \b
    Example: scanner sweep run
             scanner sweep run --cluster tls://dask.trust.example:8786
    """
    if pause < Manners().pause and not allow:
        raise UsageError(f"the pause between pages is at least {Manners().pause:g} seconds")
    settings = Settings(
        manners=Manners(contact=contact, pause=pause),
        allow=frozenset(parse_allow(text) for text in allow),
        upstream=proxy,
        ca=ca,
    )
    going = Going(
        settings,
        Packs(folder=schools) if schools else Packs(school),
        cluster=Cluster(address, cluster_ca, cluster_cert, cluster_key) if address else None,
        workers=workers,
        at_once=at_once,
        say=lambda line: STDERR.print(line, markup=False, highlight=False),
    )
    ended = run_here(home or default_home(), going)
    if ended is None:
        _told({"says": "No sweep is open."}, as_json=as_json)
    elif isinstance(ended, Ended):
        until = f"{ended.until.astimezone():%d %B, %H:%M}" if ended.until else ""
        says = SAYS.get(ended.why, f"Nothing can be read before {until}; run it again then.")
        _told({"why": ended.why, "until": until, "says": says}, as_json=as_json)
        return INTERRUPTED if ended.why == "stopped" else 0
    else:
        _told(ended, as_json=as_json)
    return 0


@sweep.command()
@home_option
@json_option
def status(*, home: Path | None, as_json: bool) -> None:
    """Say whether a sweep runs, and about how long it still takes. Never how many take part.

    \b
    Example: scanner sweep status
    """
    _told(carried(home or default_home(), "status", {}), as_json=as_json)


@sweep.command()
@home_option
@json_option
def pause(*, home: Path | None, as_json: bool) -> None:
    """Open nothing more until it is resumed.

    \b
    Example: scanner sweep pause
    """
    _told(carried(home or default_home(), "pause", {}), as_json=as_json)


@sweep.command()
@home_option
@json_option
def resume(*, home: Path | None, as_json: bool) -> None:
    """Go on after a pause; scanner sweep run then does the work.

    \b
    Example: scanner sweep resume
    """
    _told(carried(home or default_home(), "resume", {}), as_json=as_json)


@sweep.command()
@home_option
@click.option("--yes", is_flag=True, help="Do not ask again.")
@json_option
def close(*, home: Path | None, yes: bool, as_json: bool) -> None:
    """End the sweep for good and release its counts, once.

    \b
    Example: scanner sweep close
    """
    if not yes:
        click.confirm("Close the sweep? Its counts are released once and never again.", abort=True, err=True)
    _told(carried(home or default_home(), "close", {}), as_json=as_json)


@sweep.command()
@home_option
@click.argument("code")
def skip(*, home: Path | None, code: str) -> None:
    """Leave one round out, with the last part of the link in its notice.

    \b
    Example: scanner sweep skip CODE
    """
    _told(carried(home or default_home(), "skip", {"token": code.rpartition("/")[2]}), as_json=False)


@sweep.command()
@home_option
@click.option("--write", type=click.Path(path_type=Path), help="Write the units into this folder.")
@click.argument("options", nargs=-1)
def schedule(*, home: Path | None, write: Path | None, options: tuple[str, ...]) -> None:
    """Print systemd units and a cron line that go on with a sweep every hour.

    OPTIONS, after --, are those of scanner sweep run.

    \b
    Example: scanner sweep schedule --write /etc/systemd/system -- --contact it@school.example
    """
    folder = (home or default_home()).absolute()
    found = shutil.which("scanner")
    program = [found] if found else [sys.executable, "-m", "scanner"]
    made = units([*program, "sweep", "run", "--home", str(folder), *options], folder)
    if write:
        service, timer = write_units(made, write)
        click.echo(f"Wrote {service} and {timer}. Then: systemctl enable --now {timer.name}")
        return
    click.echo(f"# exposure-scanner-sweep.service\n{made.service}")
    click.echo(f"# exposure-scanner-sweep.timer\n{made.timer}")
    click.echo(f"# or one line for crontab -e\n{made.cron}")


def _told(answer: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(answer) if as_json else answer["says"])


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8")[:5000]
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read as text") from None
