"""What the phases of a run work with."""

from __future__ import annotations

from dataclasses import dataclass

from convert.batch.engines.engine import Engine
from convert.batch.summary import Progress, Summary
from convert.catalogue import Catalogue
from convert.config import Config
from convert.sinks import Sink
from convert.stores import Store


@dataclass(frozen=True, slots=True)
class Means:
    """What every phase of one run gets: what is asked for, where it reads and writes, and whom it tells.

    store, sink: where sources are read from, and outputs are written to. pool: has chunks of work done.
    """

    config: Config
    store: Store
    sink: Sink
    catalogue: Catalogue
    pool: Engine
    summary: Summary
    progress: Progress
