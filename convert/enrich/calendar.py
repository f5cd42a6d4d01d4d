"""Days of the calendar, written in digits or Chinese numerals."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

NUMERALS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "Ｏ": 0,
    "０": 0,
    "O": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}


@lru_cache(maxsize=4096)
def calendar_day(year: str, month: str, day: str) -> datetime.date | None:
    """A date from its parts in digits or Chinese numerals; a year of one or two digits is of this century.

    Returns None where the parts are no day of the calendar.
    """
    numbers = [_number(part) for part in (year, month, day)]
    if any(number is None for number in numbers):
        return None
    y, m, d = (number or 0 for number in numbers)
    try:
        return datetime.date(y + 2000 if y < 100 else y, m, d)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    text = re.sub(r"\s", "", text)
    if text.isdigit() and text.isascii():
        return int(text)
    if not text or any(one not in NUMERALS and one not in "十廿" for one in text):
        return None
    text = text.replace("廿", "二十")
    if "十" not in text:
        return int("".join(str(NUMERALS[one]) for one in text))
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return None
    return (NUMERALS[tens] if tens else 1) * 10 + (NUMERALS[ones] if ones else 0)
