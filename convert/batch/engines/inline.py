"""The engine of an input or output that this process alone sees: the work is done in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar

from convert.batch.engines.pool import Lost
from convert.batch.engines.workers import become
from convert.config import Config
from convert.stores import OWN_PROCESS, Store

Item = TypeVar("Item")
Result = TypeVar("Result")


def is_of_one_process(config: Config) -> bool:
    """Whether input or output lie in the memory of this process, where no worker sees them."""
    places = (config.input.remote, config.output.remote)
    return any(one is not None and one.protocol == OWN_PROCESS for one in places)


class Inline:
    """Runs functions over chunks in this process, as an `Engine`.

    Neither time nor memory are limited: who is to end an item that takes too much, but the process that works on it?
    """

    jobs = 1

    def __init__(self, config: Config, store: Store) -> None:
        become(config, store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(
        self,
        function: Callable[[Sequence[Item]], Result],
        chunks: Iterable[Sequence[Item]],
        seconds: float = 0,
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        """Call `function` with each chunk; yields (chunk, result) in order. seconds: makes no difference."""
        for chunk in chunks:
            yield chunk, function(chunk)
