"""CPU an article, beside bare reading and writing and beside other parsers of the same articles.

`python -m benchmarks.speed [DIR] [--size BYTES] [--repeat N]`; `make bench CORPUS=DIR` runs it. Figures are CPU time of
this process (`time.process_time`), the median of several repeats over the articles whose size is nearest to `--size`;
absolute times hang on the machine, the ratios less so.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup
from turbohtml import parse_fragment

from benchmarks import context
from benchmarks.synthetic import write_mirror
from convert.article import Article, Source
from convert.batch.checks import check_article
from convert.config import Output
from convert.emit import EMITTERS, EmitOptions
from convert.errors import MirrorpressError
from convert.names import PathTemplate
from convert.pipeline import TOGETHER, convert, convert_all
from convert.verify.bare import bare
from convert.verify.layout import kind_of
from convert.verify.tokens import tag_of

AVERAGE = 7000  # bytes: the size of an average article over the mirrors that the profiles were made for
MOST = 150  # articles
SYNTHETIC = 2_000  # files of a synthetic mirror, most of whose sizes are near the average
NAMES = PathTemplate.parse("{stem}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a mirror; a synthetic one without it")
    parser.add_argument("--size", type=int, default=AVERAGE, help="bytes of the articles to measure on")
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        if options.folder is None:
            write_mirror(folder, SYNTHETIC)
        if not show(folder, options.size, options.repeat):
            parser.error(f"{folder}: no articles; expected a mirror")


def show(folder: Path, size: int = AVERAGE, repeat: int = 9) -> bool:
    """Measure on a folder's articles and print the table; returns whether there were any."""
    sources = _sample(folder, size)
    if not sources:
        return False
    sizes = [len(source.data) for source in sources]
    print(f"{len(sources)} articles of {min(sizes):,} to {max(sizes):,} bytes, on average {sum(sizes) // len(sizes):,}")
    with tempfile.TemporaryDirectory() as scratch:
        _measure(sources, folder, Path(scratch), repeat)
    return True


def _sample(folder: Path, size: int) -> list[Source]:
    """The articles that some profile recognises and whose sizes are nearest to the one asked for, by path."""
    paths = [path for path in folder.rglob("*.md") if path.is_file()]
    paths.sort(key=lambda path: (abs(path.stat().st_size - size), path))
    found: list[Source] = []
    for path in paths:
        source = Source(path.relative_to(folder).as_posix(), path.read_bytes())
        try:
            if convert(source, context()).profile.name != "generic":
                found.append(source)
        except MirrorpressError:
            continue
        if len(found) == MOST:
            break
    return sorted(found, key=lambda source: source.path)


def _measure(sources: list[Source], folder: Path, scratch: Path, repeat: int) -> None:
    options = EmitOptions()
    markdown, text = EMITTERS["markdown"].write, EMITTERS["text"].write

    def bare_io() -> None:
        for source in sources:
            data = (folder / source.path).read_bytes()
            for suffix in (".md", ".txt"):
                (scratch / f"x{suffix}").write_bytes(data)

    def write(article: Article | MirrorpressError) -> None:
        assert isinstance(article, Article), article
        markdown(article, options)
        text(article, options)

    def whole() -> None:
        for start in range(0, len(sources), TOGETHER):
            some = sources[start : start + TOGETHER]
            for article in convert_all([(Source(one.path, one.data), context()) for one in some]):
                write(article)

    def one_by_one() -> None:
        for source in sources:
            write(convert(Source(source.path, source.data), context()))

    outputs = [(one, markdown(one, options), text(one, options)) for one in _articles(sources)]

    def verified(thorough: bool) -> None:
        files = {"markdown": Output("markdown", NAMES, markdown, options), "text": Output("text", NAMES, text, options)}
        for cache in (bare, kind_of, tag_of):
            cache.cache_clear()  # a run meets every address once
        for article, first, second in outputs:
            written = [(files["markdown"], "a.md", first), (files["text"], "a.txt", second)]
            found = check_article(article, written, thorough=thorough)
            assert not found, found

    def turbohtml() -> None:
        for source in sources:
            parse_fragment(source.data.decode("utf-8", "replace"), positions=False)

    def beautifulsoup() -> None:
        for source in sources:
            BeautifulSoup(source.data, "html.parser")

    rows: dict[str, Callable[[], None]] = {
        "bare reading, writing two files": bare_io,
        "turbohtml: parse only": turbohtml,
        f"Mirrorpress: {TOGETHER} articles at a time, as `run` does": whole,
        "Mirrorpress: one article after the other": one_by_one,
        "verify: in a run, of what it wrote": lambda: verified(False),
        "verify: every check, as `mirrorpress verify` does": lambda: verified(True),
        "BeautifulSoup (html.parser): parse only": beautifulsoup,
    }
    results = _cpu(rows, repeat)
    own = list(results.values())[2]
    print("Mirrorpress means: to Markdown and text, metadata included")
    for name, seconds in results.items():
        each = seconds * 1000 / len(sources)
        print(f"{name:52}{each:9.3f} ms an article {seconds / own:8.2f} × Mirrorpress")


def _articles(sources: list[Source]) -> list[Article]:
    return [convert(Source(one.path, one.data), context()) for one in sources]


def _cpu(rows: dict[str, Callable[[], None]], repeat: int) -> dict[str, float]:
    """CPU seconds of each row: the median of several rounds, in turn, after one that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(repeat + 1):
        for name, function in rows.items():
            gc.collect()  # what one row leaves behind is not the next one's work
            start = time.process_time()
            function()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(rounds[1:]) for name, rounds in times.items()}


if __name__ == "__main__":
    main()
