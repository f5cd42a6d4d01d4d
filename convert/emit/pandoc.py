"""Every further format: pandoc reads the canonical HTML. It always runs in its sandbox and never fetches anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from convert.article import Article
from convert.emit.options import EmitOptions, Emitter, Together
from convert.emit.pandoc_document import document, mended
from convert.emit.pandoc_process import PandocFailedError, version, write_documents, writers
from convert.errors import MirrorpressError, RuleError, UsageError

NOT_OURS = frozenset({"bibtex", "biblatex", "csljson", "epub", "pdf"})
"""What is left out: formats of references, which hold no text; a book, which we write; what needs a further program."""

_SUFFIXES = {
    "asciidoc": "adoc", "asciidoc_legacy": "adoc", "asciidoctor": "adoc", "beamer": "tex", "chunkedhtml": "zip",
    "commonmark": "md", "commonmark_x": "md", "context": "tex", "docbook": "xml", "docbook4": "xml", "docbook5": "xml",
    "dokuwiki": "txt", "dzslides": "html", "epub2": "epub", "epub3": "epub", "gfm": "md", "html4": "html",
    "html5": "html", "jats": "xml", "jats_archiving": "xml", "jats_articleauthoring": "xml", "jats_publishing": "xml",
    "latex": "tex", "man": "1", "markdown_github": "md", "markdown_mmd": "md", "markdown_phpextra": "md",
    "markdown_strict": "md", "markua": "md", "mediawiki": "wiki", "opendocument": "fodt", "plain": "txt",
    "revealjs": "html", "s5": "html", "slideous": "html", "slidy": "html", "tei": "xml", "texinfo": "texi",
    "typst": "typ", "vimdoc": "txt", "xwiki": "txt", "zimwiki": "txt",
}  # fmt: skip
"""The suffixes of files, where they are not the format's name."""


def formats() -> list[str]:
    """The names of the formats that pandoc writes here, sorted. Raises MissingToolError without pandoc."""
    return [name for name in writers() if name not in NOT_OURS]


def suffix(to: str) -> str:
    """The suffix of a format's files, without its dot."""
    return _SUFFIXES.get(to, to)


def made_with() -> str:
    """What formats of pandoc depend on besides the article. Raises MissingToolError without pandoc."""
    return f"pandoc {version()}"


def write_as(article: Article, to: str) -> bytes:
    """The article in one of pandoc's formats.

    Raises UsageError for a format that pandoc does not write, MissingToolError without pandoc, RuleError where pandoc
    fails on this article.
    """
    (result,) = write_all([article], to)
    if isinstance(result, MirrorpressError):
        raise result
    return result


def write_all(articles: Sequence[Article], to: str) -> list[bytes | MirrorpressError]:
    """The same for several articles, for which pandoc is started once; in their order, each one's bytes or error.

    What starting it costs is most of what a short article takes.
    Raises UsageError for a format that pandoc does not write, MissingToolError without pandoc.
    """
    if to not in formats():
        raise UsageError(
            "--to", f"no format is called {to!r}", "one of those of `mirrorpress formats`", "see that list"
        )
    written = write_documents([document(one, to) for one in articles], to)
    return [_told(article, to, one) for article, one in zip(articles, written, strict=True)]


def _told(article: Article, to: str, result: bytes | PandocFailedError) -> bytes | MirrorpressError:
    if isinstance(result, PandocFailedError):
        todo = f"take the article out of the input, or {to} out of the config"
        return RuleError(article.path, f"pandoc cannot write {to}: {result}", "", todo)
    return mended(article, to, result)


def emitters(to: str) -> tuple[Emitter, Together]:
    """The writers of one of pandoc's formats: of one article, and of several."""
    return partial(_write, to), partial(_write_all, to)


def _write(to: str, article: Article, options: EmitOptions) -> bytes:
    return write_as(article, to)


def _write_all(to: str, articles: Sequence[Article], options: EmitOptions) -> list[bytes | MirrorpressError]:
    return write_all(articles, to)
