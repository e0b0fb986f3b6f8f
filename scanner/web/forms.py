"""Reads what a form sent, in memory alone, and only from our own pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from scanner.errors import ConsentError, UsageError
from scanner.web.visit import Visit

MAX_FILES = 8
MAX_FIELDS = 100
MAX_PART = 100_000


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


async def read_form(request: Request, visit: Visit) -> Given:
    """The form that was posted.

    Raises:
        Forged: it does not carry this stay's own token.
        UsageError: it is no form, or holds too many things.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            sent = await _InMemory(
                request.headers,
                request.stream(),
                max_files=MAX_FILES,
                max_fields=MAX_FIELDS,
                max_part_size=MAX_PART,
            ).parse()
        elif kind == "application/x-www-form-urlencoded":
            sent = await FormParser(
                request.headers, request.stream(), max_fields=MAX_FIELDS, max_part_size=MAX_PART
            ).parse()
        else:
            raise UsageError("that was not a form of ours; go back and try again")
    except (MultiPartException, ValueError):
        raise UsageError("that form could not be read; go back and try again") from None
    fields: dict[str, list[str]] = {}
    files = []
    try:
        for name, value in sent.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
            elif value.size:
                files.append((value.filename or "", await value.read()))
    finally:
        await sent.close()
    if not visit.owns(fields.get("csrf", [""])[0]):
        raise Forged("this form is out of date; open the page again")
    return Given(fields, tuple(files))
