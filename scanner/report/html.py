"""The report as one page of HTML: no script, nothing fetched, good to read, to hear and to print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import data
from data import Pack, Policy
from scanner.model import Report
from scanner.report import view
from scanner.report.record import SCHEMA_VERSION, CardFigure
from scanner.report.words import amount, day, month, texts, tidy

ROLES = ("dsl", "head", "lado", "dpo", "union")


def to_html(
    report: Report,
    *,
    pack: Pack | None = None,
    hosted: bool = False,
    card: Mapping[str, CardFigure] | None = None,
    version: str = "",
) -> str:
    """The whole report as one self-contained page.

    `pack` gives the school's own contacts. `hosted` says who can open it: the web app's words, or
    those for one's own computer. `card` holds measured figures per check; `version` is the tool's.
    """
    bands = view.cards(report)
    return (
        _environment()
        .get_template("report.html")
        .render(
            t=texts(),
            report=report,
            hosted=hosted,
            version=version,
            format=SCHEMA_VERSION,
            day=day(report.created_at),
            time=f"{report.created_at:%H:%M}",
            zone=report.created_at.tzname() or "",
            looked=_looked(report),
            warning=_warning(report),
            bands=bands,
            minutes={band: sum(card.minutes for card in found) for band, found in bands.items()},
            unread=not any(view.was_read(profile) for profile in report.profiles),
            rows=view.rows(report),
            answers=view.answers(report),
            policy=_policy(report),
            contacts=_contacts(pack),
            danger=_danger(pack),
            abused=any(found.check == "targeted-abuse" for found in report.findings),
            card={view.check_title(check): figure for check, figure in (card or {}).items()},
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scanner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(tidy=tidy, month=month, percent=_percent, breaks=_breaks)
    environment.globals.update(amount=amount)
    return environment


def _breaks(address: str) -> Markup:
    """An address that may wrap after a slash and before a dot, rather than in mid-word."""
    parts = re.split(r"(?<=/)|(?=[.?&#_-])", address)
    return Markup("<wbr>").join(parts)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _looked(report: Report) -> str:
    words: Mapping[str, str] = texts()["looked"]
    n = len(report.profiles)
    key = "none" if n == 0 else "one" if n == 1 else "many"
    return words[key].format(n=n, day=day(report.created_at))


def _warning(report: Report) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["looked"]
    read = [view.was_read(profile) for profile in report.profiles]
    said = [words["interrupted"]] if report.status != "complete" else []
    if read and not all(read):
        said.append(words["partly_read"] if any(read) else words["nothing_read"])
    return (*said, *(tidy(note, 400) for note in report.notes))


def _policy(report: Report) -> dict[str, Any]:
    """The policy as this report cites it: its version, the cited lines, and what cannot be checked."""
    policy = data.policy(report.policy)
    known = {clause.id: clause for clause in policy.clauses}
    cited = dict.fromkeys(c for f in report.findings if f.level != "candidate" for c in f.clauses)
    words: Mapping[str, str] = texts()["policy"]
    due = "overdue" if policy.overdue(report.created_at.date()) else "review"
    return {
        "version": words["version"].format(title=policy.title, version=policy.version),
        "due": words[due].format(month=month(policy.review_due)),
        "overdue": due == "overdue",
        "clauses": known,
        "cited": [
            (tidy(clause, 40), known[clause].says if clause in known else words["unknown"])
            for clause in cited
        ],
        "partly": _partly(policy, {profile.platform for profile in report.profiles}),
        "outside": sum(c.scope == "out" for c in policy.clauses),
    }


def _partly(policy: Policy, platforms: AbstractSet[str]) -> list[tuple[str, str]]:
    """What a program cannot see from outside, or sees in part only, as far as these platforms have it."""
    return [
        (clause.says, clause.unchecked)
        for clause in policy.clauses
        if clause.unchecked
        and clause.scope != "out"
        and (not clause.platforms or not platforms.isdisjoint(clause.platforms))
    ]


def _contacts(pack: Pack | None) -> list[tuple[str, str]]:
    if pack is None:
        return []
    roles: Mapping[str, str] = texts()["help"]["roles"]
    named = [(roles[role], str(getattr(pack.contacts, role))) for role in ROLES]
    return [pair for pair in named if pair[1]] + [(roles["helplines"], h) for h in pack.contacts.helplines]


def _danger(pack: Pack | None) -> tuple[str, ...]:
    """The steps for content that may be illegal, written in advance, with the school's own contact."""
    lead = f" {tidy(pack.contacts.dsl, 160)}" if pack and pack.contacts.dsl else ""
    return tuple(step.replace("{dsl}", lead) for step in data.illegal_content().steps)
