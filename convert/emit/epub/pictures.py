"""One picture file into one that every reading system shows.

Nothing of a file is believed but its bytes: the format is recognised from them, and the size is looked at before
anything is decoded. Pillow is imported where it is needed: most runs, and most processes of one, open no picture.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convert.messages import later

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000
"""A larger picture is refused before it is decoded: 50 megapixels take 200 MB of memory."""
MAX_BYTES = 40_000_000

# The first bytes of each format that is taken in, and its name in Pillow; for RIFF and ISO files those further on.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WEBP"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (4, b"ftypavif", "AVIF"),
)
_BMP_HEADERS = frozenset(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))
"""The sizes of a BMP's second header, behind the first's 14 bytes (MS-WMF 2.2.2.9; OS/2 has 12 and 64)."""
_LOSSLESS = frozenset({"PNG", "GIF", "BMP", "TIFF", "WEBP"})
_FEW_COLOURS = 256


class PictureError(ValueError):
    """A file is no picture that a book can show; the message is for the reader of the book, `reason` for reports."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Level:
    """How large pictures are made: the long edge in pixels, and the quality of JPEG from 1 to 95."""

    edge: int
    quality: int


LEVELS = (Level(1600, 80), Level(1200, 80), Level(800, 80), Level(800, 70))
"""From the best to the smallest; a book takes the first at which it is not too large."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored in the book; `suffix` and `media_type` follow from its bytes."""

    data: bytes
    suffix: str
    media_type: str
    width: int
    height: int


def sniff(data: bytes) -> str | None:
    """The name of a picture's format by its first bytes; None for anything else, such as an HTML error page."""
    for offset, signature, name in _SIGNATURES:
        if data.startswith(signature, offset):
            # so few letters begin a text, too
            whole = {"BMP": data[14:18] in _BMP_HEADERS, "WEBP": data.startswith(b"RIFF")}
            return name if whole.get(name, True) else None
    return None


def check(data: bytes) -> None:
    """Raises PictureError for what `prepare` refuses, with as little work as finding that out takes."""
    _open(data, LEVELS[-1])


def prepare(data: bytes, level: Level, grayscale: bool = False) -> Picture:
    """Decode a picture and write it anew: upright, in sRGB, on white, no larger than the level allows.

    Photographs become baseline JPEG with 4:2:0 subsampling, drawings with few colours PNG. Of an animation the first
    picture is taken.
    Raises PictureError for what is no picture, is damaged, has too many pixels, or is a tracker of a pixel or two.
    """
    from PIL import Image

    name, image = _open(data, level)
    lines = name in _LOSSLESS and image.getcolors(_FEW_COLOURS) is not None
    image.thumbnail((level.edge, level.edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if grayscale:
        image = image.convert("L")
    return _encode(image, level.quality, lines)


def _open(data: bytes, level: Level) -> tuple[str, Image.Image]:
    """The name of a picture's format, and the picture decoded. Raises PictureError."""
    name = sniff(data)
    if name is None:
        raise PictureError("不是图片", later("no picture"))
    if len(data) > MAX_BYTES:
        raise PictureError("文件过大", later("too large a file"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return name, _decode(data, name, level)
        except PictureError:
            raise
        except Exception as error:  # noqa: BLE001, RUF100 - decoders of hostile files raise errors of every kind
            raise PictureError("文件损坏", later("a damaged picture")) from error


def _decode(data: bytes, name: str, level: Level) -> Image.Image:
    from PIL import Image, ImageOps

    image: Image.Image = Image.open(io.BytesIO(data), formats=[name])
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError("像素过多", later("too many pixels"))
    if width < 3 or height < 3:
        raise PictureError("只有一两个像素", later("a picture of a pixel or two"))
    # A JPEG decoder can leave out detail that would be scaled away at once.
    image.draft(None, (level.edge, level.edge))
    image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    return _to_srgb(_on_white(image), profile)


def _on_white(image: Image.Image) -> Image.Image:
    """Without an alpha channel: readers with a dark page would show black lines on black."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        # Pillow cuts deep greys off at 255 instead of scaling them.
        deep = image.convert("F")
        scale = 255.0 / 65535.0 if image.mode.startswith("I") else 255.0
        return deep.point(lambda value: value * scale + 0.0).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        return ground.convert("RGB")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB, by the picture's own colour profile where it has one that can be read, and nothing else attached."""
    from PIL import Image, ImageCms

    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = converted if converted is not None else image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile for another kind of picture, or none at all: the plain conversion serves
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    return clean


def _encode(image: Image.Image, quality: int, lines: bool) -> Picture:
    from PIL import Image

    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, subsampling="4:2:0", progressive=False, optimize=True)
    data, suffix, media_type = stream.getvalue(), "jpg", "image/jpeg"
    if lines:
        drawing = io.BytesIO()
        image.quantize(_FEW_COLOURS, dither=Image.Dither.NONE).save(drawing, "PNG", optimize=True)
        # Sharp edges are worth half as many bytes again; a photograph with few colours costs far more than that.
        if len(drawing.getvalue()) <= len(data) * 1.5:
            data, suffix, media_type = drawing.getvalue(), "png", "image/png"
    return Picture(data, suffix, media_type, *image.size)
