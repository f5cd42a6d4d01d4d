"""Calls a writer, whoever made it: what goes wrong in it costs the article, and is told by the writer's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convert.article import Article
from convert.emit.options import EmitOptions
from convert.errors import MirrorpressError, RuleError, place_of


def written(article: Article, name: str, write: Callable[..., Any], options: EmitOptions) -> bytes:
    """What a writer makes of an article. name: as the config calls it.

    Raises what the writer raises on purpose, RuleError for anything else that it raises, or returns but bytes.
    """
    try:
        data = write(article, options)
    except (MirrorpressError, MemoryError):
        raise
    except Exception as error:
        found = f"emitter {name!r} raised {type(error).__name__}: {error}{place_of(error)}"
        raise RuleError(article.path, found, "", "mend the emitter or leave it out") from error
    if not isinstance(data, bytes):
        raise RuleError(article.path, f"emitter {name!r} returned {type(data).__name__}", "bytes")
    return data
