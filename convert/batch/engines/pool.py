"""A pool of worker processes that a dying process cannot take down."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 64
"""Items that go to a worker at a time: enough that sending them costs little, few enough to retry one by one."""


def chunked(items: Sequence[Item], jobs: int, most: int = CHUNK) -> list[Sequence[Item]]:
    """Cut items into chunks, small enough that every worker gets some; of at most so many items."""
    size = max(1, min(most, -(-len(items) // (jobs * 4))))
    return [items[start : start + size] for start in range(0, len(items), size)]


def until(ended: Callable[[], bool], chunks: Iterable[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    """Chunks, as long as more is to be begun."""
    for chunk in chunks:
        if ended():
            return
        yield chunk


METHODS = ("forkserver", "spawn")
"""How worker processes are started: in the first of these ways that the platform has."""


class Lost(Enum):
    """What became of an item that has no result."""

    DIED = "the process that worked on it died"
    HUNG = "the process that worked on it did not end"
    MEMORY = "the process that worked on it had not enough memory"


_STARTING = threading.Lock()
"""Held while processes start, so that each pool of this process knows which of them are its own."""


class Pool:
    """Runs functions over chunks of items in worker processes, and gives the results in the order of the chunks.

    jobs: the number of processes. start, arguments: what each process calls first.
    Use it in a `with` block; when that ends early, work that has not begun is dropped.
    """

    def __init__(self, jobs: int, start: Callable[..., None], *arguments: Any) -> None:
        self.jobs = jobs
        self._start = start
        self._arguments = arguments
        self._executor: ProcessPoolExecutor | None = None
        self._own: set[multiprocessing.process.BaseProcess] = set()
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            # What is under way may take long, or for ever; nobody waits for it any more.
            self._kill()
        self._stop()

    def close(self) -> None:
        """End every process at once, from whichever thread; what is under way raises RuntimeError."""
        self.closed = True
        self._kill()

    def run(
        self,
        function: Callable[[Sequence[Item]], Result],
        chunks: Iterable[Sequence[Item]],
        seconds: float = 0,
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        """Call `function` with each chunk; yields (chunk, result) in order.

        seconds: how long one item may take; 0 is for ever.
        When a process dies, or has not ended with its chunk in the time of one item, the chunk that was waited for
        is taken again item by item, in a process of its own; an item that kills that one too, or takes longer, is
        yielded with why it has no result.
        """
        coming = iter(chunks)
        waiting: deque[tuple[Sequence[Item], Future[Result]]] = deque()
        while True:
            # A short queue: what waits to be read is what is held in memory, and what a dying process throws back.
            while len(waiting) < self.jobs * 2 and (chunk := next(coming, None)) is not None:
                waiting.append((chunk, self._submit(function, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                # Those before it are done, so that this one has been begun.
                result = future.result(seconds or None)
            except (BrokenProcessPool, TimeoutError, MemoryError):
                self._kill()
                self._stop()
                yield from self._one_by_one(function, chunk, seconds)
                waiting = deque((one, self._again(function, one, old)) for one, old in waiting)
            else:
                yield chunk, result

    def _submit(self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> Future[Result]:
        if self._executor is None:
            self._executor = self._new(self.jobs)
        try:
            return self._send(self._executor, function, chunk)
        except BrokenProcessPool as error:
            # A process died since the last look; whoever waits for this chunk takes it again.
            failed: Future[Result] = Future()
            failed.set_exception(error)
            return failed

    def _send(self, executor: ProcessPoolExecutor, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Have a process call a function; the processes that start for it are this pool's own."""
        with _STARTING:
            if self.closed:
                raise RuntimeError("the pool was closed")
            before = set(multiprocessing.active_children())
            try:
                with _deaf():
                    return executor.submit(function, *arguments)
            finally:
                self._own.update(set(multiprocessing.active_children()) - before)

    def _again(
        self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], old: Future[Result]
    ) -> Future[Result]:
        finished = old.done() and not old.cancelled() and old.exception() is None
        return old if finished else self._submit(function, chunk)

    def _one_by_one(
        self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], seconds: float
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        alone = self._new(1)
        for item in chunk:
            try:
                # A process takes a moment to begin; that is none of the item's time.
                self._send(alone, int).result()
                yield [item], self._send(alone, function, [item]).result(seconds or None)
                continue
            except BrokenProcessPool:
                lost = Lost.DIED
            except TimeoutError:
                lost = Lost.HUNG
            except MemoryError:
                lost = Lost.MEMORY
            self._kill()
            alone.shutdown()
            yield [item], lost
            alone = self._new(1)
        alone.shutdown()

    def _kill(self) -> None:
        """End every process of the pool, also one that works for ever."""
        with _STARTING:
            for process in self._own.intersection(multiprocessing.active_children()):
                process.kill()
            self._own.clear()

    def _stop(self) -> None:
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None

    def _new(self, jobs: int) -> ProcessPoolExecutor:
        there = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context(next(one for one in METHODS if one in there))
        return ProcessPoolExecutor(jobs, context, _begin, (self._start, *self._arguments))


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that are started in the block never hear of Ctrl-C or SIGTERM, not even while they begin.

    These reach every process of a terminal or a service; the parent alone answers, when the block has ended. Whatever
    is to end a process kills it (`Pool._kill`).
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(start: Callable[..., None], *arguments: Any) -> None:
    # where it could not be kept from them before (`_deaf`)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start(*arguments)


def _end_with_parent() -> None:
    # A parent that was killed can end nobody; its workers would wait for the next chunk for ever.
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
