"""Where the work of a run is done: in processes of this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

from convert.batch.engines.inline import Inline, is_of_one_process
from convert.batch.engines.machine import cores
from convert.batch.engines.pool import CHUNK, Lost, Pool
from convert.batch.engines.workers import start
from convert.batch.inputs.sources import Found
from convert.config import Config
from convert.errors import ConfigError
from convert.stores import Store

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs functions over chunks of items, elsewhere; used in a `with` block. `Pool` is the one for this machine.

    Functions are those of a module, or partials of them, with arguments that can be pickled.
    """

    @property
    def jobs(self) -> int:
        """For how many workers items are cut into chunks."""

    def run(
        self,
        function: Callable[[Sequence[Item]], Result],
        chunks: Iterable[Sequence[Item]],
        seconds: float = 0,
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        """Call `function` with each chunk; yields (chunk, result) in the order of the chunks.

        seconds: how long one item may take; 0 is for ever. Where a worker dies with a chunk, hangs, or lacks memory,
        the items of the chunk are yielded one by one, and one that is to blame with why it has no result.
        """

    def __enter__(self) -> Self:
        """Make ready for work."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers; where the block ends early, what has not begun is dropped."""


def open_engine(config: Config, found: Found, writes: bool = True) -> Engine:
    """The engine that a config asks for, for work on the sources that were found.

    writes: whether the work writes to the output folder.
    Raises MissingToolError where the engine needs a package that is not installed.
    """
    if config.batch.engine == "local":
        return open_local(config, found.store, processes(config, found))
    from convert.batch.engines.cluster import Cluster  # here, since it is an extra

    return Cluster(config.absolute(), found, processes(config, found), writes)


def open_local(config: Config, store: Store, jobs: int) -> Engine:
    """So many processes of this machine, for work on sources of a store; this one, where no other sees them."""
    return Inline(config, store) if is_of_one_process(config) else Pool(jobs, start, config, store)


def check_engine(config: Config) -> None:
    """Look whether the engine can do the work, before anything is done.

    Raises MissingToolError where it needs a package that is not installed, ConfigError where it would not see an
    address that this process alone sees.
    """
    if config.batch.engine == "dask":
        if is_of_one_process(config):
            expected = "an address that workers see"
            raise ConfigError("batch.engine: dask", "memory:// lies in one process", expected, "take the engine local")
        from convert.batch.engines.cluster import check_dask

        check_dask()


def processes(config: Config, found: Found) -> int:
    """How many worker processes these sources are worth: one takes as long to start as to convert some hundred."""
    return min(config.batch.jobs or cores(), -(-len(found.entries) // CHUNK))
