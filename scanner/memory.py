"""What changed between two scans, computed when the owner opens the newer one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import was_read

FRONT = frozenset({"bio", "display_name", "handle", "headline", "location"})
"""Places that are read wherever the page itself was, however many posts were left out."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Finding ids by what became of them; `gone` only where the place was really read again."""

    new: tuple[str, ...]
    still: tuple[str, ...]
    gone: tuple[str, ...]
    could_not_check: tuple[str, ...]


def memory_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the owner's memory keeps of a report: ids and places, no text and no picture."""
    return {
        "created_at": report["created_at"],
        "read": {p["url"]: _read(p) for p in report["profiles"]},
        "findings": {f["id"]: f["profile"] for f in report["findings"]},
        "not_run": sorted({f"{n['check']} {n['profile']}" for n in report["not_run"]}),
        "checks": {f["id"]: f["check"] for f in report["findings"]},
        "front": sorted(
            f["id"] for f in report["findings"] if f.get("item") in FRONT and not f.get("evidence")
        ),
    }


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Changes:
    """Compare two memories; `before` is None the first time."""
    old: Mapping[str, str] = before["findings"] if before else {}
    new: Mapping[str, str] = after["findings"]
    missing = [one for one in old if one not in new]
    gone = [one for one in missing if _looked(one, old[one], before or {}, after)]
    return Changes(
        new=_sorted(one for one in new if one not in old),
        still=_sorted(one for one in new if one in old),
        gone=_sorted(gone),
        could_not_check=_sorted(one for one in missing if one not in gone),
    )


def _looked(finding: str, profile: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    check = before["checks"].get(finding, "")
    enough = ("whole", "front") if finding in before.get("front", ()) else ("whole",)
    return after["read"].get(profile) in enough and f"{check} {profile}" not in after["not_run"]


def _read(profile: Mapping[str, Any]) -> str:
    if not was_read(profile["result"]):
        return "no"
    if profile["result"] == "ok_partial":
        return "partly"
    coverage = profile["coverage"]
    whole = coverage["complete"] == "complete" and not coverage["pictures_unreadable"]
    return "whole" if whole else "front"


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
