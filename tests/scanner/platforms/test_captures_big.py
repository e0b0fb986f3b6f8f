"""Real pages of the big platforms, kept outside the project: the tests skip where they are absent."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from scanner.platforms import Account, Page, _state, find, named, wall
from scanner.saved import read_page

CAPTURES = Path(__file__).parents[4] / "shared" / "captures"
pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the captured pages in ../shared/captures are not here"
)

TIKTOK, TIKTOK_NOW = "tiktok/profile_2022_sigi.html", "json-state/scrapfly_tiktok-scraper_profiles.json"
INSTAGRAM, INSTAGRAM_NOW = (
    "instagram/profile_metascraper.html",
    "json-state/scrapfly_instagram-scraper_user.json",
)
X, X_NOW = "x/profile_loggedout_2024.html", "json-state/scrapfly_twitter-scraper_profile.json"
LINKEDIN, COMPANY = (
    "linkedin/public_jeffweiner08_2016.html",
    "json-state/scrapfly_linkedin-scraper_company.json",
)
FACEBOOK, FACEBOOK_WALL = "facebook/page_meedan_old.html", "facebook/login_wall.html"
YOUTUBE = "youtube/channel_metascraper.html"


def text_of(name):
    file = CAPTURES / "html" / name
    if not file.is_file():
        pytest.skip(f"{name} is not among the captured pages")
    return file.read_text(encoding="utf-8")


def address_of(name):
    """Where a page was captured, so that no real name stands in the tests."""
    with (CAPTURES / "MANIFEST.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            if row["file"] == f"html/{name}":
                return row["original_url"].rstrip("/")
    raise AssertionError(name)


def read(name, platform, url="", html=None):
    url = url or address_of(name)
    account = named(platform).claim(url)
    assert account
    page = Page("profile", url, 200, text_of(name) if html is None else html)
    assert wall(page) is None
    return named(platform).parse(account, [page])


def said(snapshot):
    return "\n".join(text.value for text in snapshot.texts)


def posts(snapshot, author="self"):
    return [t for t in snapshot.texts if t.kind in ("post", "caption") and t.author == author]


def garbled(text):
    """What a browser makes of UTF-8 that came without its charset."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("utf-8"))


def owner_of(text):
    """The owner's node of the older TikTok state, found by another way than the reader's."""
    state = json.loads(text.split('id="SIGI_STATE"', 1)[1].split(">", 1)[1].split("</script>", 1)[0])
    return state, state["UserModule"]["users"][state["UserPage"]["uniqueId"]]


def test_tiktok_gives_the_owners_fields_only():
    snapshot = read(TIKTOK, "tiktok")
    state, owner = owner_of(text_of(TIKTOK))
    assert snapshot.result == "ok_partial"
    assert (snapshot.display_name, snapshot.handle) == (owner["nickname"], owner["uniqueId"])
    assert next(t.value for t in snapshot.texts if t.where == "bio") == owner["signature"]
    assert dict(snapshot.flags) == {
        "private": False,
        "likes_visible": False,
        "comments_open": True,
        "duets_open": True,
        "downloads_open": True,
        "professional_account": False,
        "indexable": True,
        "signed_out_visible": True,
    }
    assert snapshot.counts["posts"] == 767
    assert {t.where for t in posts(snapshot)} == set(state["ItemModule"])
    assert not posts(snapshot, "other")
    assert [t.value for t in snapshot.texts if t.kind == "link"] == [owner["bioLink"]["link"]]
    assert "@tiktok.com" not in said(snapshot)


def test_tiktok_flags_of_other_people_in_the_state_change_nothing():
    state, owner = owner_of(text_of(TIKTOK))
    state["UserModule"]["users"]["aaa_other"] = {
        **owner,
        "uniqueId": "aaa_other",
        "privateAccount": True,
        "signature": "Not me",
    }
    state["RecommendUserList"]["list"] = [{"user": {"uniqueId": "aaa_other", "privateAccount": True}}]
    html = f'<script id="SIGI_STATE" type="application/json">{json.dumps(state)}</script>'
    snapshot = read(TIKTOK, "tiktok", html=html)
    assert snapshot.flags["private"] is False
    assert "Not me" not in said(snapshot)


@pytest.mark.parametrize("layout", ["universal", "bare"])
def test_tiktok_of_today_gives_its_settings(layout):
    told = json.loads(text_of(TIKTOK_NOW))
    user = told[0]["user"]
    detail = {"__DEFAULT_SCOPE__": {"webapp.user-detail": {"userInfo": told[0], "statusCode": 0}}}
    html = {
        "bare": json.dumps(told),
        "universal": f'<html><body><script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{json.dumps(detail)}</script>',
    }[layout]
    snapshot = read(TIKTOK_NOW, "tiktok", f"https://www.tiktok.com/@{user['uniqueId']}", html)
    assert snapshot.result == "ok_partial"  # it counts videos and shows none
    assert snapshot.display_name == user["nickname"]
    assert next(t.value for t in snapshot.texts if t.where == "bio") == user["signature"]
    assert {name: snapshot.flags[name] for name in ("private", "comments_open", "following_visible")} == {
        "private": False,
        "comments_open": True,
        "following_visible": True,
    }
    assert snapshot.counts["followers"] == 4_001_943


def test_instagram_gives_the_bio_out_of_its_head():
    snapshot = read(INSTAGRAM, "instagram")
    bio = next(t.value for t in snapshot.texts if t.where == "bio")
    assert snapshot.result == "ok_partial"
    assert snapshot.handle == address_of(INSTAGRAM).rpartition("/")[2]
    assert bio.startswith("Home of travel")
    assert not bio.endswith('"')
    assert "Followers" not in said(snapshot)
    assert {name: snapshot.counts[name] for name in ("posts", "followers", "following")} == {
        "posts": 224,
        "followers": 2362,
        "following": 136,
    }
    assert "private" not in snapshot.flags


def test_instagram_answers_give_the_private_flag_and_links():
    told = json.loads(text_of(INSTAGRAM_NOW))
    url = f"https://www.instagram.com/{told['username']}"
    snapshot = read(INSTAGRAM_NOW, "instagram", url, json.dumps(told))
    assert snapshot.flags["private"] is False
    assert next(t.value for t in snapshot.texts if t.where == "bio") == told["bio"]
    assert [t.value for t in snapshot.texts if t.kind == "link"] == told["bio_links"]
    closed = read(INSTAGRAM_NOW, "instagram", url, json.dumps({**told, "is_private": True}))
    assert closed.result == "private_confirmed"


def test_x_gives_header_and_posts_of_its_owner():
    snapshot = read(X, "x")
    assert snapshot.result == "ok_partial"
    assert snapshot.handle.lower() == address_of(X).rpartition("/")[2]
    assert next(t.value for t in snapshot.texts if t.where == "bio").startswith(
        "Building web infra & open source"
    )
    assert next(t.value for t in snapshot.texts if t.where == "location") == "PORT_ALREADY_USED"
    assert [(t.author, t.date[:10]) for t in posts(snapshot)] == [
        ("self", "2024-02-18"),
        ("self", "2025-11-09"),
        ("self", "2025-06-19"),
    ]
    assert snapshot.counts["posts"] == 23_961
    for words in ("Sign up", "Terms of Service", "Joined", "rauchg"):
        assert words not in said(snapshot)
    assert "private" not in snapshot.flags


def test_x_answers_give_bio_and_link_written_out():
    told = json.loads(text_of(X_NOW))
    snapshot = read(X_NOW, "x", "https://x.com/somebody", json.dumps(told))
    assert snapshot.result == "ok_partial"
    assert "elephantinthebrain.com" in next(t.value for t in snapshot.texts if t.where == "bio")
    assert "t.co" not in said(snapshot)
    assert snapshot.counts["posts"] == told["statuses_count"]


def test_linkedin_gives_headline_jobs_and_what_others_wrote_as_theirs():
    snapshot = read(LINKEDIN, "linkedin")
    kinds = {text.kind: text.value for text in snapshot.texts if text.kind in ("headline", "location")}
    assert snapshot.result == "ok_partial"
    assert kinds == {"headline": "CEO at LinkedIn", "location": "San Francisco Bay Area"}
    assert next(t.value for t in snapshot.texts if t.where == "bio").startswith("Internet executive")
    assert "December 2008" in next(t.value for t in snapshot.texts if t.where == "experience")
    assert [t.author for t in snapshot.texts if t.kind == "comment"] == ["other", "other"]
    assert len(posts(snapshot)) == 3
    for words in ("Human Capital Professional", "Join LinkedIn", "Get introduced", "Sign In"):
        assert words not in said(snapshot)


def test_a_company_is_no_person():
    account = Account("linkedin", "x", "https://www.linkedin.com/in/x")
    page = Page("profile", account.url, 200, text_of(COMPANY))
    assert named("linkedin").parse(account, [page]).result not in ("ok", "ok_partial")


def test_facebook_gives_the_page_behind_its_log_in_form():
    account = Account("facebook", "x", address_of(FACEBOOK))
    snapshot = named("facebook").parse(account, [Page("profile", account.url, 200, text_of(FACEBOOK))])
    assert snapshot.result == "ok_partial"
    assert next(t.value for t in snapshot.texts if t.where == "bio").startswith(
        f"{snapshot.display_name} is a non-profit"
    )
    assert snapshot.flags == {"signed_out_visible": True, "indexable": False}
    for words in ("Facebook", "Sign Up", "Password", "66 likes"):
        assert words not in said(snapshot)


def test_a_facebook_wall_is_a_wall_whatever_address_it_came_from():
    account = find("https://www.facebook.com/jo.lee")
    for url in (account.url, address_of(FACEBOOK_WALL)):
        snapshot = named("facebook").parse(account, [Page("profile", url, 200, text_of(FACEBOOK_WALL))])
        assert snapshot.result == "login_wall"
        assert not snapshot.texts


def test_youtube_gives_the_channel_and_tells_its_videos_from_those_of_others():
    snapshot = read(YOUTUBE, "youtube")
    assert snapshot.result == "ok_partial"
    assert next(t.value for t in snapshot.texts if t.where == "bio").count("\n") == 2
    assert (snapshot.flags["indexable"], snapshot.counts["posts"], snapshot.counts["followers"]) == (
        True,
        6800,
        4_690_000,
    )
    assert len(posts(snapshot)) >= 30
    assert posts(snapshot, "other")
    for words in ("Derechos de autor", "Suscribirse", "Google LLC"):
        assert words not in said(snapshot)


@pytest.mark.parametrize(
    ("name", "platform"),
    [(TIKTOK, "tiktok"), (INSTAGRAM, "instagram"), (X, "x"), (YOUTUBE, "youtube"), (LINKEDIN, "linkedin")],
)
def test_a_page_without_its_charset_comes_out_right(name, platform):
    whole, broken = read(name, platform), read(name, platform, html=garbled(text_of(name)))
    assert broken.display_name == whole.display_name
    assert [t.value for t in broken.texts] == [t.value for t in whole.texts]
    assert broken.flags == whole.flags


@pytest.mark.parametrize(
    ("name", "platform"), [(TIKTOK, "tiktok"), (X, "x"), (YOUTUBE, "youtube"), (INSTAGRAM, "instagram")]
)
def test_a_saved_page_reads_the_same_and_somebody_elses_is_not_read(name, platform):
    text_of(name)
    file = CAPTURES / "html" / name
    account = find(address_of(name))
    assert read_page(account, file).display_name == read(name, platform).display_name
    other = {
        "youtube": "https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa",
        "tiktok": "https://www.tiktok.com/@jo",
    }
    wrong = read_page(
        find(other.get(platform, f"https://{'x.com' if platform == 'x' else 'www.instagram.com'}/jo")), file
    )
    assert wrong.result == "unreadable"
    assert not wrong.texts


def test_a_saved_answer_is_read_as_the_page_it_stands_for():
    told = json.loads(text_of(TIKTOK_NOW))
    account = find(f"https://www.tiktok.com/@{told[0]['user']['uniqueId'].lower()}")
    assert read_page(account, CAPTURES / "html" / TIKTOK_NOW).display_name == _state.words(
        told[0]["user"]["nickname"]
    )
