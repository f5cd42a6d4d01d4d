"""Holds outputs against their articles in a worker: those that a run has just made, or those that lie in the output.

What compares is imported when there is something to compare: a run with nothing to do, which needs no more than
`Differing`, would wait for all of its patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from convert.article import Article
from convert.batch.links.claims import Claims
from convert.config import Output
from convert.emit import EmitOptions, typeset
from convert.typesetting import Typesetting

if TYPE_CHECKING:
    from convert.verify import Difference, View

EXAMPLES = 3
"""Differences of one article that the report shows."""

SHOWN = 20
"""Differences of one article that are told; a file that was swapped for another one has hundreds."""


@dataclass(frozen=True, slots=True)
class Differing:
    """An article with an output that is not what its source says: its path, how many differences, and the first."""

    path: str
    count: int
    differences: tuple[Difference, ...]

    def told(self) -> list[str]:
        """The first differences, a line each."""
        return [str(one) for one in self.differences[:EXAMPLES]]


def differing(path: str, found: list[Difference]) -> Differing | None:
    """The differences of an article to tell, or None where there are none."""
    return Differing(path, len(found), tuple(found[:SHOWN])) if found else None


def joined(one: Differing, other: Differing) -> Differing:
    """What two comparisons of an article found, each difference once."""
    new = [difference for difference in other.differences if difference not in one.differences]
    count = max(one.count + len(new), other.count)
    return Differing(one.path, count, (*one.differences, *new)[:SHOWN])


def check_article(
    article: Article,
    files: Iterable[tuple[Output, str, bytes | None]],
    *,
    thorough: bool,
    claims: Claims | None = None,
) -> list[Difference]:
    """Hold an article against its source, and its outputs against the article.

    files: for each output its format with the options that it was written with, its path, and its bytes, None where
    there is no file. Of pandoc's formats it is known whether all the article's words are there, of people's own only
    whether the file is.
    thorough: see `convert.verify.against_source`. claims: takes in what the Markdown file says that links and pictures
    lead to, where that may be other files; whether it is so, the other articles tell.
    """
    from convert.verify import Difference, View, against_source

    view = View(article)
    found = against_source(view, thorough=thorough)
    for output, path, data in files:
        if data is None:
            found.append(Difference("missing", path, "a file", "nothing"))
        elif check := _check_of(output, claims):
            there, told = _as_set(view, output.options)
            found += [_at(path, view, one) for one in (*told, *check(data, there, output.options))]
    return found


def _check_of(output: Output, claims: Claims | None) -> _Check | None:
    if output.by_pandoc:
        from convert.verify import foreign_file

        return lambda data, view, _: foreign_file(data, view, output.name)
    own = _checks().get(output.name)
    if output.name == "markdown" and claims is not None:
        own = partial(_rewritten, claims)
    return partial(_checked, own) if own else None


def _rewritten(claims: Claims, text: str, view: View, options: EmitOptions) -> list[Difference]:
    """Hold a Markdown file whose links and pictures may lead to other files against its article."""
    from convert.verify import Rewritten, markdown_file

    reader = Rewritten(view, claims.profiles, claims.pictures, claims.wiki)
    found = markdown_file(
        text, view, title=options.title, front=options.layout.written, layout=options.layout, reader=reader
    )
    claims.made += reader.claims
    return found


def _as_set(view: View, options: EmitOptions) -> tuple[View, list[Difference]]:
    """The article as an output with these options sets it, and where that is not the article's own text."""
    copy = typeset(view.article, options)
    if copy is view.article:
        return view, []
    from convert.verify import View, typeset_copy

    return View(copy), typeset_copy(view, copy, Typesetting(options.script, options.spacing))


def check_book(data: bytes, file: str) -> list[Difference]:
    """What keeps a volume from being flawless by itself, whatever its sources say: the findings of the lint."""
    from convert.lint import lint
    from convert.verify import Difference

    return [Difference(f"lint: {one.rule}", one.place, one.expected, one.found) for one in lint(data, file)]


_Check: TypeAlias = "Callable[[bytes, View, EmitOptions], list[Difference]]"


_TextCheck: TypeAlias = "Callable[[str, View, EmitOptions], list[Difference]]"


@cache
def _checks() -> dict[str, _TextCheck]:
    """What holds a file of text against its article, by format."""
    from convert.verify import html_file, json_file, markdown_file, plain_text

    return {
        "markdown": lambda text, view, options: markdown_file(
            text, view, title=options.title, front=options.layout.written, layout=options.layout
        ),
        "text": lambda text, view, options: plain_text(text, view, wrapped=options.width > 0),
        "html": lambda text, view, _: html_file(text, view),
        "json": lambda text, view, _: json_file(text, view),
    }


def _checked(check: _TextCheck, data: bytes, view: View, options: EmitOptions) -> list[Difference]:
    from convert.verify import Difference

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [Difference("encoding", view.path, "UTF-8", f"{error.reason} at byte {error.start}")]
    return check(text, view, options)


def _at(path: str, view: View, one: Difference) -> Difference:
    """A difference with the file that it was found in as its place."""
    return replace(one, place=path + one.place.removeprefix(view.path))
