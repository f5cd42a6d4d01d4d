"""Commands on single files: convert, inspect, notes, and a book on the spot."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from turbohtml import Element

from convert.article import Article, Context, Source
from convert.batch.sources import Mirrors, find_sources, mirror_of
from convert.cli.screen import put
from convert.config import Config, build_context
from convert.emit import EMITTERS, EmitOptions
from convert.emit.pandoc import formats as pandoc_formats
from convert.emit.pandoc import write_as
from convert.errors import OutputError, SourceError, UsageError
from convert.files import read_source, write_file
from convert.pipeline import convert, stages

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: the folder that its path is relative to, and that path."""

    root: Path
    path: str


def place_of(file: Path, config: Config) -> Place:
    """Where a file counts as lying: in the config's input, or else in its mirror, or else in its own folder."""
    full = file.resolve()
    if full.is_dir():
        raise SourceError(str(file), "this is a folder", "a file", "`mirrorpress run --input` reads folders")
    above = config.input.resolve()
    root = above if above in full.parents else mirror_of(full.parent) or full.parent
    return Place(root, full.relative_to(root).as_posix())


def loose_books(paths: Sequence[Path], config: Config) -> tuple[list[Path], list[Path]]:
    """Of the paths to verify, the books that lie outside of the output folder, and all others."""
    output = config.output.resolve()
    books = [
        path for path in paths if path.suffix == ".epub" and path.is_file() and output not in path.resolve().parents
    ]
    return books, [path for path in paths if path not in books]


def read_article(name: str, config: Config, root: Path | None = None) -> Article:
    """Read a source, or the standard input for `-`, and convert it.

    root: the folder that its path is relative to, where it is not the one of `place_of`.
    Raises SourceError or RuleError.
    """
    return convert(*_read(name, config, root))


def _read(name: str, config: Config, root: Path | None = None) -> tuple[Source, Context]:
    """A source, and what the stages need to know of its mirror."""
    limit = config.parse.max_bytes
    if name == STDIN:
        return Source("stdin", sys.stdin.buffer.read(limit + 1)), build_context(config)
    place = Place(root, Path(name).resolve().relative_to(root).as_posix()) if root else place_of(Path(name), config)
    try:
        source = read_source(place.root, place.path, limit)
    except SourceError as error:
        todo = "check the path" if "no such file" in error.found else error.todo
        raise SourceError(name, error.found, error.expected, todo) from None
    return source, build_context(config, Mirrors(place.root).channels([place.path]))


def read_articles(files: Sequence[Path], config: Config) -> tuple[Path, list[Article]]:
    """Several sources, converted, and the folder that their paths are relative to (the one above several mirrors)."""
    roots = list(dict.fromkeys(place_of(file, config).root for file in files))
    root = Path(os.path.commonpath(roots))
    return root, [read_article(str(file), config, root) for file in dict.fromkeys(files)]


def stages_of(name: str, config: Config) -> Iterator[tuple[str, str, Article]]:
    """After each stage its name, the body's HTML with a line for each block, and the article."""
    for stage, article in stages(*_read(name, config)):
        blocks = (child.html if isinstance(child, Element) else child.text for child in article.body.children)
        yield stage, "\n".join(block for block in blocks if block.strip()), article


def notes_of(names: Sequence[Path], config: Config) -> Iterator[Article | SourceError]:
    """Every article below the given files and folders, in the order of their paths, or why it failed."""
    base = build_context(config)
    above = config.input.resolve()
    for name in names:
        found = find_sources(name, base.profiles, config.output)
        # paths read as they do in a run over the config's input, wherever in it the search began
        root = above if above in found.root.parents else found.root
        mirrors = Mirrors(root)
        for path in found.paths:
            inside = (found.root / path).relative_to(root).as_posix()
            try:
                source = read_source(root, inside, base.max_bytes)
                yield convert(source, replace(base, channels=mirrors.channels([inside])))
            except SourceError as error:
                yield error


def choose_format(to: str | None, output: str | None) -> str:
    """The format to write: the one named, or the one that the output's suffix says, or Markdown.

    Raises UsageError for a name that is no format's.
    """
    if to is None:
        suffix = Path(output).suffix.lower() if output and output != "-" else ""
        by_suffix = {one.suffix: name for name, one in EMITTERS.items()}
        to = by_suffix.get(suffix) or suffix.removeprefix(".") or "markdown"
    if to in EMITTERS or to == "epub" or to in pandoc_formats():
        return to
    raise UsageError(
        "--to",
        f"no format is called {to!r}",
        f"one of {', '.join(EMITTERS)}, epub or one of pandoc's",
        "see `mirrorpress formats`",
    )


def render(article: Article, to: str, config: Config) -> bytes:
    """An article in a format of EMITTERS (with the config's options for it) or of pandoc."""
    if to not in EMITTERS:
        return write_as(article, to)
    section = config.emit.formats().get(to)
    options = section.model_dump(exclude={"path"}) if section else {}
    return EMITTERS[to].write(article, EmitOptions(**options))


def write_result(data: bytes, output: str | None) -> None:
    """Write a document to a file, or for None and `-` to the standard output."""
    if output in (None, "-"):
        if sys.stdout.isatty() and b"\0" in data:
            raise UsageError("-o", "this format is no text for a terminal", "a file", "name one, as in -o article.docx")
        put(data)
        return
    path = Path(str(output))
    if path.exists() and not path.is_file():
        # A device or a pipe is written to; it must not be replaced by a file.
        try:
            path.write_bytes(data)
        except OSError as error:
            raise OutputError(str(path), f"cannot be written ({error.strerror})", "a file", "name another") from None
        return
    write_file(path.parent, path.name, data)
