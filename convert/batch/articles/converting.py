"""Converts a chunk of articles in a worker: writes their outputs, and holds them against their sources."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from convert.article import Article, Note
from convert.batch.articles.emitting import Ready, emit, rewriting, written_together
from convert.batch.articles.publishing import unpublished
from convert.batch.checks import Differing, check_article, differing
from convert.batch.engines.workers import Worker, digest_of_article, reason, worker
from convert.batch.links.holding import untold
from convert.batch.links.references import references_of, settled
from convert.batch.planning.plan import Job
from convert.catalogue import Outcome
from convert.catalogue import Output as OutputRow
from convert.catalogue.rows import Reference, as_json, facts_row, note_rows, rules_of
from convert.config import Output
from convert.errors import NoRoomError, OutputError
from convert.files import digest_of
from convert.names import safe_part
from convert.sinks import Outgoing

if TYPE_CHECKING:
    from convert.verify import Claim

STAGING = ".staging"
"""The folder below the output that holds outputs until their names are settled."""


@dataclass(frozen=True, slots=True)
class Done:
    """One article that was converted, or failed.

    outcome: what the catalogue keeps of it.
    verified: whether source and outputs were compared, and differing: what came of it, where they differ.
    claims: what its Markdown file says of other files besides what it was told to, which is held against those.
    """

    path: str
    outcome: Outcome | None = None
    failure: str = ""
    verified: bool = False
    differing: Differing | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(slots=True)
class Batch:
    """What a chunk of jobs came to. counts: of notes by (rule, kind); notes: every one, where they are asked for.

    ended: why no further job was begun, or empty: nothing more can be written.
    """

    done: list[Done] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    ended: str = ""


def staged(path: str, which: str) -> str:
    """Where an output of a source waits for its name, below the output folder."""
    return f"{STAGING}/{hashlib.sha256(path.encode(errors='surrogateescape')).hexdigest()}-{safe_part(which)}"


def convert_jobs(jobs: Sequence[Job], with_notes: bool = False) -> Batch:
    """Convert articles and write their outputs; one that fails is recorded, and the next one taken.

    When it returns, the outputs are on disk under their own names.
    """
    me = worker()
    batch = Batch()
    outbox = me.sink.outbox()
    kept: list[Note] = []
    for (job, article, seconds), ready in written_together(me.outputs, me.timed(jobs)):
        try:
            if isinstance(article, Exception):
                raise article
            done = _write(me, article, job, outbox, seconds, ready)
        except NoRoomError as error:
            batch.ended = reason(job.path, error)
            break
        except Exception as error:
            batch.done.append(Done(job.path, failure=reason(job.path, error)))
            continue
        batch.done.append(done)
        kept += article.notes
    failed = outbox.publish()
    if failed:
        _leave_out(batch, failed)
    if outbox.stamps:
        batch.done = [_stamped(done, outbox.stamps) for done in batch.done]
    there = {done.path for done in batch.done if done.outcome}
    kept = [note for note in kept if note.path in there]
    batch.counts.update((note.rule, note.kind) for note in kept)
    if with_notes:
        batch.notes = sorted(kept)
    return batch


def _leave_out(batch: Batch, failed: Mapping[str, OutputError]) -> None:
    """Leave out articles some of whose outputs could not be given their names."""
    made = ((one.path, [file.path for file in one.outcome.outputs]) for one in batch.done if one.outcome)
    lacking, ended = unpublished(failed, made)
    batch.ended = batch.ended or ended
    batch.done = [
        Done(one.path, failure=lacking[one.path]) if one.path in lacking else one
        for one in batch.done
        if lacking.get(one.path) != ""
    ]


def _stamped(done: Done, stamps: Mapping[str, int]) -> Done:
    """What came of an article, whose outputs' stamps are known by now."""
    if done.outcome is None:
        return done
    outputs = tuple(one._replace(mtime=stamps.get(one.path, one.mtime)) for one in done.outcome.outputs)
    return replace(done, outcome=replace(done.outcome, outputs=outputs))


def _write(me: Worker, article: Article, job: Job, outbox: Outgoing, seconds: float, ready: Ready) -> Done:
    """Put every output of an article into the outbox, and verify them; nothing is put where an emitter fails.

    seconds: what its conversion took. ready: outputs that are written already.
    Raises RuleError, OutputError, or NoRoomError.
    """
    began = perf_counter()
    found: tuple[Reference, ...] = ()
    outputs: Sequence[Output] = me.outputs
    if me.rewriting:
        found = references_of(article, job.name, me.rewriting, me.base.profiles)
        found = settled(found, job.rewrites, wiki=me.rewriting.links == "wiki")
        outputs = rewriting(outputs, found)
    emitted = emit(article, outputs, ready)
    wanted = dict(me.wanted(article, job))
    files: list[OutputRow] = []
    for index, (one, data) in enumerate(emitted):
        path = job.targets[index] or staged(job.name, one.name)
        try:
            written = outbox.put(path, data)
        except BaseException:
            for file in files:
                outbox.drop(file.path)
            raise
        files.append(
            OutputRow(job.name, one.name, path, wanted.get(index, ""), written.size, written.mtime, written.digest)
        )
    differs, verified = None, False
    claims = me.claims()
    # also where nothing was written: a run that was killed may have written it, and nobody compared it
    if (verify := me.config.batch.verify) != "off":
        compared = [(one, job.targets[at] or wanted[at], data) for at, (one, data) in enumerate(emitted)]
        told = check_article(article, compared, thorough=verify == "all", claims=claims)
        differs, verified = differing(job.path, told), True
    outcome = _outcome(me, article, job, files, differs, seconds + perf_counter() - began)
    outcome = replace(outcome, references=found) if found else outcome
    others = untold(claims.made, found) if claims else ()
    return Done(job.path, outcome, verified=verified, differing=differs, claims=others)


def _outcome(
    me: Worker, article: Article, job: Job, files: Sequence[OutputRow], found: Differing | None, seconds: float
) -> Outcome:
    """What the catalogue keeps of an article."""
    notes = note_rows(job.name, article.notes)
    row = (
        job.name,
        job.path,
        as_json(job.aliases),
        digest_of(article.source.data),
        job.depends,
        digest_of_article(article),
        round(seconds * 1000, 3),
        found.count if found else 0,
        as_json(found.told() if found else []),
        me.mirrors.name(job.path),
        rules_of(notes),
        *facts_row(article.meta),
    )
    return Outcome(job.name, row, tuple(files), notes)
