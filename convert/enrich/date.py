"""The date: the dateline's day, or the day in the address."""

from __future__ import annotations

from convert.article import Article, Context
from convert.enrich.calendar import calendar_day


def settle_date(article: Article, context: Context) -> None:
    """Take the day in the address where the dateline gave none."""
    if article.meta.date is not None:
        return
    address = article.address
    day = calendar_day(address.year, address.month, address.day) if address else None
    if day is not None:
        article.meta.date = day
        article.origin["date"] = "address"
