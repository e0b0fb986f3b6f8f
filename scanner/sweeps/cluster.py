"""Detection on an existing Dask cluster of the school's own; crawling stays one polite queue here.

TLS only, and only on workers that never write what they hold to disk. Results come back to the one owner of
the store; a worker that dies is another's work again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import detectors
from data import School
from detectors import Image, Outcome, Snapshot
from scanner.detection import (
    CRASHED,
    EACH_TEXT,
    PICTURE_DEADLINE,
    TEXT_DEADLINE,
    TOO_SLOW,
    VIDEO_DEADLINE,
)
from scanner.errors import PartMissing, UsageError

T = TypeVar("T")
PATIENCE = 5.0
"""A cluster's queue may be this many times longer than a pool of our own before a picture is given up."""
CONNECT = 30
"""Seconds to reach the scheduler."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler is, and what we show to be let in.

    Raises:
        UsageError: the address is not TLS, or a file is missing.
    """

    address: str
    ca: Path
    cert: Path
    key: Path

    def __post_init__(self) -> None:
        if not self.address.startswith("tls://"):
            raise UsageError("a cluster is used over TLS only: its address begins with tls://")
        for file in (self.ca, self.cert, self.key):
            if not file.is_file():
                raise UsageError(
                    f"{file} is not there; the cluster needs its CA, our certificate and our key"
                )


@asynccontextmanager
async def cluster_detection(school: School, cluster: Cluster) -> AsyncIterator[ClusterDetection]:
    """Detectors of one school on the cluster, with the school's photos fingerprinted once, here.

    Raises:
        PartMissing: dask is not installed, the scheduler cannot be reached, or a worker spills to disk.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that few need
        from distributed.security import Security  # noqa: PLC0415
    except ImportError:
        raise PartMissing("--cluster needs dask; pip install 'exposure-scanner[cluster]'") from None
    security = Security(
        tls_ca_file=str(cluster.ca),
        tls_client_cert=str(cluster.cert),
        tls_client_key=str(cluster.key),
        require_encryption=True,
    )
    prepared = await asyncio.to_thread(detectors.prepared, school)
    try:
        client = await Client(cluster.address, security=security, asynchronous=True, timeout=CONNECT)
    except (OSError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PartMissing(f"the cluster at {cluster.address} cannot be reached: {said}") from None
    try:
        spilling = await client.run(_spills)
        if not spilling:
            raise PartMissing(f"the cluster at {cluster.address} has no workers")
        if any(spilling.values()):
            raise PartMissing(
                "a worker of the cluster may write to disk; set distributed.worker.memory.target and .spill "
                "to False there, because pages and pictures are never stored"
            )
        name = secrets.token_hex(8)
        await client.register_plugin(_plugin(name, prepared))
        yield ClusterDetection(client, name)
    finally:
        await client.close()


class ClusterDetection:
    """The detectors, as `scanner.detection.Detection` offers them."""

    def __init__(self, client: Any, school: str) -> None:
        self._client, self._school = client, school

    async def look(self, image: Image, item: str) -> Outcome:
        """Judge one picture or video; an unreadable one says why."""
        deadline = VIDEO_DEADLINE if detectors.is_video(image.data) else PICTURE_DEADLINE
        return await self._judged(deadline, _look, image, item, failed=lambda why: Outcome(unreadable=why))

    async def read(self, snapshot: Snapshot) -> Outcome:
        """Judge one profile's texts and settings; its pictures stay here."""
        deadline = TEXT_DEADLINE + EACH_TEXT * len(snapshot.texts)
        return await self._judged(deadline, _read, replace(snapshot, images=()), failed=_not_run)

    async def join(self, snapshots: Sequence[Snapshot]) -> Outcome:
        """Judge what only all profiles of one person together show."""
        bare = tuple(replace(snapshot, images=()) for snapshot in snapshots)
        deadline = TEXT_DEADLINE + EACH_TEXT * sum(len(one.texts) for one in snapshots)
        return await self._judged(deadline, _join, bare, failed=_not_run)

    async def crop(
        self, image: Image, box: tuple[int, int, int, int] | None, *, thing: bool = False
    ) -> bytes | None:
        """A small JPEG with every face blurred, or None where that cannot be made sure."""
        job = partial(detectors.crop, image, box, thing=thing)
        return await self._judged(PICTURE_DEADLINE, _call, job, failed=lambda _: None, school=False)

    async def _judged(
        self,
        deadline: float,
        job: Callable[..., T],
        *args: Any,
        failed: Callable[[str], T],
        school: bool = True,
    ) -> T:
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - an extra that few need

        given = (self._school, *args) if school else args
        future = self._client.submit(job, *given, pure=False, retries=1)
        try:
            result: T = await asyncio.wait_for(future.result(), deadline * PATIENCE)
        except KilledWorker:
            return failed(CRASHED)
        except TimeoutError:
            await future.cancel()
            return failed(TOO_SLOW)
        return result


_schools: dict[str, School] = {}
"""On a worker: the school that is looked at now, under a random name."""


def _look(school: str, image: Image, item: str) -> Outcome:
    return detectors.look(image, item, _schools[school])


def _read(school: str, snapshot: Snapshot) -> Outcome:
    return detectors.read(snapshot, _schools[school])


def _join(school: str, snapshots: tuple[Snapshot, ...]) -> Outcome:
    return detectors.join(snapshots, _schools[school])


def _call(job: Callable[[], T]) -> T:
    return job()


def _plugin(name: str, school: School) -> Any:
    """Hands every worker the school once, also one that is started later, and has it load its models."""
    from distributed import WorkerPlugin  # noqa: PLC0415 - an extra that few need

    class Warm(WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:  # noqa: ARG002 - the plugin's signature
            hold(name, school)

    plugin = Warm()
    plugin.name = "exposure-scanner-school"
    return plugin


def hold(name: str, school: School) -> None:
    """On a worker: look at this school from now on."""
    _schools.clear()
    _schools[name] = school
    detectors.warm(school, ("read", "look"))


def _spills() -> bool:
    """Whether this worker may write what it holds to disk."""
    from dask import config  # noqa: PLC0415 - runs on the worker

    memory = "distributed.worker.memory"
    return bool(config.get(f"{memory}.spill", True) or config.get(f"{memory}.target", True))


def _not_run(why: str) -> Outcome:
    return Outcome(not_run=dict.fromkeys(detectors.built(), why))
