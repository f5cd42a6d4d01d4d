"""What the command prints: errors, progress, and the summary of a run.

What draws in colours is imported where it is used: it takes a tenth of the time of a short command.
"""

from __future__ import annotations

import os
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convert.batch.checks import Differing
    from convert.batch.summary import Delivery, Summary
    from convert.batch.verifying.verification import Verdict

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended: 128 and the number of SIGINT, as shells count."""


def prepare() -> None:
    """Make the standard streams able to print any name of a file, even one that is no Unicode."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Print a line of a command's result."""
    print(text)


def say_now(text: str) -> None:
    """Print a line of a command that goes on for long: whoever reads it from a pipe sees it now."""
    print(text, flush=True)


def put(data: bytes) -> None:
    """Print bytes. Where Python does not buffer (PYTHONUNBUFFERED), one write may take only a part of them."""
    sys.stdout.flush()
    view = memoryview(data)
    while view:
        view = view[sys.stdout.buffer.write(view) :]
    sys.stdout.buffer.flush()


def say_error(text: str) -> None:
    """Print an error, a line each, on the standard error."""
    from rich.console import Console

    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    style = "red" if console.is_terminal else None
    for line in text.splitlines():
        console.print(line, style=style)


def say_table(title: str, rows: Mapping[str, str]) -> None:
    """Print names and a line about each."""
    if title:
        say(f"{title}:")
    width = max(map(len, rows), default=0)
    for name, about in rows.items():
        say(f"  {name:<{width}}  {about}".rstrip())


def say_list(title: str, names: Iterable[str]) -> None:
    """Print many names in lines of some 100 characters."""
    say(f"{title}:")
    say(textwrap.fill(" ".join(names), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def first_line(function: Callable[..., object]) -> str:
    """The first line of a function's docstring."""
    return (function.__doc__ or "").strip().partition("\n")[0]


def tell_interrupted() -> int:
    """Say that Ctrl-C ended the command; returns the exit code."""
    say_error("interrupted; what was written so far is whole")
    return INTERRUPTED


def drop_output() -> None:
    """Let what is still to be printed go nowhere: the reader of the pipe has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain(error: Exception) -> int:
    """Tell of an error that no class of Mirrorpress stands for; returns the exit code."""
    if type(error).__name__ == "Abort":
        return tell_interrupted()
    usage = getattr(error, "format_message", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
        return 2
    if usage:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "mirrorpress"
        say_error(f"{command}: {usage()}; see `{command} --help`")
        return 2
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        say_error(f"mirrorpress: {name}{error.strerror or error}")
        return 1
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    say_error(f"mirrorpress: {type(error).__name__} in {place}: {error}; this is a fault of the program; report it")
    return 1


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """How far a run is: a bar on a terminal, elsewhere a line for each thing that it has done."""
    if quiet:
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _tell_line
        return
    columns = (TextColumn("{task.description:<11}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        yield tell


def _tell_line(what: str, done: int, total: int) -> None:
    if done == total:
        print(f"{what}: {total:,}", file=sys.stderr, flush=True)


def show_summary(summary: Summary, seconds: float, quiet: bool, verbose: bool) -> None:
    """Say what a run came to. Failures are always named, on the standard error."""
    for failure in summary.failures:
        say_error(failure.reason)
    for differing in summary.differing:
        for line in _differences(differing):
            say_error(line)
    for warning in summary.warnings:
        say_error(warning)
    for path in summary.kept:
        say_error(f"{path}: not removed, since it is not what was written there; delete it if nobody needs it")
    if quiet:
        return
    for line in _summary_lines(summary, verbose):
        say(line)
    say(f"time         {seconds:.1f} s")


def missing_lines(reasons: Mapping[str, int]) -> list[str]:
    """How many pictures books have to do without, a line a reason."""
    return [f"no picture   {count:,}: {reason}" for reason, count in sorted(reasons.items())]


def _differences(one: Differing) -> Iterator[str]:
    """An article's differences, a line each: where, what was found, what was expected, and the source."""
    for difference in one.differences:
        yield f"{difference}" if one.path in difference.place else f"{difference} [source {one.path}]"
    if one.count > len(one.differences):
        yield f"{one.path}: {one.count - len(one.differences):,} more differences"


def show_verdict(verdict: Verdict, quiet: bool) -> None:
    """Say what a verification came to: differences as its result, what could not be compared as an error."""
    for failure in verdict.failures:
        say_error(failure.reason)
    for one in verdict.differing:
        for line in _differences(one):
            say(line)
    if quiet:
        return
    compared = f"{verdict.articles:,} articles, {verdict.files:,} files, {verdict.chapters:,} chapters of volumes"
    compared += f", {verdict.rows:,} rows of the dataset" if verdict.rows else ""
    said = [f"{len(verdict.differing):,} differ"] if verdict.differing else ["nothing differs"]
    said += [f"{len(verdict.failures):,} could not be compared"] if verdict.failures else []
    say(f"verified {compared}: {', '.join(said)}")


def _summary_lines(summary: Summary, verbose: bool) -> Iterator[str]:
    converted = summary.converted.total()
    verb = "would convert" if summary.dry_run else "converted"
    yield f"{verb:<12} {converted:,} articles of {summary.sources:,} sources" + (
        f", {summary.copies:,} are copies" if summary.copies else ""
    )
    for why, count in summary.converted.most_common():
        yield f"  {count:>8,}  {why}"
    if unchanged := max(0, summary.articles - converted) if not summary.dry_run else 0:
        yield f"unchanged    {unchanged:,} articles"
    if summary.gone:
        yield f"gone         {summary.gone:,} articles, their sources are no more"
    if summary.removed:
        yield f"removed      {summary.removed:,} files that nothing asks for any more"
    elif summary.leftovers:
        yield f"left over    {summary.leftovers:,} files that nothing asks for any more; --prune removes them"
    if summary.failures:
        yield f"failed       {len(summary.failures):,}, each named above"
    if summary.differing:
        yield f"differ       {len(summary.differing):,}, each named above"
    for reason, count in sorted(summary.passed_over.items()):
        yield f"passed over  {count:,}: {reason}"
    if summary.outputs:
        yield "written      " + ", ".join(f"{count:,} {name}" for name, count in sorted(summary.outputs.items()))
    if summary.verified:
        yield f"verified     {summary.verified:,} articles against their sources"
    if kinds := summary.kinds():
        yield "notes        " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    if verbose:
        for (rule, kind), count in sorted(summary.notes.items()):
            yield f"  {count:>8,} {kind:<8} {rule}"
    if summary.shards:
        yield f"dataset      {summary.shards:,} files, {summary.shards_written:,} written now"
    if summary.books:
        articles = sum(book.articles for book in summary.books)
        yield f"volumes      {len(summary.books):,} with {articles:,} articles, {summary.built:,} built now"
    if summary.fetched is not None:
        yield f"pictures     {summary.fetched:,} fetched, {summary.cached:,} fetched earlier"
    if summary.fetched is not None or verbose:
        yield from missing_lines(summary.missing())
    if verbose:
        for book in summary.books:
            yield f"  {book.articles:>8,} articles {book.file}"
    for delivery in summary.deliveries:
        yield f"delivered    {_delivered(delivery)}"


def _delivered(one: Delivery) -> str:
    if not one.there:
        return f"nothing to {one.to}, which is not there; volumes that wait for it: {one.waiting:,}"
    if not one.waiting:
        return f"nothing new to {one.to}"
    return f"{one.copied:,} of {one.waiting:,} volumes to {one.to}"
