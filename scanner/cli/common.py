"""What several verbs share: the school option, progress bars, and where a report goes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from data import School, school_in
from scanner import report as reports
from scanner.errors import DeliveryError, UsageError
from scanner.packs import open_school

F = TypeVar("F", bound=Callable[..., Any])

STDERR = Console(stderr=True)


def _school(_context: click.Context, _option: click.Parameter, value: Path | None) -> School:
    chosen = value or (Path(found) if (found := os.environ.get("SCANNER_SCHOOL")) else None)
    return open_school(chosen) if chosen else school_in("schools/altus.toml")


def school_option(command: F) -> F:
    """Add `--school`: a pack folder or .toml file, else SCANNER_SCHOOL, else the shipped sample."""
    return click.option(
        "--school",
        type=click.Path(path_type=Path),
        callback=_school,
        help="Your school's pack: folder or .toml file. Default: $SCANNER_SCHOOL, else the shipped sample.",
    )(command)


class Steps:
    """Takes what is going on, as `OnStep`, and shows it as bars if there are any."""

    def __init__(self, bars: Progress | None = None) -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def __call__(self, profile: str, kind: str, done: int) -> None:
        """One more of a kind is done for a profile."""
        if self._bars is None:
            return
        if profile not in self._tasks:
            self._tasks[profile] = self._bars.add_task(profile[-40:], total=None, counts="")
            self._counts[profile] = {}
        counts = self._counts[profile]
        counts[kind] = done
        self._bars.update(self._tasks[profile], counts=", ".join(f"{n} {k}" for k, n in counts.items()))

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Take the bars away while somebody is asked something."""
        if self._bars is None:
            yield
            return
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()


@contextmanager
def progress() -> Iterator[Steps]:
    """Progress bars on the terminal, one per profile; nothing when the output is not a terminal."""
    if not STDERR.is_terminal:
        yield Steps()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=STDERR, transient=True) as bars:
        yield Steps(bars)


def report_folder(out: Path | None) -> Path:
    """Where a report goes, checked before the scan so that nothing is lost after it.

    Raises:
        UsageError: the folder is not empty, or is no folder.
    """
    folder = out or reports.default_folder(datetime.now(UTC).astimezone().date())
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not an empty folder, and a report never overwrites; choose another --out"
        )
    return folder


def claim(folder: Path) -> None:
    """Make the private folder now: a place that cannot be written is better known before the scan.

    Raises:
        DeliveryError: it cannot be made or written to; nothing was opened.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DeliveryError(f"{folder} cannot be written ({error.strerror}); nothing was opened") from None


def say_words(written: reports.Written) -> None:
    """Show an encrypted PDF's words beside JSON output: they are shown nowhere else."""
    if written.passphrase:
        click.echo(f"The words that open the PDF, shown once: {written.passphrase}", err=True)
