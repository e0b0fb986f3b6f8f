"""Odd values in exports, brought to plain ones: times, empty words, keys that change their case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST, LATEST = 1990, 2100
"""Years a post can be of; 1601 and 33658 are clocks that were never set or counted in other units."""
MAX_WORDS = 100_000
"""Characters of one text; detectors read less."""

LARGEST = 10**19

_NUMBERS = frozenset({int, float})
_WORDY = frozenset({str, int, float})
_EMPTY = frozenset({"", "n/a", "none", "null", "undefined", "nan"})
_LONGEST_EMPTY = 1 + max(map(len, _EMPTY))
_UNITS = (1, 1_000, 1_000_000)
_STAMP = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[T ,]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?)?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPELT = re.compile(
    rf"\w{{3}} (?P<m>{'|'.join(_MONTHS)}) (?P<d>[0-3]\d) (?P<t>[0-2]\d:[0-5]\d:[0-5]\d) \+0000 (?P<y>20\d\d)"
)
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?")
_ZONE = re.compile(r"(?:\.\d{1,9})? ?(?P<sign>[+-])(?P<H>\d{2}):?(?P<M>\d{2})")
_YES = frozenset({"true", "yes", "on", "enabled", "enable", "1", "everyone"})
_NO = frozenset({"false", "no", "off", "disabled", "disable", "0", "no one", "noone", "only me"})


def when(value: Any) -> str:
    """A time as ISO text in UTC, "" where it is none or of an impossible year.

    Takes seconds, milli- and microseconds since 1970, also as text, dates that begin with the year, and
    "Wed Nov 04 13:18:50 +0000 2020". A time without a zone is taken for UTC.
    """
    if isinstance(value, str):
        text = value.strip()
        if plain := _plain(text):
            return plain
        if not _NUMBER.fullmatch(text):
            return _written(text)
        value = float(text)
    if type(value) not in _NUMBERS or not -LARGEST < value < LARGEST:
        return ""
    for unit in _UNITS:
        moment = _moment(value / unit)
        if moment and EARLIEST <= moment.year < LATEST:
            return moment.isoformat()[:19] + "Z"
    return ""


def words(value: Any) -> str:
    """A text without what stands for nothing (null, [], "N/A") and without halves of characters."""
    kind = type(value)
    if kind not in _WORDY or value == "":
        return ""
    text = value if kind is str else str(value)
    text = text[:MAX_WORDS].replace("\x00", "").strip()
    if len(text) < _LONGEST_EMPTY and text.casefold() in _EMPTY:
        return ""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def dig(value: Any, *keys: str | int) -> Any:
    """What lies under those keys, whatever their case; None where anything is missing or of another shape."""
    for key in keys:
        if isinstance(value, dict):
            value = value[key] if key in value else _other_case(value, str(key))
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def listed(value: Any) -> list[Any]:
    """A list as it is, one thing as a list of one, nothing as an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None or value in ("", {}) else [value]


def yes(value: Any) -> bool | None:
    """A switch in any of its spellings; None where it says neither."""
    if isinstance(value, bool):
        return value
    text = words(value).casefold()
    return True if text in _YES else False if text in _NO else None


def first(values: Sequence[Any]) -> str:
    """The first that says something, as text."""
    return next((text for value in values if (text := words(value))), "")


def folded(text: str) -> str:
    """A name for comparing: one case, one apostrophe, composed letters."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").casefold()


def _plain(text: str) -> str:
    """The usual "2024-05-01T10:00:00", with or without more behind it; "" for other ways to write a time."""
    if text[4:5] != "-" or text[7:8] != "-" or text[16:17] != ":" or text[10:11] not in ("T", " "):
        return ""
    try:
        moment = datetime.fromisoformat(text[:19])
    except ValueError:
        return ""
    if not EARLIEST <= moment.year < LATEST:
        return ""
    if not text.endswith("+00:00") and (zone := _ZONE.match(text, 19)):
        away = timedelta(hours=int(zone["H"]), minutes=int(zone["M"]))
        moment = moment - away if zone["sign"] == "+" else moment + away
        return f"{moment.isoformat()}Z"
    return f"{text[:10]}T{text[11:19]}Z"


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _written(text: str) -> str:
    if spelt := _SPELT.fullmatch(text):
        return f"{spelt['y']}-{_MONTHS.index(spelt['m']) + 1:02}-{spelt['d']}T{spelt['t']}Z"
    match = _STAMP.match(text)
    if not match:
        return ""
    parts = [int(match[name] or 0) for name in ("y", "m", "d", "H", "M", "S")]
    try:
        moment = datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if EARLIEST <= moment.year < LATEST else ""


def _other_case(value: dict[str, Any], key: str) -> Any:
    size, wanted = len(key), key.lower()
    return next(
        (inner for name, inner in value.items() if len(name) == size and name.lower() == wanted), None
    )
