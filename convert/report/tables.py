"""Tables and lists of a report: they fold where they are long, and scroll by themselves where they are wide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from convert.messages import tr
from convert.report.hypertext import Html, element, joined

OPEN = 50
"""Rows of a long table that are seen at once; the others unfold."""


def folded(items: Sequence[Any], write: Callable[[Sequence[Any]], Html], seen: int = OPEN) -> Html:
    """A list of which only the first are seen before it is unfolded."""
    if len(items) <= seen:
        return write(items)
    return joined(write(items[:seen]), unfolds(tr("{count:,} more", count=len(items) - seen), write(items[seen:])))


def unfolds(words: str, content: Html) -> Html:
    """Content that is folded behind some words."""
    return element("details", element("summary", words), content, class_="more")


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[Html | str]], kind: str | None = None) -> Html:
    """A table whose rows begin with what they are about; the head of a column of numbers begins with #."""
    classes = ["number" if head.startswith("#") else None for head in heads]
    tops = [
        element("th", head.removeprefix("#"), scope="col", class_=one) for head, one in zip(heads, classes, strict=True)
    ]
    lines = []
    for first, *others in rows:
        cells = [element("td", cell, class_=one) for cell, one in zip(others, classes[1:], strict=True)]
        lines.append(element("tr", element("th", first, scope="row"), *cells))
    whole = element("table", element("thead", element("tr", *tops)), element("tbody", *lines), class_=kind)
    return scrolls(whole, label)


def scrolls(table: Html, label: str) -> Html:
    """What is wider than the page scrolls by itself, with the keyboard as well."""
    return element("div", table, class_="scrolls", role="group", aria_label=label, tabindex="0")
