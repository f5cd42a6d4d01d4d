"""Books beside pandoc's and calibre's: wall time and peak memory of whole commands over the same articles.

    python -m benchmarks.books [DIR] [--articles N] [--large N] [--repeat N]

DIR is a mirror; without it a synthetic one is made. Mirrorpress reads the mirror's pages; pandoc and calibre's
`ebook-convert` get the same articles as canonical HTML, one file with a heading of the first level for each. Peak
memory is the largest process of a command's tree that was waited for. Where calibre is missing, its row says so.
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypandoc

from benchmarks import context
from benchmarks.synthetic import write_mirror
from convert import MirrorpressError, Source, convert
from convert.batch.one_book import make_book
from convert.config import Config
from convert.lint import lint


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of wall time, seconds of CPU, megabytes of the largest process."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str], repeat: int) -> Cost:
    """The medians of several runs of a command. Raises SystemExit, with what it printed, where it fails."""
    costs = []
    for _ in range(repeat):
        with tempfile.TemporaryFile() as told:
            start = time.perf_counter()
            process = os.posix_spawnp(
                command[0],
                list(command),
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, told.fileno(), 1), (os.POSIX_SPAWN_DUP2, told.fileno(), 2)],
            )
            _, status, usage = os.wait4(process, 0)
            wall = time.perf_counter() - start
            if os.waitstatus_to_exitcode(status):
                told.seek(0)
                raise SystemExit(f"{' '.join(command[:3])} …: {told.read().decode(errors='replace')[-2000:]}")
        costs.append(Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "memory")))


def sources(folder: Path, count: int) -> list[Path]:
    """So many articles of a mirror that some profile recognises, in the order of their paths, each once."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.md")):
        if len(found) == count:
            break
        try:
            article = convert(Source(path.relative_to(folder).as_posix(), path.read_bytes()), context())
        except MirrorpressError:
            continue
        if article.profile.name != "generic":
            found.setdefault(article.meta.id or article.path, path)
    return list(found.values())


def as_html(files: Sequence[Path], folder: Path) -> str:
    """The articles as one HTML document, without pictures: what pandoc and calibre are given."""
    parts = []
    for path in files:
        article = convert(Source(path.relative_to(folder).as_posix(), path.read_bytes()), context())
        for picture in article.body.select("figure > a:has(img), img"):
            picture.extract()
        blocks = "\n".join(block.html for block in article.body.children)
        parts.append(f"<h1>{html.escape(article.meta.title)}</h1>\n{blocks}")
    head = '<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>Articles</title></head><body>\n'
    return head + "\n".join(parts) + "\n</body></html>\n"


def package_only(files: Sequence[Path], folder: Path, repeat: int) -> float:
    """Seconds of wall time of the package step alone: converted articles into the bytes of a book."""
    articles = [convert(Source(one.relative_to(folder).as_posix(), one.read_bytes()), context()) for one in files]
    rounds = []
    for _ in range(repeat):
        start = time.perf_counter()
        data, _ = make_book(articles, "Articles", folder, Config())
        rounds.append(time.perf_counter() - start)
    findings = lint(data, "the book")
    assert not findings, findings
    return statistics.median(rounds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a mirror; a synthetic one without it")
    parser.add_argument("--articles", type=int, default=300, metavar="N", help="articles of the book")
    parser.add_argument(
        "--large", type=int, default=5000, metavar="N", help="articles of the large run; 0 leaves it out"
    )
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        folder = options.folder
        if folder is None:
            folder = base / "mirror"
            write_mirror(folder, max(options.large, options.articles * 2))
        _show(folder.resolve(), base, options.articles, options.large, options.repeat)


def _show(folder: Path, base: Path, count: int, large: int, repeat: int) -> None:
    files = sources(folder, count)
    page = base / "articles.html"
    page.write_text(as_html(files, folder), encoding="utf-8")
    own = [sys.executable, "-m", "convert", "epub", *map(str, files), "-o", str(base / "own.epub")]
    pandoc = [pypandoc.get_pandoc_path(), str(page), "--toc", "--split-level=1", "-o", str(base / "pandoc.epub")]
    calibre = shutil.which("ebook-convert")
    rows = {"Mirrorpress, whole command": own, "pandoc, from canonical HTML": pandoc}
    if calibre:
        rows["calibre, from canonical HTML"] = [calibre, str(page), str(base / "calibre.epub")]
    costs = {name: measure(command, repeat) for name, command in rows.items()}
    mine = next(iter(costs.values()))
    print(f"one book of {len(files)} articles, pictures left out; medians of {repeat} runs")
    print(f"{'':34}{'wall':>9}{'CPU':>9}{'memory':>10}{'wall as a multiple of Mirrorpress':>36}")
    for name, cost in costs.items():
        times = cost.wall / mine.wall
        print(f"{name:34}{cost.wall:>7.2f} s{cost.cpu:>7.2f} s{cost.memory:>7.0f} MB{times:>36.1f}")
    if not calibre:
        print("calibre: not there; Debian's package is called calibre")
    print(f"{'Mirrorpress, package step alone':34}{package_only(files, folder, repeat):>7.2f} s")
    if large:
        run = [sys.executable, "-m", "convert", "run", "--input", str(folder), "--output", str(base / "out")]
        cost = measure([*run, "--limit", str(large), "--quiet"], 1)
        volumes = len(list((base / "out").rglob("*.epub")))
        told = f"{cost.wall:.1f} s, largest process {cost.memory:.0f} MB"
        print(f"a run of {large:,} files with its {volumes} volumes: {told}")


if __name__ == "__main__":
    main()
