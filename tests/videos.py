"""Small drawn videos, made where they are needed."""

import io
import struct
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np

from scanner.practice import crest
from tests import pictures

DRAWN = pictures.scene(7, 640, 360)


def encode(
    draw: Callable[[float], np.ndarray],
    *,
    seconds: float = 5.0,
    rate: int = 10,
    kind: str = "mp4",
    codec: str = "libx264",
    tags: dict[str, str] | None = None,
    sound: bool = False,
    streamed: bool = False,
    pixels: str = "yuv420p",
    **options: str,
) -> bytes:
    """A video of what `draw` gives for each second, RGB arrays of one size.

    `streamed`: an MP4 that can be read from its beginning on; others have their index at the end.
    """
    out = io.BytesIO()
    how = "use_metadata_tags" if tags else "empty_moov+frag_keyframe" if streamed else ""
    flags = {"movflags": how} if how else {}
    quiet = {"x265-params": "log-level=none"} if codec == "hevc" else {}
    with av.open(out, "w", format=kind, options=flags) as file:
        file.metadata.update(tags or {})
        stream = file.add_stream(codec, rate=rate, options={**quiet, **options})
        height, width = draw(0.0).shape[:2]
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        noise = file.add_stream("aac" if kind != "webm" else "libopus", rate=48000) if sound else None
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(draw(number / rate)), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if noise is not None:
            still = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="flt", layout="mono")
            still.sample_rate = 48000
            file.mux(noise.encode(still))
            file.mux(noise.encode(None))
    return out.getvalue()


def with_crest(
    seconds: float = 5.0, *, between: tuple[float, float] = (2.0, 3.0), size: int = 110, **how
) -> bytes:
    """A still scene in which the practice school's crest shows for a while."""
    art = np.asarray(crest.crest().convert("RGBA").resize((size, size)))
    shown = DRAWN.copy()
    part = shown[120 : 120 + size, 300 : 300 + size]
    alpha = art[..., 3:].astype(np.float32) / 255
    part[:] = (art[..., :3] * alpha + part * (1 - alpha)).astype(np.uint8)
    return encode(lambda at: shown if between[0] <= at < between[1] else DRAWN, seconds=seconds, **how)


def plain(**how) -> bytes:
    """Two seconds of a still scene."""
    return encode(lambda _: DRAWN, **{"seconds": 2.0, **how})


def only_sound() -> bytes:
    """An MP4 file with a sound track and nothing to see."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=48000)
        still = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        still.sample_rate = 48000
        file.mux(stream.encode(still))
        file.mux(stream.encode(None))
    return out.getvalue()


def turned(data: bytes, matrix: tuple[int, ...] = (0, 1, -1, 0)) -> bytes:
    """The same MP4 with its track turned, as phones store upright videos: a quarter turn clockwise."""
    unity = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    a, b, c, d = (0x10000 * value for value in matrix)
    track = data.index(b"tkhd")
    at = data.index(unity, track)
    return data[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000) + data[at + len(unity) :]


def says_size(data: bytes, width: int, height: int) -> bytes:
    """The same MPEG-4 video with another size in its headers."""
    at = data.index(b"mp4v") + 28
    return data[:at] + struct.pack(">HH", width, height) + data[at + 4 :]
