"""Lint of a book: what a flawless volume is beyond what EPUBCheck and Ace look at. Knows nothing of how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from convert.errors import SourceError
from convert.lint.book import Book, Finding, open_book
from convert.lint.package import check_archive, check_cover, check_metadata, check_pictures, check_size, check_style
from convert.lint.page import check_blanks, check_form, check_headings, check_links, check_titles
from convert.lint.reading import check_contents, check_landmarks

__all__ = ["RULES", "Finding", "lint"]

Rule: TypeAlias = Callable[[Book], Iterator[Finding]]

RULES: dict[str, Rule] = {
    "archive": check_archive,
    "size": check_size,
    "metadata": check_metadata,
    "style": check_style,
    "cover": check_cover,
    "pictures": check_pictures,
    "contents": check_contents,
    "landmarks": check_landmarks,
    "form": check_form,
    "titles": check_titles,
    "headings": check_headings,
    "links": check_links,
    "blanks": check_blanks,
}
"""The rules by name, in the order in which they run."""


def lint(data: bytes, name: str) -> list[Finding]:
    """Every way in which a book is not flawless.

    data: the EPUB file. name: what messages call it. Returns nothing where all is well; what is no readable EPUB is
    one finding.
    """
    try:
        book = open_book(data, name)
    except SourceError as error:
        return [Finding("archive", name, error.expected, error.found)]
    return [finding for rule in RULES.values() for finding in rule(book)]
