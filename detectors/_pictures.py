"""Untrusted picture files in, upright pixels out; and crops that show no face."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter

from detectors import _faces, _keypoints
from detectors._model import Image, Unavailable

MAX_BYTES = 40_000_000
MAX_PIXELS = 60_000_000
MAX_SIDE = 30_000
MAX_SCANS = 100
"""Scans of one progressive JPEG; a file of a few bytes can ask for thousands of passes."""
WORKING_SIDE = 1280
"""Nothing is looked at in more detail than this many pixels along the longest side."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""Told by content, whatever the suffix; nothing else is handed to a decoder."""

PALE = 170
"""Mean luminance above which transparent art is laid on dark instead of white, where it would vanish."""

Box = tuple[int, int, int, int]

_header = threading.Lock()  # warnings filters belong to the whole process


class Unreadable(Exception):
    """A picture that cannot be judged; the message is a plain reason."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, upright.

    `width` and `height` are those of the source after turning; `rgb` is the working copy and
    `scale` the number of source pixels per working pixel.
    """

    image: Image
    width: int
    height: int
    rgb: np.ndarray = field(repr=False)
    exif: PIL.Image.Exif | None = field(default=None, repr=False)
    info: Mapping[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def scale(self) -> float:
        """Source pixels per working pixel."""
        return self.width / int(self.rgb.shape[1])

    @cached_property
    def gray(self) -> np.ndarray:
        """Luminance of the working copy."""
        return cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY)

    @cached_property
    def keypoints(self) -> _keypoints.Features:
        """The one keypoint pass that all detectors share, in working pixels."""
        return _keypoints.features(self.gray, side=_keypoints.PICTURE_SIDE, limit=_keypoints.PICTURE_LIMIT)

    def source_box(self, x: float, y: float, width: float, height: float) -> Box:
        """A box in working pixels as a box in source pixels, inside the picture."""
        left = min(max(0, round(x * self.scale)), self.width - 1)
        top = min(max(0, round(y * self.scale)), self.height - 1)
        right = min(self.width, max(left + 1, round((x + width) * self.scale)))
        bottom = min(self.height, max(top + 1, round((y + height) * self.scale)))
        return left, top, right - left, bottom - top


def decode(image: Image) -> Picture:
    """Read one picture file; the first frame of an animation.

    Raises:
        Unreadable: not a picture of an allowed format, broken, cut short, or too large. Size is
            judged from the header, before anything is decoded.
    """
    _refuse_by_bytes(image.data)
    try:
        with _header, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = PIL.Image.open(io.BytesIO(image.data), formats=FORMATS)
            size = opened.size
            _refuse_by_size(size)
            exif, orientation = _exif(opened)
        pixels = _pixels(opened)
    except Unreadable:
        raise
    except PIL.UnidentifiedImageError:
        raise Unreadable(_what_it_is(image.data)) from None
    except PIL.Image.DecompressionBombError:
        raise Unreadable("it unpacks to more than 60 million pixels") from None
    except Exception as error:  # noqa: BLE001  broken bytes make decoders raise anything at all
        raise Unreadable(f"it is broken or cut short ({type(error).__name__})") from None
    upright = _turned(pixels, orientation)
    width, height = size if orientation < 5 else size[::-1]  # noqa: PLR2004  5 to 8 swap the sides
    return Picture(image, width, height, np.ascontiguousarray(upright), exif, dict(opened.info))


def decode_with_alpha(image: Image) -> np.ndarray:
    """A reference picture as RGBA, with its transparency kept; same limits as `decode`.

    Raises:
        Unreadable: as for `decode`.
    """
    picture = decode(image)
    with _header, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = PIL.Image.open(io.BytesIO(image.data), formats=FORMATS)
        clear = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
    if not clear:
        return np.dstack([picture.rgb, np.full(picture.rgb.shape[:2], 255, np.uint8)])
    return _shrunk(np.asarray(opened.convert("RGBA")))


def crop(image: Image, box: Box | None, *, longest: int = 480) -> bytes | None:
    """The part of a picture around `box`, outlined, as a JPEG with every face blurred.

    None when faces cannot be looked for, or the picture cannot be read: never an unblurred crop.
    """
    try:
        picture = decode(image)
        faces = _faces.find_faces(picture.rgb, source_width=picture.width, wary=True)
    except (Unreadable, Unavailable):
        return None
    canvas = PIL.Image.fromarray(picture.rgb)
    for face in faces:
        _blur(canvas, face)
    region = (0, 0, canvas.width, canvas.height)
    if box is not None:
        left, top, width, height = (value / picture.scale for value in box)
        line = max(2, round(max(width, height) / 80))
        frame = (left - line, top - line, left + width + line, top + height + line)
        PIL.ImageDraw.Draw(canvas).rectangle(frame, outline=(214, 40, 40), width=line)
        margin = max(24.0, 0.6 * max(width, height))
        region = (
            max(0, int(left - margin)),
            max(0, int(top - margin)),
            min(canvas.width, int(left + width + margin) + 1),
            min(canvas.height, int(top + height + margin) + 1),
        )
    cut = canvas.crop(region)
    cut.thumbnail((longest, longest))
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=80)
    return out.getvalue()


def _refuse_by_bytes(data: bytes) -> None:
    if not data:
        raise Unreadable("the file is empty")
    if len(data) > MAX_BYTES:
        raise Unreadable("the file is larger than 40 MB")
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > MAX_SCANS:
        raise Unreadable("it asks for too many decoding passes")


def _refuse_by_size(size: tuple[int, int]) -> None:
    if min(size) < 1:
        raise Unreadable("it has no pixels")
    if size[0] * size[1] > MAX_PIXELS or max(size) > MAX_SIDE:
        raise Unreadable(f"it unpacks to {size[0]} by {size[1]} pixels, more than we open")


def _what_it_is(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        return "it is an SVG drawing, which is read for school logos only"
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        return "it is a HEIC picture, which this installation cannot read"
    return "it is not a picture of a kind we read (JPEG, PNG, WEBP, GIF, BMP, AVIF)"


def _exif(opened: PIL.Image.Image) -> tuple[PIL.Image.Exif | None, int]:
    """Tags and orientation; broken tags are no reason to refuse the pixels."""
    if opened.format == "PNG" and "exif" not in opened.info:
        return None, 1  # a PNG would be decoded whole to look for tags behind the pixels
    try:
        exif = opened.getexif()
        orientation = exif.get(0x0112, 1)
    except Exception:  # noqa: BLE001  broken tags make the parser raise anything at all
        return None, 1
    return exif, orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1  # noqa: PLR2004


def _pixels(opened: PIL.Image.Image) -> np.ndarray:
    """8-bit RGB, longest side at most the working side, not yet turned."""
    if opened.format == "JPEG":
        longest = max(opened.size)
        target = min(1.0, WORKING_SIDE / longest)
        opened.draft("RGB", (max(1, int(opened.width * target)), max(1, int(opened.height * target))))
    opened.load()
    if opened.mode.startswith("I"):
        deep = np.clip(np.asarray(opened).astype(np.float32) / 257, 0, 255)
        return _shrunk(np.dstack([deep.astype(np.uint8)] * 3))
    if opened.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in opened.info:
        return _flattened(_shrunk(np.asarray(opened.convert("RGBA"))))
    return _shrunk(np.asarray(opened.convert("RGB")))


def _shrunk(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _flattened(rgba: np.ndarray) -> np.ndarray:
    colour = rgba[..., :3].astype(np.float32)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    weight = float(alpha.sum())
    if weight == 0:
        return np.full_like(rgba[..., :3], 255)
    luminance = float((colour.mean(axis=2, keepdims=True) * alpha).sum()) / weight
    ground = 32.0 if luminance > PALE and float(alpha.min()) < 0.5 else 255.0  # noqa: PLR2004  half clear
    return (colour * alpha + ground * (1 - alpha)).astype(np.uint8)


def _turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Upright, by the EXIF orientation."""
    if orientation in {5, 6, 7, 8}:
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return pixels


def _blur(canvas: PIL.Image.Image, face: Box) -> None:
    """Coarse squares, then a blur: neither alone hides a large face."""
    x, y, width, height = face
    region = (
        max(0, x - width // 4),
        max(0, y - height // 3),
        min(canvas.width, x + width + width // 4),
        min(canvas.height, y + height + height // 4),
    )
    patch = canvas.crop(region)
    tiny = patch.resize((5, 6), PIL.Image.Resampling.BOX)
    hidden = tiny.resize(patch.size, PIL.Image.Resampling.BILINEAR)
    canvas.paste(hidden.filter(PIL.ImageFilter.GaussianBlur(max(2, width // 12))), region)
