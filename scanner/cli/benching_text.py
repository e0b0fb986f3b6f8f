"""How fast texts are read: posts a second on one core, loading and memory, beside a plain spaCy run."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import detectors
from data import School, school_in
from detectors import Snapshot
from scanner.measuring import pss_mb

PATIENCE = 600
"""Seconds a child may take."""


@dataclass(frozen=True, slots=True)
class Speed:
    """One way of reading the same texts, in a fresh process on one core.

    Posts a second go by processor time, so that other work on the machine does not blur them; both
    ways use one thread. `load` is in seconds by the clock, from the process's start.
    """

    name: str
    posts: int
    posts_per_second: float
    load: float
    memory_mb: float
    answers: int


def speeds() -> list[Speed]:
    """Ours and the plain run, one after the other."""
    return [_measured(_ours), _measured(_plain)]


def _measured(run: Callable[[list[Snapshot], float], Speed]) -> Speed:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(run, there, time.time()), daemon=True)
    child.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            raise TimeoutError("the measured process took too long")
        speed = here.recv()
    finally:
        child.terminate()
        child.join()
    assert isinstance(speed, Speed)
    return speed


def _child(run: Callable[[list[Snapshot], float], Speed], out: Connection, started: float) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    begun = time.time()
    texts = [case.snapshot for case in detectors.cases("heldout")]
    out.send(run(texts, started + time.time() - begun))


def _ours(texts: list[Snapshot], started: float) -> Speed:
    school: School = school_in("schools/oakfield.toml")
    detectors.warm(school, ("read",))
    next(detectors.read_many(texts[:1], school))
    loaded = time.time() - started
    begun = time.process_time()
    answers = sum(len(outcome.findings) for outcome in detectors.read_many(texts, school))
    took = time.process_time() - begun
    return Speed("all text checks", len(texts), len(texts) / took, loaded, pss_mb(os.getpid()), answers)


def _plain(texts: list[Snapshot], started: float) -> Speed:
    pipeline = detectors.plain_pipeline()
    loaded = time.time() - started
    begun = time.process_time()
    values = (text.value for snapshot in texts for text in snapshot.texts)
    answers = sum(len(doc.ents) for doc in pipeline.pipe(values))
    took = time.process_time() - begun
    name = "spaCy, whole pipeline"
    return Speed(name, len(texts), len(texts) / took, loaded, pss_mb(os.getpid()), answers)
