"""`scanner school`: make and check a school's pack, seal its photos, try its logo."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import detectors
from data import PackError, Reference
from scanner.errors import UsageError
from scanner.packs import make_pack, open_school, seal_photos


@click.group()
def school() -> None:
    """Make and check a school's pack.

    \b
    Example: scanner school init harfield --name "Harfield Brook School"
    """


@school.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="The school's full name.")
def init(folder: Path, name: str | None) -> None:
    """Make a pack to fill in.

    \b
    Example: scanner school init harfield --name "Harfield Brook School"
    """
    if name is None and sys.stdin.isatty():
        name = str(click.prompt("The school's full name"))
    if not name or len(name.strip()) < 2:  # noqa: PLR2004
        raise UsageError("give the school's full name with --name")
    click.echo(f"Made {make_pack(folder, name.strip())}. Fill it in, then: scanner school check {folder}")


@school.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
def check(folder: Path) -> int:
    """Check a pack, or every pack in a folder.

    \b
    Example: scanner school check harfield
    """
    packs = [folder] if _is_pack(folder) else sorted(p for p in folder.iterdir() if _is_pack(p))
    if not packs:
        raise UsageError(f"there is no school pack in {folder}; `scanner school init` makes one")
    wrong = 0
    for path in packs:
        try:
            opened = open_school(path)
            weak = [r.name for r in opened.logos if detectors.logo_report(r).smallest_safe is None]
        except (PackError, detectors.Unavailable) as error:
            wrong += 1
            click.echo(f"wrong  {path}: {error}")
            continue
        click.echo(
            f"ok     {path}: {opened.pack.name}, {len(opened.logos)} logos, {len(opened.photos)} photos"
        )
        for line in opened.pack.doubts():
            click.echo(f"       {line}")
        for name in weak:
            click.echo(f"       the logo '{name}' is hard to find in photos; try: scanner school logo")
    return UsageError.exit_code if wrong else 0


@school.command()
@click.argument("pack", type=click.Path(path_type=Path, exists=True))
def photos(pack: Path) -> None:
    """Turn the pack's reference photos into one sealed file, so that the photos can be deleted.

    Photos that are not sealed are fingerprinted at the start of each scan, about 0.1 s each.

    \b
    Example: scanner school photos harfield
    """
    file, made = seal_photos(pack)
    for name, reason in made.skipped:
        click.echo(f"left out  {name}: {reason}")
    rest = "the photos that are not left out" if made.skipped else "the photos"
    click.echo(
        f'Sealed {made.kept} photos in {file}. Set references.photos = "{file.name}"; then delete {rest}.'
    )
    click.echo("The key is kept in your own configuration folder. This file is personal data: treat it so.")


@school.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def logo(file: Path) -> None:
    """Say how well a logo can be found in photos.

    \b
    Example: scanner school logo crest.png
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    report = detectors.logo_report(Reference(file.stem, content))
    click.echo(f"{report.name}: {report.source_side} px, {report.keypoints} places that can be recognised")
    for size, share in report.found:
        click.echo(f"  {size:>4} px in a photo: found in {share:.0%} of tries")
    if report.smallest_safe is None:
        click.echo("It was not found safely at any size we tried.")
    else:
        click.echo(f"Smallest safe size: {report.smallest_safe} px. Real photos are harder than these tries.")
    for line in report.advice:
        click.echo(f"- {line}")


def _is_pack(path: Path) -> bool:
    return (path / "school.toml").is_file() if path.is_dir() else path.suffix == ".toml"
