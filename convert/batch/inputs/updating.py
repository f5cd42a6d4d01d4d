"""Brings an input up to date before a run: a command of the operator's, as `git pull --ff-only`."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from convert.config import InputOptions
from convert.errors import SourceError

_GRACE = 10.0
"""Seconds that a command has to end by itself when it is asked to."""

_STEP = 0.1  # seconds between two looks at whether it has ended


def update(options: InputOptions, say: Callable[[str], None], stop: Callable[[], int]) -> str:
    """Run the command of the config in the input's folder; returns why it failed, or nothing.

    say: is told each line that it prints. stop: says whether the run is to end, which ends the command too.
    Where there is no such folder nothing is done: whoever reads it says so.
    """
    place = options.place
    if not options.update or place is None:
        return ""
    folder = place if place.is_dir() else place.parent
    if not folder.is_dir():
        return ""
    where, shown = f"input: {place}", f"`{_shown(shlex.join(options.update))}`"
    todo = "this run takes what is there; try the command in that folder, and mend what it says"
    try:
        # A program that would ask for a password gets no answer rather than waiting for one.
        process = subprocess.Popen(
            options.update, cwd=folder, env={"GIT_TERMINAL_PROMPT": "0", **os.environ}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return SourceError(where, f"{shown} cannot be started ({error.strerror})", "a program", todo).message
    said: list[str] = []
    reader = threading.Thread(target=_read, args=(process, say, said), daemon=True)
    reader.start()
    late = _wait(process, options.update_seconds, stop)
    # Something that the command left behind may keep its output open for ever.
    reader.join(_GRACE / 10)
    if stop() or (process.returncode == 0 and not late):
        return ""
    last = f" ({said[-1]})" if said else ""
    if late:
        found, expected = f"{shown} did not end within {options.update_seconds} s{last}", "less time"
        return SourceError(where, found, expected, f"{todo}, or raise input.update_seconds").message
    return SourceError(where, f"{shown} ended with exit code {process.returncode}{last}", "0", todo).message


def _wait(process: subprocess.Popen[str], seconds: int, stop: Callable[[], int]) -> bool:
    """Wait for a command, and end it when its time is over or the run is to stop; returns whether it was late."""
    began = time.monotonic()
    while process.poll() is None:
        late = bool(seconds) and time.monotonic() - began > seconds
        if late or stop():
            _end(process)
            return late
        time.sleep(_STEP)
    return False


def _end(process: subprocess.Popen[str]) -> None:
    """End a command with all that it started: first asked, then killed."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, number)
            else:
                process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return


def _read(process: subprocess.Popen[str], say: Callable[[str], None], said: list[str]) -> None:
    with suppress(ValueError, OSError):  # closed meanwhile
        for line in process.stdout or ():
            if shown := _shown(line):
                said[:] = [shown]
                say(shown)


def _shown(line: str) -> str:
    """A line without what steers a terminal, and without the passwords of addresses."""
    plain = "".join(sign if sign.isprintable() else " " for sign in line).strip()
    return re.sub(r"(\w://)[^/@\s]+@", r"\1…@", plain)
