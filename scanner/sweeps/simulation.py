"""A sweep on paper: hours by host budget, cores for detection, the store's size, and what breaks first."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.model import Consent, Submission
from scanner.store import KEYS, Store
from scanner.store.keys import Keyring
from scanner.sweeps.estimate import seconds_for

SHARES = {
    "instagram.com": 0.33,
    "facebook.com (not visited)": 0.20,
    "x.com": 0.10,
    "tiktok.com": 0.10,
    "linkedin.com (not visited)": 0.08,
    "youtube.com": 0.05,
    "pinterest.com": 0.04,
    "reddit.com": 0.03,
    "threads.com": 0.03,
    "many small hosts": 0.04,
}
"""Assumed: where the profiles of school staff lie. Facebook and LinkedIn ask for the download first."""
NOT_VISITED = "(not visited)"
SMALL = 50
"""Hosts that the last share spreads over."""
YEARS, A_YEAR = 5, 3
"""Sweeps: one a term."""
MEMORIES = 4
"""Owner memories that 400 days leave of them; reports are kept 30 days."""
WINDOW = 21.0
"""Days a sweep is open by default."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One line of the plan: hours of the slowest host, cores so that detection is never behind.

    `reading_s` is one look through everybody's rows.
    """

    people: int
    per_host: int
    slowest: str
    hours: float
    cores: float
    database_mb: float
    reading_s: float


def plan(
    people: int,
    profiles: float,
    *,
    per_host: int,
    each: float,
    detection: float,
    row_bytes: float,
    pass_s: float,
    at_once: int = 4,
) -> Plan:
    """A sweep's plan from measured figures.

    Args:
        people: who take part.
        profiles: of one person.
        per_host: profiles a day on one host.
        each: seconds one profile takes on its host, pauses included.
        detection: processor seconds for one profile.
        row_bytes: bytes of the file for one person after five years.
        pass_s: seconds to look through one person's rows once.
        at_once: people in hand.
    """
    times: dict[str, float] = {}
    visited = 0.0
    for host, share in SHARES.items():
        count = people * profiles * share
        if host.endswith(NOT_VISITED):
            continue
        visited += count
        alone = count / SMALL if host.startswith("many") else count
        times[host] = seconds_for(max(1, round(alone)), each, per_day=per_host)
    times["all hosts together"] = visited * each / at_once
    slowest = max(times, key=lambda host: times[host])
    return Plan(
        people=people,
        per_host=per_host,
        slowest=slowest,
        hours=round(times[slowest] / 3600, 1),
        cores=round(at_once / each * detection, 2),
        database_mb=round(people * row_bytes / 1e6, 1),
        reading_s=round(people * pass_s, 1),
    )


def breaks_first(found: Plan) -> str:
    """What of a plan does not fit: the window, this machine's cores, or the owner's loop."""
    if found.hours > WINDOW * 24:
        return f"the window: {found.slowest} takes {found.hours / 24:.0f} days, {WINDOW:.0f} are open"
    if found.cores > 2:  # noqa: PLR2004 - the machine that the figures are from
        return f"detection: {found.cores:.1f} cores are needed; use --cluster"
    if found.reading_s > 600:  # noqa: PLR2004 - ten minutes
        return f"the owner: one look through everybody's rows takes {found.reading_s / 60:.0f} minutes"
    return "nothing"


def five_years(
    report: Mapping[str, Any], profiles: Sequence[str], *, people: int = 200
) -> tuple[float, float]:
    """Bytes of one person after five years, and seconds to look through their rows once: a real store.

    Everything is made for real for some people, sealed and encrypted, the file rewritten and measured; an
    empty store's bytes are taken off. Their passphrase is the same one: stretching it takes a second.
    """
    with tempfile.TemporaryDirectory(prefix="sweep-size-") as place:
        empty = _filled(Path(place) / "empty", report, profiles, people=0)
        full = _filled(Path(place) / "full", report, profiles, people=people)
        with Store(Path(place) / "full") as store:
            began = datetime.now(UTC)
            everybody = store.people()
            for person in everybody:
                for table in ("invitations", "jobs"):
                    store.shelf.rows(table, person)
                store.consents(person)
            took = (datetime.now(UTC) - began).total_seconds()
    return (full - empty) / people, took / len(everybody)


def _filled(folder: Path, report: Mapping[str, Any], profiles: Sequence[str], *, people: int) -> int:
    at = datetime.now(UTC)
    with Store(folder) as store:
        keyring = Keyring(folder / KEYS)
        first, _code = store.sign_up("three plain words")
        (owner,) = store.shelf.rows("owners", first).values()
        for _ in range(people):
            person = keyring.new_person().person
            with store.shelf.transaction():
                store.shelf.put("owners", person, owner)
                _lived(store, person, report, profiles, at=at)
        store.forget_old(at=at, report_days=30, memory_days=400)
        store.shelf.rewrite()
    return (folder / "exposure.duckdb").stat().st_size


def _lived(
    store: Store, person: str, report: Mapping[str, Any], profiles: Sequence[str], *, at: datetime
) -> None:
    """What somebody leaves behind who took part for five years."""
    for number in range(YEARS):
        given = at - timedelta(days=365 * number)
        for purpose in ("self-check", "sweeps", "counts"):
            store.add_consent(person, Consent(purpose, "1", given, given + timedelta(days=365)))
    consent = Consent("self-check", "1", at, at)
    for url in profiles:
        store.add_submission(person, Submission(url, "site", consent, ownership="code"))
        store.shelf.put("jobs", person, {"url": url, "sweep": "0" * 32, "ownership": "code"})
    store.shelf.put("invitations", person, {"sweep": "0" * 32, "told_at": at.isoformat()})
    for number in range(YEARS * A_YEAR):
        made = at - timedelta(days=122 * (YEARS * A_YEAR - 1 - number))
        store.add_report(person, {**report, "created_at": made.isoformat()})
        store.shelf.put("spendings", person, {"sweep": "0" * 32, "epsilon": 2.0})
