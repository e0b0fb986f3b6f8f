"""Findings weighed against a school's policy: how sure, how soon, which line, what to do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import data
from data import Level, Policy, Rule, School
from data.policy import SAFEGUARDING, Severity
from detectors import Finding, Location, Snapshot
from scanner.advising import advise, illegal_content_path
from scanner.audience import IF_OPENED, shown
from scanner.masking import cover, mask
from scanner.model import Assessment

__all__ = ["BANDS", "ILLEGAL", "assess", "illegal_content_path"]

ILLEGAL = "illegal-suspected"
"""The rule that starts the scripted path. No shipped detector looks for such content."""

BANDS = ("today", "this-week", "worth-a-look", "fine")
LEVELS = ("finding", "question", "note", "candidate")
PROFILE_PLACES = frozenset(
    {"bio", "headline", "display_name", "handle", "location", "avatar", "banner", "flags", "checklist"}
)


@dataclass(frozen=True, slots=True)
class _Weighed:
    finding: Finding
    level: Level
    severity: Severity
    eased: bool
    reasons: tuple[str, ...]


def assess(
    findings: Sequence[Finding],
    *,
    snapshot: Snapshot,
    school: School,
    policy: Policy,
    at: date | None = None,
    candidates: bool = False,
    rules: Mapping[str, Rule] | None = None,
) -> tuple[Assessment, ...]:
    """Weigh the findings about one profile; the most urgent come first.

    Duplicates are merged, excerpts masked. What the policy or an exemption allows, and what lies
    below the reporting level, becomes a candidate and is left out unless `candidates`. `at` is the
    day of the scan. If anything is marked `ILLEGAL`, the script is all that is returned: no excerpt,
    no picture, no other finding of that profile.
    """
    if marked := next((f for f in findings if f.rule == ILLEGAL), None):
        return (_script(marked, snapshot, school),)
    known = data.rules() if rules is None else rules
    weighed = [_weigh(f, known[f.rule], snapshot, school, policy) for f in findings]
    merged = _merge(weighed)
    counted: Counter[str] = Counter()
    assessments = [_assessment(one, counted, snapshot, school, policy, at) for one in merged]
    kept = [a for a in assessments if candidates or a.level != "candidate"]
    return tuple(sorted(kept, key=lambda a: (BANDS.index(a.band), LEVELS.index(a.level))))


def _weigh(finding: Finding, rule: Rule, snapshot: Snapshot, school: School, policy: Policy) -> _Weighed:
    level = rule.level(finding.score)
    if level == "finding" and finding.score < policy.scoring.question_below:
        level = "question"
    severity = policy.severity(finding.check, finding.rule, snapshot.platform)
    allowed, asked = _exemptions(finding.check, snapshot, school, policy)
    if allowed:
        return _Weighed(finding, "candidate", severity, eased=True, reasons=allowed)
    if asked and level == "finding":
        level = "question"
    return _Weighed(finding, level, severity, eased=bool(asked), reasons=asked)


def _exemptions(
    check: str, snapshot: Snapshot, school: School, policy: Policy
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Why this check is allowed here, and why it is only asked about."""
    told = set(snapshot.exemptions)
    if school.may_be_named_on(platform=snapshot.platform, url=snapshot.url):
        told.add("professional_site")
    heard = [e for name, e in policy.exemptions.items() if name in told]
    return (
        tuple(e.says for e in heard if check in e.allow),
        tuple(e.says for e in heard if check in e.ask),
    )


def _merge(weighed: Sequence[_Weighed]) -> list[_Weighed]:
    """One of each group of duplicates, the surest, with the reasons and places of the others."""
    groups: dict[tuple[str, str, str, str | None], list[_Weighed]] = {}
    for one in sorted(weighed, key=_surest_first):
        place = one.finding.location
        heads = groups.setdefault((one.finding.check, place.item, place.where, place.image), [])
        for number, head in enumerate(heads):
            if _same(head.finding, one.finding):
                heads[number] = _joined(head, one)
                break
        else:
            heads.append(one)
    return sorted((one for heads in groups.values() for one in heads), key=_in_reading_order)


def _surest_first(one: _Weighed) -> tuple[int, float, tuple[int, int], str]:
    return LEVELS.index(one.level), -one.finding.score, one.finding.location.span or (0, 0), one.finding.rule


def _in_reading_order(one: _Weighed) -> tuple[str, str, tuple[int, int], str]:
    place = one.finding.location
    return place.where, place.image or "", place.span or (0, 0), one.finding.rule


def _same(a: Finding, b: Finding) -> bool:
    """Whether two findings of one check at one place are about one thing."""
    if a.location.span and b.location.span:
        return _overlap(a.location.span, b.location.span) and _one_text(a, b)
    if a.location.span or b.location.span:
        return False
    one_moment = a.location.second == b.location.second
    if one_moment and a.location.box and b.location.box and _boxes_meet(a.location.box, b.location.box):
        return True
    return (a.rule, a.ref, a.evidence) == (b.rule, b.ref, b.evidence)


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _one_text(a: Finding, b: Finding) -> bool:
    """A post's own words and its picture's alt text share a place but not their spans."""
    (a0, a1), (b0, b1) = a.location.span or (0, 0), b.location.span or (0, 0)
    if len(a.excerpt) != a1 - a0 or len(b.excerpt) != b1 - b0:
        return True
    start, end = max(a0, b0), min(a1, b1)
    return a.excerpt[start - a0 : end - a0] == b.excerpt[start - b0 : end - b0]


def _boxes_meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return _overlap((a[0], a[0] + a[2]), (b[0], b[0] + b[2])) and _overlap(
        (a[1], a[1] + a[3]), (b[1], b[1] + b[3])
    )


def _joined(head: _Weighed, other: _Weighed) -> _Weighed:
    if other.level == "candidate" and head.level != "candidate":
        return head
    places = [*head.finding.evidence, *other.finding.evidence]
    if other.finding.location.box != head.finding.location.box:
        places.append(other.finding.location)
    finding = replace(
        head.finding,
        evidence=tuple(dict.fromkeys(places)),
        reasons=tuple(dict.fromkeys((*head.finding.reasons, *other.finding.reasons))),
    )
    return replace(head, finding=finding)


def _assessment(
    one: _Weighed,
    counted: Counter[str],
    snapshot: Snapshot,
    school: School,
    policy: Policy,
    at: date | None,
) -> Assessment:
    finding = one.finding
    reasons = (cover(r, snapshot=snapshot, pack=school.pack) for r in finding.reasons)
    severity = one.severity
    post = next((t for t in snapshot.texts if t.where == finding.location.where), None)
    advice = advise(finding, level=one.level, severity=severity, snapshot=snapshot, school=school, at=at)
    return Assessment(
        id=_id(finding, counted, snapshot),
        check=finding.check,
        rule=finding.rule,
        level=one.level,
        band=_band(one, snapshot, policy),
        score=finding.score,
        profile=snapshot.url or snapshot.id,
        location=finding.location,
        advice=advice,
        clauses=tuple(c.id for c in policy.cited(finding.check, finding.rule, snapshot.platform)),
        ref=finding.ref,
        evidence=finding.evidence,
        excerpt=mask(finding.excerpt, check=finding.check, snapshot=snapshot, pack=school.pack),
        reasons=(*reasons, *one.reasons),
        date=post.date if post else "",
        url=post.url if post else "",
        shown=shown(finding.location, snapshot),
    )


def _id(finding: Finding, counted: Counter[str], snapshot: Snapshot) -> str:
    """A name for this thing that a later scan of the same profile finds again.

    Scores, spans and the order of posts do not enter it. A picture's address counts without its
    query, which many sites change with every visit. The same words twice in one place get a number.
    """
    place = finding.location
    what = " ".join(finding.excerpt.casefold().split())
    if not what:
        picture = (place.image or "").partition("?")[0]
        others = sorted(f"{e.item} {e.where}" for e in finding.evidence if not place.image)
        what = "\n".join((finding.rule, finding.ref or "", picture, *others))
    profile = snapshot.url or f"{snapshot.platform}:{snapshot.handle or snapshot.id}"
    base = f"{finding.check}\n{profile}\n{place.where}\n{what}"
    counted[base] += 1
    nth = f"\n{counted[base]}" if counted[base] > 1 else ""
    return hashlib.sha256((base + nth).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _band(one: _Weighed, snapshot: Snapshot, policy: Policy) -> str:
    """Priority is worst severity x reach x confidence; where pupils are at stake it is always today."""
    scoring = policy.scoring
    reach = scoring.reach[_reach(one.finding.location, snapshot)]
    priority = one.severity.worst * reach * one.finding.score
    if one.level == "candidate" or priority < scoring.worth_a_look:
        return "fine"
    if one.level == "note":
        return "worth-a-look"
    if one.severity.pupils >= SAFEGUARDING and not one.eased:
        return "today"
    if priority >= scoring.today and not one.eased:
        return "today"
    return "this-week" if priority >= scoring.this_week else "worth-a-look"


def _reach(place: Location, snapshot: Snapshot) -> Literal["indexed", "public", "signed_in", "friends"]:
    """Who can see it. A private account still shows its name, bio and pictures of itself to all."""
    flags = snapshot.flags
    if flags.get("private") and place.where not in PROFILE_PLACES:
        return "friends"
    if shown(place, snapshot) == IF_OPENED:
        return "friends"
    if flags.get("signed_out_visible") is False:
        return "signed_in"
    return "indexed" if flags.get("indexable") or flags.get("discoverable") else "public"


def _script(marked: Finding, snapshot: Snapshot, school: School) -> Assessment:
    return Assessment(
        id=_id(replace(marked, excerpt="", ref=None, evidence=()), Counter(), snapshot),
        check=marked.check,
        rule=ILLEGAL,
        level="finding",
        band="today",
        score=1.0,
        profile=snapshot.url or snapshot.id,
        location=Location(item=snapshot.id, where=marked.location.where),
        advice=illegal_content_path(school),
    )
