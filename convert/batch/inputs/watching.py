"""Tells when something in an input has changed and has been quiet again for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from convert.batch.inputs.sources import WHERE_IT_IS
from convert.config import Config
from convert.errors import MirrorpressError, NothingToReadError, UsageError
from convert.stores import open_repository

QUIET = 2.0
"""Seconds without a further change after which a change is told: who writes a file often writes some more."""

LONGEST = 60.0
"""Seconds after which it is told in any case."""

POLL = 5.0
"""Seconds between two looks where nothing tells of changes; at a hundred thousand files a look takes about one."""

_STEP = 0.2  # seconds between two looks at whether to stop


def changes(config: Config, stop: Callable[[], int], poll: bool, say: Callable[[str], None]) -> Iterator[None]:
    """Come back when the watching has begun, and each time that the input has changed, until `stop` says so.

    What changes while nobody waits is not missed.

    poll: look at all files again and again, rather than having the system tell of changes. say: is told of trouble.
    Raises NothingToReadError where there is no input to begin with, UsageError where it cannot be watched.
    """
    place = config.input.place
    if place is None:
        found, todo = "an address cannot be watched", "run it again and again: `mirrorpress schedule`"
        raise UsageError(f"input: {config.input.told}", found, "a folder or a repository", todo)
    if not place.exists():
        raise NothingToReadError(str(place), "there is no such file or folder", "", WHERE_IT_IS)
    if config.input.git:
        return settled(_moves(config, stop))
    return settled(_events(config, stop, poll, say))


def wait(seconds: float, stop: Callable[[], int]) -> None:
    """Wait so long, or until `stop` says so."""
    until = time.monotonic() + seconds
    while not stop() and time.monotonic() < until:
        time.sleep(min(_STEP, seconds))


def settled(looks: Iterator[bool]) -> Iterator[None]:
    """Come back at the first look, and when looks that saw a change are followed by such that see none."""
    first = last = 0.0
    if next(looks, None) is not None:
        yield
    for changed in looks:
        now = time.monotonic()
        if changed:
            first, last = first or now, now
        if first and (now - last >= QUIET or now - first >= LONGEST):
            first = last = 0.0
            yield


def _moves(config: Config, stop: Callable[[], int]) -> Iterator[bool]:
    """Looks at what a ref of a repository leads to; one that cannot be told is for the run to complain of."""

    def tree() -> str:
        if not config.input.git:
            return ""
        try:
            one = open_repository(config.input.git, config.input.ref, config.input.folder)
        except MirrorpressError as error:
            return error.message
        return one.tree

    before = tree()
    while not stop():
        wait(QUIET, stop)
        now = tree()
        yield now != before
        before = now


def _events(config: Config, stop: Callable[[], int], poll: bool, say: Callable[[str], None]) -> Iterator[bool]:
    """Looks at a folder, or at a file; one that is taken away and put back is looked at anew."""
    polled = poll
    while not stop():
        place = config.input.path.resolve()
        before = _identity(config.input.path)
        if before is None:
            wait(QUIET, stop)
            continue
        try:
            for changed in _watched(place, config.output.path.resolve(), polled):
                if stop():
                    return
                yield changed
                if _identity(config.input.path) != before:
                    break
        except (OSError, RuntimeError) as error:
            if polled:
                raise
            todo = f"files are looked at every {POLL:g} s instead"
            say(f"{place}: the system does not tell of changes ({error}); {todo}; --poll does so from the start")
            polled = True
        yield True


def _identity(place: Path) -> tuple[int, int] | None:
    """What tells a folder from another one at its place; None where there is none."""
    try:
        about = (place if place.is_dir() else place.parent).stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _watched(place: Path, output: Path, poll: bool) -> Iterator[bool]:
    """Whether something has changed since the last look, several times a second."""
    from watchfiles import Change, watch

    one = None if place.is_dir() else str(place)
    root = place if one is None else place.parent
    kept = len(str(root)) + 1

    def matters(_: Change, path: str) -> bool:
        if one is not None:
            return path == one
        hidden = any(part.startswith(".") for part in Path(path[kept:]).parts)
        return not hidden and not Path(path).is_relative_to(output)

    for seen in watch(
        root,
        watch_filter=matters,
        debounce=round(_STEP * 1000),
        step=round(_STEP * 500),
        rust_timeout=round(_STEP * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
        force_polling=poll,
        poll_delay_ms=round(POLL * 1000),
        ignore_permission_denied=True,
    ):
        yield bool(seen)
