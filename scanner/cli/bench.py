"""`scanner bench`: seconds from address to report on the practice site's 40-post, 30-picture page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import click

from data import school_in
from detectors import Snapshot
from scanner.acquire import Session, open_session
from scanner.acquire.addresses import parse_allow
from scanner.acquire.manners import Manners
from scanner.cli.benching_exports import read_speeds
from scanner.cli.benching_sweep import plans, practice_sweep
from scanner.cli.benching_text import speeds
from scanner.cli.benching_web import read_by
from scanner.detection import Detection
from scanner.intake import submissions
from scanner.measuring import cpu_seconds, measured
from scanner.model import Consent, Submission
from scanner.pipeline import scan
from scanner.platforms import Account
from scanner.practice import serve_practice

LATENCY = 0.02
"""Seconds each answer of the site waits, as a near server would."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one way of going out; `ratio` is with detection to crawl alone."""

    pause: float
    crawl_alone: float
    with_detection: float
    ratio: float
    detection_cpu: float
    posts: int
    pictures: int
    findings: int


@click.group(invoke_without_command=True)
@click.option("--runs", default=5, show_default=True, help="Runs of each kind, taken in turns.")
@click.option(
    "--pause", "pauses", type=float, multiple=True, default=(0.0, 5.0), help="Seconds between pages."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def bench(context: click.Context, runs: int, pauses: tuple[float, ...], *, as_json: bool) -> None:
    """Time the crawl alone and with detection, without and with the shipped pause.

    \b
    Example: scanner bench --runs 5
             scanner bench text
             scanner bench exports
             scanner bench web
             scanner bench sweep
    """
    if context.invoked_subcommand is not None:
        return
    with serve_practice(latency=LATENCY, draw_first=["bench"]) as site:
        address = parse_allow(site.address)
        account = submissions([site.bench])[0]
        rows = [asyncio.run(_figures(account, address, pause, runs)) for pause in pauses]
        # looking at the memory of a dozen processes takes time of its own, so it has a run of its own
        with measured(memory=True) as all_of_it:
            asyncio.run(_figures(account, address, 0.0, 1))
    if as_json:
        rows_json = [asdict(row) for row in rows]
        click.echo(json.dumps({"runs": runs, "peak_mb": round(all_of_it.peak_mb), "rows": rows_json}))
        return
    click.echo(f"{'pause':>6} {'crawl':>8} {'with detection':>15} {'ratio':>6} {'detection CPU s':>16}")
    for row in rows:
        click.echo(
            f"{row.pause:>5.0f}s {row.crawl_alone:>7.2f}s {row.with_detection:>14.2f}s {row.ratio:>6.2f} "
            f"{row.detection_cpu:>16.2f}   "
            f"({row.posts} posts, {row.pictures} pictures, {row.findings} findings)"
        )
    click.echo(f"medians of {runs} runs; peak memory of all processes {all_of_it.peak_mb:.0f} MB")


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def text(*, as_json: bool) -> None:
    """Posts a second on one core with all text checks, loading and memory, beside plain spaCy.

    \b
    Example: scanner bench text
    """
    rows = speeds()
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
        return
    click.echo(f"{'':<24} {'posts':>6} {'posts/s':>8} {'loading':>8} {'memory':>8}")
    for row in rows:
        click.echo(
            f"{row.name:<24} {row.posts:>6} {row.posts_per_second:>8.0f} {row.load:>7.1f}s "
            f"{row.memory_mb:>5.0f} MB"
        )


@bench.command()
@click.option("--megabytes", default=60, show_default=True, help="Text in each archive.")
@click.option("--pictures", default=20_000, show_default=True, help="Pictures in the last archive.")
@click.option(
    "--gigabytes", default=1.0, show_default=True, type=click.FloatRange(0.001, 200), help="All its pictures."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def exports(megabytes: int, pictures: int, gigabytes: float, *, as_json: bool) -> None:
    """Megabytes of text a second, and memory, for made-up data downloads.

    \b
    Example: scanner bench exports
             scanner bench exports --gigabytes 20 --pictures 100000
    """
    rows = read_speeds(megabytes, pictures, gigabytes)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
        return
    titles = f"{'text':>8} {'items':>8} {'pictures':>9} {'seconds':>8} {'CPU s':>6}"
    click.echo(f"{'':<20} {titles} {'MB/s':>5} {'MB/CPU s':>8} {'memory':>8}")
    for row in rows:
        click.echo(
            f"{row.name:<20} {row.megabytes:>5.0f} MB {row.items:>8} {row.pictures:>9} {row.seconds:>8.2f} "
            f"{row.processor_seconds:>6.2f} {row.megabytes_per_second:>5.0f} "
            f"{row.megabytes_per_processor_second:>8.0f} {row.memory_mb:>5.0f} MB"
        )


@bench.command()
@click.option("--people", default=200, show_default=True, help="People who read at the same time.")
@click.option("--seconds", default=60.0, show_default=True, help="How long they read.")
@click.option("--every", default=10.0, show_default=True, help="Seconds in which each turns a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def web(people: int, seconds: float, every: float, *, as_json: bool) -> None:
    """Milliseconds until a page is there while people read their reports and two checks run; memory.

    \b
    Example: scanner bench web --people 200
    """
    row = read_by(people, seconds=seconds, every=every)
    if as_json:
        click.echo(json.dumps(asdict(row)))
        return
    click.echo(
        f"{row.people} people, {row.pages} pages, {row.requests} requests, {row.refused} refused: "
        f"median {row.median_ms:.0f} ms, 95 % within {row.p95_ms:.0f} ms, longest {row.worst_ms:.0f} ms, "
        f"processor time of the server {row.processor_ms:.0f} ms a page; "
        f"{row.checks_done} checks done meanwhile; {row.memory_mb:.0f} MB of the server and all it started"
    )


@bench.command()
@click.option("--people", default=5000, show_default=True, help="People in the plan.")
@click.option("--profiles", default=2.0, show_default=True, help="Profiles of one person.")
@click.option("--practice", default=20, show_default=True, help="Practice profiles swept for the figures.")
@click.option("--pause", default=5.0, show_default=True, help="Seconds between pages of a site.")
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="Turns of both.")
@click.option("--pages", default=2.0, show_default=True, help="Pages a profile takes, in the plan.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def sweep(
    people: int,
    profiles: float,
    practice: int,
    pause: float,
    rounds: int,
    pages: float,
    *,
    as_json: bool,
) -> None:
    """A sweep over practice profiles against crawling alone, and from it the plan for thousands of people.

    \b
    Example: scanner bench sweep --people 5000 --profiles 2
    """
    swept, report, urls = practice_sweep(practice, pause=pause, rounds=rounds)
    each = pages * (Manners().pause + swept.crawl_alone / swept.profiles - pause)
    rows, broken = plans(people, profiles, swept, report, urls, each=each)
    if as_json:
        lines = [{**asdict(row), "breaks_first": first} for row, first in zip(rows, broken, strict=True)]
        click.echo(
            json.dumps({"practice": asdict(swept), "seconds_a_profile": round(each, 1), "plan": lines})
        )
        return
    click.echo(
        f"{swept.profiles} practice profiles, {swept.pause:g} s between pages: "
        f"crawl {swept.crawl_alone:.1f} s, sweep {swept.sweep:.1f} s (ratio {swept.ratio:.3f}),"
    )
    click.echo(f"detection {swept.detection_cpu:.2f} CPU s a profile, reports of {swept.report_kb:.0f} kB")
    click.echo(f"{each:.1f} s a profile on its host, as assumed in the plan")
    click.echo(
        f"{'people':>7} {'a day':>7} {'hours':>7} {'cores':>6} {'store':>9}  slowest, what breaks first"
    )
    for row, first in zip(rows, broken, strict=True):
        click.echo(
            f"{row.people:>7} {row.per_host:>7} {row.hours:>7.1f} {row.cores:>6.2f} "
            f"{row.database_mb:>6.0f} MB  {row.slowest}; {first}"
        )


async def _figures(account: Account, address: tuple[str, int], pause: float, runs: int) -> Figures:
    school = school_in("practice/school")
    crawls, scans, processors = [], [], []
    async with (
        open_session(Manners(pause=pause), allow=frozenset({address})) as session,
        Detection(school) as detect,
    ):
        await detect.ready()
        await session.read(account)
        snapshot, found = Snapshot("", ""), 0
        for _ in range(runs):
            with measured() as crawl:
                snapshot = await session.read(account)
            crawls.append(crawl.seconds)
            before = sum(map(cpu_seconds, detect.processes()))
            with measured() as whole:
                found = await _scan(account, session, detect)
            scans.append(whole.seconds)
            processors.append(sum(map(cpu_seconds, detect.processes())) - before)
    return Figures(
        pause=pause,
        crawl_alone=round(median(crawls), 3),
        with_detection=round(median(scans), 3),
        ratio=round(median(scans) / median(crawls), 3),
        detection_cpu=round(median(processors), 2),
        posts=snapshot.coverage.posts_seen,
        pictures=len(snapshot.images),
        findings=found,
    )


async def _scan(account: Account, session: Session, detect: Detection) -> int:
    at = datetime.now(UTC)
    consent = Consent("self-check", "bench", at, at + timedelta(days=1))

    report = await scan(
        [(account, Submission(account.url, account.platform, consent))],
        at=at,
        school=detect.school,
        acquire=session.read,
        detect=detect,
    )
    return len(report.findings)
