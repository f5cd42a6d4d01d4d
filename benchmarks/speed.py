"""CPU an article, beside bare reading and writing and beside other parsers of the same articles.

`python -m benchmarks.speed DIR [--size BYTES] [--repeat N]`; `make bench CORPUS=DIR` runs it. Figures are CPU time of
this process (`time.process_time`), the median of several repeats over the articles whose size is nearest to `--size`;
absolute times hang on the machine, the ratios less so.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup
from turbohtml import parse_fragment

from convert.article import Context, Source
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.enrich import STEPS
from convert.errors import MirrorpressError
from convert.pipeline import convert
from convert.profiles import load_profiles

AVERAGE = 7000  # bytes: the size of an average article over the mirrors that the profiles were made for
MOST = 150  # articles


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=AVERAGE, help="bytes of the articles to measure on")
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args(arguments)
    sources = _sample(options.folder, options.size)
    if not sources:
        parser.error(f"{options.folder}: no articles; expected a mirror")
    sizes = [len(source.data) for source in sources]
    print(f"{len(sources)} articles of {min(sizes):,} to {max(sizes):,} bytes, on average {sum(sizes) // len(sizes):,}")
    with tempfile.TemporaryDirectory() as scratch:
        _measure(sources, options.folder, Path(scratch), options.repeat)


def _sample(folder: Path, size: int) -> list[Source]:
    """The articles that some profile recognises and whose sizes are nearest to the one asked for, by path."""
    context = Context(load_profiles(), RULES, STEPS)
    paths = [path for path in folder.rglob("*.md") if path.is_file()]
    paths.sort(key=lambda path: (abs(path.stat().st_size - size), path))
    found: list[Source] = []
    for path in paths:
        source = Source(path.relative_to(folder).as_posix(), path.read_bytes())
        try:
            if convert(source, context).profile.name != "generic":
                found.append(source)
        except MirrorpressError:
            continue
        if len(found) == MOST:
            break
    return sorted(found, key=lambda source: source.path)


def _measure(sources: list[Source], folder: Path, scratch: Path, repeat: int) -> None:
    context = Context(load_profiles(), RULES, STEPS)
    options = EmitOptions()
    markdown, text = EMITTERS["markdown"].write, EMITTERS["text"].write

    def bare(source: Source) -> None:
        data = (folder / source.path).read_bytes()
        for suffix in (".md", ".txt"):
            (scratch / f"x{suffix}").write_bytes(data)

    def whole(source: Source) -> None:
        article = convert(Source(source.path, source.data), context)
        markdown(article, options)
        text(article, options)

    rows: list[tuple[str, Callable[[Source], object]]] = [
        ("bare reading, writing two files", bare),
        ("turbohtml: parse only", lambda one: parse_fragment(one.data.decode("utf-8", "replace"), positions=False)),
        ("Mirrorpress: Markdown and text, metadata included", whole),
        ("BeautifulSoup (html.parser): parse only", lambda one: BeautifulSoup(one.data, "html.parser")),
    ]
    results = {name: _cpu(function, sources, repeat) for name, function in rows}
    own = results[rows[2][0]]
    for name, seconds in results.items():
        print(f"{name:52}{seconds * 1000:9.3f} ms an article {seconds / own:8.2f} × Mirrorpress")


def _cpu(function: Callable[[Source], object], sources: list[Source], repeat: int) -> float:
    """CPU seconds an article: the median of several repeats, after one that is not counted."""
    times = []
    for _ in range(repeat + 1):
        start = time.process_time()
        for source in sources:
            function(source)
        times.append((time.process_time() - start) / len(sources))
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
