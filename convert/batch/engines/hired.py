"""What the workers of a Dask cluster do for a run: look whether they can, and have chunks worked on.

A worker does not convert by itself, but in a process of its own, which `Pool` starts, ends and replaces as it does
for a run on one machine. So a source that kills, hangs or bloats its process costs the cluster no worker; what a run
loads (its config, modules of one's own) ends with the run; and a worker with several threads has a process for each.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import pickle
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from convert import __version__
from convert.batch.engines.pool import Lost, Pool
from convert.batch.planning.fingerprint import program
from convert.errors import EngineError, SourceError, UsageError
from convert.sinks import Sink, write
from convert.stores import Store

IDLE = 60.0
"""Seconds after which the processes of a run that asks for nothing end; it gets new ones when it asks again."""

ENVIRONMENT = ("SOURCE_DATE_EPOCH",)
"""Variables that outputs depend on: workers take them from whoever started the run."""

_PYTHON, _PROGRAM = "Python", "Mirrorpress"


@dataclass(frozen=True, slots=True)
class Order:
    """What a run tells every worker of a cluster.

    token: stands for the run. versions: of all that makes outputs. store, source: the input, and a file of it that has
    to be seen. sink: the output; None where nothing is written. mark: a file there that holds the token.
    start, arguments: what each process calls first. environment: the values of `ENVIRONMENT`.
    """

    token: str
    versions: Mapping[str, str]
    store: Store
    source: str
    sink: Sink | None
    mark: str
    start: Callable[..., None]
    arguments: tuple[Any, ...]
    environment: Mapping[str, str | None]


class Trouble(NamedTuple):
    """Why a worker cannot work for a run: the parts of an error's message."""

    found: str
    expected: str
    todo: str


def versions(packages: Sequence[str]) -> dict[str, str]:
    """The versions of Python, Mirrorpress and packages in this process; empty for a package that is not there."""
    python = ".".join(platform.python_version_tuple()[:2])
    found = {_PYTHON: python, _PROGRAM: f"{__version__} ({program()})"}
    for name in packages:
        found[name] = ""
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def look_round(order: Order) -> Trouble | None:
    """Find out whether this worker can work for a run; None where it can."""
    here = versions([name for name in order.versions if name not in (_PYTHON, _PROGRAM)])
    wrong = [name for name, wanted in order.versions.items() if here[name] != wanted]
    if wrong:
        return Trouble(
            ", ".join(f"{name} {here[name] or 'is not installed'}" for name in wrong),
            ", ".join(f"{name} {order.versions[name]}" for name in wrong) + ", as where the run was started",
            "install the same there, and restart the worker",
        )
    if not order.store.sees(order.source):
        return _unseen("input", f"{order.store.place}: {order.source}")
    if order.sink is None:
        return None
    try:
        if order.sink.read(order.mark, len(order.token)) == order.token.encode():
            return None
    except SourceError:
        pass
    return _unseen("output", order.sink.told)


def _unseen(which: str, place: str) -> Trouble:
    expected, todo = f"the {which} that is here, which both share", "mount it there under the same path"
    return Trouble(f"does not see {place}", expected, todo)


def leave_sign(order: Order, address: str) -> str:
    """Write a file beside the mark, for the run to see that this worker writes where it looks; gives its name.

    Nothing is written where nothing is by the run. Raises OutputError where it cannot be written.
    """
    if order.sink is None:
        return ""
    name = part_name(order.token, address)
    write(order.sink, name, address.encode())
    return name


def part_name(token: str, whose: str = "") -> str:
    """The name of a file that tells of a run; one that is left behind is swept up like a half-written output."""
    return f".{blake2b(f'{token} {whose}'.encode(), digest_size=8).hexdigest()}.part"


# --- work

_LOCK = threading.Lock()
_ENDED: set[str] = set()


@dataclass(slots=True)
class _Run:
    """What a worker keeps for one run: its processes, those that work and those that wait; when it was last asked."""

    order: Order
    idle: list[Pool] = field(default_factory=list)
    busy: list[Pool] = field(default_factory=list)
    asked: float = 0.0


_RUNS: dict[str, _Run] = {}


def work(token: str, order: bytes, call: bytes) -> bytes:
    """Have a chunk worked on.

    order: an `Order`, pickled. call: (function, chunk, seconds), pickled, as `Pool.run` takes them.
    Returns a pickled list of what that yields, with how many items in place of the items.
    Raises UsageError where this worker cannot work for the run, RuntimeError where the run has ended.
    """
    function, chunk, seconds = pickle.loads(call)
    with _process(token, order) as pool:
        results: list[tuple[int, Any | Lost]] = [(len(some), one) for some, one in pool.run(function, [chunk], seconds)]
    return pickle.dumps(results)


@contextmanager
def _process(token: str, order: bytes) -> Iterator[Pool]:
    """A process that works for a run, and for nobody else in the block."""
    with _LOCK:
        run = _RUNS.get(token) or _hire(token, pickle.loads(order))
        fresh = not run.idle
        pool = _new(run.order) if fresh else run.idle.pop()
        run.busy.append(pool)
    try:
        if fresh:
            _await(pool)
        yield pool
    except BaseException:
        pool.close()
        raise
    finally:
        with _LOCK:
            run.busy.remove(pool)
            run.asked = time.monotonic()
            if not pool.closed:
                run.idle.append(pool)


def _await(pool: Pool) -> None:
    """Wait until a process is there: that is none of an item's time, and it would be no item's fault if none were."""
    if not any(list(pool.run(len, [()])) for _ in range(2)):
        where, todo = f"worker on {platform.node()}", "see what it says in its log"
        raise EngineError(where, "its processes die as soon as they start", "", todo)


def _hire(token: str, order: Order) -> _Run:
    if token in _ENDED:
        raise RuntimeError("the run has ended")
    if trouble := look_round(order):
        raise UsageError(f"worker on {platform.node()}", *trouble)
    # To Dask its workers are daemons, which may have no processes of their own; ours end with their parent anyway.
    multiprocessing.current_process().daemon = False
    # A worker that ends waits for its processes, before it would have told them to end.
    multiprocessing.util.Finalize(None, _end_all, exitpriority=1)
    _RUNS[token] = run = _Run(order, asked=time.monotonic())
    threading.Thread(target=_watch, args=(token,), daemon=True).start()
    return run


def _new(order: Order) -> Pool:
    return Pool(1, begin, order.environment, order.start, order.arguments)


def begin(environment: Mapping[str, str | None], start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """What each process calls first: take over the environment of the run, and become its worker."""
    for name, value in environment.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    start(*arguments)


def _watch(token: str) -> None:
    """End the processes of a run that asks for nothing any more: whoever started it may have been killed."""
    while True:
        time.sleep(IDLE / 4)
        with _LOCK:
            run = _RUNS.get(token)
            if run is None:
                return
            if not run.busy and time.monotonic() - run.asked > IDLE:
                _dismiss(_RUNS.pop(token))
                return


def end(token: str) -> None:
    """End the processes of a run, and whatever they are at."""
    with _LOCK:
        _ENDED.add(token)
        if run := _RUNS.pop(token, None):
            _dismiss(run)


def _end_all() -> None:
    for token in list(_RUNS):
        end(token)


def _dismiss(run: _Run) -> None:
    for pool in [*run.idle, *run.busy]:
        pool.close()


def dask_setup(worker: object) -> None:
    """What Dask calls in a worker that it starts on this machine: Ctrl-C is answered by the run alone."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
