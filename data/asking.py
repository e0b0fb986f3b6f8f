"""The shape of the checklist: questions only the person can answer, and what an answer stands for."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from data.policy import Mark


class Question(BaseModel):
    """One question to the person. It is about one thing: settings, a rule, an exemption, or it is a tip.

    `telling` is the answer that says something shows. `flags` are the settings it asks about, the one it
    is reported as first; the platform's facts then hold what open means and the steps. Else `rule` names
    what a telling answer is reported as, `unsure_rule` what "not sure" is, and `means`, `why`, `steps` and
    `closed` (the other answer, as a strength) are its own. `exempts` is what a yes stands for in the policy.
    A `tip` is shown and never answered. `unless_private` is not worth asking of a private account, and
    only `sites` are put to websites too. A download that names a school address answers those on `sign_in`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    ask: str
    hint: str = ""
    telling: Literal["yes", "no"] = "yes"
    flags: tuple[str, ...] = ()
    rule: str = ""
    unsure_rule: str = ""
    exempts: str = ""
    sign_in: bool = False
    tip: bool = False
    unless_private: bool = False
    sites: bool = False
    means: str = ""
    why: str = ""
    closed: str = ""
    steps: tuple[str, ...] = ()
    minutes: int = 2
    link: str = ""
    mark: Mark = "general"

    @model_validator(mode="after")
    def _one_thing(self) -> Question:
        if sum(map(bool, (self.flags, self.rule, self.exempts, self.tip))) != 1:
            raise ValueError(f"question '{self.id}' must be about flags, a rule, an exemption, or be a tip")
        if self.rule and not (self.means and self.why and self.steps):
            raise ValueError(f"question '{self.id}' needs its own means, why and steps")
        return self
