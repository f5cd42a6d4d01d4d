"""The command `watch`: a run each time that something in the input has changed."""

from __future__ import annotations

import time
from datetime import datetime

from convert.batch.inputs.watching import changes, wait
from convert.batch.run import Options, Stop, run
from convert.batch.summary import Summary
from convert.cli import outcome, screen
from convert.cli.stopping import stopping
from convert.config import Config
from convert.errors import HeldError, MirrorpressError, UsageError
from convert.messages import tr, trn

BUSY = 10.0
"""Seconds between two attempts while another run holds the output folder."""


def keep_running(config: Config, poll: bool = False, quiet: bool = False) -> int:
    """Run at once, and then after each change of the input, until a signal ends it; returns the exit code.

    The command that brings the input up to date is left to others, whose changes are waited for.
    A run that fails is told of, and the next one waited for. Raises NothingToReadError where there is no input to begin
    with, UsageError where the first run finds that it was asked for something wrong.
    """
    config = config.model_copy(update={"input": config.input.model_copy(update={"update": ()})})
    with stopping(quiet) as stop:
        for number, _ in enumerate(changes(config, stop, poll, screen.say_error)):
            _once(config, stop, quiet, first=number == 0)
            if number == 0 and not quiet and not stop():
                screen.say_now(tr("watching {place}", place=config.input.told))
        return 128 + stop()


def _once(config: Config, stop: Stop, quiet: bool, first: bool = False) -> None:
    """One run, and a line on what it came to. While another run holds the output folder it is waited for."""
    told = False
    while not stop():
        began = time.monotonic()
        try:
            summary = run(config, Options(prune=config.batch.prune), stop=stop)
        except HeldError as error:
            if not told and not quiet:
                screen.say_error(tr("{error}; trying again every {seconds:g} s", error=error.message, seconds=BUSY))
            told = True
            wait(BUSY, stop)
            continue
        except MirrorpressError as error:
            if first and isinstance(error, UsageError):
                raise
            screen.say_error(error.message)
        except Exception as error:
            screen.explain(error)
        else:
            _tell(summary, time.monotonic() - began, quiet)
        return


def _tell(summary: Summary, seconds: float, quiet: bool) -> None:
    """Failures, differences and warnings as after any run, and one line on the rest."""
    outcome.show_summary(summary, seconds, quiet=True, verbose=False)
    if quiet:
        return
    told = trn(
        "converted {count:,} of {number:,} article",
        "converted {count:,} of {number:,} articles",
        summary.articles,
        count=summary.converted.total(),
    )
    counts = (
        (summary.built, trn("{number:,} volume built", "{number:,} volumes built", summary.built)),
        (summary.gone, trn("{number:,} article gone", "{number:,} articles gone", summary.gone)),
        (summary.removed, trn("{number:,} file removed", "{number:,} files removed", summary.removed)),
        (len(summary.failures), tr("{count:,} failed", count=len(summary.failures))),
        (len(summary.differing), trn("{number:,} differs", "{number:,} differ", len(summary.differing))),
    )
    said = [told, *(words for count, words in counts if count), tr("{count:.1f} s", count=seconds)]
    screen.say_now(f"{datetime.now().astimezone().isoformat(' ', 'seconds')} {tr(', ').join(said)}")
