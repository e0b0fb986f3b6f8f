"""Hostile pages are read in bounded time, and a cut page says that it was cut."""

from __future__ import annotations

import json
import time

import pytest

from scanner.platforms import Account, Page, _bounds, _head, _reading, named

HERE = "https://jo.example/jo"
WORDS = "<html><body><main><h1>Jo Lee</h1><p>I keep bees and bake bread in the hills.</p>"


def read(html):
    return named("site").parse(
        Account("site", "", HERE), [Page("profile", HERE, 200, html, complete="complete")]
    )


@pytest.mark.parametrize(
    "html",
    [WORDS + "<i>" * 50_000, WORDS + "<b></b>" * 70_000, WORDS + "x" * 3_100_000],
    ids=["too deep", "too many", "too long"],
)
def test_a_page_without_end_is_cut_and_says_so(html):
    page = Page("profile", HERE, 200, html)
    assert _bounds.cut(page)
    assert _bounds.bounded(html).startswith(WORDS)


def test_a_cut_page_is_a_partial_result_with_a_sentence():
    snapshot = read(WORDS + "<i>" * 50_000)
    assert (snapshot.result, snapshot.coverage.complete) == ("ok_partial", "capped")
    assert "The page goes on after the part that was read." in snapshot.coverage.not_seen


@pytest.mark.parametrize(
    "html",
    [
        "<div><i></div>" * 1000,  # an end closes what was left open inside
        "<p>x" * 1000,
        "<script>" + "'<div>'" * 1000 + "</script><p>x",
        "<br>" * 1000,
    ],
)
def test_untidy_pages_are_not_taken_for_deep_ones(html):
    assert _bounds.bounded(html) == html


@pytest.mark.parametrize(
    "html",
    [
        WORDS + "<p>" + "1" * 300_000,
        WORDS + "<p>" + "1." * 100_000,
        "<title>a" + " " * 200_000 + "b</title>" + WORDS,
        "<script type=application/ld+json>{}-->" + " " * 200_000 + "x</script>" + WORDS,
        WORDS + "<p style='" + "background:" * 20_000 + "'>x",
        WORDS + "<ul>" + "".join(f"<li class=a{n}><time>x</time>b" for n in range(1000)),
    ],
    ids=["digits", "dots", "title", "json-ld", "style", "list"],
)
def test_no_page_takes_longer_than_its_size_allows(html):
    began = time.process_time()
    assert read(html).result == "ok"
    assert time.process_time() - began < 8


def test_a_summary_nested_without_end_is_read_as_far_as_it_makes_sense():
    deep = json.loads('{"addressLocality":' * 600 + '"x"' + "}" * 600)
    assert _head.text({"name": deep}) == ""
    assert _head.text({"name": {"name": "Jo"}}) == "Jo"


def test_counts_are_still_read():
    assert [m["n"] for m in _reading._COUNT.finditer("1,024 followers 3.5k posts 12 following")] == [
        "1,024",
        "3.5",
        "12",
    ]


@pytest.mark.parametrize("fields", [5, "x", {"a": 1}, True, [5]])
def test_mastodon_fields_of_any_kind_are_read(fields):
    told = json.dumps(
        {"id": "1", "acct": "jo", "display_name": "Jo", "note": "<p>Bees.</p>", "fields": fields}
    )
    pages = [
        Page("profile", "https://h.example/@jo", 200, WORDS),
        Page("account", "u", 200, told),
        Page("statuses", "u", 200, json.dumps([{"content": "<p>x", "media_attachments": fields}] * 500)),
    ]
    snapshot = named("mastodon").parse(Account("mastodon", "jo@h.example", "https://h.example/@jo"), pages)
    assert snapshot.display_name == "Jo"
    assert snapshot.coverage.posts_seen == 40
