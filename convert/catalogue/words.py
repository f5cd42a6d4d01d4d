"""The words of a search, as people write them, and where a text has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

from convert.catalogue.rows import storable
from convert.errors import UsageError

_WORD = re.compile(
    r"""\s*(?:
    (?P<minus>-)? (?: "(?P<quoted>[^"]*)" | “(?P<curly>[^”]*)” )
  | (?P<open>-?["“])
  | (?P<without>-)? (?P<plain>[^\s"“]+) )""",
    re.VERBOSE,
)

AHEAD, LONGEST = 8, 60
"""Characters of a snippet before the first word that was found, and altogether."""


class Word(NamedTuple):
    """A word or phrase that must occur, or that must not."""

    text: str
    excluded: bool = False


def parse_words(text: str, where: str = "--search") -> tuple[Word, ...]:
    """Read what is searched for: words, phrases in quotation marks, each with `-` before it where it must not occur.

    where: what the message of an error begins with.
    Raises UsageError where there is no word, or a quotation mark has no partner.
    """
    words: list[Word] = []
    for match in _WORD.finditer(text):
        if match["open"]:
            place = f"{where}: character {match.start('open') + 1}"
            raise UsageError(place, "a quotation mark without its partner", "a closing one", "close it")
        word = match["plain"] or match["quoted"] or match["curly"] or ""
        # that of an empty pair of quotation marks says nothing
        if word.strip():
            words.append(Word(composed(word), bool(match["minus"] or match["without"])))
    if not words:
        raise UsageError(where, "there is no word", 'words to search for, as in 石桥 or "鸟 飞"', "name some")
    return tuple(words)


def composed(text: str) -> str:
    """A text as the index holds it: é is one character, however it was written; SQLite would end a text at a zero."""
    return storable(normalize("NFC", text)).replace("\0", "\ufffd")


def pattern_of(words: Sequence[Word]) -> re.Pattern[str] | None:
    """What finds the words that must occur; None where there are none."""
    wanted = sorted((word.text for word in words if not word.excluded), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE) if wanted else None


def snippet(text: str, pattern: re.Pattern[str] | None) -> str:
    """A piece of a text, in one line: round the first place that a pattern finds, or else its beginning."""
    found = pattern.search(text) if pattern else None
    start = max(0, found.start() - AHEAD) if found else 0
    end = max(start + LONGEST, found.end() if found else 0)
    piece = " ".join(text[start:end].split())
    return ("…" if start else "") + piece + ("…" if text[end:].strip() else "")
