"""Breaks a line of Chinese, with Latin words in it, where a typesetter would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

# W3C clreq, *Prohibition rules for line start and line end*.
_NOT_FIRST = frozenset("，。、；：！？）》〉」』”’】〕］…—·,.;:!?)]}%％")
_NOT_LAST = frozenset("（《〈「『“‘【〔［([{")
_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.,&%-]*|\s+|.", re.DOTALL)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines of at most `width` pixels; no line begins or ends with a mark that must not stand there."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, font, width):
        if font.getlength((line + piece).rstrip()) <= width:
            line += piece
        else:
            if line.strip():
                lines.append(line.strip())
            line = piece.lstrip()
    return [*lines, line.strip()] if line.strip() else lines


def headline(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A headline on one line or two; more is cut off with an ellipsis.

    Chinese headlines put a space between their clauses: that is where two lines part. Else they part in the middle,
    so that no single character is left over.
    """
    lines = wrap(text, font, width)
    if len(lines) > 2:
        return [lines[0], lines[1][:-1] + "…"]
    if len(lines) < 2:
        return lines
    halves = [[text[: space.start()], text[space.end() :]] for space in re.finditer(r"\s+", text)]
    widest = [max(map(font.getlength, half)) for half in halves]
    if widest and min(widest) <= width:
        return halves[widest.index(min(widest))]
    middle = round(font.getlength(text) / 2 + font.size)
    balanced = wrap(text, font, min(middle, width))
    return balanced if len(balanced) == 2 else lines


def _pieces(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """What must stay together: a word, or a character with the marks that cling to it."""
    pieces: list[str] = []
    for word in _WORDS.findall(text):
        clings = pieces and (word in _NOT_FIRST or pieces[-1][-1] in _NOT_LAST)
        if clings and font.getlength(pieces[-1] + word) <= width:
            pieces[-1] += word
        elif font.getlength(word) > width:
            pieces.extend(word)
        else:
            pieces.append(word)
    return pieces
