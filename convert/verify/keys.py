"""Front matter in a layout of one's choice, held against the metadata: each value is looked for where it must be."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from convert.article import Article
from convert.front_matter import FrontMatter, fill_added
from convert.gfm import markdown_to_html
from convert.names import write_date
from convert.verify.difference import Difference, apart

_TAG = re.compile(r"(?=.*[^\W\d]|.*[_-])[\w-]+")
_NOTHING = object()


def laid_out(found: Mapping[str, Any], article: Article, layout: FrontMatter) -> list[Difference]:
    """Compare what was read of a file's front matter with the metadata.

    Every value must be where the layout puts it, as what it says it is; nothing else may stand there.
    """
    rest = dict(_flat(found))
    wrong: list[tuple[str, object, object]] = []
    filled = {name: fill_added(value, article.path, article.meta) for name, value in layout.add.items()}
    added = {name: list(value) if isinstance(value, tuple) else value for name, value in filled.items()}
    for key, value in article.meta.items():
        name = layout.name(key)
        if key in layout.drop or added.get(name) is not None:
            continue
        got = rest.pop(name, _NOTHING)
        if key == "tags" and layout.tags:
            wrong += _tags(value, got, rest.pop("keywords", got))
        elif not _says(key, value, got, layout):
            wrong.append((name, value, got))
    for name, wanted in added.items():
        if wanted is not None and not same(wanted, _read(rest.pop(name, _NOTHING), layout)):
            wrong.append((name, wanted, found.get(name)))
    wrong += [(name, None, value) for name, value in rest.items()]
    return [
        Difference("front matter", f"{article.path}, {name}", *apart(repr(wanted), _told(got)))
        for name, wanted, got in wrong
    ]


def _flat(found: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _says(key: str, value: object, got: object, layout: FrontMatter) -> bool:
    """Whether what was read is a key's value in the form that a layout gives it."""
    read = _read(got, layout)
    if isinstance(value, datetime.date) and layout.dates:
        return read == write_date(value, layout.dates) or str(read) == write_date(value, layout.dates)
    kind = layout.lists.get(key)
    if isinstance(value, list) and kind == "string":
        return same(", ".join(value), read)
    if isinstance(value, str) and kind == "list":
        return same([value], read)
    return same(value, read)


def _read(got: object, layout: FrontMatter) -> object:
    """A value as the tool reads it: texts as Markdown where it takes them for that."""
    if not layout.markdown:
        return got
    if isinstance(got, list):
        return [_read(one, layout) for one in got]
    if not isinstance(got, str):
        return got
    shown = markdown_to_html(got).strip()
    line = shown.removeprefix("<p>").removesuffix("</p>")
    return html.unescape(line) if "<" not in line else f"Markdown: {shown}"


def _tags(tags: object, got: object, keywords: object) -> Iterator[tuple[str, object, object]]:
    """What is wrong with Obsidian's names of tags: each must be a name, and together they say what the tags say.

    keywords: the article's own tags, which have to stand beside names that differ from them.
    """
    names = [] if got is _NOTHING else got
    if not isinstance(tags, list) or not isinstance(names, list) or not isinstance(keywords, list):
        yield "tags", tags, got
        return
    if keywords != tags:
        yield "keywords", tags, keywords
    if not all(isinstance(name, str) and _TAG.fullmatch(name) for name in names):
        yield "tags", "names without spaces", names
    if {_letters(tag) for tag in tags if _letters(tag)} - {_letters(str(name)) for name in names}:
        yield "tags", tags, names


def _letters(tag: str) -> str:
    return "".join(sign for sign in tag.casefold() if sign.isalnum())


def _told(got: object) -> str:
    return "nothing" if got is _NOTHING else repr(got)


def same(expected: object, found: object) -> bool:
    """Whether two values are equal and of one kind; a reader's own subclass of text is text."""
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(same(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, str):
        return isinstance(found, str) and found == expected
    if isinstance(expected, datetime.date):
        # A datetime is a date to Python, yet a reader that makes one read something else.
        return isinstance(found, datetime.date) and not isinstance(found, datetime.datetime) and found == expected
    return type(expected) is type(found) and expected == found
