"""The engine that works on a cluster: a Dask scheduler hands the chunks of a run to the workers that it has.

Nothing is asked of the cluster before there is work. The workers see the input and the output that the run sees, on a
file system that they share or at an address, and its catalogue is written by the run alone.
"""

from __future__ import annotations

import importlib
import logging
import os
import pickle
import secrets
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from convert.batch.engines.errands import dismissing, looking, working
from convert.batch.engines.hired import ENVIRONMENT, Order, part_name, versions
from convert.batch.engines.pool import Lost
from convert.batch.engines.workers import start
from convert.batch.inputs.sources import Found
from convert.batch.planning.fingerprint import packages
from convert.config import Config
from convert.errors import EngineError, MirrorpressError, MissingToolError, OutputError, UsageError
from convert.sinks import Sink, write

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 8
"""For how many workers items are cut into chunks: a cluster may grow and shrink while it works."""

CONNECT = 10.0  # seconds within which a scheduler answers
JOIN = 30.0  # seconds within which there is a worker
PATIENCE = 60.0  # seconds without any worker, while chunks wait
_LOOK = 5.0  # seconds between two looks at which workers there are

_SAME = "the same Mirrorpress, with the extra dask, on scheduler and workers"


def check_dask() -> None:
    """Raise MissingToolError where Dask is not installed."""
    try:
        for package in ("distributed", "cryptography"):
            importlib.import_module(package)
    except ImportError as error:
        todo = "install the extra dask: pip install 'mirrorpress[dask]'"
        raise MissingToolError("engine: dask", f"the package {error.name} is not installed", "", todo) from None


class Cluster:
    """Runs functions over chunks on the workers of a Dask cluster, and gives the results in the order of the chunks.

    config: of the run, with absolute paths. found: its sources. jobs: the workers of a cluster that is started here.
    writes: whether the work writes to the output folder. Use it in a `with` block, as `Pool`.
    Raises MissingToolError where Dask is not installed.
    """

    def __init__(self, config: Config, found: Found, jobs: int, writes: bool) -> None:
        check_dask()
        self.address = config.batch.scheduler or ""
        self.jobs = WORKERS if self.address else jobs
        self._sink = config.output.open() if writes else None
        token = secrets.token_hex(8)
        self._order = Order(
            token,
            versions([*packages(config), "pydantic"]),  # the config travels as its objects
            found.store,
            found.entries[0].path,
            self._sink,
            part_name(token),
            start,
            (config, found.store),
            {name: os.environ.get(name) for name in ENVIRONMENT},
        )
        self._packed = pickle.dumps(self._order)
        self._own: Any = None
        self._client: Any = None
        self._room = 0
        self._looked = 0.0
        self._marked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._marked and self._sink:
            with suppress(OutputError):  # it is swept up as what a run that is killed leaves
                self._sink.delete(self._order.mark)
        client, own = self._client, self._own
        self._client = self._own = None
        # A cluster that is not there any more has nothing to be told.
        if client is not None:
            with suppress(Exception):
                if client.status == "running":
                    client.run(dismissing(), self._order.token, on_error="ignore")
            with suppress(Exception):
                client.close(timeout=2)
        if own is not None:
            with suppress(Exception):
                own.close(timeout=10)

    def run(
        self,
        function: Callable[[Sequence[Item]], Result],
        chunks: Iterable[Sequence[Item]],
        seconds: float = 0,
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        """Call `function` with each chunk; yields (chunk, result) in order.

        seconds: how long one item may take; 0 is for ever.
        The process that works on a chunk and dies, hangs or lacks memory is looked after by its worker (`hired.work`).
        The chunk of a worker that is lost is done again by another; one that several workers are lost with is taken
        item by item, and an item that they are lost with too is yielded as Lost.DIED.
        Raises UsageError for a cluster that cannot be reached or cannot do the work, EngineError where it breaks down.
        """
        from distributed import KilledWorker

        coming = iter(chunks)
        waiting: deque[tuple[Sequence[Item], Any]] = deque()
        try:
            while True:
                while self._has_room(len(waiting)) and (chunk := next(coming, None)) is not None:
                    waiting.append((chunk, self._submit(function, chunk, seconds)))
                if not waiting:
                    return
                chunk, future = waiting.popleft()
                try:
                    results = self._result(future)
                except KilledWorker:
                    # Dask suspects all that a lost worker had, and so may suspect an item that another is to blame for.
                    for _, other in waiting:
                        with suppress(KilledWorker):
                            self._result(other)
                    yield from self._one_by_one(function, chunk, seconds)
                else:
                    yield from _told(chunk, results)
        finally:
            # What nobody waits for any more need not be begun.
            with suppress(Exception):
                if waiting and self._client:
                    self._client.cancel([future for _, future in waiting], force=True)

    def _has_room(self, waiting: int) -> bool:
        """Whether another chunk may be begun: two for every thread of the cluster."""
        if self._client and time.monotonic() - self._looked > _LOOK:
            self._look()
        return not self._client or waiting < self._room

    def _one_by_one(
        self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], seconds: float
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        from distributed import KilledWorker

        for item in chunk:
            try:
                results = self._result(self._submit(function, [item], seconds))
            except KilledWorker:
                results = [(1, Lost.DIED)]
            yield from _told([item], results)

    def _submit(self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], seconds: float) -> Any:
        if self._client is None:
            self._connect()
        # In pickled form, since Dask would look through every argument for others of its tasks.
        call = pickle.dumps((function, chunk, seconds))
        return self._client.submit(working(), self._order.token, self._packed, call, pure=False)

    def _result(self, future: Any) -> list[tuple[int, Any]]:
        """What came of a chunk, however long it takes; KilledWorker where several workers were lost with it."""
        from distributed import CancelledError, KilledWorker

        without = 0.0
        while True:
            try:
                results: list[tuple[int, Any]] = pickle.loads(future.result(timeout=_LOOK))
            except TimeoutError:
                without = 0.0 if self._look() else without + _LOOK
                if without >= PATIENCE:
                    raise self._broken(f"has had no worker for {without:.0f} s") from None
            except (MirrorpressError, KilledWorker):
                raise
            except ImportError as error:
                raise UsageError(self._where, f"a worker cannot import {error.name}", _SAME, "install it") from None
            except (CancelledError, OSError, EOFError) as error:
                raise self._broken(f"cannot be reached any more ({type(error).__name__})") from None
            else:
                return results

    def _look(self) -> bool:
        """See how many threads the workers have; returns whether there are any."""
        try:
            threads = sum(self._client.nthreads().values())
        except Exception as error:
            raise self._broken(f"cannot be reached any more ({type(error).__name__})") from None
        self._room, self._looked = max(2, threads * 2), time.monotonic()
        return bool(threads)

    def _broken(self, found: str) -> EngineError:
        return EngineError(self._where, found, "", "see to the cluster, and run again: what is done is kept")

    @property
    def _where(self) -> str:
        return f"Dask scheduler {self.address}".rstrip()

    # --- the beginning

    def _connect(self) -> None:
        """Reach the cluster, or start one, and have every worker look whether it can do the work."""
        import distributed

        _silence()
        try:
            with warnings.catch_warnings():
                self._own = None if self.address else _local(self.jobs)
                warnings.simplefilter("ignore")  # that versions differ: those that matter are held together below
                self._client = distributed.Client(
                    self.address or self._own, timeout=CONNECT, set_as_default=False, name="mirrorpress"
                )
                self._client.wait_for_workers(1, timeout=JOIN)
        except Exception as error:
            if not self.address:
                raise self._broken(f"cannot be started here ({type(error).__name__}: {error})") from None
            if self._client is None:
                expected = "the address of one that runs, as in tcp://10.0.0.5:8786"
                todo = "start `dask scheduler` there, or name another address"
                raise UsageError(self._where, f"does not answer ({type(error).__name__})", expected, todo) from None
            raise UsageError(
                self._where, f"has no worker after {JOIN:.0f} s", "one or more", "start `dask worker` for it"
            ) from None
        self._look()
        self._introduce()

    def _introduce(self) -> None:
        order = self._order
        if self._sink:
            write(self._sink, order.mark, order.token.encode())
            self._marked = True
        answers = self._client.run(looking(), self._packed, on_error="return")
        for address, answer in sorted(answers.items()):
            where = f"worker {address}"
            if isinstance(answer, ImportError):
                raise UsageError(where, f"has no Mirrorpress ({answer})", _SAME, "install it there")
            if isinstance(answer, OutputError) and self._sink:
                found = f"cannot write to {self._sink.told}: {answer.found}"
                raise UsageError(where, found, "an output that it may write to", "give it the right to")
            if isinstance(answer, Exception):
                raise UsageError(where, f"cannot look round ({type(answer).__name__}: {answer})", _SAME, "see its log")
            trouble, sign = answer
            if trouble:
                raise UsageError(where, *trouble)
            if sign and self._sink:
                self._see(where, self._sink, sign)

    def _see(self, where: str, sink: Sink, sign: str) -> None:
        if not sink.holds(sign):
            expected = "an output that both see, so that what it writes is here"
            raise UsageError(where, f"writes to another {sink.told}", expected, "mount this one there")
        sink.delete(sign)


def _told(chunk: Sequence[Item], results: Iterable[tuple[int, Any]]) -> Iterator[tuple[Sequence[Item], Any]]:
    """What a worker gave back, with the items instead of their number."""
    at = 0
    for count, result in results:
        yield chunk[at : at + count], result
        at += count


def _local(jobs: int) -> Any:
    """A cluster of worker processes on this machine, without a page that shows it.

    It speaks TLS with a certificate of its own, since whoever can send to a worker can have it do anything.
    """
    import distributed

    return distributed.LocalCluster(
        n_workers=jobs,
        threads_per_worker=1,
        host="127.0.0.1",
        security=True,
        dashboard_address="127.0.0.1:0",  # a port is opened in any case; 8787, unless one is named
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        preload=["convert.batch.engines.hired"],
    )


def _silence() -> None:
    """Keep Dask's own words from the screen: what matters of them is told in an error."""
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
