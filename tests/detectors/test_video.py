"""Videos: the right moments are looked at, a finding names its second, and no file can do harm."""

import struct

import numpy as np
import pytest

import detectors
from data import Pack, School, school_in
from detectors import Image, _video
from detectors._video import Unreadable, is_video, key_moments, moment
from tests import pictures, videos

KINDS = [("mp4", "libx264"), ("mp4", "mpeg4"), ("mov", "hevc"), ("webm", "libvpx"), ("webm", "libvpx-vp9")]
NOWHERE = School(Pack(name="Harfield Brook School"))
SHORT = videos.plain(codec="mpeg4")


def image(data: bytes, **more) -> Image:
    return Image("p1", "clip", data, **more)


def seconds(data: bytes) -> list[float]:
    return [picture.image.second for picture in key_moments(image(data)).pictures]


@pytest.fixture(scope="module")
def brook() -> School:
    return detectors.prepared(school_in("practice/school"))


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_a_thing_that_shows_for_one_second_is_looked_at(kind, codec):
    data = videos.with_crest(kind=kind, codec=codec)
    assert is_video(data)
    assert any(2.0 <= second < 3.0 for second in seconds(data))
    assert seconds(data)[0] == 0.0


def test_a_finding_names_the_second_and_the_box_in_that_moment(brook):
    outcome = detectors.look(image(videos.with_crest()), "me", brook)
    (logo,) = [found for found in outcome.findings if found.check == "school-logo"]
    assert 2.0 <= logo.location.second < 3.0
    assert "in the video at 0:02" in logo.reasons
    assert pictures.overlap(logo.location.box, (300, 120, 110, 110)) > 0.6
    assert (logo.location.image, logo.location.where) == ("clip", "p1")
    assert outcome.moments == 2
    assert not outcome.cut


def test_what_was_found_can_be_cut_out_of_its_moment(brook):
    shown = image(videos.with_crest(), second=2.0)
    assert detectors.crop(shown, (300, 120, 110, 110)).startswith(b"\xff\xd8")
    assert detectors.crop(image(SHORT, second=900.0), None) is None  # no such moment


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_a_moment_is_found_again_as_it_was_chosen(kind, codec):
    data = videos.with_crest(kind=kind, codec=codec, g="5")
    for picture in key_moments(image(data)).pictures:
        again = moment(picture.image)
        assert again.image.second == picture.image.second
        assert np.array_equal(again.rgb, picture.rgb)


def test_a_video_without_change_is_one_picture():
    assert seconds(videos.plain()) == [0.0]


def test_many_different_moments_are_capped_and_spread_over_the_video():
    drawn = [pictures.scene(seed, 160, 96) for seed in range(40)]
    chosen = seconds(videos.encode(lambda at: drawn[int(at * 4)], seconds=10.0, rate=4))
    assert len(chosen) == 12
    assert (chosen[0], chosen[-1]) == (0.0, 9.75)
    assert max(np.diff(chosen)) <= 2.5


def test_a_video_too_long_to_be_decoded_whole_is_read_around_its_key_frames(monkeypatch):
    monkeypatch.setattr(_video, "AFFORDABLE", 160 * 96 * 20)
    monkeypatch.setattr(_video, "MAX_STARTS", 16)
    drawn = [pictures.scene(seed, 160, 96) for seed in range(30)]
    data = videos.encode(lambda at: drawn[int(at)], seconds=30.0, rate=4, codec="mpeg4", g="4")
    chosen = seconds(data)
    assert len(chosen) == 12
    assert chosen[0] == 0.0
    assert chosen[-1] >= 28.0
    assert all(second == int(second) for second in chosen)  # a key frame each second


def test_few_key_frames_are_read_on_from_for_as_long_as_can_be_afforded(monkeypatch):
    monkeypatch.setattr(_video, "AFFORDABLE", 0)
    monkeypatch.setattr(_video, "MAX_STARTS", 20)
    drawn = [pictures.scene(seed, 160, 96) for seed in range(40)]
    how = {"g": "50", "sc_threshold": "0", "bf": "0"}
    chosen = seconds(videos.encode(lambda at: drawn[int(at * 4)], seconds=10.0, rate=10, **how))
    assert {int(second) for second in chosen} == {0, 5}  # two key frames, and ten frames after each
    assert len(chosen) > 4


@pytest.mark.parametrize(
    ("matrix", "clockwise"), [((0, 1, -1, 0), 1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 3)]
)
def test_a_phone_held_upright_gives_upright_pictures(matrix, clockwise):
    (picture,) = key_moments(image(videos.turned(SHORT, matrix))).pictures
    upright = np.rot90(videos.DRAWN, -clockwise)
    assert (picture.height, picture.width) == upright.shape[:2]
    assert np.abs(picture.rgb.astype(int) - upright).mean() < 20


def test_a_large_video_is_shrunk_and_keeps_its_own_measures():
    wide = pictures.scene(3, 1920, 1080)
    (picture,) = key_moments(image(videos.encode(lambda _: wide, seconds=0.5))).pictures
    assert (picture.width, picture.height, picture.rgb.shape) == (1920, 1080, (720, 1280, 3))
    assert picture.source_box(1270, 710, 10, 10) == (1905, 1065, 15, 15)


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        ("mp4", {"location": "+51.9000-001.2500/"}),
        ("mov", {"com.apple.quicktime.location.ISO6709": "+51.9000-001.2500+110.300/"}),
    ],
)
def test_the_place_a_phone_wrote_into_the_file_is_told_without_a_second(kind, tags):
    outcome = detectors.look(image(videos.plain(kind=kind, tags=tags)), "me", NOWHERE)
    (found,) = [found for found in outcome.findings if found.rule == "photo-gps"]
    assert (found.excerpt, found.location.second) == ("51.90, -1.25", None)


@pytest.mark.parametrize("place", ["", "+00.0000+000.0000/", "+99.0000+000.0000/", "somewhere", "+5"])
def test_no_place_is_made_up(place):
    (picture,) = key_moments(image(videos.plain(tags={"location": place}))).pictures
    assert picture.place is None


def test_sound_is_passed_over():
    assert seconds(videos.plain(sound=True)) == [0.0]
    assert not any("aac" in name or "opus" in name or "mp3" in name for name in _video.CODECS)


def vp8_that_says(width: int, height: int) -> bytes:
    """Small for its container, huge for its decoder."""
    data = videos.plain(kind="webm", codec="libvpx")
    at = data.index(b"\x9d\x01\x2a")
    return data[: at + 3] + struct.pack("<HH", width, height) + data[at + 7 :]


BLACK = np.zeros((3200, 3200, 3), np.uint8)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: SHORT[:-2000], "broken|no picture"),  # the index at its end is gone
        (lambda: b"\0\0\0\x18ftypisom" + b"\0" * 900, "broken"),
        (lambda: b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\xff" * 5000, "broken"),
        (lambda: b"\0\0\0\x08moov", "broken|no moving"),
        (lambda: b"\x1aE\xdf\xa3\x84B\x82\x84webm" + b"\xff" * 1000, "broken"),
        (videos.only_sound, "no moving picture"),
        (lambda: vp8_that_says(16383, 16383), "broken|no picture|more than we open"),
        (lambda: videos.encode(lambda _: BLACK, seconds=0.2), "3200 by 3200 pixels"),
        (lambda: videos.encode(lambda _: BLACK[:16].repeat(3, 1), seconds=0.2), "9600 by 16"),
        (lambda: videos.plain(codec="prores", kind="mov", pixels="yuv422p10le"), "packed in a way"),
        (lambda: b"\0\0\0\x18ftypisom" + b"\0" * _video.MAX_BYTES, "60 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(make, reason):
    data = make()
    with pytest.raises(Unreadable, match=reason):
        key_moments(image(data))
    assert detectors.look(image(data), "me", NOWHERE).unreadable


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 200,
        b"RIFF\x10\0\0\0AVI LIST",
        b"FLV\x01\x05",
        b"\x1aE\xdf\xa3\x88B\x82\x88matroska",
        b"#EXTM3U\nfile:///etc/passwd",  # a list of addresses is no video, whatever may be behind them
        b"ffconcat version 1.0\nfile /etc/passwd",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypavif\0\0\0\0avifmif1",
    ],
)
def test_what_is_no_video_of_ours_never_meets_the_decoder(data):
    assert not is_video(data)
    with pytest.raises(Unreadable):
        key_moments(image(data))


@pytest.mark.parametrize(
    "data", [b"RIFF\x10\0\0\0AVI LIST", b"FLV\x01\x05", b"\x1aE\xdf\xa3\x88B\x82\x88matroska"]
)
def test_a_video_of_another_kind_is_told_as_one(data):
    assert "a video of a kind we do not read" in detectors.look(image(data), "me", NOWHERE).unreadable


@pytest.mark.parametrize(
    "how", [{"streamed": True}, {"kind": "webm", "codec": "libvpx"}], ids=["mp4", "webm"]
)
def test_of_a_video_cut_short_the_beginning_is_looked_at_and_said(how):
    data = videos.with_crest(g="10", **how)
    clip = key_moments(image(data[: len(data) * 8 // 10]))
    assert clip.cut
    assert [picture.image.second for picture in clip.pictures] == [0.0, 2.0]
    assert not key_moments(image(data)).cut


def test_a_file_without_a_rate_still_has_seconds():
    data = videos.plain(codec="mpeg4", rate=5)
    at = data.index(b"stts") + 12
    frozen = data[: at + 4] + struct.pack(">I", 0) + data[at + 8 :]  # every frame lasts no time at all
    assert len(seconds(frozen)) == 1


def test_no_damage_brings_anything_but_a_reason():
    rng = np.random.default_rng(4)
    told = []
    for whole in (SHORT, videos.plain(kind="webm", codec="libvpx-vp9", seconds=1.0)):
        for turn in range(30):
            damaged = bytearray(whole)
            head = len(whole) if turn % 2 else min(len(whole), 2500)
            for at in rng.integers(12, head, size=1 + turn):
                damaged[at] = rng.integers(256)
            told.append(said_of(bytes(damaged)))
    assert all(told)
    assert "read" in told
    assert set(told) != {"read"}


def said_of(data: bytes) -> str:
    try:
        return "read" if key_moments(image(data)).pictures else ""
    except Unreadable as error:
        return str(error)
