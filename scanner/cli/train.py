"""`scanner train`: a safeguarding session on made-up people."""

from __future__ import annotations

import asyncio
import json
import time
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from data import School
from scanner.acquire import Manners, open_session
from scanner.cli.common import STDERR, claim, report_folder, school_option
from scanner.cli.training import at_work
from scanner.training import Cast, cast
from scanner.training.build import build as write_set
from scanner.training.expected import unlike
from scanner.training.pack import pack_html
from scanner.training.trial import Outcome
from scanner.web.training import serve_training
from scanner.web.training.room import Room
from scanner.web.training.serving import EVERYWHERE, LOOPBACK

DISAGREES = 1
"""Exit code when the scanner's answer is not what was planted: a fault in the program or this machine."""
SEED = click.option(
    "--seed",
    type=click.IntRange(1, 999_999),
    default=1,
    show_default=True,
    help="Other people, the same lessons.",
)


@click.group()
def train() -> None:
    """A training session on made-up people: no live person is shown.

    \b
    Example: scanner train serve
    """


@train.command()
@SEED
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty folder.")
def build(*, seed: int, out: Path) -> int:
    """Write a set of made-up people: school pack, profiles, pictures, and a label for everything planted.

    \b
    Example: scanner train build --seed 7 --out people-7
             scanner inspect people-7/people --school people-7/school
    """
    made = cast(seed)
    write_set(made, out)
    profiles = sum(len(member.profiles) for member in made.members)
    click.echo(
        f"{len(made.members)} people with {profiles} profiles of {made.school.pack.name}, "
        f"{len(made.plants)} planted exposures: {out}"
    )
    return 0


@train.command()
@SEED
@click.option("--only", multiple=True, metavar="KEY", help="Only these people, by their key in the set.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
def check(*, seed: int, only: tuple[str, ...], as_json: bool) -> int:
    """Scan all made-up people with the real browser, and hold the result beside what was planted.

    \b
    Example: scanner train check --seed 7
    """
    made = cast(seed)
    if unknown := set(only) - set(made.by_key):
        raise click.BadParameter(f"nobody is called {', '.join(sorted(unknown))}", param_hint="--only")
    begun = time.monotonic()
    outcomes = asyncio.run(_checked(made, only or tuple(made.by_key)))
    others = {one.member.key: unlike(one.member, one.report) for one in outcomes}
    fine = all(not (one.missed or one.false_alarms or others[one.member.key]) for one in outcomes)
    if as_json:
        click.echo(json.dumps(_record(seed, outcomes)))
    for one in () if as_json else outcomes:
        for plant in one.missed:
            click.echo(f"  missed: {plant.profile}, {plant.where}: {plant.check} ({plant.shows[:60]})")
        for alarm in one.false_alarms:
            click.echo(f"  false alarm: {alarm.profile}, {alarm.location.where}: {alarm.check}")
        for wanted, got in others[one.member.key]:
            click.echo(f"  verdict: {wanted.profile}, {wanted.check}: {got or 'none'}, not {wanted.verdict}")
    if not as_json:
        click.echo(_line(outcomes) + f" {time.monotonic() - begun:.0f} s.")
    return 0 if fine else DISAGREES


@train.command()
@SEED
@school_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty folder.")
def pack(*, seed: int, school: School, out: Path) -> int:
    """Write the facilitator's pack for your school, to read (HTML) and to print (PDF).

    \b
    Example: scanner train pack --school my-school --out session
    """
    claim(report_folder(out))
    page = pack_html(cast(seed), pack=school.pack, on=datetime.now(UTC).date())
    (out / "pack.html").write_text(page, encoding="utf-8")
    (out / "pack.pdf").write_bytes(asyncio.run(_printed(page)))
    click.echo(f"The pack for {school.pack.name}: {out / 'pack.html'} and {out / 'pack.pdf'}")
    return 0


@train.command()
@SEED
@school_option
@click.option("--room", is_flag=True, help="Let in phones on the same network. Default: this computer alone.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to use. Default: a free one."
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
def serve(*, seed: int, school: School, room: bool, port: int, no_browser: bool) -> int:
    """Run a session in the browser: a practice site, a page for the big screen, pages for phones.

    \b
    Example: scanner train serve --room
    """

    def opened(address: str, here: Room) -> None:
        if not no_browser and webbrowser.open(address):
            STDERR.print("Your browser opens now. If it does not:")
        STDERR.print(f"For the big screen; it works once: {address}", markup=False, soft_wrap=True)
        for one in here.addresses or ("",):
            STDERR.print(f"For phones: {one}/join  code {here.game.code}", markup=False, soft_wrap=True)

    asyncio.run(_served(cast(seed), school=school, room=room, port=port, opened=opened))
    STDERR.print("The session is over, and all votes are gone.")
    return 0


async def _served(
    made: Cast, *, school: School, room: bool, port: int, opened: Callable[[str, Room], None]
) -> None:
    async with at_work(made, host=EVERYWHERE if room else LOOPBACK) as crew:
        await serve_training(crew, pack=school.pack, room=room, port=port, opened=opened)


async def _printed(page: str) -> bytes:
    async with open_session(Manners()) as session:
        return await session.pdf(page)


async def _checked(made: Cast, keys: tuple[str, ...]) -> list[Outcome]:
    outcomes = []
    async with at_work(made) as crew:
        for key in keys:
            outcomes.append(await crew.look(made.by_key[key]))
            STDERR.print(f"{key}: {len(outcomes[-1].found)} found", highlight=False)
    return outcomes


def _line(outcomes: list[Outcome]) -> str:
    found, missed = (sum(len(getattr(one, part)) for one in outcomes) for part in ("found", "missed"))
    alarms = sum(len(one.false_alarms) for one in outcomes)
    clean = sum(one.member.clean for one in outcomes)
    return (
        f"{found} of {found + missed} planted exposures found, {alarms} false alarms on {clean} clean people."
    )


def _record(seed: int, outcomes: list[Outcome]) -> dict[str, object]:
    return {
        "seed": seed,
        "planted": sum(len(one.found) + len(one.missed) for one in outcomes),
        "found": sum(len(one.found) for one in outcomes),
        "missed": [
            f"{plant.profile}/{plant.where}/{plant.check}" for one in outcomes for plant in one.missed
        ],
        "false_alarms": [
            f"{one.member.key}/{alarm.location.where}/{alarm.check}"
            for one in outcomes
            for alarm in one.false_alarms
        ],
        "verdicts": {
            one.member.key: [
                f"{wanted.profile}/{wanted.check}/{got}" for wanted, got in unlike(one.member, one.report)
            ]
            for one in outcomes
        },
    }
