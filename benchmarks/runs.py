"""Whole runs over a mirror, beside bare loops that read, write and look at as many files.

    python -m benchmarks.runs [DIR] [--articles N] [--repeat N] [--scratch DIR]

DIR is a mirror or a folder of them; without it a synthetic one of N files is made. Everything is measured as a process
of its own: wall time, CPU of all its processes, memory of the largest (benchmarks/cost.py). What is compared:

- a first run, without volumes and verifying, with a loop that reads every source, and writes and renames as many files
  with as many bytes as the run wrote; then what verifying adds, and what volumes add;
- a run with nothing to do, with a loop that lists the folders of sources and outputs and asks the status of each file;
- a run after a hundred articles have changed;
- the memory of a first run over a tenth of the articles, and over all.

The loops are Python too, with nothing imported. The synthetic mirror's files are written more than two seconds before
they are read, as those of a real one are; younger ones are looked at twice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost import Cost, measure
from benchmarks.synthetic import change, write_mirror
from convert.batch.engines.machine import cores
from convert.catalogue import CATALOGUE

CHANGED = 100

# One process, as simple as it can be: what reading and writing of these files costs whoever does it.
COPY = """
import json, os, sys
root, target, work = sys.argv[1:]
for sources, outputs in json.load(open(work)):
    for path in sources:
        with open(f"{root}/{path}", "rb", buffering=0) as file:
            data = file.read()
    for path, size in outputs:
        name = f"{target}/{path}"
        try:
            file = open(name + ".part", "wb", buffering=0)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(name), exist_ok=True)
            file = open(name + ".part", "wb", buffering=0)
        file.write((data * (size // max(1, len(data)) + 1))[:size])
        file.close()
        os.replace(name + ".part", name)
"""

LOOK = """
import os, sys
waiting = sys.argv[1:]
while waiting:
    for entry in os.scandir(waiting.pop()):
        if entry.is_dir(follow_symlinks=False):
            waiting.append(entry.path)
        else:
            entry.stat(follow_symlinks=False)
"""


@dataclass(frozen=True, slots=True)
class Runs:
    """A mirror, and the folder that its runs write to."""

    source: Path
    output: Path
    repeat: int

    def config(self, verify: str, volumes: bool) -> Path:
        """A config of the default formats."""
        file = self.output.parent / f"{verify}-{volumes}.yaml"
        text = f"input: {json.dumps(str(self.source))}\noutput: {json.dumps(str(self.output))}\n"
        text += f"batch: {{verify: '{verify}'}}\n"
        file.write_text(text if volumes else f"{text}volumes: []\nfeed: false\n", encoding="utf-8")
        return file

    def cost(self, config: Path, fresh: bool) -> Cost:
        """What one run takes; a fresh one begins without any output."""
        costs = []
        for _ in range(self.repeat):
            if fresh:
                shutil.rmtree(self.output, ignore_errors=True)
            os.sync()  # what was written before is not this run's to wait for
            costs.append(measure([sys.executable, "-m", "convert", "run", "--quiet", "--config", str(config)], 1))
        return sorted(costs, key=lambda one: one.cpu)[len(costs) // 2]

    def bare(self, code: str, *arguments: str) -> Cost:
        """What a loop takes that does nothing else."""
        return measure([sys.executable, "-S", "-c", code, *arguments], self.repeat)

    def work(self) -> Path:
        """What the last run read and wrote: of each article its sources, and its outputs with their sizes."""
        with sqlite3.connect(self.output / CATALOGUE) as catalogue:
            files: dict[str, list[tuple[str, int]]] = {}
            for owner, path, size in catalogue.execute("SELECT owner, path, size FROM output"):
                files.setdefault(owner, []).append((path, size))
            rows = catalogue.execute("SELECT name, path, aliases FROM article ORDER BY path").fetchall()
        work = [([path, *json.loads(aliases)], files[name]) for name, path, aliases in rows]
        file = self.output.parent / "work.json"
        file.write_text(json.dumps(work), encoding="utf-8")
        return file

    def counts(self) -> tuple[int, int]:
        """How many sources and articles there are."""
        with sqlite3.connect(self.output / CATALOGUE) as catalogue:
            (sources,) = catalogue.execute("SELECT count(*) FROM source").fetchone()
            (articles,) = catalogue.execute("SELECT count(*) FROM article").fetchone()
        return sources, articles


def show(runs: Runs, changes: bool) -> None:
    """Measure, and print the table."""
    plain = runs.config("off", False)
    first = runs.cost(plain, fresh=True)
    sources, articles = runs.counts()
    nothing = runs.cost(plain, fresh=False)
    looking = runs.bare(LOOK, str(runs.source), str(runs.output))
    shutil.rmtree(runs.output.parent / "bare", ignore_errors=True)
    copying = runs.bare(COPY, str(runs.source), str(runs.output.parent / "bare"), str(runs.work()))
    print(f"{sources:,} sources, {articles:,} articles, {cores()} cores; milliseconds an article are of CPU")

    def line(what: str, cost: Cost, more: str) -> None:
        print(f"{what:44}{cost.wall:8.2f} s wall {cost.cpu:8.2f} s CPU {cost.memory:6.0f} MB   {more}", flush=True)

    def each(cost: Cost, other: Cost) -> str:
        return f"{(cost.cpu - other.cpu) * 1000 / articles:+.3f} ms an article"

    line("loop: read all, write as many files", copying, f"{copying.cpu * 1000 / articles:.3f} ms an article")
    line(
        "first run, no volumes, verify off", first, f"{each(first, copying)}, {first.cpu / copying.cpu:.2f} × the loop"
    )
    line("loop: list and stat sources and outputs", looking, "")
    line("run with nothing to do", nothing, f"{nothing.wall / looking.wall:.2f} × the loop")
    if changes:
        costs = []
        for seed in range(runs.repeat):
            change(runs.source, CHANGED, seed + 1)
            os.sync()
            time.sleep(2.5)  # a younger file is looked at once more by the run after
            costs.append(measure([sys.executable, "-m", "convert", "run", "--quiet", "--config", str(plain)], 1))
        line(f"run after {CHANGED} articles have changed", sorted(costs, key=lambda one: one.wall)[len(costs) // 2], "")
    verified = runs.cost(runs.config("changed", False), fresh=True)
    line("first run, no volumes, verify on", verified, f"{each(verified, first)} more")
    whole = runs.cost(runs.config("off", True), fresh=True)
    line("first run, the shipped volumes, verify off", whole, f"{each(whole, first)} more")


def memory(runs: Runs, tenth: Path) -> None:
    """Print what a run over a tenth of the articles takes beside one over all."""
    small = Runs(tenth, runs.output, 1)
    for what, one in (("a tenth", small), ("all", runs)):
        cost = one.cost(one.config("changed", True), fresh=True)
        print(f"memory of the largest process over {what:8} {cost.memory:6.0f} MB ({one.counts()[0]:,} sources)")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the mirror, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a mirror; a synthetic one without it")
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to write, some 3 GB for 100,000 files")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        base = Path(scratch)
        if options.folder is None:
            write_mirror(base / "mirror", options.articles)
            write_mirror(base / "tenth", options.articles // 10)
            time.sleep(2.5)
        runs = Runs((options.folder or base / "mirror").resolve(), base / "out", options.repeat)
        show(runs, changes=options.folder is None)
        if options.folder is None:
            memory(runs, base / "tenth")


if __name__ == "__main__":
    main()
