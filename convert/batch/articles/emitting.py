"""Writes articles in every format of a run: most formats one by one, some for several articles at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from convert.article import Article
from convert.batch.engines.workers import TOGETHER_BYTES
from convert.batch.links.references import rewrites
from convert.batch.planning.plan import Job
from convert.catalogue.rows import Reference
from convert.config import Output
from convert.emit.calling import written
from convert.errors import MirrorpressError

MOST = 16
"""Articles that are written at once: what starting a program costs is little beside them, and they end in good time."""

Timed: TypeAlias = tuple[Job, Article | Exception, float]
Ready: TypeAlias = Mapping[str, bytes | MirrorpressError]
"""What there is of an article by the names of formats."""


def emit(article: Article, outputs: Iterable[Output], ready: Ready) -> list[tuple[Output, bytes]]:
    """An article in every format. ready: what `written_together` has of it.

    Raises what an emitter raises on purpose, RuleError for anything else that it raises or returns but bytes.
    """
    return [(one, _emit(article, one, ready.get(one.name))) for one in outputs]


def rewriting(outputs: Iterable[Output], references: Iterable[Reference]) -> list[Output]:
    """The formats, of which Markdown writes some addresses otherwise."""
    told = rewrites(references)
    return [
        replace(one, options=replace(one.options, rewrites=told)) if one.name == "markdown" else one for one in outputs
    ]


def written_together(outputs: Iterable[Output], articles: Iterable[Timed]) -> Iterator[tuple[Timed, Ready]]:
    """Articles as they come, each with what those formats made of it that are written for several at once."""
    formats = [one for one in outputs if one.together]
    some: list[Timed] = []
    size = 0
    for timed in articles:
        if not formats:
            yield timed, {}
            continue
        some.append(timed)
        size += len(timed[1].source.data) if isinstance(timed[1], Article) else 0
        if len(some) == MOST or size > TOGETHER_BYTES:
            yield from _written(formats, some)
            some, size = [], 0
    yield from _written(formats, some)


def _written(formats: Iterable[Output], some: list[Timed]) -> Iterator[tuple[Timed, Ready]]:
    articles = [one for _, one, _ in some if isinstance(one, Article)]
    found: dict[str, dict[str, bytes | MirrorpressError]] = {one.path: {} for one in articles}
    for output in formats:
        # what is wrong with one article is found when each is written by itself, and costs that one only
        with suppress(Exception):
            several = output.together(articles, output.options) if output.together and articles else []
            for article, data in zip(articles, several, strict=True):
                found[article.path][output.name] = data
    for timed in some:
        yield timed, found[timed[1].path] if isinstance(timed[1], Article) else {}


def _emit(article: Article, output: Output, ready: bytes | MirrorpressError | None) -> bytes:
    if isinstance(ready, MirrorpressError):
        raise ready
    return written(article, output.name, output.write, output.options) if ready is None else ready
