"""A stage that is an ordered list of functions: which list an article takes, and how it is run over articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from convert.article import Article, Context
from convert.errors import ConfigError, MirrorpressError, RuleError
from convert.profiles import Profile

Pass: TypeAlias = Callable[[Article, Context], None]
"""A cleaning rule or an enriching step: it changes the article in place."""


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
        try:
            function(article, context)
        except MirrorpressError as error:
            return error
        except MemoryError:
            raise  # no fault of the pass
        except Exception as error:
            failure = RuleError(
                article.path,
                f"{self.kind} {name!r} raised {type(error).__name__}: {error}",
                "",
                f"mend the {self.kind} or leave it out",
            )
            failure.__cause__ = error
            return failure
        return None
