"""The served site: everything planted is really there, and the server behaves."""

from __future__ import annotations

import html
import io
import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from urllib.robotparser import RobotFileParser

import pytest
from PIL import Image

from scanner.practice import clean, people, planted, serve_practice
from scanner.practice.bench import bench
from scanner.practice.trouble import HUGE, answers

EVERYONE = {person.name: person for person in (*people(), bench())}
TEXTS = {"employer-mention", "official-contact", "personal-contact", "location", "pupil-information",
         "colleague-information", "disparagement", "confidential-work", "employer-inferable"}  # fmt: skip


@pytest.fixture(scope="module")
def site():
    with serve_practice() as running:
        yield running


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def ask(url, method="GET", **headers):
    request = urllib.request.Request(url, method=method, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def whole(site, name):
    """All of a profile's HTML, scrolled to the end."""
    person = EVERYONE[name]
    text = ask(site.at(person.path))[2].decode()
    more = re.search(r'var next = "([^"]+)"', text)
    following = more and more[1]
    while following:
        page = json.loads(ask(site.at(following))[2])
        text += page["html"]
        following = page["next"]
    return text


def test_every_profile_answers_with_a_page_in_utf_8(site):
    assert set(site.profiles) == {person.name for person in people()}
    for url in (*site.profiles.values(), site.bench, site.url):
        status, headers, body = ask(url)
        assert status == 200
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Practice site. This is not a real person" in body.decode()


def test_the_site_is_the_same_every_time_but_for_its_port(site):
    with serve_practice() as again:
        for name, person in EVERYONE.items():
            assert ask(again.at(person.path))[2] == ask(site.at(person.path))[2], name


@pytest.mark.parametrize(
    "item", [i for i in planted() if i.check in TEXTS], ids=lambda i: f"{i.profile}-{i.check}-{i.where}"
)
def test_planted_words_stand_on_the_page(site, item):
    shown = html.unescape(re.sub(r"<(?!a )[^>]+>", "", whole(site, item.profile)))
    plain = re.sub(r"<[^>]+>", "", shown)
    assert item.shows in plain or re.search(f'href="(?:mailto:|tel:)?{re.escape(item.shows)}"', shown)


@pytest.mark.parametrize(
    "item", [i for i in planted() if i.picture], ids=lambda i: f"{i.profile}-{i.check}-{i.where}"
)
def test_planted_pictures_are_shown_in_their_place_and_served(site, item):
    text = whole(site, item.profile)
    address = f"/media/{item.profile}/{item.picture}.jpg"
    if item.where in {"avatar", "banner"}:
        assert f'src="{address}"' in text
    else:
        after = text[text.index(f'id="{item.where}"') :]
        assert address in after[: after.index("</time>") + 2500]
    status, headers, body = ask(site.at(address))
    assert status == 200
    assert headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(body)) as picture:
        assert picture.format == "JPEG"
        assert ("GPS" in item.shows) == bool(dict(picture.getexif().get_ifd(0x8825)))


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_search_engines_are_told_what_the_planted_list_says(site, name):
    said = re.search(r'<meta name="robots" content="([^"]+)"', ask(site.at(EVERYONE[name].path))[2].decode())
    listed = any(item.check == "search-listing" for item in planted() if item.profile == name)
    assert ("noindex" in said[1]) is not listed


@pytest.mark.parametrize("name", [i.profile for i in planted() if i.shows == "followers"])
def test_an_open_list_opens(site, name):
    path = f"{EVERYONE[name].path}/followers"
    assert f'href="{path}"' in whole(site, name)
    assert b"<li>" in ask(site.at(path))[2]


@pytest.mark.parametrize("item", [i for i in planted() if i.check == "weak-privacy"], ids=lambda i: i.profile)
def test_an_open_setting_shows_on_the_page(site, item):
    marks = {"followers": "/followers", "mailto:": 'href="mailto:', "comment": 'name="comment"'}
    assert marks[item.shows] in whole(site, item.profile)


@pytest.mark.parametrize("name", sorted(clean()))
def test_clean_people_never_name_the_school_or_give_a_contact_of_their_own(site, name):
    text = whole(site, name)
    assert not re.search(r"harfield brook|harfieldbrook|mailto:|tel:|07700", text, re.IGNORECASE)
    assert "<form" not in text


def test_half_of_a_scrolling_page_is_not_on_the_first_screen(site):
    first = ask(site.profiles["dan"])[2].decode()
    assert 'id="d06"' in first
    assert 'id="d07"' not in first
    assert 'id="d22"' in whole(site, "dan")
    assert whole(site, "bench").count("<article") == 40
    assert whole(site, "bench").count('loading="lazy"') == 30


def test_every_picture_on_a_page_can_be_had(site):
    for name in ("priya", "noor", "ellis"):
        for address in set(re.findall(r"/media/[\w./-]+", whole(site, name))):
            assert ask(site.at(address), "HEAD")[0] == 200, address


def test_a_narrow_picture_keeps_the_position(site):
    with Image.open(io.BytesIO(ask(site.at("/media/dan/garden-480.jpg"))[2])) as picture:
        assert picture.width == 480
        assert dict(picture.getexif().get_ifd(0x8825))


def test_feeds_are_there(site):
    status, headers, body = ask(site.profiles["ellis"] + "/feed.atom")
    assert status == 200
    assert headers["Content-Type"].startswith("application/atom+xml")
    assert b"Second sock syndrome" in body


def test_head_gives_the_headers_and_no_body(site):
    status, headers, body = ask(site.profiles["priya"], "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(ask(site.profiles["priya"])[2])


def test_a_kept_picture_is_not_sent_twice(site):
    address = site.at("/media/priya/priya.jpg")
    headers = ask(address)[1]
    assert "max-age" in headers["Cache-Control"]
    assert ask(address, **{"If-None-Match": headers["ETag"]})[0] == 304


def test_nobody_else_is_there(site):
    assert ask(site.at("/fernpost/nobody"))[0] == 404
    assert ask(site.at("/fernpost/dan.whitlow?tab=posts"))[0] == 200


def test_robots_allow_the_profiles_and_forbid_one_corner(site):
    robots = RobotFileParser()
    robots.parse(ask(site.at("/robots.txt"))[2].decode().splitlines())
    assert all(robots.can_fetch("scanner", url) for url in site.profiles.values())
    assert not robots.can_fetch("scanner", site.at("/trouble/disallowed/deep"))


def test_an_answer_waits_as_long_as_asked():
    with serve_practice(latency=0.1) as slow:
        started = time.monotonic()
        ask(slow.at("/robots.txt"))
        assert time.monotonic() - started >= 0.1


def test_the_site_is_gone_after_the_block_and_cuts_off_endless_answers():
    before = threading.active_count()
    with serve_practice() as running:
        host, port = running.address.split(":")
        connection = socket.create_connection((host, int(port)), timeout=5)
        connection.sendall(b"GET /trouble/silent HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
    with connection:
        while connection.recv(65536):
            pass
    assert time.monotonic() - started < 3
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=1)
    while threading.active_count() > before and time.monotonic() - started < 3:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_a_huge_picture_is_announced_but_comes_piece_by_piece(site):
    host, port = site.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /trouble/huge.jpg HTTP/1.1\r\nHost: x\r\n\r\n")
        first = connection.recv(4096)
    assert f"Content-Length: {HUGE}".encode() in first


@pytest.mark.parametrize(
    ("path", "status", "mark"),
    [
        ("/trouble/broken-html", 200, b"<td>Third post</table>"),
        ("/trouble/wrong-encoding", 200, b"Zo\xeb"),  # Latin-1 bytes under a UTF-8 header
        ("/trouble/no-charset", 200, "Zoë".encode()),
        ("/trouble/binary", 200, bytes(range(256))),
        ("/trouble/redirect-private", 302, b""),
        ("/trouble/redirect-loop", 302, b""),
        ("/trouble/endless-scroll", 200, b"/trouble/posts.json"),
        ("/trouble/busy-loop", 200, b"while (true)"),
        ("/trouble/empty-shell", 200, b'<div id="root"></div>'),
        ("/trouble/consent-wall", 200, b"Accept all"),
        ("/trouble/captcha", 403, b"I am not a robot"),
        ("/trouble/login-wall", 200, b'type="password"'),
        ("/trouble/too-many", 429, b"Too many"),
        ("/trouble/missing", 404, b"Page not found"),
    ],
)
def test_a_troublesome_page_is_troublesome_in_its_own_way(site, path, status, mark):
    answer = ask(site.at(path))
    assert answer[0] == status
    assert mark in answer[2]


def test_a_redirect_leaves_for_a_private_address(site):
    assert ask(site.at("/trouble/redirect-private"))[1]["Location"].startswith("http://10.")
    assert "charset" not in ask(site.at("/trouble/no-charset"))[1]["Content-Type"]


@pytest.mark.parametrize("path", ["/trouble/never-ending", "/trouble/slow"])
def test_an_endless_page_begins_and_goes_on(site, path):
    host, port = site.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        while b"<h1>" not in received or received.count(b"<p>") + received.count(b"<!--") < 1:
            received += connection.recv(4096)
    assert b"Content-Length" not in received


def test_all_trouble_lies_under_one_path():
    assert all(path.startswith("/trouble/") for path in answers())
    assert len(answers()) >= 20
