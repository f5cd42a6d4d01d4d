"""Fidelity over a folder of mirrors: every check of every article, in one table.

    python -m benchmarks.corpus DIR [--limit N] [--jobs N] [--show N] [--volumes N] [--no-runs]

Each folder of DIR is a mirror and is read by itself; then all of DIR is read together. Exits 1 where a figure is not
at its target.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import context, epubcheck, speed
from convert import Article, Source, convert
from convert.batch.inputs.sources import find_sources
from convert.batch.report import PAGE
from convert.catalogue import CATALOGUE
from convert.emit import EMITTERS, EmitOptions
from convert.errors import NothingToReadError
from convert.verify import (
    Difference,
    View,
    addresses,
    canonical,
    cmark_gfm,
    conservation,
    descriptions,
    front_matter,
    han_spaces,
    invention,
    marks,
    plain_text,
    reads_back,
    residue,
    spacing,
)
from convert.verify.difference import short

TOGETHER = "together"
LONG = 200  # characters

# Pieces of the mirrors' own apparatus that no output may have, whatever their profiles say.
NAVIGATION = ("[首页](", "#### [首页]", "手机上长按并复制", "原文链接（需翻墙）", "原文地址（需翻墙访问）")
TRACKERS = ("gfw-breaker.win", "141.147.8.229")
MASKED = ("ok",)

# name in the table, what it counts ("files" with a difference, its "characters", or "times")
FIGURES: dict[str, str] = {
    "failed": "times",
    "lost": "characters",
    "order": "characters",
    "invented": "characters",
    "note": "times",
    "description lost": "times",
    "space lost": "times",
    "space invented": "times",
    "line lost": "times",
    "line invented": "times",
    "mark lost": "times",
    "mark invented": "times",
    "address lost": "times",
    "address invented": "times",
    "address order": "times",
    "han space": "times",
    "navigation": "times",
    "tracker": "times",
    "masked tag": "times",
    "script address": "times",
    "canonical": "times",
    "reads back (cmark-gfm)": "files",
    "reads back (markdown-it-py)": "files",
    "front matter (PyYAML)": "files",
    "front matter (ruamel.yaml)": "files",
    "plain text": "files",
    "differs the second time": "files",
}


@dataclass
class Tally:
    """What was found in a mirror: counts by figure, examples by figure."""

    files: int = 0
    mails: int = 0
    long: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, figure: str, found: Iterable[Difference], show: int) -> None:
        """Count differences of one file under a figure."""
        differences = list(found)
        if not differences:
            return
        kind = FIGURES[figure]
        if kind == "files":
            self.counts[figure] += 1
        elif kind == "times":
            self.counts[figure] += len(differences)
        else:
            self.counts[figure] += sum(max(len(one.expected), len(one.found)) for one in differences)
        self.example(figure, differences, show)

    def example(self, figure: str, differences: list[Difference], show: int) -> None:
        """Keep the first differences of a figure as examples."""
        examples = self.examples.setdefault(figure, [])
        examples += [str(one) for one in differences[: max(0, show - len(examples))]]

    def merge(self, other: Tally, show: int) -> None:
        """Add what another worker found."""
        self.files += other.files
        self.mails += other.mails
        self.long += other.long
        self.counts += other.counts
        for figure, examples in other.examples.items():
            mine = self.examples.setdefault(figure, [])
            mine += examples[: max(0, show - len(mine))]


@cache
def markdown_it() -> Callable[[str], str]:
    """The second CommonMark reader, which shares no code with the first."""
    from markdown_it import MarkdownIt

    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render
    return lambda text: str(render(text))


@cache
def ruamel() -> Callable[[str], Any]:
    """The second YAML reader: YAML 1.2, in Python alone."""
    from ruamel.yaml import YAML

    return lambda text: YAML(typ="safe", pure=True).load(text)


def articles(root: Path) -> list[str]:
    """The paths of a mirror's articles below it, with slashes, in order; none where there are none."""
    try:
        return find_sources(root, context().profiles).paths
    except NothingToReadError:
        return []


def check_all(root: str, paths: list[str], show: int) -> Tally:
    """Convert and check some articles of a mirror."""
    tally = Tally()
    for path in paths:
        tally.files += 1
        source = Source(path, (Path(root) / path).read_bytes())
        try:
            article = convert(source, context())
            markdown, text = written(article)
            again = written(convert(source, context()))
        except Exception as error:  # whatever it is, it is one failure, and the rest goes on
            tally.add("failed", [Difference("failed", path, "", f"{type(error).__name__}: {error}")], show)
            continue
        check_one(tally, article, markdown, text, show)
        if again != (markdown, text):
            tally.add("differs the second time", [Difference("second", path, "the same bytes", "others")], show)
    return tally


def written(article: Article) -> tuple[str, str]:
    """An article's Markdown and text."""
    options = EmitOptions()
    return (
        EMITTERS["markdown"].write(article, options).decode("utf-8"),
        EMITTERS["text"].write(article, options).decode("utf-8"),
    )


def check_one(tally: Tally, article: Article, markdown: str, text: str, show: int) -> None:
    """Every check of one article."""
    view = View(article)
    found = [
        *conservation(view),
        *invention(view),
        *descriptions(view),
        *spacing(view),
        *marks(view),
        *addresses(view),
        *han_spaces(view),
        *canonical(view),
    ]
    for output in (view.html, markdown):
        found += residue(article.path, output, hosts=TRACKERS, masked=MASKED, marks=NAVIGATION)
    for check in {one.check for one in found}:
        tally.add(check, [one for one in found if one.check == check], show)
    long = [
        Difference("long removal", f"{article.path}, {note.rule}", "", short(note.text))
        for note in article.notes
        if note.kind == "removed"
        and note.of == "text"
        and len(note.text) > LONG
        and not note.rule.startswith("envelope")
    ]
    tally.long += len(long)
    tally.example("long removal", long, show)
    differences, mails = reads_back(markdown, view, cmark_gfm)
    tally.mails += mails
    tally.add("reads back (cmark-gfm)", differences, show)
    tally.add("reads back (markdown-it-py)", reads_back(markdown, view, markdown_it())[0], show)
    tally.add("front matter (PyYAML)", front_matter(markdown, article), show)
    tally.add("front matter (ruamel.yaml)", front_matter(markdown, article, ruamel()), show)
    tally.add("plain text", plain_text(text, view), show)


def check_mirrors(mirrors: dict[str, Path], limit: int, jobs: int, show: int) -> dict[str, Tally]:
    """Check every mirror with several processes."""
    result = {}
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for name, root in mirrors.items():
            paths = articles(root)
            paths = paths[:: max(1, len(paths) // limit)][:limit] if limit else paths
            chunks = [paths[start : start + 64] for start in range(0, len(paths), 64)]
            tally = Tally()
            for part in pool.starmap(check_all, [(str(root), chunk, show) for chunk in chunks]):
                tally.merge(part, show)
            result[name] = tally
    return result


def digest(folder: Path) -> str:
    """One digest of all files below a folder and their paths, but for what is hidden, or tells when the run was."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(".") and name not in {CATALOGUE, PAGE}:
            total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def run(root: Path, output: Path, jobs: int, seed: int) -> str:
    """`mirrorpress run` over a mirror with the default config; returns the digest of what it wrote.

    seed: of Python's hashes, so that an order that hangs on them shows.
    """
    command = [sys.executable, "-m", "convert", "run", "--input", str(root), "--output", str(output)]
    done = subprocess.run(
        [*command, "--jobs", str(jobs), "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
    )
    if done.returncode:
        print(f"  run over {root} with {jobs} jobs: exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        return f"exit code {done.returncode}"
    return digest(output)


def check_runs(mirrors: dict[str, Path], jobs: int, volumes: int, show: int) -> dict[str, dict[str, int]]:
    """Run the command over every mirror: twice, with one job and with several; and EPUBCheck over the volumes.

    volumes: how many of a mirror's volumes EPUBCheck reads, spread evenly; negative for all of them.
    """
    result = {}
    for name, root in mirrors.items():
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            settings = ((1, 1), (2, 1), (3, max(2, jobs)))
            first, second, third = (run(root, base / str(number), workers, number) for number, workers in settings)
            broken = first.startswith("exit code")
            books = sorted((base / "1").rglob("*.epub"))
            some = books if volumes < 0 else books[:: max(1, len(books) // max(1, volumes))][:volumes]
            messages = epubcheck.messages(some)
            print(*messages[:show], sep="\n")
            result[name] = {
                "two runs differ": int(first != second or broken),
                "1 and 2 jobs differ": int(first != third or broken),
                "volumes": len(books),
                "volumes read by EPUBCheck": len(some),
                "EPUBCheck messages": len(messages),
            }
    return result


def show_table(tallies: dict[str, Tally], runs: dict[str, dict[str, int]]) -> int:
    """Print the figures; returns how many are not at their target."""
    names = list(tallies)
    wide = max(map(len, [*FIGURES, "EPUBCheck messages"])) + 14
    print(" " * wide + "".join(f"{name[:15]:>16}" for name in names))
    rows = {"articles": [tally.files for tally in tallies.values()]}
    rows |= {
        f"{figure} ({kind})": [tally.counts[figure] for tally in tallies.values()] for figure, kind in FIGURES.items()
    }
    missed = sum(1 for label, row in rows.items() if label != "articles" and any(row))
    rows[f"removals of over {LONG} characters (to be looked at)"] = [tally.long for tally in tallies.values()]
    rows["plain mail addresses linked (allowed)"] = [tally.mails for tally in tallies.values()]
    for label in next(iter(runs.values()), {}):
        rows[label] = [runs[name][label] for name in names]
        missed += int(not label.startswith("volumes") and any(rows[label]))
    for label, row in rows.items():
        print(f"{label:<{wide}}" + "".join(f"{number:>16,}" for number in row))
    return missed


def main(arguments: list[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of mirrors")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="at most N articles of each mirror")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N differences of each kind")
    parser.add_argument("--no-runs", action="store_true", help="leave `mirrorpress run` out, and the volumes with it")
    parser.add_argument("--volumes", type=int, default=-1, metavar="N", help="EPUBCheck reads N volumes of each mirror")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    mirrors = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and articles(path)}
    if not mirrors:
        parser.error(f"{folder}: no articles; expected a folder of mirrors, each a folder of .md, .txt or .html files")
    mirrors[TOGETHER] = folder
    tallies = check_mirrors(mirrors, options.limit, options.jobs, options.show)
    runs = {} if options.no_runs else check_runs(mirrors, options.jobs, options.volumes, options.show)
    missed = show_table(tallies, runs)
    for name, tally in tallies.items():
        for figure, examples in tally.examples.items():
            if examples:
                print(f"\n{name}: {figure}", *examples, sep="\n  ")
    print("\nCPU:")
    speed.show(folder)
    print(f"\n{missed} figures are not at their target" if missed else "\nevery figure is at its target")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
