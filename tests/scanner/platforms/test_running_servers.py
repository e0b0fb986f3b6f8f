"""WordPress, MediaWiki and Bluesky as they answer: read through the guard and a real browser, on loopback."""

from __future__ import annotations

import asyncio
import io
import json

import PIL.Image
import pytest

import detectors
from data import Pack, School
from scanner.acquire import Manners, open_session
from scanner.platforms import find
from tests.scanner.acquire.pages import Answer, page, pages

pytestmark = pytest.mark.browser

QUICK = Manners(pause=0, page_deadline=15, profile_deadline=60)
SCHOOL = School(Pack(name="Harfield Brook School"))
SOMEWHERE = {1: "N", 2: (52.0, 30.0, 36.0), 3: "W", 4: (1.0, 15.0, 0.0)}


def photo(*, gps=False, side=120, ink="teal"):
    exif = PIL.Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update(SOMEWHERE)
    out = io.BytesIO()
    PIL.Image.new("RGB", (side, side), ink).save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def jpeg(data):
    return Answer(data, "image/jpeg")


def answer(value, *fields, status="200 OK"):
    return Answer(json.dumps(value).encode(), "application/json", status=status, fields=fields)


def read(routes, path, *, robots=""):
    """The snapshot of one profile, and what was asked for."""

    async def story():
        served = {"/robots.txt": Answer(robots.encode(), "text/plain")}
        async with pages(served) as site:
            site.routes = served | routes(site.url("").rstrip("/"))
            async with open_session(QUICK, allow={site.here}) as session:
                return await session.read(find(site.url(path))), list(site.hits)

    return asyncio.run(asyncio.wait_for(story(), 90))


def places(snapshot):
    """The pictures whose file tells where it was taken."""
    found = {}
    for image in snapshot.images:
        for finding in detectors.look(image, snapshot.id, SCHOOL).findings:
            if finding.rule == "photo-gps":
                found[image.name.rpartition("/")[2]] = image.where
    return found


def wordpress(root):
    head = (
        f'<meta charset=utf-8><title>Ada</title><meta name=generator content="WordPress 6.7">'
        f'<link rel="https://api.w.org/" href="{root}/index.php?rest_route=/">'
        f'<link rel=alternate type="application/rss+xml" href="{root}/feed">'
    )
    copy = "/wp-content/uploads/2026/09/window-300x300.jpg"
    body = (
        '<body class="archive author author-ada author-3"><main><h1>Author: <span>Ada Fenn</span></h1><ul>'
        f'<li class="post-9 hentry"><h2><a href="{root}/?p=9">Window</a></h2><img src="{copy}" alt="The window">'
        '<p>The view …</p><time datetime="2026-09-20">x</time></li></ul></main></body>'
    )
    posts = [
        {"id": 9, "author": 3, "slug": "window", "link": f"{root}/?p=9", "title": {"rendered": "Window"},
         "content": {"rendered": "<p>The view from my flat in Mill Lane.</p>"}, "featured_media": 0,
         "date_gmt": "2026-09-20T08:00:00", "comment_status": "open"},
    ]  # fmt: skip
    media = [
        {"id": 1, "author": 3, "source_url": f"{root}/wp-content/uploads/2026/09/garden-scaled.jpg"},
        {"id": 2, "author": 4, "source_url": f"{root}/wp-content/uploads/2026/09/bo.jpg"},
    ]

    def index(query):
        if query.startswith("author=3"):
            return page(f"<html><head>{head}</head>{body}</html>")
        if "rest_route=/wp/v2/posts" in query:
            return answer(posts, "X-WP-Total: 1", "X-WP-TotalPages: 1")
        if "rest_route=/wp/v2/media" in query:
            return answer(media)
        if "rest_route=/wp/v2/users" in query:
            return answer({"code": "rest_user_cannot_view"}, status="401 Unauthorized")
        return answer([])

    return {
        "/": index,
        "/index.php": index,
        copy: jpeg(photo()),
        "/wp-content/uploads/2026/09/window.jpg": jpeg(photo(gps=True)),
        "/wp-content/uploads/2026/09/garden.jpg": jpeg(photo(gps=True, ink="olive")),
        "/wp-content/uploads/2026/09/bo.jpg": jpeg(photo(gps=True, ink="navy")),
    }


def test_a_wordpress_author_is_read_whole_and_uploads_give_their_place():
    snapshot, hits = read(wordpress, "/?author=3")
    assert (snapshot.platform, snapshot.result, snapshot.coverage.complete) == ("wordpress", "ok", "complete")
    assert any("my flat in Mill Lane" in text.value for text in snapshot.texts)
    assert snapshot.counts["posts"] == 1
    assert places(snapshot) == {"window.jpg": "window", "garden.jpg": "media"}
    assert not any("bo.jpg" in hit for hit in hits)  # another author's upload
    assert "discoverable" not in snapshot.flags  # the list of authors is closed


def test_rest_that_wants_a_log_in_leaves_the_feed():
    def routes(root):
        served = wordpress(root)
        whole = served["/"]

        def index(query):
            if "rest_route" in query:
                return answer({"code": "rest_not_logged_in"}, status="401 Unauthorized")
            return whole(query)

        feed = (
            '<?xml version="1.0"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><title>Walk</title>'
            f"<link>{root}/?p=4</link><dc:creator>Ada Fenn</dc:creator><description>Along the cliffs</description>"
            "</item><item><title>Bo's</title><dc:creator>Bo Marsh</dc:creator><description>Boats</description></item>"
            "</channel></rss>"
        )
        return served | {"/": index, "/index.php": index, "/feed": Answer(feed.encode(), "text/xml")}

    snapshot, _ = read(routes, "/?author=3")
    mine = [text.value for text in snapshot.texts if text.author == "self"]
    assert any("Along the cliffs" in value for value in mine)
    assert not any("Boats" in value for value in mine)


def mediawiki(root):
    head = (
        '<meta charset=utf-8><title>User:GusT - Wiki</title><meta name=generator content="MediaWiki 1.39.17">'
        f'<link rel=EditURI type="application/rsd+xml" href="{root}/api.php?action=rsd">'
    )
    copy = "/images/thumb/f/fc/Yard.jpg/300px-Yard.jpg"
    user = (
        f'<html><head>{head}</head><body class="mediawiki"><div id=content role=main><h1>User:GusT</h1>'
        f'<div id=mw-content-text><div class=mw-parser-output><p>I look after the boilers.</p><img src="{copy}" '
        'width=300 height=300 alt="The yard"></div></div></div></body></html>'
    )
    told = {"query": {"users": [{"name": "GusT", "editcount": 2}],
            "usercontribs": [{"user": "GusT", "title": "Harfield Brook School"}, {"user": "GusT", "title": "User:GusT"}],
            "allimages": [{"name": "Yard.jpg", "url": f"{root}/images/f/fc/Yard.jpg"}]}}  # fmt: skip
    return {
        "/index.php": page(user),
        "/api.php": answer(told),
        copy: jpeg(photo()),
        "/images/f/fc/Yard.jpg": jpeg(photo(gps=True)),
    }


def test_a_wiki_user_is_read_with_edits_and_the_uploads_place():
    snapshot, _ = read(mediawiki, "/index.php?title=User:GusT")
    assert (snapshot.platform, snapshot.result) == ("mediawiki", "ok")
    assert [(text.where, text.value) for text in snapshot.texts if text.where.startswith("edit-")] == [
        ("edit-1", "Harfield Brook School")
    ]
    assert places(snapshot) == {"Yard.jpg": "bio"}
    rules = {finding.rule for finding in detectors.read(snapshot, SCHOOL).findings}
    assert "wiki-article" in rules


def test_edits_that_robots_txt_keeps_from_us_are_said_not_to_be_known():
    """As on Wikipedia, which keeps its programs' answers and special pages from robots."""
    snapshot, hits = read(
        mediawiki,
        "/index.php?title=User:GusT",
        robots="User-agent: *\nDisallow: /api.php\nDisallow: /index.php?title=Special:\n",
    )
    assert snapshot.result == "ok_partial"
    assert "edits" not in snapshot.counts
    assert any("edits could not be read" in sentence for sentence in snapshot.coverage.not_seen)
    assert "/api.php" not in hits


def bluesky(root):
    did = "did:plc:aaaabbbbccccddddeeeeffff"
    writer = {"did": did, "handle": "hal.test", "displayName": "Hal Ives"}
    feed = [
        {"post": {"uri": f"at://{did}/app.bsky.feed.post/3a", "author": writer,
                  "record": {"text": "Boiler fixed", "createdAt": "2026-05-01T08:00:00Z"}}},
        {"post": {"uri": "at://did:plc:zzzz/app.bsky.feed.post/3b", "author": {"did": "did:plc:zzzz", "handle": "o.test"},
                  "record": {"text": "ring 07700 900122", "createdAt": "2026-05-01T08:00:00Z"}}},
    ]  # fmt: skip
    return {
        "/xrpc/app.bsky.actor.getProfile": answer({**writer, "description": "Caretaker", "postsCount": 1}),
        "/xrpc/app.bsky.feed.getAuthorFeed": answer({"feed": feed}),
        "/profile/hal.test": Answer(b"", status="404 Not Found"),
    }


def test_a_bluesky_network_of_ones_own_is_read_by_its_answers():
    snapshot, _ = read(bluesky, "/profile/hal.test")
    assert (snapshot.platform, snapshot.display_name) == ("bluesky", "Hal Ives")
    assert [(text.value, text.author) for text in snapshot.texts if text.kind == "post"] == [
        ("Boiler fixed", "self"),
        ("ring 07700 900122", "other"),
    ]


def test_an_upload_that_is_gone_is_said_and_spoils_nothing():
    def routes(root):
        served = dict(mediawiki(root))
        served["/images/f/fc/Yard.jpg"] = Answer(b"<h1>Sorry</h1>", status="404 Not Found")
        return served

    snapshot, _ = read(routes, "/index.php?title=User:GusT")
    assert snapshot.result == "ok"
    assert places(snapshot) == {}
    assert any("smaller copy" in sentence for sentence in snapshot.coverage.not_seen)
    assert any("upload 1: Yard.jpg" in sentence for sentence in snapshot.coverage.not_seen)


STRANGE = (
    "<!doctype html><html><head><title>Zoë Čapek</title></head><body><main><h1>Zoë Čapek</h1>"
    "<p>Caf&eacute; – naïve “quotes” 👩🏽‍🏫 שלום נועה &#x1F469;&#x200D;&#x1F3EB;</p>"
    "<article><h2>Post</h2><time datetime=2026-01-01>1</time><p>Señor Muñoz’s çay 中文</p></article></main></body></html>"
)


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=iso-8859-1", "text/html; charset=utf-8"])
def test_words_come_out_right_whatever_encoding_is_declared(kind):
    snapshot, _ = read(lambda _: {"/zoe": Answer(STRANGE.encode(), kind)}, "/zoe")
    assert snapshot.display_name == "Zoë Čapek"
    assert [text.value for text in snapshot.texts if text.kind in ("bio", "post")] == [
        "Café – naïve “quotes” 👩🏽‍🏫 שלום נועה 👩‍🏫",
        "Post\nSeñor Muñoz’s çay 中文",
    ]


def test_a_page_in_windows_1252_is_left_as_it_is():
    words = "<title>x</title><main><h1>Zoë</h1><p>Señor Muñoz, CAFÉ–BAR “quotes”</p></main>".encode("cp1252")
    snapshot, _ = read(lambda _: {"/zoe": Answer(words, "text/html")}, "/zoe")
    assert snapshot.display_name == "Zoë"
    assert any(text.value == "Señor Muñoz, CAFÉ–BAR “quotes”" for text in snapshot.texts)
