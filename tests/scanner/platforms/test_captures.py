"""Real pages, kept outside the project: the tests skip where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.platforms import Account, Page, named, wall

CAPTURES = Path(__file__).parents[4] / "shared" / "captures" / "html"
pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the captured pages in ../shared/captures are not here"
)

STATES = [
    ("facebook/login_wall.html", "https://www.facebook.com/login/", "login_wall"),
    ("servers/atp-pds-root.html", "http://localhost:2583/", "unreadable"),  # plain text art
    *(
        (name, url, None)
        for name, url in (
            (
                "blog/blogger.html",
                "http://siliconexposed.blogspot.com/2016/05/open-verilog-flow-for-silego-greenpak4.html",
            ),
            ("blog/medium.html", "https://medium.com/@x/samantha-and-the-great-big-lie-d146a92473a1"),
            ("bluesky/profile_2026.html", "https://bsky.app/profile/x.bsky.social"),
            (
                "facebook/page_meedan_old.html",
                "https://www.facebook.com/pages/x/1",
            ),  # holds a log-in form too
            ("flickr/photostream.html", "https://www.flickr.com/photos/desescribir/"),
            ("instagram/profile_metascraper.html", "https://www.instagram.com/pluto__travel/"),
            ("linkedin/public_jeffweiner08_2016.html", "https://www.linkedin.com/in/x"),
            ("microformats/hyperlinkedphoto.html", "http://example.com/"),
            ("microformats/impliedphoto.html", "http://example.com/"),
            ("microformats/relativeurls.html", "http://example.com/"),
            ("servers/mw-contribs.html", "http://127.0.0.1:18081/index.php"),
            ("servers/mw-dom.html", "http://127.0.0.1:18081/index.php"),
            ("servers/mw-user.html", "http://127.0.0.1:18081/index.php"),
            ("servers/wp-author.html", "http://127.0.0.1:18080/?author=2"),
            ("servers/wp-dom.html", "http://127.0.0.1:18080/?author=2"),
            ("servers/wp-home.html", "http://127.0.0.1:18080/"),
            ("tiktok/profile_2022_sigi.html", "https://www.tiktok.com/@x"),
            ("tumblr/post_blog.html", "https://x.tumblr.com/post/1"),
            ("x/profile_loggedout_2024.html", "https://x.com/x"),
            ("youtube/channel_metascraper.html", "https://www.youtube.com/channel/x"),
        )
    ),
]


def saved(name, url="https://captured.example/", visit="profile"):
    file = CAPTURES / name
    if not file.is_file():
        pytest.skip(f"{name} is not among the captured pages")
    return Page(visit, url, 200, file.read_text(encoding="utf-8", errors="replace"))


def read(name, url):
    return named("site").parse(Account("site", "", url), [saved(name, url)])


def said(snapshot):
    return "\n".join(text.value for text in snapshot.texts)


@pytest.mark.parametrize(("name", "url", "state"), STATES, ids=[row[0] for row in STATES])
def test_a_captured_page_has_its_state(name, url, state):
    assert wall(saved(name, url)) == state


@pytest.mark.parametrize(("name", "url", "state"), STATES, ids=[row[0] for row in STATES])
def test_a_captured_page_is_never_passed_over_in_silence(name, url, state):
    snapshot = read(name, url)
    if state:
        assert snapshot.result == state
        assert not snapshot.texts
    else:
        assert snapshot.display_name
        assert snapshot.result in ("ok", "ok_partial")


def test_a_profile_that_asks_for_a_log_in_is_partly_read():
    assert read("x/profile_loggedout_2024.html", "https://x.com/x").result == "ok_partial"
    assert (
        read("linkedin/public_jeffweiner08_2016.html", "https://www.linkedin.com/in/x").result == "ok_partial"
    )


def test_a_shell_with_a_summary_only_is_partly_read():
    snapshot = read("instagram/profile_metascraper.html", "https://www.instagram.com/pluto__travel/")
    assert snapshot.result == "ok_partial"
    assert snapshot.handle == "pluto__travel"
    assert snapshot.counts["posts"] == 224


def test_a_professional_page_gives_headline_jobs_and_place():
    snapshot = read("linkedin/public_jeffweiner08_2016.html", "https://www.linkedin.com/in/x")
    kinds = {text.kind: text.value for text in snapshot.texts if text.kind != "bio"}
    assert kinds["headline"].startswith("CEO at")
    assert kinds["location"] == "San Francisco Bay Area"
    assert "December 2008" in next(text.value for text in snapshot.texts if text.where == "experience")
    assert "Human Capital Professional" not in said(snapshot)  # another person of that name


def test_a_blog_gives_its_posts_with_dates_and_names():
    snapshot = read("servers/wp-dom.html", "http://127.0.0.1:18080/?author=2")
    posts = [text for text in snapshot.texts if text.kind == "post"]
    assert snapshot.display_name == "Jess Thomas"
    assert [(post.author, post.date[:10]) for post in posts] == [("self", "2026-11-22")] * 2
    assert "01632 960123" in posts[0].value
    assert "WordPress" not in said(snapshot)


def test_a_wiki_user_page_gives_what_the_person_wrote():
    text = said(read("servers/mw-dom.html", "http://127.0.0.1:18081/index.php"))
    assert "j.thomas@example.invalid" in text
    assert "Create account" not in text


def test_no_indexing_is_read_off_the_head():
    assert (
        read("facebook/page_meedan_old.html", "https://www.facebook.com/pages/x/1").flags["indexable"]
        is False
    )
    assert (
        read("linkedin/public_jeffweiner08_2016.html", "https://www.linkedin.com/in/x").flags["indexable"]
        is True
    )  # noarchive only


def test_microformats_name_the_person():
    assert read("microformats/hyperlinkedphoto.html", "http://example.com/").display_name == "Rohit Khare"
    assert read("microformats/relativeurls.html", "http://example.com/").display_name == "Mitchell Baker"


def test_a_bluesky_answer_of_a_test_server_is_read():
    bluesky = named("bluesky")
    account = bluesky.claim("http://localhost:2584/profile/jthomas.test")
    snapshot = bluesky.parse(
        account, [saved("servers/atp-getProfile.json"), saved("servers/atp-authorFeed.json", visit="feed")]
    )
    assert snapshot.result == "ok"
    assert snapshot.display_name == "Jess Thomas"
    assert [text.value for text in snapshot.texts if text.kind == "post"] == [
        "Parents evening at Example Primary School next Tuesday",
        "Sports day with 4T! Call the office on 01632 960123",
    ]
    assert any(
        "did not load" in sentence for sentence in snapshot.coverage.not_seen
    )  # the page was not opened


def test_a_bluesky_account_that_asks_to_stay_hidden_is_left_alone():
    bluesky = named("bluesky")
    account = bluesky.claim("http://localhost:2584/profile/mpatel.test")
    snapshot = bluesky.parse(account, [saved("servers/atp-getProfileHidden.json")])
    assert dict(snapshot.flags) == {"signed_out_visible": False}
    assert not snapshot.texts
