from __future__ import annotations

import pytest

from scanner.platforms import Account, Page, named, wall


def page(html, *, status=200, url="https://jo.example/jo", headers=None):
    return Page("profile", url, status, html, headers=headers or {})


def shell(body, title="Jo", head=""):
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


LOGIN_FORM = (
    "<form action='/login'><input name='email'><input type='password' name='p'><button>Log in</button></form>"
)
FIELDS = "<form><label>User name<input name='u'></label><label>Password<input type='password'></label><button>Log in</button></form>"
INSTAGRAM = "https://www.instagram.com/me"
POSTS = "".join(
    f"<article><time datetime='2024-05-0{n}'>May</time><p>Post number {n} about bread.</p></article>"
    for n in range(1, 4)
)

WALLS = [
    # what, page, state
    ("log in title", page(shell("<h1>Log in</h1>" + LOGIN_FORM, "Log in to Hobnest")), "login_wall"),
    ("sign in title", page(shell("<p>Welcome</p>" + LOGIN_FORM, "Sign in | Hobnest")), "login_wall"),
    ("must log in", page(shell("<p>You must log in to continue.</p>" + LOGIN_FORM, "Hobnest")), "login_wall"),
    (
        "sent to the log-in page",
        page(shell("<p>Hello</p>" + LOGIN_FORM), url="https://hobnest.example/accounts/login/?next=/jo"),
        "login_wall",
    ),
    (
        "script to the wall",
        page(shell("<script>window.location.href = 'https://x.example/authwall?trk=1'</script>")),
        "login_wall",
    ),
    (
        "log in with posts of no one",
        page(shell("<h1>Join to see more</h1><p>Log in to see photos.</p>" + LOGIN_FORM, "Hobnest")),
        "login_wall",
    ),
    (
        "challenge, 403",
        page(shell("<div id='challenge-form'></div>", "Just a moment..."), status=403),
        "captcha",
    ),
    (
        "challenge, 200",
        page(shell("<p>Checking your browser before you go on.</p>", "One more step")),
        "captcha",
    ),
    (
        "slider",
        page(shell("<div id='captcha-verify'></div><p>Drag the slider to fit</p>", "Security")),
        "captcha",
    ),
    (
        "unusual traffic",
        page(
            shell("<p>Our systems have detected unusual traffic from your computer network.</p>", "Sorry"),
            status=429,
        ),
        "captcha",
    ),
    (
        "consent host",
        page(
            shell("<h1>Before you continue</h1><p>We use cookies and data.</p>", "Before you continue"),
            url="https://consent.youtube.com/m?continue=x",
        ),
        "consent_wall",
    ),
    (
        "consent in another language",
        page(
            shell(
                "<h1>Bevor Sie fortfahren</h1><p>Wir verwenden Cookies.</p>",
                "Bevor Sie zu Videoseite weitergehen",
            )
        ),
        "consent_wall",
    ),
    (
        "nothing but a banner",
        page(
            shell(
                "<div id='cookie-consent'><p>We and our partners use cookies.</p><button>Accept all</button></div>"
            )
        ),
        "consent_wall",
    ),
    ("no word of it in the title", page(shell(FIELDS, "Instagram"), url=INSTAGRAM), "login_wall"),
    (
        "advertising",
        page(
            shell(
                f"<h2>See everyday moments from your close friends.</h2>{FIELDS}<p>Get the app.</p>",
                "Instagram",
            ),
            url=INSTAGRAM,
        ),
        "login_wall",
    ),
    (
        "a form in what looks like a post",
        page(
            shell(f"<main><article><h1>Instagram</h1>{FIELDS}</article></main>", "Instagram"), url=INSTAGRAM
        ),
        "login_wall",
    ),
    (
        "title in another language",
        page(shell(FIELDS, "Anmelden • Instagram"), url=INSTAGRAM),
        "login_wall",
    ),
    (
        "no handle in the address",
        page(
            shell(f"<p>Facebook helps you share with the people in your life.</p>{FIELDS}", "Facebook"),
            url="https://www.facebook.com/profile.php?id=100004000000000",
        ),
        "login_wall",
    ),
    (
        "a site nobody knows",
        page(shell(f"<h1>Hobnest</h1>{FIELDS}<p>No account? <a href='/join'>Sign up</a></p>", "Hobnest")),
        "login_wall",
    ),
    ("401", page(shell("<p>No</p>"), status=401), "blocked"),
    ("403", page(shell("<p>No</p>"), status=403), "blocked"),
    ("429", page(shell("<p>No</p>"), status=429), "blocked"),
    ("999", page(shell("<p>No</p>"), status=999), "blocked"),
    (
        "denied with 200",
        page(
            shell("<h1>Access Denied</h1><p>You don't have permission to access this.</p>", "Access Denied")
        ),
        "blocked",
    ),
    (
        "network security",
        page(shell("<p>You've been blocked by network security.</p>", "Blocked")),
        "blocked",
    ),
    ("404", page(shell("<p>Gone</p>"), status=404), "not_found_or_hidden"),
    ("410", page(shell("<p>Gone</p>"), status=410), "not_found_or_hidden"),
    ("soft title", page(shell("<p>Oh no</p>", "Page not found | Hobnest")), "not_found_or_hidden"),
    (
        "soft heading",
        page(shell("<h1>Sorry, this page isn't available.</h1><p>The link may be broken.</p>", "Hobnest")),
        "not_found_or_hidden",
    ),
    (
        "soft account",
        page(
            shell(
                "<main><h2>This account doesn’t exist</h2><p>Try searching for another.</p></main>", "Profile"
            )
        ),
        "not_found_or_hidden",
    ),
    ("country", page(shell("<p>This content is not available in your country.</p>")), "region_variant"),
    ("451", page(shell("<p>Law</p>"), status=451), "region_variant"),
    (
        "filter title",
        page(shell("<h1>Blocked</h1><p>Category: social networking</p>", "Smoothwall filter")),
        "filtered",
    ),
    (
        "filter words",
        page(
            shell(
                "<h1>Web page blocked</h1><p>Access was blocked in accordance with company policy.</p>",
                "Oops",
            ),
            status=403,
        ),
        "filtered",
    ),
    (
        "filter by school",
        page(shell("<p>This website has been blocked by your school web filter.</p>", "Notice")),
        "filtered",
    ),
    (
        "filter header",
        page(shell("<p>Error</p>"), status=403, headers={"X-Squid-Error": "ERR_ACCESS_DENIED 0"}),
        "filtered",
    ),
    ("filter host", page(shell("<p>Sorry</p>"), url="https://blockpage.school.example/?u=jo"), "filtered"),
    ("captive portal", page(shell("<p>Accept the terms</p>"), status=511), "filtered"),
    ("empty", page(""), "unreadable"),
    ("no body", page("<html><head></head><body></body></html>"), "unreadable"),
    (
        "script only",
        page(
            shell(
                "<div id='root'></div><script>app()</script><noscript>You need to enable JavaScript.</noscript>"
            )
        ),
        "unreadable",
    ),
    (
        "asks for script",
        page(shell("<p>JavaScript is not available. Please enable JavaScript.</p>")),
        "unreadable",
    ),
    ("plain text", page("hello, this is a server\nno page at all"), "unreadable"),
    (
        "plain text shown by a browser",
        page("<html><head></head><body><pre>just text</pre></body></html>"),
        "unreadable",
    ),
    ("binary", page("\x89PNG\r\n\x1a\n" + "\x00\x01\ufffd" * 200), "unreadable"),
    (
        "picture",
        page("<html><body><img src='x.png'></body></html>", headers={"Content-Type": "image/png"}),
        "unreadable",
    ),
    (
        "pdf",
        page("<html><body><embed></body></html>", headers={"content-type": "application/pdf"}),
        "unreadable",
    ),
    ("server error", page(shell("<h1>Oops</h1>"), status=500), "unreachable"),
    ("api not found", page('{"error":"Record not found"}', status=404), "not_found_or_hidden"),
    ("api too many", page('{"error":"Too many requests"}', status=429), "blocked"),
]

PROFILES = [
    ("a short bio", page(shell("<h1>Jo Lee</h1><p>Bread.</p>"))),
    ("a log-in link", page(shell("<nav><a href='/login'>Log in</a></nav><main><h1>Jo</h1><p>I bake.</p></main>"))),
    ("the words sign in", page(shell("<main><h1>Jo</h1><p>My pupils sign in at the desk every morning.</p></main>"))),
    ("a log-in form in the sidebar", page(shell(f"<main><h1>Jo</h1><p>I bake bread.</p></main><aside>{LOGIN_FORM}</aside>"))),
    ("a members' box on a personal site", page(shell(f"<h1>Jo</h1><p>I bake bread.</p><b>Members</b>{FIELDS}"))),
    ("a members' box beside pictures", page(shell(f"<h1>Jo</h1>{FIELDS}" + "<img src='/a.jpg'>" * 3))),
    ("a form on a profile with a name", page(shell(f"<p>I bake bread.</p>{FIELDS}", "Jo Lee | Facebook"), url="https://www.facebook.com/jo.lee")),
    ("a form on a profile with a handle", page(shell(f"<h2>me</h2><p>I bake bread.</p>{FIELDS}", "Instagram"), url=INSTAGRAM)),
    ("a form and a name like the site's", page(shell(f"<p>I bake bread.</p>{FIELDS}", "Xena Lee"), url="https://x.com/xena")),
    ("a form and posts on a profile", page(shell(f"{POSTS}{FIELDS}", "Instagram"), url=INSTAGRAM)),
    ("a form and posts", page(shell(f"<h1>Jo</h1>{POSTS}{LOGIN_FORM}<p>Log in to see more</p>"))),
    ("a cookie banner", page(shell("<h1>Jo</h1><p>I bake.</p><div class='cookie-banner'>We use cookies <button>Accept all</button></div>"))),
    ("posts about cookies", page(shell("<h1>Cookies I baked</h1><article class='tag-cookies'><p>We accept cookies of all kinds.</p></article>"))),
    ("a story about a captcha", page(shell("<article><h1>I'm not a robot</h1><p>A poem about captchas.</p></article>"))),
    ("a post named 404", page(shell(f"<h1>Jo</h1><article><h2>404</h2><p>Page not found, a short story.</p></article>{POSTS}"))),
    ("a teacher of filters", page(shell("<main><h1>Jo</h1><article><p>Our school filter blocked my blog: blocked by your network administrator.</p></article></main>"))),
    ("access denied, a band", page(shell(f"<main><h1>Access Denied, the band</h1>{POSTS}</main>"))),
    ("one picture only", page(shell("<img src='/me.png' alt='Jo on a hill'>"))),
    ("a person called Loginov", page(shell("<h1>Jo Loginov</h1><p>I teach maths.</p>", "Loginov, Jo"))),
    ("an address with login in it", page(shell("<h1>Login Lane bakers</h1><p>Bread since March.</p>"), url="https://jo.example/login-lane")),
    ("only a summary", page(shell("<div id='root'></div>", head="<meta property='og:description' content='Jo bakes'>"))),
    ("an h-card only", page("<a class='h-card' href='https://jo.example'><img src='jo.png' alt='Jo'></a>")),
    ("a feed", page("<?xml version='1.0'?><rss><channel/></rss>")),
    ("an api answer", page('{"id": 1}')),
    ("a welcome", page(shell("<main><h1>Welcome back to my garden</h1><p>Roses this week.</p></main>", "Jo's garden"))),
    ("this page is under construction", page(shell("<h1>Jo Lee</h1><p>This page is still being built. Come back soon.</p>"))),
]  # fmt: skip


@pytest.mark.parametrize(("what", "seen", "state"), WALLS, ids=[row[0] for row in WALLS])
def test_a_wall_is_told_by_its_marks(what, seen, state):
    assert wall(seen) == state


@pytest.mark.parametrize(("what", "seen"), PROFILES, ids=[row[0] for row in PROFILES])
def test_a_normal_page_is_no_wall(what, seen):
    assert wall(seen) is None


@pytest.mark.parametrize(
    ("seen", "result"),
    [
        (
            page(shell("<a href='https://a.example/'><img src='/x.png'></a>", "")),
            "unreadable",
        ),  # a link, no name
        (
            page(shell("<main><img src='/x.png'></main>", "Instagram"), url=INSTAGRAM),
            "unreadable",
        ),  # the site's name
        (page(shell("<main><img src='/x.png'></main>", "Jo Lee | Instagram"), url=INSTAGRAM), "ok_partial"),
        (page(shell("<h1>Jo Lee</h1><a href='https://a.example/'>My bread</a>", "Jo Lee")), "ok"),
    ],
)
def test_a_page_that_yields_nothing_of_a_person_does_not_count_as_read(seen, result):
    assert named("site").parse(Account("site", "", seen.url), [seen]).result == result
