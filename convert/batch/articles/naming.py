"""Gives outputs their names that hang on metadata: when every article is converted, and in the order of their names.

Only then is it known which outputs want one name. The order does not hang on what this run converted and what an
earlier one, so that the names are the same whichever it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convert.article import Note
from convert.batch.articles.converting import STAGING, staged
from convert.batch.planning.plan import Job, settle
from convert.batch.summary import Failure, Summary
from convert.catalogue import Catalogue, Output
from convert.config import Output as Format
from convert.errors import NoRoomError, OutputError
from convert.names import OutputNames, fold
from convert.sinks import Sink


def name_outputs(
    catalogue: Catalogue, sink: Sink, formats: Sequence[Format], names: OutputNames, summary: Summary
) -> list[tuple[str, Note]]:
    """Settle the names of all outputs whose templates need metadata, and move files that have another one.

    Returns notes about names, each with its article's name. An output that cannot be moved becomes a failure, and is
    made again by the next run; where none can be, `summary.stopped` says why.
    """
    late = {one.name for one in formats if not one.template.from_path}
    notes: list[tuple[str, Note]] = []
    moves: list[tuple[Output, str]] = []
    if not late:
        return notes
    paths = {known.name: known.path for known in catalogue.articles()}
    for one in catalogue.outputs():
        if one.format in late and one.owner in paths:
            target = settle(names, one.wanted, Job(paths[one.owner], (), one.owner), notes)
            if target != one.path:
                moves.append((one, target))
    _move(catalogue, sink, moves, summary)
    return notes


def make_way(
    catalogue: Catalogue, sink: Sink, formats: Sequence[Format], jobs: Sequence[Job], summary: Summary
) -> dict[str, str]:
    """Move outputs with names from metadata out of the way of the jobs, whose other outputs may take these names.

    Returns what `put_back` asks for: by the path where each waits the one that it had.
    """
    late = {one.name for one in formats if not one.template.from_path}
    taken = {fold(path) for job in jobs for path in job.targets if path} if late else set()
    if not taken:
        return {}
    at_risk = [one for one in catalogue.outputs() if one.format in late and fold(one.path) in taken]
    _move(catalogue, sink, [(one, staged(one.owner, one.format)) for one in at_risk], summary)
    return {staged(one.owner, one.format): one.path for one in at_risk}


def put_back(catalogue: Catalogue, sink: Sink, waiting: Mapping[str, str], summary: Summary) -> None:
    """Give outputs that `make_way` moved, and whose articles have failed since, the names back that nobody took.

    They are left over now, and stay, as those of other articles that fail do; of those whose names were taken nothing
    is left.
    """
    left = [one.path for one in catalogue.leftovers() if one.path in waiting]
    taken = {fold(one.path) for one in catalogue.outputs()} if left else set()
    for path in left:
        if fold(waiting[path]) in taken:
            with catalogue.transaction():
                catalogue.forget_leftovers([path])
            continue
        try:
            sink.move(path, waiting[path])
        except NoRoomError as error:
            _stop(sink, error, summary)
            return
        except OutputError as error:
            summary.failures.append(Failure(waiting[path], error.message.replace(f"{sink.told}/", "")))
            continue
        with catalogue.transaction():
            catalogue.move_leftover(path, waiting[path])


def _move(catalogue: Catalogue, sink: Sink, moves: Sequence[tuple[Output, str]], summary: Summary) -> None:
    # First out of the way: one output's new name may be the old one of another.
    waiting = []
    for number, (one, target) in enumerate(moves):
        place = one.path if one.path.startswith(f"{STAGING}/") else staged(one.owner, f"{one.format}-{number}")
        try:
            if place != one.path:
                sink.move(one.path, place)
            waiting.append((one, place, target))
        except NoRoomError as error:
            _stop(sink, error, summary)
            return
        except OutputError as error:
            summary.failures.append(Failure(one.owner, error.message.replace(f"{sink.told}/", "")))
    moved = []
    for one, place, target in waiting:
        try:
            sink.move(place, target)
            moved.append(one._replace(path=target))
        except NoRoomError as error:
            _stop(sink, error, summary)
            break
        except OutputError as error:
            summary.failures.append(Failure(one.owner, error.message.replace(f"{sink.told}/", "")))
    with catalogue.transaction():
        catalogue.move_outputs(moved)


def _stop(sink: Sink, error: NoRoomError, summary: Summary) -> None:
    summary.stopped = summary.stopped or error.message.replace(f"{sink.told}/", "")
