"""`scanner draft`: would this post or picture be flagged, before it is posted?"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

import data
import detectors
from data import School
from detectors import Coverage, Image, Outcome, Snapshot, Text
from scanner.cli.common import school_option
from scanner.cli.rows import row_of
from scanner.detection import Detection
from scanner.errors import PartMissing, UsageError
from scanner.gathering import Looked, gather
from scanner.inspection import MAX_PICTURE_BYTES
from scanner.pipeline import weigh
from scanner.report.words import tidy

MAX_CHARACTERS = 1_000_000
MOSTLY_TEXT = 20
"""At most one character in this many may be undecodable."""


@click.command()
@click.argument("file", required=False, default="-")
@click.option(
    "--image", "images", multiple=True, type=click.Path(path_type=Path), help="A picture or video to post."
)
@school_option
@click.option("--json", "as_json", is_flag=True, help="Findings as a JSON list.")
def draft(file: str, images: tuple[Path, ...], school: School, *, as_json: bool) -> int:
    """Check a post or a picture before you share it. Nothing is stored or sent.

    \b
    Example: echo "Great day with 7B!" | scanner draft
             scanner draft post.txt --image photo.jpg
    """
    text = "" if images and file == "-" and sys.stdin.isatty() else _text(file)
    pictures = tuple(Image("draft", str(path), _picture(path)) for path in images)
    texts = (Text("draft", "post", text),) if text.strip() else ()
    if not texts and not pictures:
        raise UsageError("there is nothing to check: give a text or a picture")
    coverage = Coverage(posts_seen=1, complete="complete")
    snapshot = Snapshot("draft", "draft", texts=texts, images=pictures, coverage=coverage)
    looked = asyncio.run(_judge(snapshot, school))
    weighed, not_run = weigh(looked, looked.findings, school), looked.not_run
    unreadable = [f"{name}: {reason}" for name, reason in looked.unreadable]
    if as_json:
        gone = [{"item": "draft", "result": "unreadable", "check": None, "reason": why} for why in unreadable]
        missing = [
            {"item": "draft", "result": "not_run", "check": c, "reason": why} for c, why in not_run.items()
        ]
        click.echo(json.dumps([*gone, *missing, *(row_of("draft", one) for one in weighed)]))
        return PartMissing.exit_code if not_run else 0
    for one in weighed:
        click.echo(f"[{one.level}] {one.advice.summary}")
        quoted = [f'"{one.excerpt}"'] if one.excerpt else []
        for line in (*quoted, *one.reasons, one.advice.why):
            click.echo(f"    {tidy(line)}")
    for line in (*unreadable, *(f"{check}: {reason}" for check, reason in not_run.items())):
        click.echo(f"Could not check {tidy(line)}")
    if not weighed and not unreadable and not not_run:
        click.echo("We saw nothing to flag. That is advice, not a promise.")
    titles = {check.id: check.title.lower() for check in data.checks().values()}
    later = [title for check, title in titles.items() if check not in detectors.built()]
    if later:
        click.echo(f"Not looked for yet: {'; '.join(later)}.")
    return PartMissing.exit_code if not_run else 0


async def _judge(snapshot: Snapshot, school: School) -> Looked:
    async with Detection(school, workers=1) as detect:
        text = await detect.read(snapshot)
        pictures: list[tuple[Image, Outcome]] = [
            (image, await detect.look(image, snapshot.id)) for image in snapshot.images
        ]
    return gather(snapshot, text, pictures)


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read(MAX_CHARACTERS * 4) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    text = raw.decode("utf-8-sig", "replace")[:MAX_CHARACTERS]
    if text.count("\N{REPLACEMENT CHARACTER}") > len(text) // MOSTLY_TEXT:
        raise UsageError("this is not a text; give a picture with --image")
    return text


def _picture(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise UsageError(f"{path} is larger than 60 MB")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
