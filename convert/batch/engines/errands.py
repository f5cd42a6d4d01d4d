"""What a run has the workers of a cluster do.

Functions within functions travel as their code: a scheduler or worker without Mirrorpress can read them, and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def working() -> Callable[[str, bytes, bytes], bytes]:
    """Gives what has a chunk worked on: takes token, order and call, as `convert.batch.engines.hired.work` does."""

    def mirrorpress(token: str, order: bytes, call: bytes) -> bytes:
        from convert.batch.engines.hired import work

        return work(token, order, call)

    return mirrorpress


def looking() -> Callable[..., tuple[Any, str]]:
    """Gives what has a worker see whether it can work for a run: takes an order, returns trouble, and the sign left."""

    def look(order: bytes, dask_worker: Any) -> tuple[Any, str]:
        import pickle

        from convert.batch.engines.hired import leave_sign, look_round

        asked = pickle.loads(order)
        trouble = look_round(asked)
        return trouble, "" if trouble else leave_sign(asked, dask_worker.address)

    return look


def dismissing() -> Callable[[str], None]:
    """Gives what ends a run's processes on a worker: takes its token."""

    def dismiss(token: str) -> None:
        from convert.batch.engines.hired import end

        end(token)

    return dismiss
