"""The byline: a parenthesis after the dateline that names reporters and translators."""

from __future__ import annotations

import re

from turbohtml import Element

from convert.article import Article, Context
from convert.enrich.people import read_names
from convert.enrich.taking import take
from convert.profiles import Names

RULE = "byline"
FIRST = 4  # text blocks in which a byline may open one
BEFORE = 8  # characters that may stand before it
LONGEST = 92  # characters
PARENTHESIS = re.compile(r"[（(【]([^（）()【】。\n]{2,90})[)）】]")


def read_byline(article: Article, context: Context) -> None:
    """Move a byline into the metadata if it was understood; otherwise it stays where it is, with a note."""
    names = article.profile.names
    if names.byline is None:
        return
    count = 0
    for block in article.body.children:
        if type(block) is not Element or block.tag != "p":
            continue
        count += 1
        if count > FIRST:
            return
        text = block.text
        start = len(text) - len(text.lstrip())
        # the rest of a damaged line that stood before the dateline stands before the byline now
        match = (
            PARENTHESIS.search(text, 0, BEFORE + LONGEST) if article.meta.dateline else PARENTHESIS.match(text, start)
        )
        if match is None or match.start() > start + BEFORE or not names.byline.search(match[1]):
            continue
        if match[0][0] == "【" and not (names.reporter and names.reporter.match(match[1])[0].strip()):  # type: ignore[index]  # it matches the empty text
            continue  # a headline
        people = _people(match[1], names)
        if match.start() > start and (count > 1 or not people or not any(people)):
            continue
        if people is None:
            article.note(RULE, "wrong", match[0], "authors")
            return
        _fill(article, "authors", people[0])
        _fill(article, "translators", people[1])
        take(article, RULE, block, match.start(), match.end(), "byline")
        article.origin["byline"] = "after the dateline"
        return


def _fill(article: Article, key: str, people: list[str]) -> None:
    if people:
        setattr(article.meta, key, people)
        article.origin[key] = "byline"


def _people(inner: str, names: Names) -> tuple[list[str], list[str]] | None:
    """Authors and translators of a byline's parts, or None where a part was not understood."""
    authors: list[str] = []
    translators: list[str] = []
    parts = names.byline_split.split(inner) if names.byline_split is not None else [inner]
    for index, part in enumerate(part for part in parts if part.strip()):
        if names.other_work is not None and index and names.other_work.search(part):
            continue
        found = read_names(part, names)
        if found is None:
            return None
        translated = index > 0 and names.translation is not None and names.translation.search(part)
        (translators if translated else authors).extend(found)
    return authors, translators
