"""Pages a person saved and hands over, read by the same platform readers."""

from __future__ import annotations

from pathlib import Path

from bs4.dammit import EncodingDetector, UnicodeDammit

from data import read_toml
from detectors import Coverage, Snapshot
from scanner.errors import UsageError
from scanner.platforms import Account, Page, named, unread, wall

MAX_BYTES = 30_000_000


def read_page(account: Account, file: Path) -> Snapshot:
    """Read one saved HTML page as if `account` had been opened.

    Raises:
        UsageError: the file is too large, unreadable, or no HTML page.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UsageError(f"{file} is larger than 30 MB; save the page alone, without its pictures")
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    answer = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if b"<" not in body[:4096] and not (answer and getattr(named(account.platform), "ANSWERS", False)):
        raise UsageError(f"{file} is not a saved web page (HTML)")
    encoding = EncodingDetector.find_declared_encoding(body, is_html=True)
    dammit = UnicodeDammit(body, [encoding] if encoding else ["utf-8"], is_html=True)
    html = dammit.unicode_markup or body.decode("utf-8", "replace")
    page = Page("profile", account.url, 200, html, source=html, complete="unsure")
    try:
        if result := wall(page):
            return _unread(account, result, "The page you saved does not show the profile itself.")
        return named(account.platform).parse(account, [page])
    except Exception as error:  # noqa: BLE001 a damaged page must not end the check of the others
        words = read_toml("texts/results.toml")["ends"]["stumbled"]
        return _unread(account, "layout_changed", words.format(bug=type(error).__name__))


def _unread(account: Account, result: str, sentence: str) -> Snapshot:
    coverage = Coverage(not_seen=(sentence,))
    return Snapshot(account.url, unread(account).platform, account.url, result=result, coverage=coverage)
