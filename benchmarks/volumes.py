"""What the checkers say of the volumes of mirrors: EPUBCheck with usage messages, the lint, and Ace by DAISY.

    python -m benchmarks.volumes DIR [--most N] [--monthly N] [--seed S]

DIR is a mirror or a folder of mirrors. One run makes its yearly volumes, of at most --most articles each, and its
monthly ones. EPUBCheck reads every yearly volume and as many monthly ones as --monthly says, drawn by --seed; the lint
reads all. Ace, which takes a second for each chapter, reads three small books: one with pictures (drawn here), one with
tables and verse, one of pages in the Minghui envelope. Where Node or Chromium is missing, its row says which. Exits 1
where anything was found.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import context, epubcheck
from benchmarks.books import draw_pictures
from benchmarks.corpus import articles
from convert import Article, MirrorpressError, Source, convert
from convert.batch.books.one_book import chapter_of, make_book
from convert.config import Config
from convert.config.pictures import PictureOptions
from convert.lint import lint
from convert.stores import Folder
from readers import machine

LARGE = 20  # articles of a book that Ace reads
LINES = 8  # line breaks of an article that is verse


def make_volumes(folder: Path, output: Path, most: int) -> tuple[list[Path], list[Path]]:
    """Run over a mirror; returns its yearly and its monthly volumes. Raises SystemExit where the run fails."""
    yearly = {"group_by": ["publisher", "year"], "sections": ["month"], "title": "{publisher} {year}"}
    monthly = {"group_by": ["publisher", "month"], "sections": ["channel"], "title": "{publisher} {month}"}
    volumes = [
        {**yearly, "file": "yearly/{publisher}-{year}.epub", "max_articles": most},
        {**monthly, "file": "monthly/{publisher}-{month}.epub"},
    ]
    config = output / "config.yaml"
    output.mkdir()
    config.write_text(json.dumps({"emit": {}, "volumes": volumes, "batch": {"verify": "off"}}), encoding="utf-8")
    command = [sys.executable, "-m", "convert", "run", "--config", str(config), "--quiet"]
    done = subprocess.run([*command, "--input", str(folder), "--output", str(output / "out")], check=False)
    if done.returncode:
        raise SystemExit(f"the run over {folder} ended with exit code {done.returncode}")
    made = [sorted((output / "out" / kind).rglob("*.epub")) for kind in ("yearly", "monthly")]
    if not all(made):
        raise SystemExit(f"{folder}: no volumes of both kinds; expected articles of a mirror")
    return made[0], made[1]


def converted(folder: Path) -> Iterator[Article]:
    """The articles of a mirror, one after the other, without those that fail."""
    for path in articles(folder):
        try:
            yield convert(Source(path, (folder / path).read_bytes()), context())
        except MirrorpressError:
            continue


def small_books(folder: Path, scratch: Path) -> dict[str, Path]:
    """Three books of different kinds, by what they hold; one of which the mirror has no article is left out."""
    kinds: dict[str, Callable[[Article], bool]] = {
        "pictures": lambda article: len(article.body.select("figure img")) > 1,
        "tables and verse": lambda article: (
            article.body.select_one("table") is not None or len(article.body.select("p > br")) >= LINES
        ),
        "Minghui": lambda article: article.profile.name.startswith("minghui"),
    }
    chosen: dict[str, list[Article]] = {kind: [] for kind in kinds}
    for article in converted(folder):
        for kind, fits in kinds.items():
            if len(chosen[kind]) < LARGE and fits(article):
                chosen[kind].append(article)
        if all(len(some) == LARGE for some in chosen.values()):
            break
    for some in chosen.values():
        draw_pictures(some, scratch)
    config = Config(pictures=PictureOptions(cache=str(scratch / "cache")))
    books = {}
    for kind, some in chosen.items():
        if some:
            data, _ = make_book([chapter_of(one) for one in some], kind, Folder(folder), config, "fetch")
            books[kind] = scratch / f"{kind}.epub"
            books[kind].write_bytes(data)
    return books


def told(what: str, volumes: int, found: Sequence[str]) -> int:
    """Print a row, and what was found behind it; returns how much that is."""
    print(f"{what:44}{volumes:>9,}{len(found):>11,}", *found[:20], sep="\n  ", flush=True)
    return len(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a mirror, or a folder of mirrors")
    parser.add_argument("--most", type=int, default=300, metavar="N", help="articles of a yearly volume at most")
    parser.add_argument("--monthly", type=int, default=30, metavar="N", help="monthly volumes that EPUBCheck reads")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        yearly, monthly = make_volumes(options.folder, base / "run", options.most)
        some = sorted(random.Random(options.seed).sample(monthly, min(options.monthly, len(monthly))))
        print(f"{'':44}{'volumes':>9}{'findings':>11}")
        found = told("EPUBCheck, usage messages too: yearly", len(yearly), epubcheck.messages(yearly))
        found += told("EPUBCheck, usage messages too: monthly", len(some), epubcheck.messages(some))
        for name, volumes in (("yearly", yearly), ("monthly", monthly)):
            linted = [str(one) for path in volumes for one in lint(path.read_bytes(), path.name)]
            found += told(f"the lint: {name}", len(volumes), linted)
        lacks = machine.lacks_for_ace()
        for kind, book in () if lacks else small_books(options.folder.resolve(), base).items():
            found += told(f"Ace: {kind}", 1, machine.violations(book, base / f"ace {kind}"))
        found += told("Ace could not be run", 0, lacks) if lacks else 0
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
