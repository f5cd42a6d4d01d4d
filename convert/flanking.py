"""CommonMark's flanking rule: where `*` and `**` are read as emphasis.

Source: CommonMark 0.31.2, section 6.2, *Emphasis and strong emphasis*. Readers differ in what counts as punctuation:
0.31 takes Unicode's P and S categories, older ones (cmark-gfm among them) P only. What is said here holds in both.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def may_be_punctuation(character: str) -> bool:
    """Whether some reader takes a character for punctuation."""
    return unicodedata.category(character)[0] in "PS"


@lru_cache(maxsize=4096)
def is_edge(character: str) -> bool:
    """Whether every reader takes a character for white space or punctuation; an empty one is a line's edge."""
    if not character or character.isspace():
        return True
    category = unicodedata.category(character)
    return category[0] == "P" or (category[0] == "S" and character < "\x80") or category in {"Zs", "Zl", "Zp"}


def opens(before: str, first: str) -> bool:
    """Whether a delimiter run between `before` and `first` (one character each, or empty) is left-flanking."""
    if not first or first.isspace():
        return False
    return not may_be_punctuation(first) or is_edge(before)


def closes(last: str, after: str) -> bool:
    """Whether a delimiter run between `last` and `after` (one character each, or empty) is right-flanking."""
    if not last or last.isspace():
        return False
    return not may_be_punctuation(last) or is_edge(after)
