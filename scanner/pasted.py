"""Finding the address in what a person pasted: a message, a share text, a name and the site it is on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from data import read_toml
from scanner.errors import SubmissionError

MAX_LENGTH = 2000
PHONE_DIGITS = 7

# zero-width, direction and other unseen characters that messengers add
UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_OPENING, _CLOSING = "<([{\"'«“\u2018`「『【《", ">)]}\"'»”\u2019`」』】》"
_TRAILING = ".,;:!?|\\。、"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_EMPHASIS = "*_~"
_CUT = re.compile(r"(?:https?://)?[^\s/]+/[^\s]*(?:\u2026|\.{3})$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:/{2,}[^\s/:]", re.IGNORECASE)
_MARKUP = (
    re.compile(r"href\s*=\s*[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE),
    re.compile(r"\]\(<?(https?://[^\s<>]+?)>?\)(?=$|[\s.,;!?)])", re.IGNORECASE),
    re.compile(r"<(https?://[^|>\s]+)\|[^>]*>", re.IGNORECASE),
)
_RUN = re.compile(r"(?<![=?&])(?=https?://)|[,;|]+(?=www\.)", re.IGNORECASE)
_KEEPS_INNER = re.compile(r"https?://[^/]*(?:archive|translate|urldefense|12ft|cache)[^/]*/", re.IGNORECASE)
_BARE = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+(?::\d+)?(?:[/?]\S*)?", re.IGNORECASE)
_HANDLE = re.compile(r"@[\w.-]+@(?:[\w-]+\.)+[\w-]+")
_PHONE = re.compile(r"(?:tel:?\s*)?\+?[\d\s().-]+", re.IGNORECASE)
_IP = re.compile(r"\d+(?:\.\d+){3}")
FILE_SENTENCE = (
    "That is a file on your computer, not an address; paste the address of your profile page, or have a "
    "saved page read with --page URL=FILE"
)
PHONE_SENTENCE = "That is a phone number, not a profile; paste the address of your profile page"
_SEVERAL = "Put one address on a line, with no other words; paste it from the browser's address bar"
_ENDS_SHORT = "That address was cut short where its dots are; open your profile and paste the full address"
_OTHERS = (
    "That reads as somebody else's profile, which is not ours to look at; paste the address of your own, "
    "and ask them to check theirs themselves"
)


def tidy(text: str) -> str:
    """The one address in a text, without the words, brackets and pictures around it.

    Raises:
        SubmissionError: there is none, there are several, or it is plainly something else.
    """
    text = seen(text)
    if not _ADDRESS.search(text) and (said := _spoken(_trimmed(text))):
        return said
    found = list(dict.fromkeys(_several(text)))
    if _goes_on(text) or (
        len(found) > 1 and len({_trimmed(one).casefold().rstrip("/") for one in found}) > 1
    ):
        raise SubmissionError(_SEVERAL)
    if found:
        return _whole(found[0])
    if re.search(r"\s", _trimmed(text)):
        raise SubmissionError(_SEVERAL)
    return _whole(text)


def split(line: str) -> list[str]:
    """The addresses of a line, one text each; the line itself where it is not made of several.

    Raises:
        SubmissionError: the line is far too long, or says that the address is somebody else's.
    """
    text = seen(line)
    found = list(dict.fromkeys(_several(text)))
    words = text
    for one in found:
        words = words.replace(one, " ")
    if re.search(_table()["others"]["words"], words, re.IGNORECASE):
        raise SubmissionError(_OTHERS)
    if len(found) > 1:
        return found
    said = re.split(r"\s*(?:[,;&|+]|\band\b)\s*", text, flags=re.IGNORECASE)
    return said if len(said) > 1 and all(map(_spoken, said)) else [line]


def seen(text: str) -> str:
    """A text as it looks: nothing that is not seen, letters of ordinary width, no space around.

    Raises:
        SubmissionError: it is far too long, a file of the person's own, or a phone number.
    """
    if len(text) > MAX_LENGTH:
        raise SubmissionError(
            f"That address is longer than {MAX_LENGTH} characters; paste the plain address of your profile"
        )
    text = UNSEEN.sub("", text).translate(_WIDE).strip()
    bare = text.strip(_OPENING + _CLOSING)
    if re.fullmatch(_table()["file"]["looks"], bare, re.IGNORECASE):
        raise SubmissionError(FILE_SENTENCE)
    if _PHONE.fullmatch(bare) and not _IP.fullmatch(bare) and sum(map(str.isdigit, bare)) >= PHONE_DIGITS:
        raise SubmissionError(PHONE_SENTENCE)
    if re.match(r"https?%3a%2f%2f", text, re.IGNORECASE):
        text = unquote(text)
    return text


def _several(text: str) -> Iterator[str]:
    """Every address in a text of several words, in markup, or of two run together; none in a plain one."""
    for markup in _MARKUP:
        if inside := markup.findall(text):
            yield from inside
            return
    raw = text.split()
    tokens = [piece for token in raw for piece in _runs(token)]
    full = [token[m.start() :] for token in tokens if (m := _ADDRESS.search(token)) and _leads(token, m)]
    if full:
        if len(raw) > 1 or len(full) > 1 or _is_word(text[: text.index(full[0])]):
            yield from full
        return
    if len(tokens) < 2:  # noqa: PLR2004 one word is the address itself
        return
    for place, token in enumerate(tokens):
        bare = token.strip(_OPENING + _CLOSING + _TRAILING)
        if _HANDLE.fullmatch(bare) or (_BARE.fullmatch(bare) and _is_meant(bare, tokens, place)):
            yield bare


def _is_word(before: str) -> bool:
    """Whether what an address hangs on is a word of people, not the scheme of a program."""
    word = before.strip(_OPENING + _CLOSING + _TRAILING + _EMPHASIS + "@=-").casefold()
    sites = {name for row in _table()["spoken"] for name in row["words"]}
    return bool(word) and (not before.endswith(":") or word in sites)


def _goes_on(text: str) -> bool:
    """Whether an address seems to go on after a space, as names do that were typed by hand."""
    first, _, rest = text.partition(" ")
    at_its_end = first[-1:].isalnum() and ("://" in first or "/" in first)
    return at_its_end and rest.isalpha() and rest.lower() not in _table()["beside"]["idle"]


def _runs(token: str) -> list[str]:
    """The addresses that are run together in one word."""
    if _KEEPS_INNER.match(token):
        return [token]
    return [piece for piece in _RUN.split(token) if piece and not re.fullmatch(r"https?:/*", piece)]


def _leads(token: str, found: re.Match[str]) -> bool:
    """Whether the address in a word is not only carried in the query of another."""
    return not re.search(r"[=?&]$", token[: found.start()])


def _is_meant(bare: str, tokens: list[str], place: int) -> bool:
    """Whether a name with a dot in it, among words, is meant as an address."""
    host = re.split(r"[/?:]", bare.lower())[0]
    if host.startswith("www.") or _known(host) or "/" in bare:
        return True
    table = _table()["beside"]
    before = tokens[place - 1].lower() if place else ""
    rest = [re.sub(r"\W", "", token.lower()) for token in tokens[:place] + tokens[place + 1 :]]
    return before.endswith(":") or before in table["before"] or set(rest) <= {"", *table["idle"]}


def _known(host: str) -> bool:
    return any(re.fullmatch(alias["from"], host) for alias in _table()["alias"])


def _whole(text: str) -> str:
    """An address without what clings to it.

    Raises:
        SubmissionError: its end was left out.
    """
    if _CUT.search(text.rstrip(_CLOSING)):
        raise SubmissionError(_ENDS_SHORT)
    text = _trimmed(text)
    for row in _table()["app"]:
        if app := re.fullmatch(row["from"], text, re.IGNORECASE):
            return str(row["to"]).format(**app.groupdict(""))
    return _spoken(text) or text


def _trimmed(text: str) -> str:
    before = None
    while text != before:
        before = text
        text = text.lstrip(_OPENING).rstrip(_TRAILING).strip()
        if len(text) > 1 and text[0] in _EMPHASIS and text[-1] == text[0]:
            text = text[1:-1]
        while text and unicodedata.category(text[-1]) in ("So", "Sk", "Co", "Cs"):
            text = text[:-1]
        if text and text[-1] in _CLOSING and text.count(text[-1]) > text.count(_PAIRS.get(text[-1], "\0")):
            text = text[:-1]
    return text


def _spoken(text: str) -> str | None:
    """The address meant by a site's name and one's own name there, as people write it."""
    table = _table()
    text = re.sub("[\"'\u2018\u2019\u201c\u201d](?!s\\b)", "", text)
    for row, form in _forms():
        if said := form.fullmatch(text):
            name = said["name"]
            if name.lower() not in table["saying"]["never"]:
                bare = re.sub(r"^/?(?:in|u|user)/", "", name) if row["to"] != "{name}" else name
                return str(row["to"]).format(name=bare)
    return None


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[dict[str, Any], re.Pattern[str]], ...]:
    table = _table()
    return tuple(
        (
            row,
            re.compile(
                form.replace("{word}", f"(?:{'|'.join(map(re.escape, row['words']))})").replace(
                    "{name}", f"(?P<name>{row['name']})"
                ),
                re.IGNORECASE,
            ),
        )
        for form in table["saying"]["forms"]
        for row in table["spoken"]
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/addresses.toml")
