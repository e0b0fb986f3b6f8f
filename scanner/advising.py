"""The words of one piece of advice: what shows, why it can matter, and the steps on that platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

import data
from data import CheckAdvice, Facts, School, Wording
from data.policy import SAFEGUARDING, Mark, Severity
from detectors import Finding, Snapshot
from scanner.checklist import PLACE, words_for
from scanner.model import Advice

PROFILE = frozenset({"bio", "headline", "display_name", "location", "profile"})
SLOTS = {
    **dict.fromkeys(PROFILE, "profile"),
    "avatar": "picture",
    "banner": "picture",
    "handle": "handle",
    "flags": "setting",
    "sign-in": "sign_in",
}
ACTIONS: Mapping[str, Literal["profile", "picture", "post"]] = {
    "profile": "profile",
    "handle": "profile",
    "picture": "picture",
}
LINK = re.compile(r"link-\d+")
BLANK = re.compile(
    r"\W*(?:(?:your|tb[acd]|to ?do|to be|n/?a|none|nobody|unknown|names?)\b|x{2,}|$)|\s*[<\[{]",
    re.IGNORECASE,
)
"""How a contact begins that nobody has filled in yet."""
MOST_STEPS = 4
STALE_DAYS = 183
"""Menu paths older than this are said to be old; sites move their menus about twice a year."""


def advise(
    finding: Finding,
    *,
    level: str,
    severity: Severity,
    snapshot: Snapshot,
    school: School,
    at: date | None = None,
) -> Advice:
    """What to tell the person. Steps name menus only where the platform's facts do.

    `at` is the day of the scan; without it nothing is said about the age of the steps.
    """
    words = data.advice().checks[finding.check]
    if finding.location.where == PLACE:
        return _answered(finding, words, severity, level, snapshot, school, at)
    own = words.rule.get(finding.rule, Wording())
    facts = data.facts(snapshot.platform)
    slot = _slot(finding, snapshot)
    fill = _fill(finding, facts, slot, snapshot)
    steps, minutes, link, mark = _steps(finding, words, own, facts, slot)
    return Advice(
        summary=_summary(words, own, level).format(**fill),
        why=(own.why or words.why).format(**fill),
        steps=steps,
        minutes=minutes,
        link=_link(link, snapshot),
        help=_help(words, severity, level, school, facts, mark, at),
    )


def _answered(
    finding: Finding,
    words: CheckAdvice,
    severity: Severity,
    level: str,
    snapshot: Snapshot,
    school: School,
    at: date | None,
) -> Advice:
    """What to tell of an answer to the checklist; its words stand with the question or the setting."""
    told = words_for(finding, platform=snapshot.platform, level=level)
    return Advice(
        summary=told.means,
        why=told.why,
        steps=told.steps,
        minutes=told.minutes,
        link=_link(told.link, snapshot),
        help=_help(words, severity, level, school, data.facts(snapshot.platform), told.mark, at),
    )


def illegal_content_path(school: School) -> Advice:
    """What is said instead of a finding when content may be illegal: stop, and whom to call.

    It points at nothing and repeats nothing. The scanner itself sends nothing to anyone.
    """
    words = data.illegal_content()
    fill = {"dsl": _contact(school.pack.contacts.dsl)}
    return Advice(
        summary=words.summary,
        why=words.why,
        steps=tuple(step.format(**fill) for step in words.steps),
        minutes=0,
        link=words.link,
        help=words.help,
    )


def given(contact: str) -> bool:
    """Whether a school's contact says whom to reach, and is no place-holder."""
    return BLANK.match(contact) is None


def flag_of(rule: str) -> str:
    """The setting flag a settings rule is about, or nothing."""
    kind, _, flag = rule.partition("-")
    return flag.replace("-", "_") if kind in ("flag", "site") else ""


def _slot(finding: Finding, snapshot: Snapshot) -> str:
    """The kind of place: profile, handle, picture, photo, post, setting, or other people's words."""
    place = finding.location
    if place.where in SLOTS:
        return SLOTS[place.where]
    if LINK.fullmatch(place.where):
        return "profile"
    if place.image is not None:
        return "photo"
    texts = [text for text in snapshot.texts if text.where == place.where]
    if texts and all(text.author == "other" for text in texts):
        return "other"
    return "profile" if texts and all(text.kind in PROFILE for text in texts) else "post"


def _fill(finding: Finding, facts: Facts, slot: str, snapshot: Snapshot) -> dict[str, str]:
    places = data.advice().places
    where = finding.location.where
    kinds = {text.kind for text in snapshot.texts if text.where == where}
    if where not in places:
        where = _part_of_profile(where, min(kinds & PROFILE, default=slot)) if slot == "profile" else slot
    place = places.get(where, places["profile"])
    setting = facts.settings.get(flag_of(finding.rule))
    return {
        "Place": place,
        "place": place[0].lower() + place[1:],
        "means": setting.means if setting else place,
    }


def _part_of_profile(where: str, kind: str) -> str:
    """The name of a place in the profile; a part beside the bio, such as "experience", is one line of it."""
    if LINK.fullmatch(where):
        return "link"
    return "line" if where and kind in ("bio", "profile", "headline") else kind


def _summary(words: CheckAdvice, own: Wording, level: str) -> str:
    if level == "question":
        return own.ask or own.summary or words.ask
    if level == "note":
        return own.note or own.summary or words.note or words.ask
    return own.summary or words.summary


def _steps(
    finding: Finding, words: CheckAdvice, own: Wording, facts: Facts, slot: str
) -> tuple[tuple[str, ...], int, str, Mark]:
    if slot == "setting":
        setting = facts.settings[flag_of(finding.rule)]
        return setting.steps, setting.minutes, setting.link, setting.mark
    change = _change(words, own, slot)
    if slot in ("other", "sign_in") or words.whole:
        return change, words.minutes, "", "general"
    how = facts.actions[ACTIONS.get(slot, "post")]
    steps = (*how.before, *change, *how.after)[:MOST_STEPS]
    return steps, max(how.minutes, words.minutes), how.link, how.mark


def _change(words: CheckAdvice, own: Wording, slot: str) -> tuple[str, ...]:
    near = {"handle": "profile", "photo": "post", "picture": "photo", "post": "photo"}
    if slot == "other":
        return own.change.get("other") or words.change.get("other") or data.advice().others
    for change in (own.change, words.change):
        for kind in (slot, near.get(slot, "post")):
            if kind in change:
                return change[kind]
    return next(iter(words.change.values()))


def _link(link: str, snapshot: Snapshot) -> str:
    if "{host}" not in link:
        return link
    host = urlsplit(snapshot.url).hostname
    return link.format(host=host) if host else ""


def _help(
    words: CheckAdvice,
    severity: Severity,
    level: str,
    school: School,
    facts: Facts,
    mark: Mark,
    at: date | None,
) -> str:
    advice = data.advice()
    contacts = school.pack.contacts
    safeguarding = severity.pupils >= SAFEGUARDING and level != "note"
    helper = advice.helpers["dsl" if safeguarding else words.helper]
    who = helper.format(
        dsl=_contact(contacts.dsl), dpo=_contact(contacts.dpo), union=_contact(contacts.union)
    )
    checked = date.fromisoformat(f"{facts.checked}-01")
    stale = mark != "general" and at is not None and (at - checked).days > STALE_DAYS
    menus = advice.menus["old" if stale else mark].format(checked=f"{checked:%B %Y}")
    return f"{who} {menus}".strip()


def _contact(contact: str) -> str:
    return f" Contact: {contact.rstrip('.')}." if given(contact) else ""
