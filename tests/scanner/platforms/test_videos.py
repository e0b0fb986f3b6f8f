"""Which videos of a page are its owner's, where they are, and that no other is asked for."""

from __future__ import annotations

import json

import pytest

from scanner.platforms import Account, Page, mastodon, site
from scanner.platforms._dom import tree
from scanner.platforms._videos import MOST, shown

HOME = "https://jo.example/"
ME = Account("site", "", HOME)


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        ("<video src=a.mp4></video>", ["https://jo.example/a.mp4"]),
        (
            "<video><source src=a.webm type='video/webm; codecs=vp9'><source src=a.mp4></video>",
            ["https://jo.example/a.webm", "https://jo.example/a.mp4"],
        ),
        ("<video src=/media/17?x=1></video>", ["https://jo.example/media/17?x=1"]),
        ("<video src=a.m3u8></video>", []),
        ("<video><source src=a type='application/x-mpegURL'></video>", []),
        ("<video src='blob:https://jo.example/1'></video>", []),
        ("<video src='data:video/mp4;base64,AAAA'></video>", []),
        ("<video src='http://[::1'></video>", []),
        ("<video></video><audio src=a.mp4></audio>", []),
    ],
)
def test_a_video_is_known_by_the_files_it_names(html, addresses):
    found = [address for _, clip in shown(tree(html), HOME) for address in clip.addresses]
    assert found == addresses


def blog(count: int = 1, loaded: tuple[str, ...] = ()) -> Page:
    posts = "".join(
        f"<article><time datetime=2026-03-0{n}>x</time><p>Day {n} at the fair with my sister</p>"
        f"<video src=/{n}.mp4 poster=/{n}.jpg></video></article>"
        for n in range(1, count + 1)
    )
    html = f"<main><h1>Jo Lee</h1><p>I bake bread and walk the hills.</p>{posts}</main>"
    return Page("profile", HOME, 200, html, html, pictures={f"{HOME}{name}": b"film" for name in loaded})


def test_a_video_the_page_loaded_is_read_with_its_post_and_not_asked_for_again():
    page = blog(2, loaded=("1.mp4",))
    assert [visit.url for visit in site.more(ME, [page])] == [f"{HOME}2.mp4"]
    snapshot = site.parse(ME, [page])
    (film,) = [image for image in snapshot.images if image.data == b"film"]
    assert film.name == f"{HOME}1.mp4"
    assert film.where in {text.where for text in snapshot.texts if "Day 1" in text.value}
    assert any(said.startswith("1 video was not played") for said in snapshot.coverage.not_seen)


def test_few_videos_are_asked_for_and_each_as_a_visit_that_may_fail():
    visits = list(site.more(ME, [blog(6)]))
    assert len(visits) == MOST
    assert {(visit.via, visit.optional) for visit in visits} == {("video", True)}


def test_a_video_that_was_fetched_belongs_to_its_post():
    fetched = Page("video 1: 1.mp4", f"{HOME}1.mp4", 200, "", pictures={f"{HOME}1.mp4": b"film"})
    snapshot = site.parse(ME, [blog(1), fetched])
    assert [image.name for image in snapshot.images] == [f"{HOME}1.mp4"]
    assert not any("not played" in said for said in snapshot.coverage.not_seen)


def test_a_page_without_videos_asks_for_none():
    assert not list(site.more(ME, [blog(0)]))


MASTO = Account("mastodon", "jo@social.example", "https://social.example/@jo")


def status(number: int, *, reblog: bool = False) -> dict:
    film = {
        "type": "video",
        "url": f"https://files.example/{number}.mp4",
        "preview_url": f"https://files.example/{number}.png",
    }
    said = {"id": str(number), "content": "<p>Fair</p>", "account": {"id": "9"}, "media_attachments": [film]}
    return {"id": str(number), "reblog": {**said, "account": {"id": "1"}}} if reblog else said


def test_mastodon_gives_the_owners_videos_and_leaves_those_of_others():
    html = "<html><head><title>Jo (@jo@social.example) - Mastodon</title></head><body><div id=mastodon></div></body></html>"
    told = {"id": "9", "acct": "jo", "username": "jo"}
    pages = [
        Page("profile", MASTO.url, 200, html, html),
        Page("account", "x", 200, json.dumps(told)),
        Page("statuses", "x", 200, json.dumps([status(1), status(2, reblog=True)])),
    ]
    wanted = [visit.url for visit in mastodon.more(MASTO, pages) if visit.via == "video"]
    assert wanted == ["https://files.example/1.mp4"]
    fetched = Page("video 1: 1.mp4", wanted[0], 200, "", pictures={wanted[0]: b"film"})
    snapshot = mastodon.parse(MASTO, [*pages, fetched])
    assert [(image.where, image.name) for image in snapshot.images] == [("1", wanted[0])]
