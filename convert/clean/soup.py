"""Rules over a BeautifulSoup soup: for people who know it better than the tree that Mirrorpress itself uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import wraps

from bs4 import BeautifulSoup
from turbohtml import Element

from convert.article import Article, Context, Rule
from convert.clean.structure import build_structure
from convert.clean.tidy import tidy
from convert.tree import fragment

SoupRule = Callable[[BeautifulSoup], BeautifulSoup | None]


def soup_rule(function: SoupRule) -> Rule:
    """Make a cleaning rule of a function that takes a soup of the body and changes it, or returns another one.

    What its changes take away from the text, or add to it, is noted with the function's name.
    """
    name = f"{function.__module__}:{function.__name__}"

    @wraps(function)
    def rule(article: Article, context: Context) -> None:
        soup = BeautifulSoup(article.body.inner_html, "html.parser")
        changed = function(soup)
        body = fragment(str(soup if changed is None else changed))
        note_difference(article, name, article.body.text, body.text)
        for address in (_addresses(article.body) - _addresses(body)).elements():
            article.note(name, "removed", address, of="attribute")
        article.body = body
        # whatever the soup became, writers get canonical HTML
        build_structure(article, context)
        tidy(article, context)

    return rule


def _addresses(body: Element) -> Counter[str]:
    """How often each link's and picture's address stands in a body."""
    found = (element.attr("href") or element.attr("src") for element in body.select("a[href], img[src]"))
    return Counter(address for address in found if address)


def note_difference(article: Article, name: str, before: str, after: str) -> None:
    """Leave notes of the text that a rule took away or added, found by comparing the body's text."""
    if before == after:
        return
    # whole words of text, so that a note reads as what was taken and not as scattered letters
    for kind, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        old, new = before[low:high], after[start:end]
        if new.strip():
            article.note(name, "changed", old, new)
        elif old.strip():
            article.note(name, "removed", old.strip())


__all__ = ["SoupRule", "note_difference", "soup_rule"]
