"""Reads what a form sent, in memory alone, and only from our own pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from scanner.errors import ConsentError, UsageError

MAX_FILES = 8
MAX_FIELDS = 100
MAX_PART = 100_000


class Owner(Protocol):
    """Whose stay a form has to come from."""

    def owns(self, token: str, /) -> bool: ...


class Forged(ConsentError):
    """A form that no page of this stay made."""


@dataclass(frozen=True, slots=True)
class Given:
    """A form's fields, each with all its values, and its files as name and bytes; empty ones left out."""

    fields: dict[str, list[str]] = field(repr=False)
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    def one(self, name: str) -> str:
        """The field's value; empty when it was not sent."""
        return self.fields.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value sent under that name, as ticked boxes are."""
        return self.fields.get(name, [])


class _InMemory(MultiPartParser):
    spool_max_size = 2**40  # nothing a person hands over may touch the disk


async def read_form(request: Request, visit: Owner) -> Given:
    """The form that was posted.

    Raises:
        Forged: it does not carry this stay's own token.
        UsageError: it is no form, or holds too many things.
    """
    async with open_form(request, visit, _InMemory) as (fields, files):
        return Given(fields, tuple([(file.filename or "", await file.read()) for file in files]))


@asynccontextmanager
async def open_form(
    request: Request, visit: Owner, parser: type[MultiPartParser]
) -> AsyncIterator[tuple[dict[str, list[str]], list[UploadFile]]]:
    """The form's fields, and its files as they lie where the parser put them; gone after the block.

    Raises:
        As for `read_form`.
    """
    sent = await _parsed(request, parser)
    try:
        fields: dict[str, list[str]] = {}
        for name, value in sent.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
        if not visit.owns(fields.get("csrf", [""])[0]):
            raise Forged("this form is out of date; open the page again")
        yield fields, [value for value in sent.values() if isinstance(value, UploadFile) and value.size]
    finally:
        await sent.close()


async def _parsed(request: Request, parser: type[MultiPartParser]) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await parser(
                request.headers,
                request.stream(),
                max_files=MAX_FILES,
                max_fields=MAX_FIELDS,
                max_part_size=MAX_PART,
            ).parse()
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(
                request.headers, request.stream(), max_fields=MAX_FIELDS, max_part_size=MAX_PART
            ).parse()
    except (MultiPartException, ValueError):
        raise UsageError("that form could not be read; go back and try again") from None
    raise UsageError("that was not a form of ours; go back and try again")
