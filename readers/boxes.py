"""Finds the crossed box that the typeface of covers draws in place of a character that it does not have."""

from __future__ import annotations

import io
import re
from functools import cache

from PIL import Image, ImageChops, ImageStat

from convert.emit.epub import typeface

_NOBODYS = "\U0010fffd"  # a private character, which no typeface has
_SIZES = {*range(90, 201, 10), *range(40, 77, 6), 54}
"""The sizes, in pixels, that cover.py draws at."""
_RUN = re.compile(rb"\xff{24,200}")
_ALIKE = 0.9
"""Which part of a place's pixels must be those of a box; a character that is a box has strokes of other weights."""


@cache
def _box(size: int) -> Image.Image:
    """The box in white on black, without margins."""
    mask = typeface.font(size).getmask(_NOBODYS)
    drawn = Image.frombytes("L", mask.size, bytes(mask)).point(lambda value: 255 * (value > 127))
    return drawn.crop(drawn.getbbox())


def boxes(cover: bytes) -> list[tuple[int, int]]:
    """The places of such boxes in a cover: left and top in pixels."""
    with Image.open(io.BytesIO(cover)) as picture:
        grey = picture.convert("L")
    light, dark = grey.point(lambda value: 255 * (value > 160)), grey.point(lambda value: 255 * (value < 130))
    return sorted({place for ink in (light, dark) for place in _places(ink)})


def _places(ink: Image.Image) -> set[tuple[int, int]]:
    data, width = ink.tobytes(), ink.width
    found = set()
    for top in range(ink.height):
        for run in _RUN.finditer(data[top * width : (top + 1) * width]):
            for box in map(_box, _SIZES):
                if abs(box.width - len(run[0])) <= 2 and _alike(ink, box, run.start(), top):
                    found.add((run.start(), top))
    return found


def _alike(ink: Image.Image, box: Image.Image, left: int, top: int) -> bool:
    place = ink.crop((left, top, left + box.width, top + box.height))
    return ImageStat.Stat(ImageChops.difference(place, box)).mean[0] < 255 * (1 - _ALIKE)
