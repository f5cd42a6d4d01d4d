"""Which articles go into a book on the spot: files, patterns of files, and conditions."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from convert.batch.books.one_book import Chosen
from convert.batch.inputs.sources import Mirrors
from convert.cli import screen
from convert.cli.single import Reader, read_chapters
from convert.config import Config
from convert.emit.epub import Chapter
from convert.errors import NothingToReadError, UsageError
from convert.stores import Store
from convert.volumes import MOST_ARTICLES
from convert.where import Condition, facts_of, matches, natural, parse_where


def choose_articles(names: Sequence[str], where: str, config: Config) -> Chosen:
    """The articles of a book.

    names: files, and patterns of files as shells know them; without any, the config's input is searched.
    where: a condition that the articles are held against, or empty.
    Raises UsageError where neither is given, the condition cannot be read, or too many articles match;
    NothingToReadError where none does; SourceError or RuleError for a file that cannot be converted.
    """
    condition = parse_where(where, "--where") if where else None
    if names:
        chosen = Chosen(*read_chapters(spread(names, Reader(config)), config))
        chosen.chapters = [one for one in chosen.chapters if not condition or _holds(condition, one, chosen.store)]
    elif condition is None:
        raise UsageError("mirrorpress epub", "no articles are named", "FILES or --where", "name some")
    else:
        from convert.batch.choosing import choose

        with screen.progress(quiet=False) as tell:
            chosen = choose(config, condition, MOST_ARTICLES, tell)
    if not chosen.chapters:
        if names:
            raise NothingToReadError("--where", "none of the files named matches", "", "loosen the condition")
        raise NothingToReadError(config.input.told, "no article matches --where", "", "loosen the condition")
    if len(chosen.chapters) > MOST_ARTICLES:
        todo = "narrow the condition, or put it into `volumes` of the config, which splits along the calendar"
        raise UsageError("mirrorpress epub", "too many articles", f"at most {MOST_ARTICLES} in a book", todo)
    return chosen


def spread(names: Sequence[str], reader: Reader) -> list[Path]:
    """The files that names and patterns stand for, in their order; those of a pattern sorted, 9 before 10.

    `**` stands for any folders. No pattern takes a mirror's apparatus. Raises NothingToReadError for one that no file
    matches.
    """
    files: list[Path] = []
    for name in names:
        if Path(name).exists() or not glob.has_magic(name):
            files.append(Path(name))
            continue
        found = glob.glob(name, recursive=True)  # noqa: PTH207 # Path.glob takes no absolute pattern
        found = sorted(
            (one for one in found if Path(one).is_file() and not reader.is_apparatus(Path(one))), key=natural
        )
        if not found:
            raise NothingToReadError(name, "no file matches", "a file, or a pattern as in 'pages/*/n1*.md'", "mend it")
        files.extend(map(Path, found))
    return files


def _holds(condition: Condition, chapter: Chapter, store: Store) -> bool:
    return matches(condition, facts_of(chapter.meta, chapter.path, Mirrors(store).name(chapter.path)))
