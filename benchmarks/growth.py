"""How time grows with size: hostile shapes in two sizes, and near-misses of every pattern of the shipped profiles.

    python -m benchmarks.growth [--size BYTES] [--repeat N] [NAME…]

Doubling an input may at most triple the CPU that it takes, and the larger one (1 MB) may take 2 s. Each figure is the
best of several runs of `time.process_time`. Exits 1 where a shape takes more.
"""

from __future__ import annotations

import argparse
import gc
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from pydantic import BaseModel

from benchmarks import context
from benchmarks.promises import TooSlow, limited
from benchmarks.shapes import SHAPES, traps
from convert import Source, convert, load_profiles
from convert.emit import EMITTERS, EmitOptions

MOST = 3.0  # times as long for twice the size
SECONDS = 2.0  # for the larger size
SIZE = 1_000_000  # bytes of the larger size
NOISE = 0.05  # seconds; below that a ratio says nothing
TRAP = 20_000  # characters of a pattern's near-miss: a square of that takes seconds, the thing itself a thousandth
# How the stages use each pattern of a profile, and on how many characters at most
USES = {
    "recognise.start": ("match", TRAP),
    "recognise.found": ("search", 4096),
    "envelope.head.pattern": ("match", TRAP),
    "envelope.tail.pattern": ("search", 4096),
    "envelope.inside.pattern": ("search", TRAP),
    "addresses.pattern": ("search", TRAP),
    "pictures.icons": ("search", TRAP),
    "pictures.placeholders": ("search", TRAP),
    "pictures.credit": ("search", 480),
    "boilerplate.pattern": ("fullmatch", 480),
    "names.datelines": ("search", 68),
    "names.byline": ("search", 92),
    "names.byline_split": ("split", 92),
    "names.reporter": ("match", 92),
    "names.translation": ("search", 92),
    "names.other_work": ("search", 92),
    "names.not_people": ("search", 92),
    "names.title_author": ("match", TRAP),
    "names.title_author_channels": ("search", 255),
    "names.not_in_title": ("search", 8),
    "names.tag_links": ("search", TRAP),
    "names.via": ("search", 60),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="shapes; all where none is named")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(SHAPES))
    if unknown:
        parser.error(f"no such shape: {', '.join(unknown)}; expected some of {', '.join(SHAPES)}")
    faults: Counter[str] = Counter()
    for name in options.names or SHAPES:
        half, whole = (cpu(SHAPES[name](size), options.repeat) for size in (options.size // 2, options.size))
        fault = verdict(half, whole)
        faults.update([fault] if fault else [])
        ratio = f"{whole / half:6.2f}" if half else "      "
        print(f"{name:28}{half * 1000:9.0f} ms{whole * 1000:9.0f} ms{ratio} ×  {fault}", flush=True)
    told = ", ".join(f"{count} {fault}" for fault, count in sorted(faults.items())) or "all within bounds"
    print(f"{len(options.names or SHAPES)} shapes: {told}")
    bad = faults.total()
    if not options.names:
        slow = slow_patterns()
        bad += len(slow)
        print(f"{len(slow)} slow patterns of the profiles", *slow, sep="\n  ")
    return 1 if bad else 0


def verdict(half: float, whole: float, most: float = MOST, seconds: float = SECONDS) -> str:
    """What is wrong with the CPU seconds of a size and of its half, or nothing."""
    if whole > seconds:
        return f"more than {seconds:g} s"
    if whole > max(most * half, NOISE):
        return f"more than {most:g} times as long"
    return ""


def cpu(source: Source, repeat: int) -> float:
    """CPU seconds of one conversion to Markdown and text: the best of several."""

    def once() -> None:
        article = convert(Source(source.path, source.data), context())
        for name in ("markdown", "text"):
            EMITTERS[name].write(article, EmitOptions())

    return best(once, repeat)


def best(work: Callable[[], object], repeat: int) -> float:
    """CPU seconds of the quickest of several runs."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
        if times[-1] > 5 * SECONDS:
            break  # it will not become right
    return min(times)


def slow_patterns(seconds: float = 0.5) -> list[str]:
    """The patterns of the shipped profiles that take too many CPU seconds over a near-miss of theirs."""
    found = []
    for where, pattern in patterns():
        use, most = USES[where.split(".", 1)[1]]
        look = getattr(pattern, use)
        for trap in traps(pattern, most):
            try:
                with limited(seconds):
                    look(trap)
            except TooSlow:
                found.append(f"{where}: {trap[:20]!r}…: {pattern.pattern[:60]}")
                break
    return found


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Every pattern of the shipped profiles, with where it stands; each once."""
    found: dict[str, tuple[str, re.Pattern[str]]] = {}

    def look(where: str, value: object) -> None:
        if isinstance(value, re.Pattern):
            found.setdefault(value.pattern, (where, value))
        elif isinstance(value, tuple):
            for one in value:
                look(where, one)
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                look(f"{where}.{name}", getattr(value, name))

    for profile in load_profiles():
        look(profile.name, profile)
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main())
