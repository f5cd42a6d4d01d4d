"""The typeface that covers are drawn with: a subset of Noto Serif SC that comes with the package."""

from __future__ import annotations

import io
import struct
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

FILE = "NotoSerifSC-Bold.otf"


@cache
def _data() -> bytes:
    return files(__package__).joinpath(FILE).read_bytes()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface at a size in pixels. The basic layout engine draws the same everywhere; Raqm is not."""
    from PIL import ImageFont

    return ImageFont.truetype(io.BytesIO(_data()), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _ranges() -> tuple[tuple[int, int], ...]:
    """The code points that the typeface has glyphs for, from its cmap (OpenType, *cmap*, format 12)."""
    data = _data()
    (tables,) = struct.unpack_from(">H", data, 4)
    offsets = {
        data[12 + 16 * number : 16 + 16 * number]: struct.unpack_from(">I", data, 20 + 16 * number)[0]
        for number in range(tables)
    }
    cmap = offsets[b"cmap"]
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if (platform, encoding) == (3, 10):
            (groups,) = struct.unpack_from(">I", data, cmap + offset + 12)
            found = (struct.unpack_from(">II", data, cmap + offset + 16 + 12 * group) for group in range(groups))
            return tuple((first, last) for first, last in found)
    raise LookupError(f"{FILE} has no character map of format 12")


@cache
def _covered() -> frozenset[int]:
    return frozenset(point for first, last in _ranges() for point in range(first, last + 1))


def showable(text: str) -> str:
    """The text without the characters that the typeface has no glyph for."""
    return "".join(sign for sign in text if ord(sign) in _covered())
