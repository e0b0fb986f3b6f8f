"""Videos in the browser and beside it: whole ones are kept, long ones begun, none holds the page up."""

from __future__ import annotations

import asyncio

import pytest

from scanner.acquire import Manners, open_session, traffic
from scanner.platforms import find
from tests import videos
from tests.scanner.acquire.pages import Answer, page, pages

pytestmark = pytest.mark.browser

QUICK = Manners(pause=0, page_deadline=15, profile_deadline=60)
FILM = videos.plain(kind="webm", codec="libvpx", seconds=1.0)
TALE = "<p>I keep bees, bake bread and walk a lot in the hills around the town.</p>"


def film(data: bytes = FILM, **more) -> Answer:
    return Answer(data, "video/webm", **more)


def read(body: str, routes, *, manners: Manners = QUICK, robots: str = ""):
    """The snapshot of a page, what was handed on early, and what was asked for."""

    async def story():
        early = []
        served = {
            "/robots.txt": Answer(robots.encode(), "text/plain"),
            "/": page(f"<main><h1>Jo Lee</h1>{TALE}{body}</main>"),
        }
        async with pages(served | routes) as site, open_session(manners, allow={site.here}) as session:
            account = find(site.url("/"))
            snapshot = await session.read(account, on_picture=lambda url, _: early.append(url))
            return snapshot, [url.rpartition("/")[2] for url in early], list(site.hits)

    return asyncio.run(asyncio.wait_for(story(), 90))


def films(snapshot) -> dict[str, bytes]:
    return {image.name.rpartition("/")[2]: image.data for image in snapshot.images}


def test_a_video_the_page_loads_by_itself_is_kept_whole_and_asked_for_once():
    snapshot, early, hits = read("<video src=/a.webm muted autoplay></video>", {"/a.webm": film()})
    assert films(snapshot) == {"a.webm": FILM}
    assert hits.count("/a.webm") == 1
    assert not early  # judged with the profile, as it might have been an advertisement


def test_a_video_the_page_does_not_load_is_fetched_as_a_visit_of_its_own():
    snapshot, early, hits = read("<video src=/a.webm preload=none></video>", {"/a.webm": film()})
    assert films(snapshot) == {"a.webm": FILM}
    assert hits.count("/a.webm") == 1
    assert early == ["a.webm"]


def test_robots_are_asked_before_a_video_is_fetched():
    snapshot, _, hits = read(
        "<video src=/films/a.webm preload=none></video>",
        {"/films/a.webm": film()},
        robots="User-agent: *\nDisallow: /films",
    )
    assert "/films/a.webm" not in hits
    assert not films(snapshot)
    assert any("not played" in said for said in snapshot.coverage.not_seen)


def test_an_answer_that_is_no_video_is_no_video():
    snapshot, _, _ = read("<video src=/a.webm preload=none></video>", {"/a.webm": page("<p>gone</p>")})
    assert not films(snapshot)
    assert snapshot.result in {"ok", "ok_partial"}


def test_more_videos_than_the_cap_are_not_kept(monkeypatch):
    monkeypatch.setattr(traffic, "MAX_VIDEOS", 1)
    monkeypatch.setattr("scanner.platforms._videos.MOST", 0)
    body = "".join(f"<video src=/{n}.webm muted autoplay></video>" for n in range(3))
    snapshot, _, _ = read(body, {f"/{n}.webm": film() for n in range(3)})
    assert len(films(snapshot)) == 1
    assert any(said.startswith("2 videos were not played") for said in snapshot.coverage.not_seen)


def test_a_video_above_the_byte_limit_is_left_and_said():
    small = Manners(pause=0, page_deadline=15, profile_deadline=60, max_bytes=len(FILM) - 1)
    snapshot, _, _ = read("<video src=/a.webm muted autoplay></video>", {"/a.webm": film()}, manners=small)
    assert not films(snapshot)
    assert any("not played" in said for said in snapshot.coverage.not_seen)
