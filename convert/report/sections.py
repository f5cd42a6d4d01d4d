"""What a report's page shows, a section each: what came in, what became of it, and what is worth a look.

A section is a function of the report and of the run (`page` says what they hold), and a line of SECTIONS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from convert.messages import later, tr, trn
from convert.report.chart import by_size, chart, dated, group, table_of_months, totals_of
from convert.report.figures import articles, duration, share, size
from convert.report.hypertext import Html, element, href, joined, mixed, named, quoted
from convert.report.tables import folded, scrolls, table, unfolds
from convert.stores import shown

FIRST = 20
"""Failures and differences that are seen at once: each has several lines."""

NAMED = 500
"""Failures and differences that the page names: every article of a large mirror may fail, and then for one reason."""

_CUT = 600
"""Characters of a reason; some quote what they complain of."""

Data = Mapping[str, Any]

_KINDS = {
    "wrong": later("odd, and left as it was"),
    "guessed": later("taken for a heading or for metadata, on a guess"),
    "changed": later("became something else"),
    "moved": later("stands in the metadata now"),
    "removed": later("is in no output"),
}
"""The kinds of notes (docs/notes.md), those first that want eyes."""


def came_in(report: Data, _: Data) -> Html:
    """Articles by month and channel: a chart, and its numbers."""
    months: Mapping[str, Mapping[str, int]] = report.get("months", {})
    names: Mapping[str, str] = report.get("channels", {})
    totals = totals_of(months)
    everything = sum(totals.values())
    if not everything:
        return _quiet(tr("There are no articles."))
    channels = [(channel, count) for channel, count in by_size(totals) if channel]
    about = trn(
        "{articles} of {number:,} month",
        "{articles} of {number:,} months",
        len(dated(months)),
        articles=articles(everything),
    )
    if channels:
        about = trn("{months} and {number:,} channel", "{months} and {number:,} channels", len(channels), months=about)
    groups = group(totals, names)
    rows = [
        [
            named(names.get(channel) or channel or tr("no channel")),
            element("code", channel) if channel else "",
            f"{count:,}",
            share(count, everything),
        ]
        for channel, count in by_size(totals)
    ]
    return joined(
        element("p", tr("{about}. The months are those of the articles’ own dates.", about=about)),
        element("figure", chart(months, groups)),
        unfolds(
            tr("The same as numbers"), scrolls(table_of_months(months, groups), tr("Articles by month and channel"))
        ),
        unfolds(
            tr("Every channel ({count:,})", count=len(rows)),
            table(tr("Articles by channel"), [tr("Channel"), tr("Id"), tr("#Articles"), tr("#Share")], rows),
        ),
    )


def converted(report: Data, run: Data) -> Html:
    """What became of the articles, and why they were converted."""
    reasons: Mapping[str, int] = run.get("reasons", {})
    rows: list[list[Html | str]] = [[tr("Converted"), f"{run.get('converted', 0):,}"]]
    rows += [[element("span", tr(reason), class_="inner"), f"{count:,}"] for reason, count in _most(reasons)]
    told = {"unchanged": tr("Unchanged"), "failed": tr("Failed"), "removed": tr("Removed")}
    rows += [[label, f"{run.get(key, 0):,}"] for key, label in told.items()]
    rows.append([tr("Volumes built"), f"{run.get('volumes_built', 0):,}"])
    outputs = [[name, f"{count:,}"] for name, count in sorted(report.get("outputs", {}).items())]
    tables = [table(tr("What became of the articles"), [tr("Articles"), tr("#Number")], rows)]
    if outputs:
        tables.append(table(tr("Files by format"), [tr("Files by format"), tr("#Number")], outputs))
    return element("div", *tables, class_="beside")


def failed(report: Data, _: Data) -> Html:
    """Articles and volumes that failed, with the reasons."""
    entries = report.get("failed", [])
    if not entries:
        return _quiet(tr("Nothing failed."))
    return _entries(
        [_entry(one["path"], "", [_without(one["path"], one["reason"])]) for one in entries[:NAMED]], entries
    )


def differing(report: Data, _: Data) -> Html:
    """Articles whose outputs are not what their sources say."""
    entries = report.get("differs", [])
    if not entries:
        return _quiet(tr("Every output that was compared says what its source says."))
    told = []
    for one in entries[:NAMED]:
        lines = list(one["differences"])
        more = one["count"] - len(lines)
        told.append(
            _entry(
                one["path"], one.get("output", ""), lines, tr("and {count:,} more", count=more) if more > 0 else None
            )
        )
    return _entries(told, entries)


def notes(report: Data, _: Data) -> Html:
    """What the rules did, by kind, with examples."""
    kinds: dict[str, list[tuple[str, Data]]] = {}
    for rule, found in report.get("notes", {}).items():
        for kind, one in found.items():
            kinds.setdefault(kind, []).append((rule, one))
    if not kinds:
        return _quiet(tr("No rule left a note."))
    pieces = []
    for kind in [*(one for one in _KINDS if one in kinds), *sorted(kinds.keys() - _KINDS.keys())]:
        rules = sorted(kinds[kind], key=lambda one: (-one[1]["count"], one[0]))
        total = sum(one["count"] for _, one in rules)
        about = f" {tr(_KINDS[kind])}" if kind in _KINDS else ""
        pieces.append(element("h3", kind, " ", element("b", f"{total:,}"), element("span", about, class_="about")))
        pieces.append(
            folded([_rule(rule, one) for rule, one in rules], lambda some: element("div", *some, class_="rules"))
        )
    return joined(*pieces)


def _rule(rule: str, one: Data) -> Html:
    head = joined(element("code", rule), " ", element("b", f"{one['count']:,}"))
    examples = []
    for example in one["examples"]:
        became = [" → ", quoted(example["to"])] if example["to"] else []
        where = _file(example["path"], example.get("output", ""))
        examples.append(element("li", where, element("p", quoted(example["text"]), *became)))
    return element("details", element("summary", head), element("ul", *examples, class_="entries"))


def slowest(_: Data, run: Data) -> Html:
    """The articles that took longest."""
    rows = [
        [_file(one["path"], one.get("output", "")), duration(one["milliseconds"] / 1000)]
        for one in run.get("slowest", [])
    ]
    if not rows:
        return _quiet(tr("No article was timed."))
    return table(tr("Articles that took longest"), [tr("Article"), tr("#Time")], rows)


def volumes(report: Data, run: Data) -> Html:
    """The books, with their sizes and the pictures that they have to do without."""
    books = report.get("volumes", [])
    if not books:
        return _quiet(tr("There are no volumes."))
    total = size(sum(one.get("bytes", 0) for one in books))
    about = trn(
        "{number:,} volume, {size} together; {built:,} built in this run.",
        "{number:,} volumes, {size} together; {built:,} built in this run.",
        len(books),
        size=total,
        built=run.get("volumes_built", 0),
    )
    heads = [tr("Volume"), tr("#Articles"), tr("#Size"), tr("#Missing pictures")]
    rows = [
        [_book(one), f"{one['articles']:,}", size(one.get("bytes", 0)), f"{one['missing']:,}" if one["missing"] else ""]
        for one in books
    ]
    pictures = [[tr(reason), f"{count:,}"] for reason, count in _most(report.get("pictures", {}))]
    return joined(
        element("p", about),
        folded(rows, lambda some: table(tr("Volumes"), heads, some, "wide")),
        table(tr("Pictures that are missing"), [tr("Why pictures are missing"), tr("#Pictures")], pictures)
        if pictures
        else None,
    )


def _book(one: Data) -> Html:
    """A volume's title and file; where it lacks pictures for several reasons, what they are."""
    reasons = _most(one["reasons"])
    told = tr("; ").join(tr("{count:,} {reason}", count=count, reason=tr(reason)) for reason, count in reasons)
    lacks = tr("no picture: {reasons}", reasons=told) if len(reasons) > 1 else None
    return joined(
        element("a", named(one["title"] or one["file"]), href=href(one["file"])),
        named(one["file"], "span", class_="path"),
        element("span", lacks, class_="path") if lacks else None,
    )


def copies(report: Data, _: Data) -> Html:
    """Articles that lie in several places."""
    total, variants = report.get("copies", 0), report.get("variants", 0)
    if not total:
        return _quiet(tr("Every article is there once."))
    about = trn("{number:,} source is a copy of an article", "{number:,} sources are copies of an article", total)
    if variants:
        about = trn(
            "{copies}; {number:,} copy has another text",
            "{copies}; {number:,} copies have another text",
            variants,
            copies=about,
        )
    about = tr("{sentence}.", sentence=about)
    duplicates = report.get("duplicates", [])
    rows = []
    for one in duplicates:
        aliases = [joined(named(alias, "bdi"), " ") for alias in one["aliases"]]
        more = one["count"] - len(aliases)
        aliases += [element("bdi", tr("and {count:,} more", count=more))] if more > 0 else []
        places = element("span", *aliases, class_="path places")
        rows.append([joined(_file(one["path"], one.get("output", "")), places), f"{one['count']:,}"])
    words = element("p", tr("{sentence} Those with the most:", sentence=about) if rows else about)
    heads = [tr("Article and its copies"), tr("#Copies")]
    return joined(words, table(tr("Articles with the most copies"), heads, rows) if rows else None)


def passed_over(report: Data, _: Data) -> Html:
    """What lay in the input besides."""
    rows = [[shown(reason), f"{count:,}"] for reason, count in _most(report.get("passed_over", {}))]
    if not rows:
        return _quiet(tr("Nothing else lay in the input."))
    return table(tr("What was passed over"), [tr("Why"), tr("#Number")], rows)


SECTIONS: tuple[tuple[str, str, Callable[[Data, Data], Html]], ...] = (
    ("came-in", later("What came in"), came_in),
    ("converted", later("What was converted"), converted),
    ("failed", later("What failed"), failed),
    ("differs", later("What differs"), differing),
    ("notes", later("Notes"), notes),
    ("volumes", later("Volumes"), volumes),
    ("copies", later("Copies"), copies),
    ("slowest", later("Slowest"), slowest),
    ("passed-over", later("Passed over"), passed_over),
)
"""The sections in their order: anchor, heading, and what writes the content."""


def _quiet(words: str) -> Html:
    return element("p", words, class_="quiet")


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _file(path: str, output: str) -> Html:
    """A source's path, which leads to its output where there is one."""
    return named(path, "a", href=href(output), class_="path") if output else named(path, "span", class_="path")


def _without(path: str, reason: str) -> str:
    """A reason without the path that it begins with and that stands above it."""
    return reason.removeprefix(f"{path}: ")


def _entry(path: str, output: str, lines: Iterable[str], more: str | None = None) -> Html:
    cut = (line if len(line) <= _CUT else line[: _CUT - 1] + "…" for line in lines)
    rest = element("p", more) if more else None
    return element("li", _file(path, output), *(mixed(line, "p") for line in cut), rest)


def _entries(told: Sequence[Html], every: Sequence[Any]) -> Html:
    """A list of entries, and how many more there are than it names."""
    more = len(every) - len(told)
    rest = trn("{number:,} more is named in report.json.", "{number:,} more are named in report.json.", more)
    return joined(
        folded(told, lambda some: element("ul", *some, class_="entries"), FIRST), element("p", rest) if more else None
    )
