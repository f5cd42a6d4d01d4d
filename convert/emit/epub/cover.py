"""Draws the cover: the series, its dates, the first headlines, and a picture where the book has one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from convert.emit.epub import typeface
from convert.emit.epub.wrap import headline, wrap

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH, HEIGHT = 1500, 2400
_MARGIN = 120
_INSIDE = WIDTH - 2 * _MARGIN
_PAPER, _INK, _GREY, _LIGHT = "#faf7f0", "#222222", "#6b6660", "#ffffff"
# Dark enough for white letters; the series chooses, so that its books look alike and different from others.
_GROUNDS = ("#1f3a5f", "#5b2333", "#22513f", "#4a3b63", "#6a3f1d", "#2f4858", "#5a2a27", "#3a4a24")
_PICTURE_HEIGHT = 760


@dataclass(frozen=True, slots=True)
class CoverText:
    """What a cover says: its title, the days it spans, headlines in order, and a last line."""

    title: str
    dates: str
    headlines: tuple[str, ...]
    footer: str

    @property
    def alternative(self) -> str:
        """All of it as words, also what the typeface cannot show."""
        lines = [self.title, self.dates, self.footer, *self.headlines]
        return "；".join(line for line in lines if line)


def draw_cover(text: CoverText, series: str, picture: bytes | None = None) -> bytes:
    """Draw a cover as a baseline JPEG of 1500 × 2400 pixels.

    text: what it says; characters without a glyph in the typeface are left out of the picture. series: chooses the
    colour. picture: a picture of the book, as it is stored there.
    """
    from PIL import Image, ImageDraw, ImageOps

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    ground = _GROUNDS[sha256(series.encode()).digest()[0] % len(_GROUNDS)]
    band = 640 if picture is not None else 1000
    draw.rectangle((0, 0, WIDTH, band), fill=ground)
    _draw_title(draw, text, band)
    top = band
    if picture is not None:
        with Image.open(io.BytesIO(picture)) as shot:
            image.paste(ImageOps.fit(shot.convert("RGB"), (WIDTH, _PICTURE_HEIGHT), centering=(0.5, 0.35)), (0, band))
        top += _PICTURE_HEIGHT
    _draw_headlines(draw, text.headlines, top + 90, HEIGHT - 260, ground)
    draw.line((_MARGIN, HEIGHT - 190, WIDTH - _MARGIN, HEIGHT - 190), fill=ground, width=4)
    draw.text((_MARGIN, HEIGHT - 155), typeface.showable(text.footer), _GREY, typeface.font(54))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85, subsampling="4:4:4", progressive=False, optimize=True)
    return stream.getvalue()


def _draw_title(draw: ImageDraw.ImageDraw, text: CoverText, band: int) -> None:
    """Title and dates, from the bottom of the band upwards, as large as they fit."""
    title = typeface.showable(text.title)
    for size in range(200, 80, -10):
        font = typeface.font(size)
        lines = wrap(title, font, _INSIDE)
        if len(lines) == 1 or (size <= 150 and len(lines) <= 2):
            break
    lines = lines[:3]
    dates = typeface.font(76)
    bottom = band - 110
    if text.dates:
        while dates.getlength(text.dates) > _INSIDE and dates.size > 40:
            dates = typeface.font(int(dates.size) - 6)
        bottom -= 90
        draw.text((_MARGIN, bottom), typeface.showable(text.dates), _LIGHT, dates)
        bottom -= 40
    _draw_lines(draw, lines, font, bottom - round(len(lines) * font.size * 1.25), _LIGHT)


def _draw_headlines(draw: ImageDraw.ImageDraw, headlines: Sequence[str], top: int, bottom: int, ground: str) -> None:
    """As many headlines as there is room for, each in two lines at most."""
    font = typeface.font(64)
    for words in headlines:
        lines = headline(typeface.showable(words), font, _INSIDE - 60)
        if not lines:
            continue
        height = round(len(lines) * font.size * 1.3)
        if top + height > bottom:
            break
        draw.rectangle((_MARGIN, top + 28, _MARGIN + 18, top + 64), fill=ground)
        _draw_lines(draw, lines, font, top, _INK, 60)
        top += height + 44


def _draw_lines(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], font: ImageFont.FreeTypeFont, top: int, ink: str, indent: int = 0
) -> None:
    step = 1.3 if indent else 1.25
    for number, line in enumerate(lines):
        draw.text((_MARGIN + indent, top + round(number * font.size * step)), line, ink, font)
