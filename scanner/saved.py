"""Pages a person saved and hands over, read by the same platform readers; screenshots become text."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urljoin, urlsplit

from bs4.dammit import EncodingDetector, UnicodeDammit

from data import facts, read_toml
from detectors import Coverage, Image, Snapshot, Text, Unreadable, read_screen
from scanner.errors import SubmissionError, UsageError
from scanner.intake import canonical
from scanner.mhtml import is_mhtml, read_mhtml
from scanner.platforms import Account, Page, find, named, unread, wall

MAX_BYTES = 30_000_000
READING_S = 45.0
"""Seconds for making sense of one page; ordinary ones take one or two."""
MAX_PACKED = 100_000_000
"""Bytes of a page saved with its pictures in one file, which grow by a third when packed."""
MAX_PICTURE, MAX_PICTURES, MAX_FILES = 20_000_000, 200_000_000, 3000
"""Bytes of one picture and of all beside a saved page, and files looked at there."""
BESIDE = ("_files", "-files", "_Dateien", "-Dateien", "_fichiers", "_archivos", "_bestanden", "_file")
"""How browsers name the folder they put next to a page that is saved "complete"."""

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"GIF8")
_AVIF = re.compile(rb"....ftypavi[fs]", re.DOTALL)
SCREEN = "page"
"""Where in a profile the words and parts of a screenshot stand: nobody can say what else they are."""

MAX_SIGN_IN = 900
"""Characters up to which a screenshot with a place for a password is taken for a log-in page."""

FRONT_ONLY = "The page you saved does not show the profile itself."
SEEN_AS = "You gave a picture of the page, so we read its words. Settings, links and dates do not show there."
NO_WORDS = "The words in your picture could not be read here: {why}."
TO_STRANGERS = ("signed_out_visible", "indexable")
"""Flags that a page has only for who is signed out, as people seldom are when they save their own."""
NOTHING: Mapping[str, bytes] = MappingProxyType({})
ELSEWHERE = "The file says that it was saved from another address than the one you gave."


def read_page(account: Account, file: Path) -> Snapshot:
    """Read a saved page or a screenshot as if `account` had been opened, with what lies beside the page.

    Raises:
        UsageError: the file is too large, unreadable, or nothing that `read_body` takes.
    """
    return read_body(account, _bytes(file), name=str(file), beside=_beside(account, file))


def read_body(account: Account, body: bytes, *, name: str, beside: Mapping[str, bytes] = NOTHING) -> Snapshot:
    """Read the bytes of a saved page or a screenshot; `name` is what a sentence about it calls it.

    Takes HTML (with the pictures `beside` it, by address), MHTML, and PNG, JPEG, WebP or AVIF pictures.

    Raises:
        UsageError: it is too large, damaged, or none of these.
    """
    if body.startswith(PICTURES) or _AVIF.match(body):
        return _screenshot(account, name, body)
    if is_mhtml(body):
        return _packed(account, name, body)
    if len(body) > MAX_BYTES:
        raise UsageError(f"{name} is larger than 30 MB; save the page alone, without its pictures")
    answer = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if b"<" not in body[:4096] and not (answer and getattr(named(account.platform), "ANSWERS", False)):
        raise UsageError(f"{name} is not a saved web page (HTML or MHTML) or a picture of one (PNG or JPEG)")
    return _page(account, _decoded(body), beside)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_PACKED:
            raise UsageError(f"{file} is larger than 100 MB; save the page alone, without its pictures")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _page(account: Account, html: str, pictures: Mapping[str, bytes]) -> Snapshot:
    page = Page("profile", account.url, 200, html, source=html, pictures=pictures, complete="unsure")
    ends = read_toml("texts/results.toml")["ends"]
    try:
        return _in_time(partial(_parsed, account, page))
    except TimeoutError:
        return _unread(account, "timeout", ends["slow"].format(seconds=READING_S))
    except Exception as error:  # noqa: BLE001 a damaged page must not end the check of the others
        return _unread(account, "layout_changed", ends["stumbled"].format(bug=type(error).__name__))


def _in_time(work: Callable[[], Snapshot]) -> Snapshot:
    """What `work` gives; a thread that is late is left behind, and does not keep the program from ending."""
    given: Future[Snapshot] = Future()

    def run() -> None:
        try:
            given.set_result(work())
        except BaseException as error:  # noqa: BLE001 handed on to who waits
            given.set_exception(error)

    threading.Thread(target=run, name="saved page", daemon=True).start()
    return given.result(READING_S)


def _parsed(account: Account, page: Page) -> Snapshot:
    """The profile on a page. Whether strangers and search engines get it too, a file does not tell."""
    if result := wall(page):
        return _unread(account, result, FRONT_ONLY)
    snapshot = named(account.platform).parse(account, [page])
    untold = TO_STRANGERS if facts(account.platform).kind == "social" else TO_STRANGERS[:1]
    return replace(snapshot, flags={k: v for k, v in snapshot.flags.items() if k not in untold})


def _unread(account: Account, result: str, sentence: str) -> Snapshot:
    coverage = Coverage(not_seen=(sentence,))
    return Snapshot(account.url, unread(account).platform, account.url, result=result, coverage=coverage)


def _decoded(body: bytes, charset: str = "") -> str:
    encoding = charset or EncodingDetector.find_declared_encoding(body, is_html=True)
    dammit = UnicodeDammit(body, [encoding] if encoding else ["utf-8"], is_html=True)
    return dammit.unicode_markup or body.decode("utf-8", "replace")


def _beside(account: Account, file: Path) -> dict[str, bytes]:
    """The pictures a browser saved in a folder next to the page, by the address the page now has for each."""
    found: dict[str, bytes] = {}
    left, files = MAX_PICTURES, MAX_FILES
    for folder in (file.with_name(file.stem + end) for end in BESIDE):
        if folder.is_symlink() or not folder.is_dir():
            continue
        for one in sorted(folder.iterdir())[:files]:
            size = one.lstat().st_size
            if one.is_symlink() or not one.is_file() or size > min(MAX_PICTURE, left):
                continue
            picture = one.read_bytes()
            if picture.startswith(PICTURES) or _AVIF.match(picture):
                left -= size
                found[urljoin(account.url, quote(f"{folder.name}/{one.name}"))] = picture
    return found


def _packed(account: Account, name: str, body: bytes) -> Snapshot:
    saved = read_mhtml(body)
    if saved is None or not saved.html.strip():
        raise UsageError(f"{name} is damaged: it holds no web page; save the page again")
    if len(saved.html) > MAX_BYTES:
        raise UsageError(f"{name} holds a page of more than 30 MB; save a shorter one")
    snapshot = _page(account, _decoded(saved.html, saved.charset), saved.pictures)
    return _with_note(snapshot, ELSEWHERE) if _elsewhere(account, saved.url) else snapshot


def _elsewhere(account: Account, url: str) -> bool:
    """Whether a page says that it is of another account; an address we do not know says nothing."""
    try:
        other = find(canonical(url))
    except SubmissionError:
        return False
    if account.handle:
        return (other.platform, other.handle.casefold()) != (account.platform, account.handle.casefold())
    return urlsplit(other.url).hostname != urlsplit(account.url).hostname


def _screenshot(account: Account, name: str, body: bytes) -> Snapshot:
    try:
        screen = read_screen(Image(SCREEN, Path(name).name, body))
    except Unreadable as error:
        raise UsageError(f"{name} is no picture we can read: {error}") from None
    if result := _wall_in(account, screen.paragraphs):
        return _unread(account, result, FRONT_ONLY)
    texts = tuple(Text(SCREEN, "post", words) for words in screen.paragraphs)
    notes = (NO_WORDS.format(why=screen.unread),) if screen.unread else ()
    return Snapshot(
        account.url,
        account.platform,
        account.url,
        account.handle,
        texts=texts,
        images=screen.parts,
        coverage=Coverage(images_seen=len(screen.parts), not_seen=(SEEN_AS, *notes)),
        result="ok_partial",
    )


def _wall_in(account: Account, paragraphs: Sequence[str]) -> str:
    """Whether a screenshot shows what stands in front of a profile, told by its words alone."""
    said = "\n".join(paragraphs)
    if all(re.search(sign, said, re.IGNORECASE) for sign in _signs()["sign_in"]) and len(said) <= MAX_SIGN_IN:
        return "login_wall"
    body = "".join(f"<p>{escape(words)}</p>" for words in paragraphs)
    result = wall(Page("profile", account.url, 200, f"<html><body>{body}</body></html>")) if body else None
    return "" if result in (None, "unreadable") else str(result)


@lru_cache(maxsize=1)
def _signs() -> dict[str, list[str]]:
    return read_toml("web/screens.toml")


def _with_note(snapshot: Snapshot, sentence: str) -> Snapshot:
    coverage = replace(snapshot.coverage, not_seen=(sentence, *snapshot.coverage.not_seen))
    return replace(snapshot, coverage=coverage)
