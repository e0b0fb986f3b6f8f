from __future__ import annotations

import importlib.util
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detectors import Snapshot
from scanner.errors import SubmissionError
from scanner.platforms import Account, Page, _dom, _refused, find, more, named, names, unread, wall

_spec = importlib.util.spec_from_file_location("platform_golden", Path(__file__).with_name("golden.py"))
assert _spec
assert _spec.loader
golden = importlib.util.module_from_spec(_spec)
sys.modules["platform_golden"] = golden
_spec.loader.exec_module(golden)

CASES = golden.cases()
KINDS = {
    "bio",
    "post",
    "comment",
    "caption",
    "display_name",
    "headline",
    "link",
    "hashtags",
    "alt_text",
    "location",
    "handle",
}
FLAGS = {
    "private",
    "discoverable",
    "indexable",
    "followers_visible",
    "following_visible",
    "friends_visible",
    "comments_open",
    "messages_open",
    "tagging_open",
    "downloads_open",
    "duets_open",
    "location_on",
    "contact_button",
    "birthday_visible",
    "email_visible",
    "phone_visible",
    "professional_account",
    "likes_visible",
    "signed_out_visible",
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def closed(*args, **kwargs):
        raise AssertionError("a platform opened a socket")

    monkeypatch.setattr(socket, "socket", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)


@pytest.mark.parametrize("name", names())
def test_a_platform_claims_its_example_and_says_what_to_open(name):
    platform = named(name)
    account = find(platform.EXAMPLE)
    visits = list(platform.visits(account))
    assert platform.NAME == name == account.platform
    assert visits
    assert not visits[0].optional
    assert len({visit.name for visit in visits}) == len(visits)
    assert all(visit.url.startswith(("http://", "https://")) for visit in visits)


@pytest.mark.parametrize("name", names())
def test_a_platform_has_golden_pages(name):
    assert [case for case in CASES if case.platform == name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.platform}-{case.name}")
def test_a_golden_page_reads_as_expected(case):
    snapshot = named(case.platform).parse(case.account, case.pages)
    want = case.expected
    mine = [text.value for text in snapshot.texts if text.author == "self"]
    others = [text.value for text in snapshot.texts if text.author == "other"]
    bodies = {
        text.where: (text.kind, text.author, text.date)
        for text in reversed(snapshot.texts)
        if text.kind in ("post", "caption")
    }
    assert snapshot.result == want["result"]
    assert snapshot.platform == want.get("platform", case.platform)
    assert (snapshot.display_name, snapshot.handle) == (want["display_name"], want["handle"])
    assert (
        next((text.value for text in snapshot.texts if text.where == "bio" and text.kind == "bio"), "")
        == want["bio"]
    )
    assert dict(snapshot.flags) == want["flags"]
    assert {name: number for name, number in snapshot.counts.items() if name != "images"} == want.get(
        "counts", {}
    )
    assert [
        [ident, *bodies[ident]] for ident in dict.fromkeys(t.where for t in snapshot.texts) if ident in bodies
    ] == want["posts"]
    assert [[image.where, image.name] for image in snapshot.images] == want["images"]
    for words in want["present"]:
        assert any(words in value for value in mine), words
    for words in want.get("other", []):
        assert any(words in value for value in others), words
        assert not any(words in value for value in mine), words
    for words in want["absent"]:
        assert not any(words in value for value in mine + others), words


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.platform}-{case.name}")
def test_a_snapshot_keeps_to_the_names_of_the_contract(case):
    snapshot = named(case.platform).parse(case.account, case.pages)
    assert {text.kind for text in snapshot.texts} <= KINDS
    assert {text.author for text in snapshot.texts} <= {"self", "other"}
    assert set(snapshot.flags) <= FLAGS
    assert all(text.value.strip() == text.value and text.value for text in snapshot.texts)
    assert all(image.data for image in snapshot.images)
    assert snapshot.coverage.images_seen == len(snapshot.images)
    assert snapshot.coverage.posts_seen == case.expected.get("seen", len(case.expected["posts"]))


def _spoilt(html):
    yield "empty", ""
    yield "noise", "\x00\xff\ufffd<<<>>>&&&" * 50
    yield "json null", "null"
    yield "json list", "[[[[{}]]]]"
    yield (
        "json odd",
        '{"did": 5, "id": [], "feed": [1, null, {"post": {"author": 7, "record": []}}], "labels": [3], "fields": [null], "note": 4}',
    )
    yield "deep", "<div>" * 3000
    yield "xml", "<?xml version='1.0'?><rss><channel><item/></channel></rss>"
    yield (
        "bad attributes",
        "<article id=><time datetime><img src='http://[bad' srcset=',,'><a href='http://[::1'>x</a><style>",
    )
    for share in (0.2, 0.5, 0.8, 0.97):
        yield f"cut at {share}", html[: int(len(html) * share)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.platform}-{case.name}")
def test_parse_never_raises_and_never_calls_an_unread_page_read(case):
    for what, html in _spoilt(case.pages[0].html):
        pages = [replace(case.pages[0], html=html, pictures={}), *case.pages[1:]]
        wall(pages[0])
        more(case.account, pages)
        snapshot = named(case.platform).parse(case.account, pages)
        assert isinstance(snapshot, Snapshot), what
        if not any(text.kind not in ("handle", "display_name") for text in snapshot.texts):
            assert snapshot.result != "ok" or snapshot.images, what


ODD = (5, -1, True, None, "x", "", [], {}, [[]], [{}], {"a": {}}, ["x", 1, None], 1e400, "\ud800")


def _twisted(value, turn):
    """JSON with each of its leaves, and every few of its branches, of another kind than meant."""
    turn[0] += 1
    if isinstance(value, dict) and turn[0] % 7:
        return {key: _twisted(inner, turn) for key, inner in value.items()}
    if isinstance(value, list) and turn[0] % 5:
        return [_twisted(inner, turn) for inner in value]
    return ODD[turn[0] % len(ODD)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.platform}-{case.name}")
def test_answers_of_any_kind_are_read_without_raising(case):
    data = [page for page in case.pages if page.html.lstrip()[:1] in ("{", "[")]
    for start in range(24 if data else 0):
        twisted = [
            replace(page, html=json.dumps(_twisted(json.loads(page.html), [start]))) if page in data else page
            for page in case.pages
        ]
        more(case.account, twisted)
        assert isinstance(named(case.platform).parse(case.account, twisted), Snapshot)


@pytest.mark.parametrize("name", names())
def test_no_page_at_all_is_said_so(name):
    account = find(named(name).EXAMPLE)
    snapshot = named(name).parse(account, [])
    assert snapshot.result not in ("ok", "ok_partial")
    assert snapshot.coverage.not_seen
    assert more(account, []) is not None


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 999])
@pytest.mark.parametrize("name", names())
def test_a_refused_page_is_never_ok(name, status):
    account = find(named(name).EXAMPLE)
    first = next(iter(named(name).visits(account)))
    page = Page(
        first.name,
        first.url,
        status,
        "<html><body><h1>Sorry</h1><p>Something is not as it should be.</p></body></html>",
    )
    snapshot = named(name).parse(account, [page])
    assert snapshot.result not in ("ok", "ok_partial", "private_confirmed")
    assert not [text for text in snapshot.texts if text.kind != "handle"]


def test_more_asks_only_for_what_the_pages_show():
    case = next(case for case in CASES if case.name == "open-list")
    assert [(visit.name, visit.url, visit.optional) for visit in more(case.account, case.pages[:1])] == [
        ("followers", "https://boats.example/rue/followers", True),
        ("following", "https://boats.example/rue/following", True),
    ]  # not the list of another person


def test_mastodon_asks_for_posts_by_number_and_falls_back_to_the_feed():
    case = next(case for case in CASES if case.name == "open" and case.platform == "mastodon")
    lookup = "https://social.example/api/v1/accounts/lookup?acct=jo_lee"
    assert [visit.url for visit in more(case.account, case.pages[:2])] == [
        lookup,
        "https://social.example/api/v1/accounts/77/statuses?limit=40",
    ]
    assert [visit.url for visit in more(case.account, case.pages[:1])] == [
        lookup,
        "https://social.example/@jo_lee.rss",
    ]


@pytest.mark.parametrize(
    ("mark", "asked"),
    [
        ("", []),  # a page that shows nothing of such a server is all that is opened
        ("<meta name=generator content='PeerTube'>", []),
        ("<p>Find me as @jo@tube.example or on Mastodon</p>", []),  # only said, by anybody
        ("<link rel=alternate type=application/activity+json href=/u/jo>", ["account"]),  # a relative
        ("<meta property=og:title content='Jo, @jo@tube.example'>", ["account"]),
        ("<meta property=og:title content='Jo (@jo@tube.example)'>", ["account", "feed"]),
        ("<meta property=og:title content='Jo (@jo@other.example)'>", []),
        ("<div id=mastodon></div>", ["account", "feed"]),
        ("<meta name=Generator content='Mastodon 4.5'>", ["account", "feed"]),
    ],
)
def test_only_a_page_that_shows_a_server_of_its_kind_is_followed_by_calls(mark, asked):
    account = find("https://tube.example/@jo")
    page = Page(
        "profile", account.url, 200, f"<html><head>{mark}</head><body><h1>Jo</h1><p>Boats.</p></body>"
    )
    assert [visit.name for visit in more(account, [page])] == asked
    answer = Page(
        "account", account.url, 200, '{"id": 4, "name": "jo", "host": "tube.example"}'
    )  # PeerTube's
    assert [visit.name for visit in more(account, [page, answer])] == asked
    mine = "feed" in asked
    assert named("mastodon").parse(account, [page, answer]).platform == ("mastodon" if mine else "site")


def test_the_server_header_alone_shows_a_mastodon_server():
    account = find("https://social.example/@jo")
    page = Page("profile", account.url, 200, "<p>Jo likes boats.</p>", headers={"Server": "Mastodon"})
    assert named("mastodon").parse(account, [page]).platform == "mastodon"


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://linktr.ee/@jo", "linkhub"),
        ("https://dev.to/@jo", "site"),
        ("https://www.tiktok.com/@jo", "tiktok"),
        ("https://www.youtube.com/@jo", "youtube"),
        ("https://jo.medium.com/@jo", "medium"),
        ("https://x.com/@jo", "x"),
        ("https://bsky.app/profile/jo.bsky.example", "bluesky"),
        ("https://copy.example/profile/jo.bsky.example", "site"),  # only its own hosts
        ("http://localhost/profile/jo.bsky.example", "site"),
        ("https://social.example/@jo", "mastodon"),  # a guess, until the page came
    ],
)
def test_the_owner_of_a_host_is_asked_before_the_look_of_an_address(url, platform):
    assert find(url).platform == platform


def test_a_guess_that_nothing_confirmed_is_called_a_site():
    assert unread(find("https://social.example/@jo")) == Account("site", "", "https://social.example/@jo")
    account = find("https://bsky.app/profile/jo.bsky.example")
    assert unread(account) == account
    assert named("mastodon").parse(find("https://social.example/@jo"), []).platform == "site"


def test_every_reader_of_a_host_is_a_module():
    assert _refused.owners() <= set(names())


def test_a_page_is_parsed_twice_whoever_asks(monkeypatch):
    """Once whole and once without its furniture; walls, lists, the reader and the log-in test share them."""
    made = []
    monkeypatch.setattr(_dom, "tree", lambda html, tree=_dom.tree: made.append(html) or tree(html))
    case = next(case for case in CASES if case.name == "open-list")
    page = replace(case.pages[0], html=case.pages[0].html)
    wall(page)
    more(case.account, [page])
    named("site").parse(case.account, [page])
    wall(page)
    assert len([html for html in made if html == page.html]) == 2


def test_bluesky_opens_nothing_more_when_asked_to_stay_away():
    hidden = next(case for case in CASES if case.name == "hidden")
    assert more(hidden.account, hidden.pages) == ()
    shown = next(case for case in CASES if case.platform == "bluesky" and case.name == "open")
    assert [visit.name for visit in more(shown.account, shown.pages[:1])] == ["feed", "page"]


def test_the_api_of_a_test_server_is_asked_where_the_account_lives():
    account = named("bluesky").claim("http://127.0.0.1:2584/profile/jo.test")
    assert account == Account("bluesky", "jo.test", "http://127.0.0.1:2584/profile/jo.test")
    assert next(iter(named("bluesky").visits(account))).url.startswith("http://127.0.0.1:2584/xrpc/")


@pytest.mark.parametrize(
    "url",
    [
        "https://bsky.app/@jo",
        "https://www.reddit.com/@jo",
        "https://www.facebook.com/jo-bloggs",
        "https://x.com/this_name_is_too_long",
        "https://www.instagram.com/jo..b",
        "https://www.tiktok.com/@",
    ],
)
def test_what_the_owner_of_a_host_does_not_claim_is_refused_and_never_read_as_a_site(url):
    with pytest.raises(SubmissionError, match="not the address of anybody's profile on"):
        find(url)
