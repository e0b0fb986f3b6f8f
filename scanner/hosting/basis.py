"""The lawful-basis file: a school's server does not start until somebody has answered for it."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data import read_bytes
from scanner.errors import UsageError
from scanner.private import create_private
from scanner.web.house import Basis

FILE = "lawful-basis.toml"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dpo: Annotated[str, Field(min_length=3)]
    basis: Literal["consent", "legitimate-interests", "public-task"]
    date: dt.date
    contacts: Annotated[tuple[str, ...], Field(min_length=1)]
    age_hint: bool

    @field_validator("contacts")
    @classmethod
    def _filled(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(one.strip() for one in value):
            raise ValueError("an empty contact helps nobody")
        return value

    @field_validator("date")
    @classmethod
    def _past(cls, value: dt.date) -> dt.date:
        if value > dt.datetime.now(dt.UTC).date():
            raise ValueError("it lies in the future")
        return value


def read_basis(folder: Path) -> Basis:
    """The filled file. Where there is none, one to fill in is put there.

    Raises:
        UsageError: it is not filled in, or cannot be read; the sentence names the key.
    """
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_private(file, read_bytes("texts/lawful-basis-template.toml"))
        given = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"][:1])
        missing = first["type"] in ("missing", "string_too_short", "too_short")
        why = "is not filled in" if missing else f"cannot be used ({first['msg'].lower()})"
        raise UsageError(
            f"the server does not start before its lawful basis is written down: '{key}' in {file} {why}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not a readable TOML file: {error}") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read or made: {error.strerror}") from None
    return Basis(given.dpo, given.basis, given.date, given.contacts, given.age_hint)
