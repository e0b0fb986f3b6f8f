from __future__ import annotations

import json
import time

import pytest

from scanner.platforms import Account, Page, _owned, _state, find, named, wall
from scanner.saved import read_page

JO = {"uniqueId": "jo", "nickname": "Jo", "signature": "Bread", "privateAccount": False}


def page(html, url="https://www.tiktok.com/@jo", source=""):
    return Page("profile", url, 200, html, source=source)


def detail(user, status=0, **rest):
    state = {
        "__DEFAULT_SCOPE__": {
            "webapp.user-detail": {"statusCode": status, "userInfo": {"user": user, **rest}}
        }
    }
    return f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{json.dumps(state)}</script>'


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ("<script>var data = {'no': 1}; var data = {\"a\": [1]};</script>", {"a": [1]}),
        ('<script>window["data"] = {"a": "</div>"};more()</script>', {"a": "</div>"}),
        ('<script>data = JSON.parse(\'{"a": "it\\\\u0027s"}\');</script>', {"a": "it's"}),
        ("<script>var data = '\\x7b\\x22a\\x22: 2\\x7d';</script>", {"a": 2}),  # the mobile page's way
        ('<script type="application/json" id="data"><!--{"a": 3}--></script>', {"a": 3}),
        ('<SCRIPT ID=data TYPE=application/json>{"a": 4}</SCRIPT>', {"a": 4}),
        ('<script id="data">{"a": 5</script>', None),  # cut off
        ("<script>var data = function() { return {} }</script>", None),
        ('<p>var data = {"a": 6}</p>', None),  # words on the page are not its script
        ('{"data": {"a": 7}}', {"a": 7}),  # a saved answer
        ('<script id="data">' + "[" * 100_000 + "</script>", None),
    ],
)
def test_state_is_found_wherever_a_page_keeps_it(html, want):
    assert _state.block(page(html), "data") == want


def test_the_document_as_sent_counts_where_the_rendered_page_took_its_state_away():
    sent = f"<html><body>{detail(JO)}</body></html>"
    wiped = page("<html><body></body></html>", source=sent)
    assert wall(wiped) is None
    snapshot = named("tiktok").parse(find(wiped.url), [wiped])
    assert (snapshot.display_name, snapshot.flags["private"]) == ("Jo", False)


def test_a_hostile_page_is_read_in_bounded_time():
    began = time.monotonic()
    for html in (
        "<script " * 200_000,
        "<script>{" * 50_000,
        "<script>" + '{"a":' * 300_000,
        "<script>x='" + "\\" * 1_000_000,
    ):
        _state.block(page(html), "x", "data")
        _state.blocks(page(html))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("Caf\u00c3\u00a9 \u00f0\u0178\u008d\u017e", "Café 🍞"),  # served without its charset
        ("Café – naïve £5", "Café – naïve £5"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        ("\u200e\u202aجو لي\u202c ", "جو لي"),
        ("one\r\n two \u00a0\n", "one\ntwo"),
        ("half \ud83d", "half \ufffd"),
        (None, ""),
        ({"text": 1}, ""),
    ],
)
def test_words_come_out_as_their_writer_meant_them(raw, want):
    assert _state.words(raw) == want


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("1,234 posts", 1234),
        ("2.362 Beiträge", 2362),
        ("12 345 abonnés".replace(" ", "\u202f", 1), 12345),
        ("23.9K posts", 23900),
        ("6,8\u00a0K", 6800),
        ("4,69\u00a0M de suscriptores", 4_690_000),
        ("12 mil suscriptores", 12_000),
        ("1.2B", 1_200_000_000),
        ("3 minutes", 3),  # not three million
        (7, 7),
        ("no videos", None),
        (True, None),
    ],
)
def test_counts_are_read_in_the_ways_the_sites_write_them(said, want):
    assert _owned.count(said) == want


@pytest.mark.parametrize(
    ("setting", "value", "flag", "want"),
    [
        ("commentSetting", 0, "comments_open", True),
        ("commentSetting", 1, "comments_open", False),
        ("commentSetting", 3, "comments_open", False),
        ("commentSetting", 9, "comments_open", None),  # unknown numbers say nothing
        ("commentSetting", True, "comments_open", None),
        ("downloadSetting", 0, "downloads_open", True),
        ("downloadSetting", 3, "downloads_open", False),
        ("stitchSetting", 0, "duets_open", True),
        ("followingVisibility", 1, "following_visible", True),
        ("followingVisibility", 2, "following_visible", False),
        ("openFavorite", True, "likes_visible", True),
        ("privateAccount", True, "private", True),
    ],
)
def test_tiktok_settings_are_numbers(setting, value, flag, want):
    shown = page(detail({**JO, setting: value}))
    assert named("tiktok").parse(find(shown.url), [shown]).flags.get(flag) is want


def test_duets_are_open_where_stitches_are():
    shown = page(detail({**JO, "duetSetting": 3, "stitchSetting": 0}))
    assert named("tiktok").parse(find(shown.url), [shown]).flags["duets_open"] is True


SHELL = "<html><head><title>{title}</title></head><body>{body}</body></html>"
FORM = "<form action='/login'><input name=user><input type=password><button>Log in</button></form>"


@pytest.mark.parametrize(
    ("url", "title", "body", "want"),
    [
        ("https://www.tiktok.com/@jo", "Log in | TikTok", "<button>Use phone / email</button>", "login_wall"),
        ("https://www.tiktok.com/@jo", "Please wait...", "<p id=wci class=_wafchallengeid></p><p>Please wait...</p>", "captcha"),
        ("https://www.tiktok.com/@jo", "TikTok - Make Your Day", "<div id=app></div>", "unreadable"),
        ("https://www.tiktok.com/@jo", "TikTok", detail({}, 10222), "private_confirmed"),
        ("https://www.tiktok.com/@jo", "TikTok", detail({}, 10202), "not_found_or_hidden"),
        ("https://www.tiktok.com/@jo", "TikTok", detail({}, 100_000), "unreadable"),  # a number nobody knows
        ("https://www.instagram.com/jo", "Instagram", FORM, "login_wall"),
        ("https://www.instagram.com/jo", "Instagram", "<div id=splash></div>", "unreadable"),
        ("https://www.instagram.com/jo", "Instagram", "<h2>Sorry, this page isn't available.</h2>", "not_found_or_hidden"),
        ("https://www.instagram.com/jo", "Instagram", "<h2>Permitir el uso de cookies de Instagram en este navegador</h2><button>Permitir todas las cookies</button>", "consent_wall"),
        ("https://www.facebook.com/jo.lee", "Facebook", "<div><h2>Autoriser l’utilisation des cookies de Facebook sur ce navigateur ?</h2></div>", "consent_wall"),
        ("https://www.facebook.com/jo.lee", "Facebook – log in or sign up", FORM, "login_wall"),
        ("https://www.facebook.com/jo.lee", "Error", "<h1>You’re Temporarily Blocked</h1>", "blocked"),
        ("https://www.facebook.com/jo.lee", "Something", "<h1>Something</h1>", "unreadable"),  # a title alone
        ("https://www.instagram.com/jo", "Instagram", "<p>Please wait a few minutes before you try again.</p>", "blocked"),
        ("https://x.com/jo", "X", "<noscript><p>JavaScript is not available.</p></noscript>", "unreadable"),
        ("https://x.com/jo", "Profile / X", "<p>Something</p>", "not_found_or_hidden"),
        ("https://www.linkedin.com/in/jo-lee", "Sign Up | LinkedIn", FORM, "login_wall"),
        ("https://www.linkedin.com/in/jo-lee", "LinkedIn Login, Sign in | LinkedIn", FORM, "login_wall"),
        ("https://www.threads.com/@jo", "Threads • Log in", FORM, "login_wall"),
        ("https://www.threads.com/@jo", "Threads", "<div></div>", "unreadable"),
        *(
            ("https://www.youtube.com/@jo", title, f"<h1>{title}</h1><form action='https://consent.youtube.com/save'><button>OK</button></form>", "consent_wall")
            for title in ("Bevor Sie zu YouTube weitergehen", "Zanim przejdziesz do YouTube", "Cyn i chi fynd i YouTube", "YouTube’a gitmeden önce")
        ),
    ],
)  # fmt: skip
def test_what_stands_in_front_of_a_profile_is_never_read_as_one(url, title, body, want):
    shown = page(SHELL.format(title=title, body=body), url)
    snapshot = named(find(url).platform).parse(find(url), [shown])
    assert snapshot.result == want
    assert not snapshot.texts
    assert snapshot.coverage.not_seen
    assert snapshot.flags.get("private") is (True if want == "private_confirmed" else None)


@pytest.mark.parametrize(
    ("url", "html"),
    [
        (
            "https://www.instagram.com/jo",
            {"data": {"user": {"username": "sam", "full_name": "Sam", "is_private": True}}},
        ),
        (
            "https://www.threads.com/@jo",
            {"user": {"username": "sam", "text_post_app_is_private": True, "biography": "x"}},
        ),
        ("https://x.com/jo", {"rest_id": "1", "core": {"screen_name": "sam"}, "legacy": {"protected": True}}),
        ("https://www.tiktok.com/@jo", {"userInfo": {"user": {"uniqueId": "sam", "privateAccount": True}}}),
    ],
)
def test_a_private_flag_of_somebody_else_is_no_strength(url, html):
    snapshot = named(find(url).platform).parse(find(url), [page(json.dumps(html), url)])
    assert snapshot.result not in ("ok", "ok_partial", "private_confirmed")
    assert "private" not in snapshot.flags


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://www.tiktok.com/@jo.lee", "jo.lee"),
        ("https://www.instagram.com/_jo_", "_jo_"),
        ("https://x.com/jo_b", "jo_b"),
        ("https://www.linkedin.com/in/j%C3%B6rg-lee-12ab", "jörg-lee-12ab"),
        ("https://www.linkedin.com/pub/jo-lee/1/2/3", "jo-lee"),
        ("https://www.facebook.com/jo.lee", "jo.lee"),
        ("https://www.facebook.com/profile.php?id=100004123456789", "100004123456789"),
        ("https://www.facebook.com/people/Jo-Lee/pfbid02abcXYZ", "pfbid02abcXYZ"),
        ("https://www.youtube.com/@jo-lee", "jo-lee"),
        ("https://www.youtube.com/channel/UCabcdefghij-lmnopqrst_v", "UCabcdefghij-lmnopqrst_v"),
        ("https://www.youtube.com/c/JoLee", "JoLee"),
        ("https://www.threads.com/@jo.b", "jo.b"),
    ],
)
def test_a_profile_in_every_form_is_claimed_by_its_platform(url, handle):
    assert find(url) == Account(find(url).platform, handle, url)
    assert find(url).platform in ("tiktok", "instagram", "x", "linkedin", "facebook", "youtube", "threads")


def test_youtube_asks_for_the_feed_and_the_lists_the_channel_has():
    number = "UCaaaaaaaaaaaaaaaaaaaaaa"
    tabs = [
        {"tabRenderer": {"endpoint": {"commandMetadata": {"webCommandMetadata": {"url": f"/@jo/{name}"}}}}}
        for name in ("featured", "videos", "playlists", "search")
    ]
    state = {
        "metadata": {"channelMetadataRenderer": {"title": "Jo", "externalId": number}},
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": tabs}},
    }
    shown = page(f"<script>var ytInitialData = {json.dumps(state)};</script>", "https://www.youtube.com/@jo")
    module = named("youtube")
    assert [(visit.name, visit.via, visit.optional) for visit in module.more(find(shown.url), [shown])] == [
        ("feed", "http", True),
        ("playlists", "browser", True),
    ]
    assert list(module.more(find(shown.url), [page("<p>Nothing</p>", shown.url)])) == []


@pytest.mark.parametrize(
    "script",
    [
        "<script>window._sharedData = {whole};</script>",
        "<script>window.__additionalDataLoaded('/jo/',{whole});</script>",
        '<script type="application/json" data-sjs>{whole}</script>',
        "{whole}",
    ],
)
def test_instagram_in_all_its_layouts(script):
    node = {
        "shortcode": "CqAbCdEfGh1",
        "taken_at_timestamp": 1_760_000_000,
        "display_url": "https://cdn.example/1.jpg",
    }
    caption = {"edges": [{"node": {"text": "Bread 🍞"}}]}
    timeline = {"count": 1, "edges": [{"node": {**node, "edge_media_to_caption": caption}}]}
    user = {"id": "4", "username": "Jo", "full_name": "Jo Lee", "biography": "Hills", "is_private": False}
    whole = {
        "graphql": {
            "user": {**user, "edge_owner_to_timeline_media": timeline, "edge_followed_by": {"count": 9}}
        }
    }
    shown = page(script.replace("{whole}", json.dumps(whole)), "https://www.instagram.com/jo")
    snapshot = named("instagram").parse(find(shown.url), [shown])
    assert (snapshot.result, snapshot.flags["private"], snapshot.counts["followers"]) == ("ok", False, 9)
    assert [t.value for t in snapshot.texts if t.kind == "caption"] == ["Bread 🍞"]


@pytest.mark.parametrize(
    "script",
    [
        '<script id="sigi-persisted-data">window["SIGI_STATE"]={whole};window["SIGI_RETRY"]={}</script>',
        '<script id="SIGI_STATE" type="application/json">{whole}</script>',
    ],
)
def test_the_older_tiktok_state_in_both_its_containers(script):
    whole = {
        "UserPage": {"uniqueId": "jo", "statusCode": 0},
        "UserModule": {"users": {"jo": JO, "sam": {"uniqueId": "sam"}}},
    }
    shown = page(script.replace("{whole}", json.dumps(whole)))
    assert named("tiktok").parse(find(shown.url), [shown]).display_name == "Jo"


CODE = "babedu42"
FORGED = [  # a state that a stranger wrote into a comment, for readers that look for it by its name
    ("instagram", "jo.b", "_sharedData", {"username": "jo.b", "is_private": True, "biography": CODE}),
    (
        "tiktok",
        "@jo.b",
        "SIGI_STATE",
        {"UserModule": {"users": {"jo.b": {"uniqueId": "jo.b", "privateAccount": True, "signature": CODE}}}},
    ),
]


@pytest.mark.parametrize(("platform", "name", "block", "forged"), FORGED)
@pytest.mark.parametrize(
    "frame",
    ['<script type="application/json">{}</script>', "<script>{}</script>", "<script>send(1, {})</script>"],
)
def test_words_inside_a_state_are_no_state(platform, name, block, forged, frame):
    words = f"lovely {block} = '{json.dumps(forged)}' x"
    said = frame.format(json.dumps({"comment": {"text": words, "user": "evil"}}))
    url = f"https://www.{platform}.com/{name}"
    html = f"<html><title>Jo</title><main><h1>jo.b</h1><p>{'Bread and hills. ' * 20}</p></main>{said}</html>"
    snapshot = named(platform).parse(find(url), [page(html, url)])
    assert snapshot.flags.get("private") is None
    assert not any(CODE in text.value for text in snapshot.texts)


OPEN = '<h1 data-e2e="user-title">jo</h1><h2 data-e2e="user-bio">{bio}</h2>'
VIDEO = '<div data-e2e="user-post-item"><a href="/@jo/video/7123456"><img src="https://a.example/x.jpg" alt="7B"></a></div>'


@pytest.mark.parametrize(
    ("html", "private"),
    [
        (OPEN.format(bio="Bread") + "<p>This account is private</p>", True),
        (OPEN.format(bio="Bread") + "<p>This account is private</p>" + VIDEO, None),
        (OPEN.format(bio="This account is private"), None),
        (
            OPEN.format(bio="Bread") + '<div><a href="/@evil">evil</a><p>This account is private</p></div>',
            None,
        ),
        (OPEN.format(bio="Bread") + "<li><span>This account is private</span></li>", None),
    ],
)
def test_only_the_platforms_own_notice_makes_an_account_private(html, private):
    shown = page(f"<html><body>{html}</body></html>")
    assert named("tiktok").parse(find(shown.url), [shown]).flags.get("private") is private


@pytest.mark.parametrize("junk", ["x", 7, 1.5, True, [1], None])
def test_a_state_of_odd_kinds_does_not_stop_the_reader(junk):
    for state in (
        {
            "__DEFAULT_SCOPE__": {
                "webapp.user-detail": {"statusCode": 0, "userInfo": {"user": junk, "stats": junk}}
            }
        },
        {"UserModule": {"users": {"jo": junk}, "stats": junk}, "UserPage": junk, "ItemModule": junk},
    ):
        name = "SIGI_STATE" if "UserModule" in state else "__UNIVERSAL_DATA_FOR_REHYDRATION__"
        html = f'<script id="{name}" type="application/json">{json.dumps(state)}</script>'
        assert named("tiktok").parse(find("https://www.tiktok.com/@jo"), [page(html)]).result != "ok"


def test_an_address_that_is_none_does_not_stop_a_reader():
    for platform, html in (
        ("facebook", '<meta property="og:title" content="Jo"><meta property="og:url" content="http://[">'),
        (
            "linkedin",
            '<script type="application/ld+json">{"@type": "Person", "name": "Jo", "url": "http://["}</script>',
        ),
        ("instagram", '<main><a href="http://["><img src="x"></a></main>'),
    ):
        account = find(named(platform).EXAMPLE)
        named(platform).parse(account, [page(f"<html>{html}<p>Bread</p></html>", account.url)])


@pytest.mark.parametrize(
    "said",
    [
        '<ol class="commentlist"><li class="pingback">Pingback: <a href="https://{0}.example">{0}</a></li></ol>',
        '<div id="disqus_thread"><div class="post-body"><span class="author">Evil</span><p>{0}</p></div></div>',
        '<div class="widget widget_recent_comments"><ul><li>Evil on Hi: {0}</li></ul></div>',
        '<ul class="webmentions"><li class="h-cite"><a href="https://evil.example">Evil</a> <p>{0}</p></li></ul>',
    ],
)
def test_what_visitors_leave_on_a_site_is_not_its_owners(said):
    account = find("https://jo.example/")
    html = f"<html><body><main><h1>Jo</h1><p>My bread.</p>{said.format(CODE)}</main></body></html>"
    texts = named("site").parse(account, [page(html, account.url)]).texts
    assert not [text for text in texts if CODE in text.value and text.author == "self"]


ASK = {"type": "text", "text": f"Tell us, {CODE}"}
BLOG = {
    "blog": {"name": "jo-b", "title": "Jo", "description": "Bread"},
    "post": {
        "id": "123456789",
        "blogName": "jo-b",
        "objectType": "post",
        "postUrl": "https://jo-b.tumblr.com/post/123456789",
        "content": [ASK, {"type": "text", "text": "No."}],
        "layout": [{"type": "ask", "blocks": [0], "attribution": {"type": "blog"}}],
    },
}


@pytest.mark.parametrize(
    "html",
    [
        '<article class="post"><a href="https://jo-b.tumblr.com/post/123456789">1</a>{ask}</article>',
        '<script type="application/json" id="___INITIAL_STATE___">{state}</script>',
    ],
)
def test_a_question_put_to_a_blog_is_not_its_owners(html):
    account = find("https://jo-b.tumblr.com/")
    ask = f'<div class="question">Tell us, {CODE}</div><div class="answer">No.</div>'
    shown = html.format(ask=ask, state=json.dumps(BLOG))
    seen = page(f"<html><body><h1>Jo</h1><p>Bread and hills</p>{shown}</body></html>", account.url)
    texts = named("tumblr").parse(account, [seen]).texts
    assert {text.author for text in texts if CODE in text.value} == {"other"}
    assert [text.author for text in texts if "No." in text.value] == ["self"]


def test_a_reader_that_stumbles_over_a_saved_page_says_so(tmp_path, monkeypatch):
    account = find("https://www.tiktok.com/@jo")
    file = tmp_path / "saved.html"
    file.write_text(f"<html><body>{detail(JO)}</body></html>")
    monkeypatch.setattr(named("tiktok"), "parse", lambda *_: 1 / 0)
    snapshot = read_page(account, file)
    assert (snapshot.result, snapshot.texts) == ("layout_changed", ())
    assert "ZeroDivisionError" in snapshot.coverage.not_seen[0]
