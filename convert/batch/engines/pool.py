"""A pool of worker processes that a dying process cannot take down."""

from __future__ import annotations

import math
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from enum import Enum
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 64
"""Items that go to a worker at a time: enough that sending them costs little, few enough to retry one by one."""


LOOK = 1.0
"""Seconds between two looks at whether the processes are all there, while one waits for a result."""


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
        self._own: dict[ProcessPoolExecutor, set[BaseProcess]] = {}
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an error, what is still under way may take long, or for ever; nobody waits for it any more.
        self._end(self._executor, killing=kind is not None)

    def close(self) -> None:
        """End every process at once, from whichever thread; what is under way raises RuntimeError."""
        self.closed = True
        self._kill(set().union(*self._own.values()))

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
                result = self._result(self._opened(), future, seconds)
            except (BrokenProcessPool, TimeoutError, MemoryError):
                self._end(self._executor, killing=True)
                yield from self._one_by_one(function, chunk, seconds)
                waiting = deque((one, self._again(function, one, old)) for one, old in waiting)
            else:
                yield chunk, result

    def _opened(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = self._new(self.jobs)
        return self._executor

    def _submit(self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> Future[Result]:
        try:
            return self._send(self._opened(), function, chunk)
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
                self._own.setdefault(executor, set()).update(set(multiprocessing.active_children()) - before)

    def _result(self, executor: ProcessPoolExecutor, future: Future[Result], seconds: float = 0) -> Result:
        """Wait for a result, at most so many seconds; 0 is for ever.

        Raises what the function raised, TimeoutError, or BrokenProcessPool where a process has died.
        """
        end = time.monotonic() + seconds if seconds else math.inf
        while True:
            try:
                return future.result(min(LOOK, max(0, end - time.monotonic())))
            except TimeoutError:
                if future.done() or time.monotonic() >= end:
                    raise
            # The executor itself never sees that a process died while it sent a result: it waits for the rest.
            gone = self.closed or _some_ended(self._own.get(executor, ()))
            if gone and not wait([future], LOOK).done:
                raise BrokenProcessPool(Lost.DIED.value)

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
                self._result(alone, self._send(alone, int))
                yield [item], self._result(alone, self._send(alone, function, [item]), seconds)
                continue
            except BrokenProcessPool:
                lost = Lost.DIED
            except TimeoutError:
                lost = Lost.HUNG
            except MemoryError:
                lost = Lost.MEMORY
            self._end(alone, killing=True)
            yield [item], lost
            alone = self._new(1)
        self._end(alone, killing=False)

    def _kill(self, processes: set[BaseProcess]) -> None:
        """End processes, also those that work for ever."""
        with _STARTING:
            for process in processes.intersection(multiprocessing.active_children()):
                process.kill()

    def _end(self, executor: ProcessPoolExecutor | None, *, killing: bool) -> None:
        """End an executor and its processes, when they have done their work or at once."""
        if executor is None:
            return
        own = self._own.pop(executor, set())
        if killing:
            self._kill(own)
            # One that died while it sent a result leaves the executor's thread reading; now it comes to an end of it.
            executor._result_queue._writer.close()  # type: ignore[attr-defined]  # no public way closes this end alone
        executor.shutdown(wait=True, cancel_futures=True)
        if executor is self._executor:
            self._executor = None

    def _new(self, jobs: int) -> ProcessPoolExecutor:
        there = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context(next(one for one in METHODS if one in there))
        return ProcessPoolExecutor(jobs, context, _begin, (self._start, *self._arguments))


def _some_ended(processes: Iterable[BaseProcess]) -> bool:
    """Whether any process has ended; how, is left to whoever waits for it."""
    return bool(multiprocessing.connection.wait([one.sentinel for one in processes], timeout=0))


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
