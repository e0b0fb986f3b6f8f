"""Real pages of blogs, wikis and photo sites, kept outside the project: skipped where they are absent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import detectors
from data import School, parse_pack
from scanner.platforms import Page, find, more, named

CAPTURES = Path(__file__).parents[4] / "shared" / "captures" / "html"
pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the captured pages in ../shared/captures are not here"
)
WORDPRESS = "http://127.0.0.1:18080"
WIKI = "http://127.0.0.1:18081"
FLICKR = "https://www.flickr.com/photos/desescribir/"
TUMBLR = "https://he-who-photographs-rather-ok.tumblr.com/"
SCHOOL = School(
    parse_pack({"name": "Example Primary School", "address": {"town": "Bristol"}}, "the captures' school")
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def saved(name, url, visit="profile"):
    file = CAPTURES / name
    if not file.is_file():
        pytest.skip(f"{name} is not among the captured pages")
    return Page(visit, url, 200, file.read_text(encoding="utf-8", errors="replace"))


def read(url, *pages):
    account = find(url)
    return named(account.platform).parse(account, pages)


def said(snapshot):
    return "\n".join(text.value for text in snapshot.texts)


@pytest.mark.parametrize("page", ["wp-author", "wp-dom"])
def test_a_wordpress_author_has_their_own_posts(page):
    url = f"{WORDPRESS}/?author=2"
    snapshot = read(url, saved(f"servers/{page}.html", url))
    assert (snapshot.platform, snapshot.display_name, snapshot.handle) == (
        "wordpress",
        "Jess Thomas",
        "jthomas",
    )
    posts = [(text.value.partition("\n")[0], text.author) for text in snapshot.texts if text.kind == "post"]
    assert posts == [("Reading corner", "self"), ("Sports day", "self")]
    assert "01632 960123" in said(snapshot)
    assert snapshot.flags["indexable"] is True  # max-image-preview only


def test_wordpress_answers_complete_the_page_and_posts_come_once():
    url = f"{WORDPRESS}/?author=2"
    pages = [
        saved("servers/wp-author.html", url),
        saved("servers/wp-feed.xml", f"{WORDPRESS}/?feed=rss2", "feed"),
        saved("servers/wp-users.json", f"{WORDPRESS}/?rest_route=/wp/v2/users", "users"),
    ]
    snapshot = read(url, *pages)
    assert "j.thomas@example.invalid" in said(snapshot)
    assert [text.value.partition("\n")[0] for text in snapshot.texts if text.kind == "post"] == [
        "Reading corner",
        "Sports day",
    ]
    assert "admin" not in said(snapshot)  # another person's log-in name
    assert snapshot.flags["discoverable"] is True  # the list of authors is open
    asked = [visit.url for visit in more(find(url), pages) if visit.via == "picture"]
    assert asked == [
        f"{WORDPRESS}/wp-content/uploads/2026/11/exif.jpg",
        f"{WORDPRESS}/wp-content/uploads/2026/11/bridge.jpg",
    ]


def test_the_front_page_of_a_blog_with_one_writer_is_that_writers():
    pages = [
        saved("servers/wp-home.html", f"{WORDPRESS}/"),
        saved("servers/wp-feed.xml", f"{WORDPRESS}/?feed=rss2", "feed"),
        saved("servers/wp-users.json", f"{WORDPRESS}/?rest_route=/wp/v2/users", "users"),
    ]
    snapshot = read(f"{WORDPRESS}/", *pages)
    assert snapshot.display_name == "Jess Thomas"
    assert {text.author for text in snapshot.texts} == {"self"}
    assert "Welcome to WordPress" not in said(snapshot)
    assert "contact_button" not in snapshot.flags  # the theme's example


@pytest.mark.parametrize("page", ["mw-user", "mw-dom"])
def test_a_wiki_page_is_the_users_words_alone(page):
    url = f"{WIKI}/index.php?title=User:JThomas"
    pages = [saved(f"servers/{page}.html", url)]
    snapshot = read(url, *pages)
    assert (snapshot.platform, snapshot.handle) == ("mediawiki", "JThomas")
    assert MAIL.findall(said(snapshot)) == ["j.thomas@example.invalid"]
    assert not re.search(r"Create account|Privacy policy|Retrieved from|\[edit\]", said(snapshot))
    assert snapshot.result == "ok_partial"  # the edits are not known yet
    asked = [visit.url for visit in more(find(url), pages) if visit.via == "picture"]
    assert asked == [f"{WIKI}/images/f/fc/Sports_day_bridge.jpg", f"{WIKI}/images/f/fe/Reading_corner.jpg"]


@pytest.mark.parametrize("answer", ["mw-api.json", "mw-contribs.html"])
def test_edits_that_touch_the_school_are_found_without_their_times(answer):
    url = f"{WIKI}/index.php?title=User:JThomas"
    visit = "edits" if answer.endswith("json") else "contributions"
    snapshot = read(url, saved("servers/mw-dom.html", url), saved(f"servers/{answer}", f"{WIKI}/x", visit))
    assert snapshot.counts["edits"] == 3
    assert not any(text.date for text in snapshot.texts)
    found = [f for f in detectors.read(snapshot, SCHOOL).findings if f.check == "wikipedia-editing"]
    assert [(f.rule, f.excerpt) for f in found] == [("wiki-article", "Example Primary School")]


def test_a_photostream_is_its_owners_and_file_names_are_no_addresses():
    snapshot = read(FLICKR, saved("flickr/photostream.html", FLICKR))
    assert (snapshot.platform, snapshot.result, snapshot.handle) == ("flickr", "ok_partial", "desescribir")
    assert (snapshot.counts["posts"], snapshot.coverage.posts_seen) == (618, 25)
    assert snapshot.coverage.complete == "capped"
    assert snapshot.flags["downloads_open"] is True
    assert not MAIL.findall(said(snapshot))
    assert "Deseño" in said(snapshot)  # percent-encoded as Latin-1


def test_a_photostream_that_wiped_itself_is_read_as_it_was_sent_or_not_at_all():
    sent = saved("flickr/photostream.html", FLICKR)
    empty = "<html><head><title>Flickr</title></head><body></body></html>"
    kept = Page("profile", FLICKR, 200, empty, source=sent.html)
    assert read(FLICKR, kept).coverage.posts_seen == 25
    lost = read(FLICKR, Page("profile", FLICKR, 200, empty))
    assert (lost.result, lost.texts) == ("unreadable", ())


def test_a_tumblr_page_leaves_out_those_who_passed_it_on():
    snapshot = read(TUMBLR, saved("tumblr/post_blog.html", TUMBLR))
    assert (snapshot.platform, snapshot.handle) == ("tumblr", "he-who-photographs-rather-ok")
    assert [text.value for text in snapshot.texts if text.where == "bio"] == [
        "Usually minimal editing. Also effort"
    ]
    assert snapshot.coverage.posts_seen == 1
    assert not re.search(r"reblogged this|liked this|manake", said(snapshot))
    assert not MAIL.findall(said(snapshot))
    assert snapshot.flags["messages_open"] is True  # the ask box


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("blog/medium.html", "https://medium.com/@johncwelch/samantha-and-the-great-big-lie-d146a92473a1"),
        (
            "blog/blogger.html",
            "http://siliconexposed.blogspot.com/2016/05/open-verilog-flow-for-silego-greenpak4.html",
        ),
    ],
)
def test_a_long_article_is_read_and_its_asset_names_are_no_addresses(name, url):
    account = find(url.rsplit("/", 1)[0]) if "medium" in name else find(url)
    page = saved(name, url)
    snapshot = named("site").parse(type(account)("site", "", url), [page])
    assert snapshot.result in ("ok", "ok_partial")
    assert len(said(snapshot)) > 1000
    assert not [mail for mail in MAIL.findall(said(snapshot)) if mail.endswith((".png", ".jpg"))]


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("flickr/photostream.html", FLICKR, "Deseño"),
        ("tumblr/post_blog.html", TUMBLR, "He-who-photographs"),
        ("servers/mw-dom.html", f"{WIKI}/index.php?title=User:JThomas", "Jess Thomas"),
    ],
)
def test_a_page_cut_in_half_is_never_clear(name, url, words):
    whole = saved(name, url)
    for share in (0.1, 0.3, 0.5):
        half = Page("profile", url, 200, whole.html[: int(len(whole.html) * share)])
        snapshot = read(url, half)
        told = {text.kind for text in snapshot.texts} - {"handle", "display_name"}
        assert told or snapshot.result != "ok", (words, share)
