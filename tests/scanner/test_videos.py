"""Videos on their way through the house: what is shown, said and counted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from data import Pack, School, school_in
from detectors import Finding, Image, Location, Outcome, Snapshot
from scanner.cli import cli
from scanner.detection import Detection
from scanner.gathering import between_moments, gather
from scanner.pipeline import _picture, _with_crops, weigh
from scanner.report.places import words_for
from scanner.verdicts import verdicts
from tests import videos

SCHOOL = School(Pack(name="Harfield Brook School"))
BOX = (300, 120, 110, 110)
CLIP = b"\0\0\0\x18ftypisom"


def logo(second: float | None) -> Finding:
    place = Location("", box=BOX, second=second)
    return Finding("school-logo", "logo-in-picture", 0.99, place, ref="crest", reasons=("seen",))


class Detect:
    """Sees a logo at one moment, and remembers what it was asked to cut out."""

    def __init__(self, second: float) -> None:
        self.second, self.cut = second, []

    async def look(self, image: Image, item: str) -> Outcome:
        return Outcome((logo(self.second),), moments=3)

    async def crop(self, image: Image, box: object, *, thing: bool) -> bytes:
        self.cut.append((image.second, box, thing))
        return b"jpeg"


def profile(*outcomes: Outcome) -> tuple[Snapshot, list[tuple[Image, Outcome]]]:
    images = [Image(f"p{n}", f"{n}.mp4", CLIP) for n, _ in enumerate(outcomes)]
    read = Snapshot("https://me.example/", "site", url="https://me.example/", images=tuple(images))
    return read, list(zip(images, outcomes, strict=True))


def test_the_place_is_cut_out_of_the_moment_it_was_seen_in():
    detect = Detect(2.5)
    outcome, crops = asyncio.run(_picture(Image("", "0.mp4", CLIP), "me", detect))
    assert detect.cut == [(2.5, BOX, True)]

    one = gather(*profile()[:1], Outcome(), [(Image("p0", "0.mp4", CLIP), outcome)])
    weighed = weigh(one, one.findings, SCHOOL)
    assert [a.crop for a in _with_crops(weighed, crops, 9)] == [b"jpeg"]
    elsewhere = [replace(a, location=replace(a.location, second=4.0)) for a in weighed]
    assert [a.crop for a in _with_crops(elsewhere, crops, 9)] == [None]


def test_videos_are_counted_apart_from_pictures_and_the_rest_is_said():
    one = gather(
        *profile()[:1],
        Outcome(),
        profile(Outcome(moments=7), Outcome(moments=5, cut=True), Outcome(), Outcome(unreadable="broken"))[1],
    )
    seen = one.snapshot.coverage
    assert (seen.videos_seen, seen.images_seen, seen.pictures_unreadable) == (2, 1, 1)
    assert seen.not_seen[0].startswith("12 moments were looked at in 2 videos.")
    assert "sound" in seen.not_seen[0]
    assert seen.not_seen[1] == "1 of them was opened only in part."
    told = verdicts(one.snapshot, [], not_run={}, built={"id-badge"}, school=SCHOOL)["id-badge"]
    assert "1 picture and 2 videos, at a few moments of each video" in told.reason


def test_without_videos_nothing_is_said_of_them():
    assert not list(between_moments([]))
    assert list(between_moments([Outcome(moments=1, cut=True)])) == [
        "1 moment was looked at in 1 video. What is between them and the sound were not.",
        "It was opened only in part.",
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Location("me", "", image="a.mp4", second=7.9), "a video, at 0:07"),
        (Location("me", "p1", image="a.mp4", second=61.0), "a video in a post, at 1:01"),
        (Location("me", "p1", image="a.jpg"), "a picture in a post"),
    ],
)
def test_the_report_says_the_second(place, said):
    assert words_for(place) == said


def test_two_logos_at_different_moments_are_two_even_where_their_boxes_meet():
    outcome = Outcome((logo(1.0), replace(logo(9.0), ref="badge")), moments=3)
    one = gather(*profile()[:1], Outcome(), profile(outcome)[1])
    assert {a.ref for a in weigh(one, one.findings, SCHOOL)} == {"crest", "badge"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> list[dict]:
    folder: Path = tmp_path_factory.mktemp("videos")
    data = videos.with_crest(kind="webm", codec="libvpx")
    (folder / "a.txt").write_bytes(data)  # by content, whatever the suffix
    (folder / "b.mp4").write_bytes(videos.with_crest()[:9000])
    (folder / "c.mp4").write_bytes(b"")
    (folder / "d").mkdir()
    (folder / "d" / "post.mp4").write_bytes(data)
    profile = {"platform": "site", "posts": [{"id": "p1", "text": "Fair", "images": ["post.mp4"]}]}
    (folder / "d" / "jo.json").write_text(json.dumps(profile))
    (folder / "e.json").write_bytes(videos.plain(kind="webm", codec="libvpx"))
    done = CliRunner().invoke(
        cli, ["inspect", str(folder), "--school", "data/practice/school", "--json", "--verdicts"]
    )
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def named(rows: list[dict], end: str) -> list[dict]:
    return [row for row in rows if row["item"].endswith(end)]


def test_inspect_takes_a_video_by_its_content_and_names_the_second(rows):
    (found,) = [row for row in named(rows, "a.txt") if row.get("check") == "school-logo"]
    assert found["where"] in {"2", "3"}
    assert found["image"] == found["item"]
    assert found["ref"] == "crest"


def test_inspect_says_which_video_could_not_be_read_and_goes_on(rows):
    reasons = {row["item"][-5:]: row["reason"] for row in rows if row.get("result") == "unreadable"}
    assert "broken or cut short" in reasons["b.mp4"]
    assert "empty" in reasons["c.mp4"]
    assert named(rows, "e.json")[-1]["verdicts"]["school-logo"]["verdict"] == "nothing-seen"


def test_a_video_in_a_profile_is_judged_with_its_post(rows):
    (found,) = [row for row in named(rows, "jo") if row.get("check") == "school-logo"]
    assert (found["where"], found["image"]) == ("p1", "post.mp4")
    assert any("in the video at 0:0" in reason for reason in found["reasons"])
    assert not named(rows, "post.mp4")


def test_a_video_is_decoded_in_a_worker_which_may_die():
    async def story() -> tuple[Outcome, Outcome]:
        async with Detection(school_in("practice/school"), workers=1, hooks=("look",)) as detect:
            broken = await detect.look(Image("p1", "a.mp4", videos.with_crest()[:9000]), "me")
            return broken, await detect.look(Image("p1", "a.mp4", videos.with_crest()), "me")

    broken, fine = asyncio.run(asyncio.wait_for(story(), 120))
    assert broken.unreadable
    assert [found.location.second for found in fine.findings if found.check == "school-logo"] == [2.0]
