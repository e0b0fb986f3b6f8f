"""A finished check as it is sealed to its owner, and back: the published report, and all the page needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from scanner.errors import StoreError
from scanner.model import Report
from scanner.report import report_card, to_json
from scanner.web.desk import Result

KEPT = "kept"


class _Kept(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    report: Report
    pdf: bytes | None
    unseen: frozenset[str] = frozenset()
    swept: bool = False


def packed(result: Result) -> dict[str, Any]:
    """The published report as JSON, with what the report's page needs beside it."""
    return {
        **to_json(result.report, card=report_card()),
        KEPT: _Kept.model_validate(result, from_attributes=True).model_dump(mode="json"),
    }


def unpacked(body: Mapping[str, Any]) -> Result:
    """What `packed` made.

    Raises:
        StoreError: a version of this program made it whose reports this one cannot show.
    """
    try:
        kept = _Kept.model_validate(body[KEPT])
        return Result(kept.report, kept.pdf, kept.unseen, kept.swept)
    except (KeyError, ValidationError):
        raise StoreError("an older version made your last report; please check again to see one") from None


def published(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a person takes away: the report without our own form of it."""
    return {name: value for name, value in body.items() if name != KEPT}
