"""Which addresses the readers of blogs, wikis, hubs and forums take, and what they open there."""

from __future__ import annotations

import pytest

from scanner.platforms import Account, Page, find, more, named

CLAIMS = [
    ("wordpress", "https://jo-bakes.wordpress.com/", "jo-bakes"),
    ("wordpress", "https://jo.example/?author=2", ""),
    ("wordpress", "https://jo.example/index.php?author=2", ""),
    ("wordpress", "https://jo.example/author/jo-lee/", "jo-lee"),
    ("wordpress", "https://jo.example/blog/author/jo/", "jo"),
    ("wordpress", "https://jo.example/", None),  # the page tells, not the address
    ("wordpress", "https://jo.example/?author=jo", None),  # no number
    ("wordpress", "https://shop.example/books?author=2", None),  # a shop's filter
    ("wordpress", "https://wordpress.com/", None),
    ("wikipedia", "https://en.wikipedia.org/wiki/User:Jo_Lee", "Jo Lee"),
    ("wikipedia", "https://en.wikipedia.org/wiki/User:Jo_Lee/sandbox", "Jo Lee"),
    ("wikipedia", "https://cy.wikipedia.org/wiki/Defnyddiwr:Jo", "Jo"),
    ("wikipedia", "https://de.wikipedia.org/wiki/Benutzer:J%C3%B6rg", "Jörg"),
    ("wikipedia", "https://en.wikipedia.org/wiki/Special:Contributions/Jo_Lee", "Jo Lee"),
    ("wikipedia", "http://wiki.example/index.php?title=User:JoLee", "JoLee"),
    ("wikipedia", "http://wiki.example/index.php/User:JoLee", "JoLee"),
    ("wikipedia", "https://en.wikipedia.org/wiki/Harfield", None),
    ("wikipedia", "https://jo.example/User:Jo", None),
    ("wikipedia", "https://jo.example/about", None),
    ("flickr", "https://www.flickr.com/photos/12345678@N00/", "12345678@N00"),
    ("flickr", "https://www.flickr.com/people/jo_lee/", "jo_lee"),
    ("flickr", "https://www.flickr.com/explore", None),
    ("reddit", "https://www.reddit.com/user/jo_lee", "jo_lee"),
    ("reddit", "https://www.reddit.com/u/jo-lee/submitted/", "jo-lee"),
    ("reddit", "https://www.reddit.com/r/teaching", None),
    ("tumblr", "https://jo-lee.tumblr.com/", "jo-lee"),
    ("tumblr", "https://www.tumblr.com/jo-lee", "jo-lee"),
    ("tumblr", "https://www.tumblr.com/blog/view/jo-lee", "jo-lee"),
    ("tumblr", "https://www.tumblr.com/", None),
    ("telegram", "https://t.me/jo_lee", "jo_lee"),
    ("telegram", "https://t.me/s/jo_lee", "jo_lee"),
    ("telegram", "https://t.me/+AbCdEf", None),
    ("linkhub", "https://linktr.ee/jo.lee", "jo.lee"),
    ("linkhub", "https://beacons.ai/@jo", "jo"),
    ("linkhub", "https://jolee.carrd.co/", "jolee"),
    ("linkhub", "https://linktr.ee/", None),
    ("bluesky", "http://localhost:2584/profile/jo.test", "jo.test"),
    ("bluesky", "https://club.example/profile/jo.lee", None),  # any site may have such addresses
]  # fmt: skip


@pytest.mark.parametrize(("name", "url", "handle"), CLAIMS, ids=[f"{n} {u}" for n, u, _ in CLAIMS])
def test_a_reader_takes_its_own_addresses_only(name, url, handle):
    account = named(name).claim(url)
    assert (account.handle if account else None) == handle


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://jo.example/author/jo/", "wordpress"),
        ("http://wiki.example/index.php?title=User:Jo", "wikipedia"),
        ("http://127.0.0.1:2584/profile/jo.test", "bluesky"),
        ("https://jo.example/", "site"),
        ("https://jo.tumblr.com/", "tumblr"),
    ],
)
def test_a_host_nobody_owns_is_guessed_by_its_address(url, platform):
    assert find(url).platform == platform


@pytest.mark.parametrize("url", ["https://jo.example/author/jo/", "http://w.example/index.php?title=User:Jo"])
def test_a_wrong_guess_is_read_as_a_site_and_asks_for_nothing_more(url):
    account = find(url)
    page = Page("profile", url, 200, "<main><h1>Jo Lee</h1><p>I write books about bees.</p></main>")
    assert more(account, [page]) == ()
    snapshot = named(account.platform).parse(account, [page])
    assert (snapshot.platform, snapshot.display_name, snapshot.result) == ("site", "Jo Lee", "ok")


MADE = "<meta name=generator content='WordPress 6.7'>{}<body class='author author-3'><h1>Jo</h1><p>Bees.</p></body>"


@pytest.mark.parametrize(
    ("head", "headers", "root"),
    [
        ("<link rel='https://api.w.org/' href='/wp-json/'>", {}, "https://jo.example/wp-json/wp/v2/posts?"),
        ("<link rel='https://api.w.org/' href='https://jo.example/?rest_route=/'>", {}, "https://jo.example/?rest_route=/wp/v2/posts&"),
        ("", {"Link": '<https://jo.example/wp-json/>; rel="https://api.w.org/"'}, "https://jo.example/wp-json/wp/v2/posts?"),
        ("<link rel='https://api.w.org/' href='https://else.example/wp-json/'>", {}, None),  # never another host
        ("", {}, None),
    ],
)  # fmt: skip
def test_answers_are_asked_for_where_the_page_says_and_only_there(head, headers, root):
    account = find("https://jo.example/author/jo/")
    page = Page("profile", account.url, 200, MADE.format(head), headers=headers)
    asked = {visit.name: visit.url for visit in more(account, [page])}
    assert (asked.get("posts", "") or "None").startswith(root or "None")
    assert all("author=3" in asked[name] for name in ("posts", "pages", "media") if name in asked)


def test_a_site_made_by_wordpress_is_found_out_by_its_page():
    account = find("https://jo.example/")
    page = Page("profile", account.url, 200, MADE.format("<link rel='https://api.w.org/' href='/wp-json/'>"))
    assert [visit.name for visit in more(account, [page])] == ["posts", "pages", "media", "users"]
    assert named("site").parse(account, [page]).platform == "wordpress"
    known = Account("site", "", "https://gitlab.com/jo")  # a site of many, whatever its software
    assert named("site").parse(known, [Page("profile", known.url, 200, page.html)]).platform == "site"


def test_a_hosted_blog_is_asked_for_at_the_hosts_own_address():
    account = find("https://jo-bakes.wordpress.com/")
    page = Page("profile", account.url, 200, "<main><h1>Jo bakes</h1><p>Rye.</p></main>")
    asked = [visit.url for visit in more(account, [page])]
    assert asked[0] == "https://public-api.wordpress.com/wp/v2/sites/jo-bakes.wordpress.com/posts?per_page=50"
    assert not any("/users" in url for url in asked)


def test_hubs_are_shown_and_never_followed():
    account = find("https://linktr.ee/jo")
    page = Page(
        "profile",
        account.url,
        200,
        "<h1>Jo</h1><a href='https://a.example'>a</a><a href='https://b.example'>b</a>",
    )
    assert more(account, [page]) == ()


def test_telegram_opens_messages_only_where_it_previews_this_channel():
    account = find("https://t.me/jo_lee")
    mine = "<div class=tgme_page><a href='/s/jo_lee'>Preview channel</a></div>"
    assert [visit.url for visit in more(account, [Page("profile", account.url, 200, mine)])] == [
        "https://t.me/s/jo_lee"
    ]
    other = mine.replace("jo_lee", "bo_lee")
    assert more(account, [Page("profile", account.url, 200, other)]) == ()
