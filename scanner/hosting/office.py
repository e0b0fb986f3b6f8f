"""The office of a school's server: its pack, rules, invitation, counts and health; no way to any person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import data
from data import School
from data.school import Retention
from scanner.errors import UsageError
from scanner.hosting.installation import Installation
from scanner.hosting.packing import take_pack
from scanner.web.house import Count, Line


class Desktop:
    """What the office may see and set. It is handed the installation's folder, and not the store."""

    def __init__(
        self,
        installation: Installation,
        school: School,
        *,
        counts: Callable[[], Sequence[Count]],
        health: Callable[[], Sequence[Line]],
    ) -> None:
        self._installation, self._school = installation, school
        self._counts, self._health = counts, health

    def school(self) -> School:
        """The school, with what the office shortened."""
        pack = self._school.pack
        days = {name: now for name, (now, _) in self.retention().items()}
        kept = pack.retention.model_copy(update=days)
        return School(pack.model_copy(update={"retention": kept}), self._school.logos, self._school.photos)

    def invitation(self) -> tuple[str, date | None]:
        """The code, and from which day it may change."""
        return self._installation.settings().invitation, self._installation.changeable_from(on=_today())

    def renew_invitation(self) -> None:
        """Make a new code, once a term at most."""
        self._installation.renew_invitation(on=_today())

    def take_pack(self, name: str, body: bytes) -> list[str]:
        """Use an uploaded pack; gives what is doubtful about it."""
        self._school = take_pack(self._installation.pack, name, body)
        return self._school.pack.doubts()

    def retention(self) -> dict[str, tuple[int, int]]:
        """Days things are kept now, and at the most."""
        most, chosen = self._school.pack.retention, self._installation.settings()
        asked = {"report": chosen.report, "owner_memory": chosen.owner_memory}
        found = {}
        for name, days in asked.items():
            limit = int(getattr(most, name))
            found[name] = (limit if days is None else min(days, limit), limit)
        return found

    def shorten(self, days: Mapping[str, int]) -> None:
        """Keep things for fewer days than the pack allows."""
        limits = self.retention()
        for name, wanted in days.items():
            if not 0 <= wanted <= limits[name][1]:
                raise UsageError(f"this can only be shortened: at most {limits[name][1]} days")
        wished = {**{name: now for name, (now, _) in limits.items()}, **days}
        Retention(**wished)
        self._installation.shorten(**wished)

    def platforms(self) -> list[tuple[str, str, bool]]:
        """Key, name, and whether it may be opened. What the shipped facts switch off stays off."""
        off = self._installation.settings().off
        known = ((key, data.facts(key)) for key in data.stems("platforms"))
        return [(key, facts.name, key not in off) for key, facts in known if facts.stance != "off"]

    def switch(self, on: Sequence[str]) -> None:
        """Let these platforms be opened and no others."""
        known = frozenset(key for key, _, _ in self.platforms())
        self._installation.switch_off(known - frozenset(on))

    def counts(self) -> Sequence[Count]:
        """What was released of all people together."""
        return self._counts()

    def health(self) -> Sequence[Line]:
        """What can be said of the server without looking at anybody."""
        return self._health()


def _today() -> date:
    return datetime.now(UTC).date()
