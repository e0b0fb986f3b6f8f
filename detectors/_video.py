"""Untrusted video files in, a few upright pictures out; sound is never decoded."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import av
import numpy as np
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detectors import _moments
from detectors._model import Image
from detectors._pictures import WORKING_SIDE, Picture, Unreadable

MAX_BYTES = 60_000_000
MAX_PIXELS = 9_000_000
"""Of one frame: what cameras call 4K, upright or not."""
MAX_SIDE = 8192
MAX_STREAMS = 16
MAX_PACKETS = 60_000
"""Frames of one file that are looked for, a quarter of an hour at 60 a second; what follows is left."""
AFFORDABLE = 3_000_000_000
"""Pixels decoded of one file, some 50 seconds of 1080p. A longer one is read around its key frames."""
MAX_STARTS = 48
"""Key frames decoded of a file that is too long to be decoded whole."""
STEP = 0.2
"""Seconds between two frames that may be chosen."""
SLACK = 0.001
"""Seconds that times are rounded to."""
MISSING = 1.0
"""Seconds before its stated end at which a video may stop and still count as whole."""
GUESSED_RATE = 25
"""Frames a second where a file gives neither times nor a rate."""

DEMUXERS = {"mov": "it is an MP4 or MOV video", "matroska": "it is a WEBM video"}
CODECS = ("h264", "hevc", "mpeg4", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d")
"""Decoders a file may ask for. None of them is for sound, so that no sound is decoded even to look at it."""
STILLS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
"""Brands of pictures in the same container."""
OLD_MOV = frozenset({b"moov", b"mdat", b"wide"})
EBML = b"\x1aE\xdf\xa3"
PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")
_ISO_6709 = re.compile(r"(?P<lat>[+-]\d{2}(?:\.\d{1,9})?)(?P<lon>[+-]\d{3}(?:\.\d{1,9})?)(?![\d.])")


@dataclass(frozen=True, slots=True)
class Clip:
    """What is looked at of a video: upright pictures in the order of time. `cut`: its end was not reached."""

    pictures: tuple[Picture, ...]
    cut: bool = False


def is_video(data: bytes) -> bool:
    """Whether bytes begin as a video of a kind that is read; nothing is decoded."""
    return _demuxer(data) is not None


def key_moments(image: Image) -> Clip:
    """The moments of a video that are least alike, its first and last among them.

    Raises:
        Unreadable: broken, too large, or without a picture that can be decoded.
    """
    try:
        with _opened(image.data) as container:
            stream = _stream(container)
            chosen, cut = _chosen(container, stream)
            pictures = tuple(_picture(image, frame, second) for second, frame in chosen)
            place = _place(container)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001  broken bytes make decoders raise anything at all
        raise _broken(error) from None
    if not pictures:
        raise Unreadable("no picture of the video could be decoded")
    return Clip((replace(pictures[0], place=place), *pictures[1:]), cut)


def moment(image: Image) -> Picture:
    """The picture of a video at `image.second`, as `key_moments` gave it.

    Raises:
        Unreadable: as for `key_moments`, or there is no such moment.
    """
    assert image.second is not None
    try:
        with _opened(image.data) as container:
            stream = _stream(container)
            packets = list(islice(container.demux(stream), MAX_PACKETS))
            for second, frame in _frames(stream, _from_key(packets, _tick(stream, image.second)), []):
                if second >= image.second - SLACK:
                    return _picture(image, frame, second)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001  as above
        raise _broken(error) from None
    raise Unreadable("the video has no such moment")


def _demuxer(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return None if data[8:12] in STILLS else "mov"
    if data[4:8] in OLD_MOV:
        return "mov"
    return "matroska" if data.startswith(EBML) and b"webm" in data[:64] else None


def _opened(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise Unreadable("the video is larger than 60 MB")
    demuxer = _demuxer(data)
    if demuxer is None:
        raise Unreadable("it is not a video of a kind we read (MP4, MOV, WEBM)")
    # the format is named, so that no other demuxer is tried; bytes in memory lead to no other file
    options = {"codec_whitelist": ",".join(CODECS), "max_streams": str(MAX_STREAMS), "protocol_whitelist": ""}
    return av.open(io.BytesIO(data), format=demuxer, options=options, metadata_errors="replace")


def _stream(container: Any) -> VideoStream:
    """The first moving picture, ready to be decoded; cover art is none."""
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        raise Unreadable("there is no moving picture in the file")
    stream: VideoStream = moving[0]
    context = stream.codec_context
    if context is None or context.name not in CODECS:
        raise Unreadable("its pictures are packed in a way we do not read")
    _refuse_by_size(context.width, context.height)
    context.thread_count = 1
    context.thread_type = "NONE"
    context.options = {"max_pixels": str(MAX_PIXELS)}
    return stream


def _refuse_by_size(width: int, height: int) -> None:
    if min(width, height) < 1:
        raise Unreadable("it has no pixels")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Unreadable(f"its pictures are {width} by {height} pixels, more than we open")


def _chosen(container: Any, stream: VideoStream) -> tuple[list[tuple[float, VideoFrame]], bool]:
    """The frames to look at with their seconds, and whether the file broke off before its end."""
    packets: list[Any] = []
    troubles: list[Exception] = []
    try:
        packets.extend(islice(container.demux(stream), MAX_PACKETS + 1))
    except Exception as error:  # noqa: BLE001  what came before is still worth a look
        troubles.append(error)
    width, height = stream.codec_context.width, stream.codec_context.height
    cut = len(packets) > MAX_PACKETS
    plan = _plan(packets[:MAX_PACKETS], max(MAX_STARTS, AFFORDABLE // (width * height)))
    keep = _moments.Keeper[VideoFrame]()
    for second, frame in _frames(stream, plan, troubles, step=STEP):
        keep.offer(second, _moments.look_of(_small(frame)), frame)
    kept = keep.kept()
    if troubles and not kept:
        raise troubles[0]
    return kept, cut or bool(troubles) or _ends_early(container, stream, packets)


def _ends_early(container: Any, stream: VideoStream, packets: Sequence[Any]) -> bool:
    """Whether the pictures stop well before the length that the file says it has."""
    if not container.duration or not stream.time_base:
        return False
    last = max((packet.pts for packet in packets if packet.pts is not None), default=0)
    reached = float((last - (stream.start_time or 0)) * stream.time_base)
    return float(container.duration / av.time_base - reached) > MISSING


def _plan(packets: Sequence[Any], affordable: int) -> list[Any]:
    """All packets if that many can be decoded, else some around key frames that are spread over the file."""
    if len(packets) <= affordable:
        return list(packets)
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe] or [0]
    starts = _spread(keys, MAX_STARTS)
    each = 1 if len(starts) >= _moments.MOST else affordable // len(starts)
    ends = [*keys[1:], len(packets)]
    ending = dict(zip(keys, ends, strict=True))
    return [packet for key in starts for packet in packets[key : min(key + each, ending[key])]]


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[round(i * (len(numbers) - 1) / (most - 1))] for i in range(most)]


def _frames(
    stream: VideoStream, packets: Sequence[Any], troubles: list[Exception], *, step: float = 0.0
) -> Iterator[tuple[float, VideoFrame]]:
    """Decoded frames at least `step` seconds apart, the last one always, with their seconds.

    What cannot be decoded is passed over and put into `troubles`.
    """
    given, number = -step, -1
    second, last = 0.0, None
    for packet in (*packets, None):
        try:
            decoded = stream.codec_context.decode(packet) if packet is None or packet.size else []
        except Exception as error:  # noqa: BLE001  a damaged stretch; later ones may be whole
            troubles.append(error)
            continue
        for frame in decoded:
            number += 1
            _refuse_by_size(frame.width, frame.height)
            second = _second(stream, frame, number)
            last = frame
            if second - given >= step - SLACK or second < given:
                given, last = second, None
                yield second, frame
    if last is not None:
        yield second, last


def _second(stream: VideoStream, frame: VideoFrame, number: int) -> float:
    """Seconds from the video's beginning."""
    if frame.pts is None or not stream.time_base:
        return number / float(stream.average_rate or GUESSED_RATE)
    return max(0.0, round(float((frame.pts - (stream.start_time or 0)) * stream.time_base), 3))


def _tick(stream: VideoStream, second: float) -> float:
    """A second in the file's own count of time."""
    return (stream.start_time or 0) + second / float(stream.time_base or 1 / GUESSED_RATE)


def _from_key(packets: Sequence[Any], tick: float) -> Sequence[Any]:
    """The packets from the last key frame that lies before a time."""
    before = [n for n, p in enumerate(packets) if p.is_keyframe and p.pts is not None and p.pts <= tick + 1]
    return packets[before[-1] if before else 0 :]


def _small(frame: VideoFrame) -> np.ndarray:
    side = _moments.SIDE
    return frame.reformat(width=side, height=side, format="gray", interpolation="AREA").to_ndarray()


def _picture(image: Image, frame: VideoFrame, second: float) -> Picture:
    """A frame as detectors take pictures: upright, 8-bit RGB, longest side at most the working side."""
    width, height = frame.width, frame.height
    scale = min(1.0, WORKING_SIDE / max(width, height))
    rgb = frame.reformat(
        width=max(1, round(width * scale)),
        height=max(1, round(height * scale)),
        format="rgb24",
        interpolation="AREA",
    ).to_ndarray()
    turns = round(frame.rotation / 90) % 4  # counter-clockwise, as numpy counts
    if turns % 2:
        width, height = height, width
    return Picture(replace(image, second=second), width, height, np.ascontiguousarray(np.rot90(rgb, turns)))


def _place(container: Any) -> tuple[float, float] | None:
    """Latitude and longitude where the video was taken, as phones write them into the file."""
    for tags in (container.metadata, *(stream.metadata for stream in container.streams.video)):
        for name in PLACES:
            if found := _ISO_6709.match(tags.get(name, "")):
                latitude, longitude = float(found["lat"]), float(found["lon"])
                inside = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004  degrees
                if inside and (latitude or longitude):
                    return latitude, longitude
    return None


def _broken(error: Exception) -> Unreadable:
    return Unreadable(f"the video is broken or cut short ({type(error).__name__})")
