"""Untrusted picture files in, upright pixels out; and crops that show no face."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter

from detectors import _exif, _faces, _keypoints
from detectors._model import Image, Unavailable

MAX_BYTES = 40_000_000
MAX_PIXELS = {"JPEG": 40_000_000, "WEBP": 16_000_000, "AVIF": 16_000_000}
"""By format; a JPEG is decoded small, WebP and AVIF take some 20 bytes of memory a pixel."""
MAX_OTHER = 24_000_000
"""Of any other format, and of a progressive JPEG, which is held whole while it is decoded."""
MAX_SIDE = 30_000
WHOLE = 4_000_000
STRIP = 1_000_000
"""Pixels up to which a picture is converted in one go, and of one strip where it is not."""
MAX_SCANS = 100
"""Scans of one progressive JPEG; a file of a few bytes can ask for thousands of passes."""
WORKING_SIDE = 1280
"""Nothing is looked at in more detail than this many pixels along the longest side."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""Told by content, whatever the suffix; nothing else is handed to a decoder."""

PALE = 170
"""Mean luminance above which transparent art is laid on dark instead of white, where it would vanish."""

MOST_OF_THING = 0.9
"""Share of an object's box above which a face in it is no detail of the object but a face."""

Box = tuple[int, int, int, int]

_header = threading.Lock()  # warnings filters belong to the whole process


class Unreadable(Exception):
    """A picture that cannot be judged; the message is a plain reason."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, upright.

    `width` and `height` are those of the source after turning; `rgb` is the working copy and
    `scale` the number of source pixels per working pixel. `exif` and `xmp` are as they lay in the file.
    `place` is the latitude and longitude that a video names.
    """

    image: Image
    width: int
    height: int
    rgb: np.ndarray = field(repr=False)
    exif: bytes = field(default=b"", repr=False)
    xmp: bytes = field(default=b"", repr=False)
    place: tuple[float, float] | None = field(default=None, repr=False)

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
    try:
        with _opened(image.data) as opened:
            size = opened.size
            exif = _exif_block(opened, image.data)
            xmp = opened.info.get("xmp")
            pixels = _pixels(opened)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001  broken bytes make decoders raise anything at all
        raise Unreadable(f"it is broken or cut short ({type(error).__name__})") from None
    orientation = _orientation(exif)
    upright = _turned(pixels, orientation)
    width, height = size if orientation < 5 else size[::-1]  # noqa: PLR2004  5 to 8 swap the sides
    xmp = xmp if isinstance(xmp, bytes) else b""
    return Picture(image, width, height, np.ascontiguousarray(upright), exif, xmp)


def decode_with_alpha(image: Image) -> np.ndarray:
    """A reference picture as RGBA, with its transparency kept; same limits as `decode`.

    Raises:
        Unreadable: as for `decode`.
    """
    rgb = decode(image).rgb
    with _opened(image.data) as opened:
        if opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info:
            return _working(opened, "RGBA")
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def crop(image: Image | Picture, box: Box | None, *, longest: int = 480, thing: bool = False) -> bytes | None:
    """The part of a picture around `box`, outlined, as a JPEG with every face blurred.

    `thing` says that the box is known to hold an object, such as a confirmed logo: what looks like
    a face inside it, as the figures of a crest do, then stays sharp. None when faces cannot be looked
    for, or the picture cannot be read: never an unblurred crop.
    """
    try:
        picture = image if isinstance(image, Picture) else decode(image)
        faces = _faces.find_faces(picture.rgb, source_width=picture.width, wary=True)
    except (Unreadable, Unavailable):
        return None
    canvas = PIL.Image.fromarray(picture.rgb)
    held = tuple(value / picture.scale for value in box) if thing and box is not None else None
    for face in faces:
        if held is None or not _lies_in(face, held):
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


def _opened(data: bytes) -> PIL.Image.Image:
    """The picture with only its header read, its format, size and tags already found bearable."""
    _refuse_by_bytes(data)
    try:
        with _header, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if data[4:8] == b"ftyp":
                _refuse_by_avif_tags(data)
            bare = _exif.without_exif(data) if data[:2] == b"\xff\xd8" else data
            opened = PIL.Image.open(io.BytesIO(bare), formats=FORMATS)
    except Unreadable:
        raise
    except PIL.UnidentifiedImageError:
        raise Unreadable(_what_it_is(data)) from None
    except PIL.Image.DecompressionBombError:
        raise Unreadable("it unpacks to more pixels than we open") from None
    except Exception as error:  # noqa: BLE001  broken bytes make decoders raise anything at all
        raise Unreadable(f"it is broken or cut short ({type(error).__name__})") from None
    _refuse_by_size(opened)
    return opened


def _refuse_by_avif_tags(data: bytes) -> None:
    """Pillow decodes an AVIF's tags whole while it opens the file, so they are weighed before."""
    try:
        from PIL import _avif  # noqa: PLC0415  built without AVIF, Pillow refuses the file itself

        tags = _avif.AvifDecoder(data, "auto", 1).get_info()[4]
    except Exception:  # noqa: BLE001  no AVIF, or a broken one: opening it says so
        return
    try:
        _exif.read_exif(tags or b"")
    except _exif.TooMuch as error:
        raise Unreadable(str(error)) from None


def _refuse_by_size(opened: PIL.Image.Image) -> None:
    width, height = opened.size
    if min(width, height) < 1:
        raise Unreadable("it has no pixels")
    most = MAX_OTHER if opened.info.get("progressive") else MAX_PIXELS.get(str(opened.format), MAX_OTHER)
    if width * height > most or max(width, height) > MAX_SIDE:
        raise Unreadable(f"it unpacks to {width} by {height} pixels, more than we open")


def _what_it_is(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        return "it is an SVG drawing, which is read for school logos only"
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        return "it is a HEIC picture, which this installation cannot read"
    if head.startswith((b"\x1ae\xdf\xa3", b"flv", b"\x30\x26\xb2\x75")) or (
        head[:4] == b"riff" and head[8:12] == b"avi "
    ):
        return "it is a video of a kind we do not read (we read MP4, MOV, WEBM)"
    return "it is not a picture of a kind we read (JPEG, PNG, WEBP, GIF, BMP, AVIF)"


def _exif_block(opened: PIL.Image.Image, data: bytes) -> bytes:
    if opened.format == "JPEG":
        return _exif.jpeg_exif(data)
    block = opened.info.get("exif")
    return block if isinstance(block, bytes) else b""


def _orientation(exif: bytes) -> int:
    """Tags that are refused are no reason to refuse the pixels."""
    try:
        return _exif.orientation(_exif.read_exif(exif))
    except _exif.TooMuch:
        return 1


def _pixels(opened: PIL.Image.Image) -> np.ndarray:
    """8-bit RGB, longest side at most the working side, not yet turned."""
    if opened.format == "JPEG":
        longest = max(opened.size)
        target = min(1.0, WORKING_SIDE / longest)
        opened.draft("RGB", (max(1, int(opened.width * target)), max(1, int(opened.height * target))))
    opened.load()
    if opened.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in opened.info:
        return _flattened(_working(opened, "RGBA"))
    return _working(opened, "RGB")


def _working(opened: PIL.Image.Image, mode: str) -> np.ndarray:
    """The picture in another mode, shrunk; a large one strip by strip, never held twice."""
    width, height = opened.size
    scale = WORKING_SIDE / max(width, height)
    if scale >= 1 or width * height <= WHOLE:
        return _shrunk(_converted(opened, mode), min(1.0, scale))
    rows = max(1, round(height * scale))
    step = max(1, int(STRIP * scale / width))
    strips = []
    for row in range(0, rows, step):
        last = min(rows, row + step)
        top, bottom = row * height // rows, last * height // rows
        pixels = _converted(opened.crop((0, top, width, bottom)), mode)
        size = (max(1, round(width * scale)), last - row)
        strips.append(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    return np.concatenate(strips)


def _converted(part: PIL.Image.Image, mode: str) -> np.ndarray:
    if not part.mode.startswith("I") or mode == "RGBA":
        return np.asarray(part.convert(mode))
    deep = np.clip(np.asarray(part).astype(np.float32) / 257, 0, 255)
    return np.dstack([deep.astype(np.uint8)] * 3)


def _shrunk(pixels: np.ndarray, scale: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels


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


def _lies_in(face: Box, box: tuple[float, ...]) -> bool:
    """Whether a face is a part of what the box holds; one that fills the box is the thing itself."""
    x, y = face[0] + face[2] / 2, face[1] + face[3] / 2
    left, top, width, height = box
    inside = left <= x <= left + width and top <= y <= top + height
    return inside and face[2] * face[3] < MOST_OF_THING * width * height


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
