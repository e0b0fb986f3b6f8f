"""Doors in other languages and of single sites: told by their marks, and never by a person's words."""

from __future__ import annotations

import pytest

from scanner.platforms import Account, Page, find, named, wall

FORM = "<form action='/x'><input name='e'><input type='password'><button>OK</button></form>"


def page(body, title="", url="https://jo.example/jo", status=200, head=""):
    return Page(
        "profile",
        url,
        status,
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>",
    )


COOKIES = "<p>Usamos cookies y datos para ofrecer y mantener los servicios.</p><button>Rechazar todo</button><button>Aceptar todo</button>"
DOORS = [
    ("Spanish", page(f"<h1>Antes de ir a Videos</h1>{COOKIES}", "Antes de ir a Videos"), "consent_wall"),
    ("Spanish, a heading alone", page(f"<h1>Antes de continuar</h1>{COOKIES}", "Videos"), "consent_wall"),
    ("Italian", page("<h1>Prima di continuare</h1><p>Usiamo cookie e dati.</p>", "Prima di continuare"), "consent_wall"),
    ("Dutch", page("<h1>Voordat je verdergaat</h1><p>We gebruiken cookies.</p>", "Video"), "consent_wall"),
    ("Polish", page("<h1>Zanim przejdziesz dalej</h1><p>Używamy plików cookie.</p>", "Video"), "consent_wall"),
    ("Portuguese", page("<h1>Antes de avançar</h1><p>Usamos cookies.</p>", "Video"), "consent_wall"),
    ("French, by its title", page("<p>Nous utilisons des cookies.</p>", "Avant d'accéder à Video"), "consent_wall"),
    ("a privacy notice over nothing", page("<h2>Valoramos tu privacidad</h2><p>Nosotros y nuestros socios usamos cookies.</p><button>Acepto</button>", "Blog"), "consent_wall"),
    ("log in, Spanish", page(f"<h1>Inicia sesión</h1>{FORM}", "Inicia sesión • Fotos"), "login_wall"),
    ("log in, Welsh", page(f"<h1>Mewngofnodi</h1>{FORM}", "Mewngofnodi"), "login_wall"),
    ("a protected page of a blog", page("<h1>Protected: About</h1><form class='post-password-form' action='/wp-login.php?action=postpass'><p>This content is password protected.</p><input type=password></form>", "About"), "login_wall"),
    ("Tumblr for members", page("<p>This Tumblr is only viewable within the Tumblr dashboard.</p>", "quill"), "login_wall"),
    ("Tumblr's door", page("<p>Join over 400 million people</p><a href=/register>Sign up</a>", "Tumblr", "https://www.tumblr.com/login_required/quill"), "login_wall"),
    ("Reddit, age", page("<h2>Mature content</h2><p>This profile has been marked as NSFW. Log in to confirm your age.</p>", "Reddit", "https://www.reddit.com/user/xyz"), "login_wall"),
    ("Reddit's script", page("<div></div>", "Reddit - Please wait for verification", "https://www.reddit.com/user/xyz"), "captcha"),
    ("a challenge in Spanish", page("<p>Verificando</p>", "Un momento…"), "captcha"),
    ("a challenge in German", page("<p>x</p>", "Nur einen Moment…"), "captcha"),
    ("a shell of Spotify", page("<div id='main'></div>", "Spotify – Web Player", "https://open.spotify.com/user/x"), "unreadable"),
    ("a shell of Twitch", page("<div id='root'></div>", "Twitch", "https://www.twitch.tv/x"), "unreadable"),
    ("a shell of Pinterest with a summary of itself", page("<div id='__PWS_ROOT__'></div>", "Pinterest", "https://uk.pinterest.com/x/", head="<meta name=description content='Discover recipes'>"), "unreadable"),
    ("Flickr's page that wiped itself", page("<div class=pageLoadingDialog><h1>Oops!</h1>An issue occurred while loading.</div>", "Flickr", "https://www.flickr.com/photos/x/"), "unreadable"),
    ("gone, German", page("<h1>Seite nicht gefunden</h1>", "Blog"), "not_found_or_hidden"),
    ("gone, Spanish", page("<h1>Lo sentimos, esta página no está disponible</h1>", "Fotos"), "not_found_or_hidden"),
    ("gone, Reddit", page("<h1>Sorry, nobody on Reddit goes by that name.</h1>", "Reddit"), "not_found_or_hidden"),
    ("an answer that wants a log-in", Page("users", "https://jo.example/wp-json/", 401, '{"code":"rest_user_cannot_view"}'), "login_wall"),
]  # fmt: skip

PEOPLE = [
    ("a story", page("<main><h1>Antes de ir a dormir</h1><p>Un cuento para la clase 4B.</p></main>", "Antes de ir a dormir")),
    ("a post about cookies", page("<main><article><h2>Antes de continuar</h2><p>Mis cookies de avena.</p></article></main>", "Ana")),
    ("a person called Momento", page("<h1>Un Momento</h1><p>I take photos of a moment each day.</p><article>One</article>", "Un Momento")),
    ("a protected post beside others", page("<main>" + "".join(f"<article class=hentry><h2>P{n}</h2><p>Text {n}</p></article>" for n in "12") + "<form class=post-password-form></form></main>", "Jo")),
    ("a Twitch page with a name", page("<h1>jo</h1><p>I play on Fridays.</p>", "jo - Twitch", "https://www.twitch.tv/jo")),
    ("a Pinterest page with pictures", page("<img src='/a.jpg' alt='Bread'><p>My boards about bread and more bread.</p>", "Pinterest", "https://www.pinterest.co.uk/jo")),
    ("Entrar, a song", page("<main><h1>Entrar</h1><p>A song I wrote for Year 3, with chords.</p></main>", "Entrar, a song")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "seen", "state"), DOORS, ids=[row[0] for row in DOORS])
def test_a_door_is_told_by_its_marks(what, seen, state):
    assert wall(seen) == state


@pytest.mark.parametrize(("what", "seen", "state"), DOORS, ids=[row[0] for row in DOORS])
def test_no_reader_takes_a_door_for_a_profile(what, seen, state):
    account = find(seen.url) if "login_required" not in seen.url else Account("tumblr", "quill", seen.url)
    snapshot = named(account.platform).parse(account, [Page("profile", seen.url, seen.status, seen.html)])
    assert snapshot.result == state
    assert not snapshot.texts


@pytest.mark.parametrize(("what", "seen"), PEOPLE, ids=[row[0] for row in PEOPLE])
def test_a_persons_page_is_no_door(what, seen):
    assert wall(seen) is None
