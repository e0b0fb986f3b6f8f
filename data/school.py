"""The school pack: what a school tells the scanner about itself."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator


class PackError(ValueError):
    """A school pack cannot be used; the message is one sentence for the person who wrote it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Address(_Strict):
    """The school's postal address."""

    street: str = ""
    town: str = ""
    postcode: str = ""


class References(_Strict):
    """Reference pictures, as paths relative to the pack."""

    logos: tuple[str, ...] = ()
    photos: str = ""


class Contacts(_Strict):
    """Who can help; printed in reports."""

    dsl: str = ""
    head: str = ""
    lado: str = ""
    dpo: str = ""
    union: str = ""
    helplines: tuple[str, ...] = ()


class Retention(_Strict):
    """Days things are kept; a school may only shorten them."""

    report: Annotated[int, Field(ge=0, le=30)] = 30
    owner_memory: Annotated[int, Field(ge=0, le=400)] = 400
    consent_after_erasure: Annotated[int, Field(ge=0, le=0)] = 0
    counts: Annotated[int, Field(ge=0, le=1900)] = 1900


SHORTEST = 10
"""Digits of the shortest UK phone number with its area code."""
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)

Phase = Literal[
    "nursery",
    "primary",
    "middle",
    "secondary",
    "sixth-form",
    "all-through",
    "special",
    "alternative-provision",
]


class Pack(_Strict):
    """A school pack file, field for field as a school writes it."""

    name: Annotated[str, Field(min_length=2)]
    aliases: tuple[str, ...] = ()
    risky_names: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    phase: Phase | Literal[""] = ""
    type: str = ""
    nation: Literal["england", "scotland", "wales", "northern-ireland", ""] = ""
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    local_authority: str = ""
    trust: str = ""
    head: str = ""
    colleagues: tuple[str, ...] = ()
    uniqueness: tuple[str, ...] = ()
    professional_sites: tuple[str, ...] = ("linkedin.com",)
    policy: str = "altus-2023"
    address: Address = Address()
    references: References = References()
    contacts: Contacts = Contacts()
    retention: Retention = Retention()

    def doubts(self) -> list[str]:
        """Entries that are allowed but can hardly do what they are meant for, in plain words."""
        return [
            *("no logo is given, so the logo check cannot run" for _ in [0] if not self.references.logos),
            *("no domain is given, so school e-mails cannot be told" for _ in [0] if not self.domains),
            *(
                f"'{d}' is no bare domain; write school.example"
                for d in self.domains
                if not _DOMAIN.fullmatch(d)
            ),
            *(f"'{h}' is no account name; write it without spaces" for h in self.handles if " " in h.strip()),
            *(
                f"'{p}' has too few digits for a phone"
                for p in self.phones
                if sum(map(str.isdigit, p)) < SHORTEST
            ),
        ]

    @field_validator("phase", "nation", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower().replace(" ", "-") if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference picture: its file stem and its bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class School:
    """A pack with its reference pictures read in; travels to workers as one value."""

    pack: Pack
    logos: tuple[Reference, ...] = ()
    photos: tuple[Reference, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Stays the same while the pack and its pictures do; workers cache by it."""
        digest = hashlib.sha256(self.pack.model_dump_json().encode())
        for reference in (*self.logos, *self.photos):
            digest.update(reference.name.encode() + hashlib.sha256(reference.data).digest())
        return digest.hexdigest()

    def may_be_named_on(self, *, platform: str, url: str) -> bool:
        """Whether the school lists this site as professional, so that it may name the employer."""
        host = (urlsplit(url).hostname or "").lower()
        sites = (site.lower().removeprefix("www.") for site in self.pack.professional_sites)
        return any(
            host == site or host.endswith(f".{site}") or platform.lower() in {site, site.partition(".")[0]}
            for site in sites
        )

    def has_address(self, email: str) -> bool:
        """Whether an e-mail address is of one of the school's domains, or of one below it."""
        host = email.casefold().rpartition("@")[2]
        domains = (domain.casefold().removeprefix("www.") for domain in self.pack.domains)
        return any(host == domain or host.endswith(f".{domain}") for domain in domains)

    def __hash__(self) -> int:
        """Cheap enough to be a cache key."""
        return hash(self.fingerprint)


MAX_REFERENCE_BYTES = 20_000_000
MAX_FINGERPRINT_BYTES = 200_000_000
"""About 4 kB for each of 50,000 photos."""
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".svg"})


def load_school(path: Path) -> School:
    """Read a pack from a folder holding `school.toml`, or from a `.toml` file alone.

    Raises:
        PackError: the pack is missing, not TOML, has a wrong value or an unknown key, or names a
            reference picture that cannot be read.
    """
    file = path / "school.toml" if path.is_dir() else path
    if not file.is_file():
        raise PackError(f"there is no school pack at {file}; `scanner school init` makes one")
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{file} is not a readable TOML file: {error}") from None
    except OSError as error:
        raise PackError(f"{file} cannot be read: {error.strerror}") from None
    pack = parse_pack(raw, str(file))
    return School(pack, _logos(pack, file.parent), _photos(pack, file.parent))


def parse_pack(raw: dict[str, Any], source: str) -> Pack:
    """Check a pack's keys and values.

    Raises:
        PackError: one sentence that names the key and, for an unknown one, the nearest known key.
    """
    try:
        return Pack.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        loc = tuple(str(part) for part in first["loc"] if str(part).isidentifier())
        key = ".".join(loc)
        if first["type"] == "extra_forbidden":
            raise PackError(f"{source}: unknown key '{key}'{_nearest(loc)}") from None
        if first["type"] == "missing":
            raise PackError(f"{source}: the key '{key}' must be there") from None
        raise PackError(f"{source}: '{key}': {_wanted(dict(first))}") from None


def _wanted(error: dict[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "tuple_type":
        return 'write a list, such as ["one", "two"]'
    if kind == "string_type":
        return "write it in quotation marks"
    if kind == "literal_error":
        return f"it must be one of {error['ctx']['expected']}"
    return str(error["msg"]).lower()


def _nearest(loc: tuple[str, ...]) -> str:
    model: type[BaseModel] = Pack
    for part in loc[:-1]:
        model = _section(model, part) or model
    wanted = loc[-1].lower()
    close = difflib.get_close_matches(wanted, model.model_fields, n=1, cutoff=0.5)
    for section in Pack.model_fields:
        inner = _section(Pack, section)
        if model is Pack and inner and wanted in inner.model_fields:
            return f"; it belongs under [{section}]"
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known keys: {', '.join(model.model_fields)}"


def _section(model: type[BaseModel], part: str) -> type[BaseModel] | None:
    annotation = model.model_fields[part].annotation if part in model.model_fields else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _logos(pack: Pack, folder: Path) -> tuple[Reference, ...]:
    return tuple(_reference(folder / name, folder) for name in pack.references.logos)


def _photos(pack: Pack, folder: Path) -> tuple[Reference, ...]:
    if not pack.references.photos:
        return ()
    place = folder / pack.references.photos
    if place.is_file():
        return (_reference(place, folder, most=MAX_FINGERPRINT_BYTES),)
    if not place.is_dir():
        raise PackError(f"the photo folder '{pack.references.photos}' is not in the pack")
    files = sorted(p for p in place.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES)
    return tuple(_reference(file, folder) for file in files)


def _reference(file: Path, folder: Path, *, most: int = MAX_REFERENCE_BYTES) -> Reference:
    if not file.resolve().is_relative_to(folder.resolve()):
        raise PackError(f"the reference '{file.name}' lies outside the pack's folder")
    try:
        if file.stat().st_size > most:
            raise PackError(f"the reference '{file.name}' is larger than {most // 1_000_000} MB")
        return Reference(file.stem, file.read_bytes())
    except OSError as error:
        raise PackError(f"the reference '{file.name}' cannot be read: {error.strerror}") from None
