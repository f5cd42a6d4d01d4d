"""Where every visible character and every tag of a source stands in it: the source's text with its places kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import accumulate

from turbohtml import Token, TokenType, tokenize

from convert.article import UNSEEN

_SOLID = re.compile(r"\S+")
_HIDDEN = frozenset(UNSEEN.split(", "))
_ATTRIBUTE = re.compile(r"""[^\s"'<>/=]+\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")

Stretch = tuple[int, int]
"""A stretch of a text: where it begins, and where it has ended."""


@dataclass(frozen=True, slots=True)
class TagAt:
    """An opening tag of a source: its name (unmasked), its attributes, where it stands, and how it is written."""

    name: str
    attributes: dict[str, str]
    place: Stretch
    written: str

    def value(self, wanted: str) -> Stretch | None:
        """Where in the source the value of one of its attributes stands."""
        for found in _ATTRIBUTE.finditer(self.written):
            value = found[1][1:-1] if found[1][0] in "\"'" else found[1]
            if wanted in (unescape(value), unescape(value).strip()):
                gone = (len(found[1]) - len(value)) // 2
                return self.place[0] + found.start(1) + gone, self.place[0] + found.end(1) - gone
        return None


@dataclass(slots=True)
class Scan:
    """A source as a tokenizer sees it.

    text: every visible character that is no white space, in order. starts, ends: where in the source each stands (an
    entity's character is as long as the entity). tags: the opening tags, in order.
    """

    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    tags: list[TagAt] = field(default_factory=list)

    def stretch(self, source: str, begin: int, end: int) -> list[Stretch]:
        """Where in the source some characters of the text stand: apart, where a tag or what is unseen is between."""
        found: list[Stretch] = []
        for at in range(begin, end):
            here = (self.starts[at], self.ends[at])
            if found and here[0] >= found[-1][1] and not unescape(source[found[-1][1] : here[0]]).strip():
                found[-1] = (found[-1][0], here[1])
            elif not found or here != found[-1]:  # one entity may stand for two characters
                found.append(here)
        return found


def scan(source: str, masked: Mapping[str, str]) -> Scan:
    """Read a source, envelope included, with the tokenizer of HTML.

    masked: the names of masked tags, and what each stands for.
    """
    lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    result = Scan()
    pieces: list[str] = []
    hidden = ""
    for token in tokenize(source, resolve_references=False, capture_source=True):
        at = lines[token.line - 1] + token.col
        if token.type is TokenType.START_TAG:
            name = masked.get(token.tag or "", token.tag or "")
            result.tags.append(_tag(token, name, at))
            hidden = hidden or (name if name in _HIDDEN else "")
        elif token.type is TokenType.END_TAG:
            hidden = "" if token.tag == hidden else hidden
        elif token.data and not hidden and token.type in (TokenType.TEXT, TokenType.CHARACTER_REFERENCE):
            whole = len(token.source or "") if token.type is TokenType.CHARACTER_REFERENCE else 0
            for run in _SOLID.finditer(token.data):
                start = at if whole else at + run.start()
                if not whole and not source.startswith(run[0], start):
                    continue  # whoever cannot tell where it stands says nothing of it
                pieces.append(run[0])
                step = 0 if whole else 1
                result.starts += [start + step * number for number in range(len(run[0]))]
                result.ends += [start + (whole or number + 1) for number in range(len(run[0]))]
    result.text = "".join(pieces)
    return result


def _tag(token: Token, name: str, at: int) -> TagAt:
    written = token.source or ""
    attributes = {key: value or "" for key, value in reversed(token.attrs or [])}
    return TagAt(name, attributes, (at, at + len(written)), written)


def tag_of(text: str) -> tuple[str, dict[str, str]] | None:
    """The name and the attributes of the tag that a text is; None where it is none."""
    if not text.startswith("<"):
        return None
    token = next(iter(tokenize(text)), None)
    if token is None or token.type is not TokenType.START_TAG:
        return None
    return token.tag or "", {key: value or "" for key, value in reversed(token.attrs or [])}


def within(place: Stretch, stretches: list[Stretch]) -> bool:
    """Whether a place lies between the beginning of the first of some sorted stretches and the end of the last."""
    return bool(stretches) and stretches[0][0] <= place[0] and place[1] <= stretches[-1][1]
