"""A page a person saved becomes a profile that needs no visit."""

from __future__ import annotations

import pytest

from scanner.cli.serving import hand_over
from scanner.errors import ScannerError

HTML = b"<!doctype html>%s<html><title>Robin Vale</title><body><h1>Robin Vale</h1><p>I like rain.</p></body></html>"


@pytest.mark.parametrize(
    ("address", "comment", "url"),
    [
        ("my-blog.example", b"", "https://my-blog.example/"),
        ("", b"<!-- saved from url=(0024)https://my-blog.example/ -->", "https://my-blog.example/"),
        (
            "",
            b"<!--\n Page saved with SingleFile \n url: https://my-blog.example/me \n-->",
            "https://my-blog.example/me",
        ),
        (
            "my-blog.example",
            b"<!-- saved from url=(0020)https://evil.example/ -->",
            "https://my-blog.example/",
        ),
    ],
)
def test_a_saved_page_says_whose_it_is(address: str, comment: bytes, url: str) -> None:
    ((account, snapshot),) = hand_over(address, "me.html", HTML % comment)
    assert account.url == url
    assert snapshot.url == url


@pytest.mark.parametrize(
    ("address", "body", "says"),
    [
        ("my-blog.example", b"", "no file"),
        ("", HTML % b"", "where it came from"),
        ("my-blog.example", b"\x89PNG not a page", "not a saved web page"),
        ("", HTML % b"<!-- saved from url=(0011)https://javascript:alert(1) -->", "address"),
        ("a.example b.example", HTML % b"", "one address"),
        ("my-blog.example", b"<" * 30_000_001, "larger than 30 MB"),
    ],
)
def test_what_is_no_saved_page_is_refused_in_one_sentence(address: str, body: bytes, says: str) -> None:
    with pytest.raises(ScannerError, match=says):
        hand_over(address, "me.html", body)
