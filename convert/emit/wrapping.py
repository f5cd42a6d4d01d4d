"""Breaks the lines of a text at a width in columns, so that they can be put together again.

A line that was broken ends with a space, and any other does not: a reader joins it with the next one and takes that
space away. That is `format=flowed` with `DelSp=yes` (RFC 3676, section 4.1), made for text without spaces between
words; its quoting and stuffing, which mail needs, are left out. `convert.verify.unwrapping` is the inverse.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection

from convert.typesetting import ADDRESS

# clreq (W3C, Requirements for Chinese Text Layout), "Prohibition rules for line start and line end" (6.1.1): marks of
# pause and stop, closing marks, connectors, interpuncts and solidi start no line, opening marks end none. From 6.1.2,
# "Prohibition rules for unbreakable marks": dashes and ellipses, what stands before a number and what stands behind it.
_NO_START = frozenset(
    "，。、；：？！．､｡﹐﹑﹒﹔﹕﹖﹗,.;:?!"
    "）】》〉」』〕〗〙〛｝］｠﹂﹄︶︼︾”’»›)]}"
    "…⋯—―–-‐～〜~·・‧•／/々〻ー"
    "％‰%℃℉°′″　"
)
_NO_END = frozenset("（【《〈「『〔〖〘〚｛［｟﹁﹃︵︻︽“‘«‹([{￥＄￡€$¥£№")
_QUOTES = frozenset("\"'")
"""These open and close: without a space beside them nobody can tell which."""
_GLUE = frozenset("\u00a0\u202f\u2060\ufeff\u200d")
"""No line is broken beside these: Unicode's classes GL, WJ and ZWJ (UAX #14)."""
_SKIN = frozenset(map(chr, range(0x1F3FB, 0x1F400)))

# The marker of a list's item, and what its further lines are indented by; the inverse reads the same.
_MARKER = re.compile(r" *(?:(?:-|[0-9]{1,10}\.) +)*")
_WIDE_WORD = re.compile("[０-９Ａ-Ｚａ-ｚ]")


class _Sizes(dict[int, str]):
    """For each character, by its number, the columns that it takes, as a digit, so that a text can be translated.

    Two where it is wide (East Asian Width, UAX #11), none where it stands on another one. Characters of ambiguous width
    take one, as that annex has it where nothing else is known.
    """

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
            size = "0"
        else:
            size = "2" if unicodedata.east_asian_width(sign) in "WF" else "1"
        self[code] = size
        return size


_SIZES = _Sizes()


def columns(text: str) -> int:
    """The columns that a text takes."""
    return _sum(text.translate(_SIZES), 0, len(text))


def _sum(sizes: str, low: int, high: int) -> int:
    return sizes.count("1", low, high) + 2 * sizes.count("2", low, high)


def wrap(text: str, width: int, kept: Collection[str] = ()) -> str:
    """A text with no line wider than `width` columns, where that can be done.

    Words of Latin letters, numbers and addresses are not broken, nor is a line broken where a mark forbids it (clreq,
    6.1.1 and 6.1.2): it is rather too wide. kept: lines that stay as they are, as those of code; so do rows of tables,
    which have tabs in them. The further lines of a list's item are indented by its marker.
    """
    return "\n".join([written for line in text.split("\n") for written in _written(line, width, kept)])


def _written(line: str, width: int, kept: Collection[str]) -> list[str]:
    lines = [line]
    if len(line) * 2 > width and "\t" not in line and line.strip() not in kept and columns(line) > width:
        lines = _broken(line, width)
    *broken, last = lines
    # A space of the line's own at its end must not be taken for the sign: an empty line is joined to it.
    rest = [f"{last} ", ""] if last.endswith(" ") else [last]
    return [*(f"{one} " for one in broken), *rest]


def _broken(line: str, width: int) -> list[str]:
    """The pieces of a line; all but the first with the indent of the item before them."""
    marker = _MARKER.match(line)
    start = marker.end() if marker else 0
    if start * 2 > width:
        return [line]
    breaks = _Breaks(line)
    pieces: list[str] = []
    first, behind = start, 0
    while True:
        end = breaks.fitting(first, width - start)
        place = breaks.last(first, end) or breaks.next(end)
        if end == len(line) or place == len(line):
            break
        pieces.append(line[behind:place])
        first = behind = place
    pieces.append(line[behind:])
    indent = " " * start
    return [piece if number == 0 else indent + piece for number, piece in enumerate(pieces)]


class _Breaks:
    """Where one line may be broken. sizes: the columns of its characters."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.sizes = line.translate(_SIZES)
        spans = [one.span() for one in ADDRESS.finditer(line)]
        self.starts, self.ends = [one for one, _ in spans], [one for _, one in spans]

    def fitting(self, first: int, room: int) -> int:
        """The place behind the last character that fits, from the first on; spaces there take no room."""
        end, most = first, len(self.line)
        while end < most:
            step = max(room // 2, 1)
            used = _sum(self.sizes, end, end + step)
            if used > room:
                break
            end, room = min(end + step, most), room - used
        while end < most and self.line[end] == " ":
            end += 1
        return end

    def last(self, first: int, end: int) -> int:
        """The last place for a break behind the first character, up to the end; 0 where there is none."""
        return next((at for at in range(end, first, -1) if at == len(self.line) or self.may(at)), 0)

    def next(self, end: int) -> int:
        """The first place for a break behind the end; the line's own end where there is none."""
        return next((at for at in range(end + 1, len(self.line)) if self.may(at)), len(self.line))

    def may(self, at: int) -> bool:
        """Whether the line may be broken before the character at a place, which is not its first."""
        line = self.line
        after, before = line[at], line[at - 1]
        if after == " " or after in _NO_START or after in _GLUE or before in _GLUE or after in _SKIN:
            return False
        if self.sizes[at] == "0":
            return False  # it stands on the one before
        address = bisect_left(self.starts, at) - 1
        if address >= 0 and at < self.ends[address]:
            return False
        word = at - 1
        while word > 0 and line[word] == " ":
            word -= 1
        base = self.base(word)
        before = line[base]
        if word < at - 1:
            return before not in _NO_END
        if before in _NO_END or before in _QUOTES or after in _QUOTES:
            return False
        if _WIDE_WORD.match(before) and _WIDE_WORD.match(after):
            return False
        # Between two narrow characters stands no break but at a space: there are words, numbers, and pairs of dashes.
        return self.is_chinese(base, base - 1) or self.is_chinese(at, at + 1)

    def base(self, at: int) -> int:
        """The place of the character that the one at a place stands on; its own where it takes room."""
        while at > 0 and self.sizes[at] == "0":
            at -= 1
        return at

    def is_chinese(self, at: int, inner: int) -> bool:
        """Whether a character is of Chinese text: wide, or a quotation mark with a wide character inside."""
        if self.line[at] in "“”‘’" and 0 <= inner < len(self.line):
            return self.sizes[inner] == "2"
        return self.sizes[at] == "2"
