"""`scanner inspect`: detectors only, on files, for other programs and for the curious."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

import detectors
from data import School
from detectors import Outcome, Snapshot
from scanner.cli.common import school_option
from scanner.cli.rows import Row, row_of
from scanner.detection import Detection
from scanner.errors import PartMissing
from scanner.gathering import Looked, gather
from scanner.inspection import Job, jobs
from scanner.model import Assessment
from scanner.pipeline import link, weigh
from scanner.report.words import tidy
from scanner.verdicts import verdicts

CHUNK = 256
"""Jobs judged before their rows are written: enough to share one language pass, few enough to stream."""
CHUNK_BYTES = 100_000_000


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@school_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, ASCII only.")
@click.option("--candidates", is_flag=True, help="Also rows below the reporting level.")
@click.option(
    "--verdicts", "with_verdicts", is_flag=True, help="A closing row per item with every check's verdict."
)
@click.option("--together", is_flag=True, help="All profile files are one person's.")
def inspect(
    files: tuple[Path, ...],
    school: School,
    *,
    as_json: bool,
    candidates: bool,
    with_verdicts: bool,
    together: bool,
) -> int:
    """Run the detectors on items (.jsonl), profiles (.json), pictures, videos, or folders of them.

    \b
    Example: scanner inspect posts.jsonl --school harfield/ --json
    """
    warn = _Warnings()
    rows = _Rows(school, candidates=candidates, with_verdicts=with_verdicts)
    missing = False
    table = None if as_json else _table()
    for row in rows.stream(jobs(files, warn=warn), together=together):
        missing = missing or row.get("result") == "not_run"
        if table is None:
            sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")
            sys.stdout.flush()
        else:
            table.add_row(*(Text(tidy(cell)) for cell in _cells(row)))
    if table is not None:
        Console().print(table if table.row_count else "Nothing found.")
    return PartMissing.exit_code if missing else 0


class _Warnings:
    """Says each warning once, and no more than twenty."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, message: str) -> None:
        if message not in self._said and len(self._said) < 20:  # noqa: PLR2004
            self._said.add(message)
            click.echo(f"scanner: warning: {tidy(message)}", err=True)


class _Rows:
    """Turns jobs into output rows, in the order of the jobs."""

    def __init__(self, school: School, *, candidates: bool, with_verdicts: bool) -> None:
        self._school = school
        self._candidates = candidates
        self._with_verdicts = with_verdicts
        self._alone = True

    def stream(self, todo: Iterable[Job], *, together: bool) -> Iterator[Row]:
        """Rows as soon as their chunk is judged; with `together`, profiles come last, joined."""
        self._alone = not together
        with asyncio.Runner() as runner:
            stack = AsyncExitStack()
            pool: Detection | None = None
            everyone: list[tuple[Job, Looked]] = []
            try:
                for chunk in _chunks(todo):
                    if pool is None and any(job.snapshot and job.snapshot.images for job in chunk):
                        detection = Detection(self._school, hooks=("look",))
                        pool = runner.run(stack.enter_async_context(detection))
                    for job, one in zip(chunk, self._judge(chunk, runner, pool), strict=True):
                        if one and job.kind == "profile" and together:
                            everyone.append((job, replace(one, snapshot=replace(one.snapshot, images=()))))
                        else:
                            alone = (
                                detectors.join([one.snapshot], self._school)
                                if one and job.kind == "profile"
                                else Outcome()
                            )
                            yield from self._rows(job, one, alone)
                joined = detectors.join([one.snapshot for _, one in everyone], self._school)
                joined = link([one for _, one in everyone], joined, self._school)
                for job, one in everyone:
                    mine = tuple(f for f in joined.findings if f.location.item == one.snapshot.id)
                    yield from self._rows(job, one, replace(joined, findings=mine))
            finally:
                runner.run(stack.aclose())

    def _judge(
        self, chunk: Sequence[Job], runner: asyncio.Runner, pool: Detection | None
    ) -> list[Looked | None]:
        snapshots = [job.snapshot for job in chunk if job.snapshot]
        texts = detectors.read_many([replace(s, images=()) for s in snapshots], self._school)

        async def pictures(job: Job) -> list[tuple[detectors.Image, Outcome]]:
            if not job.snapshot or not job.snapshot.images:
                return []
            assert pool is not None
            images = job.snapshot.images
            outcomes = await asyncio.gather(*(pool.look(image, str(job.item)) for image in images))
            return list(zip(images, outcomes, strict=True))

        async def all_pictures() -> list[list[tuple[detectors.Image, Outcome]]]:
            return await asyncio.gather(*(pictures(job) for job in chunk))

        seen = runner.run(all_pictures())
        return [
            gather(job.snapshot, next(texts), pairs) if job.snapshot else None
            for job, pairs in zip(chunk, seen, strict=True)
        ]

    def _rows(self, job: Job, one: Looked | None, joined: Outcome) -> Iterator[Row]:
        for name, reason in job.problems:
            yield {"item": job.item, "result": "unreadable", "check": None, "reason": _about(name, reason)}
        if one is None:
            snapshot = Snapshot(str(job.item), "", result="unreadable")
            yield from self._closing(job, snapshot, (), {})
            return
        for name, reason in one.unreadable:
            about = "" if job.kind == "picture" else name
            yield {"item": job.item, "result": "unreadable", "check": None, "reason": _about(about, reason)}
        missing = {**one.not_run, **joined.not_run}
        for check, reason in missing.items():
            yield {"item": job.item, "result": "not_run", "check": check, "reason": reason}
        findings = (*one.findings, *joined.findings)
        weighed = weigh(one, findings, self._school, candidates=self._candidates)
        for assessment in weighed:
            yield row_of(job.item, assessment)
        yield from self._closing(job, one.snapshot, weighed, missing)

    def _closing(
        self, job: Job, snapshot: Snapshot, weighed: Sequence[Assessment], missing: Mapping[str, str]
    ) -> Iterator[Row]:
        if self._with_verdicts:
            reportable = [a for a in weighed if a.level != "candidate"]
            answers = verdicts(
                snapshot,
                reportable,
                not_run=missing,
                built=detectors.built(),
                school=self._school,
                alone=self._alone,
            )
            told = {check: {"verdict": v.verdict, "reason": v.reason} for check, v in answers.items()}
            yield {"item": job.item, "result": "verdicts", "verdicts": told}


def _chunks(todo: Iterable[Job]) -> Iterator[list[Job]]:
    chunk: list[Job] = []
    size = 0
    for job in todo:
        chunk.append(job)
        size += sum(len(image.data) for image in job.snapshot.images) if job.snapshot else 0
        if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _about(name: str, reason: str) -> str:
    return f"{name}: {reason}" if name else reason


def _table() -> Table:
    table = Table("item", "check", "level", "where", "why", title=None)
    table.columns[4].overflow = "fold"
    return table


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "level" in row:
        where = row["where"] or row["image"] or ""
        return str(row["item"]), row["check"], row["level"], where, "; ".join(row["reasons"])
    said = row.get("reason") or ", ".join(f"{k}: {v['verdict']}" for k, v in row["verdicts"].items())
    return str(row["item"] or ""), row.get("check") or "", row["result"], "", said
