"""`scanner draft`: would this post or picture be flagged, before it is posted?"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from data import School
from detectors import Coverage, Image, Outcome, Snapshot, Text
from scanner.cli.common import school_option
from scanner.cli.rows import row_of
from scanner.detection import Detection
from scanner.errors import UsageError
from scanner.inspection import MAX_PICTURE_BYTES
from scanner.model import Assessment
from scanner.pipeline import gather, weigh

MAX_CHARACTERS = 1_000_000


@click.command()
@click.argument("file", required=False, default="-")
@click.option("--image", "images", multiple=True, type=click.Path(path_type=Path), help="A picture to post.")
@school_option
@click.option("--json", "as_json", is_flag=True, help="Findings as a JSON list.")
def draft(file: str, images: tuple[Path, ...], school: School, *, as_json: bool) -> int:
    r"""Check a post or a picture before you share it. Nothing is stored or sent.

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
    weighed, not_run = asyncio.run(_judge(snapshot, school))
    if as_json:
        click.echo(json.dumps([row_of("draft", one) for one in weighed]))
        return 8 if not_run else 0
    for one in weighed:
        click.echo(f"[{one.level}] {one.advice.summary}")
        click.echo("".join(f"    {reason}\n" for reason in one.reasons) + f"    {one.advice.why}")
    if not weighed:
        click.echo("We would not flag this. That is advice, not a promise.")
    for what, reason in not_run.items():
        click.echo(f"Could not check {what}: {reason}")
    return 8 if not_run else 0


async def _judge(snapshot: Snapshot, school: School) -> tuple[tuple[Assessment, ...], dict[str, str]]:
    async with Detection(school, workers=1) as detect:
        text = await detect.read(snapshot)
        pictures: list[tuple[Image, Outcome]] = [
            (image, await detect.look(image, snapshot.id)) for image in snapshot.images
        ]
    looked = gather(snapshot, text, pictures)
    not_run = {**looked.not_run, **dict(looked.unreadable)}
    return weigh(looked, looked.findings, school), not_run


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read(MAX_CHARACTERS * 4) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    return raw.decode("utf-8-sig", "replace")[:MAX_CHARACTERS]


def _picture(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise UsageError(f"{path} is larger than 60 MB")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
