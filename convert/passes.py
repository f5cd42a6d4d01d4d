"""A stage that is an ordered list of functions: which list an article takes, and how it is run over articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from turbohtml import Element

from convert.article import Article, Context, Metadata
from convert.errors import ConfigError, MirrorpressError, RuleError, place_of
from convert.profiles import Profile

Pass: TypeAlias = Callable[[Article, Context], None]
"""A cleaning rule or an enriching step: it changes the article in place."""

SHOWN = 60
"""The most characters of a wrong value that a message shows."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage made of passes.

    kind: what its passes are called in messages. built_in: they by name, in order.
    own: the names that a profile gives instead; configured: the passes that a context gives.
    """

    kind: str
    built_in: Mapping[str, Pass]
    own: Callable[[Profile], Sequence[str]]
    configured: Callable[[Context], Mapping[str, Pass]]

    def passes(self, article: Article, context: Context) -> Mapping[str, Pass]:
        """An article's passes: its profile's own list stands in for the built-in one where the context has just that.

        Raises ConfigError where the profile names a pass that does not exist.
        """
        own, configured = self.own(article.profile), self.configured(context)
        if not own or configured is not self.built_in:
            return configured
        unknown = [name for name in own if name not in self.built_in]
        if unknown:
            where = f"profile {article.profile.name}"
            raise ConfigError(where, f"there is no {self.kind} {unknown[0]!r}", f"one of {', '.join(self.built_in)}")
        return {name: self.built_in[name] for name in own}

    def run(self, article: Article, context: Context) -> Article:
        """Run an article's passes over it. Returns the same article. Raises RuleError, naming the pass that raised."""
        for error in self.run_all([(article, context)]).values():
            raise error
        return article

    def run_all(self, work: Sequence[tuple[Article, Context]]) -> dict[int, MirrorpressError]:
        """Run each pass over several articles before the next pass begins.

        Returns errors by the article's place in `work`: an article whose pass raised takes no further one, and the
        others go on.
        """
        failed: dict[int, MirrorpressError] = {}
        lists: dict[tuple[str, ...], tuple[Mapping[str, Pass], list[int]]] = {}
        for place, (article, context) in enumerate(work):
            try:
                passes = self.passes(article, context)
            except ConfigError as error:
                failed[place] = error
                continue
            lists.setdefault(tuple(passes), (passes, []))[1].append(place)
        for passes, places in lists.values():
            for name, function in passes.items():
                for place in places:
                    if place not in failed and (failure := self._call(name, function, *work[place])):
                        failed[place] = failure
        return failed

    def _call(self, name: str, function: Pass, article: Article, context: Context) -> MirrorpressError | None:
        told = len(article.notes)
        try:
            function(article, context)
            found, expected = _misfit(article, told) if function is not self.built_in.get(name) else ("", "")
        except MirrorpressError as error:
            return error
        except MemoryError:
            raise  # no fault of the pass
        except Exception as error:
            failure = self._failure(name, article, f"raised {type(error).__name__}: {error}{place_of(error)}")
            failure.__cause__ = error
            return failure
        return self._failure(name, article, f"left {found}", expected) if found else None

    def _failure(self, name: str, article: Article, found: str, expected: str = "") -> RuleError:
        todo = f"mend the {self.kind} or leave it out"
        return RuleError(article.path, f"{self.kind} {name!r} {found}", expected, todo)


def _misfit(article: Article, told: int) -> tuple[str, str]:
    """What somebody's own pass left in an article that nobody behind it can read, and what belongs there; or nothing.

    told: how many notes there were before it.
    """
    if not isinstance(article.body, Element):
        return f"{_short(article.body)} in body", "an Element"
    if not isinstance(article.meta, Metadata):
        return f"{_short(article.meta)} in meta", "the article's Metadata"
    if misfit := article.meta.misfit():
        field, value, expected = misfit
        return f"{_short(value)} in meta.{field}", expected
    for note in article.notes[told:]:
        for part in note:
            if not isinstance(part, str):
                return f"{_short(part)} in a note", "a text"
    return "", ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
