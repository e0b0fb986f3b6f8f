"""Time, processor time and memory of this process and all it started (Linux)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(slots=True)
class Meter:
    """What a block took: wall seconds, and the largest proportional memory (PSS) in megabytes."""

    seconds: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measured(*, memory: bool = False, every: float = 0.25) -> Iterator[Meter]:
    """Measure a block; with `memory`, sample the whole process tree every quarter of a second."""
    meter = Meter()
    done = threading.Event()

    def sample() -> None:
        while not done.wait(every):
            meter.peak_mb = max(meter.peak_mb, sum(pss_mb(pid) for pid in tree()))

    sampler = threading.Thread(target=sample, daemon=True)
    if memory:
        sampler.start()
    started = time.perf_counter()
    try:
        yield meter
    finally:
        meter.seconds = time.perf_counter() - started
        done.set()
        if memory:
            sampler.join()


def cpu_seconds(pid: int) -> float:
    """Processor seconds a process has used so far; 0 when it is gone."""
    try:
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / TICKS
    except (OSError, IndexError, ValueError):
        return 0.0


def pss_mb(pid: int) -> float:
    """A process's share of memory in megabytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def most_mb() -> float:
    """The most memory this process has held at any time, in megabytes; 0 where the system does not say."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def tree() -> list[int]:
    """This process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
        except (OSError, IndexError, ValueError):
            continue
    found, waiting = [], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found
