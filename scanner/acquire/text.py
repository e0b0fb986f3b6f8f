"""From the bytes of a document to its text, and what the text tells before it is rendered."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from itertools import islice

# The web's names for encodings that Python calls otherwise, or that browsers read as a larger one.
WEB_NAMES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "windows-874": "cp874",
}
WEB_ENCODING = re.compile(
    r"utf-?8|utf-16(?:le|be)?|windows-125[0-8]|iso-8859-(?:[2-8]|1[013456])|koi8-[ru]|ibm866|big5"
    r"|euc-(?:jp|kr)|gb18030|iso-2022-jp"
)
# Every repetition is bounded: hostile pages are read in a time that grows no faster than they do.
SCRIPT = re.compile(rb"<script\b([^<>]{0,2000})", re.IGNORECASE)
KIND = re.compile(rb"\btype\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w/+.-]{0,100})", re.IGNORECASE)
TAG = re.compile(rb"<[a-z][^<>]{0,2000}", re.IGNORECASE)
ALIVE = re.compile(
    rb"\son\w{1,40}\s{0,20}=|^<(?:iframe|object|embed|frame)\b|http-equiv\s{0,20}=\s{0,20}.?refresh",
    re.IGNORECASE,
)
SCRIPT_LOOK = 1_000_000  # bytes in which scripts are looked for
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BEYOND = re.compile(r"[^\x00-\x7f]{1,40}")
RUNS_LOOKED_AT = 60
# what a browser makes of each byte that it takes for Windows-1252 (encoding.spec.whatwg.org)
LETTERS = tuple(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
BYTES = {char: byte for byte, char in enumerate(LETTERS)}
WESTERN = re.compile(f"[{''.join(LETTERS[128:])}]{{2,400}}")
LOOKED_AT = 1024  # bytes in which a document may declare its encoding, as browsers do


def decode(body: bytes, content_type: str) -> str:
    """Text of a body: by its byte order mark, the encoding its header or itself declares, else UTF-8."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    inside = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", body[:LOOKED_AT], re.IGNORECASE)
    names = (declared and declared[1], inside and inside[1].decode("ascii", "replace"), "utf-8")
    codecs_ = [codec for name in names if name and (codec := _codec(name))]
    for codec in codecs_:
        with suppress(UnicodeError):
            return body.decode(codec)
    return body.decode(codecs_[0], "replace")


def has_scripts(source: bytes) -> bool:
    """Whether a document as sent can change by itself; data blocks such as JSON-LD cannot.

    One too long to look through counts as one that can.
    """
    if len(source) > SCRIPT_LOOK:
        return True
    for tag in SCRIPT.finditer(source):
        kind = KIND.search(tag[1])
        if kind is None or not kind[1] or re.search(rb"javascript|ecmascript|module", kind[1], re.IGNORECASE):
            return True
    return any(ALIVE.search(tag[0]) for tag in TAG.finditer(source))


def whole(text: str) -> str:
    """The text without halves of characters, which a script can make and no encoder accepts."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mended(dom: str, sent: bytes) -> str:
    """A page's text where the browser took UTF-8 for Windows-1252, put right; any other as it is.

    Browsers do so where neither the answer nor the page declares an encoding, or declares a wrong one.
    Whether they did shows by what was sent: its words are in the page only in garbled form.
    """
    try:
        told = sent.decode("utf-8")
    except UnicodeError:
        return dom
    # with an encoding declared, the browser hands the document out as it has read it
    with suppress(KeyError, UnicodeError):
        told = bytes(BYTES[char] for char in told).decode("utf-8")
    runs = [match[0] for match in islice(BEYOND.finditer(told), RUNS_LOOKED_AT)]
    if not any(_garbled(run) in dom and run not in dom for run in dict.fromkeys(runs)):
        return dom
    return WESTERN.sub(lambda match: _put_right(match[0]), dom.replace("&nbsp;", "\u00a0"))


def _garbled(text: str) -> str:
    return "".join(LETTERS[byte] for byte in text.encode("utf-8", "replace"))


def _put_right(text: str) -> str:
    try:
        return bytes(BYTES[char] for char in text).decode("utf-8")
    except UnicodeError:
        return text  # written as a reference in the page, so never garbled


def _codec(name: str) -> str | None:
    """Python's name for an encoding of the web; others, some of them very slow, are not used."""
    name = name.lower()
    return WEB_NAMES.get(name, name) if name in WEB_NAMES or WEB_ENCODING.fullmatch(name) else None
