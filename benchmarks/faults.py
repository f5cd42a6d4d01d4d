"""The long form of the faults: hundreds of disturbed runs, and long walks of random changes.

    python -m benchmarks.faults [--moments N] [--walks N] [--steps N] [--articles N] [--seed S] [FAULT...]

A row a fault: how many trials held, and what did not in those that did not. It exits 1 where any did not. The faults:
`first`, a first run is killed at moments spread over its whole length, now with its workers, now without; `next`, a run
over changed sources likewise; `asked`, runs are asked to end by SIGINT and SIGTERM; `worker`, a worker is killed;
`walk`, sources, outputs and config change at random; `link`, so do articles that link to one another, and pictures.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.killing import Scene, Way, first_run, moments, next_run, trial
from benchmarks.linking import walk_linked
from benchmarks.walking import walk

Trials = Iterator[tuple[str, list[str]]]
"""What was tried, and what did not hold."""


def _killed(scene: Scene, count: int) -> Trials:
    """Kill a run at so many moments, in turn with its workers and without."""
    ways: tuple[Way, Way] = ("group", "main")
    for number, moment in enumerate(moments(scene.seconds, count)):
        way = ways[number % 2]
        yield f"{way} killed after {moment:.2f} s of {scene.seconds:.2f}", trial(scene, moment, way)


def first(options: argparse.Namespace, folder: Path) -> Trials:
    """A first run is killed."""
    return _killed(first_run(folder, options.articles), options.moments)


def again(options: argparse.Namespace, folder: Path) -> Trials:
    """A run over changed sources is killed."""
    return _killed(next_run(first_run(folder, options.articles), options.articles // 3), options.moments)


def asked(options: argparse.Namespace, folder: Path) -> Trials:
    """A run is asked to end."""
    yield from _at_random(options, folder, ("int", "term"))


def worker(options: argparse.Namespace, folder: Path) -> Trials:
    """A worker is killed, and the run goes on."""
    yield from _at_random(options, folder, ("worker",))


def _at_random(options: argparse.Namespace, folder: Path, ways: Sequence[Way]) -> Trials:
    scene = first_run(folder, options.articles)
    rng = random.Random(options.seed)
    for number in range(max(1, options.moments // 5)):
        # before a second is over, the program is still being loaded
        moment = rng.uniform(min(1.0, scene.seconds / 2), scene.seconds)
        way = ways[number % len(ways)]
        yield f"{way} after {moment:.2f} s of {scene.seconds:.2f}", trial(scene, moment, way)


def walked(options: argparse.Namespace, folder: Path) -> Trials:
    """Sources, outputs and config change at random."""
    yield from _walks(options, folder, walk)


def linked(options: argparse.Namespace, folder: Path) -> Trials:
    """Articles that link to one another, and pictures, change at random."""
    yield from _walks(options, folder, walk_linked)


def _walks(
    options: argparse.Namespace, folder: Path, one: Callable[[Path, int, int], tuple[list[str], list[str]]]
) -> Trials:
    for seed in range(options.seed, options.seed + options.walks):
        (folder / str(seed)).mkdir(parents=True)
        found, steps = one(folder / str(seed), seed, options.steps)
        yield f"seed {seed}, {len(steps)} changes, the last: {', '.join(steps[-3:])}", found


FAULTS: dict[str, Callable[[argparse.Namespace, Path], Trials]] = {
    "first": first, "next": again, "asked": asked, "worker": worker, "walk": walked,
    "link": linked,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the faults, print a row for each, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {', '.join(FAULTS)}; by default all")
    parser.add_argument("--moments", type=int, default=100, help="at which a run is killed; a fifth of it otherwise")
    parser.add_argument("--articles", type=int, default=600, help="sources of a run that is disturbed")
    parser.add_argument("--walks", type=int, default=10, help="how many walks, each of another seed")
    parser.add_argument("--steps", type=int, default=60, help="runs of one walk")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if unknown := set(options.faults) - FAULTS.keys():
        parser.error(f"found {', '.join(sorted(unknown))}; expected {', '.join(FAULTS)}")
    rows = []
    for name, trials in FAULTS.items():
        if options.faults and name not in options.faults:
            continue
        held = tried = 0
        with tempfile.TemporaryDirectory() as folder:
            for what, found in trials(options, Path(folder)):
                tried += 1
                held += not found
                if found:
                    print(f"{name}: {what}", *found[:5], sep="\n  ", flush=True)
        rows.append((name, held, tried))
        print(f"{name:8} {held} of {tried} held", flush=True)
    print()
    for name, held, tried in rows:
        print(f"{name:8} {held:4} of {tried}")
    return 1 if any(held < tried for _, held, tried in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
