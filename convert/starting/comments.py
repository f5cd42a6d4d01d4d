"""Comments of the first config, in the language that is spoken: the template's own, and lines about what was found."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from importlib.resources import files

from convert.emit.wrapping import wrap
from convert.messages import spoken, tr

_WIDTH = 116
"""Columns of a comment."""

_PROSE = re.compile(r"(?P<start> *# )(?! )(?![a-z_]+:)(?P<text>.+)")
"""A line of the template that is no option and no more of one."""


def template() -> str:
    """The config with its comments, and with `$names` where a survey has something to say."""
    return files(__package__).joinpath("config.yaml").read_text("utf-8")


def paragraphs(text: str) -> Iterator[tuple[str, str, str]]:
    """The template in pieces: how the lines of a paragraph of prose begin, its text, and the lines as they stand there.

    What is no prose comes with nothing in place of the first two.
    """
    start = ""
    words: list[str] = []
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        found = _PROSE.match(line)
        if lines and (not found or found["start"] != start):
            yield start, " ".join(words), "".join(lines)
            words, lines = [], []
        if found:
            start = found["start"]
            words.append(found["text"])
            lines.append(line)
        else:
            yield "", "", line
    if lines:
        yield start, " ".join(words), "".join(lines)


def in_language(text: str) -> Iterator[str]:
    """The template in the language that is spoken, piece by piece."""
    for start, words, lines in paragraphs(text):
        yield comment([tr(words)], start, "") + "\n" if words and spoken() != "en" else lines


def comment(lines: Iterable[str], start: str = "# ", further: str = "  ") -> str:
    """Lines of a comment, folded where they are long; `further` stands before what is folded."""
    if spoken() == "en":
        return "\n".join(piece for line in lines for piece in folded(line, start))
    # between Han there are no spaces to fold at
    pieces = (wrap(line, _WIDTH - len(start) - 2).split("\n") for line in lines)
    return "\n".join(
        f"{start}{further if number else ''}{one}".rstrip() for some in pieces for number, one in enumerate(some)
    )


def folded(line: str, start: str = "# ") -> list[str]:
    """A line of a comment, folded at its spaces, where an option may be, too."""
    return textwrap.wrap(
        line,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=f"{start}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
