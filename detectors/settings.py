"""Settings and lists that a stranger finds open, as far as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator

import data
from data import Facts, School
from detectors._model import Finding, Location, Snapshot

CHECKS = ("weak-privacy", "search-listing")

READ = 0.95
"""The score of a flag that was positively read. Not 1: a platform can change what a flag means."""

LISTING = frozenset({"discoverable", "indexable"})
BEHIND_PRIVATE = frozenset({"comments_open", "downloads_open", "duets_open", "likes_visible", "location_on"})


def weigh(snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """One finding per open flag. A flag that was not read is no news, good or bad."""
    facts = data.facts(snapshot.platform)
    professional = school.may_be_named_on(platform=snapshot.platform, url=snapshot.url)
    on_purpose = facts.kind == "site" or professional
    for flag, value in sorted(snapshot.flags.items()):
        if value is (flag != "private") and _matters(flag, snapshot, facts, on_purpose=on_purpose):
            rule = _rule(flag, on_purpose=on_purpose)
            if known := data.rules().get(rule):
                place = Location(item=snapshot.id, where="flags")
                yield Finding(known.check, rule, READ, place, reasons=(f"the page shows: {known.title}",))


def _matters(flag: str, snapshot: Snapshot, facts: Facts, *, on_purpose: bool) -> bool:
    if flag == "private":
        return not on_purpose and facts.private_mode is not False
    if flag == "signed_out_visible":
        return flag in facts.settings
    if flag == "professional_account":
        return not on_purpose
    return not (snapshot.flags.get("private") and flag in BEHIND_PRIVATE)


def _rule(flag: str, *, on_purpose: bool) -> str:
    kind = "site" if on_purpose and flag in LISTING else "flag"
    return f"{kind}-{flag.replace('_', '-')}"
