"""Figures as people read them: counts, sizes, times.

They follow the language that is spoken, whatever the locale of the process; a unit stays on the line of its number.
"""

from __future__ import annotations

import calendar
import datetime

from convert.messages import later, tr, trn

# calendar.month_name follows the locale of the process
MONTHS = (
    later("January"),
    later("February"),
    later("March"),
    later("April"),
    later("May"),
    later("June"),
    later("July"),
    later("August"),
    later("September"),
    later("October"),
    later("November"),
    later("December"),
)
_DAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)


def articles(number: int) -> str:
    """`1 article`, `2,726 articles`."""
    return trn("{number:,} article", "{number:,} articles", number)


def size(number: int) -> str:
    """A size in bytes, in powers of ten, as file managers and card makers count: `45.2 MB`."""
    if number < 1000:
        return trn("{number:,} byte", "{number:,} bytes", number)
    value, unit = float(number), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one stays
        value /= 1000
        if value < 999.95:
            break
    return f"{value:,.1f}\N{NO-BREAK SPACE}{unit}"


def duration(seconds: float) -> str:
    """How long something took, in two units at most: `35 ms`, `16.5 s`, `12 min 5 s`, `3 h 20 min`."""
    if seconds < 0.9995:
        return tr("{count:,.0f}\N{NO-BREAK SPACE}ms", count=seconds * 1000)
    if seconds < 59.95:
        return tr("{count:.1f}\N{NO-BREAK SPACE}s", count=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return tr("{minutes}\N{NO-BREAK SPACE}min {seconds}\N{NO-BREAK SPACE}s", minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours:,}\N{NO-BREAK SPACE}h {minutes}\N{NO-BREAK SPACE}min", hours=hours, minutes=minutes)


def share(part: int, whole: int) -> str:
    """A part in hundredths: `3.2%`; what is there at all is never 0.0%."""
    if not part or not whole:
        return "0%"
    return f"{100 * part / whole:.1f}%" if 1000 * part >= whole else tr("under 0.1%")


def day(moment: datetime.datetime) -> str:
    """`3 February 2026`."""
    return tr("{day} {month} {year}", day=moment.day, month=tr(MONTHS[moment.month - 1]), year=moment.year)


def clock(moment: datetime.datetime) -> str:
    """`Tuesday, 04:17 UTC+08:00`; the zone only where it is known."""
    zone = moment.strftime("%z")
    told = f" UTC{zone[:3]}:{zone[3:5]}" if zone else ""
    weekday = _DAYS[calendar.weekday(moment.year, moment.month, moment.day)]
    return tr("{weekday}, {time}", weekday=tr(weekday), time=f"{moment:%H:%M}{told}")


def month(key: str) -> str:
    """`July 2021` for `2021-07`."""
    year, _, number = key.partition("-")
    return tr("{month} {year}", month=tr(MONTHS[int(number) - 1]), year=int(year))


def initials() -> list[str]:
    """What stands for each month where there is little room."""
    return tr("J F M A M J J A S O N D").split()
