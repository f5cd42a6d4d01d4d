"""Signals that end a run: the first lets it finish what is in hand, the second ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from convert.cli import screen
from convert.messages import tr

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(quiet: bool) -> Iterator[Callable[[], int]]:
    """Catch the signals in the block; gives what tells the number of the one that came, or 0."""
    caught = 0

    def catch(number: int, frame: FrameType | None) -> None:
        nonlocal caught
        if caught:
            raise KeyboardInterrupt
        caught = number
        if not quiet:
            screen.say_error(tr("ending when what is in hand is done; once more ends at once"))

    before = {number: signal.signal(number, catch) for number in SIGNALS}
    try:
        yield lambda: caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
