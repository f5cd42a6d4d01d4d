"""Recipes of calibre as cleaning rules: what a recipe says of the page, and its hooks on the soup, are followed.

Which attributes and hooks there are, and their order, is that of calibre's manual
(https://manual.calibre-ebook.com/news_recipe.html). What a recipe says of feeds, of fetching and of the book is not
followed: the pages are there already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, TypeAlias

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

Spec: TypeAlias = Mapping[str, Any]
"""What BeautifulSoup's `find_all` takes by name, as in `{"name": "div", "attrs": {"class": "share"}}`."""

HOOKS = ("preprocess_html", "postprocess_html")
SAID = (
    "preprocess_regexps", "keep_only_tags", "remove_tags", "remove_tags_before", "remove_tags_after",
    "remove_attributes",
)  # fmt: skip


class _Silent:
    """A recipe's log, which nobody reads."""

    def __call__(self, *said: object, **options: object) -> None: ...

    debug = info = warn = warning = error = exception = __call__


class BasicNewsRecipe:
    """What stands in for calibre's class of this name: the attributes and hooks that concern a page."""

    title: str = ""
    preprocess_regexps: Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = ()
    keep_only_tags: Spec | Sequence[Spec] = ()
    remove_tags: Spec | Sequence[Spec] = ()
    remove_tags_before: Spec | Sequence[Spec] | None = None
    remove_tags_after: Spec | Sequence[Spec] | None = None
    remove_attributes: Sequence[str] = ()
    recipe_specific_options: ClassVar[dict[str, Any]] = {}

    def __init__(self, *arguments: object) -> None:
        self.log = _Silent()

    def preprocess_html(self, soup: BeautifulSoup) -> BeautifulSoup | None:
        """A hook on the soup, before attributes are removed; may return another soup."""
        return soup

    def postprocess_html(self, soup: BeautifulSoup, first_fetch: bool) -> BeautifulSoup | None:
        """A hook on the soup, after attributes were removed; may return another soup."""
        return soup

    @classmethod
    def tag_to_string(cls, tag: Tag | str | None, use_alt: bool = True, normalize_whitespace: bool = True) -> str:
        """The text in a tag; with `use_alt`, of an element without text its `alt` or `title`."""
        if not tag:
            return ""
        if isinstance(tag, str):
            return tag
        pieces = []
        for item in tag.contents:
            if isinstance(item, Tag):
                inner = cls.tag_to_string(item, use_alt, normalize_whitespace=False)
                pieces.append(inner or (use_alt and str(item.get("alt") or item.get("title") or "")) or "")
            elif isinstance(item, NavigableString):
                pieces.append(str(item))
        text = "".join(pieces)
        return re.sub(r"\s+", " ", text) if normalize_whitespace else text

    def index_to_soup(self, *arguments: object, **options: object) -> NoReturn:
        """In calibre it fetches a page; a rule fetches nothing."""
        raise RuntimeError("the recipe wants to fetch a page, and a rule fetches nothing")

    get_browser = index_to_soup


def classes(names: str) -> Spec:
    """A specification of the elements that have one of some classes, which are separated by spaces."""
    wanted = frozenset(names.split())
    return {"attrs": {"class": lambda found: bool(found) and not wanted.isdisjoint(found.split())}}


def prefixed_classes(prefixes: str) -> Spec:
    """The same for classes that begin with one of some texts."""
    wanted = tuple(prefixes.split())
    return {"attrs": {"class": lambda found: bool(found) and any(one.startswith(wanted) for one in found.split())}}


def cleans(recipe: type[BasicNewsRecipe]) -> bool:
    """Whether a recipe says anything that is followed here."""
    return any(getattr(recipe, name) != getattr(BasicNewsRecipe, name) for name in (*HOOKS, *SAID))


def clean_page(recipe: type[BasicNewsRecipe], soup: BeautifulSoup) -> BeautifulSoup:
    """Do to the soup of a page what a recipe says, in calibre's order; returns the soup that came of it.

    Each page has a recipe object of its own, so that no article hangs on those before it.
    """
    one = recipe()
    html = str(soup)
    for pattern, becomes in one.preprocess_regexps:
        html = pattern.sub(becomes, html)
    soup = BeautifulSoup(html, "html.parser") if one.preprocess_regexps else soup
    _keep_only(soup, _specs(one.keep_only_tags))
    for spec in _specs(one.remove_tags_after):
        _remove_beyond(soup.find(**spec), "next_sibling")
    for spec in _specs(one.remove_tags_before):
        _remove_beyond(soup.find(**spec), "previous_sibling")
    for spec in _specs(one.remove_tags):
        for tag in soup.find_all(**spec):
            tag.extract()
    soup = one.preprocess_html(soup) or soup
    for name in one.remove_attributes:
        for element in soup.find_all(None, {name: True}):
            del element[name]
    return one.postprocess_html(soup, True) or soup


def _specs(said: Spec | Sequence[Spec] | None) -> Iterable[Spec]:
    return [said] if isinstance(said, Mapping) else said or ()


def _keep_only(soup: BeautifulSoup, specs: Iterable[Spec]) -> None:
    """Leave of the page's body what the specifications name, in their order."""
    body = soup.find("body")
    if not specs or not isinstance(body, Tag):
        return
    kept = soup.new_tag("body")
    for spec in specs:
        for tag in body.find_all(**spec):
            kept.append(tag)
    body.replace_with(kept)


def _remove_beyond(tag: Any, side: str) -> None:
    """Remove everything on one side of an element, up to the page's body."""
    while tag is not None and tag.name != "body":
        while (other := getattr(tag, side)) is not None:
            other.extract()
        tag = tag.parent
