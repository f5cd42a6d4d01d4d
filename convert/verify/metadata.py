"""Reads the front matter back, and holds it against the article's metadata, value and type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.resolver import Resolver

from convert.article import Article
from convert.front_matter import OWN, FrontMatter
from convert.verify.difference import Difference, apart, short
from convert.verify.keys import laid_out, same

_KEY = re.compile(r"[a-z][a-z_]*")
_QUOTED = re.compile(r'"[^"\\]*"')
# letters, Han characters and their punctuation; a colon only in front of a slash, as addresses have it
_SIGNS = r"A-Za-z0-9_./%+~=?;()\u3001-\u3011\u3400-\u9fff\uff01-\uff5e“”‘’…—·-"
_PLAIN = re.compile(rf"[A-Za-z\u3400-\u9fff《“（【](?:[{_SIGNS}]|:(?=/)| (?=[{_SIGNS}]))*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"0|[1-9]\d*")


def pyyaml(text: str) -> Any:
    """PyYAML's safe reader (YAML 1.1)."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _quick(text: str) -> Any:
    """A value that every reader of YAML takes for the same, or None for any other.

    In double quotes nothing but a backslash and a double quote is more than itself (YAML 1.2.2, 7.3.1). A plain scalar
    is text where none of PyYAML's patterns takes it for another type, and no sign in it is an indicator.
    """
    if text[:1] == '"':
        inner = text[1:-1]
        return inner if _QUOTED.fullmatch(text) and inner.isprintable() else None
    if _PLAIN.fullmatch(text):
        others = Resolver.yaml_implicit_resolvers.get(text[0], ())
        return None if any(pattern.match(text) for _, pattern in others) else text
    if _DAY.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return None
    return int(text) if _NUMBER.fullmatch(text) else None


def pairs(text: str) -> list[tuple[str, Any]] | None:
    """The pairs of a flat mapping with one of them on each line, all of the simplest kind; None for any other YAML.

    Most front matter is such, and a reader of all YAML takes three times as long. It sees a key that stands twice, too.
    """
    found: list[tuple[str, Any]] = []
    for line in text.removesuffix("\n").split("\n"):
        key, colon, written = line.partition(": ")
        if not colon or not _KEY.fullmatch(key):
            return None
        many = written[:1] == "[" and written[-1:] == "]"
        values = [_quick(item) for item in (written[1:-1].split(", ") if many else [written])]
        if None in values:
            return None
        found.append((key, values if many else values[0]))
    return found


def front_matter(
    markdown: str, article: Article, load: Callable[[str], Any] | None = None, layout: FrontMatter = OWN
) -> list[Difference]:
    """Read a Markdown file's front matter and compare it with `article.meta.items()`.

    load: a YAML reader; PyYAML where it is not given. layout: how it was to be laid out. Dates must come back as dates,
    lists as lists of text, numbers as numbers and all else as text, in the same order. Returns one difference for each
    key.
    """
    wanted = article.meta.items()
    end = markdown.find("\n---\n", 3)
    if end < 0 or not markdown.startswith("---\n"):
        return [Difference("front matter", article.path, "front matter", short(markdown))] if wanted else []
    front = markdown[4 : end + 1]
    if layout is not OWN:
        return _laid_out(front, article, load or pyyaml, layout)
    if load is None:
        read = pairs(front)
        if read is not None and len(read) == len(wanted) and all(map(_same_pair, wanted, read)):
            return []
    try:
        found = (load or pyyaml)(front)
    except Exception as error:  # every YAML reader has its own exceptions
        return [Difference("front matter", article.path, "YAML", short(" ".join(str(error).split()), 200))]
    if not isinstance(found, dict):
        return [Difference("front matter", article.path, "a mapping", short(repr(found)))]
    expected = dict(wanted)
    differences = [
        Difference("front matter", f"{article.path}, {key}", *apart(repr(expected.get(key)), repr(found.get(key))))
        for key in [*expected, *(key for key in found if key not in expected)]
        if not same(expected.get(key), found.get(key))
    ]
    if not differences and list(found) != list(expected):
        differences.append(Difference("front matter", article.path, " ".join(expected), " ".join(map(str, found))))
    if not differences and load is None:
        keys = re.findall(r"^([\w-]+):", front, re.M)
        if keys != list(expected):  # PyYAML takes the last of two equal keys without a word
            differences.append(Difference("front matter", article.path, " ".join(expected), " ".join(keys)))
    return differences


def _laid_out(front: str, article: Article, load: Callable[[str], Any], layout: FrontMatter) -> list[Difference]:
    try:
        found = load(front)
    except Exception as error:  # every YAML reader has its own exceptions
        return [Difference("front matter", article.path, "YAML", short(" ".join(str(error).split()), 200))]
    if not isinstance(found, dict | None):
        return [Difference("front matter", article.path, "a mapping", short(repr(found)))]
    keys = re.findall(r"^(\S[^:\n]*):", front, re.M)
    if len(set(keys)) != len(keys):
        return [Difference("front matter", article.path, "each key once", " ".join(keys))]
    return laid_out(found or {}, article, layout)


def _same_pair(wanted: tuple[str, object], read: tuple[object, object]) -> bool:
    return wanted[0] == read[0] and same(wanted[1], read[1])
