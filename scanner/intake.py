"""What people paste, brought to one address per profile, or refused with a helpful sentence."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import idna

from data import read_toml
from scanner.errors import SubmissionError
from scanner.pasted import FILE_SENTENCE, PHONE_SENTENCE, UNSEEN, split, tidy
from scanner.platforms import Account, find

MAX_ADDRESSES = 40
MAX_ON_ONE = 8
"""Profiles one person may have on one platform; more look like other people's."""
MAX_WRAPPERS = 4

_HANDLE = re.compile(r"(?:acct:)?@?(?P<user>[\w.-]+)@(?P<host>[^\s@/:]+\.[^\s@/:]+)", re.IGNORECASE)
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_SCHEME_SLIP = re.compile(r"(?P<scheme>https?)(?:://+|:/?/?|//)(?=[^/:])", re.IGNORECASE)
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?[]"
_NO_HOST = (
    "The part before the first slash is not a website's name; copy the address again from the address bar"
)
_SENTENCES = {
    "mailto": "That is an e-mail address, not a profile; paste the address of your profile page",
    "tel": PHONE_SENTENCE,
    "sms": PHONE_SENTENCE,
    "file": FILE_SENTENCE,
    "javascript": "That is a piece of script, not an address; paste the address of your profile page",
    "data": "That is not an address; paste the address of your profile page",
}


def canonical(text: str) -> str:
    """The one form of an address: https or http, clean host, nothing that only tracks.

    Bare hosts become https, `@user@host` and "Instagram: @name" become the profile there, known wrappers
    are opened up without fetching. Nothing is looked up; whether the address may be opened is the guard's
    matter.

    Raises:
        SubmissionError: it is no web address, with one sentence that says what to paste.
    """
    return _canonical(tidy(text), depth=0)


def submissions(lines: Iterable[str]) -> list[Account]:
    """The profiles named by some lines, each once, in order; empty lines and `#` remarks are skipped.

    A line may hold several addresses.

    Raises:
        SubmissionError: a line is no profile we may open; with several lines the sentence counts. Or
            there are too many for one person.
    """
    found: dict[str, Account] = {}
    wanted = [line for line in lines if UNSEEN.sub("", line).strip() and not line.lstrip().startswith("#")]
    if not wanted:
        raise SubmissionError("there is no address to look at; paste the address of your profile page")
    for number, line in enumerate(wanted, start=1):
        try:
            accounts = [find(canonical(one)) for one in split(line)]
        except SubmissionError as error:
            place = f"address {number}: " if len(wanted) > 1 else ""
            raise SubmissionError(f"{place}{error}") from None
        for account in accounts:
            same = _same(account.url)
            found.setdefault(same.casefold() if account.handle else same, account)  # no handle knows case
        _of_one_person(max(number, len(found)), found.values())
    return list(found.values())


def _of_one_person(number: int, accounts: Iterable[Account]) -> None:
    if number > MAX_ADDRESSES:
        raise SubmissionError(
            f"more than {MAX_ADDRESSES} addresses are more than one person's profiles; give only your own"
        )
    for platform, profiles in Counter(account.platform for account in accounts).items():
        if profiles > MAX_ON_ONE and platform != "site":
            raise SubmissionError(
                f"more than {MAX_ON_ONE} profiles on {platform} are more than one person's; give only "
                "your own, and let others check theirs themselves"
            )


def _canonical(text: str, *, depth: int) -> str:
    if not text:
        raise SubmissionError("there is no address to look at; paste the address of your profile page")
    parts = _split(_with_scheme(text))
    if inner := _unwrapped(parts):
        if depth >= MAX_WRAPPERS:
            raise SubmissionError(
                "That link is wrapped too often; open it and paste the address from the address bar"
            )
        return _canonical(tidy(inner), depth=depth + 1)
    parts = _rewritten(parts)
    return urlunsplit((parts.scheme, _netloc(parts), _path(parts), _query(parts), ""))


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    alias: Mapping[str, Any] | None


def _with_scheme(text: str) -> str:
    for row in _table()["handle"]:
        named = rf"(?:https?://)?@?(?!www\.)(?P<handle>(?P<name>[a-z0-9-]+)\.{re.escape(row['below'])})/?"
        if own := re.fullmatch(named, text, re.IGNORECASE):
            return str(row["to"]).format(handle=own["handle"].lower(), name=own["name"].lower())
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
        parts = urlsplit(text.replace("\\", "/").replace("/#!/", "/"))
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
        if known := re.fullmatch(alias["from"], host):
            path = re.sub(r"/?&\w+=.*", "", parts.path)  # a query that lost its question mark
            return _Parts("https", known.expand(alias["to"]), None, path, parts.query, alias)
    return _Parts(parts.scheme, host, port, parts.path, parts.query, None)


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


def _rewritten(parts: _Parts) -> _Parts:
    """The profile that a part of it, such as its list of followers, belongs to."""
    for row in _table()["rewrite"]:
        if not (re.fullmatch(row["host"], parts.host) if "host" in row else parts.alias is None):
            continue
        path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        if found := re.fullmatch(row["from"], path, re.IGNORECASE):
            to = found.expand(row["to"])
            if to.startswith("https://"):
                return replace(_split(to), scheme="https")
            path, _, query = to.partition("?")
            parts = replace(parts, path=path, query=query)
    return parts


def _path(parts: _Parts) -> str:
    kept: list[str] = []
    for piece in parts.path.split("/")[1:]:
        if piece == "..":
            kept = kept[:-1]
        elif piece != ".":
            kept.append(piece)
    path = "/" + "/".join(kept)
    fold = bool(parts.alias and parts.alias.get("fold")) and not re.match(_table()["fold"]["keep"], path)
    path = "/".join(_piece(piece, fold=fold) for piece in path.split("/"))
    return re.sub(r"/{2,}", "/", path).rstrip("/") or "/" if parts.alias else path


def _piece(piece: str, *, fold: bool) -> str:
    """One part of a path, spelt one way: letters of every script composed and encoded alike."""
    try:
        plain = unquote(piece, errors="strict")
    except UnicodeDecodeError:
        return quote(piece, safe=_SAFE_PATH)
    if re.search(r"[/?#%\\\x00-\x1f\x7f]", plain):
        return quote(piece, safe=_SAFE_PATH)
    plain = unicodedata.normalize("NFC", plain)
    return quote(plain.lower().strip() if fold else plain, safe=_SAFE_PATH)


def _query(parts: _Parts) -> str:
    junk = _table()["junk"]
    kept = []
    for pair in filter(None, parts.query.split("&")):
        name = pair.partition("=")[0]
        wanted = parts.alias is None or name in parts.alias.get("only", ())
        if wanted and name not in junk["always"] and not name.startswith(tuple(junk["prefixes"])):
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
            if re.match(r"/[^/]", inner):
                return f"https://{parts.host}{inner}"
    return None


def _same(url: str) -> str:
    """Two addresses of one profile give the same word: scheme, www and a last slash do not count."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml("web/addresses.toml")
