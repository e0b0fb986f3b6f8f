"""Detection on a Dask cluster: TLS only, nothing spilled, the same findings, and a dead worker costs nothing."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import trustme

from data import school_in
from detectors import Image, Snapshot, Text
from scanner.detection import Detection
from scanner.errors import PartMissing, UsageError
from scanner.sweeps.cluster import Cluster, cluster_detection

TALK = "I teach Year 7 at Marlow Brook School. Ring me on 01632 960983."


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "ws://127.0.0.1:8786", ""])
def test_a_cluster_without_tls_is_refused(address: str, tmp_path: Path) -> None:
    file = tmp_path / "any.pem"
    file.touch()
    with pytest.raises(UsageError, match="TLS only"):
        Cluster(address, file, file, file)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ca\.pem is not there"):
        Cluster("tls://127.0.0.1:8786", *[tmp_path / "ca.pem"] * 3)


def test_without_dask_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PartMissing, match=r"exposure-scanner\[cluster\]"):
        asyncio.run(judged(certificates(tmp_path, "tls://127.0.0.1:1")))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # dask's own
def test_the_same_findings_on_the_cluster_and_a_dead_worker_costs_nothing(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    here, there, after_death = asyncio.run(compared(tmp_path, spilling=False))
    assert here
    assert there == here
    assert after_death == here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # dask's own
def test_a_worker_that_may_write_to_disk_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(PartMissing, match="never stored"):
        asyncio.run(compared(tmp_path, spilling=True))


def certificates(folder: Path, address: str) -> Cluster:
    authority = trustme.CA()
    ours = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    ours.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    ours.private_key_pem.write_to_path(folder / "key.pem")
    return Cluster(address, folder / "ca.pem", folder / "cert.pem", folder / "key.pem")


async def judged(cluster: Cluster) -> None:
    async with cluster_detection(school_in("practice/school"), cluster):
        pass


async def compared(folder: Path, *, spilling: bool) -> tuple:
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    files = certificates(folder, "tls://unknown")
    tls = {
        f"tls_{role}_{part}": str(file)
        for role in ("client", "scheduler", "worker")
        for part, file in (("cert", files.cert), ("key", files.key))
    }
    security = Security(tls_ca_file=str(files.ca), require_encryption=True, **tls)
    memory = {f"distributed.worker.memory.{part}": 0.7 if spilling else False for part in ("target", "spill")}
    school = school_in("practice/school")
    with dask.config.set(memory):
        async with LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            protocol="tls",
            security=security,
            asynchronous=True,
            dashboard_address=None,
        ) as local:
            cluster = Cluster(local.scheduler_address, files.ca, files.cert, files.key)
            async with cluster_detection(school, cluster) as remote:
                there = await findings(remote)
                worker = next(iter(local.workers.values()))
                await worker.kill()
                await worker.instantiate()
                after = await findings(remote)
    async with Detection(school, workers=1) as detect:
        return await findings(detect), there, after


async def findings(detect) -> list[str]:
    picture = (Path(__file__).parents[3] / "data/practice/school/photos/open-day.jpg").read_bytes()
    snapshot = Snapshot(
        "https://a.example/me", "site", "https://a.example/me", texts=(Text("bio", "bio", TALK),)
    )
    read = await detect.read(snapshot)
    seen = await detect.look(Image("p1", "open-day.jpg", picture), snapshot.id)
    joined = await detect.join([snapshot])
    return [repr(f) for outcome in (read, seen, joined) for f in outcome.findings]
