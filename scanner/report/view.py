"""A report as a reader meets it: in order, in words, with nothing dangerous left in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import data
from detectors import Location
from scanner.model import Assessment, NotRun, ProfileReport, Report
from scanner.report.words import amount, day_of, safe_href, shown_url, texts, tidy

BANDS = ("today", "this-week", "worth-a-look", "fine")
READ = frozenset({"ok", "ok_partial", "private_confirmed"})
"""Results that say something about the profile; every other one, known or not, is "not read"."""

MAX_CROP = 2_000_000
MAX_STEPS = 8
MAX_EVIDENCE = 8
SUMMARY = 160

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as shown. `crop` is a data address, `url` and `link` are safe to follow or empty."""

    number: int
    level: str
    summary: str
    place: str
    url: str
    url_shown: str
    excerpt: str
    crop: str
    evidence: tuple[str, ...]
    why: str
    steps: tuple[str, ...]
    minutes: int
    link: str
    link_shown: str
    help: str
    clauses: tuple[str, ...]
    reasons: tuple[str, ...]
    check: str


@dataclass(frozen=True, slots=True)
class Row:
    """One profile in the table of what we could and could not see. `state` is fine, part or unread."""

    name: str
    site: str
    url: str
    url_shown: str
    title: str
    says: str
    state: str
    looked_at: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The checks of one profile that led to no finding, gathered under each verdict by reason."""

    heading: str
    read: bool
    strengths: tuple[tuple[str, str], ...]
    groups: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]


def cards(report: Report) -> Mapping[str, tuple[Card, ...]]:
    """The findings of each band, numbered through the report. An unknown band is "worth a look"."""
    sites = {profile.url: _site(profile) for profile in report.profiles}
    shown: dict[str, list[Card]] = {band: [] for band in BANDS}
    number = 0
    for band in BANDS:
        for found in report.findings:
            if found.level != "candidate" and _band(found) == band:
                number += 1
                shown[band].append(_card(found, number, sites))
    return {band: tuple(found) for band, found in shown.items()}


def rows(report: Report) -> tuple[Row, ...]:
    """What happened at each profile, in words."""
    return tuple(_row(profile) for profile in report.profiles)


def answers(report: Report) -> tuple[Answers, ...]:
    """What was well, silent or not checked, profile by profile."""
    return tuple(_answers(profile, report.not_run) for profile in report.profiles)


def was_read(profile: ProfileReport) -> bool:
    """Whether the page itself was read, so that silence means something."""
    return profile.result in READ


def check_title(check: str) -> str:
    """A check's name in words; an unknown one is shown as it is."""
    known = data.checks().get(check)
    return known.title if known else tidy(check, 60)


def _band(found: Assessment) -> str:
    return found.band if found.band in BANDS else "worth-a-look"


def _card(found: Assessment, number: int, sites: Mapping[str, str]) -> Card:
    advice = found.advice
    address = safe_href(found.url) or safe_href(found.profile)
    link = safe_href(advice.link)
    return Card(
        number=number,
        level=found.level,
        summary=tidy(advice.summary, SUMMARY),
        place=_place_on(found.location, found.date, sites.get(found.profile) or _host(found.profile)),
        url=address,
        url_shown=shown_url(address or found.profile),
        excerpt=tidy(found.excerpt),
        crop=_data_address(found.crop),
        evidence=tuple(
            _place_on(place, "", sites.get(place.item) or _host(place.item))
            for place in found.evidence[:MAX_EVIDENCE]
        ),
        why=tidy(advice.why),
        steps=tuple(tidy(step) for step in advice.steps[:MAX_STEPS]),
        minutes=advice.minutes,
        link=link,
        link_shown=shown_url(link),
        help=tidy(advice.help),
        clauses=found.clauses,
        reasons=tuple(tidy(reason, 200) for reason in found.reasons[:MAX_EVIDENCE]),
        check=found.check,
    )


def _place_on(place: Location, date: str, site: str) -> str:
    words: Mapping[str, str] = texts()["places"]
    if place.where in words and place.where not in ("post", "post_dated", "place_on"):
        where = words[place.where]
    elif not place.where:
        where = words["picture"] if place.image else words["profile"]
    else:
        where = words["post_dated"].format(day=day_of(date)) if date else words["post"]
        where = words["picture_in"].format(place=where) if place.image else where
    return str(texts()["finding"]["place_on"]).format(place=where, site=site) if site else where


def _site(profile: ProfileReport) -> str:
    facts = data.facts(profile.platform or "site")
    return _host(profile.url) if facts.kind == "site" else tidy(facts.name, 40)


def _host(url: str) -> str:
    return shown_url(f"https://{urlsplit(url).hostname or ''}") if safe_href(url) else ""


def _data_address(crop: bytes | None) -> str:
    if not crop or len(crop) > MAX_CROP:
        return ""
    kind = next((kind for magic, kind in PICTURES.items() if crop.startswith(magic)), "")
    return f"data:{kind};base64,{base64.b64encode(crop).decode('ascii')}" if kind else ""


def _row(profile: ProfileReport) -> Row:
    results: Mapping[str, Mapping[str, str]] = texts()["results"]
    whole = profile.coverage.complete == "complete"
    end = "capped" if profile.coverage.complete == "capped" else "unsure"
    state = profile.result if whole or profile.result != "ok" else f"ok_{end}"
    result = results.get(state, results["other"])
    address = safe_href(profile.url)
    return Row(
        name=tidy(profile.display_name, 60),
        site=_site(profile),
        url=address,
        url_shown=shown_url(profile.url),
        title=result["title"],
        says=result["says"],
        state="unread" if not was_read(profile) else "part" if state.startswith("ok_") else "fine",
        looked_at=_looked_at(profile),
        missed=_missed(profile),
    )


def _looked_at(profile: ProfileReport) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["coverage"]
    seen = profile.coverage
    if not was_read(profile) and not (seen.posts_seen or seen.images_seen or seen.videos_seen):
        return (words["nothing"],)
    claimed = seen.posts_claimed
    more = claimed is not None and claimed > seen.posts_seen
    posts = words["posts_of"].format(n=seen.posts_seen, claimed=claimed) if more else ""
    lines = [posts or amount(words, "posts", seen.posts_seen), amount(words, "pictures", seen.images_seen)]
    if seen.videos_seen:
        lines.append(amount(words, "videos", seen.videos_seen))
    return tuple(lines)


def _missed(profile: ProfileReport) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["coverage"]
    seen = profile.coverage
    ends: Mapping[str, str] = texts()["complete"]
    lines = [tidy(line, 240) for line in seen.not_seen]
    if was_read(profile) and seen.complete != "complete":
        lines.insert(0, ends.get(seen.complete, ends["unsure"]))
    if seen.pictures_unreadable:
        lines.append(amount(words, "unreadable", seen.pictures_unreadable))
    nothing = words["nothing_missed"] if was_read(profile) else words["everything_missed"]
    return tuple(lines) or (nothing,)


def _answers(profile: ProfileReport, not_run: Sequence[NotRun]) -> Answers:
    fine: Mapping[str, Any] = texts()["fine"]
    found: dict[str, dict[str, list[str]]] = {}
    said = {check: (answer.verdict, answer.reason) for check, answer in profile.verdicts.items()}
    for other in not_run:
        if other.profile == profile.url and said.get(other.check, ("",))[0] not in ("exposed", "please-look"):
            said[other.check] = ("could-not-check", other.reason)
    order = list(data.checks())
    for check in sorted(said, key=lambda c: (order.index(c) if c in order else len(order), c)):
        verdict, reason = said[check]
        if verdict == "nothing-seen" and not was_read(profile):
            verdict = "could-not-check"  # silence must mean clear
        reasons = found.setdefault(verdict, {})
        reasons.setdefault(_sentence(tidy(reason, 240) or fine["no_reason"]), []).append(check_title(check))
    name = tidy(profile.display_name, 60)
    site = _site(profile)
    return Answers(
        heading=f"{name}, {site}" if name else site or shown_url(profile.url),
        read=was_read(profile),
        strengths=tuple((tidy(s.text, 200), tidy(s.why, 240)) for s in profile.strengths),
        groups={
            verdict: tuple((reason, tuple(checks)) for reason, checks in reasons.items())
            for verdict, reasons in found.items()
        },
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
