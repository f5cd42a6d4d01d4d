"""The dateline at the start of the body: its text into `dateline`, its day for the date."""

from __future__ import annotations

import datetime
import re

from turbohtml import Element

from convert.article import Article, Context
from convert.enrich.calendar import calendar_day
from convert.enrich.taking import take

RULE = "dateline"
FIRST = 6  # blocks in which a dateline may begin
BEFORE = 8  # characters that may stand before it, the rest of a damaged line
EARLIEST, LATEST = 3, 120  # days that a full dateline may lie before or after the day in the address


def read_dateline(article: Article, context: Context) -> None:
    """Move a dateline that stands at the start of one of the first blocks into the metadata, and read its day."""
    for block in _first_blocks(article.body):
        text = block.text
        for pattern in article.profile.names.datelines:
            match = pattern.search(text, 0, BEFORE + 60)
            if match is None or match.start() > BEFORE:
                continue
            take(article, RULE, block, match.start(), match.end(), "dateline")
            article.origin["dateline"] = "first lines"
            _read_day(article, match)
            return


def _first_blocks(body: Element) -> list[Element]:
    blocks: list[Element] = []
    for block in body.children:
        if type(block) is Element and block.tag in {"p", "h2", "h3", "h4", "blockquote"}:
            blocks.append((block.select_one("p") or block) if block.tag == "blockquote" else block)
            if len(blocks) == FIRST:
                break
    return blocks


def _read_day(article: Article, match: re.Match[str]) -> None:
    """The dateline's day, held against the day in the address.

    A full dateline wins from 3 days before to 120 days after the address; month and day alone take the address's
    year; otherwise the address's day stands, with a note.
    """
    groups = match.groupdict()
    address = article.address
    known = calendar_day(address.year, address.month, address.day) if address else None
    year = groups.get("year") or (str(known.year) if known else "")
    day = calendar_day(year, groups.get("month") or "", groups.get("day") or "")
    if day is None:
        if known is not None and groups.get("month"):
            article.note(RULE, "wrong", match[0], "date")
        return
    if known is not None and not groups.get("year"):
        day = _nearest_year(day, known)
    if known is None or -EARLIEST <= (day - known).days <= LATEST:
        article.meta.date = day
        article.origin["date"] = "dateline"
    else:
        article.note(RULE, "wrong", f"{match[0]} beside {known.isoformat()} in the address", "date")


def _nearest_year(day: datetime.date, known: datetime.date) -> datetime.date:
    """A day without a year, in the year that brings it next to the day in the address."""
    years = (known.year - 1, known.year, known.year + 1)
    days = [one for year in years if (one := calendar_day(str(year), str(day.month), str(day.day)))]
    return min(days, key=lambda one: abs((one - known).days)) if days else day
