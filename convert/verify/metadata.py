"""Reads the front matter back, and holds it against the article's metadata, value and type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import yaml

from convert.article import Article
from convert.verify.difference import Difference, short

_FRONT = re.compile(r"---\n(.*?\n)---\n", re.S)


def pyyaml(text: str) -> Any:
    """PyYAML's safe reader (YAML 1.1)."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def front_matter(markdown: str, article: Article, load: Callable[[str], Any] = pyyaml) -> list[Difference]:
    """Read a Markdown file's front matter and compare it with `article.meta.items()`.

    load: a YAML reader. Dates must come back as dates, lists as lists of text, numbers as numbers and all else as
    text, in the same order. Returns one difference for each key.
    """
    expected = dict(article.meta.items())
    front = _FRONT.match(markdown)
    if not front:
        return [Difference("front matter", article.path, "front matter", short(markdown))] if expected else []
    try:
        found = load(front[1])
    except Exception as error:  # every YAML reader has its own exceptions
        return [Difference("front matter", article.path, "YAML", short(" ".join(str(error).split()), 200))]
    if not isinstance(found, dict):
        return [Difference("front matter", article.path, "a mapping", short(repr(found)))]
    differences = [
        Difference("front matter", f"{article.path}, {key}", repr(expected.get(key)), repr(found.get(key)))
        for key in [*expected, *(key for key in found if key not in expected)]
        if not _same(expected.get(key), found.get(key))
    ]
    if not differences and list(found) != list(expected):
        differences.append(Difference("front matter", article.path, " ".join(expected), " ".join(map(str, found))))
    return differences


def _same(expected: object, found: object) -> bool:
    """Whether two values are equal and of one kind; a reader's own subclass of text is text."""
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(_same(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, str):
        return isinstance(found, str) and found == expected
    if isinstance(expected, datetime.date):
        # A datetime is a date to Python, yet a reader that makes one read something else.
        return isinstance(found, datetime.date) and not isinstance(found, datetime.datetime) and found == expected
    return type(expected) is type(found) and expected == found
