"""The chart of a report: articles by month and channel as stacked bars, and the same numbers as a table.

Lengths across are percentages and those upright pixels, so that a chart fits any width and its words keep their size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from convert.messages import tr, trn
from convert.report.figures import articles, initials, month, share
from convert.report.hypertext import Html, element, joined, named

SHOWN = 7
"""Channels with a colour of their own: as many as Okabe and Ito's palette has beside black. The others are grey."""

YEARS = 5
"""Years in a strip, where there are more than fit into one: sixty bars can be told apart on a telephone, too."""

_TALL, _LOW = 200, 96
"""Pixels between the axis and the top: of a chart of one strip, and of each of several."""

_FOOT = 24
"""Pixels below the axis, for the years."""

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Groups:
    """What the colours stand for.

    channels: ids of the largest, the largest first. names: what each is called. other: articles of all the rest.
    """

    channels: tuple[str, ...]
    names: dict[str, str]
    other: int

    def split(self, counts: Counts) -> list[int]:
        """The counts of a month, of each of the channels and of all the rest."""
        largest = [counts.get(channel, 0) for channel in self.channels]
        return [*largest, sum(counts.values()) - sum(largest)]

    def labels(self) -> list[str]:
        """The names of the channels, and that of all the rest."""
        return [*(self.names[channel] for channel in self.channels), tr("other")]


def group(totals: Counts, names: Mapping[str, str]) -> Groups:
    """Choose which channels get a colour. totals: articles by channel id; names: their names by id."""
    ranked = by_size(totals)
    largest = ranked[:SHOWN]
    shown = {channel: names.get(channel) or channel or tr("no channel") for channel, _ in largest}
    often = Counter(shown.values())
    told = {
        channel: tr("{name} ({id})", name=name, id=channel) if often[name] > 1 else name
        for channel, name in shown.items()
    }
    return Groups(tuple(shown), told, sum(count for _, count in ranked[SHOWN:]))


def by_size(totals: Counts) -> list[tuple[str, int]]:
    """Channels and their articles, the largest first; of equals the first id."""
    return sorted(((channel, count) for channel, count in totals.items() if count), key=lambda one: (-one[1], one[0]))


def totals_of(months: Mapping[str, Counts]) -> Counts:
    """Articles of all months by channel id."""
    totals: Counter[str] = Counter()
    for counts in months.values():
        totals.update(counts)
    return totals


def dated(months: Mapping[str, Counts]) -> dict[str, Counts]:
    """The months in which there are articles, in their order."""
    return {key: months[key] for key in sorted(months) if _MONTH.fullmatch(key) and sum(months[key].values())}


def undated(months: Mapping[str, Counts]) -> Counts:
    """The articles of no month."""
    return totals_of({key: counts for key, counts in months.items() if not _MONTH.fullmatch(key)})


def chart(months: Mapping[str, Counts], groups: Groups) -> Html:
    """The legend, the bars of the months, and that of the articles without a date."""
    known, rest = dated(months), undated(months)
    everything = sum(sum(counts.values()) for counts in months.values())
    pieces = [legend(groups, totals_of(months))]
    if known:
        pieces += _strips(known, groups)
    if sum(rest.values()):
        pieces.append(_undated_bar(rest, groups, everything))
    return joined(*pieces)


def legend(groups: Groups, totals: Counts) -> Html:
    """The colours with their names and numbers."""
    items = []
    for number, (label, count) in enumerate(zip(groups.labels(), groups.split(totals), strict=True)):
        if count:
            square = element("rect", width="12", height="12", class_=_colour(number, groups))
            swatch = element("svg", square, width="12", height="12", aria_hidden="true")
            items.append(element("li", swatch, " ", named(label), " ", element("b", f"{count:,}")))
    return element("ul", *items, class_="legend")


def _colour(number: int, groups: Groups) -> str:
    return f"c{number}" if number < len(groups.channels) else "rest"


@dataclass(frozen=True, slots=True)
class _Scale:
    """The upright axis. top: articles at its upper end; step: those between two lines; height: in pixels."""

    top: int
    step: int
    height: int

    @classmethod
    def of(cls, largest: int, height: int) -> _Scale:
        """A scale with some three lines at round numbers."""
        wanted = max(1, largest / 3)
        magnitude = 10 ** (len(str(int(wanted))) - 1)
        step = next(number * magnitude for number in (1, 2, 5, 10) if number * magnitude >= wanted)
        return cls(-(-largest // step) * step, step, height)

    def pixels(self, count: float) -> float:
        return self.height * count / self.top

    def lines(self) -> Iterator[Html]:
        """The lines across, with their numbers to the left of the plot."""
        for value in range(0, self.top + 1, self.step):
            y = _number(self.height - self.pixels(value))
            yield element("line", x1="0", x2="100%", y1=y, y2=y, class_="axis" if value == 0 else "grid")
            yield element("text", f"{value:,}", x="-8", y=y, dy="0.32em", text_anchor="end")


def _strips(months: dict[str, Counts], groups: Groups) -> list[Html]:
    """One chart, or where there are many years one below the other, all to the same scale."""
    first, last = (int(key[:4]) for key in (min(months), max(months)))
    single = last - first < YEARS
    spans = [range(first, last + 1)] if single else _spans(first, last)
    scale = _Scale.of(max(sum(counts.values()) for counts in months.values()), _TALL if single else _LOW)
    strips = []
    left_out = 0
    for span in spans:
        inside = {key: counts for key, counts in months.items() if int(key[:4]) in span}
        if inside:
            strips += [_gap(span.start - left_out, span.start - 1)] if left_out else []
            strips.append(_strip(span, inside, groups, scale))
        left_out = 0 if inside else left_out + len(span)
    return strips


def _gap(first: int, last: int) -> Html:
    return element("p", tr("{first}–{last}: no articles", first=first, last=last), class_="quiet")


def _spans(first: int, last: int) -> list[range]:
    """The years from the first to the last, in strips of equal length."""
    return [range(start, start + YEARS) for start in range(first, last + 1, YEARS)]


def _strip(years: range, months: dict[str, Counts], groups: Groups, scale: _Scale) -> Html:
    """A chart of some years, each month as wide as any other."""
    slots = 12 * len(years)
    bars = [
        _bar(key, counts, groups, scale, 12 * (int(key[:4]) - years.start) + int(key[5:]) - 1, slots)
        for key, counts in months.items()
    ]
    total = sum(sum(counts.values()) for counts in months.values())
    about = trn(
        "{years}: {articles} in {number:,} month",
        "{years}: {articles} in {number:,} months",
        len(months),
        years=_year_range(years),
        articles=articles(total),
    )
    return element(
        "div",
        element(
            "svg",
            *scale.lines(),
            *_feet(years, scale, slots),
            *bars,
            role="img",
            aria_label=about,
            height=str(scale.height + _FOOT + 8),
        ),
        class_="strip",
        # a few months would be walls instead of bars
        style=f"max-width: {max(slots * 2.2, 20):.0f}rem",
    )


def _year_range(years: range) -> str:
    return f"{years.start}–{years[-1]}" if len(years) > 1 else str(years.start)


def _feet(years: range, scale: _Scale, slots: int) -> Iterator[Html]:
    """The years below the axis; over one or two years the months' initials, too."""
    bottom = scale.height
    for number, year in enumerate(years):
        x = _percent(12 * number / slots)
        yield element("line", x1=x, x2=x, y1=str(bottom), y2=str(bottom + 6), class_="axis")
        if slots > 24:
            yield element("text", str(year), x=x, y=str(bottom + 18), dx="4")
            continue
        for index, initial in enumerate(initials()):
            middle = _percent((12 * number + index + 0.5) / slots)
            yield element("text", initial, x=middle, y=str(bottom + 13), text_anchor="middle")
        yield element("text", str(year), x=x, y=str(bottom + 28), dx="4", class_="year")


def _bar(key: str, counts: Counts, groups: Groups, scale: _Scale, slot: int, slots: int) -> Html:
    """The bar of a month; what it says when pointed at is found over the whole height."""
    parts = groups.split(counts)
    total = sum(parts)
    x, width = _percent((slot + 0.1) / slots), _percent(0.8 / slots)
    # a month with one article among months with thousands is still there
    stretch = max(scale.pixels(total), 1) / total
    below = 0
    pieces = [
        element("title", tr("{month}: {articles}", month=month(key), articles=_told(parts, groups))),
        element(
            "rect", class_="all", x=_percent(slot / slots), width=_percent(1 / slots), y="0", height=str(scale.height)
        ),
    ]
    for number, count in enumerate(parts):
        if count:
            below += count
            y, height = _number(scale.height - below * stretch), _number(count * stretch)
            pieces.append(element("rect", class_=_colour(number, groups), x=x, width=width, y=y, height=height))
    return element("g", *pieces, class_="month", data_month=key, data_articles=str(total))


def _undated_bar(counts: Counts, groups: Groups, everything: int) -> Html:
    """The articles without a date, as a part of all: they may be more than any month has, and by far."""
    parts = groups.split(counts)
    total = sum(parts)
    pieces = [
        element("title", tr("{month}: {articles}", month=tr("undated"), articles=_told(parts, groups))),
        element("rect", class_="track", width="100%", height="12"),
    ]
    # three of a hundred thousand are still to be seen
    stretch = max(total / everything, 0.004) / total
    before = 0
    for number, count in enumerate(parts):
        if count:
            x, width = _percent(before * stretch), _percent(count * stretch)
            pieces.append(element("rect", class_=_colour(number, groups), x=x, width=width, height="12"))
            before += count
    words = tr("Undated: {articles}, {share} of all", articles=articles(total), share=share(total, everything))
    bar = element("g", *pieces, class_="undated", data_articles=str(total))
    return element(
        "div", element("p", words), element("svg", bar, role="img", aria_label=words, height="12"), class_="undated"
    )


def _told(parts: Sequence[int], groups: Groups) -> str:
    """The numbers of a bar in words, a line each."""
    lines = [f"{label} {count:,}" for label, count in zip(groups.labels(), parts, strict=True) if count]
    return "\n".join([articles(sum(parts)), *lines])


def _number(value: float) -> str:
    """A length of a drawing, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(value: float) -> str:
    return f"{_number(100 * value)}%"


def table_of_months(months: Mapping[str, Counts], groups: Groups) -> Html:
    """The numbers of the chart: a row a month, a column a colour."""
    labels = groups.labels() if groups.other else groups.labels()[:-1]
    heads = [named(label, "th", scope="col", class_="number") for label in labels]
    rows = [(key, month(key), counts) for key, counts in dated(months).items()]
    if sum((rest := undated(months)).values()):
        rows.append(("", tr("undated"), rest))
    lines = []
    for key, words, counts in rows:
        name = element("time", words, datetime=key) if key else words
        cells = [
            element("td", f"{count:,}" if count else "", class_="number")
            for count in groups.split(counts)[: len(labels)]
        ]
        total = element("td", f"{sum(counts.values()):,}", class_="number")
        lines.append(element("tr", element("th", name, scope="row"), *cells, total))
    head = element(
        "tr", element("th", tr("Month"), scope="col"), *heads, element("th", tr("All"), scope="col", class_="number")
    )
    return element("table", element("thead", head), element("tbody", *lines))
