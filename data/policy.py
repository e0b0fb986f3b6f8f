"""The shapes of a policy file, of the advice and of what is known about a platform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Degree = Annotated[int, Field(ge=0, le=4)]
Share = Annotated[float, Field(ge=0, le=1)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Mark = Literal["documented", "recalled", "general"]
Stance = Literal["page", "api", "export-first", "off"]

SAFEGUARDING = 4


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Severity(_Frozen):
    """How bad the exposure could be for each of three; 0 none to 4 critical. Never a measure of guilt."""

    person: Degree = 0
    pupils: Degree = 0
    school: Degree = 0

    @property
    def worst(self) -> int:
        """The highest of the three."""
        return max(self.person, self.pupils, self.school)


class Clause(_Frozen):
    """One line of the policy, or of good practice, in our own short words.

    `checks` names what is measured against it: a check, or "check/rule" for one rule of it. Those
    findings take this clause's severity, or their own in `severity_for`. `also` names findings that
    cite it without taking it; `but` names rules of its checks that are no matter of this line.
    `unchecked` says why nothing, or not everything, can be seen from outside.
    """

    id: str
    says: str
    scope: Literal["in", "part", "ask", "out"]
    basis: Literal["policy", "good practice"] = "policy"
    severity: Severity = Severity()
    severity_for: Mapping[str, Severity] = {}
    checks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    unchecked: str = ""

    def cited_by(self, check: str, rule: str, platform: str) -> bool:
        """Whether a finding touches this line."""
        here = (not self.platforms or platform in self.platforms) and f"{check}/{rule}" not in self.but
        return here and not {check, f"{check}/{rule}"}.isdisjoint((*self.checks, *self.also))

    def weight(self, check: str, rule: str) -> Severity:
        """What this line adds to the severity of a finding."""
        if {check, f"{check}/{rule}"}.isdisjoint(self.checks):
            return Severity()
        by_check = self.severity_for.get(check, self.severity)
        return self.severity_for.get(f"{check}/{rule}", by_check)


class Exemption(_Frozen):
    """Something a person or school told us: these checks are allowed, or only asked about."""

    says: str
    allow: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


class Scoring(_Frozen):
    """How severity, reach and confidence become a band. Bands are shown in words only."""

    question_below: Share
    today: float
    this_week: float
    worth_a_look: float
    reach: Mapping[Literal["indexed", "public", "signed_in", "friends"], Share]


class Policy(_Frozen):
    """One school's policy as the scanner uses it. `school` says whose it is; empty: of whoever uses it."""

    id: str
    title: str
    school: str = ""
    version: str
    approved: Month
    review_due: Month
    scoring: Scoring
    exemptions: Mapping[str, Exemption]
    clauses: tuple[Clause, ...]

    def overdue(self, on: date) -> bool:
        """Whether the month of its review has passed."""
        return self.review_due < f"{on:%Y-%m}"

    def clause(self, id: str) -> Clause:  # noqa: A002 - the policy's own word
        """The clause of that id."""
        return next(clause for clause in self.clauses if clause.id == id)

    def cited(self, check: str, rule: str = "", platform: str = "") -> tuple[Clause, ...]:
        """The lines a finding touches, those that set its severity first."""
        found = [c for c in self.clauses if c.cited_by(check, rule, platform)]
        return tuple(sorted(found, key=lambda c: -c.weight(check, rule).worst))

    def severity(self, check: str, rule: str = "", platform: str = "") -> Severity:
        """The worst of the clauses that weigh on a finding, for each of the three."""
        weights = [c.weight(check, rule) for c in self.cited(check, rule, platform)]
        return Severity(
            person=max((w.person for w in weights), default=0),
            pupils=max((w.pupils for w in weights), default=0),
            school=max((w.school for w in weights), default=0),
        )


class Wording(_Frozen):
    """The words that one rule uses instead of its check's own; empty means "as the check"."""

    summary: str = ""
    ask: str = ""
    note: str = ""
    why: str = ""
    change: Mapping[str, tuple[str, ...]] = {}


class CheckAdvice(Wording):
    """What a report says about one check.

    `summary` is for findings, `ask` for questions, `note` for notes. `change` gives, per kind of
    place, the steps that go between the platform's "how to get there" and "how to save".
    `helper` is who can help. With `whole`, those steps are all there is to do.
    """

    summary: str
    ask: str
    why: str
    minutes: int
    helper: str
    whole: bool = False
    change: Mapping[str, tuple[str, ...]]
    rule: Mapping[str, Wording] = {}


class Advice(_Frozen):
    """All advice: per check, for things other people posted, and who can help."""

    places: Mapping[str, str]
    others: tuple[str, ...]
    helpers: Mapping[str, str]
    menus: Mapping[Mark | Literal["old"], str]
    checks: Mapping[str, CheckAdvice]


class How(_Frozen):
    """How to get somewhere on a platform, and how to keep a change.

    `mark` is "documented" (read in a source), "recalled" (worded "look for ...") or "general" (true of
    any site, names no menu). `link` may hold {host}.
    """

    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    minutes: int
    link: str = ""
    mark: Mark


class Setting(_Frozen):
    """One setting flag: what open means for the person, what closed is worth, and how to close it."""

    means: str
    closed: str = ""
    steps: tuple[str, ...]
    minutes: int
    link: str = ""
    mark: Mark


class Export(_Frozen):
    """How to get a copy of one's own data from a platform."""

    steps: tuple[str, ...]
    minutes: int
    link: str = ""
    mark: Mark


class Facts(_Frozen):
    """What is known about one platform. `private_mode` is None where nobody looked it up.

    `stance` is how its pages may be looked at, and `stance_reason` why: "page" (as any visitor), "api"
    (through what it gives to programs), "export-first" (the person's own data download and the list of
    settings are offered first) or "off" (never opened).
    """

    name: str
    kind: Literal["social", "site"]
    private_mode: bool | None = None
    visibility: str = ""
    stance: Stance = "page"
    stance_reason: str = ""
    checked: Month
    export: Export | None = None
    also_named: tuple[str, ...] = ()
    actions: Mapping[Literal["profile", "picture", "post"], How]
    settings: Mapping[str, Setting]

    def age(self, on: date) -> int:
        """How many whole months before a day these facts were last checked."""
        year, month = map(int, self.checked.split("-"))
        return (on.year - year) * 12 + on.month - month


class IllegalContent(_Frozen):
    """The scripted words for suspected illegal content: whom to call, and what not to do."""

    summary: str
    why: str
    steps: tuple[str, ...]
    help: str
    link: str
    mark: Mark
    checked: Month
