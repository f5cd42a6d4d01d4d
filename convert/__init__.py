"""Mirrorpress: mirrored news articles into Markdown, EPUB and plain text; nothing lost, nothing invented.

The public names are imported when somebody asks for one: whoever imports a module of the package would wait for all of
the stages, and Ctrl-C in that time would be answered by a traceback.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convert.article import Article, Context, Metadata, Note, Source
    from convert.errors import MirrorpressError
    from convert.pipeline import convert
    from convert.profiles import load_profiles

__version__ = "0.1.0"

__all__ = ["Article", "Context", "Metadata", "MirrorpressError", "Note", "Source", "convert", "load_profiles"]

_MODULES = {"MirrorpressError": "errors", "convert": "pipeline", "load_profiles": "profiles"}
"""The modules of public names, but for those of `article`."""


def __getattr__(name: str) -> Any:
    """A public name, from its module (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'article')}"), name)
    globals()[name] = value
    return value
