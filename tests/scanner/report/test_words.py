"""Hostile words made harmless, and plain ones left as they are."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.report.words import amount, day, day_of, month, safe_href, shown_url, tidy


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Robin Vale", "Robin Vale"),
        ("  two\n\tlines ", "two lines"),
        ("\u202ecba\u2066x\u200f", "cbax"),  # direction marks turn text around
        ("a\x1b[31mb\x00", "a[31mb"),  # a terminal would obey the escape
        ("👩\u200d🏫 Ms V", "👩\u200d🏫 Ms V"),  # this joiner makes one emoji of two
        ("z" + "\u0336" * 40, "z" + "\u0336" * 3),  # piled marks draw over other lines
        ("Zoë, Łukasz, ਸਿਮਰਨ", "Zoë, Łukasz, ਸਿਮਰਨ"),
        ("half \ud83d", "half"),
        ("x" * 700, "x" * 599 + "…"),
        ("", ""),
    ],
)
def test_text_from_pages_is_one_calm_line(given, shown):
    assert tidy(given) == shown


@pytest.mark.parametrize(
    "url",
    ["https://chirper.example/@robin", "http://a.example:8080/x?y=1#z", "https://bücher.example/"],
)
def test_web_addresses_may_be_linked(url):
    assert safe_href(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "robin", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example",
        "https://", "https:///x", "https://bank.example@evil.example/",  # looks like the bank
        "https://bank.example\\@evil.example/", "java\nscript:x", "https://a.example/\n", " https://a.example",
        "https://a.example/" + "x" * 3000, "https://[::1", "ftp://a.example/",
    ],
)  # fmt: skip
def test_nothing_else_may(url):
    assert safe_href(url) == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.chirper.example/@robin/", "chirper.example/@robin"),
        ("http://127.0.0.1:8000/robin", "127.0.0.1:8000/robin"),
        ("https://pаypal.example/", "xn--pypal-4ve.example"),  # the first a is Cyrillic
        ("https://a.example/" + "x" * 200, "a.example/" + "x" * 53 + "…"),
        ("not an address", "not an address"),
        ("https://a.example/\u202egnp.exe", "a.example/gnp.exe"),
        ("https://" + "a" * 70 + ".example/", "https://" + "a" * 55 + "…"),  # no such host can exist
        ("https://[::1", "https://[::1"),
    ],
)
def test_addresses_are_shown_as_they_are(url, shown):
    assert shown_url(url) == shown


def test_days_months_and_amounts_are_written_as_people_write_them():
    assert day(date(2026, 3, 3)) == "3 March 2026"
    assert day_of("2026-03-03T10:00:00+01:00") == "3 March 2026"
    assert day_of("last Tuesday") == "last Tuesday"
    assert month("2025-01") == "January 2025"
    texts = {"posts_one": "1 post", "posts_many": "{n} posts"}
    assert [amount(texts, "posts", n) for n in (0, 1, 2)] == ["0 posts", "1 post", "2 posts"]
