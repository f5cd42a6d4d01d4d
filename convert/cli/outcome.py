"""What a run or a verification came to, in lines on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from convert.cli import screen
from convert.cli.screen import line
from convert.messages import tr, trn
from convert.report.figures import articles as counted
from convert.stores import shown

if TYPE_CHECKING:
    from convert.batch.checks import Differing
    from convert.batch.summary import Delivery, Summary
    from convert.batch.verifying.verification import Verdict


def show_summary(summary: Summary, seconds: float, quiet: bool, verbose: bool) -> None:
    """Say what a run came to. Failures are always named, on the standard error."""
    for failure in summary.failures:
        screen.say_error(failure.reason)
    for differing in summary.differing:
        for told in _differences(differing):
            screen.say_error(told)
    for warning in summary.warnings:
        screen.say_error(warning)
    for path in summary.kept:
        why = tr("not removed, since it is not what was written there; delete it if nobody needs it")
        screen.say_error(f"{path}: {why}")
    if quiet:
        return
    for told in _summary_lines(summary, verbose):
        screen.say(told)
    screen.say(line(tr("time"), tr("{count:.1f} s", count=seconds)))


def missing_lines(reasons: Mapping[str, int]) -> list[str]:
    """How many pictures books, or articles, have to do without, a line a reason."""
    return [line(tr("no picture"), _because(count, tr(reason))) for reason, count in sorted(reasons.items())]


def _because(count: int, reason: str) -> str:
    return tr("{count:,}: {reason}", count=count, reason=reason)


def _differences(one: Differing) -> Iterator[str]:
    """An article's differences, a line each: where, what was found, what was expected, and the source."""
    for difference in one.differences:
        yield f"{difference}" if one.path in difference.place else f"{difference} [source {one.path}]"
    if one.count > len(one.differences):
        yield f"{one.path}: {tr('{count:,} more differences', count=one.count - len(one.differences))}"


def show_verdict(verdict: Verdict, quiet: bool) -> None:
    """Say what a verification came to: differences as its result, what could not be compared as an error."""
    for failure in verdict.failures:
        screen.say_error(failure.reason)
    for one in verdict.differing:
        for told in _differences(one):
            screen.say(told)
    if quiet:
        return
    pieces = [
        counted(verdict.articles),
        trn("{number:,} file", "{number:,} files", verdict.files),
        trn("{number:,} chapter of volumes", "{number:,} chapters of volumes", verdict.chapters),
    ]
    if verdict.rows:
        pieces.append(trn("{number:,} row of the dataset", "{number:,} rows of the dataset", verdict.rows))
    compared, differing = tr(", ").join(pieces), len(verdict.differing)
    said = [trn("{number:,} differs", "{number:,} differ", differing) if differing else tr("nothing differs")]
    said += [tr("{count:,} could not be compared", count=len(verdict.failures))] if verdict.failures else []
    screen.say(tr("verified {what}: {outcome}", what=compared, outcome=tr(", ").join(said)))


def _summary_lines(summary: Summary, verbose: bool) -> Iterator[str]:
    """What a run came to, each line with what it is about."""
    yield from _articles_lines(summary)
    for reason, count in sorted(summary.passed_over.items()):
        yield line(tr("passed over"), _because(count, shown(reason)))
    if summary.outputs:
        yield line(tr("written"), _listed(summary.outputs))
    if summary.verified:
        yield line(
            tr("verified"),
            trn("{number:,} article against its source", "{number:,} articles against their sources", summary.verified),
        )
    if kinds := summary.kinds():
        yield line(tr("notes"), _listed(kinds))
    if verbose:
        for (rule, kind), count in sorted(summary.notes.items()):
            yield f"  {count:>8,} {kind:<8} {rule}"
    yield from _books_lines(summary, verbose)


def _articles_lines(summary: Summary) -> Iterator[str]:
    converted = summary.converted.total()
    told = tr(
        "{articles} of {sources}",
        articles=counted(converted),
        sources=trn("{number:,} source", "{number:,} sources", summary.sources),
    )
    told += trn(", {number:,} is a copy", ", {number:,} are copies", summary.copies) if summary.copies else ""
    yield line(tr("would convert") if summary.dry_run else tr("converted"), told)
    for why, count in summary.converted.most_common():
        yield f"  {count:>8,}  {tr(why)}"
    unchanged = 0 if summary.dry_run else max(0, summary.articles - converted)
    counts = (
        (unchanged, tr("unchanged"), counted(unchanged)),
        (summary.gone, tr("gone"),
         trn("{number:,} article, its source is no more", "{number:,} articles, their sources are no more",
             summary.gone)),
        (summary.removed, tr("removed"),
         trn("{number:,} file that nothing asks for any more", "{number:,} files that nothing asks for any more",
             summary.removed)),
        (0 if summary.removed else summary.leftovers, tr("left over"),
         trn("{number:,} file that nothing asks for any more; --prune removes it",
             "{number:,} files that nothing asks for any more; --prune removes them", summary.leftovers)),
        (len(summary.failures), tr("failed"), tr("{count:,}, each named above", count=len(summary.failures))),
        (len(summary.differing), tr("differ"), tr("{count:,}, each named above", count=len(summary.differing))),
    )  # fmt: skip
    yield from (line(label, told) for count, label, told in counts if count)


def _books_lines(summary: Summary, verbose: bool) -> Iterator[str]:
    if summary.shards:
        told = trn(
            "{number:,} file, {written:,} written now",
            "{number:,} files, {written:,} written now",
            summary.shards,
            written=summary.shards_written,
        )
        yield line(tr("dataset"), told)
    if summary.books:
        told = tr(
            "{volumes:,} with {articles}, {built:,} built now",
            volumes=len(summary.books),
            articles=counted(sum(book.articles for book in summary.books)),
            built=summary.built,
        )
        yield line(tr("volumes"), told)
    if summary.links is not None:
        told = trn(
            "{number:,} link leads to an article's file", "{number:,} links lead to articles' files", summary.links
        )
        if summary.pictures:
            told = trn(
                "{told}, {number:,} picture is a file",
                "{told}, {number:,} pictures are files",
                summary.pictures,
                told=told,
            )
        yield line(tr("linked"), told)
        yield from missing_lines(summary.lacking)
    if summary.fetched is not None:
        told = tr("{now:,} fetched, {earlier:,} fetched earlier", now=summary.fetched, earlier=summary.cached)
        yield line(tr("pictures"), told)
    if summary.fetched is not None or verbose:
        yield from missing_lines(summary.missing())
    if verbose:
        for book in summary.books:
            yield trn("  {number:>8,} article  {file}", "  {number:>8,} articles {file}", book.articles, file=book.file)
    for delivery in summary.deliveries:
        yield line(tr("delivered"), _delivered(delivery))


def _listed(counts: Mapping[str, int]) -> str:
    """Formats or kinds of notes, which have one name in every language, with their numbers."""
    return tr(", ").join(tr("{count:,} {name}", count=count, name=name) for name, count in sorted(counts.items()))


def _delivered(one: Delivery) -> str:
    if not one.there:
        return tr(
            "nothing to {place}, which is not there; volumes that wait for it: {count:,}",
            place=one.to,
            count=one.waiting,
        )
    if not one.waiting:
        return tr("nothing new to {place}", place=one.to)
    return trn(
        "{copied:,} of {number:,} volume to {place}",
        "{copied:,} of {number:,} volumes to {place}",
        one.waiting,
        copied=one.copied,
        place=one.to,
    )
