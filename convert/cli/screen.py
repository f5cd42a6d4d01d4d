"""What the command prints: lines, tables, errors, and progress.

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

from convert.messages import tr

_LABEL = 12
"""Columns of what a line of the summary is about."""

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
        say(tr("{title}:", title=title))
    width = max(map(_columns, rows), default=0)
    for name, about in rows.items():
        say(f"  {_padded(name, width)}  {about}".rstrip())


def _columns(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from convert.emit.wrapping import columns

    return columns(text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def say_list(title: str, names: Iterable[str]) -> None:
    """Print many names in lines of some 100 characters."""
    say(tr("{title}:", title=title))
    say(textwrap.fill(" ".join(names), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def first_line(function: Callable[..., object]) -> str:
    """The first line of a function's docstring."""
    return (function.__doc__ or "").strip().partition("\n")[0]


def tell_interrupted() -> int:
    """Say that Ctrl-C ended the command; returns the exit code."""
    say_error(tr("interrupted; what was written so far is whole"))
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
        say_error(f"{command}: {usage().rstrip('.')}; see `{command} --help`")
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
                tasks[what] = bars.add_task(tr(what), total=total)
            bars.update(tasks[what], completed=done)

        yield tell


def _tell_line(what: str, done: int, total: int) -> None:
    if done == total:
        print(tr("{phase}: {count:,}", phase=tr(what), count=total), file=sys.stderr, flush=True)


def line(about: str, told: str, width: int = _LABEL) -> str:
    """What is told, behind what it is about, which takes so many columns."""
    return f"{_padded(about, width)} {told}"
