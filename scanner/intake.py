"""What people paste, brought to one address per profile, or refused with a helpful sentence."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import idna

from data import read_toml
from scanner.errors import SubmissionError
from scanner.platforms import Account, find

MAX_LENGTH = 2000
MAX_ADDRESSES = 40
MAX_WRAPPERS = 4

# zero-width, direction and other unseen characters that messengers add
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_OPENING, _CLOSING = "<([{\"'«“\u2018`*_", ">)]}\"'»”\u2019`*"
_TRAILING = ".,;:!?…|\\"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_HANDLE = re.compile(r"(?:acct:)?@?(?P<user>[\w.-]+)@(?P<host>[^\s@/:]+\.[^\s@/:]+)", re.IGNORECASE)
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_SCHEME_SLIP = re.compile(r"(?P<scheme>https?)(?:://+|:/?/?|//)(?=[^/:])", re.IGNORECASE)
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?[]"
_NO_HOST = (
    "The part before the first slash is not a website's name; copy the address again from the address bar"
)
_FILE = (
    "That is a file on your computer, not an address; paste the address of your profile page, or have a "
    "saved page read with --page URL=FILE"
)
_SENTENCES = {
    "mailto": "That is an e-mail address, not a profile; paste the address of your profile page",
    "tel": "That is a phone number, not a profile; paste the address of your profile page",
    "sms": "That is a phone number, not a profile; paste the address of your profile page",
    "file": _FILE,
    "javascript": "That is a piece of script, not an address; paste the address of your profile page",
    "data": "That is not an address; paste the address of your profile page",
}


def canonical(text: str) -> str:
    """The one form of an address: https or http, clean host, nothing that only tracks.

    Bare hosts become https, `@user@host` becomes the profile there, known wrappers are opened up
    without fetching. Nothing is looked up; whether the address may be opened is the guard's matter.

    Raises:
        SubmissionError: it is no web address, with one sentence that says what to paste.
    """
    return _canonical(_tidy(text), depth=0)


def submissions(lines: Iterable[str]) -> list[Account]:
    """The profiles named by some lines, each once, in order; empty lines and `#` remarks are skipped.

    Raises:
        SubmissionError: a line is no profile we may open; with several lines the sentence counts.
    """
    found: dict[str, Account] = {}
    wanted = [line for line in lines if _UNSEEN.sub("", line).strip() and not line.lstrip().startswith("#")]
    if not wanted:
        raise SubmissionError("there is no address to look at; paste the address of your profile page")
    if len(wanted) > MAX_ADDRESSES:
        raise SubmissionError(
            f"{len(wanted)} addresses are more than one person's profiles; give at most {MAX_ADDRESSES}"
        )
    for number, line in enumerate(wanted, start=1):
        try:
            account = find(canonical(line))
        except SubmissionError as error:
            place = f"address {number}: " if len(wanted) > 1 else ""
            raise SubmissionError(f"{place}{error}") from None
        same = _same(account.url)
        found.setdefault(same.casefold() if account.handle else same, account)  # no handle knows case
    return list(found.values())


def _tidy(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise SubmissionError(
            f"That address is longer than {MAX_LENGTH} characters; paste the plain address of your profile"
        )
    text = _UNSEEN.sub("", text).strip()
    if re.fullmatch(_table()["file"]["looks"], text.strip(_OPENING + _CLOSING), re.IGNORECASE):
        raise SubmissionError(_FILE)
    if re.search(r"\s", text):
        inside = re.findall(r"https?://\S+", text, re.IGNORECASE)
        if len(inside) != 1:
            raise SubmissionError(
                "Put one address on a line, with no other words; paste it from the browser's address bar"
            )
        text = inside[0]
    before = None
    while text != before:
        before = text
        text = text.lstrip(_OPENING).rstrip(_TRAILING)
        if text and text[-1] in _CLOSING and text.count(text[-1]) > text.count(_PAIRS.get(text[-1], "\0")):
            text = text[:-1]
    return text


def _canonical(text: str, *, depth: int) -> str:
    if not text:
        raise SubmissionError("there is no address to look at; paste the address of your profile page")
    parts = _split(_with_scheme(text))
    if inner := _unwrapped(parts):
        if depth >= MAX_WRAPPERS:
            raise SubmissionError(
                "That link is wrapped too often; open it and paste the address from the address bar"
            )
        return _canonical(_tidy(inner), depth=depth + 1)
    return urlunsplit((parts.scheme, _netloc(parts), _path(parts), _query(parts), ""))


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    known: bool


def _with_scheme(text: str) -> str:
    for row in _table()["handle"]:
        named = rf"(?:https?://)?@?(?!www\.)(?P<handle>[a-z0-9-]+\.{re.escape(row['below'])})/?"
        if own := re.fullmatch(named, text, re.IGNORECASE):
            return str(row["to"]).format(handle=own["handle"].lower())
    if slip := _SCHEME_SLIP.match(text):
        return f"{slip['scheme'].lower()}://{text[slip.end() :]}"
    if handle := _HANDLE.fullmatch(text):
        if text[0] != "@" and not text.lower().startswith("acct:"):
            raise SubmissionError(
                "That looks like an e-mail address; for a Mastodon account write @name@server, "
                "else paste the address of your profile page"
            )
        return f"https://{handle['host']}/@{handle['user']}"
    if text.lower().rstrip(":/") in ("http", "https"):
        raise SubmissionError(_NO_HOST)
    if scheme := _SCHEME.match(text):
        raise SubmissionError(
            _SENTENCES.get(
                scheme["scheme"].lower(),
                "Only addresses that begin with http or https can be opened; paste that of your profile",
            )
        )
    if text.startswith("@") or ("/" not in text and "." not in text and ":" not in text):
        raise SubmissionError(
            "A name alone does not say which site it is on; paste the full address of your profile page"
        )
    return "https://" + text.lstrip("/")


def _split(text: str) -> _Parts:
    try:
        parts = urlsplit(text.replace("\\", "/"))
        port = parts.port
    except ValueError:
        raise SubmissionError(
            "That address is not written as a web address; copy it again from the address bar"
        ) from None
    if "@" in parts.netloc:
        raise SubmissionError(
            "That address has a log-in name in it; paste the plain address of your profile page"
        )
    host = _host(parts.hostname or "")
    for alias in _table()["alias"]:
        if re.fullmatch(alias["from"], host):
            return _Parts("https", alias["to"], None, parts.path, parts.query, known=True)
    known = host in _table()["junk"]["hosts"]
    return _Parts(parts.scheme, host, port, parts.path, parts.query, known=known)


def _host(host: str) -> str:
    host = host.rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if host == "localhost":
        return host
    try:
        name = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        name = host if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", host) else ""
    if re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", name):  # short forms of IP addresses hide where they lead
        raise SubmissionError(_NO_HOST)
    if "." not in name or "%" in name:
        raise SubmissionError(_NO_HOST)
    return name


def _netloc(parts: _Parts) -> str:
    host = f"[{parts.host}]" if ":" in parts.host else parts.host
    default = {"http": 80, "https": 443}[parts.scheme]
    return host if parts.port in (None, default) else f"{host}:{parts.port}"


def _path(parts: _Parts) -> str:
    kept: list[str] = []
    for piece in parts.path.split("/")[1:]:
        if piece == "..":
            kept = kept[:-1]
        elif piece != ".":
            kept.append(piece)
    path = "/" + quote("/".join(kept), safe=_SAFE_PATH)
    fold = _table()["fold"]
    if parts.host in fold["hosts"] and not re.match(fold["keep"], path):
        path = re.sub(r"%[0-9A-Fa-f]{2}|[A-Z]+", lambda m: m[0] if m[0][0] == "%" else m[0].lower(), path)
    if parts.known:
        path = re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
    if parts.host == "www.linkedin.com":
        path = re.sub(r"^/mwlite(?=/)", "", path)
    return path


def _query(parts: _Parts) -> str:
    junk = _table()["junk"]
    names, prefixes = set(junk["always"]), tuple(junk["prefixes"])
    if parts.known:
        names |= set(junk["platforms"])
        prefixes += tuple(junk["platform_prefixes"])
    kept = []
    for pair in filter(None, parts.query.split("&")):
        name = pair.partition("=")[0]
        if name not in names and not name.startswith(prefixes):
            kept.append(quote(pair, safe=_SAFE_QUERY))
    return "&".join(kept)


def _unwrapped(parts: _Parts) -> str | None:
    for wrapper in _table()["wrapper"]:
        hosts, path = wrapper["hosts"], parts.path.lstrip("/")
        here = any(parts.host == host or parts.host.endswith("." + host) for host in hosts)
        if here and re.fullmatch(wrapper["path"], path):
            inner = dict(parse_qsl(parts.query)).get(wrapper["parameter"], "")
            if inner.lower().startswith(("http://", "https://")):
                return inner
    return None


def _same(url: str) -> str:
    """Two addresses of one profile give the same word: scheme, www and a last slash do not count."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/addresses.toml")
