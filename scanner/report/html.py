"""The report as one page of HTML: no script, nothing fetched, good to read, to hear and to print."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import data
from data import Pack, Policy
from scanner.advising import given
from scanner.model import Report
from scanner.report import cards, view
from scanner.report.record import SCHEMA_VERSION, CardFigure
from scanner.report.walk import describe
from scanner.report.words import amount, day, month, texts, tidy

ROLES = ("dsl", "head", "lado", "dpo", "union")
PARTLY = 10
"""Lines under "What only you can check"; the policy itself holds them all."""


def to_html(
    report: Report,
    *,
    pack: Pack | None = None,
    hosted: bool = False,
    pages: bool = False,
    practice: bool = False,
    card: Mapping[str, CardFigure] | None = None,
    version: str = "",
) -> str:
    """The whole report as one self-contained page.

    `pack` gives the school's own contacts. `hosted` says who can open it: the web app's words, or
    those for one's own computer; `pages` is for a copy taken out of either's pages. `practice` says
    that the people are made up. `card` holds measured figures per check, those for its questions
    under "<check>/question"; `version` is the tool's.
    """
    words = parts(
        report, pack=pack, hosted=hosted, pages=pages, practice=practice, card=card, version=version
    )
    return environment().get_template("report.html").render(words)


def parts(
    report: Report,
    *,
    pack: Pack | None = None,
    hosted: bool = False,
    pages: bool = False,
    practice: bool = False,
    card: Mapping[str, CardFigure] | None = None,
    version: str = "",
    profile: str = "",
) -> dict[str, Any]:
    """What `report.html` is filled with; `profile` narrows it to one, and every number stays the same."""
    bands = cards.cards(report, practice=practice, profile=profile)
    figures = card or {}
    if profile:
        report = _narrowed(report, profile)
    return {
        "t": texts(),
        "report": report,
        "hosted": hosted,
        "private": texts()["private"]["copy" if pages else "hosted" if hosted else "own_computer"],
        "version": version,
        "format": SCHEMA_VERSION,
        "day": day(report.created_at),
        "time": f"{report.created_at:%H:%M}",
        "zone": report.created_at.tzname() or "",
        "practice": practice,
        "title": texts()["practice" if practice else "top"]["title"],
        "looked": looked(report),
        "owned": _owned(report),
        "compared": compared(report),
        "checked": view.checked(report),
        "warning": _warning(report),
        "bands": bands,
        "first": cards.first(bands),
        "quiet": not any(bands[band] for band in cards.BANDS[:-1]),
        "minutes": {band: sum(card.minutes for card in found) for band, found in bands.items()},
        "unread": not any(view.was_read(profile) for profile in report.profiles),
        "rows": view.rows(report, practice=practice),
        "unchecked": view.unchecked(report),
        "answers": view.answers(report, practice=practice),
        "policy": _policy(report),
        "contacts": _contacts(pack),
        "danger": _danger(pack),
        "abused": any(found.check == "targeted-abuse" for found in report.findings),
        "figures": {key: _figure(key, figure) for key, figure in figures.items()},
        "card": {_figure_title(key): figure for key, figure in figures.items()},
        "told": cards.BANDS[:-1],
        "home": "",
    }


def _narrowed(report: Report, profile: str) -> Report:
    """The same report as far as it is about one profile."""
    return replace(
        report,
        profiles=tuple(one for one in report.profiles if one.url == profile),
        findings=tuple(one for one in report.findings if one.profile == profile),
        not_run=tuple(one for one in report.not_run if one.profile == profile),
    )


@lru_cache(maxsize=4)
def environment(room: str = "") -> Environment:
    """The report's templates with their filters; those of another `room` (a package) come first."""
    rooms = [PackageLoader(name) for name in (room, "scanner.report") if name]
    environment = Environment(
        loader=ChoiceLoader(rooms),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        tidy=tidy, month=month, percent=_percent, breaks=_breaks, groupby_order=_by_person
    )
    environment.globals.update(amount=amount, describe=describe)
    return environment


def _breaks(address: str) -> Markup:
    """An address that may wrap after a slash and before a dot, rather than in mid-word."""
    parts = re.split(r"(?<=/)|(?=[.?&#_-])", address)
    return Markup("<wbr>").join(parts)


def _by_person(found: Iterable[cards.Card]) -> list[tuple[str, list[cards.Card]]]:
    return [(person, list(theirs)) for person, theirs in groupby(found, key=lambda card: card.person)]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def looked(report: Report) -> str:
    """When, and at how many profiles; "tried to look" where none could be read."""
    words: Mapping[str, str] = texts()["looked"]
    n = len(report.profiles)
    key = "none" if n == 0 else "one" if n == 1 else "many"
    if n and not any(view.was_read(profile) for profile in report.profiles):
        key = f"tried_{key}"
    elif any(profile.imported for profile in report.profiles):
        key = f"import_{key}"
    return words[key].format(n=n, day=day(report.created_at))


def _owned(report: Report) -> str:
    """How the profiles were shown to be the person's."""
    words: Mapping[str, str] = texts()["ownership"]
    if len({profile.ownership for profile in report.profiles}) > 1:
        return words["mixed"]
    return words.get(report.ownership, words["declared"])


def compared(report: Report) -> str:
    """Whose policy the report was weighed against, so that nobody takes the sample for their own."""
    policy = data.policy(report.policy)
    words: Mapping[str, str] = texts()["compared"]
    key = "own" if _own_policy(policy, report.school) else "sample"
    owner = policy.school or report.school
    return words[key].format(school=tidy(owner, 80), mine=tidy(report.school, 80), version=policy.version)


def _own_policy(policy: Policy, school: str) -> bool:
    """Whether the policy is this school's: it names no other."""
    same = policy.school.casefold().removeprefix("the ") == school.casefold().removeprefix("the ")
    return not policy.school or same or school.casefold() in policy.title.casefold()


def _figure(key: str, figure: CardFigure) -> str:
    """How often such findings, or such questions, were right, in words; nothing where nobody measured."""
    if figure.precision is None:
        return ""
    words: Mapping[str, str] = texts()["figures"]
    kind = "question" if key.endswith("/question") else "finding"
    return words[kind].format(n=round(figure.precision * 100))


def _figure_title(key: str) -> str:
    check, _, kind = key.partition("/")
    title = view.check_title(check)
    return str(texts()["figures"]["questions"]).format(check=title) if kind == "question" else title


def _warning(report: Report) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["looked"]
    read = [view.was_read(profile) for profile in report.profiles]
    said = [words["interrupted"]] if report.status != "complete" else []
    if read and not all(read):
        said.append(words["partly_read"] if any(read) else words[view.unread(report)])
    return (*said, *(tidy(note, 400) for note in report.notes))


def _policy(report: Report) -> dict[str, Any]:
    """The policy as this report cites it: its version, the cited lines, and what cannot be checked."""
    policy = data.policy(report.policy)
    known = {clause.id: clause for clause in policy.clauses}
    told = [f for f in report.findings if f.level != "candidate"]
    cited = dict.fromkeys(c for f in told for c in f.clauses)
    words: Mapping[str, str] = texts()["policy"]
    due = "overdue" if policy.overdue(report.created_at.date()) else "review"
    says = words["own" if _own_policy(policy, report.school) else "sample"]
    return {
        "version": words["version"].format(title=policy.title, version=policy.version),
        "due": words[due].format(month=month(policy.review_due)),
        "overdue": due == "overdue",
        "clauses": known,
        "labels": {c.id: says if c.basis == "policy" else words["good_practice"] for c in policy.clauses},
        "cited": [
            (tidy(clause, 40), known[clause].says if clause in known else words["unknown"])
            for clause in cited
        ],
        "partly": _partly(policy, {profile.platform for profile in report.profiles}, cited),
        "outside": sum(c.scope == "out" for c in policy.clauses),
    }


def _partly(policy: Policy, platforms: AbstractSet[str], cited: Collection[str]) -> list[tuple[str, str]]:
    """What a program cannot see from outside: lines this report cites first, then those that weigh most."""
    lines = [
        clause
        for clause in policy.clauses
        if clause.unchecked
        and clause.scope != "out"
        and (not clause.platforms or not platforms.isdisjoint(clause.platforms))
    ]
    weighed = sorted(lines, key=lambda c: (c.id not in cited, c.scope == "ask", -c.severity.worst))
    return [(clause.says, clause.unchecked) for clause in lines if clause in weighed[:PARTLY]]


def _contacts(pack: Pack | None) -> list[tuple[str, str]]:
    if pack is None:
        return []
    roles: Mapping[str, str] = texts()["help"]["roles"]
    named = [(roles[role], str(getattr(pack.contacts, role))) for role in ROLES]
    lines = [(roles["helplines"], line) for line in pack.contacts.helplines]
    return [(role, who) for role, who in (*named, *lines) if given(who)]


def _danger(pack: Pack | None) -> tuple[str, ...]:
    """The steps for content that may be illegal, written in advance, with the school's own contact."""
    lead = f" {tidy(pack.contacts.dsl, 160)}" if pack and given(pack.contacts.dsl) else ""
    return tuple(step.replace("{dsl}", lead) for step in data.illegal_content().steps)
