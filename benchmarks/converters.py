"""The same articles through Mirrorpress and through other programs: what it costs, and what it leaves wrong.

    python -m benchmarks.converters [DIR] [--articles N] [--prepared] [--repeat N] [--only NAME] [--keep DIR] [--show N]

DIR is a mirror or a folder of them, from which so many files are taken that hold HTML, evenly spread; without it a
synthetic one is made. Every program reads each file, converts what is in it, and writes a Markdown file, on all cores,
as its users run it: Mirrorpress by its command, with Markdown alone and no volumes, once without verifying and once as
it does by default; pandoc and calibre by their commands, once a file; the others as libraries in a pool of processes
that import nothing else (benchmarks/converting.py, which says with which options). CPU is that of all processes of a
command. calibre gets a hundred of the files, since it takes long. A program that is not there is named, with how to
get it (benchmarks/programs.py).

Then benchmarks/fidelity.py holds one output an article against its source, by the same checks for all; its functions
say how each is checked. Figures are shares of the articles that a check concerns; how many those are stands in front.
Of an article with copies, that copy counts whose body is longest, which is the one that Mirrorpress writes. Mirrorpress
itself takes some lines of a page away on purpose (credits, invitations to subscribe): that is what the row "text that
the page shows gone" has of it, and the row behind it says whether `run --notes` names each. The others write no notes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import context, converting
from benchmarks.corpus import articles
from benchmarks.cost import Cost, measure
from benchmarks.fidelity import CHECKS, Faults, faults
from benchmarks.outputs import Wanted
from benchmarks.programs import OWN, SAMPLES, chosen, titled
from benchmarks.synthetic import write_mirror
from convert import MirrorpressError, Source, convert
from convert.batch.engines.machine import cores
from convert.parse import identity

WARM = 16  # files of a run that is not counted: packages have their bytecode afterwards, and the disk its pages


@dataclass(frozen=True, slots=True)
class Group:
    """An article: the source that is compared, and the path of Mirrorpress's output."""

    path: str
    output: str


def take(folder: Path, count: int, target: Path) -> None:
    """Copy so many articles of a mirror, evenly spread, and its channel names; not what is Markdown already."""
    paths = [path for path in articles(folder) if _is_html((folder / path).read_bytes())]
    for path in paths[:: max(1, len(paths) // count)][:count]:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, target / path)
    for names in folder.rglob("scripts/index.csv"):
        where = target / names.relative_to(folder)
        if where.parent.parent.is_dir():
            where.parent.mkdir(exist_ok=True)
            shutil.copyfile(names, where)


def _is_html(data: bytes) -> bool:
    """Whether a source's article is HTML, as it is in most mirrors whatever their files are called."""
    return b"</p>" in data


def command(name: str, source: Path, base: Path, ready: bool) -> list[str]:
    """The command of one program over a folder; its Markdown goes into `base / name`, which is fresh."""
    target = base / name
    shutil.rmtree(target, ignore_errors=True)
    if name in OWN:
        config = base / f"{name}.yaml"
        emit = {"markdown": {"path": "{folder}/{stem}.md"}}
        chosen = {"emit": emit, "volumes": [], "feed": False, "batch": {"verify": OWN[name]}}
        config.write_text(json.dumps({"input": str(source), "output": str(target), **chosen}), encoding="utf-8")
        return [sys.executable, "-m", "convert", "run", "--config", str(config), "--quiet"]
    script = str(Path(converting.__file__))
    failed = str(base / f"{name}.failed")
    more = ["--prepared"] if ready else []
    # -P: the folder of the script is no place to import from
    return [sys.executable, "-P", script, name, str(source), str(target), failed, *more]


def cost(name: str, source: Path, base: Path, ready: bool, repeat: int) -> Cost:
    """What one program takes for all files: the round with the middle wall time."""
    rounds = [measure(command(name, source, base, ready), 1) for _ in range(repeat)]
    return sorted(rounds, key=lambda one: one.wall)[len(rounds) // 2]


def groups(folder: Path) -> list[Group]:
    """The articles of a folder by publisher and id, as a run takes them; without an id each file is one of its own."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for path in articles(folder):
        try:
            one = identity(Source(path, (folder / path).read_bytes()), context())
        except MirrorpressError:
            continue
        key = (one.publisher, one.id) if one.publisher and one.id else ("", path)
        found.setdefault(key, []).append((-len(one.body), path))
    return [Group(min(some)[1], min(path for _, path in some)) for some in found.values()]


def look(
    some: Sequence[Group], source: Path, base: Path, given: Mapping[str, frozenset[str]]
) -> dict[str, tuple[int, Faults]]:
    """How many of some articles each program was given, and the faults of its outputs.

    given: the paths of its files.
    """
    result = {name: (0, Faults(Counter(), Counter(), {})) for name in given}
    for group in some:
        article = convert(Source(group.path, (source / group.path).read_bytes()), context())
        wanted = Wanted(article)
        notes = [note.text for note in article.notes]
        for name in (name for name, paths in given.items() if group.path in paths):
            file = base / name / (group.output if name in OWN else group.path)
            output = file.read_text(encoding="utf-8") if file.exists() else ""
            count, found = result[name]
            found.merge(faults(wanted, output, notes if name in OWN else ()))
            result[name] = count + 1, found
    return result


def look_at_all(
    found: Sequence[Group], source: Path, base: Path, given: Mapping[str, frozenset[str]]
) -> dict[str, tuple[int, Faults]]:
    """The same of all articles, with all cores."""
    chunks = [found[start : start + 32] for start in range(0, len(found), 32)]
    result = {name: (0, Faults(Counter(), Counter(), {})) for name in given}
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        for part in pool.imap(partial(look, source=source, base=base, given=given), chunks):
            for name, (count, one) in part.items():
                result[name][1].merge(one)
                result[name] = result[name][0] + count, result[name][1]
    return result


def show_costs(costs: dict[str, Cost], files: Mapping[str, int]) -> None:
    """Print what each program took. files: how many it was given; the multiples are those of one file."""
    first = next(iter(costs))
    mine = costs[first]
    head = ("wall", "CPU a file", "largest process", "wall", "CPU")
    print(f"{'':28}" + "".join(f"{one:>16}" for one in head) + "   (a file, as multiples of the first row)")
    for name, one in costs.items():
        each = one.cpu * 1000 / files[name]
        share = files[first] / files[name]
        cells = (f"{one.wall:.2f} s", f"{each:.2f} ms", f"{one.memory:.0f} MB")
        ratios = (f"{share * one.wall / mine.wall:.2f}", f"{share * one.cpu / mine.cpu:.2f}")
        title = titled(name) + (f", {files[name]} files" if files[name] < max(files.values()) else "")
        print(f"{title:28}" + "".join(f"{cell:>16}" for cell in (*cells, *ratios)))


def show_faults(result: dict[str, Faults], rows: dict[str, list[str]], show: int) -> None:
    """Print the share of articles that each fault concerns in which it was found; rows: further ones, as they are."""
    print(f"\n{'share of articles in which':40}{'of':>7}" + "".join(f"{name:>17}" for name in result))
    for check in CHECKS:
        concerned = max(one.concerned[check] for one in result.values())
        shares = ((one.found[check], one.concerned[check]) for one in result.values())
        cells = [f"{found / all_:.1%}" if all_ else "-" for found, all_ in shares]
        print(f"{check:40}{concerned:>7,}" + "".join(f"{cell:>17}" for cell in cells))
    for label, cells in rows.items():
        print(f"{label:47}" + "".join(f"{cell:>17}" for cell in cells))
    for name, one in result.items():
        for check in CHECKS if show else ():
            if one.examples.get(check):
                print(f"\n{name}: {check}", *one.examples[check][:show], sep="\n  ")


def failures(base: Path, names: Iterable[str]) -> list[str]:
    """How many files each program could not convert; of Mirrorpress by its report."""
    told = []
    for name in names:
        file = base / f"{name}.failed"
        if name in OWN:
            told.append(str(len(json.loads((base / name / "report.json").read_bytes())["failed"])))
        else:
            told.append(str(len(file.read_text(encoding="utf-8").splitlines())))
    return told


def sample(name: str, source: Path, base: Path) -> Path:
    """The folder of the files that a program is given: all of them, or some, evenly spread."""
    if name not in SAMPLES:
        return source
    target = base / f"{name}.sources"
    if not target.is_dir():
        take(source, SAMPLES[name], target)
    return target


def compare(source: Path, base: Path, options: argparse.Namespace) -> None:
    """Run every program over a folder, and print both tables."""
    names, missing = chosen(options.only)
    for why in missing:
        print(f"not there: {why}")
    few = base / "few"
    take(source, WARM, few)
    costs: dict[str, Cost] = {}
    given: dict[str, frozenset[str]] = {}
    for name in names:
        folder = sample(name, source, base)
        given[name] = frozenset(articles(folder))
        measure(command(name, few, base, options.prepared), 1)
        costs[name] = cost(name, folder, base, options.prepared, options.repeat)
    found = groups(source)
    files = len(articles(source))
    told = "HTML without the mirror's lines for the others" if options.prepared else "the files as they are for all"
    print(f"{files:,} files of {len(found):,} articles, {cores()} cores; {told}")
    if costs:
        show_costs(costs, {name: len(paths) for name, paths in given.items()})
        looked = look_at_all(found, source, base, given)
        rows = further(base, given, {name: count for name, (count, _) in looked.items()})
        show_faults({name: one for name, (_, one) in looked.items()}, rows, options.show)


def further(base: Path, given: Mapping[str, frozenset[str]], looked: Mapping[str, int]) -> dict[str, list[str]]:
    """The rows of the second table that are not about single articles; looked: how many each program was given."""
    again = {name: 0 if name in OWN else (len(paths) - looked[name]) / len(paths) for name, paths in given.items()}
    return {
        "files that are an article written again": [f"{one:.1%}" for one in again.values()],
        "files that could not be converted": failures(base, given),
        "articles that were looked at": [f"{one:,}" for one in looked.values()],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="mirrors; a synthetic one without it")
    parser.add_argument("--articles", type=int, default=2000, metavar="N", help="files to convert")
    parser.add_argument("--prepared", action="store_true", help="give the others HTML without the mirror's lines")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="rounds, of which the middle one counts")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these programs only")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave sources and outputs in this folder")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="name the first N articles with each fault")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        base = (options.keep or Path(scratch)).resolve()
        source = base / "sources"
        if options.folder is None:
            write_mirror(source, options.articles)
        else:
            take(options.folder.resolve(), options.articles, source)
        if not source.is_dir() or not articles(source):
            parser.error(f"{options.folder}: no articles; expected a mirror or a folder of them")
        compare(source, base, options)


if __name__ == "__main__":
    main()
