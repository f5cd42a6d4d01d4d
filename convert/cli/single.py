"""Commands on single files: convert, inspect, notes, and a book on the spot."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from turbohtml import Element

from convert.article import Article, Context, Source
from convert.batch.books.one_book import chapter_of
from convert.batch.inputs.sources import Mirrors, find_sources, open_store
from convert.cli.screen import put
from convert.config import Config, build_context, emit_options, writer
from convert.config.extensions import added
from convert.config.formats import JsonOutput, MarkdownOutput
from convert.config.width import LEAST_WIDTH, is_width
from convert.emit import EMITTERS, EmitOptions
from convert.emit.calling import written
from convert.emit.epub import Chapter
from convert.emit.escapes import INLINE
from convert.emit.pandoc import formats as pandoc_formats
from convert.errors import MirrorpressError, NothingToReadError, OutputError, SourceError, UsageError, nearest
from convert.files import read_source, write_file
from convert.pipeline import TOGETHER, convert, convert_all, stages
from convert.stores import Folder, Sieve, mirror_of

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: the folder that its path is relative to, and that path."""

    root: Path
    path: str

    def under(self, above: Path) -> str:
        """The path relative to a folder above the root."""
        return (self.root / self.path).relative_to(above).as_posix()


def input_folder(config: Config) -> Path | None:
    """The folder of this machine that the config's input is; None for an address."""
    place = config.input.place
    return (place / config.input.folder).resolve() if place else None


class Reader:
    """Reads sources by their names; what their config and their mirrors say of them is looked up once."""

    def __init__(self, config: Config) -> None:
        self.base = build_context(config)
        self._config = config
        self._sieve = Sieve(self.base.profiles)
        self._input = input_folder(config)
        self._roots: dict[Path, Path] = {}
        self._mirrors: dict[Path, Mirrors] = {}

    def place(self, file: Path) -> Place:
        """Where a file counts as lying: in the config's input, or else in its mirror, or else in its own folder."""
        full = file.resolve()
        if full.is_dir():
            raise SourceError(str(file), "this is a folder", "a file", "`mirrorpress run --input` reads folders")
        root = self._roots.get(full.parent)
        if root is None:
            above = self._input
            root = above if above and above in full.parents else mirror_of(full.parent) or full.parent
            self._roots[full.parent] = root
        return Place(root, full.relative_to(root).as_posix())

    def is_apparatus(self, file: Path) -> bool:
        """Whether a profile says of a file that it is no article of its mirror."""
        globs = self._sieve.apparatus
        return bool(globs and globs.match(self.place(file).path))

    def read(self, name: str, place: Place | None = None) -> tuple[Source, Context]:
        """A source, or the standard input for `-`, and what the stages need to know of its mirror.

        place: where it counts as lying, if that is not what `place` says. Raises SourceError, and NothingToReadError
        for a name without a file.
        """
        limit = self.base.max_bytes
        if name == STDIN:
            return Source("stdin", sys.stdin.buffer.read(limit + 1)), self.base
        if place is None and not Path(name).exists() and (kept := self._kept(name)):
            return kept
        if place is None:
            refuse_what_is_no_file(Path(name))
            place = self.place(Path(name))
        try:
            source = read_source(place.root, place.path, limit)
        except SourceError as error:
            raise SourceError(name, error.found, error.expected, error.todo) from None
        mirrors = self._mirrors.setdefault(place.root, Mirrors(Folder(place.root)))
        return source, replace(self.base, channels=mirrors.channels([place.path]))

    def _kept(self, name: str) -> tuple[Source, Context] | None:
        """A source of the config's repository or address, by its path in the input; None where there is none."""
        options = self._config.input
        if not options.git and not options.address:
            return None
        store = open_store(options)
        path = store.settle(name)
        if path is None or store.about(path) is None:
            return None
        source = Source(path, store.read(path, self.base.max_bytes))
        return source, replace(self.base, channels=Mirrors(store).channels([path]))


def refuse_what_is_no_file(file: Path) -> None:
    """Raise NothingToReadError where there is no file of a name, SourceError for a pipe or a device.

    Nobody can tell when one ends, or that it holds anything; the standard input is `-`.
    """
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NothingToReadError(str(file), "there is no such file", "", "check the path") from None
    except (OSError, ValueError):
        return  # reading says what keeps it from being read
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        todo = "give it to the standard input, where one is read"
        raise SourceError(str(file), "this is a pipe or a device", "a file", todo)


def loose_books(paths: Sequence[Path], config: Config) -> tuple[list[Path], list[Path]]:
    """Of the paths to verify, the books that lie outside of the output folder, and all others."""
    output = config.output.path.resolve()
    books = [
        path for path in paths if path.suffix == ".epub" and path.is_file() and output not in path.resolve().parents
    ]
    return books, [path for path in paths if path not in books]


def read_article(name: str, config: Config) -> Article:
    """Read a source, or the standard input for `-`, and convert it.

    Raises SourceError or RuleError, NothingToReadError for a name without a file.
    """
    return convert(*Reader(config).read(name))


def read_chapters(files: Sequence[Path], config: Config) -> tuple[Folder, list[Chapter]]:
    """Several sources, converted for a book, and the folder that their paths are relative to.

    That is the one above all their mirrors. Raises SourceError or RuleError for the first that cannot be converted, or
    that is no article of its mirror, NothingToReadError for the first that is not there; it says that there is no
    book.
    """
    try:
        return _read_chapters(files, Reader(config))
    except MirrorpressError as error:
        todo = "; ".join(part for part in (error.todo, "no book was written") if part)
        raise type(error)(error.where, error.found, error.expected, todo) from error.__cause__


def _read_chapters(files: Sequence[Path], reader: Reader) -> tuple[Folder, list[Chapter]]:
    for file in files:
        refuse_what_is_no_file(file)
        if not file.is_dir() and reader.is_apparatus(file):
            raise SourceError(str(file), "this is the mirror's apparatus", "an article", "leave it out of the book")
    places = {file: reader.place(file) for file in files}
    root = Path(os.path.commonpath([place.root for place in places.values()]))
    below = [(str(file), Place(root, place.under(root))) for file, place in places.items()]
    chapters = []
    for start in range(0, len(below), TOGETHER):
        sources = [reader.read(name, place) for name, place in below[start : start + TOGETHER]]
        for one in convert_all(sources):
            if isinstance(one, MirrorpressError):
                raise one
            chapters.append(chapter_of(one))
    return Folder(root), chapters


def stages_of(name: str, config: Config) -> Iterator[tuple[str, str, Article]]:
    """After each stage its name, the body's HTML with a line for each block, and the article."""
    for stage, article in stages(*Reader(config).read(name)):
        blocks = (child.html if isinstance(child, Element) else child.text for child in article.body.children)
        yield stage, "\n".join(block for block in blocks if block.strip()), article


def sources_of(names: Sequence[Path], reader: Reader, config: Config) -> list[Place]:
    """Every source below the given files and folders, in the order of their paths. Raises NothingToReadError."""
    above = input_folder(config)
    places = []
    for name in names:
        if name.exists():
            refuse_what_is_no_file(name)
        found = find_sources(name, reader.base.profiles, config.output)
        # paths read as they do in a run over the config's input, wherever in it the search began
        root = above if above and above in found.store.root.parents else found.store.root
        places += [Place(root, Place(found.store.root, path).under(root)) for path in found.paths]
    return places


def converted(places: Iterable[Place], reader: Reader) -> Iterator[Article | SourceError]:
    """The article of each source, or why it failed."""
    for place in places:
        try:
            yield convert(*reader.read(place.path, place))
        except SourceError as error:
            yield error


def notes_of(names: Sequence[Path], config: Config) -> Iterator[Article | SourceError]:
    """Every article below the given files and folders, in the order of their paths, or why it failed."""
    reader = Reader(config)
    for name in names:
        yield from converted(sources_of([name], reader, config), reader)


def choose_format(to: str | None, output: str | None) -> str:
    """The format to write: the one named, or the one that the output's suffix says, or Markdown.

    Raises UsageError for a name that is no format's.
    """
    named = to is not None
    if to is None:
        suffix = Path(output).suffix.lower() if output and output != "-" else ""
        by_suffix = {one.suffix: name for name, one in EMITTERS.items()}
        to = by_suffix.get(suffix) or suffix.removeprefix(".") or "markdown"
    if to in EMITTERS or to == "epub" or to in pandoc_formats() or to in added("format"):
        return to
    choices = f"one of {', '.join([*EMITTERS, *added('format')])}, epub or one of pandoc's"
    if named:
        raise UsageError("--to", f"no format is called {to!r}", choices, "see `mirrorpress formats`")
    raise UsageError("-o", f"no format is known by the suffix .{to} of {output}", choices, "name one with --to")


def in_flavour(config: Config, to: str, flavour: str | None) -> Config:
    """The config with another flavour of the format that is written; the same for None.

    Raises UsageError where there is no such flavour, or where the format knows none.
    """
    if flavour is None:
        return config
    if flavour not in INLINE:
        raise UsageError("--flavour", f"found {flavour!r}", f"one of {', '.join(INLINE)}", nearest(flavour, INLINE))
    if to not in {"markdown", "json"}:
        raise UsageError("--flavour", f"{to} has no flavours", "--to markdown or json", "leave one of the two out")
    plain = MarkdownOutput() if to == "markdown" else JsonOutput()
    section = (config.emit.formats().get(to) or plain).model_copy(update={"flavour": flavour})
    return config.model_copy(update={"emit": config.emit.model_copy(update={to: section})})


def render(article: Article, to: str, config: Config, asked: Mapping[str, Any] | None = None) -> bytes:
    """An article in a format of EMITTERS, of pandoc or of an installed package, with the config's options for it.

    asked: options of the command, which win. Raises MissingToolError for a script without OpenCC, RuleError where an
    emitter fails.
    """
    section = config.emit.formats().get(to)
    options = replace(emit_options(section) if section else EmitOptions(), **(asked or {}))
    return written(article, to, writer(config, to, options), options)


def check_asked(asked: Mapping[str, object], to: str) -> None:
    """Find out whether a format has the options that a command was given. Raises UsageError where it has not."""
    for name in asked:
        if name == "width" and to != "text":
            raise UsageError("--width", f"the format is {to}", "text, the only one with lines", "say --to text as well")
        if to == "epub":
            found, todo = "the format is epub", f"name it for volumes in the config, as `{name}`"
            raise UsageError(f"--{name}", found, "another one", todo)
    width = asked.get("width")
    if isinstance(width, int) and not is_width(width):
        raise UsageError("--width", f"found {width}", f"0, or at least {LEAST_WIDTH} columns", "0 breaks no line")


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
