"""The findings as cards: one problem of one profile told once, most pressing first."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from scanner.audience import IF_OPENED
from scanner.model import Assessment, ProfileReport, Report
from scanner.paths import path_of
from scanner.report import places
from scanner.report.walk import Walk, walk_of
from scanner.report.words import SENSITIVE_MARKS, safe_href, shown_url, texts, tidy
from scanner.together import is_twin

BANDS = ("today", "this-week", "worth-a-look", "fine")
CONTACTS = frozenset({"personal-contact", "official-contact"})
FIRST = 3

MAX_CROP = 2_000_000
MAX_CROPS = 4
MAX_SPOTS = 8
MAX_QUOTES = 4
MAX_STEPS = 8
MAX_EVIDENCE = 8
SUMMARY = 160

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a problem. `url` is safe to follow, or empty."""

    place: str
    url: str
    url_shown: str


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do at some of the places; `at` is empty where it is the same at all of them."""

    at: str
    lines: tuple[str, ...]
    link: str
    link_shown: str


@dataclass(frozen=True, slots=True)
class Card:
    """One problem as shown. `crops` are (data address, place); `shown_in` is the card with its picture.

    `ids` are those of the findings it tells of.
    """

    number: int
    check: str
    level: str
    person: str
    summary: str
    place: str
    spots: tuple[Spot, ...]
    more_spots: int
    excerpts: tuple[str, ...]
    crops: tuple[tuple[str, str], ...]
    shown_in: int
    evidence: tuple[str, ...]
    why: str
    steps: tuple[Steps, ...]
    minutes: int
    help: str
    clauses: tuple[str, ...]
    reasons: tuple[str, ...]
    walk: Walk | None
    reach: str = ""
    hidden: bool = False
    also: str = ""
    ids: tuple[str, ...] = ()


def cards(report: Report, *, practice: bool = False, profile: str = "") -> Mapping[str, tuple[Card, ...]]:
    """The problems of each band, numbered through the report. An unknown band is "worth a look".

    What strangers see now comes before what would show if the account were opened.

    In `practice` each band goes person by person, and addresses on this computer are not linked.
    `profile` leaves out what is not about that one; the numbers stay.
    """
    profiles = {profile.url: profile for profile in report.profiles}
    known = list(profiles)
    by_band: dict[str, list[list[Assessment]]] = {band: [] for band in BANDS}
    for group in _problems(report.findings):
        by_band[min((_band(one) for one in group), key=BANDS.index)].append(group)
    numbers = count(1)
    pictures: dict[bytes, int] = {}
    shown: dict[str, tuple[Card, ...]] = {}
    for band, groups in by_band.items():
        if practice:
            groups.sort(key=lambda g: known.index(g[0].profile) if g[0].profile in known else len(known))
        else:
            groups.sort(key=lambda group: group[0].shown == IF_OPENED)
        told = [(_card(group, next(numbers), profiles, pictures, practice), group) for group in groups]
        shown[band] = tuple(
            card for card, group in told if not profile or any(one.profile == profile for one in group)
        )
    return shown


def first(bands: Mapping[str, Sequence[Card]], most: int = FIRST) -> tuple[Card, ...]:
    """The most pressing cards that ask for something."""
    pressing = [card for band in BANDS[:-1] for card in bands[band] if card.level != "note"]
    return tuple(pressing[:most])


def _problems(findings: Iterable[Assessment]) -> list[list[Assessment]]:
    """Findings that are one problem, side by side, in the order of the first of each."""
    told = [found for found in findings if found.level != "candidate"]
    groups: list[list[Assessment]] = []
    known: dict[tuple[object, ...], list[Assessment]] = {}
    covered: list[tuple[Assessment, Assessment]] = []
    for found in told:
        if cover := _cover(found, told):
            covered.append((found, cover))
            continue
        keys = _problem(found)
        group = next((known[key] for key in keys if key in known), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(found)
        for key in keys:
            known.setdefault(key, group)
    for found, cover in covered:
        known[_problem(cover)[0]].append(found)
    return groups


def _problem(found: Assessment) -> tuple[tuple[object, ...], ...]:
    """What makes two findings one problem; it is enough to share one of these.

    Some checks are about one fact however often it shows. Of the others it is the same words, or the
    same post said to show the same.
    """
    words: Mapping[str, Sequence[str]] = texts()["finding"]
    joined = tuple(place for place in found.evidence if not is_twin(place))
    alike = (found.profile, found.check, found.level, found.ref, found.shown, joined)
    if found.check in words["together"]:
        return ((*alike, found.advice.why if found.check in words["any_rule"] else found.rule),)
    quote = " ".join(found.excerpt.casefold().split())
    return (*alike, found.rule, quote), (*alike, found.location.where, found.advice.summary)


def _cover(found: Assessment, told: Iterable[Assessment]) -> Assessment | None:
    """The contact that an open setting gives away, if that is told already."""
    rules = texts()["covered"].get(found.rule, ()) if found.check == "weak-privacy" else ()
    return next(
        (
            other
            for other in told
            if other.profile == found.profile
            and other.level == "finding"
            and other.check in CONTACTS
            and other.rule in rules
        ),
        None,
    )


def _band(found: Assessment) -> str:
    return found.band if found.band in BANDS else "worth-a-look"


def _card(
    group: Sequence[Assessment],
    number: int,
    profiles: Mapping[str, ProfileReport],
    pictures: dict[bytes, int],
    practice: bool,  # noqa: FBT001
) -> Card:
    head = min(group, key=lambda one: BANDS.index(_band(one)))
    sites = {url: places.site_of(profile) for url, profile in profiles.items()}
    site = sites.get(head.profile, places.host_of(head.profile))
    profile = profiles.get(head.profile)
    spots = _spots(group, practice)
    crops, shown_in = _crops(group, number, pictures)
    walk = _walk(head, profiles, practice)
    quotes = (tidy(one.excerpt) for one in group if _tells(one.excerpt))
    return Card(
        number=number,
        check=head.check,
        level=head.level,
        person=tidy(profile.display_name, 60) if profile else "",
        summary=tidy(head.advice.summary, SUMMARY),
        place=places.on_site(places.together(group), site),
        spots=spots[:MAX_SPOTS],
        more_spots=max(0, len(spots) - MAX_SPOTS),
        excerpts=tuple(dict.fromkeys(quotes))[:MAX_QUOTES],
        crops=crops,
        shown_in=shown_in,
        evidence=tuple(
            places.on_site(places.words_for(place), sites.get(place.item, places.host_of(place.item)))
            for place in [place for place in head.evidence if not is_twin(place)][:MAX_EVIDENCE]
            if not walk
        ),
        why=tidy(head.advice.why),
        steps=_steps(group, practice),
        minutes=sum({one.location.where: one.advice.minutes for one in group}.values()),
        help=tidy(head.advice.help),
        clauses=tuple(dict.fromkeys(clause for one in (head, *group) for clause in one.clauses)),
        reasons=_reasons(group) if not walk else (),
        walk=walk,
        reach=str(texts()["shown"].get(head.shown, "")),
        hidden=head.shown == IF_OPENED,
        also=_also(group),
        ids=tuple(one.id for one in group),
    )


def _also(group: Sequence[Assessment]) -> str:
    """The kinds of evidence that show it, where there are several."""
    words: Mapping[str, str] = texts()["sources"]
    found = dict.fromkeys(source for one in group for source in one.sources)
    names = [words[source] for source in found if source in words]
    return words["seen_in"].format(sources=" and ".join(names)) if len(names) > 1 else ""


def _walk(head: Assessment, profiles: Mapping[str, ProfileReport], practice: bool) -> Walk | None:  # noqa: FBT001
    """The drawing of a walk between profiles, where the finding tells one."""
    path = path_of(head)
    return walk_of(path, profiles, practice=practice) if path else None


def _reasons(group: Sequence[Assessment]) -> tuple[str, ...]:
    reasons = dict.fromkeys(tidy(reason, 200) for one in group for reason in one.reasons)
    return tuple(reasons)[:MAX_EVIDENCE]


def _spots(group: Sequence[Assessment], practice: bool) -> tuple[Spot, ...]:  # noqa: FBT001
    """The places one by one, or a single one where all of them stand on the same page."""
    spots = tuple(dict.fromkeys(_spot(one, practice) for one in group))
    return spots[:1] if len({spot.url_shown for spot in spots}) == 1 else spots


def _spot(found: Assessment, practice: bool) -> Spot:  # noqa: FBT001
    address = places.own_address(found)
    link = "" if practice and places.is_local(address) else address
    seen = places.shown(address or found.profile, practice=practice)
    return Spot(places.words_for(found.location, found.date), link, seen)


def _steps(group: Sequence[Assessment], practice: bool) -> tuple[Steps, ...]:  # noqa: FBT001
    """The steps once for each kind of place that needs its own."""
    alike: dict[tuple[str, ...], list[Assessment]] = {}
    for one in group:
        alike.setdefault(one.advice.steps, []).append(one)
    parts: dict[str, Steps] = {}
    for steps, members in alike.items():
        if not steps:
            continue
        link = safe_href(members[0].advice.link)
        link = "" if practice and places.is_local(link) else link
        at = places.together(members) if len(alike) > 1 else ""
        lines = tuple(tidy(step) for step in steps[:MAX_STEPS])
        before = parts.get(at, Steps(at, (), link, shown_url(link)))
        parts[at] = replace(before, lines=tuple(dict.fromkeys((*before.lines, *lines))))
    return tuple(parts.values())


def _crops(
    group: Sequence[Assessment], number: int, pictures: dict[bytes, int]
) -> tuple[tuple[tuple[str, str], ...], int]:
    """The pictures no other card has shown yet, and, if there is none, the card that has."""
    new: list[tuple[str, str]] = []
    shown_in = 0
    for one in group:
        address = _data_address(one.crop)
        if not one.crop or not address:
            continue
        earlier = pictures.setdefault(one.crop, number)
        if earlier != number:
            shown_in = shown_in or earlier
        elif address not in (shown for shown, _ in new) and len(new) < MAX_CROPS:
            new.append((address, places.words_for(one.location, one.date)))
    return tuple(new), 0 if new else shown_in


def _data_address(crop: bytes | None) -> str:
    if not crop or len(crop) > MAX_CROP:
        return ""
    kind = next((kind for magic, kind in PICTURES.items() if crop.startswith(magic)), "")
    return f"data:{kind};base64,{base64.b64encode(crop).decode('ascii')}" if kind else ""


def _tells(excerpt: str) -> bool:
    """Whether a quote still says something once its private parts are covered."""
    return any(character.isalnum() for character in SENSITIVE_MARKS.sub("", excerpt))
