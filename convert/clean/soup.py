"""Rules over a BeautifulSoup soup: for people who know it better than the tree that Mirrorpress itself uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from html import escape
from typing import TypeAlias

from bs4 import BeautifulSoup

from convert.article import Article, Context
from convert.clean.structure import build_structure
from convert.clean.tidy import tidy
from convert.difference import Picture, note_difference
from convert.tree import fragment

SoupFunction: TypeAlias = Callable[[BeautifulSoup], BeautifulSoup | None]

PAGE = "<html><head><title>{title}</title></head><body>{body}</body></html>"


class SoupRule:
    """A cleaning rule made of a function that takes a soup and changes it, or returns another one.

    What that takes away from the text, or adds to it, is noted under `name`.
    page: whether the function gets a page, with a title and a body, as calibre's hooks do, or the body's content alone.
    settles: whether the rule brings the body to canonical HTML, as it must where no rule behind it does.
    """

    def __init__(self, function: SoupFunction, name: str, page: bool = False, settles: bool = True) -> None:
        self.function, self.name, self.page, self.settles = function, name, page, settles
        update_wrapper(self, function)

    def called(self, name: str, settles: bool) -> SoupRule:
        """The same rule under the name that a config has for it, at a place in the list where it settles or not."""
        return SoupRule(self.function, name, self.page, settles)

    def __call__(self, article: Article, context: Context) -> None:
        html = article.body.inner_html
        if self.page:
            html = PAGE.format(title=escape(article.meta.title, quote=False), body=html)
        soup = BeautifulSoup(html, "html.parser")
        changed = self.function(soup)
        soup = soup if changed is None else changed
        page = soup.find("body") if self.page else None
        body = fragment(str(soup) if page is None else page.decode_contents())
        note_difference(article, self.name, Picture.of(article.body), Picture.of(body))
        article.body = body
        if self.settles:
            # whatever the soup became, writers get canonical HTML
            build_structure(article, context)
            tidy(article, context)


def soup_rule(function: SoupFunction) -> SoupRule:
    """Make a cleaning rule of a function that takes a soup of the body and changes it, or returns another one.

    What its changes take away from the text, or add to it, is noted with the function's name.
    """
    return SoupRule(function, f"{function.__module__}:{function.__name__}")


__all__ = ["SoupFunction", "SoupRule", "soup_rule"]
