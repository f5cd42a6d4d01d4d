"""Figures as people read them: counts, sizes, times.

English in every locale; a unit stays on the line of its number.
"""

from __future__ import annotations

import calendar
import datetime

# calendar.month_name follows the locale of the process
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what is counted, as `1 article` and `2,726 articles`. many: where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """A size in bytes, in powers of ten, as file managers and card makers count: `45.2 MB`."""
    if number < 1000:
        return counted(number, "byte")
    value, unit = float(number), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one stays
        value /= 1000
        if value < 999.95:
            break
    return f"{value:,.1f}\N{NO-BREAK SPACE}{unit}"


def duration(seconds: float) -> str:
    """How long something took, in two units at most: `35 ms`, `16.5 s`, `12 min 5 s`, `3 h 20 min`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:,.0f}\N{NO-BREAK SPACE}ms"
    if seconds < 59.95:
        return f"{seconds:.1f}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min {rest}\N{NO-BREAK SPACE}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,}\N{NO-BREAK SPACE}h {minutes}\N{NO-BREAK SPACE}min"


def share(part: int, whole: int) -> str:
    """A part in hundredths: `3.2%`; what is there at all is never 0.0%."""
    if not part or not whole:
        return "0%"
    return f"{100 * part / whole:.1f}%" if 1000 * part >= whole else "under 0.1%"


def day(moment: datetime.datetime) -> str:
    """`3 February 2026`."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def clock(moment: datetime.datetime) -> str:
    """`Tuesday, 04:17 UTC+08:00`; the zone only where it is known."""
    zone = moment.strftime("%z")
    told = f" UTC{zone[:3]}:{zone[3:5]}" if zone else ""
    return f"{_DAYS[calendar.weekday(moment.year, moment.month, moment.day)]}, {moment:%H:%M}{told}"


def month(key: str) -> str:
    """`July 2021` for `2021-07`."""
    year, _, number = key.partition("-")
    return f"{MONTHS[int(number) - 1]} {int(year)}"
