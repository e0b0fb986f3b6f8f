"""What a newer look found that the earlier one had not, and what is no longer there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.renewing import what_changed
from scanner.report import to_json
from scanner.report.cards import Card
from scanner.report.words import tidy
from scanner.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Changed:
    """In words, problem by problem. `new` are cards of this report, `still` is how many were there before."""

    new: tuple[Card, ...]
    still: int
    gone: tuple[str, ...]
    unsure: tuple[str, ...]


def changed(visit: Visit, bands: Mapping[str, Sequence[Card]]) -> Changed | None:
    """Compare the newest report with the one before it; None where there is none, or the look failed."""
    job = visit.job
    if job is None or job.result is None:
        return None
    before = to_json(job.earlier.report) if job.earlier else visit.before
    if before is None:
        return None
    after = to_json(job.result.report)
    every = {one["url"] for one in (*before["profiles"], *after["profiles"])}
    looked = frozenset(job.urls) if job.part else every
    found = what_changed(before, after, looked=looked, unseen=job.result.unseen)
    told = [card for cards in bands.values() for card in cards]
    new = tuple(card for card in told if not set(found.new).isdisjoint(card.ids))
    return Changed(
        new=tuple(card for card in new if set(found.still).isdisjoint(card.ids)),
        still=sum(not set(found.still).isdisjoint(card.ids) for card in told),
        gone=tuple(tidy(one, 160) for one in found.gone),
        unsure=tuple(tidy(one, 160) for one in found.unsure),
    )
