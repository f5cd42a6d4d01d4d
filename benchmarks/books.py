"""Books beside pandoc's and calibre's: wall time and peak memory of whole commands over the same articles.

    python -m benchmarks.books [DIR] [--articles N] [--large N] [--repeat N] [--ace N]

DIR is a mirror; without it a synthetic one is made. Mirrorpress reads the mirror's pages; pandoc and calibre's
`ebook-convert` get the same articles as canonical HTML, one file with a heading of the first level for each. Once
without pictures, and once with one for each that the articles name: drawn here, kept in Mirrorpress's cache, and for
the others in files beside the HTML. Then checkers say what they find in the books (benchmarks/peers.py). Peak memory
is that of the largest process of a command's tree. Where calibre is missing, its row says so.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pypandoc
from PIL import Image
from turbohtml import parse_fragment

from benchmarks import context, peers
from benchmarks.cost import measure
from benchmarks.synthetic import write_mirror
from convert import Article, MirrorpressError, Source, convert
from convert.batch.books.one_book import chapter_of, make_book
from convert.batch.pictures.cache import PictureCache, web_address
from convert.config import Config
from convert.lint import lint
from convert.stores import Folder


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


def as_html(articles: Sequence[Article], pictures: Mapping[str, Path]) -> str:
    """The articles as one HTML document: what pandoc and calibre are given.

    pictures: the file of each picture by its address; without any, pictures are left out and their captions stay.
    """
    parts = []
    for article in articles:
        body = parse_fragment(article.body.inner_html)
        for image in body.select("img"):
            if pictures:
                image.attrs["src"] = pictures[image.attr("src") or ""].as_posix()
        for picture in body.select("figure > a:has(img), img") if not pictures else ():
            picture.extract()
        parts.append(f"<h1>{html.escape(article.meta.title)}</h1>\n{body.inner_html}")
    head = '<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>Articles</title></head><body>\n'
    return head + "\n".join(parts) + "\n</body></html>\n"


def photograph(number: int) -> bytes:
    """A picture of 600 × 400 pixels with as much detail as a photograph has, the same for one number."""
    rng = random.Random(number)
    coarse, fine = (Image.frombytes("RGB", size, rng.randbytes(3 * size[0] * size[1])) for size in ((9, 6), (300, 200)))
    both = Image.blend(coarse.resize((600, 400), Image.Resampling.BICUBIC), fine.resize((600, 400)), 0.12)
    stream = io.BytesIO()
    both.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def draw_pictures(articles: Sequence[Article], folder: Path) -> dict[str, Path]:
    """Draw a picture for each that the articles name, and put it into the cache `folder/cache` and into a file."""
    cache = PictureCache(folder / "cache")
    cache.prepare()
    files: dict[str, Path] = {}
    for image in (image for article in articles for image in article.body.select("img")):
        src = image.attr("src") or ""
        if src not in files:
            files[src] = folder / f"{len(files)}.jpg"
            data = photograph(len(files))
            files[src].write_bytes(data)
            if address := web_address(src):
                cache.put(address, data)
    return files


def package_only(articles: Sequence[Article], folder: Path, repeat: int) -> float:
    """Seconds of wall time of the package step alone: converted articles into the bytes of a book without pictures."""
    rounds = []
    for _ in range(repeat):
        start = time.perf_counter()
        data, _ = make_book(list(map(chapter_of, articles)), "Articles", Folder(folder), Config(), "omit")
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
    parser.add_argument(
        "--ace", type=int, default=20, metavar="N", help="articles of the books that Ace reads; 0 leaves checks out"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        folder = options.folder
        if folder is None:
            folder = base / "mirror"
            write_mirror(folder, max(options.large, options.articles * 2))
        _show(folder.resolve(), base, options)


def _show(folder: Path, base: Path, options: argparse.Namespace) -> None:
    files = sources(folder, options.articles)
    articles = [convert(Source(one.relative_to(folder).as_posix(), one.read_bytes()), context()) for one in files]
    page = base / "articles.html"
    page.write_text(as_html(articles, {}), encoding="utf-8")
    print(f"one book of {len(files)} articles, pictures left out; medians of {options.repeat} runs")
    _compare(_commands(files, ["--pictures", "omit"], page, base), options.repeat)
    print(f"{'Mirrorpress, package step alone':34}{package_only(articles, folder, options.repeat):>7.2f} s")
    drawn = base / "pictures"
    drawn.mkdir()
    pictures = draw_pictures(articles, drawn)
    config = base / "config.yaml"
    config.write_text(json.dumps({"pictures": {"cache": str(drawn / "cache")}}), encoding="utf-8")
    fetch = ["--pictures", "fetch", "--config", str(config)]
    page.write_text(as_html(articles, pictures), encoding="utf-8")
    total = sum(file.stat().st_size for file in pictures.values())
    print(f"\nthe same with {len(pictures)} pictures of {total // max(1, len(pictures)) / 1000:.0f} KB on average")
    large = _commands(files, fetch, page, base)
    _compare(large, options.repeat)
    if options.ace:
        few = base / "few.html"
        few.write_text(as_html(articles[: options.ace], pictures), encoding="utf-8")
        peers.show(large, _commands(files[: options.ace], fetch, few, base), base)
    if options.large:
        run = [sys.executable, "-m", "convert", "run", "--input", str(folder), "--output", str(base / "out")]
        cost = measure([*run, "--limit", str(options.large), "--quiet"], 1)
        volumes = len(list((base / "out").rglob("*.epub")))
        read = json.loads((base / "out" / "report.json").read_bytes())["sources"]
        told = f"{cost.wall:.1f} s, largest process {cost.memory:.0f} MB"
        print(f"\na run of {read:,} files with its {volumes} volumes: {told}")


def _commands(files: Sequence[Path], choices: Sequence[str], page: Path, base: Path) -> dict[str, list[str]]:
    """The command of each program that is there, by its name; each makes a book of that name in `base`."""
    own = [sys.executable, "-m", "convert", "epub", *map(str, files), *choices, "-o", str(base / "Mirrorpress.epub")]
    pandoc = [pypandoc.get_pandoc_path(), str(page), "--toc", "--split-level=1", "-o", str(base / "pandoc.epub")]
    commands = {"Mirrorpress": own, "pandoc": pandoc}
    if calibre := shutil.which("ebook-convert"):
        commands["calibre"] = [calibre, str(page), str(base / "calibre.epub")]
    return commands


def _compare(commands: Mapping[str, Sequence[str]], repeat: int) -> None:
    """Print a row for each program."""
    costs = {name: measure(command, repeat) for name, command in commands.items()}
    mine = costs["Mirrorpress"]
    print(f"{'':34}{'wall':>9}{'CPU':>9}{'memory':>10}{'wall as a multiple of Mirrorpress':>36}")
    for name, cost in costs.items():
        what = "whole command" if name == "Mirrorpress" else "from canonical HTML"
        times = cost.wall / mine.wall
        print(f"{f'{name}, {what}':34}{cost.wall:>7.2f} s{cost.cpu:>7.2f} s{cost.memory:>7.0f} MB{times:>36.1f}")
    if "calibre" not in costs:
        print("calibre: not there; Debian's package is called calibre")


if __name__ == "__main__":
    main()
