"""Every further format: pandoc reads the canonical HTML. It always runs in its sandbox and never fetches anything."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from convert.article import Article
from convert.emit.html import document
from convert.errors import MissingToolError, RuleError, UsageError

# pandoc writes these through other programs
NEEDS_MORE = frozenset({"pdf"})


def formats() -> list[str]:
    """The names of the formats that pandoc writes here, sorted. Raises MissingToolError without pandoc."""
    return [name for name in _formats() if name not in NEEDS_MORE]


@cache
def _formats() -> tuple[str, ...]:
    import pypandoc  # here and below: it takes longer than any other format, and is seldom wanted

    try:
        return tuple(sorted(pypandoc.get_pandoc_formats()[1]))
    except OSError:
        raise MissingToolError("pandoc", "is not installed", "", "install the package pypandoc-binary") from None


def write_as(article: Article, to: str) -> bytes:
    """The article in one of pandoc's formats.

    Raises UsageError for a format that pandoc does not write, MissingToolError without pandoc, RuleError where pandoc
    fails on this article.
    """
    if to not in formats():
        raise UsageError(
            "--to", f"no format is called {to!r}", "one of those of `mirrorpress formats`", "see that list"
        )
    import pypandoc

    extra = ["--sandbox", "--standalone", "--wrap=none", "--quiet"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "article"
            pypandoc.convert_text(document(article), to, format="html", extra_args=extra, outputfile=str(path))
            return path.read_bytes()
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise RuleError(article.path, f"pandoc cannot write {to}: {reason}", "", "report the article") from None
