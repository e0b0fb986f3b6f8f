"""The nouns of a sweep: the sweep itself, one invitation per person, one job per profile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

WAITING, RUNNING, DONE = "waiting", "running", "done"
OPENING, OPEN, PAUSED, CLOSED = "opening", "open", "paused", "closed"
DUE, SENT, FAILED = "due", "sent", "failed"
BY_MAIL, BY_LOG_IN = "mail", "log-in"


@dataclass(frozen=True, slots=True)
class Row:
    """A value that is kept as one encrypted row."""

    def body(self) -> dict[str, Any]:
        """The value as JSON."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if name not in {"row", "person"}
        }

    @classmethod
    def of(cls, body: dict[str, Any], **known: str) -> Self:
        """The value of a row; keys that this version does not know are left out."""
        names = {one.name for one in fields(cls)}
        return cls(**known, **{name: _read(name, value) for name, value in body.items() if name in names})


@dataclass(frozen=True, slots=True)
class Sweep(Row):
    """One sweep: its window, what people were told, and how gently it goes.

    `quiet` are the hours without visits, as "22:00-06:00" in local time, or empty; `per_host` is how many
    profiles a day are opened on one host at most; `site` is the web app's address, for links; `schools` are
    the stems of all packs, whether anybody of them takes part or not.
    """

    id: str
    state: str
    opened_at: datetime
    starts_at: datetime
    ends_at: datetime
    notice: str
    quiet: str = ""
    per_host: int = 1000
    site: str = ""
    schools: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Mail:
    """One note by e-mail, and how often it was tried."""

    state: str = ""
    tries: int = 0
    next_at: str = ""


@dataclass(frozen=True, slots=True)
class Invitation(Row):
    """That a person was asked: told when and how, skipped, the sealed report, and the two notes.

    `school` is the stem of their pack. `scan` is the id of the report that was sealed for this sweep.
    """

    row: str
    person: str
    sweep: str
    school: str = ""
    told_at: datetime | None = None
    told_by: str = ""
    skipped_at: datetime | None = None
    scan: str = ""
    notice: Mail = field(default=Mail())
    ready: Mail = field(default=Mail())


@dataclass(frozen=True, slots=True)
class Job(Row):
    """One profile of one person in one sweep.

    `attempts` counts looks that ended without a usable answer; `crashes` how often the process died while
    it was in hand. `run` and `lease_until` say who has it in hand, and until when that is believed.
    """

    row: str
    person: str
    sweep: str
    url: str
    ownership: str
    state: str = WAITING
    attempts: int = 0
    crashes: int = 0
    next_at: datetime | None = None
    run: str = ""
    lease_until: datetime | None = None
    result: str = ""

    @property
    def host(self) -> str:
        """The host that the profile lies on."""
        return urlsplit(self.url).netloc.lower()


def _read(name: str, value: Any) -> Any:
    if name in {"notice", "ready"} and isinstance(value, dict):
        return Mail(**value)
    if name == "schools":
        return tuple(value)
    if value and name.endswith(("_at", "_until")):
        return datetime.fromisoformat(value)
    return value
