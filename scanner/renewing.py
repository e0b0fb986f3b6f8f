"""Some profiles looked at again: their parts of an earlier report replaced, and what changed there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.memory import changes, memory_of
from scanner.model import Assessment, NotRun, ProfileReport, Report, was_read
from scanner.ownership import weakest
from scanner.platforms import in_words
from scanner.policy import BANDS

TOGETHER = "it needs all your pages together; look at all of them again to check it"
KEPT = "{url} could not be read when we looked at it again. What stands here is from the look before. {why}"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A report with some of its profiles looked at again. `unseen` are findings it carries on unchecked."""

    report: Report
    unseen: frozenset[str] = frozenset()


def renewed(before: Report, again: Report) -> Renewed:
    """The earlier report with the profiles of the newer one in the place of their old parts.

    What rests on several profiles cannot be judged from one, and a profile that could not be read this
    time says nothing: both stay as they were, and are marked as not checked this time.
    """
    old = {profile.url: profile for profile in before.profiles}
    missed = {p.url: p for p in again.profiles if not was_read(p.result) and _was_read(old.get(p.url))}
    fresh = {p.url: p for p in again.profiles if p.url not in missed}
    kept = [f for f in before.findings if f.profile not in fresh or _rests_on_others(f)]
    unseen = [f for f in kept if f.profile in fresh or f.profile in missed]
    known = {one.id for one in kept}
    new = [f for f in again.findings if f.profile in fresh and f.id not in known]
    told = {(f.check, f.profile) for f in unseen if f.profile in fresh}
    profiles = [_spoken(fresh.get(url, profile), profile, told) for url, profile in old.items()]
    profiles += [profile for url, profile in fresh.items() if url not in old]
    report = replace(
        again,
        ownership=weakest(profile.ownership for profile in profiles),
        profiles=tuple(profiles),
        findings=tuple(sorted((*new, *kept), key=_urgency)),
        not_run=(
            *(one for one in before.not_run if one.profile not in fresh),
            *(one for one in again.not_run if one.profile in fresh),
            *(NotRun(check, profile, TOGETHER) for check, profile in sorted(told)),
        ),
        notes=(
            *dict.fromkeys((*before.notes, *again.notes)),
            *(KEPT.format(url=url, why=in_words(p.result)) for url, p in missed.items()),
        ),
    )
    return Renewed(report, frozenset(f.id for f in unseen))


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """Ids of findings that are new or still there; what the earlier report said of those no longer told."""

    new: tuple[str, ...]
    still: tuple[str, ...]
    gone: tuple[str, ...]
    unsure: tuple[str, ...]


def what_changed(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    looked: Collection[str],
    unseen: Collection[str] = (),
) -> WhatChanged:
    """Compare two reports in the published format, as far as they are about the profiles `looked` at.

    `unseen` are ids of findings that the newer report only carries on.
    """
    earlier, later = _part(before, looked), _part(after, looked)
    carried = [f for f in later["findings"] if f["id"] in unseen]
    later["findings"] = [f for f in later["findings"] if f["id"] not in unseen]
    later["not_run"] = [*later["not_run"], *carried]
    found = changes(memory_of(earlier), memory_of(later))
    names = {one["id"]: one["advice"]["summary"] for one in earlier["findings"]}
    return WhatChanged(
        new=found.new,
        still=found.still,
        gone=tuple(dict.fromkeys(names[one] for one in found.gone)),
        unsure=tuple(dict.fromkeys(names[one] for one in found.could_not_check)),
    )


def _was_read(profile: ProfileReport | None) -> bool:
    return profile is not None and was_read(profile.result)


def _rests_on_others(found: Assessment) -> bool:
    """Whether a finding shows only with another profile beside its own."""
    return any(place.item != found.location.item for place in found.evidence)


def _spoken(fresh: ProfileReport, old: ProfileReport, told: Collection[tuple[str, str]]) -> ProfileReport:
    """The newer part, with the earlier answers of those checks whose findings stay."""
    kept = {check: old.verdicts[check] for check in old.verdicts if (check, old.url) in told}
    return replace(fresh, verdicts={**fresh.verdicts, **kept}) if kept else fresh


def _urgency(found: Assessment) -> int:
    return BANDS.index(found.band) if found.band in BANDS else len(BANDS)


def _part(report: Mapping[str, Any], looked: Collection[str]) -> dict[str, Any]:
    return {
        **report,
        "profiles": [one for one in report["profiles"] if one["url"] in looked],
        "findings": [one for one in report["findings"] if one["profile"] in looked],
        "not_run": [one for one in report["not_run"] if one["profile"] in looked],
    }
