"""What a recipe of calibre imports from calibre, while it is imported and no longer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import bs4

from convert.clean import recipe

NAMES: dict[str, dict[str, object]] = {
    "calibre": {},
    "calibre.web": {},
    "calibre.web.feeds": {},
    "calibre.web.feeds.news": {name: getattr(recipe, name) for name in ("classes", "prefixed_classes")},
    "calibre.web.feeds.recipes": {},
    "calibre.ebooks": {},
    "calibre.ebooks.BeautifulSoup": {
        name: getattr(bs4, name) for name in ("CData", "Comment", "Declaration", "NavigableString", "Tag")
    },
}
"""The modules that are stood in for, and what is in them."""

for _module in ("calibre.web.feeds.news", "calibre.web.feeds.recipes"):
    NAMES[_module]["BasicNewsRecipe"] = recipe.BasicNewsRecipe


def _soup(markup: str | bytes = "", *arguments: object, **options: object) -> bs4.BeautifulSoup:
    """A soup; recipes do not name a parser, and with the one that is always there soups are the same everywhere."""
    return bs4.BeautifulSoup(markup, "html.parser")


NAMES["calibre.ebooks.BeautifulSoup"]["BeautifulSoup"] = _soup


@contextmanager
def standing_in() -> Iterator[None]:
    """Let `from calibre.web.feeds.news import BasicNewsRecipe` find what stands in for it.

    A calibre that Python finds as well is not looked at, so that a recipe is the same rule everywhere.
    """
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "calibre"}
    for name, content in NAMES.items():
        module = ModuleType(name)
        module.__dict__.update(content, __path__=[])
        sys.modules[name] = module
        above, _, last = name.rpartition(".")
        if above:
            setattr(sys.modules[above], last, module)
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "calibre"]:
            del sys.modules[name]
        sys.modules.update(hidden)
